"""A small data repository on a forge: a base branch, a pull request, and what each forge
hands to the runner for it (GitHub the merged state, Gitea the request's own head)."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path
from typing import Any

import yaml

from tests.support import ROOT, plain
from tests.workflows.runner import TOOL, Runner, git

NEW = "cases/2024/03/LZ-20240312-0002.yaml"


def case(number: int, **changes: Any) -> tuple[str, str]:
    """A clean open order of March 2024 by its path: long overdue, and never in the future."""
    order = {
        "id": f"LZ-20240312-{number:04}",
        "channel": "city_12345",
        "upstream_id": f"ZY20240312{number:04}",
        "dispatched_at": "2024-03-12T09:30:00+08:00",
        "kind": "complaint",
        "urgency": "normal",
        "category": "noise-construction",
        "title": "锦绣花园小区东侧夜间施工噪音",
        "demand": "{petitioner.name}反映工地晚上十一点后仍在施工。",
        "location": "天池街道锦绣花园小区",
        "petitioner": {"confidential": False, "anonymous": False},
        "events": [
            {"at": "2024-03-12T09:40:00+08:00", "by": "hotline-center", "type": "accepted"},
            {
                "at": "2024-03-12T09:50:00+08:00", "by": "hotline-center", "type": "assigned",
                "lead": "housing-bureau", "support": ["tianchi-street"], "basis": "clear",
            },
        ],
    } | changes  # fmt: skip
    text = yaml.safe_dump(plain(order), allow_unicode=True, sort_keys=False)
    return f"cases/2024/03/{order['id']}.yaml", text


class Forge:
    """The repository as people work on it. It is its own remote."""

    def __init__(self, folder: Path) -> None:
        self.root, self.folder = folder / "repository", folder
        self.root.mkdir(parents=True)
        for name in ("registry", "schema"):
            shutil.copytree(ROOT / name, self.root / name)
        (self.root / "registry" / "precedents.yaml").write_text("precedents: []\n")
        git(self.root, "init", "--quiet", "--initial-branch=main")
        self.commit({"requirements.txt": "hotline\n"}, dict([case(1)]))

    def commit(self, *files: dict[str, str | None]) -> None:
        """One commit of these files; None deletes."""
        for path, text in {k: v for group in files for k, v in group.items()}.items():
            target = self.root / path
            if text is None:
                target.unlink()
            else:
                target.parent.mkdir(parents=True, exist_ok=True)
                target.write_text(text, "utf-8")
        git(self.root, "add", "--all")
        git(self.root, "commit", "--quiet", "--allow-empty", "-m", "change")

    def edit(self, path: str, old: str, new: str) -> dict[str, str | None]:
        text = (self.root / path).read_text("utf-8")
        assert old in text
        return {path: text.replace(old, new, 1)}

    def branch(self, name: str = "change") -> None:
        git(self.root, "checkout", "--quiet", "-b", name)

    def back(self) -> None:
        git(self.root, "checkout", "--quiet", "main")

    def pull_request(self, kind: str, head: str = "change") -> Runner:
        """What the forge starts for the branch: its machine."""
        self.back()
        git(self.root, "update-ref", "refs/pull/7/head", head)
        git(self.root, "checkout", "--quiet", "--detach", "main")
        git(self.root, "merge", "--quiet", "--no-ff", "-m", "merge", head)
        git(self.root, "update-ref", "refs/pull/7/merge", "HEAD")
        self.back()
        ref = f"refs/pull/7/{'merge' if kind == 'github' else 'head'}"
        return self.machine(
            event_name="pull_request", base_ref="main", head_ref=head, ref=ref, ref_name="7/merge"
        )

    def machine(self, **event: str) -> Runner:
        event = {"repository": "county/hotline", "sha": "0" * 40} | event
        return Runner(self.folder / f"machine-{event['event_name']}", self.root, event)

    def own_verdict(self) -> int:
        """How what lies there judges itself, by its own rules."""
        return subprocess.run([TOOL, "check", "--repo", self.root], capture_output=True).returncode

    def on_main(self, event_name: str = "push") -> Runner:
        return self.machine(event_name=event_name, ref="refs/heads/main", ref_name="main")
