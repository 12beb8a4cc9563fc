"""``hotline reply`` as a clerk runs it, and the letters in the comment on a pull request."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from hotline.procedure.identity import event_id
from tests.conftest import DataRepository
from tests.rules.examples import complete
from tests.support import ROOT, plain

Run = Callable[..., tuple[int, str, str]]
ID = "LZ-20261013-0007"
NOW = "2026-10-20T11:00:00+08:00"
GOOD = complete("- {type: replied}")
MASKED = complete("- {type: replied, sections: {handling: 已责令张**停工}}")
TWICE = complete("""
- {type: replied}
- {type: redo_ordered, reason: 仍在施工, cause: poor_handling}
- {type: replied, sections: {handling: 已于10月19日没收夜间施工设备。}}
""")
TO_BE_FILLED = "hotline：信里还有 1 处占位（诉求人姓名），发出前要换成真实内容\n"
UNANSWERED = complete("- {type: accepted}")


@pytest.fixture
def reply(repository: DataRepository, hotline: Run) -> Run:
    def run(*arguments: str) -> tuple[int, str, str]:
        return hotline("reply", *arguments, "--repo", str(repository.root), "--now", NOW)

    return run


@pytest.fixture
def check(repository: DataRepository, hotline: Run) -> Run:
    def run(*arguments: str) -> tuple[int, str, str]:
        words = ("--repo", str(repository.root), "--now", NOW, "--format", "markdown")
        return hotline("check", *arguments, *words)

    return run


# --- the letter ------------------------------------------------------------------------


def test_a_right_reply_prints_as_a_letter(repository: DataRepository, reply: Run) -> None:
    repository.put(GOOD)
    code, out, err = reply(ID)
    assert (code, err) == (0, TO_BE_FILLED)
    assert out.startswith("　　尊敬的{petitioner.name}您好，您在资阳市12345政务服务平台反映的")
    assert out.endswith("资阳市乐至县住房和城乡建设局\n" + "　" * 23 + "2026年10月13日\n")


def test_a_faulty_letter_is_a_draft_and_says_why(repository: DataRepository, reply: Run) -> None:
    repository.put(MASKED)
    code, out, err = reply(ID)
    assert code == 1
    assert "已责令张**停工" in out
    assert "错误 R004 “调查处理意见”里的“张**”" in err
    assert "hotline：草稿：有 1 处不符合规定，改好以前不要发出\n" in err
    assert out.startswith("【草稿：有 1 处不符合规定，改好以前不要发出】\n")


def test_the_last_reply_by_default_and_an_earlier_one_by_its_id(
    repository: DataRepository, reply: Run
) -> None:
    repository.put(TWICE)
    first = next(e for e in TWICE["events"] if e["type"] == "replied")
    assert "没收夜间施工设备" in reply(ID)[1]
    code, out, _ = reply(ID, "--event", event_id(plain(first)))
    assert code == 0
    assert "没收夜间施工设备" not in out


@pytest.mark.parametrize(
    ("case", "arguments", "words"),
    [
        (GOOD, ("LZ-20261013-0008",), f"没有工单 LZ-20261013-0008，是不是 {ID}？"),
        (GOOD, ("../../etc/passwd",), "没有工单 ../../etc/passwd"),
        (UNANSWERED, (ID,), f"工单 {ID} 还没有答复；写答复：hotline add {ID} replied …"),
        (GOOD, (ID, "--event", "00000000"), f"工单 {ID} 没有编号为 00000000 的答复；已有的："),
        (GOOD, (ID, "--format", "pdf"), "pdf"),
        (GOOD, (ID, "--format", "html", "--out", "a.docx"), "--format html 与文件名 a.docx 不一致"),
        (GOOD, (ID, "--out", "/proc/nowhere/a.docx"), "/proc/nowhere"),
        (GOOD, (ID, "--out", "答复.pdf"), "文件名 答复.pdf 要以 .txt、.html 或 .docx 结尾"),
        (GOOD, (ID, "--out", "cases/a.yaml"), "要以 .txt、.html 或 .docx 结尾"),
    ],
)
def test_wrong_use_is_told_in_chinese(
    case: dict[str, Any], arguments: tuple[str, ...], words: str,
    repository: DataRepository, reply: Run,
) -> None:  # fmt: skip
    repository.put(case)
    code, out, err = reply(*arguments)
    assert (code, out) == (2, "")
    assert words in err
    assert "Traceback" not in err


def test_an_unreadable_order_points_to_the_check(repository: DataRepository, reply: Run) -> None:
    repository.put(GOOD).write_bytes(b"id: [\n")
    code, _, err = reply(ID)
    assert code == 2
    assert f"运行 hotline check {ID} 查看原因" in err


@pytest.mark.parametrize(
    ("name", "begin"),
    [("答复.txt", "　　尊敬的"), ("答复.html", "<!doctype html>"), ("答复.docx", "PK")],
)
def test_the_name_of_the_file_tells_the_format(
    name: str, begin: str, repository: DataRepository, reply: Run, tmp_path: Path
) -> None:
    repository.put(GOOD)
    target = tmp_path / name
    code, out, err = reply(ID, "--out", str(target))
    assert (code, out, err) == (0, "", f"已写到 {target}\n{TO_BE_FILLED}")
    assert target.read_bytes().startswith(begin.encode())


def test_a_text_that_is_there_is_not_overwritten(
    repository: DataRepository, reply: Run, tmp_path: Path
) -> None:
    """It may be the very text that the reply was written from."""
    repository.put(GOOD)
    (tmp_path / "处理.txt").write_text("经办员写的", "utf-8")
    code, _, err = reply(ID, "--out", str(tmp_path / "处理.txt"))
    assert code == 2
    assert "请换一个文件名" in err
    assert (tmp_path / "处理.txt").read_text("utf-8") == "经办员写的"


def test_a_page_of_its_own_loads_nothing(repository: DataRepository, reply: Run) -> None:
    repository.put(MASKED)
    _, out, _ = reply(ID, "--format", "html")
    assert '<p class="hl-draft">草稿：有 1 处不符合规定' in out
    assert not re.search(r"https?://|<script|<link|url\(", out)


def test_a_countys_own_template_comes_first_and_runs_in_a_sandbox(
    repository: DataRepository, reply: Run
) -> None:
    repository.put(GOOD)
    own = repository.root / "site_templates" / "letters" / "ordinary.html"
    own.parent.mkdir(parents=True)
    own.write_text('<p class="opening">本县自己的抬头：{{ letter.subject }}</p>', "utf-8")
    assert reply(ID)[1] == "　　本县自己的抬头：夜间施工噪音\n"
    own.write_text("{{ letter.__class__.__mro__ }}", "utf-8")
    code, _, err = reply(ID)
    assert code == 2
    assert "模板 letters/ordinary.html" in err


@pytest.mark.parametrize(
    "broken",
    [
        "{{ 1/0 }}",
        '{{ "a" + 1 }}',
        "{% include 'letters/ordinary.html' %}",
        "{{ range(10**9) | list }}",
    ],
)
def test_a_broken_template_is_named_and_hides_no_finding(
    broken: str, repository: DataRepository, reply: Run, check: Run
) -> None:
    repository.put(MASKED)
    own = repository.root / "site_templates" / "letters" / "ordinary.html"
    own.parent.mkdir(parents=True)
    own.write_text(broken, "utf-8")
    code, out, err = reply(ID)
    assert (code, out) == (2, "")
    assert "模板 letters/ordinary.html" in err
    code, out, _ = check(ID)
    assert code == 1
    assert "R004" in out and "模板 letters/ordinary.html" in out


@pytest.mark.parametrize(
    "words", [("--out", "a\x1b[31m.docx"), ("--event", "\x1b[31m"), ("--out", "没有/a.docx")]
)
def test_what_was_typed_is_shown_harmlessly(
    words: tuple[str, str], repository: DataRepository, reply: Run, tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    monkeypatch.chdir(tmp_path)
    repository.put(GOOD)
    _, _, err = reply(ID, *words)
    assert "\x1b" not in err
    assert not (tmp_path / "没有").exists()


# --- what adding fills in --------------------------------------------------------------


def test_a_clerk_need_not_type_what_the_order_says(
    repository: DataRepository, hotline: Run
) -> None:
    path = repository.put(
        complete("""
channel: city_web
title: 锦绣花园夜间施工
events:
- {type: accepted}
- {type: assigned, lead: housing-bureau, support: [tianchi-street], basis: clear}
- {type: signed}
- {type: contacted}
- {type: support_opinion, text: 同意主办单位意见}
""")
    )
    code, out, _ = hotline(
        "add", ID, "replied", "sections.opinion=现场检查属实，已责令夜间停工。",
        "sections.communication=已电话告知", "delivery.method=phone", "delivery.at=now",
        "reviewed_by=何静", "--repo", str(repository.root), "--now", NOW, "--by", "housing-bureau",
    )  # fmt: skip
    assert code == 0, out
    written = path.read_text("utf-8")
    assert "template: netizen" in written
    assert "subject: 锦绣花园夜间施工" in written
    assert "units: [housing-bureau, tianchi-street]" in written


def test_a_faulty_letter_is_not_written(repository: DataRepository, hotline: Run) -> None:
    path = repository.put(complete("- {type: signed}"))
    before = path.read_bytes()
    code, out, err = hotline(
        "add", ID, "replied", "sections.demand=要求停工", "sections.findings=某公司夜间施工",
        "sections.handling=已责令停工", "sections.communication=已电话告知", "reviewed_by=何静",
        "--repo", str(repository.root), "--now", NOW,
    )  # fmt: skip
    assert code == 1
    assert "R005" in out and "“某公司”" in out
    assert "没有写入" in err
    assert path.read_bytes() == before


# --- the comment on a pull request -----------------------------------------------------


def test_a_changed_reply_shows_its_letter_under_its_findings(
    repository: DataRepository, check: Run
) -> None:
    repository.put(complete("- {type: signed}"))
    base = repository.commit()
    repository.put(MASKED)
    _, out, _ = check("--since", base)
    table, _, letter = out.partition("<details><summary>")
    assert "R004" in table
    assert letter.startswith(
        "草稿，改好以前不要发出：关于夜间施工噪音问题的答复（2026年10月13日）</summary>"
    )
    assert "已责令张\\*\\*停工" in letter
    assert "</details>" in letter


def test_only_what_changed_is_shown(repository: DataRepository, check: Run) -> None:
    first = complete("- {type: replied}")
    repository.put(first)
    base = repository.commit()
    repository.put(TWICE)
    _, out, _ = check("--since", base)
    assert out.count("<details>") == 1
    assert "没收夜间施工设备" in out


def test_an_untouched_reply_is_not_shown(repository: DataRepository, check: Run) -> None:
    repository.put(GOOD)
    base = repository.commit()
    case = {
        **GOOD,
        "events": [
            *GOOD["events"],
            complete("- {type: callback, reached: true, process: satisfied, result: satisfied}")[
                "events"
            ][-1],
        ],
    }
    repository.put(case)
    assert "<details>" not in check("--since", base)[1]


def test_named_files_show_their_answer_in_force(repository: DataRepository, check: Run) -> None:
    repository.put(TWICE)
    _, out, _ = check(ID)
    assert out.count("<details>") == 1
    assert "没收夜间施工设备" in out


def test_checking_everything_shows_no_letters(repository: DataRepository, check: Run) -> None:
    repository.put(GOOD)
    assert "<details>" not in check()[1]


def test_templates_are_those_of_the_trusted_revision(
    repository: DataRepository, check: Run
) -> None:
    repository.put(complete("- {type: signed}"))
    base = repository.commit()
    repository.put(GOOD)
    own = repository.root / "site_templates" / "letters" / "ordinary.html"
    own.parent.mkdir(parents=True)
    own.write_text('<p class="opening">合并请求自己改的模板</p>', "utf-8")
    _, out, _ = check("--since", base, "--trust", base)
    assert "合并请求自己改的模板" not in out
    assert "现回复如下" in out


def test_a_letter_in_a_comment_is_text(repository: DataRepository, check: Run) -> None:
    hostile = complete("- {type: replied}")
    words = "</details><img src=x> @all #12 ![x](http://x) `code` closes #3\n- 列表\n# 标题"
    hostile["events"][-1]["sections"]["handling"] = words
    hostile["events"][-1]["subject"] = "<img src=x> @all #12"
    repository.put(hostile)
    _, out, _ = check(ID)
    assert not re.search(r"(?<!\\)<img", out)
    assert not re.search(r"(?m)^>?[ \t]*(?:#|[-+] (?!⚠️))", out.partition("<details>")[2])
    assert not re.search(r"@all|(?<!&)#[0-9x](?!27)", out)


def test_a_comment_stays_below_the_limit_of_a_forge(repository: DataRepository, check: Run) -> None:
    long = complete("- {type: replied}")
    long["events"][-1]["sections"]["handling"] = "已责令停工并复查。" * 100
    for number in range(40):
        repository.put({**long, "id": f"LZ-20261013-{number:04d}", "upstream_id": f"Z{number}"})
    _, out, _ = check(str(repository.root / "cases"))
    assert len(out) < 65_536
    assert re.search(r"另有 [0-9]+ 封信未列出", out)


def test_the_orders_of_the_repository_have_right_letters(hotline: Run, tmp_path: Path) -> None:
    for folder in ("cases", "registry"):
        shutil.copytree(ROOT / folder, tmp_path / folder)
    for path in sorted((tmp_path / "cases").rglob("*.yaml")):
        if "type: replied" in path.read_text("utf-8"):
            code, out, _ = hotline("reply", path.stem, "--repo", str(tmp_path), "--now", NOW)
            assert code == 0, path
            assert out.count("\n") > 3
