"""What a note of a kind asks for: its fields in their order. Templates ship as data (``chart/note_templates``) and are an
organisation's own once it changed them."""

import re
import tomllib
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from audit.rules.findings import Finding, stop

MOST_FIELDS = 12
KINDS = ("progress", "admission", "step", "nursing")


@dataclass(frozen=True)
class Field:
    """One part of a note: ``name`` is stable, ``label`` and ``help`` are read. ``risk``: it is where safety is asked about."""

    name: str
    label: str
    help: str = ""
    required: bool = False
    risk: bool = False


@dataclass(frozen=True)
class Template:
    """What a note asks for. ``kind`` is the kind of note it makes, ``line`` when to choose it. ``version`` 1 ships.

    ``asks_times``: when it began and ended. ``asks_goal``: an objective of the client's plan, where there is one.
    """

    code: str
    name: str
    kind: str
    line: str
    fields: tuple[Field, ...]
    asks_times: bool = False
    asks_goal: bool = True
    version: int = 1
    in_use: bool = True

    def field(self, name: str) -> Field | None:
        """The field of this name."""
        return next((field for field in self.fields if field.name == name), None)


def template_from(text: str) -> Template:
    """A template from its TOML. Raises ValueError where it is not one."""
    data = tomllib.loads(text)
    try:
        found = Template(
            code=data["code"], name=data["name"], kind=data["kind"], line=data["line"],
            fields=fields_from(data["field"]), asks_times=data.get("asks_times", False),
            asks_goal=data.get("asks_goal", True),
        )  # fmt: skip
    except KeyError as error:
        raise ValueError(f"it has no {error}") from error
    wrong = check(found)
    if wrong:
        raise ValueError(wrong[0].message)
    return found


def fields_from(rows: Iterable[Mapping[str, Any]]) -> tuple[Field, ...]:
    """Fields as they are stored."""
    return tuple(
        Field(row["name"], row["label"], row.get("help", ""), row.get("required", False), row.get("risk", False))
        for row in rows
    )


def check(template: Template) -> list[Finding]:
    """What keeps a template from being used: no name, no field, too many, two of one label, no label, an unknown kind."""
    found = []
    labels = [field.label.strip() for field in template.fields]
    if not template.name.strip():
        found.append(stop("template.no_name", "Give the template a name."))
    if len(template.name) > 60 or any(len(label) > 60 for label in labels):
        found.append(stop("template.long", "A name or label has at most 60 characters."))
    if any(len(field.help) > 300 for field in template.fields) or len(template.line) > 160:
        found.append(stop("template.long", "A line of help has at most 300 characters, the line of the template 160."))
    if template.kind not in KINDS:
        found.append(stop("template.kind", "Choose which kind of note it makes."))
    if not labels:
        found.append(stop("template.no_field", "A note needs at least one field: add one."))
    if len(labels) > MOST_FIELDS:
        found.append(stop("template.many", f"A note has at most {MOST_FIELDS} fields: join some of them."))
    if not all(labels):
        found.append(stop("template.no_label", "Every field needs a label. Clear its whole line to take it out."))
    folded = [label.casefold() for label in labels if label]
    if len(set(folded)) < len(folded) or len({field.name for field in template.fields}) < len(labels):
        found.append(stop("template.twice", "Two fields have the same label: name them differently."))
    return found


def name_of(label: str, taken: Iterable[str] = ()) -> str:
    """A stable name for a new field: 'What the client said' becomes 'what_the_client_said'; another one where it is taken."""
    letters = unicodedata.normalize("NFKD", label).encode("ascii", "ignore").decode().lower()
    plain = re.sub(r"[^a-z0-9]+", "_", letters).strip("_")[:40] or "field"
    held, name, number = set(taken), plain, 2
    while name in held:
        name, number = f"{plain}_{number}", number + 1
    return name
