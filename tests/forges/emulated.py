"""GitHub as others understood it: the npm package ``emulate``, started beside the tests.

It keeps what it is told in memory. Each worker of pytest has a server of its own, each test a
repository of its own in it.
"""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
import re
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest

from tests.support import ROOT

PINNED = Path(__file__).parent / "emulate"
FILES = ("package.json", "package-lock.json")
OLDEST_NODE = 18
OWNER, BOT, CLERK, OUTSIDER = "lezhi", "hotline-bot", "clerk", "outsider"
TOKENS = {f"{login}-token": login for login in (OWNER, BOT, CLERK, OUTSIDER)}
SPARE = "spare-token"
"""The bot's too; the budget of 5,000 requests an hour is counted by token."""
SEED = {
    "tokens": {
        token: {"login": login, "scopes": ["repo"]}
        for token, login in {**TOKENS, SPARE: BOT}.items()
    },
    # A token that it does not know counts as the first of these.
    "github": {"users": [{"login": login} for login in (OUTSIDER, OWNER, BOT, CLERK)]},
}
# The package listens on every address of the machine: here on an open socket of ours alone. It
# ends when our end of its standard input is closed, whatever became of us.
_SERVE = """
import net from "node:net";
import { createEmulator } from "emulate";
const [descriptor, port, seed] = process.argv.slice(1);
const listen = net.Server.prototype.listen;
net.Server.prototype.listen = function () {
  return listen.call(this, { fd: Number(descriptor) });
};
await createEmulator({
  service: "github",
  port: Number(port),
  baseUrl: `http://127.0.0.1:${port}`,
  seed: JSON.parse(seed),
});
process.stdin.on("end", () => process.exit(0)).resume();
"""


@contextmanager
def emulated() -> Iterator[str]:
    """The URL of a fresh GitHub with :data:`SEED`. Where Node or the package cannot be had, the
    tests that ask for it are skipped; in CI that is a failure."""
    folder = _installed()
    with socket.create_server(("127.0.0.1", 0)) as own, tempfile.TemporaryFile("w+") as said:
        own.set_inheritable(True)
        port, number = own.getsockname()[1], own.fileno()
        process = subprocess.Popen(
            ["node", "--input-type=module", "-e", _SERVE, str(number), str(port), json.dumps(SEED)],
            cwd=folder, stdin=subprocess.PIPE, stdout=said, stderr=said, pass_fds=[number],
        )  # fmt: skip
        own.close()  # from here on, whoever asks waits for the server or hears of its end
        try:
            url = f"http://127.0.0.1:{port}"
            _wait(url, process, said.fileno())
            yield url
        finally:
            assert process.stdin is not None
            process.stdin.close()
            try:
                process.wait(10)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def _wait(url: str, process: subprocess.Popen[bytes], said: int) -> None:
    try:
        httpx.get(f"{url}/meta", timeout=30)
    except httpx.TransportError as fault:
        process.kill()
        process.wait()
        words = os.pread(said, 2_000, 0).decode(errors="replace")
        raise AssertionError(f"the emulator did not start: {words}") from fault


def _installed() -> Path:
    """The folder with the package as the lock file has it; one worker installs, others wait."""
    for tool in ("node", "npm"):
        if shutil.which(tool) is None:
            _cannot(f"no {tool} here (Node {OLDEST_NODE} or newer, with npm)")
    version = _run("node", "--version").stdout
    major = re.match(r"v(\d+)", version)
    if major is None or int(major[1]) < OLDEST_NODE:
        _cannot(f"Node {version.strip()} is older than {OLDEST_NODE}")
    locked = hashlib.sha256(b"".join((PINNED / name).read_bytes() for name in FILES)).hexdigest()
    build = ROOT / "build"
    folder = build / f"emulate-{locked[:12]}"
    build.mkdir(exist_ok=True)
    with (build / "emulate.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (folder / "done").exists():
            folder.mkdir(exist_ok=True)
            for name in FILES:
                shutil.copyfile(PINNED / name, folder / name)
            done = _run(
                "npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--prefer-offline",
                "--fetch-retries=1", "--fetch-retry-mintimeout=1000", cwd=folder,
            )  # fmt: skip
            if done.returncode:
                _cannot(f"npm ci did not succeed: {done.stderr.strip()[-500:]}")
            (folder / "done").touch()
    return folder


def _run(*command: str, cwd: Path = ROOT) -> subprocess.CompletedProcess[str]:
    try:
        return subprocess.run(command, cwd=cwd, capture_output=True, text=True, timeout=120)
    except subprocess.TimeoutExpired:
        return subprocess.CompletedProcess(command, 1, "", "no answer within two minutes")


def _cannot(reason: str) -> None:
    if os.environ.get("CI") == "true":
        pytest.fail(f"CI: {reason}")
    pytest.skip(f"no emulated GitHub: {reason}")
