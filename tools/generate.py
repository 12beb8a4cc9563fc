"""Writes every file that is made from code; with --check, fails where one is stale."""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

import make_architecture
import make_case_schema
import make_letter_base
import make_workflows

ROOT = Path(__file__).parent.parent
TEXTS = {
    "schema/case.schema.json": make_case_schema.text,
    "docs/architecture.md": make_architecture.text,
    **make_workflows.files(),
}


def main() -> int:
    stale = []
    made = {name: make().encode() for name, make in TEXTS.items()}
    made["site_templates/letters/letter.docx"] = make_letter_base.content()
    for name, content in made.items():
        path = ROOT / name
        if path.is_file() and path.read_bytes() == content:
            continue
        stale.append(name)
        if "--check" not in sys.argv:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
    if stale and "--check" in sys.argv:
        print(f"stale, run `make generated`: {', '.join(stale)}", file=sys.stderr)
        return 1
    print("\n".join(f"wrote {name}" for name in stale) or "nothing to do")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
