"""On what a run was made: the machine, the versions, the command, the commit."""

import os
import platform
import shlex
import subprocess
from importlib.metadata import version
from pathlib import Path

from django.core.cache import cache
from django.db import connection

from config import env

KNOBS = ("SIZE", "ROUNDS")
PACKAGES = ("Django", "channels", "daphne", "psycopg")


def machine(parts: str) -> str:
    """As Markdown, before anything is measured: the load is that of the others."""
    with connection.cursor() as cursor:
        cursor.execute("SHOW server_version")
        postgres = cursor.fetchone()[0]
    redis = cache._cache.get_client().info("server")["redis_version"]  # type: ignore[attr-defined]
    versions = ", ".join(f"{name} {version(name)}" for name in PACKAGES)
    knobs = " ".join(f"{name}={os.environ[name]}" for name in KNOBS if name in os.environ)
    command = " ".join(part for part in ("make bench", knobs, f"ARGS={shlex.quote(parts)}" if parts else "") if part)
    return "\n".join([
        f"- Machine: {os.cpu_count()} cores ({_processor()}), {_memory():.0f} GB; load {os.getloadavg()[0]:.1f} before the run",
        f"- Versions: Python {platform.python_version()}, {versions}, PostgreSQL {postgres}, Redis {redis}, "
        f"Linux {platform.release().split('-')[0]}",
        f"- Command: `{command}`, commit {_commit()}",
    ])  # fmt: skip


def _processor() -> str:
    lines = Path("/proc/cpuinfo").read_text().splitlines() if Path("/proc/cpuinfo").exists() else []
    named = (line.partition(":")[2].strip() for line in lines if line.startswith("model name"))
    return next(named, platform.machine())


def _memory() -> float:
    return os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE") / 2**30


def _commit() -> str:
    """The commit, and whether the tree was changed since; 'unknown' without git."""
    try:
        said = subprocess.run(
            ["git", "describe", "--always", "--dirty"],  # noqa: S607
            cwd=env.ROOT, capture_output=True, text=True, check=True,
        )  # fmt: skip
    except (OSError, subprocess.CalledProcessError):
        return "unknown"
    return said.stdout.strip()
