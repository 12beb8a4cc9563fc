"""One small county, built once a session, served on this machine, opened by one browser."""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from hotline.doors.building import Report
from hotline.doors.site import build
from hotline.values.times import parse_time
from tests.site import sample

CHROMIUM = "/usr/bin/chromium"
FLAGS = [
    "--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-dev-shm-usage",
    "--disable-component-update", "--no-first-run",
]  # fmt: skip

PAYLOADS = (
    "<script>window.__hit=1</script>",
    "<img src=x onerror=\"window.__hit=1\">",
    "\"><svg onload=window.__hit=1>",
    "'><iframe srcdoc='<script>parent.__hit=1</script>'></iframe>",
    "[点这里](javascript:window.__hit=1)",
    "![图](http://evil.example/beacon.png)",
    "<http://evil.example/auto>",
    "文字{: onclick=window.__hit=1 }",
    "--8<-- \"registry/units.yaml\"",
    "</script><script>window.__hit=1</script>",
    "]]></svg><script>window.__hit=1</script>",
    "{{ 7*7 }}{% raw %}{% endraw %}{% include 'pages/case.html' %}",
    "{petitioner.__init__.__globals__}{party.__class__}",
    "&lt;script&gt;window.__hit=1&lt;/script&gt;&#60;b&#62;",
    "HotlineFillBody HotlineFillTitle cases/shell/",
    "<!--<h1>--><style>*{display:none}</style>",
    "<base href=//evil.example><meta http-equiv=refresh content=0;url=//evil.example>",
    "```mermaid\ngraph TD; A-->B; click A href \"javascript:window.__hit=1\"\n```",
    "<details open ontoggle=window.__hit=1><a href=javascript:window.__hit=1>x</a>",
    "javascript:window.__hit=1//${7*7}%0a<b onmouseover=window.__hit=1>",
)  # fmt: skip


@dataclass(slots=True)
class County:
    root: Path
    out: Path
    report: Report
    url: str = ""
    hostile: list[dict[str, Any]] = field(default_factory=list)


def hostile_cases() -> list[dict[str, Any]]:
    """One order a payload, with the payload in every text that a person writes."""
    made = []
    for number, text in enumerate(PAYLOADS):
        at = f"2026-10-13T09:{number:02d}:00+08:00"
        case = {
            "id": f"LZ-20261013-{9000 + number}",
            "channel": "city_web",
            "platform": text,
            "upstream_id": f"EVIL{number}",
            "dispatched_at": at,
            "kind": "complaint",
            "urgency": "emergency" if number % 2 else "normal",
            "category": "noise-construction",
            "title": text,
            "demand": text,
            "location": text,
            "petitioner": {"confidential": False, "anonymous": False},
            "events": [
                {"at": at, "by": "hotline-center", "type": "accepted", "note": text},
                {"at": at, "by": "hotline-center", "type": "assigned", "lead": "housing-bureau", "support": [], "basis": "clear", "via": text},
                {"at": "2026-10-13T10:30:00+08:00", "by": "housing-bureau", "type": "signed"},
                {"at": "2026-10-13T10:40:00+08:00", "by": "housing-bureau", "type": "interim_requested", "ground": "complex", "situation": text, "next_steps": text, "promised_on": "2026-11-30", "statutory": {"law": text, "due_on": "2026-12-01"}},
                {"at": "2026-10-13T10:50:00+08:00", "by": "hotline-center", "type": "interim_decided", "approved": True},
                {"at": "2026-10-13T11:00:00+08:00", "by": "housing-bureau", "type": "progress", "text": text * 9},
            ],
        }  # fmt: skip
        if number % 3 == 0:
            case["events"].append(
                {"at": "2026-10-13T11:30:00+08:00", "by": "housing-bureau", "type": "replied", "template": "netizen", "subject": text, "sections": {"opinion": text, "communication": text}, "handler": text, "reviewed_by": text, "legal_basis": [text]}
            )  # fmt: skip
        made.append(case)
    return made


@pytest.fixture(scope="session")
def county(tmp_path_factory: pytest.TempPathFactory) -> Iterator[County]:
    root = tmp_path_factory.mktemp("county") / "data"
    root.mkdir()
    cases = sample.orders(60)
    earlier, later = cases[-1], cases[-2]
    later["events"].append(
        {"at": "2026-10-14T10:30:00+08:00", "by": "hotline-center", "type": "linked", "cases": [earlier["id"]], "same": "problem"}
    )  # fmt: skip
    hostile = hostile_cases()
    sample.repository(root, [*cases, *hostile])
    (root / "cases" / "2026" / "10" / "LZ-20261014-7777.yaml").write_text("id: [未写完\n", "utf-8")
    handbook = root / "docs" / "handbook"
    handbook.mkdir(parents=True)
    (handbook / "index.md").write_text("# 使用手册\n\n先看[工单](../cases/index.md)。\n", "utf-8")
    (handbook / "faq.md").write_text("# 常见问题\n\n没有。\n", "utf-8")
    report = build(root, parse_time(sample.NOW))
    handler = partial(_Silent, directory=str(report.out))
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield County(root, report.out, report, f"http://127.0.0.1:{server.server_port}/", hostile)
    server.shutdown()
    server.server_close()
    thread.join()


class _Silent(SimpleHTTPRequestHandler):
    def log_message(self, format: str, *args: Any) -> None:
        pass


@pytest.fixture(scope="session")
def chromium() -> Iterator[Any]:
    if not Path(CHROMIUM).exists():
        if os.environ.get("CI") == "true":
            pytest.fail(f"CI has no {CHROMIUM}")
        pytest.skip(f"no {CHROMIUM} here (apt-get install chromium)")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield browser
        browser.close()


@dataclass(slots=True)
class Opened:
    """A page of the site with everything that it should not have done."""

    page: Any
    base: str
    outside: list[str] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)

    def open(self, path: str) -> Any:
        self.page.goto(self.base + path)
        return self.page

    def until(self, condition: str, seconds: float = 8) -> None:
        """Waits for a condition in the page; our policy forbids Playwright's own way (eval)."""
        for _ in range(int(seconds * 40)):
            if self.page.evaluate(condition):
                return
            self.page.wait_for_timeout(25)
        raise AssertionError(f"never true: {condition}")

    def assert_clean(self) -> None:
        assert not self.outside
        assert not self.complaints


@pytest.fixture
def opened(county: County, chromium: Any, request: pytest.FixtureRequest) -> Iterator[Opened]:
    """A fresh context; ``indirect`` parameters are its options (a width and height)."""
    width, height = getattr(request, "param", (1440, 900))
    context = chromium.new_context(viewport={"width": width, "height": height}, locale="zh-CN")
    page = context.new_page()
    here = Opened(page, county.url)

    def refuse(route: Any) -> None:
        if route.request.url.startswith((here.base, "blob:", "data:")):
            route.continue_()
        else:
            here.outside.append(route.request.url)
            route.abort()

    context.route("**/*", refuse)
    page.on(
        "console",
        lambda m: here.complaints.append(m.text) if m.type in ("error", "warning") else None,
    )
    page.on("pageerror", lambda error: here.complaints.append(str(error)))
    page.on("dialog", lambda dialog: (here.complaints.append(dialog.message), dialog.dismiss()))
    yield here
    context.close()


@contextmanager
def serve(folder: Path, opened: Opened) -> Iterator[Opened]:
    """The same browser before another site."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(_Silent, directory=str(folder)))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    opened.base = f"http://127.0.0.1:{server.server_port}/"
    yield opened
    server.shutdown()
    server.server_close()
