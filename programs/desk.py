"""Where a person stands while they work: the site and role they chose, and the instant of the request. Views start here."""

import functools
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Concatenate, ParamSpec, cast
from uuid import UUID
from zoneinfo import ZoneInfo

from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse, HttpResponseBase

from audit.rules.findings import stop
from programs.models import Site
from programs.rules.access_policy import DEFAULT, AccessPolicy
from staff.access import NotAllowed, Post
from staff.models import Person
from staff.rules.capabilities import Capability, Role, allows, who_may

P = ParamSpec("P")


@dataclass(frozen=True)
class Desk:
    """``now`` is an aware UTC instant; ``posts`` are all roles the person holds now, ``role`` the one they work in.

    ``access`` is what the site asks of whoever looks at charts; ``glass`` fills with the broken glass a page was opened through.
    """

    person: Person
    site: Site
    role: Role
    posts: tuple[Post, ...]
    now: datetime
    access: AccessPolicy = DEFAULT
    glass: list[Any] = field(default_factory=list, compare=False)

    @property
    def tz(self) -> ZoneInfo:
        """The site's zone."""
        return self.site.tz

    def may(self, capability: Capability) -> bool:
        """True where any role held at this site carries the capability."""
        return any(post.site_id == self.site.pk and allows(post.role, capability) for post in self.posts)


class DeskRequest(HttpRequest):
    """A request that ``at_desk`` let through."""

    desk: Desk


View = Callable[Concatenate[DeskRequest, P], HttpResponseBase]


def at_desk(*capabilities: Capability) -> Callable[[View[P]], Callable[Concatenate[HttpRequest, P], HttpResponseBase]]:
    """Let a view run for a signed-in person whose roles at their site carry one of ``capabilities`` (none named: anyone
    who works here).

    Signed out: to the sign-in page and back; an htmx or JSON request gets 401, which the page turns into the same way.
    Not allowed: NotAllowed, which answers 403 with who could.
    """

    def wrap(view: View[P]) -> Callable[Concatenate[HttpRequest, P], HttpResponseBase]:
        @functools.wraps(view)
        def run(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
            desk = cast("Desk | None", getattr(request, "desk", None))
            if not request.user.is_authenticated:
                if request.headers.get("HX-Request") or request.headers.get("Accept") == "application/json":
                    return HttpResponse("Your session ended. Sign in again.", status=401)
                return redirect_to_login(request.get_full_path() if request.method == "GET" else request.path)
            if desk is None:
                raise NotAllowed(
                    stop("staff.no_role", "You hold no role at any site today. Ask an administrator for one.")
                )
            if capabilities and not any(desk.may(capability) for capability in capabilities):
                wanted = capabilities[0]
                sentence = f"You may not {wanted.label} at {desk.site}. Ask {who_may(wanted)}."
                raise NotAllowed(stop("staff.not_allowed", sentence))
            return view(cast("DeskRequest", request), *args, **kwargs)

        run.capabilities = capabilities  # type: ignore[attr-defined]  # the guard test reads it
        return run

    return wrap


def key_in(request: DeskRequest) -> UUID | None:
    """The idempotency key of the form that was sent; None where it is missing or no UUID."""
    try:
        return UUID(request.POST.get("key", ""))
    except ValueError:
        return None
