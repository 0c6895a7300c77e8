"""Addresses of this room."""

from django.urls import URLPattern, URLResolver, include, path

from chart import facts_urls, notes_urls, papers_urls, plan_urls, scale_urls, task_urls
from chart.views import charts

app_name = "chart"
urlpatterns: list[URLPattern | URLResolver] = [
    path("", charts.client_list, name="clients"),
    path("<int:client_id>/", charts.chart, name="chart"),
    *papers_urls.urlpatterns,
    *notes_urls.urlpatterns,
    *scale_urls.urlpatterns,
    *task_urls.urlpatterns,
    path("<int:client_id>/plan/", include(plan_urls)),
    path("<int:client_id>/facts/", include(facts_urls)),
]
