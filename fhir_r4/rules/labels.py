"""Security labels (HL7 Terminology; Data Segmentation for Privacy): what every resource that leaves carries in ``meta.security``."""

from collections.abc import Collection, Iterable, Mapping
from types import MappingProxyType

from fhir_r4.rules.elements import TERMS, Resource, coding

CONFIDENTIALITY = f"{TERMS}/v3-Confidentiality"
ACT = f"{TERMS}/v3-ActCode"
INTEGRITY = f"{TERMS}/v3-ObservationValue"
ORDER = ("U", "L", "M", "N", "R", "V")
"""Confidentiality from the least to the most."""

RESTRICTED = coding(CONFIDENTIALITY, "R", "restricted")
PART2 = coding(ACT, "42CFRPart2", "42 CFR Part2")
SENSITIVE = coding(ACT, "ETH", "substance abuse information sensitivity")
REDISCLOSE = coding(ACT, "NORDSCLCD", "no redisclosure without consent directive")
SUBSETTED = coding(INTEGRITY, "SUBSETTED", "subsetted")
ALWAYS = (RESTRICTED, PART2, SENSITIVE)

REFRAIN: Mapping[str, Collection[str]] = MappingProxyType({"TPO_SINGLE": ()})
"""The refrain label of each consent type, where it is another than NORDSCLCD. A covered entity that received a record under a TPO
consent may redisclose as HIPAA permits (42 CFR 2.33(b)(1)), so NORDSCLCD would overstate the limit."""


def refrain(consent_type: str, setting: Mapping[str, Collection[str]] = REFRAIN) -> tuple[Resource, ...]:
    """The refrain labels for what leaves under a consent of this type, '' for any other basis."""
    return tuple(coding(ACT, code) for code in setting.get(consent_type.upper(), ("NORDSCLCD",)))


def labelled(resource: Resource, more: Iterable[Resource] = ()) -> Resource:
    """The same resource with its labels: restricted, Part 2, substance use, and ``more``."""
    meta = dict(resource.get("meta", {}))
    meta["security"] = _once([*ALWAYS, *meta.get("security", ()), *more])
    first = {"resourceType": resource["resourceType"], "id": resource.get("id"), "meta": meta}
    return {name: value for name, value in (first | resource | {"meta": meta}).items() if value is not None}


def high_water(resources: Iterable[Resource]) -> list[Resource]:
    """The labels of a Bundle: every label of its parts, and of the confidentialities only the highest."""
    found = _once(each for part in resources for each in part.get("meta", {}).get("security", ()))
    levels = [each for each in found if each["system"] == CONFIDENTIALITY]
    highest = max(levels, key=lambda each: ORDER.index(each["code"]), default=RESTRICTED)
    return _once([highest, *ALWAYS[1:], *(each for each in found if each["system"] != CONFIDENTIALITY)])


def _once(codings: Iterable[Resource]) -> list[Resource]:
    seen: dict[tuple[str, str], Resource] = {}
    levels: list[Resource] = []
    for each in codings:
        if each["system"] == CONFIDENTIALITY:
            levels.append(each)
        else:
            seen.setdefault((each["system"], each["code"]), {name: value for name, value in each.items() if value})
    highest = max(levels, key=lambda each: ORDER.index(each["code"]), default=None)
    return ([highest] if highest else []) + list(seen.values())
