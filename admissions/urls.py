"""Addresses of the use cases that cross rooms."""

from django.urls import include, path

from admissions.views import admit, apart, inquiry, minding, requests, step, taken, transition
from admissions.views.acts import ACTS
from beds.views.act import view_of

app_name = "admissions"
placement_list = [
    path("", requests.listed, name="list"),
    path("new/", inquiry.new, name="new"),
    path("capacity/<int:pk>/told/", requests.told_state, name="told_state"),
    path("<int:pk>/", requests.line, name="line"),
    path("<int:pk>/<str:act>/", requests.act, name="act"),
]
urlpatterns = [
    path("", include((placement_list, "requests"))),
    path("people/<int:client_id>/precautions/", minding.precautions, name="precautions"),
    path("keep-apart/", apart.apart, name="keep_apart"),
    path("keep-apart/<int:rule_id>/end/", apart.end_apart, name="end_apart"),
    path("<int:pk>/into/<int:bed>/", admit.admit, name="admit"),
    *[path(f"beds/<int:pk>/{act.name}/", view_of(act), name=act.name) for act in ACTS],
    path("decide/<int:assessment_id>/", step.decide_level, name="decide"),
    path("step/<int:decision_id>/", transition.step_client, name="step"),
    path("steps/<int:pk>/", taken.transition_page, name="transition"),
    path("steps/<int:pk>/summary.pdf", taken.transition_pdf, name="packet"),
    path("steps/<int:pk>/back/", taken.take_step_back, name="take_back"),
]
