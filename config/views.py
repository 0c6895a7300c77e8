"""The pages that belong to no single room: my day, and changing site or role."""

from pathlib import Path
from uuid import uuid4

from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.views.decorators.http import require_POST, require_safe

from config.day import my_day
from programs.desk import DeskRequest, at_desk
from staff.queries import duty_of, pin_state
from staff.rules.capabilities import Capability, Role

WORKER = Path(__file__).resolve().parent.parent / "static" / "js" / "offline-worker.js"


@at_desk()
def home(request: DeskRequest) -> HttpResponse:
    """My day."""
    desk = request.desk
    standing = {"duty": duty_of(desk.person.pk, desk.site.pk, desk.now), "pin": pin_state(desk.person.pk, desk.now)}
    return render(request, "home/home.html", {"day": my_day(desk), "key": uuid4(), **standing})


@require_safe
@at_desk(Capability.SEE_BEDS)
def offline_worker(request: DeskRequest) -> HttpResponse:
    """The service worker of the evacuation list, at the root, so that it may serve that page; always asked for anew."""
    headers = {"Service-Worker-Allowed": "/", "Cache-Control": "no-cache"}
    return HttpResponse(WORKER.read_text(), content_type="text/javascript; charset=utf-8", headers=headers)


@require_POST
@at_desk()
def switch_desk(request: DeskRequest) -> HttpResponse:
    """Work at another site or in another role, if it is held."""
    desk = request.desk
    site = request.POST.get("site", str(desk.site.pk))
    role = request.POST.get("role", desk.role.value)
    for post in desk.posts:
        if str(post.site_id) == site and post.role.value == role:
            break
    else:
        post = next((post for post in desk.posts if str(post.site_id) == site), desk.posts[0])
    request.session["site"], request.session["role"] = post.site_id, Role(post.role).value
    return HttpResponseRedirect("/")
