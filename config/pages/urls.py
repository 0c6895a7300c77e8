"""Addresses of the staff and audit pages."""

from django.urls import include, path

from config.pages import audit, duty, pins, staff

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
    ],
    "staff",
)
audit_patterns = ([path("", audit.trail, name="trail")], "audit")

urlpatterns = [path("staff/", include(staff_patterns)), path("audit/", include(audit_patterns))]
