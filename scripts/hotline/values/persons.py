"""What is sealed of a case: who the petitioner is (``person``), and what was asked (``demand``)."""

from __future__ import annotations

import hashlib
import hmac
import json
import re
import unicodedata
from collections.abc import Mapping
from typing import Any

KEYS = {
    "name": "姓名", "phone": "电话", "id_number": "证件号码", "address": "住址", "title": "称谓",
    "parties": "其他人员",
}  # fmt: skip
"""Keys of the sealed person → what they are called."""
MOST = 96 * 1024
"""Bytes that a sealed part may have; a case's file holds 256 KiB."""
_STEP = 512
"""Bytes: what is sealed is padded to a multiple, for the length of a name tells something."""


class NotAPerson(ValueError):
    """What was given cannot be sealed as a part; Chinese, and nothing of it is repeated."""


def person_of(given: Any) -> dict[str, Any]:
    """The person that a JSON object tells of."""
    if not isinstance(given, dict) or not given:
        raise NotAPerson(f'应是一个 JSON 对象，可写：{"、".join(KEYS)}，如 {{"name": "…"}}')
    unknown = [key for key in given if key not in KEYS]
    if unknown:
        number = list(given).index(unknown[0]) + 1  # a key may be what belongs into its value
        raise NotAPerson(f"第 {number} 项的键不认识，可写：{'、'.join(KEYS)}")
    found: dict[str, Any] = {}
    for key, value in given.items():
        if key == "parties":
            if not isinstance(value, list) or not all(_is_text(one) for one in value):
                raise NotAPerson("parties 应是文字的列表，依次对应 {party.1}、{party.2}……")
            found[key] = list(value)
        elif not _is_text(value):
            raise NotAPerson(f"{key}（{KEYS[key]}）应是文字，不能空着；没有的不写")
        else:
            found[key] = value
    return found


def _is_text(value: Any) -> bool:
    return isinstance(value, str) and bool(value.strip()) and is_whole(value)


def is_whole(text: str) -> bool:
    """Whether a text can be written: not one with half a character, as JSON may have it."""
    return not any("\ud800" <= sign <= "\udfff" for sign in text)


def payload(case: str, part: str, data: Any) -> bytes:
    """What is sealed: the part's data with the case that they belong to, so that a seal which
    was moved to another case is known for one, and blanks up to a round length."""
    text = json.dumps({"case": case, "part": part, "data": data}, ensure_ascii=False).encode()
    if len(text) > MOST:
        raise NotAPerson(f"内容太长，最多 {MOST // 1024} KiB")
    return text + b" " * (-len(text) % _STEP)


def data_of(plain: bytes, case: str, part: str) -> Any:
    """The data of a payload; raises :class:`NotAPerson` where it is another part's."""
    try:
        found = json.loads(plain)
        told = (found["case"], found["part"])
        data = found["data"]
    except (ValueError, TypeError, KeyError, RecursionError):
        raise NotAPerson("密封内容的格式不对") from None
    if told != (case, part):
        raise NotAPerson("密封内容属于另一件工单，不能在这里打开")
    return data


def filled(person: Mapping[str, Any]) -> dict[str, str]:
    """Placeholder → what stands for it, as ``values/placeholders`` names them."""
    told = {
        f"petitioner.{key}": str(person[key]) for key in KEYS if key in person and key != "parties"
    }
    parties = person.get("parties") or ()
    return told | {f"party.{number}": str(one) for number, one in enumerate(parties, 1)}


def fingerprint(person: Mapping[str, Any], secret: bytes) -> str:
    """32 hex digits that are the same for the same person: of the phone, else of the ID number;
    empty where there is neither. Without ``secret`` nobody can try all phones."""
    phone = _digits(str(person.get("phone") or ""))
    number = _digits(str(person.get("id_number") or ""))
    told = f"phone:{phone}" if phone else f"id:{number}" if number else ""
    return hmac.new(secret, told.encode(), hashlib.sha256).hexdigest()[:32] if told else ""


def _digits(text: str) -> str:
    plain = re.sub(r"[^0-9X]", "", unicodedata.normalize("NFKC", text).upper())
    return re.sub(r"^(?:00)?86(?=1[0-9]{10}$)", "", plain)
