"""Does any verb's cost grow faster than the orders? Run by ``make bench-growth``.

Makes living repositories of 1,000 and 10,000 orders and runs the verbs on each, as
processes, in turn. Ratios within one run are the result; seconds depend on the machine.
"""

from __future__ import annotations

import argparse
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

VERBS = (("check",), ("due",), ("escalate",), ("run",))
HOTLINE = Path(sys.executable).with_name("hotline")


def timed(arguments: tuple[str, ...], root: Path) -> float:
    """Seconds of one run; output goes nowhere."""
    started = time.perf_counter()
    subprocess.run([HOTLINE, *arguments, "--repo", root], stdout=subprocess.DEVNULL, check=False)
    return time.perf_counter() - started


def peak_mb() -> float:
    """The largest resident set of the children so far, in MB."""
    return resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sizes", type=int, nargs="+", default=[1_000, 10_000])
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args()
    scratch = Path(tempfile.mkdtemp(prefix="hotline-bench-"))
    try:
        seconds: dict[tuple[str, int], list[float]] = {}
        for size in options.sizes:
            started = time.perf_counter()
            subprocess.run(
                [HOTLINE, "demo", scratch / str(size), "--orders", str(size)],
                stdout=subprocess.DEVNULL, check=True,
            )  # fmt: skip
            seconds["demo", size] = [time.perf_counter() - started]
        for _ in range(options.rounds):
            for size in options.sizes:
                for verb in VERBS:
                    seconds.setdefault((verb[0], size), []).append(timed(verb, scratch / str(size)))
        report(seconds, options.sizes)
    finally:
        shutil.rmtree(scratch)


def report(seconds: dict[tuple[str, int], list[float]], sizes: list[int]) -> None:
    small, large = sizes[0], sizes[-1]
    print(
        "| verb | "
        + " | ".join(f"{size:,} orders" for size in sizes)
        + " | per order, large ÷ small |"
    )
    print("| --- |" + " --- |" * (len(sizes) + 1))
    for verb in dict.fromkeys(name for name, _ in seconds):
        medians = {size: statistics.median(seconds[verb, size]) for size in sizes}
        growth = (medians[large] / large) / (medians[small] / small)
        cells = " | ".join(f"{medians[size]:.1f} s" for size in sizes)
        print(f"| `{verb}` | {cells} | {growth:.2f} |")
    print(f"\nLargest resident set of any verb: {peak_mb():.0f} MB.")


if __name__ == "__main__":
    main()
