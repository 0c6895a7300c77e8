"""One-tap sign-in. This module is imported only where ``settings.DEMO`` is set, and refuses without it."""

from django.conf import settings
from django.contrib.auth import login
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST

from config.demo.signins import OFFERED
from staff.models import Person


@require_POST
def sign_in(request: HttpRequest) -> HttpResponse:
    """Sign in as one of the offered people, and go where one wanted to."""
    username = request.POST.get("as", "")
    if not settings.DEMO or username not in OFFERED:
        raise Http404
    person = get_object_or_404(Person, username=username, is_active=True)
    login(request, person, backend=settings.AUTHENTICATION_BACKENDS[0])
    wanted = request.POST.get("next", "")
    safe = url_has_allowed_host_and_scheme(wanted, {request.get_host()}, require_https=request.is_secure())
    return HttpResponseRedirect(wanted if safe else "/")
