"""Addresses of this room."""

from django.urls import URLPattern, path

from asam import views

app_name = "asam"
urlpatterns: list[URLPattern] = [
    path("", views.review_list, name="reviews"),
    path("<int:episode_id>/", views.level, name="level"),
    path("<int:episode_id>/preview/", views.preview, name="preview"),
    path("<int:episode_id>/choice/", views.choice, name="choice"),
]
