"""A model of the runner of Actions: it takes the jobs out of a workflow file and carries them
out. ``run:`` steps are real: bash, git, the tool. Actions are stood in for by what they do:
checkout by a clone, upload-artifact by a look at what it would take, and the installers that
need the network (``pip``, ``uv``) by two scripts that put this environment in their place.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from tests.support import ROOT

WORKFLOWS = ROOT / ".github" / "workflows"
STARTER = ROOT / "site_templates" / "starter" / ".github" / "workflows"
TOOL = Path(sys.executable).parent / "hotline"
_EXPRESSION = re.compile(r"\$\{\{(.*?)\}\}")
_TOKEN = re.compile(r"'[^']*'|always\(\)|&&|\|\||==|!=|[()]|[\w.]+|\s+")
_OUTPUT = re.compile(r"^(\w+)<<(\S+)\n(.*?)\n\2\n", re.M | re.S)
_WORDS = {"always()": "True", "&&": "and", "||": "or", "==": "==", "!=": "!=", "(": "(", ")": ")"}

GIT = {
    "GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_SYSTEM": os.devnull,
    "GIT_AUTHOR_NAME": "a", "GIT_AUTHOR_EMAIL": "a@hotline.example",
    "GIT_COMMITTER_NAME": "a", "GIT_COMMITTER_EMAIL": "a@hotline.example",
}  # fmt: skip


def load(path: Path) -> dict[str, Any]:
    """A workflow; its key ``on``, a truth value to YAML 1.1, is text again."""
    read = yaml.safe_load(path.read_text("utf-8"))
    read["on"] = read.pop(True)
    return dict(read)


def git(folder: Path, *arguments: str) -> str:
    done = subprocess.run(
        ["git", *arguments], cwd=folder, env=os.environ | GIT, capture_output=True, check=True
    )
    return done.stdout.decode("utf-8", "replace").strip()


@dataclass
class Result:
    """How a job ended: ``failed`` is the name of the step that failed, None where none did."""

    failed: str | None = None
    log: str = ""
    summary: str = ""
    uploaded: dict[str, list[str]] = field(default_factory=dict)
    outputs: dict[str, str] = field(default_factory=dict)
    """What the job's steps gave out, by ``step.name``."""
    installed: str = ""

    @property
    def commands(self) -> list[str]:
        """The lines that the runner would obey."""
        return [line for line in self.log.splitlines() if line.startswith("::") or "##[" in line]


class Runner:
    """One machine: a workspace, the forge's repository, and the event that started the job."""

    def __init__(self, folder: Path, origin: Path, event: dict[str, str]) -> None:
        self.origin, self.event = origin, event
        self.workspace, self.temp = folder / "workspace", folder / "temp"
        self.workspace.mkdir(parents=True)
        self.temp.mkdir()
        self.bin = _installers(folder / "bin", self.temp)
        self.needs: dict[str, str] = {}
        self.forge: dict[str, str] = {}
        """What the forge says of itself: GITHUB_API_URL."""

    def job(
        self, workflow: Path, name: str, needs: dict[str, Result] | None = None, **env: str
    ) -> Result:
        """Carries a job out; ``env`` replaces what a step's own ``env`` says, ``needs`` are the
        jobs that it waits for."""
        job, result = load(workflow)["jobs"][name], Result()
        self.needs = {
            f"needs.{other}.outputs.{output.split('.')[1]}": value
            for other, done in (needs or {}).items()
            for output, value in done.outputs.items()
        }
        if not self.holds(job.get("if", "true")):
            return result
        for step in job["steps"]:
            if not self.holds(step.get("if", "true")):
                continue
            if not self._step(step, result, env) and not step.get("continue-on-error"):
                result.failed = step["name"]
                break
        log = self.temp / "installed.log"
        result.installed = log.read_text() if log.exists() else ""
        return result

    def holds(self, condition: str) -> bool:
        """The truth of an ``if:``."""
        return bool(self._value(condition))

    def _value(self, expression: str) -> Any:
        tokens = _TOKEN.findall(expression)
        assert "".join(tokens) == expression, f"this model cannot read {expression!r}"
        words = [t if t[0] in "' " else _WORDS.get(t) or self._look_up(t) for t in tokens]
        return eval("".join(f" {word} " for word in words).strip(), {})

    def _look_up(self, name: str) -> str:
        known = {f"github.{key}": value for key, value in self.event.items()}
        known |= {"true": "1", "github.token": "token", "runner.temp": str(self.temp), **self.needs}
        unset = ("vars.", "secrets.", "github.event.", "github.base_ref", "needs.")
        assert name in known or name.startswith(unset), name
        return repr(known.get(name, ""))

    def _filled(self, text: object) -> str:
        return _EXPRESSION.sub(lambda m: str(self._value(m[1].strip())), str(text))

    def _step(self, step: dict[str, Any], result: Result, env: dict[str, str]) -> bool:
        given = {key: self._filled(value) for key, value in (step.get("with") or {}).items()}
        if "run" in step:
            own = {key: self._filled(value) for key, value in (step.get("env") or {}).items()}
            own |= {key: value for key, value in env.items() if key in own}
            return self._run(step, own, result)
        match step["uses"].split("@")[0]:
            case "actions/checkout":
                self._checkout(given)
            case "actions/upload-artifact":
                return self._upload(given, result)
            case "actions/setup-python":
                pass
            case other:
                raise AssertionError(f"this model does not know {other}")
        return True

    def _run(self, step: dict[str, Any], own: dict[str, str], result: Result) -> bool:
        script, summary = self.temp / "step.sh", self.temp / "summary.md"
        output = self.temp / "output"
        script.write_text(step["run"])
        summary.touch()
        output.write_text("")
        done = subprocess.run(
            ["bash", "--noprofile", "--norc", "-eo", "pipefail", script],
            cwd=self.workspace / step.get("working-directory", "."),
            env=self._environment() | own
            | {"GITHUB_STEP_SUMMARY": str(summary), "GITHUB_OUTPUT": str(output)},
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL,
        )  # fmt: skip
        result.log += done.stdout.decode()
        result.summary = summary.read_text()
        for name, end, value in _OUTPUT.findall(output.read_text()):
            assert end not in value
            result.outputs[f"{step['id']}.{name}"] = value
        return done.returncode == 0

    def _environment(self) -> dict[str, str]:
        github = {f"GITHUB_{k.upper()}": v for k, v in self.event.items() if "." not in k}
        return {
            "PATH": f"{self.bin}:/usr/local/bin:/usr/bin:/bin", "HOME": str(self.temp),
            "LANG": "C.UTF-8", "CI": "true", "GITHUB_ACTIONS": "true", "RUNNER_TEMP": str(self.temp),
            "GITHUB_WORKSPACE": str(self.workspace), **github, **self.forge,
        }  # fmt: skip

    def _checkout(self, given: dict[str, str]) -> None:
        assert given["persist-credentials"] == "False"
        target = self.workspace / given.get("path", ".")
        target.mkdir(exist_ok=True)
        git(target, "init", "--quiet")
        git(target, "remote", "add", "origin", self.origin.as_uri())
        ref = given.get("ref") or self.event["ref"]
        if given.get("fetch-depth") == "0":
            git(target, "fetch", "--quiet", "origin", "+refs/heads/*:refs/remotes/origin/*")
            git(target, "fetch", "--quiet", "origin", f"+{ref}:refs/remotes/wanted")
        else:
            git(target, "fetch", "--quiet", "--depth=1", "origin", f"+{ref}:refs/remotes/wanted")
        git(target, "checkout", "--quiet", "--detach", "refs/remotes/wanted")

    def _upload(self, given: dict[str, str], result: Result) -> bool:
        folder = self.workspace / given["path"]
        found = sorted(p.relative_to(folder).as_posix() for p in folder.rglob("*") if p.is_file())
        if given["path"].startswith(".") and given.get("include-hidden-files") != "True":
            found = []
        result.uploaded[given["name"]] = found
        return bool(found) or given.get("if-no-files-found") != "error"


def _installers(folder: Path, temp: Path) -> Path:
    folder.mkdir()
    scripts = {
        "pip": 'echo "$PWD: pip $*" >> "$RUNNER_TEMP/installed.log"',
        "uv": 'echo "$PWD: uv $*" >> "$RUNNER_TEMP/installed.log"\n'
        f'[ -e "$RUNNER_TEMP/hotline" ] || ln -s {TOOL.parent.parent} "$RUNNER_TEMP/hotline"',
    }
    for name, text in scripts.items():
        (folder / name).write_text(f"#!/bin/bash\nset -eu\n{text}\n")
        (folder / name).chmod(0o755)
    return folder
