"""Addresses of this room."""

from django.urls import path

from groups import views

app_name = "groups"
urlpatterns = [
    path("", views.day, name="day"),
    path("week/", views.week, name="week"),
    path("series/", views.all_series, name="all_series"),
    path("series/new/", views.new_series, name="new_series"),
    path("series/<int:pk>/", views.series, name="series"),
    path("series/<int:pk>/change/", views.change_series, name="change_series"),
    path("series/<int:pk>/amend/", views.amend_series, name="amend_series"),
    path("series/<int:pk>/end/", views.end_series, name="end_series"),
    path("series/<int:pk>/choose/", views.choose, name="choose"),
    path("holidays/", views.holiday, name="holiday"),
    path("individual/", views.individual, name="individual"),
    path("short/", views.short, name="short"),
    path("short/<int:client_id>/make-up/", views.make_up, name="make_up"),
    path("short/<int:client_id>/let-off/", views.let_off, name="let_off"),
    path("notes/", views.notes, name="notes"),
    path("notes/line/", views.notes_line, name="notes_line"),
    path("clients/<int:client_id>/weeks/", views.weeks, name="weeks"),
    path("clients/<int:client_id>/attendance.pdf", views.attendance_paper, name="attendance_pdf"),
    path("clients/<int:client_id>/hours.pdf", views.hours_paper, name="hours_pdf"),
    path("<int:pk>/sign-in.pdf", views.sign_in_paper, name="sign_in_pdf"),
    path("<int:pk>/notes/<int:client_id>.pdf", views.note_paper, name="note_pdf"),
    path("<int:pk>/", views.session, name="session"),
    path("<int:pk>/plan/", views.plan, name="plan"),
    path("<int:pk>/plan/<slug:name>/", views.plan_act, name="plan_act"),
    path("<int:pk>/attendance/<int:client_id>/", views.mark, name="mark"),
    path("<int:pk>/attendance/<int:client_id>/times/", views.times, name="times"),
    path("<int:pk>/all-here/", views.all_here, name="all_here"),
    path("<int:pk>/parts/<slug:part>/", views.write, name="write"),
    path("<int:pk>/parts/<slug:part>/objectives/", views.name_objectives, name="name_objectives"),
    path("<int:pk>/parts/<slug:part>/begin/", views.begin, name="begin"),
    path("<int:pk>/parts/<slug:part>/take-over/", views.take_over, name="take_over"),
    path("<int:pk>/parts/<slug:part>/add/", views.add, name="add"),
    path("<int:pk>/sign/", views.sign, name="sign"),
    path("<int:pk>/cosign/", views.cosign, name="cosign"),
]
