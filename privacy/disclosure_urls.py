"""Addresses of what left the house."""

from django.urls import URLPattern, path

from privacy.views.disclosures import disclosures

app_name = "disclosures"
urlpatterns: list[URLPattern] = [path("", disclosures, name="all")]
