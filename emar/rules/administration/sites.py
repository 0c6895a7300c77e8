"""Places on the body for injections and patches, and turning from one to the next (emar-safety rule 36).

The lists are the house's: muscles and skin that nursing textbooks name; codes are stable.
"""

from collections.abc import Iterator, Mapping
from types import MappingProxyType

from audit.rules.findings import Finding, note, override, stop
from emar.rules.administration.facts import AttemptFacts, DoseFacts
from emar.rules.administration.words import say_clock
from emar.rules.orders.kinds import Sites

LOOKED_AT = 3
"""How many of the last places are looked at."""

BODY_SITES: Mapping[str, tuple[tuple[str, str], ...]] = MappingProxyType(
    {
        Sites.INJECTION.value: (
            ("deltoid_left", "Left upper arm (deltoid)"),
            ("deltoid_right", "Right upper arm (deltoid)"),
            ("ventrogluteal_left", "Left hip (ventrogluteal)"),
            ("ventrogluteal_right", "Right hip (ventrogluteal)"),
            ("dorsogluteal_left", "Left buttock (dorsogluteal)"),
            ("dorsogluteal_right", "Right buttock (dorsogluteal)"),
            ("thigh_left", "Left thigh"),
            ("thigh_right", "Right thigh"),
            ("abdomen_left", "Abdomen, left"),
            ("abdomen_right", "Abdomen, right"),
        ),
        Sites.PATCH.value: (
            ("upper_arm_left", "Left upper arm"),
            ("upper_arm_right", "Right upper arm"),
            ("chest_left", "Chest, left"),
            ("chest_right", "Chest, right"),
            ("back_left", "Back, left"),
            ("back_right", "Back, right"),
            ("hip_left", "Left hip"),
            ("hip_right", "Right hip"),
        ),
    }
)
"""The places, (code, label), of each kind of dose that has one."""


def site_label(code: str) -> str:
    """The words for a place; the code itself where it is none of these."""
    return next((label for places in BODY_SITES.values() for each, label in places if each == code), code)


def patch_name(medication: str) -> str:
    """'Nicotine patch', whether or not the formulary's name says it."""
    return medication if "patch" in medication.casefold() else f"{medication} patch"


def site_findings(dose: DoseFacts, attempt: AttemptFacts) -> Iterator[Finding]:
    """A place is chosen; the last one is not used again without a reason, the two before are told."""
    if dose.sites is Sites.NONE:
        if attempt.body_site:
            yield stop("dose.site_needed", f"{dose.medication} has no place on the body. Leave the place out.")
        return
    places = dict(BODY_SITES[dose.sites.value])
    if attempt.body_site not in places:
        what = "is injected" if dose.sites is Sites.INJECTION else "is put on"
        yield stop("dose.site_needed", f"Choose where it {what}: a place on the body from the list.")
        return
    yield from _old_patch(dose, attempt)
    used = [each.code for each in dose.used_sites[:LOOKED_AT]]
    if attempt.body_site not in used:
        return
    last = dose.used_sites[used.index(attempt.body_site)]
    when = say_clock(last.at, dose.tz, attempt.given_at)
    words = f"{places[attempt.body_site]} was used at {when}."
    if used[0] == attempt.body_site:
        yield override("dose.site_used", f"{words} Choose another place, or say why the same.", used_at=last.at)
    else:
        yield note("dose.site_used", f"{words} Another place would be better.", used_at=last.at)


def _old_patch(dose: DoseFacts, attempt: AttemptFacts) -> Iterator[Finding]:
    """The old patch comes off before the new one goes on: two of them are a double dose (rule 36)."""
    if attempt.patch_off or not dose.patches:
        return
    told = " and ".join(
        f"{site_label(each.code).lower() if each.code else 'place not written down'}, since "
        f"{say_clock(each.at, dose.tz, attempt.given_at)}"
        for each in dose.patches
    )
    yield override(
        "dose.patch_on",
        f"The old {patch_name(dose.medication)} is still on: {told}. Take it off and say so, or say why it stays.",
    )
