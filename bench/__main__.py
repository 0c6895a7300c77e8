"""``make bench``: seed a small unit, measure, print one table. Nothing is asserted: speed is never a timed test."""

import os
import sys
from pathlib import Path

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
os.environ.setdefault("STEPWELL_DATA", str(Path(__file__).resolve().parent.parent / ".stepwell" / "bench"))
os.environ.setdefault("STEPWELL_DEMO", "1")

from config import embedded


def main() -> int:
    """Run against the embedded servers of the benchmark's own folder, and leave nothing of it behind."""
    doses = int(os.environ.get("DOSES", "300"))
    try:
        with embedded.Servers():
            import django

            django.setup()
            from django.core.management import call_command
            from django.db import connection

            call_command("migrate", verbosity=0)
            from bench import doses as dose_bench

            if connection.vendor != "postgresql":
                raise SystemExit("The benchmark runs on PostgreSQL.")
            print(dose_bench.table(dose_bench.measure(doses)))
            connection.close()
    except embedded.CannotStart as problem:
        print(problem, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
