"""Writes every file that is made from code; with --check, fails where one is stale."""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

import make_architecture
import make_case_schema
import make_workflows

ROOT = Path(__file__).parent.parent
GENERATED = {
    "schema/case.schema.json": make_case_schema.text,
    "docs/architecture.md": make_architecture.text,
    **make_workflows.files(),
}


def main() -> int:
    stale = []
    for name, make in GENERATED.items():
        path, made = ROOT / name, make()
        if path.is_file() and path.read_text("utf-8") == made:
            continue
        stale.append(name)
        if "--check" not in sys.argv:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(made, "utf-8")
    if stale and "--check" in sys.argv:
        print(f"stale, run `make generated`: {', '.join(stale)}", file=sys.stderr)
        return 1
    print("\n".join(f"wrote {name}" for name in stale) or "nothing to do")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
