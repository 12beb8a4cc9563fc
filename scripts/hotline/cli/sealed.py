"""What the verbs about seals share: an order with its readers, and changes of its header."""

from __future__ import annotations

import argparse
import getpass
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from hotline.cli.common import Opened, machine_time, open_repository
from hotline.cli.verbs.add import find_case, now_text
from hotline.doors import age, disk, git
from hotline.doors.fault import Unavailable
from hotline.doors.keystore import KeyStore
from hotline.doors.lock import locked
from hotline.doors.sealing import Seal, Sealer, seal_of
from hotline.findings.engine import Engine
from hotline.findings.printers.text import line
from hotline.findings.subject import Subject
from hotline.procedure.readers import Readers, readers
from hotline.reading.strict_yaml import parse
from hotline.writing.append import CannotAppend, append
from hotline.writing.header import CannotChange, changed

PART = {"person": "个人信息", "demand": "诉求内容"}
"""What the parts are called."""


def add_identity(parser: Any) -> None:
    parser.add_argument(
        "--identity", metavar="文件", help="私钥文件，默认取环境变量 HOTLINE_IDENTITY"
    )


@dataclass(frozen=True, slots=True)
class Order:
    """A work order that fits the schema, as it lies in its file."""

    opened: Opened
    path: str
    blob: bytes
    subject: Subject

    @property
    def id(self) -> str:
        return self.subject.case.id

    @property
    def data(self) -> dict[str, Any]:
        return self.subject.case.data

    @property
    def readers(self) -> Readers:
        return readers(self.subject.course, self.opened.rules.registry)

    @property
    def is_erased(self) -> bool:
        return bool(self.subject.course.of("erased"))

    def seal(self, part: str) -> Seal | None:
        found = (self.data.get("sealed") or {}).get(part)
        return seal_of(found) if found else None

    def is_committed(self) -> bool:
        """Whether the newest commit has this order: then a change needs its licence."""
        root = self.opened.repository.root
        try:
            git.run(root, "cat-file", "-e", f"HEAD:./{self.path}")
        except Unavailable:
            return False
        return True

    def names(self, units: Any) -> str:
        registry = self.opened.rules.registry
        return "、".join(registry.unit_name(unit) for unit in units)


def sealer_of(opened: Opened) -> Sealer:
    store = KeyStore(opened.repository.root)
    return Sealer(store, opened.rules.registry, opened.rules.calendar.local(opened.now))


def read_order(opened: Opened, name: str) -> Order:
    """The order as it lies there now; refused with its findings where it cannot be read beyond
    doubt."""
    path = find_case(opened, name)
    blob = disk.read(opened.repository.root, path)
    engine = Engine(opened.rules, opened.repository.case_schema, opened.now)
    judged = engine.judge(path, blob)
    doubtful = [finding for finding in judged.findings if finding.code.startswith("S00")]
    if judged.subject is None or doubtful:
        shown = "\n".join(map(line, (doubtful or judged.findings)[:20]))
        raise Unavailable(f"工单有错误，先改好再运行\n{shown}")
    return Order(opened, path, blob, judged.subject)


@contextmanager
def changing(
    args: argparse.Namespace, *, may_begin: bool = False
) -> Iterator[tuple[Order, Sealer]]:
    """An order that nobody else changes meanwhile, nor the store, which is made where it may."""
    opened = open_repository(args)
    sealer = sealer_of(opened)
    with locked(opened.repository.root), sealer.store.held(may_begin=may_begin):
        yield read_order(opened, args.id), sealer


def written(order: Order, header: Mapping[str, Any], event: dict[str, Any] | None = None) -> bytes:
    """The order's file with other header values and one event more, tried but not written."""
    try:
        blob = changed(order.blob, header, _root)
        return append(blob, event, _root)[0] if event else blob
    except (CannotChange, CannotAppend) as why:
        raise Unavailable(f"{order.path} 没有改动：{why}") from None


def put(order: Order, blob: bytes) -> None:
    """Writes an order's file, unless an editor, which takes no lock, has saved it meanwhile."""
    root = order.opened.repository.root
    if disk.read(root, order.path) != order.blob:
        raise Unavailable(f"{order.path} 刚被别的程序改过，没有写入；请再运行一次")
    disk.put(root, order.path, blob)


def opened_part(
    sealer: Sealer, case: str, part: str, seal: Mapping[str, Any],
    identities: age.Identities, reason: str,
) -> Any:  # fmt: skip
    """What is sealed, after it was written down who read it, when and why: what cannot be
    written down is not shown."""
    sealer.store.require()
    found = sealer.open(case, part, seal_of(seal), identities)
    if _names(reason, found):
        raise Unavailable("--reason 里有诉求人的信息，理由会长期保存，请换个说法")
    units = sealer.registry.units.values()
    row = {
        "at": machine_time().isoformat(timespec="seconds"),
        "case": case,
        "part": part,
        "reason": reason,
        "user": _user(),
        "key": "、".join(sorted(identities.public)) or "ssh",
        "unit": "、".join(u.id for u in units if u.age and u.age in identities.public),
    }
    sealer.store.log(row)
    return found


def _names(text: str, data: Any) -> bool:
    """Whether a text says anything that is sealed."""
    values = data.values() if isinstance(data, dict) else ()
    told = [one for value in values for one in (value if isinstance(value, list) else [value])]
    return any(len(one) > 1 and one in text for one in told)


def _user() -> str:
    try:
        return getpass.getuser()
    except (OSError, KeyError):
        return ""


def center_event(order: Order, type_: str, **fields: Any) -> dict[str, Any]:
    """An event of the center, now."""
    center = order.opened.rules.registry.center()
    return {"at": now_text(order.opened), "by": center, "type": type_, **fields}


def with_seal(order: Order, part: str, seal: Seal) -> dict[str, Any]:
    """The header's ``sealed`` with this part in place of the one before."""
    others = {name: dict(one) for name, one in (order.data.get("sealed") or {}).items()}
    return {**others, part: seal.as_data()}


def _root(blob: bytes) -> Any:
    return parse(blob).root
