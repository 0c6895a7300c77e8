"""Addresses of this room."""

from django.urls import URLPattern

app_name = "asam"
urlpatterns: list[URLPattern] = []
