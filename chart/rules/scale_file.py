"""Read a scale's file (TOML) and say what is wrong with it: nothing half right is ever scored with."""

import tomllib
from collections.abc import Mapping, Sequence
from datetime import timedelta
from itertools import pairwise
from typing import Any

from chart.rules.scales import Alert, Band, Cadence, Follows, Item, Measure, Rank, Scale, Skip

TONES = ("free", "held", "caution", "late", "stop")
KINDS = ("withdrawal", "symptoms", "use", "recovery", "safety")
WORDINGS = ("full", "neutral")
FILLERS = ("staff", "client")
WORDS = ("code", "name", "about", "kind", "edition", "source", "licence", "note", "wording", "window", "lead")
NEEDED = ("code", "name", "kind", "edition", "source", "licence", "wording")
KEYS = frozenset(WORDS) | {
    "by", "values", "words", "items", "bands", "parts", "skips", "ranks", "alerts", "cadence", "better", "change",
    "late_hours", "jump", "jump_minutes",
}  # fmt: skip
SAFE = "abcdefghijklmnopqrstuvwxyz0123456789_"


def scale_from(text: str) -> Scale:
    """Read a scale's file; ValueError with what is wrong. Bands begin at the lowest total, touch each other, end at the top."""
    data = tomllib.loads(text)
    if strange := sorted(set(data) - KEYS):
        raise ValueError(f"There is no setting called {strange[0]}. Check how it is spelled.")
    words = {name: str(data.get(name, "")).strip() for name in WORDS}
    if missing := [name for name in NEEDED if not words[name]]:
        raise ValueError(f"A scale says its {' and '.join(missing)}.")
    _one_of("kind", words["kind"], KINDS)
    _one_of("wording", words["wording"], WORDINGS)
    by = tuple(str(each) for each in data.get("by", ("staff",)))
    for each in by:
        _one_of("by", each, FILLERS)
    items = tuple(_item(each, data) for each in data.get("items", ()))
    if not items or len({item.code for item in items}) < len(items):
        raise ValueError("A scale has items, each with its own code.")
    if words["wording"] == "full" and any(not item.text or not item.words for item in items):
        raise ValueError("A scale whose wording ships has a text and the words of the answers for every item.")
    if words["wording"] == "neutral" and (words["lead"] or any(item.text for item in items)):
        raise ValueError("A scale with neutral labels has no text of items and no lead.")
    if "client" in by and words["wording"] != "full":
        raise ValueError(
            "A client fills in a scale whose wording ships: say wording = 'full', or leave client out of by."
        )
    ranks = _ranks(data.get("ranks", ()), items)
    return Scale(
        **words, by=by, items=items, measures=_measures(data, items, ranks), skips=_skips(data.get("skips", ()), items),
        ranks=ranks, alerts=_alerts(data, items), cadence=_cadence(data.get("cadence", {})),
        late=timedelta(hours=_whole("late_hours", data.get("late_hours", 12), least=1)),
        jump=_whole("jump", data.get("jump", 0)),
        jump_within=timedelta(minutes=_whole("jump_minutes", data.get("jump_minutes", 0))),
    )  # fmt: skip


def _item(data: Mapping[str, Any], scale: Mapping[str, Any]) -> Item:
    """One item; values and words are the scale's where the item names none."""
    code, label = str(data.get("code", "")), str(data.get("label", ""))
    values, words = data.get("values", scale.get("values")), data.get("words", scale.get("words", []))
    if not code or not label or not isinstance(values, list) or len(values) < 2:
        raise ValueError("An item has a code, a label and at least two values.")
    if set(code) - set(SAFE):
        raise ValueError(f"The code {code} has other signs than small letters, digits and _.")
    if any(type(each) is not int for each in values) or values[0] not in (0, 1) or values != sorted(set(values)):
        raise ValueError(f"The values of {label} are whole numbers that begin at 0 (or 1) and go upwards.")
    if words and len(words) != len(values):
        raise ValueError(f"{label} has {len(values)} values and {len(words)} words. Give each value its word, or none.")
    text, flipped = str(data.get("text", "")).strip(), bool(data.get("flipped", False))
    return Item(code, label, tuple(values), tuple(str(each) for each in words), text, flipped)


def _measures(data: Mapping[str, Any], items: Sequence[Item], ranks: Sequence[Rank]) -> tuple[Measure, ...]:
    """The total, or the parts where the file has parts."""
    if parts := data.get("parts", ()):
        if data.get("bands") or ranks:
            raise ValueError("A scale has parts, or a total with bands, not both.")
        codes = [str(each.get("code", "")) for each in parts]
        if not all(codes) or len(set(codes)) < len(codes):
            raise ValueError("Each part has its own code.")
        return tuple(_measure(each, items, each.get("items", ()), ()) for each in parts)
    return (_measure({**data, "code": ""}, items, [item.code for item in items], ranks),)


def _measure(data: Mapping[str, Any], items: Sequence[Item], codes: Sequence[str], ranks: Sequence[Rank]) -> Measure:
    known = {item.code: item for item in items}
    _known(codes, known, str(data.get("name", "a part")))
    bottom, top = sum(known[code].values[0] for code in codes), sum(known[code].values[-1] for code in codes)
    if ranks:
        bottom, top = 0, max(rank.value for rank in ranks)
    better = str(data.get("better", "lower"))
    _one_of("better", better, ("lower", "higher"))
    return Measure(
        str(data["code"]), str(data["name"]), tuple(codes), bottom, top, _bands(data.get("bands", ()), bottom, top),
        better == "higher", _whole("change", data.get("change", 0)),
    )  # fmt: skip


def _bands(rows: Sequence[Mapping[str, Any]], bottom: int, top: int) -> tuple[Band, ...]:
    starts = [int(each["from"]) for each in rows]
    if (
        not starts
        or starts[0] != bottom
        or any(later <= earlier for earlier, later in pairwise(starts))
        or starts[-1] > top
    ):
        raise ValueError(f"Bands begin at {bottom} and go upwards, within the scale, which ends at {top}.")
    if any(each.get("tone") not in TONES or not each.get("label") for each in rows):
        raise ValueError(f"A band has a label, and one of the tones {', '.join(TONES)}.")
    ends = [*(start - 1 for start in starts[1:]), top]
    return tuple(
        Band(least, most, each["label"], each["tone"]) for least, most, each in zip(starts, ends, rows, strict=True)
    )


def _skips(rows: Sequence[Mapping[str, Any]], items: Sequence[Item]) -> tuple[Skip, ...]:
    """Items are left out because of items that come before them, and of values these may have."""
    order = {item.code: place for place, item in enumerate(items)}
    found = []
    for row in rows:
        codes, when = tuple(row.get("items", ())), dict(row.get("when", {}))
        _known([*codes, *when], order, "A skip")
        if not codes or not when or max(order[code] for code in when) >= min(order[code] for code in codes):
            raise ValueError("A skip leaves out items because of items that come before them.")
        for code, values in when.items():
            if not isinstance(values, list) or set(values) - set(items[order[code]].values):
                raise ValueError(f"A skip looks for values that {items[order[code]].label} may not have.")
        found.append(Skip(frozenset(codes), {code: tuple(values) for code, values in when.items()}))
    return tuple(found)


def _ranks(rows: Sequence[Mapping[str, Any]], items: Sequence[Item]) -> tuple[Rank, ...]:
    found = tuple(Rank(_whole("rank", row.get("value"), least=1), tuple(row.get("items", ()))) for row in rows)
    for rank in found:
        _known(rank.items, {item.code for item in items}, "A rank")
    if len({rank.value for rank in found}) < len(found) or any(not rank.items for rank in found):
        raise ValueError("Each rank has its own value, and items.")
    return found


def _alerts(data: Mapping[str, Any], items: Sequence[Item]) -> tuple[Alert, ...]:
    found = []
    for row in data.get("alerts", ()):
        words = {name: str(row.get(name, "")).strip() for name in ("code", "item", "title", "line")}
        if not words["code"] or not words["title"] or not words["line"]:
            raise ValueError("An alert has a code, a title and a line that says what to do.")
        if words["item"]:
            _known([words["item"]], {item.code for item in items}, f"The alert {words['code']}")
        elif data.get("parts"):
            raise ValueError(f"The alert {words['code']} looks at the total, and this scale has none.")
        found.append(Alert(**words, least=_whole("least", row.get("least"), least=1)))
    return tuple(found)


def _cadence(data: Mapping[str, Any]) -> Cadence:
    if strange := sorted(set(data) - {"intake_days", "every_days", "follows"}):
        raise ValueError(f"A cadence has no {strange[0]}.")
    days = {name: _whole(name, data[name], least=1) for name in ("intake_days", "every_days") if name in data}
    follows = data.get("follows")
    return Cadence(
        days.get("intake_days"), days.get("every_days"),
        None if follows is None else Follows(
            str(follows["scale"]), _whole("least", follows.get("least")), _whole("days", follows.get("days"), least=1)
        ),
    )  # fmt: skip


def _known(codes: Sequence[str], known: object, who: str) -> None:
    for code in codes:
        if code not in known:  # type: ignore[operator]
            raise ValueError(f"{who} names the item {code}, which is not there.")


def _one_of(name: str, value: str, allowed: Sequence[str]) -> None:
    if value not in allowed:
        raise ValueError(f"{name} is one of {', '.join(allowed)}, not {value}.")


def _whole(name: str, value: object, *, least: int = 0) -> int:
    if type(value) is not int or value < least:
        raise ValueError(f"{name} is a whole number of at least {least}.")
    return value
