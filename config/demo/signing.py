"""Who is on duty in the demonstration, and the PIN that everybody signs with. All nurses are on, whatever the hour: they can be asked."""

from datetime import timedelta

from django.contrib.auth.hashers import make_password

from config.demo.stage import Stage
from staff.models import Duty, Pin
from staff.rules.capabilities import Role

PIN = "7305"
ON_DUTY = (Role.NURSE, Role.PRESCRIBER, Role.TECHNICIAN, Role.DIRECTOR)


def write(stage: Stage) -> None:
    """One PIN for everybody, as there is one password; duty since less than an hour ago for who works on the units."""
    secret, since = make_password(PIN), stage.now - timedelta(days=60)
    Pin.objects.bulk_create(
        Pin(person=person, by=person, secret=secret, set_at=since) for person in stage.people.values()
    )
    dice = stage.dice("duty")
    Duty.objects.bulk_create(
        Duty(person=person, site=stage.sites[site], started_at=stage.now - timedelta(minutes=dice.randint(8, 55)))
        for (site, role), team in stage.teams.items()
        for person in team
        if role in ON_DUTY
    )
