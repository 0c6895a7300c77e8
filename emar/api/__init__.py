"""The med pass as JSON: what is due, charting, correcting, follow-ups. ``config/api.py`` mounts this router and answers refusals."""

from ninja import Router

from emar.api import corrections, doses, followups, passes, proofs, tablets

router = Router()
for part in (passes, doses, proofs, corrections, followups, tablets):
    router.add_router("", part.router)
