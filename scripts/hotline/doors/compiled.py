"""The package's templates as Jinja compiled them, kept where Python keeps the package's modules as
it compiled them: in ``__pycache__``.

To compile them takes as long as to fill two hundred pages. Who can write there can change the
program itself, so that this code is worth as much as any of it; nobody's repository comes near.
Where the folder cannot be written, or Python is told to write nothing, they are compiled each time,
unless ``python -m hotline.doors.compiled`` was asked for, as ``compileall`` is for the modules.
"""

from __future__ import annotations

import hashlib
import marshal
import sys
from contextlib import suppress
from functools import cache
from importlib.util import cache_from_source
from pathlib import Path
from types import CodeType

import jinja2
from jinja2.bccache import Bucket, BytecodeCache

from hotline.doors import disk
from hotline.doors.judging_key import code_key


class Compiled(BytecodeCache):
    """One file for all templates."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self._is_new = False
        self._code: dict[str, tuple[str, CodeType]] = {}
        """Template → digest of its text, and what was made of it."""
        with suppress(OSError, ValueError, EOFError, TypeError):
            digest, _, content = file.read_bytes().partition(b"\n")
            if digest == _digest(content):
                self._code = marshal.loads(content)

    def load_bytecode(self, bucket: Bucket) -> None:
        digest, code = self._code.get(bucket.key, ("", None))
        if digest == bucket.checksum:
            bucket.code = code

    def dump_bytecode(self, bucket: Bucket) -> None:
        if bucket.code is not None:
            self._code[bucket.key] = bucket.checksum, bucket.code
            self._is_new = True

    def keep(self, *, is_asked: bool = False) -> None:
        """Writes down what was compiled since, as Python does, or where somebody asked for it."""
        if not self._is_new or (sys.dont_write_bytecode and not is_asked):
            return
        content = marshal.dumps(self._code)
        with suppress(OSError):
            self._file.parent.mkdir(exist_ok=True)
            disk.note(self._file, _digest(content) + b"\n" + content)
        self._is_new = False


@cache
def compiled() -> Compiled:
    """Of the package's own templates."""
    return Compiled(Path(cache_from_source(__file__)).with_suffix(".templates"))


def _digest(content: bytes) -> bytes:
    """Of the code as well, and of what compiles: another makes something else of a template."""
    key = hashlib.sha256(code_key() + jinja2.__version__.encode()).digest()
    return hashlib.blake2b(content, key=key, digest_size=16).hexdigest().encode()


def compile_all() -> None:
    """All templates of pages and letters, before anybody needs them."""
    from hotline.doors import compiled as kept  # run by its name, this module is another
    from hotline.doors import shipped
    from hotline.doors.templates import TEMPLATES, files_below, pages_of
    from hotline.pages.templates import Templates

    source = pages_of(shipped.data_folder())
    environment = Templates(source, markdown=False).environment
    for folder in ("pages", "letters"):
        for name, _ in files_below(shipped.data_folder() / TEMPLATES / folder):
            if name.endswith((".html", ".svg")):
                environment.get_template(f"{folder}/{name}")
    kept.compiled().keep(is_asked=True)


if __name__ == "__main__":
    compile_all()
