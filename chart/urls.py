"""Addresses of this room."""

from django.urls import URLPattern, URLResolver, include, path

from chart import consents_urls, counseling_urls, facts_urls, notes_urls, papers_urls, plan_urls, scale_urls, task_urls
from chart.views import break_glass, charts

app_name = "chart"
urlpatterns: list[URLPattern | URLResolver] = [
    path("", charts.client_list, name="clients"),
    path("<int:client_id>/glass/", break_glass.open_glass, name="glass"),
    path("<int:client_id>/glass/print/", break_glass.open_printing, name="glass_print"),
    path("glass/", break_glass.reviews, name="glass_reviews"),
    path("glass/<int:glass_id>/", break_glass.review, name="glass_review"),
    path("glass/<int:glass_id>/end/", break_glass.end, name="glass_end"),
    path("<int:client_id>/", charts.chart, name="chart"),
    *papers_urls.urlpatterns,
    *notes_urls.urlpatterns,
    *scale_urls.urlpatterns,
    *task_urls.urlpatterns,
    path("<int:client_id>/plan/", include(plan_urls)),
    path("<int:client_id>/facts/", include(facts_urls)),
    path("<int:client_id>/consents/", include(consents_urls)),
    path("<int:client_id>/counseling/", include(counseling_urls)),
]
