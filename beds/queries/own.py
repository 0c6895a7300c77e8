"""Who sleeps where somebody on duty looks after them?"""

from django.db.models import Exists, OuterRef, Q

from beds.models import BedStay
from programs.own import Looker
from staff.models import Duty


def asleep_here(looker: Looker) -> Q:
    """The clients in a bed of these sites, for who is on duty there in a role that is with them day and night."""
    if not looker.bedside:
        return Q(pk__in=[])
    stays = BedStay.objects.current(looker.at).filter(client=OuterRef("pk"), bed__room__unit__site__in=looker.site_ids)
    on_duty = Duty.objects.current(looker.at).filter(person=looker.person_id, site__in=looker.site_ids)
    return Q(Exists(stays)) & Q(Exists(on_duty))
