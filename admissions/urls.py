"""Addresses of the use cases that cross rooms."""

from django.urls import path

from admissions.views import admit, step

app_name = "admissions"
urlpatterns = [
    path("<int:pk>/into/<int:bed>/", admit.admit, name="admit"),
    path("decide/<int:assessment_id>/", step.decide_level, name="decide"),
    path("step/<int:decision_id>/", step.step_client, name="step"),
]
