"""The address of share links, for people outside."""

from django.urls import URLPattern, path

from privacy.views.shared import shared

app_name = "shared"
urlpatterns: list[URLPattern] = [path("<str:token>/", shared, name="open")]
