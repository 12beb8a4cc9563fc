"""The verbs about seals, used rightly and wrongly: a wrong use is told in Chinese, changes no
byte, and repeats nothing of the person."""

from __future__ import annotations

import json
import os
import resource
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.doors.landing import case
from tests.sealing.county import (
    ACCEPTED,
    CENTER,
    HOUSING,
    ID,
    NOW,
    PATH,
    PERSON,
    POLICE,
    PRIVATE,
    REPORT,
    TEXT,
    TIANCHI,
    UNITS,
    County,
    refused,
)
from tests.support import ROOT

OTHER, OTHER_TEXT = case(8)
OTHER_ID = Path(OTHER).stem
GIVEN = json.dumps(PERSON, ensure_ascii=False)
REASON = ("--reason", "核对")


# --- rightly --------------------------------------------------------------------------------------


def test_a_person_is_sealed_and_read_by_those_who_handle_the_order(county: County) -> None:
    out = county.seal()
    assert "可读：县热线中心、县住建局、天池街道。" in out
    assert [county.opens(unit) for unit in UNITS] == [True, True, True, False]
    assert json.loads(county.unseal(HOUSING).out) == PERSON
    assert county.run("check").code == 0
    text = (county.root / PATH).read_text("utf-8")
    assert not any(word in text for word in PRIVATE)


def test_every_reading_is_written_down(county: County) -> None:
    county.seal()
    for unit in (HOUSING, POLICE, CENTER):
        county.unseal(unit)
    rows = [json.loads(row) for row in (county.store / "read.jsonl").read_text().splitlines()]
    assert [row["unit"] for row in rows] == [HOUSING, CENTER]
    assert all(row["case"] == ID and row["reason"] == "核对" for row in rows)


def test_what_is_shown_does_not_steer_the_terminal(county: County) -> None:
    county.seal({"name": "\u202e甲\x9b31m乙"})
    shown = county.unseal(CENTER).out
    assert "甲" in shown and not {"\u202e", "\x9b"} & set(shown)


def test_what_a_store_holds_is_private(county: County) -> None:
    county.seal()
    county.unseal(CENTER)
    for path in county.store.rglob("*"):
        assert path.stat().st_mode & 0o077 == 0 or path.is_dir(), path
    assert county.key(CENTER).stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize("kind", ["ed25519", "rsa"])
def test_an_ssh_key_of_a_member_opens(county: County, tmp_path: Path, kind: str) -> None:
    path = with_ssh_key(county, tmp_path, kind)
    county.seal()
    done = county.run("unseal", ID, "--identity", str(path), *REASON)
    assert (done.code, json.loads(done.out or "{}")) == (0, PERSON), done


def test_an_ecdsa_key_of_a_member_is_left_out(county: County, tmp_path: Path) -> None:
    with_ssh_key(county, tmp_path, "ecdsa")
    county.seal()
    assert county.opens(HOUSING)
    without_key(county, HOUSING)
    assert "暂时打不开的单位：县住建局" in county.seal()


def test_a_secret_key_with_windows_line_ends_and_a_mark_opens(county: County) -> None:
    county.seal()
    key = county.key(CENTER)
    key.write_bytes(b"\xef\xbb\xbf" + key.read_bytes().replace(b"\n", b"\r\n"))
    assert county.opens(CENTER)


def test_a_report_of_two_parts(county: County) -> None:
    county.put(REPORT)
    county.seal()
    out = county.well("seal", ID, "--part", "demand", given="举报工地夜间施工。\n二、扬尘。\n")
    assert "诉求内容" in out
    assert "demand" not in county.case()
    shown = json.loads(county.unseal(CENTER, "demand").out)
    assert shown == {"demand": "举报工地夜间施工。\n二、扬尘。\n"}
    assert county.run("check").code == 0


def test_two_parts_of_a_committed_order_within_a_second(county: County) -> None:
    """A script seals both at once: the licence of the one is not taken for that of the other."""
    county.put(REPORT)
    county.commit()
    county.seal()
    county.well("seal", ID, "--part", "demand", given="举报。")
    assert county.run("check").code == 0
    assert set(county.case()["sealed"]) == {"person", "demand"}


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")
def test_a_killed_seal_is_taken_up_again(county: County, tmp_path: Path) -> None:
    """What was sealed before can be read at any time, and again seals the new."""
    county.seal()
    before = (county.root / PATH).read_bytes()
    given = tmp_path / "given"
    given.write_text(json.dumps({"name": "别人测试"}), "utf-8")
    script = f"exec {sys.executable} -c '{SEALING}' {tmp_path}"
    begin = tmp_path / "begin"
    shutil.copytree(county.folder, begin)
    for at in (0, 3, 6, 9, 12, 15, 18, 21):
        shutil.rmtree(county.folder)
        shutil.copytree(begin, county.folder)
        words = f"{script} {at} seal {ID} --repo {county.root} --now {NOW} < {given}"
        done = subprocess.run(words, shell=True, cwd=ROOT, capture_output=True, text=True)
        assert done.returncode == 0, done
        is_old = (county.root / PATH).read_bytes() == before
        shown = json.loads(county.unseal(HOUSING).out)
        assert shown == (PERSON if is_old else {"name": "别人测试"}), at
        county.seal({"name": "别人测试"})
        assert json.loads(county.unseal(HOUSING).out) == {"name": "别人测试"}


SEALING = (
    "import sys; from pathlib import Path; from tests.doors.crashing import ended; "
    "import hotline.cli.verbs.seal; ended(Path(sys.argv[1]), sys.argv[3:], int(sys.argv[2]), "
    '"kill")'
)


def test_a_backup_restores_the_store(county: County, tmp_path: Path) -> None:
    county.seal()
    out = county.well("keys", "export", "--out", str(tmp_path / "b.tar"))
    assert "都要销毁" in out
    assert (tmp_path / "b.tar").stat().st_mode & 0o077 == 0
    shutil.rmtree(county.store)
    county.store.mkdir()
    subprocess.run(["tar", "xf", str(tmp_path / "b.tar"), "-C", str(county.store)], check=True)
    assert county.opens(HOUSING)
    key = ("--identity", str(county.key(CENTER)))
    assert "没有问题" in county.well("keys", "verify", *key)


# --- how an order is written ----------------------------------------------------------------------

CRLF = TEXT.replace("\n", "\r\n")
FORMS = {
    "usual": TEXT,
    "windows": CRLF,
    "with a mark": "\ufeff" + TEXT,
    "with a mark and windows": "\ufeff" + CRLF,
    "flow petitioner in lines": TEXT.replace(
        "{confidential: false, anonymous: false}", "{confidential: false,\n  anonymous: false}"
    ),
    "block petitioner": TEXT.replace(
        "petitioner: {confidential: false, anonymous: false}",
        "petitioner:\n  confidential: false\n  anonymous: false",
    ),
    "no line end at the end": TEXT.rstrip("\n"),
    "quoted keys": TEXT.replace("petitioner:", '"petitioner":').replace("title:", "'title':"),
    "begin and end of a document": f"---\n{TEXT}...\n",
    "comments between": TEXT.replace("location:", "# 位置如下\n\n# 两行\nlocation:").replace(
        "events:", "# 以下是经过\nevents:"
    ),
    "petitioner last": TEXT.replace("petitioner: {confidential: false, anonymous: false}\n", "")
    + "petitioner: {confidential: false, anonymous: false}\n# 完\n",
}


def without_seal(text: str) -> list[str]:
    """The lines that a seal must leave alone."""
    found: list[str] = []
    inside = False
    for line in text.splitlines(keepends=True):
        key = line.lstrip("\ufeff")
        if not key.startswith((" ", "#", "\r", "\n")):
            inside = key.startswith(("sealed:", "petitioner:", '"petitioner":'))
        if not inside or key.startswith("#") or not key.strip():
            found.append(line)
    return found


@pytest.mark.parametrize("name", FORMS)
def test_all_else_stays_byte_for_byte(county: County, name: str) -> None:
    path = county.put(FORMS[name])
    county.seal()
    text = path.read_bytes().decode()
    assert without_seal(text) == without_seal(FORMS[name])
    assert ("\r\n" in FORMS[name]) == ("\r\n" in text) and "\n\n\n" not in text
    assert text.count("\n") == text.count("\r\n") or "\r\n" not in FORMS[name]
    assert county.opens(HOUSING)
    county.seal({"name": "别人测试"})
    assert json.loads(county.unseal(HOUSING).out) == {"name": "别人测试"}
    assert without_seal(path.read_bytes().decode()) == without_seal(FORMS[name])


COMMENTS = {
    "at the line": ("petitioner: {confidential: false, anonymous: false}",
                    "petitioner: {confidential: false, anonymous: false}   # 已核实"),
    "inside the block": ("petitioner: {confidential: false, anonymous: false}",
                         "petitioner:\n  # 电话里说的\n  confidential: false\n  anonymous: false"),
    "indented above the next": ("events:", "  # 下面是经过\nevents:"),
}  # fmt: skip


@pytest.mark.parametrize("name", COMMENTS)
def test_comments_at_the_petitioner_stay(county: County, name: str) -> None:
    path = county.put(TEXT.replace(*COMMENTS[name]))
    before = [row.strip() for row in path.read_text("utf-8").splitlines() if "#" in row]
    county.seal()
    text = path.read_text("utf-8")
    assert [row for row in before if row[row.index("#") :] not in text] == []


def test_a_whole_order_in_flow_style_keeps_its_data(county: County) -> None:
    data = county.case()
    path = county.put(json.dumps(data, ensure_ascii=False) + "\n")
    county.seal()
    found = county.case()
    assert {k: v for k, v in found.items() if k not in ("sealed", "petitioner")} == {
        k: v for k, v in data.items() if k != "petitioner"
    }
    assert path.read_bytes().endswith(b"\n") and county.opens(HOUSING)


def test_an_order_in_flow_style_keeps_its_comments(county: County) -> None:
    county.put("# 领导批示件\n" + json.dumps(county.case(), ensure_ascii=False) + "\n")
    refused(county, "seal", ID, given=GIVEN, said="会丢掉注释")


# --- what is given on standard input --------------------------------------------------------------

WRONG_INPUT = {
    "empty": ("", "标准输入是空的"),
    "blank": (" \n\u3000\n", "标准输入是空的"),
    "a mark alone": ("\ufeff", "标准输入是空的"),
    "no JSON": (f"姓名 {PERSON['name']}", "不是 JSON"),
    "cut off": (GIVEN[:-3], "不是 JSON"),
    "a list": (f"[{GIVEN}]", "应是一个 JSON 对象"),
    "nothing in it": ("{}", "应是一个 JSON 对象"),
    "null": ("null", "应是一个 JSON 对象"),
    "unknown key": (json.dumps({"mobile": PERSON["phone"]}), "第 1 项的键不认识"),
    "a number": ('{"phone": 13912345678}', "phone（电话）应是文字"),
    "blank name": ('{"name": " "}', "不能空着"),
    "parties no list": (json.dumps({"parties": PERSON["name"]}), "parties 应是"),
    "parties of numbers": ('{"parties": [13912345678]}', "parties 应是"),
    "too deep": ("[" * 50_000, "不是 JSON"),
    "too long": (json.dumps({"name": "x" * 98_300}), "内容太长"),
    "far too long": ("x" * 400_000, "内容太长"),
    "huge": ("x" * 20_000_000, "内容太长"),
    "not UTF-8": (GIVEN.encode("gb18030"), "不是 UTF-8"),
    "UTF-16": (GIVEN.encode("utf-16"), "不是 UTF-8"),
}  # fmt: skip


@pytest.mark.parametrize("name", WRONG_INPUT)
def test_a_wrong_input_seals_nothing(county: County, name: str) -> None:
    given, said = WRONG_INPUT[name]
    refused(county, "seal", ID, given=given, said=said)


@pytest.mark.parametrize("part", ["person", "demand"])
def test_half_a_character_is_no_fault_of_the_program(county: County, part: str) -> None:
    given = '{"name": "\\ud83d"}' if part == "person" else '"\\ud83d"'
    refused(county, "seal", ID, "--part", part, given=given, said="标准输入的内容不对")


def test_an_unknown_key_that_is_personal_is_not_repeated(county: County) -> None:
    given = json.dumps({PERSON["phone"]: PERSON["name"]}, ensure_ascii=False)
    refused(county, "seal", ID, given=given, said="键不认识")


def test_what_makes_the_file_too_large_is_told_so(county: County) -> None:
    given = json.dumps(dict.fromkeys(("name", "address", "title"), "x" * 65_000))
    refused(county, "seal", ID, given=given, said="太长")


# --- orders ---------------------------------------------------------------------------------------

WRONG_ORDER = {
    "none": (None, "没有", {}),
    "no YAML": ("id: [\n", "工单有错误", {}),
    "an anchor": (TEXT.replace("title:", "title: &a"), "S003", {}),
    "no schema": (TEXT.replace("kind: complaint", "kind: nonsense"), "S010", {}),
    "GBK": (TEXT.encode("gb18030"), "S001", {}),
    "empty": ("", "S0", {}),
    "events are no list": (ACCEPTED[: ACCEPTED.index("events:")] + "events: {}\n", "S010", {}),
}  # fmt: skip


@pytest.mark.parametrize("name", WRONG_ORDER)
@pytest.mark.parametrize("verb", ["seal", "unseal", "reseal", "erase"])
def test_an_order_that_cannot_be_read(county: County, verb: str, name: str) -> None:
    county.seal()
    text, said, _ = WRONG_ORDER[name]
    if text is None:
        (county.root / PATH).unlink()
    else:
        county.put(text)
    key = () if verb == "seal" else ("--identity", str(county.key(CENTER)))
    more = REASON if verb == "unseal" else ()
    refused(county, verb, ID, *key, *more, given=GIVEN, said=said)


def test_what_is_wrong_with_an_order_is_told_without_its_numbers(county: County) -> None:
    county.put(TEXT.replace("kind: complaint", f"kind: '{PERSON['phone']}'"))
    refused(county, "seal", ID, given=GIVEN, said="S010")


# --- opening wrongly ------------------------------------------------------------------------------


def identity(county: County, name: str, tmp_path: Path) -> tuple[str, str]:
    """(what is given as ``--identity``, what is said)."""
    path = tmp_path / "key"
    if name == "wrong":
        return str(county.key(POLICE)), "这个私钥打不开：只有 县热线中心、县住建局、天池街道"
    if name == "absent":
        return str(path), "没有这个文件"
    if name == "folder":
        return str(tmp_path), "这是一个文件夹"
    if name == "link":
        path.symlink_to(county.key(CENTER))
        return str(path), "不读取链接"
    if name in ("ecdsa", "passphrase", "pem rsa passphrase"):
        kind = {"ecdsa": "ecdsa", "passphrase": "ed25519"}.get(name, "rsa")
        words = ["-N", "" if kind == "ecdsa" else "secret", "-t", kind, "-f", str(path)]
        subprocess.run(
            ["ssh-keygen", "-q", *words, *(("-m", "PEM") if "pem" in name else ())], check=True
        )
        return str(path), "没有口令的 ed25519 和 rsa 私钥"
    blobs = {
        "empty": b"", "public": b"age1x\n", "cut": county.key(CENTER).read_bytes()[:-20],
        "noise": bytes(range(256)) * 16, "huge": b"\0" * 200_000,
        "PEM noise": b"-----BEGIN OPENSSH PRIVATE KEY-----\nAAAA\n-----END OPENSSH PRIVATE KEY-----\n",
        "utf-16": county.key(CENTER).read_text().encode("utf-16"),
    }  # fmt: skip
    path.write_bytes(blobs[name])
    told = {"cut": "私钥不完整", "PEM noise": "这个 SSH 私钥不能用"}
    return str(path), told.get(name, "没有私钥")


IDENTITIES = ["wrong", "absent", "folder", "link", "ecdsa", "passphrase", "pem rsa passphrase", "empty",
              "public", "cut", "noise", "huge", "PEM noise", "utf-16"]  # fmt: skip


@pytest.mark.parametrize("name", IDENTITIES)
def test_a_wrong_key_opens_nothing(county: County, tmp_path: Path, name: str) -> None:
    county.seal()
    given, said = identity(county, name, tmp_path)
    refused(county, "unseal", ID, "--identity", given, *REASON, said=said)


def test_no_key_at_all(county: County) -> None:
    county.seal()
    refused(county, "unseal", ID, *REASON, said="--identity 私钥文件")
    refused(county, "reseal", ID, said="--identity 私钥文件")
    refused(county, "keys", "rotate", said="--identity 私钥文件")


def test_a_secret_key_in_the_place_of_its_file_is_not_repeated(county: County) -> None:
    county.seal()
    secret = county.key(CENTER).read_text().splitlines()[-1]
    refused(county, "unseal", ID, "--identity", secret, *REASON, said="私钥文件", private=[secret])


def test_unseal_without_a_reason_or_with_somebody_in_it(county: County) -> None:
    county.seal()
    key = ("--identity", str(county.key(CENTER)))
    refused(county, "unseal", ID, *key, said="--reason")
    refused(county, "unseal", ID, *key, "--reason", " \u3000", said="要写明为什么")
    for words in (f"回访 {PERSON['phone']}", "回访１３９ 1234 ５６７８", "核对 11010519491231002X"):
        refused(county, "unseal", ID, *key, "--reason", words, said="有个人信息")


def test_a_reason_that_names_the_person_is_not_kept(county: County) -> None:
    county.seal()
    key = ("--identity", str(county.key(CENTER)))
    county.run("unseal", ID, *key, "--reason", f"{PERSON['name']}来电询问进展")
    log = county.store / "read.jsonl"
    assert not log.exists() or PERSON["name"] not in log.read_text("utf-8")


def test_what_cannot_be_written_down_is_not_shown(county: County) -> None:
    county.seal()
    log = county.store / "read.jsonl"
    log.mkdir()
    key = ("--identity", str(county.key(CENTER)))
    refused(county, "unseal", ID, *key, *REASON, said="写不了")
    log.rmdir()
    if Path("/dev/full").exists():
        log.symlink_to("/dev/full")
        refused(county, "unseal", ID, *key, *REASON, said="磁盘已满")


def test_what_was_written_down_by_half_is_not_shown(county: County) -> None:
    """The quota ends in the middle of the row: write() says so by a smaller number."""
    county.seal()
    words = [
        "unseal",
        ID,
        "--identity",
        str(county.key(CENTER)),
        *REASON,
        "--repo",
        str(county.root),
    ]
    done = subprocess.run(
        [sys.executable, "-P", "-B", "-m", "hotline", *words], capture_output=True, text=True,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (40, 40)),
    )  # fmt: skip
    rows = (county.store / "read.jsonl").read_text("utf-8")
    assert rows.endswith("\n") or PERSON["name"] not in done.stdout


# --- the store ------------------------------------------------------------------------------------


def damaged(blob: bytes, name: str) -> bytes:
    data = json.loads(blob)
    wrap = data["wraps"][0]
    if name == "truncated":
        return blob[: len(blob) // 2]
    if name == "text cut":
        wrap["text"] = wrap["text"][:200]
    elif name == "text turned":
        wrap["text"] = wrap["text"].replace(
            wrap["text"][120], "A" if wrap["text"][120] != "A" else "B"
        )
    elif name == "no text":
        wrap["text"] = 7
    elif name == "half a character":
        wrap["text"] = "\ud800"
    elif name == "keys are text":
        del wrap["to"]
    elif name == "no wraps":
        data["wraps"] = []
    elif name == "wraps are null":
        data["wraps"] = None
    return json.dumps(data).encode()


WRAPS = {
    "truncated": "已损坏", "text cut": "打不开", "text turned": "打不开", "no text": "已损坏",
    "half a character": "打不开", "keys are text": "已损坏", "no wraps": "没有", "wraps are null": "已损坏",
}  # fmt: skip
OTHER_JSON = {"[]": b"[]", "null": b"null", "text": b'"x"', "nothing": b"", "zeros": b"\0" * 500, "GBK": "{密}".encode("gbk"),
              "deep": b"[" * 100_000, "too large": b" " * (17 << 20)}  # fmt: skip


@pytest.mark.parametrize("name", [*WRAPS, *OTHER_JSON])
def test_a_damaged_wrap_opens_nothing(county: County, name: str) -> None:
    county.seal()
    path = county.store / ID / "person.json"
    path.write_bytes(OTHER_JSON[name] if name in OTHER_JSON else damaged(path.read_bytes(), name))
    key = ("--identity", str(county.key(CENTER)))
    said = WRAPS.get(name, "已损坏")
    refused(county, "unseal", ID, *key, *REASON, said=said)
    told = refused(county, "keys", "verify", *key, said=said if name != "no wraps" else "谁也打不开", codes=(1,))  # fmt: skip
    assert ID in told.out
    if said == "已损坏":
        refused(county, "seal", ID, given=GIVEN, said=said)
        refused(county, "keys", "rotate", *key, said=said, codes=(1,))


def test_a_wrap_of_another_case_opens_nothing(county: County) -> None:
    county.put(OTHER_TEXT, OTHER)
    county.seal()
    county.seal({"name": "别的测试人"}, case=OTHER_ID)
    mine, theirs = county.store / ID / "person.json", county.store / OTHER_ID / "person.json"
    key = ("--identity", str(county.key(CENTER)))
    blob = theirs.read_bytes()
    mine.write_bytes(blob)
    refused(county, "unseal", ID, *key, *REASON, said="已损坏", private=["别的测试人", *PRIVATE])
    mine.write_bytes(blob.replace(OTHER_ID.encode(), ID.encode()))
    refused(county, "unseal", ID, *key, *REASON, said="没有", private=["别的测试人", *PRIVATE])


def test_a_seal_that_was_moved_to_another_case_opens_nothing(county: County) -> None:
    """With its key: the seal says itself whose it is."""
    path = county.put()
    other = county.put(OTHER_TEXT, OTHER)
    county.seal()
    text = path.read_text("utf-8")
    seal = text[text.index("sealed:") : text.index("events:")]
    other.write_text(OTHER_TEXT.replace("events:", f"{seal}events:"), "utf-8")
    (county.store / OTHER_ID).mkdir()
    blob = (county.store / ID / "person.json").read_bytes()
    (county.store / OTHER_ID / "person.json").write_bytes(
        blob.replace(ID.encode(), OTHER_ID.encode())
    )
    for verb, more in (("unseal", REASON), ("reply", ())):
        key = ("--identity", str(county.key(CENTER)))
        said = "另一件工单" if verb == "unseal" else "还没有答复"
        refused(county, verb, OTHER_ID, *key, *more, said=said)
    key = ("--identity", str(county.key(CENTER)))
    done = refused(county, "keys", "verify", *key, said="另一件工单", codes=(1,))
    assert OTHER_ID in done.out


def test_a_part_that_stands_in_the_place_of_the_other_opens_nothing(county: County) -> None:
    path = county.put(REPORT)
    county.seal()
    text = path.read_text("utf-8").replace("sealed:\n  person:", "sealed:\n  demand:")
    path.write_text(text, "utf-8")
    blob = (county.store / ID / "person.json").read_bytes()
    (county.store / ID / "demand.json").write_bytes(blob.replace(b'"person"', b'"demand"'))
    key = ("--identity", str(county.key(CENTER)))
    refused(county, "unseal", ID, "--part", "demand", *key, *REASON, said="另一件")
    refused(county, "unseal", ID, *key, *REASON, said="没有密封的个人信息")


def test_without_a_store_nothing_is_opened(county: County) -> None:
    county.seal()
    shutil.rmtree(county.store)
    key = ("--identity", str(county.key(CENTER)))
    refused(county, "unseal", ID, *key, *REASON, said="没有密钥库")
    for act in (("rotate", *key), ("verify",), ("export", "--out", str(county.folder / "b.tar"))):
        refused(county, "keys", *act, said="没有密钥库")
    assert not county.store.exists()


def test_reseal_without_a_store_is_refused(county: County) -> None:
    county.seal()
    shutil.rmtree(county.store)
    refused(county, "reseal", ID, "--identity", str(county.key(CENTER)), said="没有密钥库")
    assert not county.store.exists()


def test_a_store_that_is_a_file(county: County) -> None:
    county.store.write_text("x", "utf-8")
    refused(county, "seal", ID, given=GIVEN, said="密钥库")


# --- where secrets must not lie -------------------------------------------------------------------


@pytest.mark.parametrize(
    "where", ["registry/center.key", "center.key", "./cases/x/../../center.key"]
)
def test_a_secret_key_in_the_repository_is_refused(county: County, where: str) -> None:
    (county.root / "cases/x").mkdir(parents=True)
    target = str(county.root / where)
    refused(county, "keys", "new", CENTER, "--out", target, said="私钥会被提交上去")
    county.seal()
    refused(county, "keys", "export", "--out", target, said="会被提交上去")


def around(county: County, how: str) -> str:
    if how == "dots":
        return str(county.keys / ".." / "data" / "x.key")
    link = county.folder / "link"
    link.symlink_to(county.root, target_is_directory=True)
    return str(link / "x.key")


@pytest.mark.parametrize("how", ["dots", "link"])
def test_a_secret_key_does_not_get_into_the_repository_by_another_way(
    county: County, how: str
) -> None:
    refused(county, "keys", "new", CENTER, "--out", around(county, how), said="私钥会被提交上去")


@pytest.mark.parametrize("how", ["dots", "link"])
def test_a_backup_does_not_get_into_the_repository_by_another_way(county: County, how: str) -> None:
    county.seal()
    refused(county, "keys", "export", "--out", around(county, how), said="会被提交上去")


def test_a_secret_key_below_dot_hotline_is_not_committed(county: County) -> None:
    county.run("add", ID, "progress", "text=已到现场", "--by", HOUSING)  # makes .hotline/
    (county.root / ".hotline").mkdir(exist_ok=True)
    county.run("keys", "new", CENTER, "--out", str(county.root / ".hotline/center.key"))
    county.commit()
    assert ".hotline/center.key" not in county.git("ls-files")


def test_a_restored_store_is_not_committed(county: County, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOTLINE_KEYS", "")
    (county.root / ".hotline/keys").mkdir(parents=True)  # "把备份解开到密钥库文件夹"
    county.seal()
    county.commit()
    assert "keys" not in county.git("ls-files", ".hotline")


def test_the_store_in_its_usual_place_is_not_committed(
    county: County, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOTLINE_KEYS", "")
    county.seal()
    assert (county.root / ".hotline/keys" / ID / "person.json").is_file()
    county.commit()
    assert county.git("ls-files", ".hotline") == ""


def test_a_store_in_the_repository_is_refused(
    county: County, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOTLINE_KEYS", str(county.root / "keys"))
    county.run("seal", ID, given=GIVEN)
    county.commit()
    assert county.git("ls-files", "keys") == ""


@pytest.mark.slow
def test_a_store_that_is_the_repository_blocks_nobody(county: County) -> None:
    words = [sys.executable, "-P", "-B", "-m", "hotline", "seal", ID, "--repo", str(county.root)]
    env = os.environ | {"HOTLINE_KEYS": str(county.root)}
    done = subprocess.run(words, input=GIVEN.encode(), env=env, timeout=20, capture_output=True)
    assert done.returncode == 2


def test_an_existing_file_is_not_written_over(county: County, tmp_path: Path) -> None:
    for path in (county.key(CENTER), tmp_path / "letter"):
        path.touch()
        refused(county, "keys", "new", POLICE, "--out", str(path), said="已存在，没有覆盖")
    county.seal()
    refused(county, "keys", "export", "--out", str(county.key(CENTER)), said="已存在，没有覆盖")


def test_a_link_to_nowhere_is_not_followed(county: County, tmp_path: Path) -> None:
    link = tmp_path / "link.key"
    link.symlink_to(county.root / "registry" / "x.key")
    refused(county, "keys", "new", CENTER, "--out", str(link), said="在工单仓库里")


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("keys",), "还缺"),
        (("keys", "new"), "要写单位和私钥文件"),
        (("keys", "new", CENTER), "要写单位和私钥文件"),
        (("keys", "new", "housing-bureu", "--out", "/nonexistent/x"), "是不是 housing-bureau"),
        (("keys", "new", CENTER, "--out", "/nonexistent/x"), "没有这个文件"),
        (("keys", "export"), "备份到哪里"),
        (("keys", "burn"), "可写"),
        (("seal",), "还缺"),
        (("seal", ID, "--part", "phone"), "可写"),
        (("unseal", ID, "--part", "demand", *REASON, "--identity", "KEY"), "没有密封的诉求内容"),
        (("unseal", OTHER_ID, *REASON, "--identity", "KEY"), "没有"),
        (("unseal", "../../x", *REASON, "--identity", "KEY"), "没有"),
        (("reseal", OTHER_ID, "--identity", "KEY"), "没有"),
        (("erase", OTHER_ID), "没有"),
        (("reply", ID, "--identity", "KEY"), "还没有答复"),
    ],
)  # fmt: skip
def test_wrong_words(county: County, words: tuple[str, ...], said: str) -> None:
    county.seal()
    given = [str(county.key(CENTER)) if word == "KEY" else word for word in words]
    refused(county, *given, given=GIVEN, said=said)


def test_reseal_of_an_order_without_a_seal(county: County) -> None:
    county.store.mkdir()
    refused(county, "reseal", ID, "--identity", str(county.key(CENTER)), said="没有密封的内容")


# --- keys of units --------------------------------------------------------------------------------


def without_key(county: County, *units: str) -> None:
    path = county.root / "registry/units.yaml"
    rows, unit = [], ""
    for row in path.read_text("utf-8").splitlines(keepends=True):
        unit = row.split(":")[1].strip() if row.startswith("  - id:") else unit
        if not (row.strip().startswith("age:") and unit in units):
            rows.append(row)
    path.write_text("".join(rows), "utf-8")


def with_ssh_key(county: County, folder: Path, kind: str) -> Path:
    path = folder / f"ssh-{kind}"
    subprocess.run(["ssh-keygen", "-q", "-t", kind, "-N", "", "-f", str(path)], check=True)
    public = " ".join(path.with_suffix(".pub").read_text().split()[:2])
    units = county.root / "registry/units.yaml"
    text = units.read_text("utf-8")
    before, mail, after = text.partition("clerk@housing-bureau.lezhi.example\n")
    after = after.replace(
        "keys: []", f"keys:\n          - {{ssh: '{public}', from: 2026-01-01}}", 1
    )
    units.write_text(before + mail + after, "utf-8")
    return path


def test_a_centre_without_a_key_seals_nothing(county: County) -> None:
    without_key(county, CENTER)
    refused(county, "seal", ID, given=GIVEN, said="hotline keys new hotline-center")


def test_verify_goes_on_where_the_centre_has_no_key(county: County) -> None:
    county.seal()
    without_key(county, CENTER)
    done = county.run("keys", "verify")
    assert done.code == 1 and ID in done.out


def test_a_unit_without_a_key_is_told(county: County) -> None:
    without_key(county, TIANCHI)
    assert "暂时打不开的单位：天池街道" in county.seal()
    assert not county.opens(TIANCHI)
    county.key(TIANCHI).unlink()
    county.well("keys", "new", TIANCHI, "--out", str(county.key(TIANCHI)))
    assert not county.opens(TIANCHI)
    county.well("keys", "rotate", "--identity", str(county.key(CENTER)))
    assert county.opens(TIANCHI)


def test_a_rotation_by_somebody_else_changes_nothing(county: County) -> None:
    county.seal()
    county.key(HOUSING).rename(county.keys / "old.key")
    county.well("keys", "new", HOUSING, "--out", str(county.key(HOUSING)))
    key = ("--identity", str(county.key(POLICE)))
    done = county.run("keys", "rotate", *key)
    assert done.code in (1, 2) and "打不开" in done.all
    assert not county.opens(HOUSING)


def test_a_rotation_takes_the_old_key_its_power(county: County) -> None:
    county.seal()
    old = county.keys / "old.key"
    county.key(HOUSING).rename(old)
    county.well("keys", "new", HOUSING, "--out", str(county.key(HOUSING)))
    assert "hotline keys rotate" in county.run("keys", "verify").all
    county.well("keys", "rotate", "--identity", str(county.key(CENTER)))
    assert county.opens(HOUSING)
    refused(county, "unseal", ID, "--identity", str(old), *REASON, said="打不开")


def test_the_centre_changes_its_own_key(county: County) -> None:
    county.seal()
    old = county.keys / "old.key"
    county.key(CENTER).rename(old)
    county.well("keys", "new", CENTER, "--out", str(county.key(CENTER)))
    county.well("keys", "rotate", "--identity", str(old))
    assert county.opens(CENTER)
    before = county.case()["petitioner"]["fingerprint"]
    county.seal(None, "--identity", str(county.key(CENTER)))
    assert county.case()["petitioner"]["fingerprint"] == before


def test_another_person_does_not_keep_the_fingerprint(county: County) -> None:
    county.seal()
    before = county.case()["petitioner"]["fingerprint"]
    county.seal({"name": "别人测试", "phone": "13812345678"})
    assert county.case()["petitioner"].get("fingerprint") != before


def test_a_stanza_that_somebody_added_is_found(county: County) -> None:
    """A reader wraps the key to one more: verify counts."""
    import pyrage

    county.seal()
    path = county.store / ID / "person.json"
    data = json.loads(path.read_bytes())
    wrap = data["wraps"][0]
    from tests.sealing.county import key_of, opened

    secret = opened(wrap["text"], key_of(county.key(HOUSING)))
    assert secret is not None
    to = [key_of(county.key(unit)).to_public() for unit in (CENTER, HOUSING, TIANCHI, POLICE)]
    wrap["text"] = pyrage.encrypt(secret, to, armored=True).decode()
    path.write_text(json.dumps(data), "utf-8")
    done = refused(county, "keys", "verify", said="可能被人改过", codes=(1,))
    assert ID in done.out


# --- letters --------------------------------------------------------------------------------------


def test_a_letter_with_names_stays_out_of_the_repository(county: County) -> None:
    county.put(replied())
    county.seal()
    key = ("--identity", str(county.key(HOUSING)))
    done = county.run("reply", ID, *key)
    assert PERSON["name"] in done.out
    for suffix in ("txt", "html", "docx"):
        target = str(county.root / f"letter.{suffix}")
        refused(county, "reply", ID, *key, "--out", target, said="不能写到工单仓库里")
    refused(county, "reply", ID, "--identity", str(county.key(POLICE)), said="打不开")
    shutil.rmtree(county.store)
    refused(county, "reply", ID, *key, said="没有密钥库")


def test_a_letter_with_names_is_private(county: County, tmp_path: Path) -> None:
    county.put(replied())
    county.seal()
    out = tmp_path / "letter.html"
    county.run("reply", ID, "--identity", str(county.key(HOUSING)), "--out", str(out))
    assert out.is_file() and out.stat().st_mode & 0o077 == 0


def replied() -> str:
    return TEXT + (
        "  - at: 2026-10-19T10:00:00+08:00\n    by: housing-bureau\n    type: replied\n"
        "    template: ordinary\n    subject: 夜间施工\n    units: [housing-bureau, tianchi-street]\n"
        "    sections:\n      demand: '{petitioner.name}反映夜间施工。'\n      findings: 经核实属实。\n"
        "      handling: 已责令停工并处罚。\n      communication: 已电话告知{petitioner.name}，表示认可。\n"
        "    reviewed_by: 王科长\n"
    )


# --- in clear ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "words",
    [
        ("add", ID, "progress", f"text=已回电{PERSON['phone']}", "--by", HOUSING),
        ("add", ID, "progress", "text=已到现场", "note=１３９－１２３４－５６７８", "--by", HOUSING),
        ("new", "channel=city_12345", "upstream_id=N1", "dispatched_at=2026-09-30T09:30:00+08:00",
         "kind=complaint", "urgency=normal", "category=noise-construction", "title=噪音",
         f"demand=请回电{PERSON['phone']}", "location=天池街道"),
    ],
)  # fmt: skip
def test_a_number_in_clear_is_not_written(county: County, words: tuple[str, ...]) -> None:
    refused(county, *words, said="P001", codes=(1,))


# --- in clear under the name of a seal ------------------------------------------------------------


def test_clear_text_is_no_seal(county: County) -> None:
    text = f"sealed:\n  person:\n    recipient: age1x\n    to: [{CENTER}, {HOUSING}, {TIANCHI}]\n    text: 张三 {PERSON['phone']}\n"
    county.put(TEXT.replace("events:", f"{text}events:"))
    assert county.run("check").code == 1


def test_sealing_anew_takes_the_power_of_those_before(county: County) -> None:
    """Returned and assigned to another, then `seal` (not `reseal`): P003 is content."""
    from tests.sealing.county import all_that_opens, key_of

    county.seal()
    county.commit()
    county.add("return_requested", "reason=不属本单位", "legal_basis=职责", "suggested_unit=police-bureau",
               at="2026-10-13T11:00:00+08:00", by=HOUSING)  # fmt: skip
    county.add(
        "return_decided", "approved=true", "opinion=同意", at="2026-10-13T11:10:00+08:00", by=CENTER
    )
    county.add(
        "assigned",
        f"lead={POLICE}",
        "support=",
        "basis=clear",
        at="2026-10-13T11:20:00+08:00",
        by=CENTER,
    )
    again = json.dumps({"name": PERSON["name"], "phone": "13812345678"})
    refused(county, "seal", ID, given=again, said="加 --identity")
    done = county.run("seal", ID, "--identity", str(county.key(CENTER)), given=again)
    assert done.code == 0, done
    assert county.run("check", "--select", "P").code == 0
    found = all_that_opens(county.armored(), key_of(county.key(HOUSING)))
    assert not any(PERSON["name"].encode() in plain for plain in found)
