"""Addresses of the staff and audit pages."""

from django.urls import include, path

from config.pages import audit, staff

staff_patterns = (
    [
        path("", staff.people, name="people"),
        path("give/", staff.give, name="give"),
        path("<int:pk>/end/", staff.end, name="end"),
    ],
    "staff",
)
audit_patterns = ([path("", audit.trail, name="trail")], "audit")

urlpatterns = [path("staff/", include(staff_patterns)), path("audit/", include(audit_patterns))]
