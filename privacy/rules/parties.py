"""Who would receive something, as it is known at the instant."""

from dataclasses import dataclass

from privacy.rules.classes import AgreementKind, Hipaa, Part2, RecipientKind


@dataclass(frozen=True)
class Party:
    """A recipient. ``pk`` None: the client in person (``is_client``). ``agreements`` are those in force at the instant."""

    pk: int | None
    name: str
    address: str = ""
    kind: RecipientKind = RecipientKind.OTHER
    hipaa: Hipaa = Hipaa.UNKNOWN
    part2: Part2 = Part2.UNKNOWN
    medical: bool = False
    agreements: frozenset[AgreementKind] = frozenset()
    is_client: bool = False

    @property
    def bound(self) -> bool:
        """True where HIPAA or Part 2 binds it: a covered entity, a business associate, a Part 2 program. Unknown counts as not."""
        return self.hipaa in {Hipaa.COVERED_ENTITY, Hipaa.BUSINESS_ASSOCIATE} or self.part2 is Part2.PROGRAM

    @property
    def serves(self) -> bool:
        """True where an agreement of a qualified service organization is in force (42 CFR 2.11: also a business associate's)."""
        return bool(self.agreements & {AgreementKind.QSOA, AgreementKind.BAA})
