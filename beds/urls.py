"""Addresses of the bed room."""

from django.urls import path, re_path

from beds.views import board, census, census_files, cleaning, evacuation, sheet, tags, units
from beds.views.act import view_of
from beds.views.acts import ACTS

app_name = "beds"
urlpatterns = [
    path("", board.board, name="board"),
    path("wall/", board.wall, name="wall"),
    path("cleaning/", cleaning.cleaning, name="cleaning"),
    re_path(r"^cleaning/(?P<pk>\d+)/(?P<step>accept|finish|hand-back)/$", cleaning.act, name="cleaning_act"),
    path("census/", census.census, name="census"),
    path("census.csv", census_files.census_csv, name="census_csv"),
    path("census.pdf", census_files.census_pdf, name="census_pdf"),
    path("turnaround/", census.turnaround, name="turnaround"),
    path("turnaround.pdf", census_files.turnaround_pdf, name="turnaround_pdf"),
    path("evacuation/", evacuation.evacuation_list, name="evacuation"),
    path("evacuation.pdf", evacuation.evacuation_paper, name="evacuation_pdf"),
    path("doors.pdf", evacuation.door_cards, name="doors"),
    path("tags/", tags.room_tags, name="tags"),
    path("tags.pdf", tags.tags_paper, name="tags_pdf"),
    path("<int:pk>/", sheet.sheet, name="sheet"),
    path("<int:pk>/move/", sheet.move, name="move"),
    path("<int:pk>/swap/", sheet.swap, name="swap"),
    path("<int:pk>/give/", sheet.give, name="give"),
    *[path(f"<int:pk>/{act.name}/", view_of(act), name=act.name) for act in ACTS],
    path("units/<int:pk>/", units.unit, name="unit"),
]
