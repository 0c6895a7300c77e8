"""Every address of Stepwell."""

from django.conf import settings
from django.urls import URLPattern, URLResolver, include, path

from config import errors, views

urlpatterns: list[URLPattern | URLResolver] = [
    path("", views.home, name="home"),
    path("desk/", views.switch_desk, name="switch_desk"),
    path("accounts/", include("allauth.urls")),
    path("beds/", include("beds.urls")),
    path("admissions/", include("admissions.urls")),
    path("pass/", include("emar.urls")),
    path("groups/", include("groups.urls")),
    path("levels/", include("asam.urls")),
    path("clients/", include("chart.urls")),
    path("", include("config.pages.urls")),
]
if settings.DEMO:
    from config.demo import urls as demo_urls

    urlpatterns.append(path("demo/", include(demo_urls)))

handler404 = errors.not_found
handler500 = errors.server_error
