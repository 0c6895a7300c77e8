"""Addresses that exist only in the demonstration."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
