"""Addresses of papers and of merged records."""

from django.urls import URLPattern, path

from chart.views import merge, papers

urlpatterns: list[URLPattern] = [
    path("duplicates/", merge.duplicates, name="duplicates"),
    path("<int:client_id>/merge/<int:other_id>/", merge.compare, name="compare"),
    path("<int:client_id>/apart/<int:merge_id>/", merge.apart, name="apart"),
    path("<int:client_id>/papers/", papers.papers, name="papers"),
    path("<int:client_id>/papers/face/", papers.face_paper, name="face_paper"),
    path("<int:client_id>/papers/summary/", papers.draft_summary, name="draft_summary"),
    path("<int:client_id>/papers/chart/", papers.chart_paper, name="chart_paper"),
]
