"""Addresses of a client's counseling notes, under the client's key."""

from django.urls import URLPattern, path

from chart.views import counseling

urlpatterns: list[URLPattern] = [
    path("", counseling.notes, name="counseling"),
    path("new/", counseling.new, name="counseling_new"),
    path("<int:pk>/", counseling.note, name="counseling_note"),
    path("<int:pk>/correct/", counseling.correct, name="counseling_correct"),
]
