"""What the plans of the demonstration say: in the client's words, problems with their steps, what reviews found."""

from typing import NamedTuple

WISHES = (
    "I want to sleep through the night without drinking.",
    "My kids back on weekends. And to look my mother in the eye.",
    "To keep the job at the garage. They said they hold it until spring.",
    "I want my head quiet. I do not want to be afraid of the evenings any more.",
    "A place of my own where nobody uses.",
    "To finish something for once.",
    "I want to be there when my daughter is born.",
    "Less shame. To pick up the phone when my brother calls.",
)


class Aimed(NamedTuple):
    """An objective: its words, by what it is measured (a scale's code, or what is counted, or '' for words), from, to, in days."""

    words: str
    scale: str
    unit: str
    baseline: str
    target: str
    days: int
    steps: tuple[tuple[str, str, str], ...]  # what is done, how often, the role that does it


class Posed(NamedTuple):
    """A problem with its dimension, one goal, and the objectives towards it."""

    words: str
    dimension: str
    goal: str
    aims: tuple[Aimed, ...]


SLEEP = Aimed(
    "Uses the written sleep plan instead of a drink or a pill", "", "nights a week", "1", "5", 28,
    (("Sleep skills group", "twice a week", "facilitator"), ("Looks at the sleep log together", "every evening", "technician")),
)  # fmt: skip
CRAVING = Aimed(
    "Names a trigger and uses a skill before it peaks", "", "times a week", "0", "5", 30,
    (("Relapse prevention group", "three times a week", "facilitator"), ("Craving log, read together", "weekly", "facilitator")),
)  # fmt: skip
MEDICATION = Aimed(
    "Takes the medication as ordered", "", "of seven days", "4", "7", 21,
    (("Medication given and side effects asked for", "every day", "nurse"), ("Reviews dose and effect", "every two weeks", "prescriber")),
)  # fmt: skip
MOOD = Aimed(
    "Feels low less often", "phq_9", "", "17", "9", 42,
    (("Behavioral activation: one planned thing a day", "daily", "facilitator"), ("Individual session", "weekly", "facilitator")),
)  # fmt: skip
WORRY = Aimed(
    "Worry takes up less of the day", "gad_7", "", "14", "7", 42,
    (("Breathing and grounding, practised in group", "twice a week", "facilitator"), ("PHQ-9 and GAD-7", "every two weeks", "nurse")),
)  # fmt: skip
PEOPLE = Aimed(
    "Has people to call who do not use", "", "names on the list", "1", "5", 30,
    (("Peer meeting, in the house or by video", "twice a week", "facilitator"), ("Writes the list of names", "this week", "facilitator")),
)  # fmt: skip
HOME = Aimed(
    "Has a safe place to live on the day of the step", "", "", "sleeps at a friend's who drinks", "signed for a room in a sober house", 35,
    (("Applies for recovery housing", "this week", "intake"), ("Visits two houses", "once each", "facilitator")),
)  # fmt: skip
WORK = Aimed(
    "Goes back to regular days", "", "days a week with something planned", "1", "5", 45,
    (("Meets the job adviser", "every second week", "intake"), ("Day planner, looked at in group", "weekly", "facilitator")),
)  # fmt: skip

PROBLEMS = (
    Posed("Drinks to sleep, and wakes at three", "4", "Sleeps without alcohol", (SLEEP, CRAVING)),
    Posed(
        "Returns to opioids within days of stopping",
        "1",
        "Stays on medication and out of danger",
        (MEDICATION, CRAVING),
    ),
    Posed("Low and hopeless since the divorce", "3", "Gets through the week without the black days", (MOOD,)),
    Posed("Afraid in the evenings; avoids people", "3", "Can be among people again", (WORRY, PEOPLE)),
    Posed("Everybody nearby uses", "5", "A home and people that hold", (HOME, PEOPLE)),
    Posed("Days without shape since the layoff", "5", "Regular days again", (WORK,)),
)
FOUND = {
    "progressing": (
        "Did it more often than last week; says what helped.", "Two slips, talked about both the same day.", "Slow, and keeps at it.",
    ),
    "met": ("Reached, and held for a week.", "Done, and says so with some pride."),
    "deferred": ("Waits until the court date is over.", "Waits for the step: not possible in the house."),
}  # fmt: skip
REVIEWS = (
    "Comes to every group, speaks when asked. Sleep is the harder half.",
    "Better weeks and a bad one. The family session moved something.",
    "Works on it. Asked for more time alone with the counselor.",
)
CHANGES = ("Add a goal for work before the step.", "The sleep objective is too small: raise the target.")
REFUSALS = (
    "“I did not choose these words. Ask me again when my sponsor has read it.”",
    "Wants the court business out of the plan first.",
)  # fmt: skip
