"""Which days of a chart are printed? What was typed, judged on the site's calendar."""

from datetime import date

from programs.rules.dates import Asked, Calendar

MOST = 3 * 366  # days in one paper
USUAL = 30


def ask_days(start: str, end: str, today: date, began: date | None) -> Asked:
    """Read two dates ('' = nothing typed); nothing typed means from the first day of the newest episode to today, or the last
    thirty days where there is none."""
    calendar = Calendar(today, MOST, "has not come yet", "written", "one paper covers at most three years")
    if not start and began is not None and (today - began).days < MOST:
        start = min(began, today).isoformat()
    return calendar.ask(start, end, USUAL)
