"""Addresses of the unit: rounds, incidents, handoffs, the 24-hour report."""

from django.urls import path

from chart.views.unit import day, handoff, incidents, rounds, rounds_report, routine

app_name = "unit"
urlpatterns = [
    path("", rounds.first, name="first"),
    path("rounds/", rounds.all_rounds, name="all_rounds"),
    path("rounds/check/", rounds.check, name="check"),
    path("rounds/watched/", rounds.orders, name="orders"),
    path("rounds/report/", rounds_report.show, name="rounds_report"),
    path("rounds/report.pdf", rounds_report.pdf, name="rounds_pdf"),
    path("rounds/<slug:table>.csv", rounds_report.csv, name="rounds_csv"),
    path("rounds/<int:unit_id>/", rounds.board, name="rounds"),
    path("incidents/", incidents.every, name="incidents"),
    path("incidents/new/", incidents.new, name="incident_new"),
    path("incidents/<int:pk>/", incidents.one, name="incident"),
    path("incidents/<int:pk>/correct/", incidents.correct, name="incident_correct"),
    path("incidents/<int:pk>/told/", incidents.told, name="incident_told"),
    path("incidents/<int:pk>/review/", incidents.review, name="incident_review"),
    path("incidents/<int:pk>.pdf", incidents.pdf, name="incident_pdf"),
    path("handoff/", handoff.every, name="handoffs"),
    path("handoff/<int:unit_id>/<int:minute>/", handoff.one, name="handoff"),
    path("handoff/<int:unit_id>/<int:minute>/save/", handoff.save, name="handoff_save"),
    path("handoff/<int:unit_id>/<int:minute>/give/", handoff.give, name="handoff_give"),
    path("handoff/<int:unit_id>/<int:minute>/take/", handoff.take, name="handoff_take"),
    path("handoff/<int:unit_id>/<int:minute>.pdf", handoff.pdf, name="handoff_pdf"),
    path("day/", day.show, name="day"),
    path("day/finish/", day.finish, name="day_finish"),
    path("day.pdf", day.pdf, name="day_pdf"),
    path("hours/", routine.routine, name="routine"),
]
