"""Topics that more than one room announces to: who is where changes them all."""

from programs.models import Site


def pass_topic(unit_id: int) -> str:
    """The medication passes of a unit."""
    return f"emar.pass.{unit_id}"


def week_topic(site_id: int) -> str:
    """The weeks of a site's clients against their minimum."""
    return f"groups.week.{site_id}"


def session_topic(session_id: int) -> str:
    """One group session."""
    return f"groups.session.{session_id}"


def tasks_topic(site_id: int) -> str:
    """What waits to be done at a site."""
    return f"chart.tasks.{site_id}"


def rounds_topic(unit_id: int) -> str:
    """The rounds of a unit."""
    return f"chart.rounds.{unit_id}"


def board_topic(site: Site) -> str:
    """The bed board of a site."""
    return f"beds.board.{site.slug}"
