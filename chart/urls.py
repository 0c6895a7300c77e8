"""Addresses of this room."""

from django.urls import URLPattern, path

from chart import views

app_name = "chart"
urlpatterns: list[URLPattern] = [
    path("", views.client_list, name="clients"),
    path("<int:client_id>/", views.chart, name="chart"),
]
