from datetime import UTC, datetime

import pytest

from config.demo.seed import seed
from staff.models import Person
from tests.browser.duty_places import duty_places
from tests.browser.test_every_page import faults

pytestmark = pytest.mark.browser


def test_tmp(open_as, transactional_db):
    seed(seed=1, now=datetime.now(UTC), days=7)
    wrong, n = {}, 0
    places = list(duty_places())
    for theme, size in (("dark", (1024, 768)), ("light", (768, 1024)), ("light", (1440, 900))):
        windows = {}
        for username, where in places:
            if username not in windows:
                windows[username] = open_as(Person.objects.get(username=username), where, size=size, color_scheme=theme, bypass_csp=True)
            windows[username].goto(where)
            name = where.strip("/").replace("/", "_")
            if "Error" in windows[username].title() or "cannot" in windows[username].title():
                wrong[where + " title"] = windows[username].title()
            if size != (1440, 900) or "duties" in where:
                windows[username].screenshot(path=f"/tmp/records-shots/{size[0]}-{name}.png", full_page=True)
            if size != (1440, 900):
                if found := faults(windows[username]):
                    wrong[f"{theme} {username} {where}"] = found
    assert wrong == {}
