"""Write registry/calendar/<YEAR>.yaml from the PyPI package `holidays`.

    python tools/make_calendar.py 2026
    python tools/make_calendar.py 2027 --notice 国办发明电〔2026〕1号

`off` holds every day of each holiday of the State Council's notice, weekends that touch it
included; `work` holds the make-up days. A year whose make-up days `holidays` does not know has
no published schedule (or an old `holidays`), and is refused. Where `chinesecalendar` is installed,
every day of the year is compared with it before anything is written. A file that exists is never
overwritten: a calendar in force is history; county exceptions are added to it by hand.
"""

import argparse
import re
import sys
from datetime import date, timedelta
from pathlib import Path

try:
    import holidays
except ModuleNotFoundError:
    raise SystemExit(
        "缺少 holidays 软件包：先运行 make setup-dev，再用 .venv/bin/python 运行本程序"
    ) from None

NOTICES = {
    2023: "国办发明电〔2022〕16号",
    2024: "国办发明电〔2023〕7号",
    2025: "国办发明电〔2024〕12号",
    2026: "国办发明电〔2025〕7号",
}
CALENDARS = Path(__file__).resolve().parent.parent / "registry" / "calendar"
ONE_DAY = timedelta(days=1)
SUBSTITUTE = "（补假）"
SWAPPED = re.compile(r"休息日（由 (\d{4}-\d{2}-\d{2}) 调休）")


class Refused(Exception):
    """The calendar cannot be written; the message says why."""


def days_of(year: int) -> list[date]:
    first = date(year, 1, 1)
    return [first + n * ONE_DAY for n in range((date(year + 1, 1, 1) - first).days)]


def festival(name: str) -> str | None:
    """The festival of a statutory day, None for a day that is off in its place."""
    if SUBSTITUTE in name or SWAPPED.search(name):
        return None
    return "、".join(part.removeprefix("农历") for part in name.split("; "))


def schedule(year: int) -> tuple[dict[date, str], dict[date, str]]:
    """The days off and the make-up days of a year, each with its reason."""
    source = holidays.country_holidays("CN", years=year, language="zh_CN")
    named = {day: name for day, name in source.items() if day.year == year}
    makeup = {day for day in source.weekend_workdays if day.year == year}
    if not makeup:
        raise Refused(f"holidays 尚不知道 {year} 年的调休上班日：通知未公布，或须先升级 holidays")
    off: dict[date, str] = {}
    work: dict[date, str] = {}
    for run in runs(year, named, makeup):
        names = {day: festival(named[day]) for day in run if day in named}
        title = "、".join(dict.fromkeys("春节" if n == "除夕" else n for n in names.values() if n))
        for day in run:
            if day not in named:
                off[day] = f"{title}连休周末"
            elif swap := SWAPPED.search(named[day]):
                off[day] = f"{title}调休放假"
                work[date.fromisoformat(swap.group(1))] = f"{title}调休上班"
            else:
                off[day] = names[day] or f"{title}补假"
    if set(work) != makeup:
        raise Refused(f"调休上班日与放假日不能一一对应：{sorted(makeup ^ set(work))}")
    return off, work


def runs(year: int, named: dict[date, str], makeup: set[date]) -> list[list[date]]:
    """The holidays of a year: unbroken runs of days off that hold a named day."""
    found: list[list[date]] = []
    run: list[date] = []
    for day in days_of(year):
        if day in named or (day.weekday() >= 5 and day not in makeup):
            run.append(day)
        else:
            found.append(run)
            run = []
    return [run for run in [*found, run] if any(day in named for day in run)]


def compare(year: int, off: dict[date, str], work: dict[date, str]) -> str:
    """Compare every day with `chinesecalendar`, where it is installed and knows the year."""
    try:
        from chinese_calendar import is_workday
    except ImportError:
        return "未安装 chinesecalendar，未作对照"
    wrong = []
    for day in days_of(year):
        working = day in work or (day.weekday() < 5 and day not in off)
        try:
            if is_workday(day) != working:
                wrong.append(day.isoformat())
        except NotImplementedError as unknown:
            raise Refused(f"chinesecalendar 不知道 {year} 年的安排") from unknown
    if wrong:
        raise Refused(f"与 chinesecalendar 不一致：{'、'.join(wrong)}")
    return f"{len(days_of(year))} 天与 chinesecalendar 逐日一致"


def render(year: int, notice: str, off: dict[date, str], work: dict[date, str]) -> str:
    def block(key: str, days: dict[date, str]) -> str:
        rows = (f"  - date: {day}\n    reason: {days[day]}\n" for day in sorted(days))
        return f"{key}:\n" + "".join(rows)

    head = f"year: {year}\nnotice: {notice}\n"
    county = "exceptions: []\nsatisfaction_cutoffs: []\n"
    # quoted: for a reader of YAML 1.1 a bare `off` is a boolean
    return head + block('"off"', off) + block("work", work) + county


def main() -> int:
    parser = argparse.ArgumentParser(description="由 holidays 生成某一年的节假日安排文件")
    parser.add_argument("year", type=int, metavar="YEAR", help="年份")
    parser.add_argument("--notice", help="国务院办公厅通知文号")
    parser.add_argument("--out", type=Path, help="写到何处（默认 registry/calendar/<YEAR>.yaml）")
    args = parser.parse_args()
    notice = args.notice or NOTICES.get(args.year)
    path = args.out or CALENDARS / f"{args.year}.yaml"
    try:
        if not notice:
            raise Refused("请用 --notice 写明国务院办公厅通知文号")
        if path.exists():
            raise Refused(f"{path} 已存在，不改写")
        off, work = schedule(args.year)
        checked = compare(args.year, off, work)
        path.write_text(render(args.year, notice, off, work), encoding="utf-8", newline="\n")
    except Refused as reason:
        print(f"未生成：{reason}", file=sys.stderr)
        return 1
    print(f"{path}：放假 {len(off)} 天，调休上班 {len(work)} 天；{checked}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
