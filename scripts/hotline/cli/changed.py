"""The letters of changed replies, for the comment on a pull request."""

from __future__ import annotations

import argparse
from collections.abc import Callable

from hotline.cli.common import Opened
from hotline.doors import git
from hotline.doors.fault import Unavailable
from hotline.doors.letters import press
from hotline.doors.templates import TEMPLATES
from hotline.findings.printers.markdown import Preview
from hotline.findings.subject import Subject
from hotline.procedure.identity import event_id
from hotline.procedure.replying import is_in_force
from hotline.procedure.timeline import Step
from hotline.reading.strict_yaml import parse
from hotline.replies.letter import Letter, letter
from hotline.replies.notices import notices
from hotline.replies.paragraphs import paragraphs_of


class Previews:
    """Takes judged cases, keeps the letters of the replies that changed.

    With ``--since`` a reply has changed that the base does not hold as it is now. Where
    files are named without a base, it is each file's answer in force; where all files are
    checked, none.
    """

    def __init__(self, args: argparse.Namespace, opened: Opened, paths: list[str]) -> None:
        self.found: dict[str, list[Preview]] = {}
        self._everything = args.since is None and not args.paths
        self._base: dict[str, bytes] | None = None
        root = opened.repository.root
        if args.since is not None and paths:
            self._base = git.files_at(root, git.left_at(root, args.since), tuple(paths))
        trusted = None
        if args.trust is not None:
            trusted = git.files_at(root, args.trust, (f"{TEMPLATES}/letters",))
        self._press: Callable[[Letter], str] = press(root, trusted)

    def see(self, subject: Subject) -> None:
        if self._everything:
            return
        course = subject.course
        for step in course.of("replied"):
            if self._has_changed(subject, step):
                finished = letter(course, step, subject.registry, subject.calendar)
                self.found.setdefault(subject.path, []).append(
                    self._preview(finished, step, subject)
                )

    def _preview(self, finished: Letter, step: Step, subject: Subject) -> Preview:
        """The letter; where a template is broken, what is wrong with it in its place."""
        title = f"{finished.heading}（{finished.date}）"
        try:
            given = paragraphs_of(self._press(finished))
        except Unavailable as fault:
            return Preview(title, (), [fault.in_chinese])
        return Preview(title, given, list(notices(step, finished, subject.registry)))

    def _has_changed(self, subject: Subject, step: Step) -> bool:
        if self._base is None:
            return is_in_force(subject.course, step)
        written = subject.case.events[step.event.index].data
        return event_id(written) not in _events(self._base.get(subject.path, b""))


def _events(blob: bytes) -> set[str]:
    """The ids of the events that a file holds; none where it cannot be read."""
    root = parse(blob).root
    events = root.get("events") if isinstance(root, dict) else None
    given = events if isinstance(events, list) else []
    return {event_id(event) for event in given if isinstance(event, dict)}
