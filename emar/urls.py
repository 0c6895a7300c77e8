"""Addresses of this room."""

from django.urls import URLPattern, path

from emar import order_urls
from emar.views import after, charting, formulary, formulary_import, mar, passes, report, sheets, tasks

app_name = "emar"
urlpatterns: list[URLPattern] = [
    path("", passes.choose, name="passes"),
    path("mar/<int:client_id>/", mar.show, name="mar"),
    path("mar/<int:client_id>/pdf/", mar.pdf, name="mar_pdf"),
    path("reports/", report.show, name="reports"),
    path("reports/pdf/", report.pdf, name="report_pdf"),
    path("reports/<slug:slug>.csv", report.csv, name="report_csv"),
    path("tasks/", tasks.show, name="tasks"),
    path("<int:unit_id>/<int:minute>/", passes.show, name="pass"),
    path("<int:unit_id>/<int:minute>/<int:client_id>/verify/", passes.verify, name="verify"),
    path("<int:unit_id>/paper/", passes.paper, name="paper"),
    path("<int:unit_id>/<int:minute>/waiting/", passes.waiting, name="waiting"),
    path("<int:unit_id>/<int:minute>/finish/", passes.finish, name="finish"),
    path("<int:unit_id>/with/<int:client_id>/", passes.here, name="here"),
    path("gone/<int:client_id>/", passes.gone, name="gone"),
    path("orders/<int:order_id>/<int:minute>/chart/", charting.chart_dose, name="chart_dose"),
    path("orders/<int:order_id>/chart/", charting.chart_prn, name="chart_prn"),
    path("orders/<int:order_id>/<int:minute>/sheet/", sheets.dose_sheet, name="dose_sheet"),
    path("orders/<int:order_id>/sheet/", sheets.prn_sheet, name="prn_sheet"),
    path("orders/<int:order_id>/reasons/", sheets.reasons, name="reasons"),
    path("charted/<int:administration_id>/sheet/", sheets.correct_sheet, name="correct_sheet"),
    path("charted/<int:administration_id>/correct/", charting.correct_charted, name="correct"),
    path("charted/<int:administration_id>/undo/sheet/", after.undo_sheet, name="undo_sheet"),
    path("charted/<int:administration_id>/undo/", after.undo_charted, name="undo"),
    path("effects/<int:reassessment_id>/sheet/", after.effect_sheet, name="effect_sheet"),
    path("effects/<int:reassessment_id>/", after.record_effect, name="effect"),
    path("formulary/", formulary.show, name="formulary"),
    path("formulary/file/", formulary.export, name="formulary_file"),
    path("formulary/import/", formulary_import.check, name="formulary_import"),
    path("formulary/import/confirm/", formulary_import.confirm, name="formulary_confirm"),
    path("formulary/<int:medication_id>/", formulary.medication, name="medication"),
    path("formulary/<int:medication_id>/labels/", formulary.add_label, name="add_label"),
    path("formulary/<int:medication_id>/on/", formulary.set_on, name="set_on_formulary"),
    path("formulary/labels/<int:label_id>/retire/", formulary.retire_label, name="retire_label"),
    *order_urls.urlpatterns,
]
