"""Addresses of this room."""

from django.urls import URLPattern, path

from emar.views import charting, passes, sheets

app_name = "emar"
urlpatterns: list[URLPattern] = [
    path("", passes.choose, name="passes"),
    path("<int:unit_id>/<int:minute>/", passes.show, name="pass"),
    path("<int:unit_id>/<int:minute>/<int:client_id>/verify/", passes.verify, name="verify"),
    path("orders/<int:order_id>/<int:minute>/chart/", charting.chart_dose, name="chart_dose"),
    path("orders/<int:order_id>/chart/", charting.chart_prn, name="chart_prn"),
    path("orders/<int:order_id>/<int:minute>/sheet/", sheets.dose_sheet, name="dose_sheet"),
    path("orders/<int:order_id>/sheet/", sheets.prn_sheet, name="prn_sheet"),
    path("orders/<int:order_id>/reasons/", sheets.reasons, name="reasons"),
    path("charted/<int:administration_id>/sheet/", sheets.correct_sheet, name="correct_sheet"),
    path("charted/<int:administration_id>/correct/", charting.correct_charted, name="correct"),
]
