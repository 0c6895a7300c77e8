"""Addresses that exist only in the demonstration."""

from django.urls import path

from config.demo import views

urlpatterns = [path("sign-in/", views.sign_in, name="demo_sign_in")]
