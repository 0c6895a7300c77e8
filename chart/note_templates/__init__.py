"""The note templates that ship: one file each, read once. An organisation's own versions are rows (``NoteTemplate``)."""

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from types import MappingProxyType

from chart.rules.note_templates import Template, template_from

HERE = Path(__file__).parent
ORDER = ("narrative", "soap", "dap", "birp", "girp", "nursing")


@cache
def shipped() -> Mapping[str, Template]:
    """Every template by its code, the plain one first. Raises ValueError for a file that is wrong, with its name."""
    found: dict[str, Template] = {}
    for path in HERE.glob("*.toml"):
        try:
            template = template_from(path.read_text("utf-8"))
        except ValueError as error:
            raise ValueError(f"{path.name}: {error}") from error
        found[template.code] = template
    return MappingProxyType(dict(sorted(found.items(), key=lambda item: (_place(item[0]), item[0]))))


def _place(code: str) -> int:
    return ORDER.index(code) if code in ORDER else len(ORDER)
