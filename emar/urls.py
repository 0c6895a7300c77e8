"""Addresses of this room."""

from django.urls import URLPattern

app_name = "emar"
urlpatterns: list[URLPattern] = []
