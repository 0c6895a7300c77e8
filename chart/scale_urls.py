"""Addresses of scales, hand-overs and vital signs."""

from django.urls import URLPattern, path

from chart.views import handovers, scores, vitals, vitals_limits

urlpatterns: list[URLPattern] = [
    path("<int:client_id>/score/<slug:code>/", scores.score_sheet, name="score"),
    path("<int:client_id>/scores/", scores.overview, name="scales"),
    path("<int:client_id>/scores/<slug:code>/", scores.history, name="scores"),
    path("<int:client_id>/scores/<slug:code>/picture/", scores.picture, name="trend"),
    path("<int:client_id>/scored/<int:score_id>/", scores.kept, name="score_kept"),
    path("<int:client_id>/score/<slug:code>/hand-over/", handovers.begin, name="hand_over_begin"),
    path("<int:client_id>/handed/<int:hand_over_id>/", handovers.settle, name="handed"),
    path("hand-over/", handovers.fill_in, name="hand_over"),
    path("hand-over/back/", handovers.take_back, name="hand_over_back"),
    path("hand-over/out/", handovers.sign_out, name="hand_over_out"),
    path("<int:client_id>/vitals/", vitals.show, name="vitals"),
    path("<int:client_id>/vitals/take/", vitals.take, name="take_vitals"),
    path("vitals/", vitals.units, name="vitals_units"),
    path("vitals/limits/", vitals_limits.limits, name="vitals_limits"),
    path("vitals/<int:unit_id>/", vitals.round_, name="vitals_round"),
]
