"""Does a text name another member? Whole names surely; a bare first or last name perhaps (a brother may be called Ben too)."""

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass

WORD = re.compile(r"[^\W_]+(?:[-][^\W_]+)*")
# Names that are words as well: only a name when written with a capital.
WORDS = frozenset(
    re.findall(
        r"\w+",
        "ace amber angel art august autumn bill brook carol chance chase cherry christian chuck clay cliff crystal daisy dawn "
        "dean dale drew earl faith frank gene ginger glen grace grant guy harmony hazel heath heaven holly hope hunter iris "
        "ivy jack jade jay jean jewel joy june justice lane lily mark mason may melody mercy miles misty nick olive page "
        "paris parker pat patience pearl penny peg rain ray reed rich rob robin rocky rose ruby rusty sage sandy skip sky "
        "star sterling stone storm sue summer sunny terry trinity victor violet wade ward will willow winter wren young",
    )
)
OPENERS = frozenset({"will", "may", "hope", "drew", "mark"})  # words that often begin a sentence of a note


@dataclass(frozen=True)
class Named:
    """A member as they may be named. ``preferred`` and ``record_number`` may be ''."""

    client_id: int
    first: str
    last: str
    preferred: str = ""
    record_number: str = ""


@dataclass(frozen=True)
class Mention:
    """A member is named in a text by these words; ``sure`` where nobody else can be meant."""

    client_id: int
    words: str
    sure: bool


@dataclass(frozen=True)
class _Word:
    plain: str
    raw: str
    opens: bool  # the first of its sentence


def mentions(text: str, others: Iterable[Named], own: Named | None = None) -> list[Mention]:
    """Who of the others is named, each once, sure ones first; ``own`` is whom the text is about: their names are theirs."""
    words = _words(text)
    mine = {part for name in _names(own) for part in name} if own else set()
    found: dict[int, Mention] = {}
    for other in others:
        if own is not None and other.client_id == own.client_id:
            continue
        seen = _surely(text, words, other) or _perhaps(words, other, mine)
        if seen is not None:
            found[other.client_id] = seen
    return sorted(found.values(), key=lambda mention: not mention.sure)


def _surely(text: str, words: list[_Word], other: Named) -> Mention | None:
    if other.record_number and re.search(rf"(?<!\w){re.escape(other.record_number)}(?!\w)", text, re.IGNORECASE):
        return Mention(other.client_id, other.record_number, True)
    last = _split(other.last)
    for first in {_split(other.first), _split(other.preferred)} - {()}:
        for whole in ((*first, *last), (*last, *first), (*first, *last[:1])):
            at = _find(words, whole)
            if at is not None and last:
                return Mention(other.client_id, _raw(words, at, len(whole)), True)
        at = _find(words, (*first, last[0][:1])) if last else None
        if at is not None and words[at + len(first)].raw.isupper():
            return Mention(other.client_id, _raw(words, at, len(first) + 1), True)
    return None


def _perhaps(words: list[_Word], other: Named, mine: set[str]) -> Mention | None:
    for name in _names(other):
        if set(name) <= mine or len("".join(name)) < 2:
            continue
        for at, word in enumerate(words):
            if tuple(each.plain for each in words[at : at + len(name)]) != name:
                continue
            if len(name) == 1 and name[0] in WORDS and not word.raw[0].isupper():
                continue
            if len(name) == 1 and name[0] in OPENERS and word.opens:
                continue
            return Mention(other.client_id, _raw(words, at, len(name)), False)
    return None


def _names(named: Named) -> list[tuple[str, ...]]:
    return [name for name in map(_split, (named.first, named.preferred, named.last)) if name]


def _split(name: str) -> tuple[str, ...]:
    return tuple(word.plain for word in _words(name))


def _words(text: str) -> list[_Word]:
    """Words without case, accents or a possessive s; a hyphened name is one word."""
    found: list[_Word] = []
    after = 0
    for match in WORD.finditer(text.replace("\u2019", "'")):
        raw = match[0]
        opens = not found or bool(re.search(r"[.!?\n]", text[after : match.start()]))
        after = match.end()
        if raw == "s" and found and text[match.start() - 1] in "'\u2019":
            continue
        folded = unicodedata.normalize("NFKD", raw.casefold())
        found.append(_Word("".join(char for char in folded if not unicodedata.combining(char)), raw, opens))
    return found


def _find(words: list[_Word], wanted: tuple[str, ...]) -> int | None:
    plain = [word.plain for word in words]
    size = len(wanted)
    return next((at for at in range(len(plain) - size + 1) if tuple(plain[at : at + size]) == wanted), None)


def _raw(words: list[_Word], at: int, size: int) -> str:
    return " ".join(word.raw for word in words[at : at + size])
