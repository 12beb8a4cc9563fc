"""Write scripts/hotline/procedure/statutory_days.json from the PyPI package `holidays`.

    python tools/make_statutory_days.py

The file names the statutory holidays alone (11 days a year to 2024, 13 from 2025), without the
substitute and swapped days of a published schedule: what a clock may rely on in a year whose
schedule is not published yet. The set of each year is checked against the State Council's rules.
"""

import json
import sys
from collections import Counter
from datetime import date
from pathlib import Path

import holidays

YEARS = range(2023, 2051)
OUTPUT = Path(__file__).resolve().parent.parent / "scripts/hotline/procedure/statutory_days.json"
UNTIL_2024 = {
    "元旦": 1, "春节": 3, "清明节": 1, "劳动节": 1, "端午节": 1, "中秋节": 1, "国庆节": 3,
}  # fmt: skip
FROM_2025 = UNTIL_2024 | {"除夕": 1, "劳动节": 2}


def statutory_days(year: int) -> dict[date, list[str]]:
    """Each statutory day with its festivals (the moon festival may fall on a national day)."""
    source = holidays.country_holidays("CN", years=year, observed=False, language="zh_CN")
    return {
        day: [name.removeprefix("农历") for name in source[day].split("; ")]
        for day in sorted(source)
        if day.year == year and "调休" not in source[day]
    }


def main() -> int:
    lines = []
    for year in YEARS:
        days = statutory_days(year)
        expected = UNTIL_2024 if year < 2025 else FROM_2025
        found = Counter(name for names in days.values() for name in names)
        if found != expected:
            print(f"{year} 年的法定节假日不合规定：{dict(found)}", file=sys.stderr)
            return 1
        row = {day.isoformat(): "、".join(names) for day, names in days.items()}
        text = json.dumps(row, ensure_ascii=False, separators=(", ", ": "))
        lines.append(f'"{year}": {text}')
    OUTPUT.write_text("{\n" + ",\n".join(lines) + "\n}\n", encoding="utf-8", newline="\n")
    print(f"{OUTPUT}：{len(lines)} 年")
    return 0


if __name__ == "__main__":
    sys.exit(main())
