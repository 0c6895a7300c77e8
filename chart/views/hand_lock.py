"""Lock this session to the client's page: every other address leads there (``config/handover.py``), and no live page is let in."""

from django.http import HttpResponse
from django.shortcuts import redirect

from audit.rules.findings import Refused, stop
from live.access import HANDED_OVER
from programs.desk import DeskRequest

TABLET = "stepwell_tablet"  # the cookie of a tablet that keeps the pass for when the network is gone (emar/device.py)


def refuse_tablet(request: DeskRequest) -> None:
    """A tablet that would show what it keeps is not handed over. Raises Refused ``handover.tablet``."""
    if TABLET in request.COOKIES:
        words = "This tablet keeps medication passes for when the network is gone, and would show them. Hand over another one."
        raise Refused(stop("handover.tablet", words))


def lock(request: DeskRequest, what: object) -> HttpResponse:
    """From now on this session shows ``what`` alone. It gets a new key, so that nothing under way brings the old one back."""
    request.session[HANDED_OVER] = what
    request.session.cycle_key()
    return redirect("chart:hand_over")


def unlock(request: DeskRequest) -> None:
    """The tablet is back in staff's hands."""
    del request.session[HANDED_OVER]
    request.session.cycle_key()
