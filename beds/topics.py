"""What the bed room's live topics are called."""

from programs.models import Site


def board_topic(site: Site) -> str:
    """The bed board of a site."""
    return f"beds.board.{site.slug}"
