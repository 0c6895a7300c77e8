from datetime import timedelta
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from bench.lives import live
from tests.factories import World, admit, client
from tests.signing import signed_in
DAY=timedelta(days=1)

def test_it(here):
    other = admit(here, client(here, "Ben", "Tran"), here.residential, here.beds[0], days=731)
    live(other, here.site, here.on_unit, 60, here.now)
    s = signed_in(here.director)
    s.get(f"/clients/{other.client_id}/")
    with CaptureQueriesContext(connection) as c:
        r = s.get(f"/clients/{other.client_id}/")
    for i,q in enumerate(c): print(i+1, q["time"], q["sql"][:230].replace("\n"," "))
    print(len(c), r.status_code)
