"""Addresses of a client's consents, under the client's key."""

from django.urls import URLPattern, path

from chart.views import consents, privacy_sheets
from chart.views.consent_sheets import SHEETS
from chart.views.sheets import view_of

ACTS = {name: name.removeprefix("consent_") for name in SHEETS}

urlpatterns: list[URLPattern] = [
    path("", consents.consents, name="consents"),
    path("new/", consents.new, name="consent_new"),
    path("restrictions/", privacy_sheets.restrictions, name="restrictions"),
    path("restrictions/ask/", view_of(privacy_sheets.RESTRICTIONS["restriction_new"]), name="restriction_new"),
    path(
        "restrictions/<int:pk>/decide/",
        view_of(privacy_sheets.RESTRICTIONS["restriction_decide"]),
        name="restriction_decide",
    ),
    path("restrictions/<int:pk>/end/", view_of(privacy_sheets.RESTRICTIONS["restriction_end"]), name="restriction_end"),
    path("<int:pk>/", consents.consent, name="consent"),
    path("<int:pk>/hand/", consents.begin, name="consent_hand"),
    path("<int:pk>/paper/", consents.paper, name="consent_paper"),
    *[path(f"<int:pk>/{act}/", view_of(SHEETS[name]), name=name) for name, act in ACTS.items()],
]
