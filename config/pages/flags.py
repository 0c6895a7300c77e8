"""Odd patterns in who looked at what: seen, judged once, and not shown again."""

from datetime import timedelta
from uuid import uuid4

from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from audit.rules.findings import Finding, Refused, stop
from config.pages.audit import week_of
from config.watching import DAYS, judged, watch
from privacy.actions.watch import judge
from privacy.models import Judgement
from programs.desk import DeskRequest, at_desk, key_in
from staff.rules.capabilities import Capability


@require_safe
@at_desk(Capability.WATCH)
def page(request: DeskRequest) -> HttpResponse:
    """The flags of a week of this site."""
    return _page(request)


@require_POST
@at_desk(Capability.WATCH)
def judge_one(request: DeskRequest) -> HttpResponse:
    """Fine, or an incident; back to what is left."""
    desk, typed = request.desk, request.POST
    since, until, back = week_of(request, desk, DAYS)
    found = watch(desk.site, since, until, desk.now)
    flag = next((each for each in found.flags if each.key == typed.get("flag")), None)
    try:
        if flag is None or flag.key not in found.ends:
            known = Judgement.objects.filter(key=typed.get("flag", "")[:120], by=desk.person).exists()
            if known:  # a retry of one's own
                return _back(back)
            raise Refused(stop("flag.gone", "This flag is no longer there: somebody judged it, or it was none."))
        judge(
            by=desk.person, at=desk.now, site_id=desk.site.pk, flag=flag, until=found.ends[flag.key], outcome=typed.get("outcome", ""),
            note=typed.get("note", ""), lasting="lasting" in typed, key=key_in(request),
        )  # fmt: skip
    except Refused as refused:
        return _page(request, refused.findings, typed.get("flag", ""), typed.get("note", "")[:400])
    return _back(back)


def _back(back: int) -> HttpResponse:
    return HttpResponseRedirect(reverse("audit:flags") + (f"?back={back}" if back else ""))


def _page(request: DeskRequest, findings: tuple[Finding, ...] = (), key: str = "", note: str = "") -> HttpResponse:
    desk = request.desk
    since, until, back = week_of(request, desk, DAYS)
    found = watch(desk.site, since, until, desk.now)
    context = {
        "flags": [(flag, uuid4()) for flag in found.flags], "judged": judged(desk.site, since, until), "findings": findings,
        "wrong": key, "gone": bool(findings) and all(flag.key != key for flag in found.flags), "note": note, "since": since,
        "last": until - timedelta(seconds=1),
        "back": back, "older": back + 1, "newer": back - 1, "me": desk.person.pk,
    }  # fmt: skip
    return render(request, "audit/flags.html", context, status=422 if findings else 200)
