"""Addresses of this room."""

from django.urls import URLPattern

app_name = "chart"
urlpatterns: list[URLPattern] = []
