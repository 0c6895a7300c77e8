"""Example protocols: files to begin from. None is in force anywhere: a prescriber of a site writes and attests their own."""

import tomllib
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Any

HERE = Path(__file__).parent


@cache
def examples() -> Mapping[str, Mapping[str, Any]]:
    """Each example by its slug, as its file says it."""
    return MappingProxyType({path.stem: tomllib.loads(path.read_text("utf-8")) for path in sorted(HERE.glob("*.toml"))})
