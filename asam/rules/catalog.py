"""Which rating codes are there, and what does each ask for? Catalogs are data, versioned and replaceable by import.

A catalog carries codes, least levels and neutral labels, and no criteria text. Reading a packaged one is the only input
that this folder does. Source of the default: facts/levels-of-care.md 3.1.
"""

import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib.resources import files
from typing import Any, Literal

from asam.rules.levels import OUTCOMES

EDITION = 4
"""The edition whose rules the engine follows; the same code in another edition is another fact."""

SHIPPED = "adult-4"
LONGEST = 400_000  # characters of a file, help texts included

Kind = Literal["level", "none", "any", "rr", "flag"]
_WITHOUT_LEVEL: dict[str, Kind] = {"none": "none", "any": "any", "rr": "rr"}


class InvalidCatalog(ValueError):
    """A catalog that cannot be used; ``str()`` says where it is wrong."""


@dataclass(frozen=True)
class Code:
    """One rating code. ``level`` is set for kind 'level' only, ``flag`` for kind 'flag' only.

    ``alongside`` codes may stand beside another code. ``help`` is an empty slot that a licensed organisation fills.
    """

    code: str
    label: str
    kind: Kind
    level: str | None = None
    flag: str | None = None
    alongside: bool = False
    help: str = ""


@dataclass(frozen=True)
class Subdimension:
    """One thing to rate, and the codes it offers."""

    key: str
    label: str
    codes: tuple[Code, ...]

    def code(self, code: str) -> Code | None:
        """The offered code of this name, if there is one."""
        return next((offered for offered in self.codes if offered.code == code), None)


@dataclass(frozen=True)
class Dimension:
    """A heading: rated by ``subdimensions``, or only talked about as ``topics``."""

    number: int
    label: str
    subdimensions: tuple[Subdimension, ...] = ()
    topics: tuple[str, ...] = ()

    @property
    def talked_about(self) -> tuple[tuple[str, str], ...]:
        """The topics with the key under which their words are kept: ``('d6_1', 'What the person prefers')``."""
        return tuple((f"d{self.number}_{place}", topic) for place, topic in enumerate(self.topics, start=1))

    @property
    def rated(self) -> bool:
        """Whether anything under this heading is rated."""
        return bool(self.subdimensions)


@dataclass(frozen=True)
class Catalog:
    """A versioned set of dimensions. An organisation attests (name, version) once it has checked its licensed copy."""

    edition: int
    name: str
    version: str
    title: str
    dimensions: tuple[Dimension, ...]

    @property
    def subdimensions(self) -> tuple[Subdimension, ...]:
        """Everything there is to rate, in order."""
        return tuple(sub for dimension in self.dimensions for sub in dimension.subdimensions)

    @property
    def topics(self) -> Mapping[str, str]:
        """Everything there is to talk about: key to words."""
        return dict(topic for dimension in self.dimensions for topic in dimension.talked_about)

    def dimension(self, number: int) -> Dimension | None:
        """The dimension of this number, if there is one."""
        return next((each for each in self.dimensions if each.number == number), None)

    def dimension_of(self, key: str) -> int:
        """The number of the dimension that a subdimension belongs to; 0 where there is none."""
        return next((each.number for each in self.dimensions for sub in each.subdimensions if sub.key == key), 0)

    def subdimension(self, key: str) -> Subdimension | None:
        """The subdimension of this key, if there is one."""
        return next((sub for sub in self.subdimensions if sub.key == key), None)


@cache
def packaged_text(name: str = SHIPPED) -> str:
    """The text of a catalog that Stepwell ships. Raises InvalidCatalog."""
    path = files("asam") / "catalogs" / f"{name}.toml"
    if not re.fullmatch(r"[a-z0-9-]+", name) or not path.is_file():
        raise InvalidCatalog(f"There is no catalog '{name}'.")
    return path.read_text(encoding="utf-8")


@cache
def load_catalog(name: str = SHIPPED) -> Catalog:
    """The packaged catalog of this name, read once per process. Raises InvalidCatalog."""
    catalog = parse_catalog(packaged_text(name))
    if catalog.name != name:
        raise InvalidCatalog(f"The file of catalog '{name}' calls itself '{catalog.name}'.")
    return catalog


@lru_cache(maxsize=32)
def parse_catalog(text: str) -> Catalog:
    """A catalog from its TOML text, checked whole, and remembered. Raises InvalidCatalog at the first thing that is wrong."""
    if len(text) > LONGEST:
        raise InvalidCatalog(f"The catalog is longer than {LONGEST:,} characters: is it the right file?")
    try:
        table = tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        raise InvalidCatalog(f"The catalog is not readable TOML: {error}.") from error
    if table.get("edition") != EDITION:
        raise InvalidCatalog(f"The catalog is for edition {table.get('edition')}; the rules are those of {EDITION}.")
    name, version, title = (_text(table, key, "The catalog") for key in ("name", "version", "title"))
    if not re.fullmatch(r"[a-z0-9][a-z0-9-]{0,38}", name):
        raise InvalidCatalog(f"The catalog's name is '{name[:40]}': use small letters, digits and hyphens, 39 at most.")
    if len(version) > 20 or len(title) > 120:
        raise InvalidCatalog("The catalog's version has at most 20 characters, and its title 120.")
    catalog = Catalog(EDITION, name, version, title, tuple(_dimensions(table)))
    keys = [sub.key for sub in catalog.subdimensions]
    if not keys or len(keys) != len(set(keys)):
        raise InvalidCatalog("The catalog needs something to rate, and each subdimension only once.")
    return catalog


def _dimensions(table: dict[str, Any]) -> Iterator[Dimension]:
    for number, entry in enumerate(_list(table, "dimensions", "The catalog"), start=1):
        where = f"Dimension {number}"
        if not isinstance(entry, dict) or entry.get("number") != number:
            raise InvalidCatalog(f"{where} is missing or out of order.")
        subdimensions = _table(entry, "subdimensions", where)
        topics = _list(entry, "topics", where)
        if bool(subdimensions) == bool(topics) or not all(isinstance(topic, str) for topic in topics):
            raise InvalidCatalog(f"{where} needs either subdimensions to rate or topics to talk about.")
        subs = tuple(_subdimension(key, sub) for key, sub in subdimensions.items())
        yield Dimension(number, _text(entry, "label", where), subs, tuple(topics))


def _subdimension(key: str, entry: object) -> Subdimension:
    if not re.fullmatch(r"[a-z][a-z0-9_]{0,38}", key):
        raise InvalidCatalog(f"{key[:40]}: the name of what is rated is small letters, digits and underscores.")
    if not isinstance(entry, dict) or not (codes := _table(entry, "codes", key)):
        raise InvalidCatalog(f"{key} needs a label and codes.")
    return Subdimension(key, _text(entry, "label", key), tuple(_code(key, code, each) for code, each in codes.items()))


def _code(key: str, code: str, entry: object) -> Code:
    where = f"{key} {code}"
    if not re.fullmatch(r"[A-Z0-9-]{1,8}", code):
        raise InvalidCatalog(f"{where}: a code is 1 to 8 capital letters, digits or hyphens.")
    if not isinstance(entry, dict) or ("asks" in entry) == ("flag" in entry):
        raise InvalidCatalog(f"{where} needs either 'asks' or 'flag'.")
    if unknown := entry.keys() - {"asks", "flag", "alongside", "label", "help"}:
        raise InvalidCatalog(f"{where} has an entry nobody knows: {', '.join(sorted(unknown))}.")
    alongside, advice = entry.get("alongside", False), entry.get("help", "")
    if not isinstance(alongside, bool) or not isinstance(advice, str):
        raise InvalidCatalog(f"{where} needs true or false for 'alongside' and text for 'help'.")
    label = _text(entry, "label", where)
    if "flag" in entry:
        return Code(code, label, "flag", flag=_text(entry, "flag", where), alongside=alongside, help=advice)
    asks = _text(entry, "asks", where)
    if asks in OUTCOMES:
        return Code(code, label, "level", level=asks, alongside=alongside, help=advice)
    if asks in _WITHOUT_LEVEL:
        return Code(code, label, _WITHOUT_LEVEL[asks], alongside=alongside, help=advice)
    raise InvalidCatalog(f"{where} asks for '{asks}', which is no level that ratings can lead to.")


def _text(table: dict[str, Any], key: str, where: str) -> str:
    if not isinstance(value := table.get(key), str) or not value.strip():
        raise InvalidCatalog(f"{where} needs a text for '{key}'.")
    return value


def _list(table: dict[str, Any], key: str, where: str) -> list[Any]:
    if not isinstance(value := table.get(key, []), list):
        raise InvalidCatalog(f"{where} needs a list for '{key}'.")
    return value


def _table(table: dict[str, Any], key: str, where: str) -> dict[str, Any]:
    if not isinstance(value := table.get(key, {}), dict):
        raise InvalidCatalog(f"{where} needs a table for '{key}'.")
    return value


def differences(old: Catalog, new: Catalog) -> tuple[str, ...]:
    """What another catalog would change, a sentence each, in the order of the new one; empty where nothing that counts does.

    Words (labels, help) are not counted: they change no recommendation.
    """
    found = []
    for sub in new.subdimensions:
        before = old.subdimension(sub.key)
        if before is None:
            found.append(f"{sub.label} is new.")
            continue
        for code in sub.codes:
            was = before.code(code.code)
            if was is None:
                found.append(f"{sub.label} {code.code} is new: it {_asks(code)}.")
            elif _asks(was) != _asks(code):
                found.append(f"{sub.label} {code.code} {_asks(code)}; it {_asked(was)}.")
        found += [f"{sub.label} {code.code} is gone." for code in before.codes if sub.code(code.code) is None]
    found += [f"{sub.label} is gone." for sub in old.subdimensions if new.subdimension(sub.key) is None]
    return tuple(found)


def _asks(code: Code) -> str:
    beside = " and may stand beside another code" if code.alongside else ""
    if code.level:
        return f"asks for {code.level}{beside}"
    if code.flag:
        return f"sets {code.flag}{beside}"
    words = {"none": "asks for nothing", "any": "can be met at every level", "rr": "asks for a recovery residence"}
    return words[code.kind] + beside


def _asked(code: Code) -> str:
    return _asks(code).replace("asks", "asked", 1).replace("sets", "set", 1).replace("can be", "could be", 1)
