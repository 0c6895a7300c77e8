"""Words for the fields of note templates: sentences that a counselor could have written, about nobody."""

from random import Random

_SAID = (
    "Says the evenings are the hardest. Two cravings since the last talk, neither acted on.",
    "Spoke about a phone call with the sister; it went better than expected.",
    "Reports sleeping about six hours. Worried about the first weekend out.",
    "Asked how long the taper goes on. Wants to work again in the spring.",
)
_SEEN = (
    "On time, calm, speaks more than last week.", "Tired, holds eye contact, brought the worksheet filled in.",
    "Restless in the first minutes, settled by walking while talking.", "Laughs again. Room in order, meals eaten.",
)  # fmt: skip
_DID = (
    "Drew the chain of Friday evening together and marked the first link.",
    "Practised saying no in three sentences, twice.",
    "Looked at the plan together and at what is reached of it.",
    "Breathing exercise, then one page of the relapse-prevention workbook.",
)
_TOOK = (
    "Took it well and found a fourth sentence alone.", "Doubtful at first, tried it, wants to try it again on Thursday.",
    "Named the step that is hardest and whom to call before it.", "Was tired, but stayed for the whole hour.",
)  # fmt: skip
_MADE = (
    "Moves towards the objective; evenings remain the risk.", "Holds what was reached. Ready for more time outside.",
    "Slower than hoped, still coming to every session.",
)  # fmt: skip
_SAFE = (
    "Asked about wishes to die or to harm anyone: none, no plan.",
    "Asked: no thoughts of suicide today. Knows whom to tell.",
)
_NEXT = (
    "Meets again on Thursday. Calls the sponsor before Friday.", "Writes down three evenings; we look at them together.",
    "Family talk next week, with consent.", "No change to the plan.",
)  # fmt: skip
_BY_FIELD = {
    "subjective": _SAID, "objective": _SEEN, "assessment": _MADE, "risk": _SAFE, "plan": _NEXT, "data": _SAID,
    "behavior": _SEEN, "intervention": _DID, "response": _TOOK, "goal": _MADE,
}  # fmt: skip


def field(dice: Random, name: str) -> str:
    """The words of one field of a template."""
    return dice.choice(_BY_FIELD.get(name, _SAID))
