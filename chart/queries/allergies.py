"""What is known about allergies: those that hold, that none is known and who asked, or that nobody asked yet."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, tzinfo
from typing import Self

from django.db.models import CharField, F, Q, Value

from chart.models import Allergy, NoKnownAllergies
from chart.rules.allergies import said
from programs.together import Asking, asks


@dataclass(frozen=True)
class NoneKnown:
    """Somebody asked, and none was known: who, and when (an aware instant)."""

    by: str
    at: datetime

    def words(self, tz: tzinfo) -> str:
        """'No known allergies: RN Cole asked on 18 Nov 2025'."""
        return f"No known allergies: {self.by} asked on {self.at.astimezone(tz):%-d %b %Y}"


class Allergies(tuple[str, ...]):
    """The allergies of a client in words, by substance; ``none`` where somebody asked and there was none."""

    none: NoneKnown | None

    def __new__(cls, words: Iterable[str] = (), none: NoneKnown | None = None) -> Self:
        """Words of those that hold; ``none`` counts only where there are no words."""
        made = super().__new__(cls, words)
        made.none = none if not made else None
        return made

    @property
    def asked(self) -> bool:
        """False where nobody asked yet."""
        return bool(self) or self.none is not None

    def line(self, tz: tzinfo) -> str:
        """All of it in one line, on paper: '' where nobody asked."""
        return "; ".join(self) or (self.none.words(tz) if self.none else "")


NOT_ASKED = Allergies()


def said_allergy(allergy: Allergy) -> str:
    """'penicillin (hives, severe)'."""
    return said(allergy.substance, allergy.reaction, allergy.severity, allergy.kind)


@asks
def allergies_of(client_ids: Collection[int], at: datetime) -> Asking[Mapping[int, Allergies]]:
    """What is known at an instant of each of these clients, by substance; who was not asked is no key. One query."""
    holds = Q(ended_at=None) | Q(ended_at__gt=at)
    known = Allergy.objects.filter(holds, client__in=client_ids, noted_at__lte=at).values_list(
        "client_id", "substance", "reaction", "severity", "kind", "noted_at",
    )  # fmt: skip
    blank = Value("", output_field=CharField())
    none = NoKnownAllergies.objects.current(at).filter(client__in=client_ids).values_list(
        "client_id", blank, F("by__name"), F("by__credentials"), blank, "started_at",
    )  # fmt: skip
    (rows,) = yield (known.union(none, all=True).order_by("substance"),)
    words: dict[int, list[str]] = defaultdict(list)
    asked: dict[int, NoneKnown] = {}
    for client, substance, reaction, severity, kind, since in rows:
        if substance:
            words[client].append(said(substance, reaction, severity, kind))
        else:
            asked[client] = NoneKnown(f"{severity} {reaction.split()[-1]}" if severity else reaction, since)
    return {client: Allergies(words[client], asked.get(client)) for client in {*words, *asked}}
