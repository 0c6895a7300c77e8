"""What do the bed pages need? Frozen read models in a constant number of queries."""

from beds.queries.cards import Card, cards
from beds.queries.jobs import Job, jobs
from beds.queries.page import BoardPage, board_page
from beds.queries.places import moves, places, room_tags, slept, wards
from beds.queries.waiting import Waiting, waiting_list

__all__ = [
    "BoardPage",
    "Card",
    "Job",
    "Waiting",
    "board_page",
    "cards",
    "jobs",
    "moves",
    "places",
    "room_tags",
    "slept",
    "waiting_list",
    "wards",
]
