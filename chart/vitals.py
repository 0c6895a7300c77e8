"""The vital signs that are taken, read once from ``chart/vitals.toml``."""

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from types import MappingProxyType

from chart.rules.vitals import Sign, signs_from

FILE = Path(__file__).with_name("vitals.toml")


@cache
def signs() -> Mapping[str, Sign]:
    """Every vital sign by its code, in the order of the file. Raises ValueError for a file that is wrong."""
    return MappingProxyType(signs_from(FILE.read_text("utf-8")))
