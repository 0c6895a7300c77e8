"""The words of a consent: what is the same on each form, and what is filled in from what is asked."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from privacy.rules.consents import ConsentType
from privacy.rules.elements import Clause, Proposed, required
from privacy.rules.scope import classes_said, end_said, purposes_said, recipients_said
from privacy.rules.shapes import PARTICIPANTS
from programs.rules.dates import said

Words = tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Form:
    """The form of one type. ``version`` rises with every change of its words (a test holds it). ``line``: when to choose it;
    ``lead``: the first sentences; ``intent``: what a signature under it means; ``clauses``: heading and words by code."""

    type: ConsentType
    version: int
    title: str
    line: str
    lead: str
    intent: str
    source: str
    clauses: Mapping[Clause, tuple[str, str]]


def form_from(text: str, shared: str) -> Form:
    """A form from its TOML and the shared clauses; a clause of its own goes before. Raises ValueError where it is none."""
    data, common = tomllib.loads(text), tomllib.loads(shared)
    try:
        own: dict[str, Any] = common | data.get("clauses", {})
        return Form(
            type=ConsentType(data["type"]), version=data["version"], title=data["title"], line=data["line"], lead=data["lead"],
            intent=data["intent"], source=data["source"],
            clauses={each: (own[each]["heading"], own[each]["words"]) for each in Clause},
        )  # fmt: skip
    except KeyError as error:
        raise ValueError(f"it has no {error}") from error


def composed(form: Form, asked: Proposed) -> Words:
    """The whole text as it is signed: heading and words of every part, in order."""
    names = [each.name for each in asked.recipients]
    parts = [
        ("", form.lead.format(client=asked.client_name or "the client", discloser=asked.discloser)),
        ("Who may give it", asked.discloser),
        ("Who may get it", _capital(recipients_said(names, asked.kinds)) + _members(asked)),
        (
            "What may be given",
            _capital(classes_said(asked.classes)) + (f". {asked.scope_words}" if asked.scope_words else ""),
        ),
        ("What for", _capital(purposes_said(asked.purposes))),
    ]
    if asked.proceeding:
        parts.append(("Study" if asked.type is ConsentType.RESEARCH else "Proceeding", asked.proceeding))
    if asked.type is ConsentType.CRIMINAL_JUSTICE_REFERRAL:
        parts += [("Required by", asked.required_by), ("Why it lasts as long as it does", asked.period_words)]
    if asked.expiry is not None:
        parts.append(("It ends", _capital(end_said(asked.expiry, asked.expires_on))))
    day = said(asked.revocable_on) if asked.revocable_on else "the day the case is closed"
    for each in Clause:
        if each in required(asked):
            heading, words = form.clauses[each]
            parts.append((heading, words.format(discloser=asked.discloser, revocable_on=day)))
    return tuple((heading, words) for heading, words in parts if words)


def carried(form: Form, asked: Proposed) -> frozenset[Clause]:
    """The statements that the composed text carries."""
    return frozenset(each for each in required(asked) if form.clauses[each][1].strip())


def _members(asked: Proposed) -> str:
    return f". {PARTICIPANTS[asked.participants]}" if asked.participants in PARTICIPANTS else ""


def _capital(words: str) -> str:
    """As a sentence begins."""
    return words[:1].upper() + words[1:]
