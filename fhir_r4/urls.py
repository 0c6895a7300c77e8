"""Addresses of the page that exports a chart as FHIR."""

from django.urls import URLPattern, path

from fhir_r4.views import page

app_name = "fhir_page"
urlpatterns: list[URLPattern] = [path("<int:client_id>/fhir/", page.export, name="export")]
