"""The files of ``registry/``: bytes → Registry, policies, calendar; or findings.

A broken registry file is told like any other fault, but nothing can be judged without
it, so the caller stops there and leaves what it made before untouched.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from datetime import date, datetime, time, timedelta, timezone, tzinfo
from itertools import pairwise
from typing import TYPE_CHECKING, Any, NamedTuple

from hotline.procedure.calendar import Calendar, Period, Year
from hotline.procedure.policy import Policy
from hotline.values.finding import Finding
from hotline.values.node import START, Place, place_of
from hotline.values.registry import Category, Entry, MemberKey, Precedent, Registry, Unit
from hotline.values.telling import LEVELS, Channel, Telling
from hotline.values.times import NotATime, parse_date, parse_time

if TYPE_CHECKING:
    from hotline.reading.schema import Schema

MAX_BYTES = 4 * 1024 * 1024
MAX_NODES = 200_000
NOTIFY = "registry/notify.yaml"
REQUIRED = ("registry/units.yaml", "registry/categories.yaml", "registry/calendar/hours.yaml")


class Rules(NamedTuple):
    """What cases are judged by: registry, policies, calendar. And who is told of them: None
    where nothing is set up, or where what is set up cannot be read."""

    registry: Registry
    policies: tuple[Policy, ...]
    calendar: Calendar
    telling: Telling | None = None


class FileRead(NamedTuple):
    """A file of the registry: what it holds, with places; or what is wrong with its form."""

    tree: Any
    """None where anything is wrong."""
    findings: list[Finding]


class _Draft:
    """What has been read so far."""

    def __init__(self) -> None:
        self.findings: list[Finding] = []
        self.units: dict[str, Unit] = {}
        self.categories: dict[str, Category] = {}
        self.precedents: dict[str, Precedent] = {}
        self.knowledge: dict[str, Entry] = {}
        self.places: dict[tuple[str, str], tuple[str, Place]] = {}
        self.policies: list[Policy] = []
        self.zone: tzinfo | None = None
        self.hours: list[tuple[date, tuple[Period, ...]]] = []
        self.years: dict[int, dict[str, Any]] = {}
        self.telling: Telling | None = None


_SCHEMA_OF_FILE = {
    "registry/units.yaml": "units",
    "registry/categories.yaml": "categories",
    "registry/precedents.yaml": "precedents",
    "registry/calendar/hours.yaml": "hours",
    NOTIFY: "notify",
}
_SCHEMA_IN_FOLDER = {"policy": "policy", "imports": "import"}


def schema_name(path: str) -> str | None:
    """The schema of a registry file by its path, None where it has none of its own."""
    if path in _SCHEMA_OF_FILE:
        return _SCHEMA_OF_FILE[path]
    match path.removesuffix(".yaml").split("/") if path.endswith(".yaml") else ():
        case ["registry", "calendar", year] if len(year) == 4 and year.isascii():
            return "calendar" if year.isdigit() else None
        case ["registry", "knowledge", owner, name] if owner and name:
            return "knowledge"
        case ["registry", folder, name] if name:
            return _SCHEMA_IN_FOLDER.get(folder)
    return None


def read_registry(
    files: Mapping[str, bytes], schema: Callable[[str], Schema]
) -> tuple[Rules | None, list[Finding]]:
    """Reads the files of ``registry/`` (path → bytes); ``schema`` gives a schema by name.

    Rules is None where a file that everything depends on is missing or broken.
    """
    return rules_of(files, read_files(files, schema))


def read_files(files: Mapping[str, bytes], schema: Callable[[str], Schema]) -> dict[str, FileRead]:
    """Every file that has a schema, held to it."""
    return {
        path: _read(path, files[path], schema(name))
        for path in files
        if (name := schema_name(path)) is not None
    }


def rules_of(
    paths: Collection[str], read: Mapping[str, FileRead]
) -> tuple[Rules | None, list[Finding]]:
    """As :func:`read_registry`, of the files that were read; ``paths`` are all that are there."""
    draft = _Draft()
    for path in sorted(read):
        draft.findings += read[path].findings
        if read[path].tree is not None:
            _TAKE[str(schema_name(path))](draft, path, read[path].tree)
    for path in REQUIRED:
        if path not in paths:
            message = f"缺少 {path}；可从示例仓库复制，或运行 hotline demo 看样子"
            draft.findings.append(_error(path, START, message))
    if not draft.policies and all(finding.path == NOTIFY for finding in draft.findings):
        message = "registry/policy/ 里没有任何时限文件，无法计算时限"
        draft.findings.append(_error("registry/policy", START, message))
    # Who is told says nothing about the orders: a fault there keeps nobody from judging them.
    if any(finding.code[0] == "S" and finding.path != NOTIFY for finding in draft.findings):
        return None, draft.findings
    return _finish(draft), draft.findings


def _finish(draft: _Draft) -> Rules:
    zone = draft.zone or timezone(timedelta(hours=8))
    calendar = Calendar(zone, tuple(draft.hours), {})
    years = {number: _year(data, calendar) for number, data in draft.years.items()}
    registry = Registry(
        draft.units, draft.categories, draft.precedents, draft.knowledge, draft.places
    )
    draft.findings.extend(_unknown_names(registry))
    draft.findings.extend(_untellable(draft))
    policies = tuple(sorted(draft.policies, key=lambda policy: policy.effective))
    whole = Calendar(zone, tuple(draft.hours), years)
    return Rules(registry, policies, whole, draft.telling)


def _read(path: str, blob: bytes, schema: Schema) -> FileRead:
    from hotline.reading.strict_yaml import parse

    parsed = parse(blob, max_bytes=MAX_BYTES, max_nodes=MAX_NODES, floats=True)
    findings = [
        Finding(fault.code, "error", path, fault.message, "practice", fault.place)
        for fault in parsed.faults
    ]
    if parsed.root is not None and not parsed.faults:
        wrong = schema.faults(parsed.root)
        findings = [_error(path, fault.place, fault.message) for fault in wrong]
    return FileRead(None if findings else parsed.root, findings)


def _error(path: str, place: Place, message: str, code: str = "S010") -> Finding:
    return Finding(code, "error", path, message, "practice", place)


# --- one file each ---------------------------------------------------------------------


def _units(draft: _Draft, path: str, data: Any) -> None:
    for row in _unique(draft, path, data["units"], "unit"):
        desk = row.get("desk") or ""
        phone = desk.get("phone", "") if isinstance(desk, dict) else ""
        target = row.get("target_days")
        draft.units[row["id"]] = Unit(
            id=row["id"],
            name=row["name"],
            role=row["role"],
            parent=row.get("parent"),
            short=row.get("short", ""),
            group=row.get("group", ""),
            administrative=row.get("administrative", True),
            around_the_clock=row.get("around_the_clock", False),
            desk=desk.get("post", "") if isinstance(desk, dict) else str(desk),
            phone=phone,
            target_days=target if isinstance(target, dict) else {},
            members=tuple(member["email"] for member in row.get("members") or ()),
            age=row.get("age", ""),
            keys=tuple(_keys(row)),
        )
    centers = [unit for unit in draft.units.values() if unit.role == "center"]
    if len(centers) != 1:
        message = f"管理机构（role: center）要有且只有一个，现在有 {len(centers)} 个（第三条）"
        draft.findings.append(_error(path, START, message))


def _keys(row: Any) -> Iterator[MemberKey]:
    for member in row.get("members") or ():
        for key in member.get("keys") or ():
            first, last = (
                parse_date(key[name]) if key.get(name) else None for name in ("from", "until")
            )
            yield MemberKey(member["email"], key["ssh"], first, last)


def _categories(draft: _Draft, path: str, data: Any) -> None:
    for row in _unique(draft, path, data["categories"], "category"):
        draft.categories[row["id"]] = Category(
            row["id"], row["name"], row.get("livelihood", False), row.get("parent"),
            row.get("suggests_urgency"),
        )  # fmt: skip


def _precedents(draft: _Draft, path: str, data: Any) -> None:
    for row in _unique(draft, path, data["precedents"], "precedent"):
        draft.precedents[row["id"]] = Precedent(
            row["id"], row["category"], row["lead"], parse_date(row["on"]), row.get("area"),
            tuple(row.get("support") or ()), row.get("decided_in"),
        )  # fmt: skip


def _knowledge(draft: _Draft, path: str, data: Any) -> None:
    if data["id"] in draft.knowledge:
        other = draft.knowledge[data["id"]].path
        draft.findings.append(_error(path, data.marks["id"][1], f"编号与 {other} 重复"))
        return
    draft.knowledge[data["id"]] = Entry(data["id"], path, data)
    draft.places["knowledge", data["id"]] = (path, data.place)


def _unique(draft: _Draft, path: str, rows: Any, kind: str) -> Iterator[Any]:
    for number, row in enumerate(rows):
        place = place_of(rows, number)
        if (kind, row["id"]) in draft.places:
            line = draft.places[kind, row["id"]][1].line
            draft.findings.append(
                _error(path, place, f"编号 {row['id']} 重复：第 {line} 行已经有了")
            )
            continue
        draft.places[kind, row["id"]] = (path, place)
        yield row


def _hours(draft: _Draft, path: str, data: Any) -> None:
    try:
        draft.zone = _zone(data["timezone"])
    except (KeyError, ValueError, OSError):
        draft.findings.append(
            _error(path, data.marks["timezone"][1], "没有这个时区，请写 Asia/Shanghai")
        )
    for number, row in enumerate(data["hours"]):
        place = place_of(data["hours"], number)
        try:
            periods = tuple(_period(text) for text in row["periods"])
        except ValueError:
            draft.findings.append(_error(path, place, "时段要写成 09:00-12:00，先小后大"))
            continue
        if any(a[1] > b[0] for a, b in pairwise(periods)):
            draft.findings.append(_error(path, place, "时段有重叠或次序不对"))
            continue
        draft.hours.append((parse_date(row["from"]), periods))


def _zone(name: str) -> tzinfo:
    """China has had one offset since 1991; a fixed one is faster and says the same."""
    if name == "Asia/Shanghai":
        return timezone(timedelta(hours=8))
    from zoneinfo import ZoneInfo

    return ZoneInfo(name)


def _period(text: str) -> Period:
    begin, end = (time.fromisoformat(part) for part in text.split("-"))
    if begin >= end:
        raise ValueError
    return begin, end


def _calendar(draft: _Draft, path: str, data: Any) -> None:
    if not path.endswith(f"/{data['year']}.yaml"):
        draft.findings.append(_error(path, data.marks["year"][1], "年份与文件名不符"))
    for key in ("off", "work", "exceptions"):
        for number, row in enumerate(data.get(key) or ()):
            if parse_date(row["date"]).year != data["year"]:
                draft.findings.append(_error(path, place_of(data[key], number), "日期不在这一年"))
    draft.years[data["year"]] = data


def _year(data: Any, calendar: Calendar) -> Year:
    def days(key: str) -> dict[date, str]:
        return {parse_date(row["date"]): row["reason"] for row in data.get(key) or ()}

    exceptions = {
        parse_date(row["date"]): (row["working"], row["reason"])
        for row in data.get("exceptions") or ()
    }
    cutoffs = tuple(_cutoff(text, calendar) for text in data.get("satisfaction_cutoffs") or ())
    return Year(data["year"], data["notice"], days("off"), days("work"), exceptions, cutoffs)


def _cutoff(text: str, calendar: Calendar) -> datetime:
    """A date means its close of business."""
    try:
        return parse_time(text)
    except NotATime:
        return calendar.close(parse_date(text))


def _policy(draft: _Draft, path: str, data: Any) -> None:
    effective = parse_date(data["effective"])
    if not path.endswith(f"/{effective.isoformat()}.yaml"):
        place = data.marks["effective"][1]
        draft.findings.append(_error(path, place, f"生效日与文件名不符，文件应叫 {effective}.yaml"))
    draft.policies.append(Policy(path, effective, data))


def _import(draft: _Draft, path: str, data: Any) -> None:
    """A mapping is used by ``import`` alone; here it is only held to its schema."""


def _notify(draft: _Draft, path: str, data: Any) -> None:
    quiet = data.get("quiet")
    for number, text in enumerate(quiet or ()):
        begin, end = text.split("-")
        if begin == end:
            message = f"{text} 没有长度；要全天不发的，把 channels 写成 []"
            draft.findings.append(_error(path, place_of(quiet, number), message))
            return
    channels = []
    for number, row in enumerate(data["channels"]):
        draft.places["channel", str(number)] = (path, row.marks["unit"][1])
        names = row["urls_from"]
        names = (names,) if isinstance(names, str) else tuple(names)
        channels.append(Channel(row["unit"], names, frozenset(row.get("levels") or LEVELS)))
    draft.telling = Telling(
        tuple(channels),
        data.get("site", ""),
        None if quiet is None else tuple(_any_period(text) for text in quiet),
    )


def _any_period(text: str) -> Period:
    """One that may cross midnight."""
    begin, end = (time.fromisoformat(part) for part in text.split("-"))
    return begin, end


_TAKE: dict[str, Callable[[_Draft, str, Any], None]] = {
    "units": _units,
    "categories": _categories,
    "precedents": _precedents,
    "knowledge": _knowledge,
    "hours": _hours,
    "calendar": _calendar,
    "policy": _policy,
    "import": _import,
    "notify": _notify,
}


def _unknown_names(registry: Registry) -> Iterator[Finding]:
    """X010 for the registry's own references."""

    def finding(kind: str, key: str, message: str) -> Finding:
        path, place = registry.places[kind, key]
        return _error(path, place, message, "X010")

    for unit in registry.units.values():
        if unit.parent and unit.parent not in registry.units:
            yield finding("unit", unit.id, f"主管单位 {unit.parent} 不在名录里")
    for category in registry.categories.values():
        if category.parent and category.parent not in registry.categories:
            yield finding("category", category.id, f"上级分类 {category.parent} 不存在")
    for precedent in registry.precedents.values():
        if precedent.category not in registry.categories:
            yield finding("precedent", precedent.id, f"事项分类 {precedent.category} 不存在")
        for name in (precedent.lead, *precedent.support):
            if name not in registry.units:
                yield finding("precedent", precedent.id, f"单位 {name} 不在名录里")


def _untellable(draft: _Draft) -> Iterator[Finding]:
    """X010 for units that are to be told and are none."""
    for number, channel in enumerate(draft.telling.channels if draft.telling else ()):
        if channel.unit not in draft.units:
            path, place = draft.places["channel", str(number)]
            message = f"单位 {channel.unit} 不在名录里，这个渠道什么也不会发"
            yield _error(path, place, message, "X010")
