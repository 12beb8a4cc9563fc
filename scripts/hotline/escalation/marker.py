"""The hidden mark by which the bot knows its own issues, whatever people do to title and labels.

The mark is a line of HTML comment at the head of our part of the body; a second one ends that
part, and what people write outside of it is theirs. It also remembers what no forge does: for
which grounds the issue was last written, who closed it, and whether it was reopened once.
"""

from __future__ import annotations

import hashlib
import hmac
import re
from collections.abc import Sequence
from dataclasses import dataclass, fields, replace

from hotline.escalation.level import LEVELS

END = "<!-- /hotline -->"
_LINE = re.compile(r"^<!-- hotline v1 ([ -~]{1,600}) -->[ \t]*\r?$", re.M)
STATES = ("open", "closed", "duplicate", "foreign")
_PAIR = re.compile(r"([a-z]+)=([A-Za-z0-9_./,-]*)")
_END = re.compile(rf"^{re.escape(END)}[ \t]*\r?$", re.M)


@dataclass(frozen=True, slots=True)
class Marker:
    """What the mark says.

    ``state`` is ``open``, ``closed`` (by the bot, no ground being left), ``duplicate``, or
    ``foreign`` (the first of another account, closed at once); an issue that lies closed under
    ``open`` was closed by a person. ``reopened`` counts how often the bot took such a closing
    back. ``key`` is a digest of the case and no secret. ``by`` is the author's id as the forge
    told it, empty where it was not known yet; ``nonce`` is new with every writing.
    """

    case: str
    key: str
    repository: str
    state: str = "open"
    level: str = "unit"
    grounds: tuple[str, ...] = ()
    reopened: int = 0
    by: str = ""
    nonce: str = ""
    mac: str = ""

    @property
    def signed_text(self) -> str:
        return " ".join(f"{name}={value}" for name, value in _pairs(self) if name != "mac")

    def signed(self, secrets: Sequence[bytes]) -> Marker:
        """With the code of the first of ``secrets``; without one, without a code."""
        mac = _mac(secrets[0], self.signed_text) if secrets else ""
        return replace(self, mac=mac)

    def is_signed_by(self, secrets: Sequence[bytes]) -> bool:
        """Whether one of ``secrets`` made the code. No secret at all proves nothing."""
        text = self.signed_text
        return any(hmac.compare_digest(_mac(secret, text), self.mac) for secret in secrets)

    @property
    def line(self) -> str:
        return f"<!-- hotline v1 {' '.join(f'{n}={v}' for n, v in _pairs(self))} -->"


@dataclass(frozen=True, slots=True)
class Body:
    """An issue's body taken apart: what people wrote before and after our part, and ours."""

    marker: Marker | None
    ours: str
    before: str = ""
    after: str = ""

    def with_ours(self, marker: Marker, ours: str) -> str:
        """The whole body with our part anew; the rest stays as it was."""
        part = f"{marker.line}\n{ours.strip()}\n{END}"
        parts = [self.before.strip("\r\n"), part, self.after.strip("\r\n")]
        return "\n\n".join(text for text in parts if text)


def read(body: str) -> Body:
    """Takes a body apart at its first well-formed mark. Where that is gone, all down to the end
    mark counts as ours; where that is gone too, nothing does."""
    for found in _LINE.finditer(body):
        marker = _parsed(found[1])
        if marker is None:
            continue
        end = _END.search(body, found.end())
        stop, rest = (end.start(), end.end()) if end else (len(body), len(body))
        return Body(marker, body[found.end() : stop], body[: found.start()], body[rest:])
    end = _END.search(body)
    return (
        Body(None, body[: end.start()], "", body[end.end() :]) if end else Body(None, "", "", body)
    )


def same_text(one: str, other: str) -> bool:
    """Whether two texts agree but for line ends and blanks at them, which forges change."""
    return [line.rstrip() for line in one.strip().splitlines()] == [
        line.rstrip() for line in other.strip().splitlines()
    ]


def secrets_of(text: str) -> tuple[bytes, ...]:
    """The keys in ``HOTLINE_MARKER_KEY``, set apart by blanks: the first signs, each proves, so
    that a key can be changed without losing the issues that the old one signed."""
    return tuple(part.encode("utf-8", "surrogateescape") for part in text.split())


def _pairs(marker: Marker) -> list[tuple[str, str]]:
    values = ((field.name, getattr(marker, field.name)) for field in fields(marker))
    return [
        (name, ",".join(value) if isinstance(value, tuple) else str(value))
        for name, value in values
    ]


def _parsed(text: str) -> Marker | None:
    pairs = dict(_PAIR.findall(text))
    names = [field.name for field in fields(Marker)]
    if list(pairs) != names or not pairs["reopened"].isdecimal():
        return None
    if pairs["level"] not in LEVELS or pairs["state"] not in STATES:
        return None
    grounds = tuple(filter(None, pairs["grounds"].split(",")))
    rest = {n: pairs[n] for n in names if n not in ("grounds", "reopened")}
    marker = Marker(**rest, grounds=grounds, reopened=int(pairs["reopened"]))
    return marker if f"{marker.signed_text} mac={marker.mac}" == text else None


def _mac(secret: bytes, text: str) -> str:
    return hmac.new(secret, text.encode(), hashlib.sha256).hexdigest()[:32]
