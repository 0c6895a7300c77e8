"""Words for notes: sentences that a facilitator or a nurse could have written, about nobody."""

from random import Random

TOPICS = (
    "Early warning signs", "Cravings and how they pass", "Refusal skills", "Thoughts, feelings, urges", "Sleep and recovery",
    "Grief and loss", "Boundaries with family", "Medication and recovery", "Anger, before and after", "Money and triggers",
    "Planning a sober weekend", "Shame and self-talk", "Building a daily routine", "Asking for help", "Values and next steps",
    "High-risk places", "The body under stress", "Repairing trust", "Mindful breathing", "After a slip",
)  # fmt: skip
_DID = (
    "Reviewed the week and set an agenda together", "Worked through a chain of events on the board",
    "Practised in pairs, then discussed in the whole group", "Read a short handout aloud and talked about each part",
    "Role-played two situations that members brought", "Each member mapped one high-risk hour and a first call",
)  # fmt: skip
_USED = (
    "CBT and motivational interviewing.", "Psychoeducation and skills practice.", "DBT distress-tolerance skills.",
    "Relapse-prevention worksheet and feedback.", "Mindfulness exercise, ten minutes.",
)  # fmt: skip
_PROCESS = (
    "Members listened to each other and gave feedback without advice.",
    "Quiet at first; warmer after the break. Two members spoke of the weekend for the first time.",
    "The group supported a member who had a hard phone call today.",
    "Some tension over lateness, named and settled by the members themselves.",
    "Lively; the facilitator kept time so that everyone had a turn.",
    "Newer members were welcomed; older members told what helped in the first week.",
)
_PART = (
    "Took part throughout and gave an example of {own}.", "Spoke when asked; named {own} as the hardest part.",
    "Listened more than spoke, wrote {own} on the worksheet.", "Opened up about {own} and took feedback well.",
    "Was tired, but stayed and named one step about {own}.", "Led one exercise and helped another member with {own}.",
)  # fmt: skip
_OWN = (
    "evenings alone", "a call from an old friend", "payday", "waking at night", "an argument at home", "boredom",
    "pain after work", "the bus route past the old place", "saying no to a cousin", "being thanked",
)  # fmt: skip
_NEXT = (
    "Plans to call the sponsor before Friday.", "Will practise the skill twice before the next group.",
    "Asked for a talk with the counselor.", "Wants to bring this to family group.", "No change to the plan.",
)  # fmt: skip
_PROGRESS = (
    "Met for {minutes} minutes. Mood steady, sleep better than last week. Talked about {own}. {next}",
    "Individual session, {minutes} minutes. Two strong cravings since last time, neither acted on. Worked on {own}. {next}",
    "Reviewed the plan together. Attends groups, keeps the room in order, calls home twice a week. Concern: {own}. {next}",
    "Short check-in after a hard day. {own} was the trigger; used breathing and a walk. {next}",
)
_NURSING = (
    "Slept about six hours. No nausea, eating half of meals. No complaints of pain.",
    "Restless in the evening, settled after a warm drink. Vital signs within limits.",
    "Withdrawal score falling. Hydrating well, walked in the yard with staff.",
    "Tremor mild, no sweating. Took all morning medication. Asked when the taper ends.",
    "Reports vivid dreams. No dizziness on standing. Prescriber will review.",
)


def topic(dice: Random) -> str:
    """What a group is about."""
    return dice.choice(TOPICS)


def interventions(dice: Random, about: str) -> str:
    """The shared part on topic and interventions."""
    return f"{about}. {dice.choice(_DID)}. {dice.choice(_USED)}"


def process(dice: Random) -> str:
    """The shared part on the group's process."""
    return dice.choice(_PROCESS)


def member(dice: Random, *, short: bool) -> str:
    """A member's own part; older ones are shorter."""
    said = dice.choice(_PART).format(own=dice.choice(_OWN))
    return said if short else f"{said} {dice.choice(_NEXT)}"


def progress(dice: Random) -> str:
    """A progress note."""
    text = dice.choice(_PROGRESS).format(
        minutes=dice.choice((25, 45, 50)), own=dice.choice(_OWN), next=dice.choice(_NEXT)
    )
    return text[0].upper() + text[1:]


def nursing(dice: Random) -> str:
    """A nursing note."""
    return dice.choice(_NURSING)
