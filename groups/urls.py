"""Addresses of this room."""

from django.urls import path

from groups import views

app_name = "groups"
urlpatterns = [
    path("", views.day, name="day"),
    path("<int:pk>/", views.session, name="session"),
    path("<int:pk>/attendance/<int:client_id>/", views.mark, name="mark"),
    path("<int:pk>/attendance/<int:client_id>/times/", views.times, name="times"),
    path("<int:pk>/all-here/", views.all_here, name="all_here"),
    path("<int:pk>/parts/<slug:part>/", views.write, name="write"),
    path("<int:pk>/parts/<slug:part>/begin/", views.begin, name="begin"),
    path("<int:pk>/sign/", views.sign, name="sign"),
]
