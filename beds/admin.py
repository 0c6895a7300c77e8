"""Configuration of units, rooms and beds; what happened in them is read-only here."""

from django.contrib import admin

from audit.admin import Kept, ReadOnly
from beds.models import Bed, BedStay, CleaningJob, Closure, Hold, Room, Staffing, Unit

admin.site.register([Unit, Room, Bed], Kept)
admin.site.register([BedStay, Hold, Closure, CleaningJob, Staffing], ReadOnly)
