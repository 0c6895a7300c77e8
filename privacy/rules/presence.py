"""What somebody outside is told who asks whether a person is here (42 CFR 2.13(c)). The same words to everyone, whoever it is."""

import unicodedata

NEUTRAL = (
    "I cannot tell you whether anybody is or is not here, or ever was, whoever it is. Federal privacy rules for programs like ours do "
    "not let us. That is what we tell everyone who asks."
)
"""Read out as it stands. Nothing is added: no 'not here', no 'call back later', no message taken 'in case'."""


def same_name(one: str, other: str) -> bool:
    """True where two names are the same but for capitals, accents, signs between words and spaces."""
    return bool(_bare(one)) and _bare(one) == _bare(other)


def _bare(name: str) -> tuple[str, ...]:
    apart = unicodedata.normalize("NFKD", name.casefold())
    kept = "".join(sign if sign.isalnum() else "" if unicodedata.category(sign) == "Mn" else " " for sign in apart)
    return tuple(kept.split())
