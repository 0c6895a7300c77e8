"""What a tablet knows of a pass to tell a scan by, without asking the server: whose wristband, which order's label.

No code stands on the page, only what a code comes to (a salted SHA-256, cut to 64 bits): whoever reads the page's source learns nothing
that the page does not show, and cannot copy a wristband from it. The server looks every code up again when a dose is charted.
"""

from hashlib import sha256

from django.utils.crypto import salted_hmac

from emar.models import Barcode, Order
from emar.queries.pages import ClientCard, PassPage
from programs.bands import codes_of

LENGTH = 16  # hex digits


def scan_codes(page: PassPage, client: ClientCard | None) -> dict[str, object]:
    """``bands``: hash to client id and how the strip calls them; ``labels``: hash to the orders of the client in hand that the label is
    right for, and whether it is another product of their ingredients. Three queries.
    """
    salt = salted_hmac("emar.scan", str(page.site_id)).hexdigest()[:LENGTH]
    people = {each.client_id: f"{each.initials} {each.place.room}-{each.place.bed}" for each in page.clients}
    bands = {hashed(salt, code): [who, people[who]] for code, who in codes_of(list(people), page.now).items()}
    labels = {} if client is None else _labels(salt, client)
    return {"salt": salt, "bands": bands, "labels": labels}


def hashed(salt: str, code: str) -> str:
    """What a code comes to; ``static/js/scan.js`` reckons the same."""
    return sha256(f"{salt}:{code}".encode()).hexdigest()[:LENGTH]


def _labels(salt: str, client: ClientCard) -> dict[str, dict[str, list[int]]]:
    wanted = {dose.drug.order_id for dose in client.doses} | {prn.drug.order_id for prn in client.prns}
    orders = list(Order.objects.filter(pk__in=wanted).select_related("medication"))
    same = Barcode.objects.filter(
        is_active=True, medication__ingredient__in={order.medication.ingredient for order in orders}
    )
    found: dict[str, dict[str, list[int]]] = {}
    for label in same.select_related("medication"):
        exact = [order.pk for order in orders if order.medication_id == label.medication_id]
        parts = set(label.medication.ingredient_names)
        other = [
            order.pk for order in orders if order.pk not in exact and set(order.medication.ingredient_names) == parts
        ]
        if exact or other:
            found[hashed(salt, label.code)] = {"exact": exact, "other": other}
    return found
