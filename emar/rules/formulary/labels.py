"""What may be a label's code."""

import re

LONGEST = 60
_NDC = re.compile(r"\d{4,5}-\d{3,4}-\d{1,2}")
_CODE = re.compile(r"[!-~]+")


def label_problem(code: str) -> str:
    """Why this is no code of a label, as a sentence; '' where it is one."""
    if not 3 <= len(code) <= LONGEST:
        return f"A label's code has 3 to {LONGEST} characters; '{code[:20]}' has {len(code)}."
    if not _CODE.fullmatch(code):
        return f"'{code}' cannot be a label's code: use letters, digits and signs, without spaces or accents."
    return ""


def kind_of(code: str) -> str:
    """'ndc' for a code written as a package's NDC (5-4-2 and the like), else 'site'."""
    return "ndc" if _NDC.fullmatch(code) else "site"
