"""What do the bed pages need? Frozen read models in a constant number of queries."""

from beds.queries.cards import Card, cards
from beds.queries.fit import fits
from beds.queries.jobs import Job, jobs
from beds.queries.page import BoardPage, Waiting, board_page, waiting_list
from beds.queries.places import moves, places

__all__ = [
    "BoardPage", "Card", "Job", "Waiting", "board_page", "cards", "fits", "jobs", "moves", "places", "waiting_list",
]  # fmt: skip
