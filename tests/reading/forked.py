"""Judges each of the worst files in a process of its own: 2 seconds, 256 MiB beside the interpreter.

Seconds are those of the processor, which one thread spends on an idle machine as on a busy one.

Started by ``test_hostile_cost.py``. The parent has imported everything and read the rules;
a child is forked per file, so that its limits and its costs are those of the file alone.
Prints one JSON object: name → what became of the file.
"""

from __future__ import annotations

import json
import os
import resource
import select
import signal
import sys
import time
from pathlib import Path
from typing import Any

SECONDS = 2
WAIT = 30.0
"""Of the wall clock, for a file that does nothing and does not end."""
BYTES = 256 << 20


def main() -> None:
    from hotline.findings.engine import Engine
    from tests.corpus import CLEAN, NOW, PATH
    from tests.corpus.worst import WORST
    from tests.support import at, schema, shipped_rules

    engine = Engine(shipped_rules(), schema(), at(NOW))
    engine.judge(PATH, CLEAN.replace("complaint", "complain").encode())  # compiles the schemas
    print(
        json.dumps({name: in_child(engine, PATH, text().encode()) for name, text in WORST.items()})
    )


def in_child(engine: Any, path: str, blob: bytes) -> dict[str, Any]:
    read, write = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(read)
        try:
            answer = limited(engine, path, blob)
        except BaseException as error:
            answer = {"error": repr(error)[:300]}
        os.write(write, json.dumps(answer).encode())
        os._exit(0)
    os.close(write)
    ready, _, _ = select.select([read], [], [], WAIT)
    told = os.read(read, 1 << 16) if ready else b""  # nothing, where a limit ended it
    answer = json.loads(told or '{"error": "no end within the limits"}')
    os.close(read)
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    return answer


def limited(engine: Any, path: str, blob: bytes) -> dict[str, Any]:
    pages = int(Path("/proc/self/statm").read_text().split()[0])
    limit = pages * resource.getpagesize() + BYTES
    resource.setrlimit(resource.RLIMIT_AS, (limit, limit))
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS + 1, SECONDS + 1))
    started = time.process_time()
    findings = engine.judge(path, blob).findings
    seconds = time.process_time() - started
    return {"seconds": seconds, "codes": sorted({f.code for f in findings}), "count": len(findings)}


if __name__ == "__main__":
    sys.exit(main())
