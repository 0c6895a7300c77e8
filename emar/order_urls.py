"""Addresses of writing orders."""

from django.urls import URLPattern, path

from emar.views import order_writing, orders

urlpatterns: list[URLPattern] = [
    path("orders/<int:client_id>/", orders.show, name="orders"),
    path("orders/<int:client_id>/new/", order_writing.new, name="order_new"),
    path("orders/<int:client_id>/find/", order_writing.find, name="order_find"),
    path("orders/<int:client_id>/preview/", order_writing.preview, name="order_preview"),
    path("order/<int:order_id>/change/", order_writing.change, name="order_change"),
    path("order/<int:order_id>/<slug:name>/", orders.act, name="order_act"),
    path("verbal/<int:verbal_id>/cosign/", orders.cosign, name="cosign"),
]
