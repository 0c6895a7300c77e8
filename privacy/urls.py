"""Addresses of what leaves the house, and of who may get it."""

from django.urls import URLPattern, URLResolver, path

from privacy.views import callers, recipients

app_name = "privacy"
urlpatterns: list[URLPattern | URLResolver] = [
    path("recipients/", recipients.recipients, name="recipients"),
    path("recipients/new/", recipients.write, name="recipient_new"),
    path("recipients/<int:pk>/", recipients.write, name="recipient"),
    path("recipients/<int:pk>/end/", recipients.end, name="recipient_end"),
    path("recipients/<int:pk>/agreements/", recipients.agree, name="agreement_new"),
    path("agreements/<int:pk>/end/", recipients.end_agreement_page, name="agreement_end"),
    path("callers/", callers.callers, name="callers"),
]
