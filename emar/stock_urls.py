"""Addresses of controlled stock."""

from django.urls import URLPattern, path

from emar.views.stock import acts, counts, ledger, papers, places, variances

urlpatterns: list[URLPattern] = [
    path("stock/", places.show, name="stock"),
    path("stock/papers/", papers.choose, name="stock_papers"),
    path("stock/ledger.pdf", papers.ledger, name="stock_ledger_pdf"),
    path("stock/places/new/", places.new, name="stock_place_new"),
    path("stock/places/<int:location_id>/close/", places.close, name="stock_place_close"),
    path("stock/places/<int:location_id>/receive/", acts.receive, name="stock_receive"),
    path("stock/places/<int:location_id>/count-in/", acts.count_in, name="stock_count_in"),
    path("stock/places/<int:location_id>/count/", counts.begin, name="stock_begin"),
    path("stock/places/<int:location_id>/sheet.pdf", papers.sheet, name="stock_sheet_pdf"),
    path("stock/counts/<int:count_id>/", counts.show, name="stock_count"),
    path("stock/counts/<int:count_id>/drop/", counts.drop, name="stock_drop"),
    path("stock/counts/<int:count_id>/keys/", counts.hand_over, name="stock_keys"),
    path("stock/lines/<int:line_id>/", ledger.show, name="stock_line"),
    path("stock/lines/<int:line_id>/<slug:name>/", acts.on_line, name="stock_act"),
    path("stock/differences/", variances.show, name="stock_variances"),
    path("stock/differences/report.pdf", papers.differences, name="stock_variances_pdf"),
    path("stock/differences/<int:variance_id>/", variances.one, name="stock_variance"),
    path("stock/differences/<int:variance_id>/resolve/", variances.resolve, name="stock_resolve"),
    path("stock/differences/<int:variance_id>/told/", variances.told, name="stock_told"),
    path("stock/differences/<int:variance_id>/report.pdf", papers.difference, name="stock_variance_pdf"),
]
