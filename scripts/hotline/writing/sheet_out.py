"""Rows → the bytes of a sheet, text in every cell.

Nothing that a person typed becomes a formula, a link or a number, and what Excel cannot
hold (controls) is left out. The same rows give the same bytes.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from datetime import datetime

from hotline.writing.hidden import without_hidden
from hotline.writing.yaml_text import display_width

FORMULA_START = ("=", "+", "-", "@", "\t", "\r", "\n")
"""What Excel takes for a formula at the start of a csv cell."""
MAX_CELL_TEXT = 32_767
"""What Excel takes in one cell."""


def render(kind: str, title: str, header: Sequence[str], rows: Iterable[Sequence[str]]) -> bytes:
    """A sheet of ``kind`` xlsx or csv."""
    return to_csv(header, rows) if kind == "csv" else to_xlsx(title, header, rows)


def to_csv(header: Sequence[str], rows: Iterable[Sequence[str]]) -> bytes:
    """UTF-8 with the mark that Excel asks for; what it would run starts with an apostrophe."""
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    for row in (header, *rows):
        writer.writerow([_guarded(without_hidden(value)[0]) for value in row])
    return out.getvalue().encode("utf-8-sig")


def _guarded(value: str) -> str:
    return f"'{value}" if value.startswith(FORMULA_START) else value


def to_xlsx(title: str, header: Sequence[str], rows: Iterable[Sequence[str]]) -> bytes:
    """A workbook of one sheet, every cell text, the header frozen; same rows, same bytes."""
    return to_workbook([(title, header, rows)])


def to_workbook(
    sheets: Iterable[tuple[str, Sequence[str], Iterable[Sequence[str | int | float]]]],
) -> bytes:
    """A workbook of several sheets (title, header, rows); what is a number is one in its cell."""
    from xlsxwriter import Workbook

    out = io.BytesIO()
    never = ("strings_to_numbers", "strings_to_formulas", "strings_to_urls")
    book = Workbook(out, {"in_memory": True, **dict.fromkeys(never, False)})
    book.set_properties({"created": datetime(2023, 6, 20)})
    plain = book.add_format({"num_format": "@", "valign": "top", "text_wrap": True})
    figure = book.add_format({"valign": "top"})
    bold = book.add_format({"num_format": "@", "bold": True, "bg_color": "#DDEBF7"})
    for title, header, rows in sheets:
        sheet = book.add_worksheet(title)
        widths = [display_width(name) + 4 for name in header]
        number = 0
        for number, row in enumerate((header, *rows)):
            for column, value in enumerate(row):
                if not isinstance(value, str):
                    sheet.write_number(number, column, value, figure)
                    continue
                text = without_hidden(value)[0]
                if len(text) > MAX_CELL_TEXT:
                    text = text[: MAX_CELL_TEXT - 1] + "…"
                sheet.write_string(number, column, text, plain if number else bold)
                if number < 200:
                    lines = text[:80].split("\n")
                    widths[column] = max(widths[column], *map(display_width, lines))
        for column, width in enumerate(widths):
            sheet.set_column(column, column, min(width + 1, 60))
        sheet.freeze_panes(1, 0)
        if header:
            sheet.autofilter(0, 0, number, len(header) - 1)
    book.close()
    return out.getvalue()
