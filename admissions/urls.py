"""Addresses of the use cases that cross rooms."""

from django.urls import path

from admissions.views import admit

app_name = "admissions"
urlpatterns = [
    path("<int:pk>/into/<int:bed>/", admit.admit, name="admit"),
]
