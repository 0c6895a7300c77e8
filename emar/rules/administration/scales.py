"""The score before an as-needed dose: which scale goes with what it is for (emar-safety rule 15).

Words of an indication and the scale they ask for are a house list. CIWA-Ar is for alcohol, COWS for opioids.
"""

import re
from collections.abc import Mapping
from types import MappingProxyType

SCALES: Mapping[str, tuple[str, int]] = MappingProxyType(
    {
        "pain": ("Pain", 10),
        "anxiety": ("Anxiety", 10),
        "nausea": ("Nausea", 10),
        "craving": ("Craving", 10),
        "ciwa_ar": ("CIWA-Ar", 67),
        "cows": ("COWS", 48),
    }
)
"""Every scale: its name and its top; all begin at 0."""

_PAIN = frozenset({"pain", "ache", "aches", "headache", "backache", "toothache", "cramp", "cramps", "migraine"})
_ANXIETY = frozenset({"anxiety", "anxious", "agitation", "agitated", "panic"})
_ALCOHOL = frozenset({"alcohol", "ciwa"})
_OPIOID = frozenset({"opioid", "opioids", "opiate", "cows"})


def scales_for(indication: str) -> tuple[str, ...]:
    """The scales of which one score is asked for; empty where none is.

    ``scales_for("Opioid withdrawal")`` is ``("cows",)``; withdrawal from who knows what takes either scale.
    """
    words = set(re.findall(r"[a-z]+", indication.casefold()))
    if "withdrawal" in words or words & {"ciwa", "cows"}:
        named = (("ciwa_ar",) if words & _ALCOHOL else ()) + (("cows",) if words & _OPIOID else ())
        return named or ("ciwa_ar", "cows")
    return (("pain",) if words & _PAIN else ()) + (("anxiety",) if words & _ANXIETY else ())
