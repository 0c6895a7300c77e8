"""The words of the consents that ship, as data: one file for each type, and the clauses they share. Read once."""

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from types import MappingProxyType

from privacy.rules.consents import ConsentType
from privacy.rules.texts import Form, form_from

HERE = Path(__file__).parent


@cache
def forms() -> Mapping[ConsentType, Form]:
    """The form of every type. Raises ValueError for a file that is wrong, with its name."""
    clauses = (HERE / "clauses.toml").read_text("utf-8")
    found = {}
    for path in sorted(HERE.glob("*.toml")):
        if path.stem == "clauses":
            continue
        try:
            form = form_from(path.read_text("utf-8"), clauses)
        except ValueError as error:
            raise ValueError(f"{path.name}: {error}") from error
        found[form.type] = form
    return MappingProxyType({each: found[each] for each in ConsentType})
