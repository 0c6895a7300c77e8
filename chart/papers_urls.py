"""Addresses of papers and of merged records."""

from django.urls import URLPattern, path

from chart.views import accounting, merge, papers, privacy_sheets, release
from chart.views.sheets import view_of

urlpatterns: list[URLPattern] = [
    path("duplicates/", merge.duplicates, name="duplicates"),
    path("<int:client_id>/merge/<int:other_id>/", merge.compare, name="compare"),
    path("<int:client_id>/apart/<int:merge_id>/", merge.apart, name="apart"),
    path("<int:client_id>/papers/", papers.papers, name="papers"),
    path("<int:client_id>/papers/face/", papers.face_paper, name="face_paper"),
    path("<int:client_id>/papers/summary/", papers.draft_summary, name="draft_summary"),
    path("<int:client_id>/papers/chart/", papers.chart_paper, name="chart_paper"),
    path("<int:client_id>/emergency/", privacy_sheets.emergency, name="emergency"),
    path("<int:client_id>/emergency/call/", view_of(privacy_sheets.CALLS["emergency_call"]), name="emergency_call"),
    path(
        "<int:client_id>/emergency/<int:pk>/",
        view_of(privacy_sheets.CALLS["emergency_complete"]),
        name="emergency_complete",
    ),
    path("<int:client_id>/release/", release.form, name="release"),
    path("<int:client_id>/release/gate/", release.gate, name="release_gate"),
    path("<int:client_id>/release/asked/", view_of(privacy_sheets.ACCESS), name="access_new"),
    path("<int:client_id>/release/send/", release.send, name="release_send"),
    path("<int:client_id>/release/<int:pk>/", release.done, name="released"),
    path("<int:client_id>/release/<int:pk>/file/", release.file, name="release_file"),
    path("<int:client_id>/release/links/<int:pk>/end/", release.take_back, name="release_take_back"),
    path("<int:client_id>/accounting/", accounting.accounting, name="accounting"),
    path("<int:client_id>/accounting/give/", accounting.give, name="accounting_give"),
]
