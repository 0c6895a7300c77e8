"""What do the levels pages need? Frozen read models in a constant number of queries."""

from asam.queries.authorised import Authorised, authorised
from asam.queries.level import LevelPage, level_page
from asam.queries.reviews import ReviewRow, next_reviews, reviews
from asam.queries.standings import Standing, standing
from asam.queries.timeline import entries

__all__ = [
    "Authorised", "LevelPage", "ReviewRow", "Standing", "authorised", "entries", "level_page", "next_reviews", "reviews",
    "standing",
]  # fmt: skip
