"""Reads the packs of deadline rules that ship as data beside this file. Read once a process; a broken one fails at once, and says
which file, rule and field."""

import tomllib
from functools import cache
from pathlib import Path

from chart.rules.deadline_packs import BrokenPack, read
from chart.rules.deadline_rules import Book, Pack

HERE = Path(__file__).parent
HOUSE = "default"


@cache
def book() -> Book:
    """Every pack, the house's own among them. Raises BrokenPack."""
    return load(HERE)


def load(folder: Path) -> Book:
    """The packs of a folder. Raises BrokenPack for a broken file, for two with one code, and where the house's own is missing."""
    found: dict[str, Pack] = {}
    for path in sorted(folder.glob("*.toml")):
        pack = pack_in(path)
        if pack.code in found:
            raise BrokenPack(f"{path.name}, code: another file has '{pack.code}'. Give each pack its own.")
        found[pack.code] = pack
    if HOUSE not in found:
        raise BrokenPack(
            f"{folder.name}: there is no pack with the code '{HOUSE}', which is asked where others say nothing."
        )
    return Book(found[HOUSE], tuple(found.values()))


def pack_in(path: Path) -> Pack:
    """The pack of one file. Raises BrokenPack."""
    try:
        data = tomllib.loads(path.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise BrokenPack(f"{path.name}: this is not TOML: {error}.") from error
    return read(path.name, data)
