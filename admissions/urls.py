"""Addresses of the use cases that cross rooms."""

from django.urls import path

from admissions.views import admit, apart, minding, step
from admissions.views.acts import ACTS
from beds.views.act import view_of

app_name = "admissions"
urlpatterns = [
    path("people/<int:client_id>/precautions/", minding.precautions, name="precautions"),
    path("keep-apart/", apart.apart, name="keep_apart"),
    path("keep-apart/<int:rule_id>/end/", apart.end_apart, name="end_apart"),
    path("<int:pk>/into/<int:bed>/", admit.admit, name="admit"),
    *[path(f"beds/<int:pk>/{act.name}/", view_of(act), name=act.name) for act in ACTS],
    path("decide/<int:assessment_id>/", step.decide_level, name="decide"),
    path("step/<int:decision_id>/", step.step_client, name="step"),
]
