"""What number is a topic at?"""

from collections.abc import Iterable

from live.models import Topic


def current_seq(topic: str) -> int:
    """The topic's number; 0 when nothing was ever published to it. Read it before the rows you draw."""
    return current_seqs([topic])[topic]


def current_seqs(topics: Iterable[str]) -> dict[str, int]:
    """The numbers of several topics, in one query."""
    numbers = dict.fromkeys(topics, 0)
    numbers.update(Topic.objects.filter(name__in=list(numbers)).values_list("name", "seq"))
    return numbers
