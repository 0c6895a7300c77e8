"""The one address of live pages."""

from django.urls import path

from live.consumer import door

websocket_urlpatterns = [path("ws/live/<str:board>/<str:key>/", door)]
