"""Addresses of the FHIR interface."""

from django.urls import URLPattern, path

from fhir_r4.views import api

app_name = "fhir"
urlpatterns: list[URLPattern] = [
    path("metadata", api.metadata, name="metadata"),
    path("Patient/<str:name>/$everything", api.everything, name="everything"),
    path("<str:kind>", api.search, name="search"),
    path("<str:kind>/<str:name>", api.one, name="one"),
]
