"""Addresses of the bed room."""

from django.urls import path, re_path

from beds.views import acts, board, cleaning

app_name = "beds"
urlpatterns = [
    path("", board.board, name="board"),
    path("wall/", board.wall, name="wall"),
    path("cleaning/", cleaning.cleaning, name="cleaning"),
    re_path(r"^cleaning/(?P<pk>\d+)/(?P<step>accept|finish)/$", cleaning.act, name="cleaning_act"),
    path("<int:pk>/", board.sheet, name="sheet"),
    path("<int:pk>/hold/", acts.hold, name="hold"),
    path("<int:pk>/release/", acts.release, name="release"),
    path("<int:pk>/move/", acts.move, name="move"),
    path("<int:pk>/close/", acts.close, name="close"),
    path("<int:pk>/reopen/", acts.reopen, name="reopen"),
    re_path(r"^(?P<pk>\d+)/clean/(?P<step>ask|accept|finish)/$", acts.clean, name="clean"),
]
