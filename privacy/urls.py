"""Addresses of what leaves the house, and of who may get it."""

from django.urls import URLPattern, URLResolver, path

from privacy.views import callers, counseling, duties, engagements, own_access, recipients

app_name = "privacy"
urlpatterns: list[URLPattern | URLResolver] = [
    path("recipients/", recipients.recipients, name="recipients"),
    path("recipients/new/", recipients.write, name="recipient_new"),
    path("recipients/<int:pk>/", recipients.write, name="recipient"),
    path("recipients/<int:pk>/end/", recipients.end, name="recipient_end"),
    path("recipients/<int:pk>/agreements/", recipients.agree, name="agreement_new"),
    path("agreements/<int:pk>/end/", recipients.end_agreement_page, name="agreement_end"),
    path("duties/", duties.duties, name="duties"),
    path("legal/new/", duties.legal_new, name="legal_new"),
    path("legal/<int:pk>/", duties.legal_request, name="legal_request"),
    path("legal/<int:pk>/step/", duties.legal_step, name="legal_step"),
    path("legal/<int:pk>/reply/", duties.reply, name="legal_reply"),
    path("engagements/new/", engagements.new, name="engagement_new"),
    path("engagements/<int:pk>/", engagements.engaged, name="engagement"),
    path("engagements/<int:pk>/step/", engagements.step, name="engagement_step"),
    path("access/<int:pk>/", own_access.asked, name="access_request"),
    path("access/<int:pk>/step/", own_access.step, name="access_step"),
    path("incidents/new/", duties.incident_new, name="incident_new"),
    path("incidents/<int:pk>/", duties.breach, name="incident"),
    path("incidents/<int:pk>/person/", duties.person, name="incident_person"),
    path("incidents/<int:pk>/assess/", duties.assess, name="incident_assess"),
    path("incidents/<int:pk>/notice/", duties.notice, name="incident_notice"),
    path("incidents/<int:pk>/close/", duties.close, name="incident_close"),
    path("callers/", callers.callers, name="callers"),
    path("counseling/", counseling.officer, name="counseling_grants"),
    path("counseling/granted/", counseling.mine, name="counseling_mine"),
    path("counseling/<int:pk>/end/", counseling.end, name="counseling_end"),
]
