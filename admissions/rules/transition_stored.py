"""How a settled step is kept in a draft and sent by its page: line key to choice, reason and value; 'handoff', 'note' and the
'window' it was saved in beside. And what two windows have settled differently. Pure."""

from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from admissions.rules.transition import Choice, Line, fit
from admissions.rules.transition_check import Handoff

BESIDE = ("handoff", "note", "window")
TEXTS = ("receiving", "bridge", "next_dose", "kit", "triggers", "caller")
MOST = {"receiving": 120, "bridge": 200, "next_dose": 200, "kit": 8, "triggers": 400, "caller": 120}


def from_stored(stored: Mapping[str, Any]) -> dict[str, Choice]:
    """The choices of a draft."""
    return {
        name: Choice(str(each.get("choice", "")), str(each.get("reason", "")), str(each.get("value", "")))
        for name, each in stored.items()
        if name not in BESIDE and isinstance(each, dict)
    }


def handoff_of(stored: Mapping[str, Any], tz: ZoneInfo) -> Handoff:
    """The warm hand-off of a draft; the first visit is a wall clock of the site. What is no date counts as not said."""
    said = stored.get("handoff") or {}
    texts = {name: str(said.get(name, "")).strip()[: MOST[name]] for name in TEXTS}
    return Handoff(
        **texts, accepted_on=_date(said.get("accepted_on")), first_visit_at=_moment(said.get("first_visit_at"), tz)
    )


def read(sent: Mapping[str, str]) -> dict[str, Any]:
    """What a page sent, as a draft keeps it: 'choice-bed', 'reason-bed', 'value-bed', 'handoff-caller', 'note'."""
    stored: dict[str, Any] = {}
    for name, text in sent.items():
        part, _, rest = name.partition("-")
        if part in ("choice", "reason", "value", "name") and rest and text.strip():
            stored.setdefault(rest, {})[part] = text.strip()
        elif part == "handoff" and text.strip():
            stored.setdefault("handoff", {})[rest] = text.strip()
    for each in stored.values():
        name = each.pop("name", "")
        if each.get("choice") == "hand":  # what is handed over is signed for; what is moved has a place
            each["value"] = name
    if sent.get("note", "").strip():
        stored["note"] = sent["note"].strip()[:4000]
    if sent.get("key"):
        stored["window"] = sent["key"][:36]
    return stored


def content(stored: Mapping[str, Any]) -> dict[str, Any]:
    """What was settled, whichever window saved it."""
    return {name: each for name, each in stored.items() if name != "window"}


def apart(asked: Iterable[Line], mine: Mapping[str, Any], theirs: Mapping[str, Any]) -> list[str]:
    """What another window settled otherwise, a few words each: 'Alder 1-A: Keep it', 'the warm hand-off'."""
    every = tuple(asked)
    here, there = fit(every, from_stored(mine)), fit(every, from_stored(theirs))
    found = []
    for line in every:
        said = there[line.key]
        if said != here[line.key]:
            option = line.option(said.choice)
            found.append(
                f"{line.what}: {option.label if option else 'open'}{f' ({said.reason})' if said.reason else ''}"
            )
    names = {"handoff": "the warm hand-off", "note": "the note"}
    return found + [words for name, words in names.items() if mine.get(name) != theirs.get(name)]


def seen_in(sent: Mapping[str, str]) -> dict[str, str]:
    """The marks of the lines as the page showed them."""
    return {name.removeprefix("seen-"): text for name, text in sent.items() if name.startswith("seen-")}


def _date(text: object) -> date | None:
    try:
        return date.fromisoformat(str(text))
    except ValueError:
        return None


def _moment(text: object, tz: ZoneInfo) -> datetime | None:
    """An hour that the clock skips is none; of one that comes twice it is the second (as ``programs.forms.WallClock``)."""
    try:
        naive = datetime.fromisoformat(str(text))
    except ValueError:
        return None
    there = naive.replace(tzinfo=tz, fold=1)
    moment = there.astimezone(UTC)
    return moment if moment.astimezone(tz).replace(tzinfo=None) == naive.replace(tzinfo=None) else None
