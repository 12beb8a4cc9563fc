"""Text from files made safe to show: on a terminal, in Markdown, in workflow commands.

What a file holds is text, never a command to the thing that shows it.
"""

from __future__ import annotations

import re

# Each is compiled by whom it serves: a check in a terminal asks for one of the three at most.
_UNSAFE = "[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]"
_LINKED = (
    r"[@#!](?=[0-9A-Za-z])"  # @name, #12, !12
    r"|:(?=/|[0-9A-Za-z_+-]+:)"  # https://…, :tada:
    r"|(?i:(?:mailto|xmpp):|www(?=\.)|GH-(?=[0-9]))"
    # A commit: seven to forty hexadecimal digits, of which not all are decimal.
    r"|(?=[0-9a-f]{7})(?=[0-9]*[a-f])[0-9a-f]{6}|(?<=[0-9a-f]{6})[0-9a-f]{6}(?=[0-9a-f])"
)
_JOINER = "\u2060"
_MARKDOWN = r"([\\`*_{}\[\]()<>#!|~&$])"


def on_terminal(text: str) -> str:
    """Control and bidirectional characters as ``\\u{…}``; line ends stay."""
    if text.isprintable():  # most texts; several times as fast to find out
        return text
    return re.sub(_UNSAFE, lambda found: f"\\u{{{ord(found[0]):x}}}", text)


def on_one_line(text: str) -> str:
    return on_terminal(text.replace("\n", " "))


def unlinked(text: str) -> str:
    """Text in which a forge finds nothing to link: a word joiner, which nobody sees, breaks
    names, references, commits, addresses and emoji codes."""
    return re.sub(_LINKED, lambda found: f"{found[0]}{_JOINER}", text)


def in_markdown(text: str) -> str:
    """Text that Markdown and a forge show as written: no markup, mention or reference."""
    return re.sub(_MARKDOWN, r"\\\1", unlinked(on_one_line(text)))


def in_html(text: str) -> str:
    """Text in an HTML element of a forge's comment, where Markdown's escapes mean nothing."""
    import html

    return html.escape(unlinked(on_one_line(text)))


def in_command(text: str) -> str:
    """The data of a workflow command (``::error::…``)."""
    escaped = on_terminal(text).replace("%", "%25").replace("\r", "%0D")
    return escaped.replace("\n", "%0A")


def in_property(text: str) -> str:
    """A property of a workflow command (``file=…``)."""
    return in_command(text).replace(":", "%3A").replace(",", "%2C")
