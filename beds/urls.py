"""Addresses of this room."""

from django.urls import URLPattern

app_name = "beds"
urlpatterns: list[URLPattern] = []
