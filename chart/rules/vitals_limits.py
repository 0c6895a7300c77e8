"""From which vital signs on somebody looks: read what a site typed, and refuse what cannot be. Pure."""

from collections.abc import Mapping

from audit.rules.findings import Finding, stop
from chart.rules.vitals import Limits, Sign, limits_from, plain


def read_limits(
    signs: Mapping[str, Sign], typed: Mapping[str, tuple[str, str]]
) -> tuple[Limits, list[Finding]]:  # fmt: skip
    """What was typed of each measure (under, over; house's unit; '' for none) as limits, and what stands against it.

    Both lie within what the measure can be, and under is less than over; at least one measure has one.
    """
    found, findings = {}, []
    for code, sign in signs.items():
        low, high = (text.strip().replace(",", ".") for text in typed.get(code, ("", "")))
        if not low and not high:
            continue
        try:
            pair = limits_from({code: [low or None, high or None]})[code]
        except ValueError:
            pair = (None, None)
        if (pair[0] is None) == bool(low) or (pair[1] is None) == bool(high):
            findings.append(_about(code, f"{sign.name}: write numbers, or leave a field empty."))
            continue
        least, most = sign.possible
        if any(each is not None and not least <= each <= most for each in pair):
            words = f"{sign.name} is from {plain(least)} to {plain(most)} {sign.units[0]}. Choose limits within."
            findings.append(_about(code, words))
        elif pair[0] is not None and pair[1] is not None and pair[0] >= pair[1]:
            findings.append(_about(code, f"{sign.name}: the lower limit is not under the upper one. Look at the two."))
        else:
            found[code] = pair
    if not found and not findings:
        findings.append(stop("vitals.no_limit", "Without any limit nobody would be asked to look. Write at least one."))
    return found, findings


def _about(code: str, words: str) -> Finding:
    return stop("vitals.limit", words, field=code)
