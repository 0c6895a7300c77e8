"""Addresses of a client's treatment plan."""

from django.urls import URLPattern, path

from chart.views import hand_sign, objectives, plan_answer, plan_draft, plan_review, plans

urlpatterns: list[URLPattern] = [
    path("", plans.plan, name="plan"),
    path("begin/", plans.begin, name="plan_begin"),
    path("versions/", plans.history, name="plan_versions"),
    path("review/", plan_review.review, name="plan_review"),
    path("draft/", plan_draft.draft, name="plan_draft"),
    path("draft/wish/", plan_draft.wish, name="plan_wish"),
    path("draft/add/", plan_draft.add, name="plan_add"),
    path("draft/sign/", plan_draft.sign, name="plan_sign"),
    path("draft/drop/", plan_draft.drop, name="plan_drop"),
    path("draft/<slug:kind>/<int:pk>/", plan_draft.save, name="plan_save"),
    path("draft/<slug:kind>/<int:pk>/<slug:what>/", plan_draft.act, name="plan_act"),
    path("objective/<int:pk>/", objectives.objective, name="plan_objective"),
    path("<int:plan_id>/", plans.version, name="plan_version"),
    path("<int:plan_id>/plan.pdf", plans.paper, name="plan_paper"),
    path("<int:plan_id>/hand/", hand_sign.begin_plan, name="plan_hand"),
    path("<int:plan_id>/answer/", plan_answer.answer, name="plan_answer"),
]
