"""Bring the browser libraries of the site into site_templates/assets/vendor/.

    python tools/vendor.py            # check the files against LOCK.json (no network)
    python tools/vendor.py --fetch    # npm pack the locked versions and write the files
    python tools/vendor.py --relock   # the same, and write their hashes into LOCK.json

Versions are exact. ``--fetch`` refuses a package whose hash is not the locked one;
``--relock`` is for a version that was changed in LOCK.json on purpose.
"""

import argparse
import hashlib
import io
import json
import subprocess
import sys
import tarfile
import tempfile
from pathlib import Path
from typing import Any

VENDOR = Path(__file__).resolve().parent.parent / "site_templates" / "assets" / "vendor"
LOCK = VENDOR / "LOCK.json"


class Refused(Exception):
    """A package or file is not what the lock says; the message says which."""


def sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def read_lock() -> dict[str, Any]:
    return dict(json.loads(LOCK.read_text("utf-8")))


def check(lock: dict[str, Any]) -> list[str]:
    """What differs from the lock, files that it does not name included."""
    wrong = []
    named = {"LOCK.json"}
    for package in lock["packages"]:
        for file in package["files"]:
            named.add(file["path"])
            target = VENDOR / file["path"]
            if not target.is_file():
                wrong.append(f"{file['path']} is missing")
            elif sha256(target.read_bytes()) != file["sha256"]:
                wrong.append(f"{file['path']} differs from the lock")
    there = sorted(p.relative_to(VENDOR).as_posix() for p in VENDOR.rglob("*") if p.is_file())
    return wrong + [f"{path} is not in the lock" for path in there if path not in named]


def pack(name: str, version: str) -> bytes:
    """The tarball of exactly this version, by the ordinary npm client."""
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run(
            ["npm", "pack", "--silent", "--ignore-scripts", f"{name}@{version}"],
            cwd=folder, check=True, stdout=subprocess.DEVNULL,
        )  # fmt: skip
        (tarball,) = Path(folder).glob("*.tgz")
        return tarball.read_bytes()


def fetch(lock: dict[str, Any], *, relock: bool) -> None:
    for package in lock["packages"]:
        blob = pack(package["name"], package["version"])
        _agree(package, "sha256", sha256(blob), relock)
        with tarfile.open(fileobj=io.BytesIO(blob), mode="r:gz") as archive:
            manifest = json.loads(_member(archive, "package/package.json"))
            for key in ("name", "version", "license"):
                _agree(package, key, manifest[key], False)
            for file in package["files"]:
                data = _member(archive, f"package/{file['from']}")
                _agree(file, "sha256", sha256(data), relock)
                target = VENDOR / file["path"]
                target.parent.mkdir(parents=True, exist_ok=True)
                target.write_bytes(data)
    if relock:
        LOCK.write_text(json.dumps(lock, ensure_ascii=False, indent=1) + "\n", "utf-8")


def _member(archive: tarfile.TarFile, name: str) -> bytes:
    found = archive.extractfile(name)
    if found is None:
        raise Refused(f"the package holds no file {name}")
    return found.read()


def _agree(row: dict[str, Any], key: str, value: str, relock: bool) -> None:
    if relock:
        row[key] = value
    elif row.get(key) != value:
        label = row.get("name") or row.get("path")
        raise Refused(f"{label}: {key} is {value}, the lock says {row.get(key)}")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--fetch", action="store_true", help="npm pack and write the files")
    parser.add_argument("--relock", action="store_true", help="write new hashes into the lock")
    args = parser.parse_args()
    lock = read_lock()
    try:
        if args.fetch or args.relock:
            fetch(lock, relock=args.relock)
        wrong = check(lock)
    except (Refused, subprocess.CalledProcessError, KeyError) as fault:
        wrong = [str(fault)]
    for line in wrong:
        print(f"vendor: {line}", file=sys.stderr)
    if not wrong:
        print(f"vendor: {len(lock['packages'])} packages as locked")
    return 1 if wrong else 0


if __name__ == "__main__":
    raise SystemExit(main())
