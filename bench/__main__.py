"""``make bench``: seed, measure, print the tables. Nothing is asserted: speed is never a timed test. See docs/benchmarks.md."""

import os
import sys
from pathlib import Path

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
os.environ.setdefault("STEPWELL_DATA", str(Path(__file__).resolve().parent.parent / ".stepwell" / "bench"))
os.environ.setdefault("STEPWELL_DEMO", "1")

from config import embedded

PARTS = ("pages", "load", "doses", "queue", "board", "acts", "census", "weeks", "notes", "chart", "levels")


def main() -> int:
    """Print the one table of the large organisation, or the parts that are named, on servers of the benchmark's own folder."""
    parts = [part for part in PARTS if part in sys.argv[1:]]
    unknown = [word for word in sys.argv[1:] if word not in PARTS]
    if unknown:
        print(f"There is no part {', '.join(unknown)}. Name one or more of: {', '.join(PARTS)}.", file=sys.stderr)
        return 2
    try:
        with embedded.Servers(alone=True):  # two runs would drop one another's databases
            import django

            django.setup()
            from bench import run

            run.run(parts)
    except embedded.CannotStart as problem:
        print(problem, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
