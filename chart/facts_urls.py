"""Addresses of a chart's facts, under the client's key."""

from django.urls import URLPattern, path

from chart.views import belongings, facts, safety, screens
from chart.views.fact_sheets import SHEETS
from chart.views.sheets import view_of

ABOUT_ONE = {
    "allergy_end": "allergies/<int:pk>/end/", "diagnosis_change": "diagnoses/<int:pk>/change/",
    "contact_change": "contacts/<int:pk>/change/", "contact_end": "contacts/<int:pk>/end/", "team_end": "team/<int:pk>/end/",
    "safety_sign": "safety/<int:pk>/answer/", "screen_correct": "screens/<int:pk>/correct/",
    "screen_step": "screens/<int:pk>/step/", "belonging_end": "belongings/<int:pk>/end/",
}  # fmt: skip
NEW = {
    "allergy": "allergies/new/", "none_known": "allergies/none/", "diagnosis": "diagnoses/new/", "contact": "contacts/new/",
    "channel": "contacts/reach/", "team": "team/join/", "record_change": "record/change/", "screen_new": "screens/new/",
}  # fmt: skip
ALL = SHEETS | safety.SHEETS | screens.SHEETS | belongings.SHEETS

urlpatterns: list[URLPattern] = [
    path("", facts.page, name="facts"),
    path("record/", facts.record, name="record"),
    path("safety/", safety.plan, name="safety"),
    path("safety/write/", safety.write, name="safety_write"),
    path("safety/<int:pk>/paper/", safety.pdf, name="safety_pdf"),
    path("screens/", screens.log, name="screens"),
    path("screens/<int:pk>/", screens.screen, name="screen"),
    path("belongings/", belongings.belongings, name="belongings"),
    path("belongings/new/", belongings.take_in, name="belongings_new"),
    path("belongings/<int:pk>/correct/", belongings.take_in, name="belonging_correct"),
    path("belongings/<int:pk>/receipt/", belongings.receipt_pdf, name="belongings_pdf"),
    *[path(address, view_of(ALL[name]), name=name) for name, address in {**NEW, **ABOUT_ONE}.items()],
]
