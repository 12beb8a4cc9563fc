"""Text from files made safe to show: on a terminal, in Markdown, in workflow commands.

What a file holds is text, never a command to the thing that shows it.
"""

from __future__ import annotations

import html
import re

_UNSAFE = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]"
)
_LINKED = re.compile("@|(?<!&)#")
_MARKDOWN = re.compile(r"([\\`*_{}\[\]()<>#!|~&$@])")


def on_terminal(text: str) -> str:
    """Control and bidirectional characters as ``\\u{…}``; line ends stay."""
    return _UNSAFE.sub(lambda found: f"\\u{{{ord(found[0]):x}}}", text)


def on_one_line(text: str) -> str:
    return on_terminal(text.replace("\n", " "))


def in_markdown(text: str) -> str:
    """Text that Markdown and a forge show as written: no markup, mention or reference."""
    escaped = _MARKDOWN.sub(r"\\\1", on_one_line(text))
    # A backslash does not stop a forge from linking @name and #12; a word joiner does.
    return escaped.replace("\\@", "@\u2060").replace("\\#", "#\u2060")


def in_html(text: str) -> str:
    """Text in an HTML element of a forge's comment, where Markdown's escapes mean nothing."""
    escaped = html.escape(on_one_line(text))
    return _LINKED.sub(lambda found: f"{found[0]}\u2060", escaped)


def in_command(text: str) -> str:
    """The data of a workflow command (``::error::…``)."""
    escaped = on_terminal(text).replace("%", "%25").replace("\r", "%0D")
    return escaped.replace("\n", "%0A")


def in_property(text: str) -> str:
    """A property of a workflow command (``file=…``)."""
    return in_command(text).replace(":", "%3A").replace(",", "%2C")
