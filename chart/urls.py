"""Addresses of this room."""

from django.urls import URLPattern, path

from chart.views import charts, scores

app_name = "chart"
urlpatterns: list[URLPattern] = [
    path("", charts.client_list, name="clients"),
    path("<int:client_id>/", charts.chart, name="chart"),
    path("<int:client_id>/score/<slug:code>/", scores.score_sheet, name="score"),
    path("<int:client_id>/scores/<slug:code>/", scores.history, name="scores"),
    path("<int:client_id>/scores/<slug:code>/picture/", scores.picture, name="trend"),
]
