"""Addresses of the staff and audit pages."""

from django.urls import include, path

from config.pages import access, audit, duty, flags, lock, looked, pins, services, sessions, staff, watched

staff_patterns = (
    [
        path("", staff.people, name="people"),
        path("give/", staff.give, name="give"),
        path("<int:pk>/end/", staff.end, name="end"),
        path("<int:pk>/take-pin/", pins.take, name="take_pin"),
        path("pin/", pins.mine, name="pin"),
        path("duty/", duty.people, name="duty"),
        path("duty/on/", duty.on, name="come_on"),
        path("duty/off/", duty.off, name="go_off"),
        path("locked/", lock.lock, name="lock"),
        path("resume/", lock.resume, name="resume"),
        path("still-here/", lock.still_here, name="still_here"),
        path("sessions/", sessions.mine, name="sessions"),
        path("sessions/<uuid:number>/end/", sessions.end, name="end_session"),
        path("<int:pk>/sessions/", sessions.of, name="sessions_of"),
        path("<int:pk>/sessions/<uuid:number>/end/", sessions.end_of, name="end_session_of"),
        path("systems/", services.show, name="services"),
        path("systems/<int:pk>/token/", services.token, name="give_token"),
        path("systems/<int:pk>/close/", services.close, name="close_service"),
        path("systems/tokens/<int:pk>/revoke/", services.revoke, name="revoke_token"),
        path("access/", access.rules, name="access"),
    ],
    "staff",
)
audit_patterns = (
    [
        path("", audit.trail, name="trail"),
        path("trail.csv", audit.export, name="export"),
        path("flags/", flags.page, name="flags"),
        path("flags/judge/", flags.judge_one, name="judge"),
        path("looked/", looked.find, name="looked_find"),
        path("looked/<int:client_id>/", looked.page, name="looked"),
        path("looked/<int:client_id>/list.pdf", looked.paper, name="looked_pdf"),
        path("watched/", watched.page, name="watched"),
        path("watched/mark/", watched.mark_one, name="mark"),
        path("watched/<int:mark_id>/end/", watched.end_one, name="end_mark"),
    ],
    "audit",
)

urlpatterns = [path("staff/", include(staff_patterns)), path("audit/", include(audit_patterns))]
