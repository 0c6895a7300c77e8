"""Addresses of what works without the network: tablets, what is to be settled, the kept pass and its worker."""

from django.urls import URLPattern, path

from emar.views import kept, settling, tablets

urlpatterns: list[URLPattern] = [
    path("kept/", kept.shell, name="kept"),
    path("worker.js", kept.worker, name="pass_worker"),
    path("settle/", settling.show, name="unsettled"),
    path("settle/<int:unsettled_id>/", settling.settle_one, name="settle"),
    path("tablets/", tablets.show, name="tablets"),
    path("tablets/register/", tablets.register, name="register_tablet"),
    path("tablets/<int:tablet_id>/revoke/", tablets.revoke, name="revoke_tablet"),
]
