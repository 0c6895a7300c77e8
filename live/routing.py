"""The one address of live pages. Behind it stands an ASGI application, as URLRouter wants, not a view."""

from django.urls import path

from live.consumer import door

websocket_urlpatterns = [path("ws/live/<str:board>/<str:key>/", door)]  # type: ignore[arg-type]
