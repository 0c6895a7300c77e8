"""Shorthand that has killed people: what may not stand in the words of an order (emar-safety 27).

Sources: the Joint Commission's official do-not-use list (2004), which stops; a few entries of ISMP's longer list of error-prone
abbreviations, which are told.
"""

import re

from audit.rules.findings import Finding, note, stop

_NEVER: tuple[tuple[str, str, str], ...] = (
    (r"(?<![A-Za-z])[Uu](?![A-Za-z'\u2019.])", "U", "unit"),
    (r"(?<![A-Za-z])(?i:iu)(?![A-Za-z])", "IU", "international unit"),
    (r"(?<![A-Za-z])(?i:q\.?d\.?)(?![A-Za-z])", "QD", "daily"),
    (r"(?<![A-Za-z])(?i:q\.?o\.?d\.?)(?![A-Za-z])", "QOD", "every other day"),
    (r"(?<![A-Za-z])MS(?:O4)?(?![A-Za-z0-9])", "MS", "morphine sulfate"),
    (r"(?<![A-Za-z])MgSO4(?![A-Za-z0-9])", "MgSO4", "magnesium sulfate"),
)
_TRAILING = re.compile(r"(?<![\d.])(\d+)\.0+(?!\d)")
_LEADING = re.compile(r"(?<![\dA-Za-z])\.\d+")
_ADVICE: tuple[tuple[str, str, str], ...] = (
    (r"(?<![A-Za-z])(?i:qhs|hs)(?![A-Za-z])", "HS", "at bedtime"),
    (r"(?<![A-Za-z])(?i:cc)(?![A-Za-z])", "cc", "mL"),
    (r"[µμ]g", "µg", "mcg"),
    (r"(?<![A-Za-z])(?i:sc|sq|sub q)(?![A-Za-z])", "SC", "under the skin"),
    (r"(?<![A-Za-z])(?i:d/c)(?![A-Za-z])", "D/C", "stop, or discharge"),
    (r"(?<![A-Za-z])(?i:tiw|biw)(?![A-Za-z])", "TIW", "the weekdays"),
)


def shorthand_findings(text: str) -> list[Finding]:
    """What stands against the words of an order: each shorthand once, with what to write instead."""
    found = [
        stop("order.shorthand", f"Write '{instead}' instead of '{seen[0]}'.", shorthand=name)
        for pattern, name, instead in _NEVER
        if (seen := re.search(pattern, text))
    ]
    trailing, leading = _TRAILING.search(text), _LEADING.search(text)
    if trailing:
        found.append(
            stop(
                "order.shorthand",
                f"Write '{trailing[1]}' instead of '{trailing[0]}': a zero after the point is misread.",
            )
        )
    if leading:
        found.append(
            stop("order.shorthand", f"Write '0{leading[0]}' instead of '{leading[0]}': a point alone is overlooked.")
        )
    return found + [
        note("order.shorthand_advice", f"'{seen[0]}' can be misread. Better: '{instead}'.", shorthand=name)
        for pattern, name, instead in _ADVICE
        if (seen := re.search(pattern, text))
    ]
