"""Every address of Stepwell."""

from allauth.account.decorators import secure_admin_login
from django.conf import settings
from django.contrib import admin
from django.urls import URLPattern, URLResolver, include, path

from config import errors, views
from config.api import api

admin.site.login = secure_admin_login(admin.site.login)  # type: ignore[method-assign]
admin.site.site_header = admin.site.site_title = "Stepwell configuration"

urlpatterns: list[URLPattern | URLResolver] = [
    path("", views.home, name="home"),
    path("desk/", views.switch_desk, name="switch_desk"),
    path("offline-worker.js", views.offline_worker, name="offline_worker"),
    path("accounts/", include("allauth.urls")),
    path("configuration/", admin.site.urls),
    path("beds/", include("beds.urls")),
    path("admissions/", include("admissions.urls")),
    path("pass/", include("emar.urls")),
    path("api/", api.urls),
    path("groups/", include("groups.urls")),
    path("levels/", include("asam.urls")),
    path("clients/", include("fhir_r4.urls")),
    path("fhir/", include("fhir_r4.api_urls")),
    path("clients/", include("chart.urls")),
    path("unit/", include("chart.unit_urls")),
    path("privacy/disclosures/", include("privacy.disclosure_urls")),
    path("privacy/", include("privacy.urls")),
    path("shared/", include("privacy.shared_urls")),
    path("", include("config.pages.urls")),
]
if settings.DEMO:
    from config.demo import urls as demo_urls

    urlpatterns.append(path("demo/", include(demo_urls)))

handler404 = errors.not_found
handler500 = errors.server_error
