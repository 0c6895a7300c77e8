"""Two processes behind nginx are one program: signed in on one, a page on the other; one is killed, all are restarted, nobody is lost."""

import os
import re
import signal
import time
from collections.abc import Iterator
from datetime import timedelta
from threading import Event, Thread
from urllib.parse import urljoin

import pytest
from django.urls import URLPattern, URLResolver, get_resolver
from django.utils import timezone
from prometheus_client.parser import text_string_to_metric_families

from beds.topics import board_topic
from emar.actions.walk import begin_pass
from emar.keys import minute_of
from emar.models import Administration
from emar.queries import dose_row
from live.queries import current_seq
from programs.models import Client, Leave
from staff.rules.capabilities import Role
from tests.browser.test_killed_server import Tablet, busy_morning, signed_in
from tests.factories import admit, client, person, world
from tests.factories.people import assign
from tests.serving.stack import ROOT, Browser, LivePage, Stack

ANYBODY = frozenset({"event", "request_id", "timestamp", "level", "logger", "method", "view", "status", "ms"})
# all of them ask for the database, so that no other file comes between and the stack starts once
pytestmark = [pytest.mark.long, pytest.mark.django_db(transaction=True)]
PASSWORD = "a long and plain password"


def view_names(resolver: URLResolver | None = None, space: str = "") -> Iterator[str]:
    """The name of every view, as the metrics call it."""
    for each in (resolver or get_resolver()).url_patterns:
        if isinstance(each, URLResolver):
            yield from view_names(each, f"{space}{each.namespace}:" if each.namespace else space)
        elif isinstance(each, URLPattern):
            yield space + (each.name or each.lookup_str)


def test_signed_in_on_one_process_is_signed_in_on_the_other(stack: Stack) -> None:
    here = world(timezone.now())
    nurse = assign(person("vance", "Vera Vance"), here.site, Role.NURSE, at=here.now)
    nurse.set_password(PASSWORD)
    nurse.save()
    one, other = stack.processes
    browser = Browser()
    assert browser.get(f"{one}/accounts/login/").status == 200
    answer = browser.post(f"{one}/accounts/login/", login="vance", password=PASSWORD)
    assert answer.status in (200, 302)
    for address in (other, one, stack.address, stack.address):
        page = browser.get(f"{address}/beds/")
        assert (page.status, "Alder" in page.text) == (200, True), address


def test_a_board_on_one_process_follows_what_happens_on_the_other(stack: Stack) -> None:
    here = world(timezone.now())
    episode = admit(here, client(here, "Elin", "Novak"), here.residential, here.beds[0])
    one, other = stack.processes
    cookies = signed_in(here.on_unit, episode.client_id)
    page = LivePage(one, cookies, Browser(cookies).get(f"{one}/beds/").text)
    following = Thread(target=page.follow)
    following.start()
    try:
        stack.until(lambda: page.on)
        stay = episode.stays.get()
        back = (timezone.now() + timedelta(hours=4)).astimezone(here.site.tz).strftime("%Y-%m-%dT%H:%M")
        form = {"of": str(stay.pk), "kind": "pass", "expected_at": back}
        acted = Browser(cookies + f"; csrftoken={'a' * 32}").post(
            f"{other}/admissions/beds/{here.beds[0].pk}/leave/", **form
        )
        assert acted.status == 200, acted.text
        assert Leave.objects.count() == 1
        stack.until(lambda: page.seq == current_seq(board_topic(here.site)) and len(page.heard) > 1)
    finally:
        page.stopped = True
        following.join(10)
    assert any(f"bed-{here.beds[0].pk}" in text for text in page.heard)


def test_a_killed_process_comes_back_and_the_site_answers_meanwhile(stack: Stack) -> None:
    before, nobody = stack.pid(1), Browser()
    os.kill(before, signal.SIGKILL)
    answers = []
    while stack.ready(1)[0] != 200:
        answers.append(nobody.get(f"{stack.address}/accounts/login/").status)
        assert len(answers) < 1000
        time.sleep(0.05)
    assert set(answers) <= {200}
    assert stack.pid(1) != before
    assert "web-1 ended (-9) and is started again now" in stack.said()


def test_a_rolling_restart_under_load_fails_no_request_and_every_page_comes_back(
    stack: Stack,
) -> None:
    here, elin, orders = busy_morning()
    at, minute = orders[0].started_at, minute_of(orders[0].started_at)
    begin_pass(by=here.on_unit, at=timezone.now(), site_id=here.site.pk, unit_id=here.unit.pk, pass_at=at)
    cookies = signed_in(here.on_unit, elin)
    rows = [(each.pk, dose_row(here.site, each.pk, minute, at=timezone.now())) for each in orders]
    taps = [(pk, minute, str(row.key)) for pk, row in rows if row is not None]
    text = Browser(cookies).get(f"{stack.address}/beds/").text
    pages = [LivePage(stack.address, cookies, text) for _ in range(6)]
    done, failed = Event(), list[int | None]()

    def walk(share: list[tuple[int, int, str]]) -> None:
        """The same doses over and over, each with its own key: answered again and again, written once."""
        tablet, number = Tablet(stack.address, cookies), 0
        while not done.is_set() or number < len(share):
            status = tablet.tap(*share[number % len(share)])
            number += 1
            if status != 200:
                failed.append(status)
            time.sleep(0.1)

    threads = [Thread(target=walk, args=(taps[place::3],)) for place in range(3)]
    threads += [Thread(target=page.follow) for page in pages]
    for thread in threads:
        thread.start()
    stack.until(lambda: all(page.on for page in pages))
    before = [stack.pid(1), stack.pid(2)]
    rounds = stack.said().count("All processes were restarted.")
    stack.supervisor.send_signal(signal.SIGHUP)
    stack.until(lambda: stack.said().count("All processes were restarted.") > rounds, 90)
    stack.until(lambda: all(page.on for page in pages))
    done.set()
    for page in pages:
        page.stopped = True
    for thread in threads:
        thread.join(30)
    assert not set(before) & {stack.pid(1), stack.pid(2)}
    assert failed == []
    assert sorted(Administration.objects.values_list("order_id", flat=True)) == sorted(pk for pk, _, _ in taps)
    codes = [code for page in pages for code in page.codes]
    assert codes and set(codes) == {1012}, "told to come back, each by the process that left"


def test_static_files_are_kept_for_ever_under_a_name_that_says_what_is_in_them(stack: Stack) -> None:
    nobody = Browser()
    page = nobody.get(f"{stack.address}/accounts/login/").text
    styles = re.findall(r'href="(/static/css/stepwell\.[0-9a-f]{12}\.css)"', page)
    assert styles
    for address in (stack.address, stack.processes[0]):  # the proxy, and a process that nobody stands before
        sheet = nobody.get(address + styles[0])
        assert sheet.status == 200
        assert "immutable" in sheet.headers["Cache-Control"]
        assert "max-age=31" in sheet.headers["Cache-Control"]
    assert re.search(r'@import url\("tokens\.[0-9a-f]{12}\.css"\)', sheet.text)
    script = re.findall(r'src="(/static/js/kept/keeper\.[0-9a-f]{12}\.js)"', page)
    module = nobody.get(stack.address + script[0], **{"Accept-Encoding": "gzip"})
    assert module.headers["Content-Encoding"] == "gzip"
    assert re.search(r'from "\./store\.[0-9a-f]{12}\.js"', nobody.get(stack.address + script[0]).text)
    plain = nobody.get(f"{stack.address}/static/img/logo.svg")
    assert (plain.status, plain.headers["Cache-Control"]) == (200, "no-cache")


def test_the_proxy_hides_what_is_for_this_machine(stack: Stack) -> None:
    nobody = Browser()
    assert nobody.get(f"{stack.address}/health/").status == 200
    for path in (
        "/metrics",
        "//metrics",
        "/%6detrics",
        "/x/../metrics",
        "/metrics/",
        "/health/ready",
        "/health//ready",
    ):
        assert nobody.get(stack.address + path).status == 404, path
    assert nobody.get(f"{stack.processes[0]}/metrics", **{"X-Forwarded-For": "203.0.113.9"}).status == 404
    assert stack.ready(1) == (200, {"status": "ready", "database": "answers", "redis": "answers"})


def test_neither_logs_nor_metrics_know_a_client(stack: Stack) -> None:
    here = world(timezone.now())
    who = client(here, "Quillon", "Featherstonehaugh")
    Client.objects.filter(pk=who.pk).update(record_number="MRN-77031")
    admit(here, who, here.residential, here.beds[0])
    here_is, gone = f"/clients/{who.pk}/", f"/clients/{who.pk + 8000}/"
    pages = (
        here_is,
        gone,
        f"{here_is}facts/",
        "/beds/",
        "/clients/?q=Featherstonehaugh",
        f"/beds/{here.beds[0].pk}/",
        "/nowhere/Quillon",
    )
    before = {line["request_id"] for line in stack.lines()}
    for someone in (here.on_unit, here.director, here.intake, here.housekeeper, here.without_role):
        staff = Browser(signed_in(someone, who.pk) + f"; csrftoken={'a' * 32}")
        for page in pages:
            assert staff.get(stack.address + page).status < 500, page
        staff.post(f"{stack.address}/accounts/login/", login="Featherstonehaugh", password="Quillon 1988-03-14")
        staff.post(f"{stack.address}{here_is}notes/", text="Featherstonehaugh was born on 1988-03-14")
    Browser().get(f"{stack.address}{here_is}?q=Quillon", **{"X-Request-ID": "Featherstonehaugh"})
    stack.until(lambda: len({line["request_id"] for line in stack.lines()} - before) >= 46)

    logs = stack.logs()
    counts = [Browser().get(f"{address}/metrics").text for address in stack.processes]
    for told in (logs, *counts):
        for secret in (
            "Featherstonehaugh",
            "Quillon",
            "1988-03",
            "03/14/1988",
            "MRN-77031",
            here_is,
            gone,
            "/clients/",
            "?q=",
        ):
            assert secret not in told, secret
    lines = [line for line in stack.lines() if line["request_id"] not in before]
    assert {frozenset(line) for line in lines} <= {ANYBODY, ANYBODY | {"person", "site", "role"}}
    assert {"nurse", "director", "intake"} <= {line.get("role") for line in lines}
    assert {"chart:chart", "chart:clients", "beds:board", "(none)"} <= {line["view"] for line in lines}
    # one id on both lines; the proxy writes its own after the answer has gone
    answered = {line["request_id"] for line in lines}
    stack.until(lambda: answered <= set(re.findall(r'"request_id":"([0-9a-f]{32})"', stack.logs())))

    names = set(view_names()) | {"(none)", "(static)"}
    for text in counts:
        found = {sample.name: sample for family in text_string_to_metric_families(text) for sample in family.samples}
        assert {"stepwell_requests_total", "stepwell_audit_unsealed", "stepwell_database_pool_size"} <= set(found)
        assert {"process_resident_memory_bytes", "stepwell_live_commit_to_sent_seconds_count", "stepwell_info"} <= set(
            found
        )
        assert found["stepwell_audit_unsealed"].value > 0, "nobody seals here"
        labels = {
            sample.labels.get("view") for family in text_string_to_metric_families(text) for sample in family.samples
        }
        assert labels - {None} <= names


def test_all_that_a_device_keeps_is_there_under_its_hashed_name(stack: Stack) -> None:
    """Follows what static/js/kept/assets.js follows, from the two pages that browsers keep for when the network is gone."""
    here = world(timezone.now())
    nurse = Browser(signed_in(here.on_unit, 0))
    script = (ROOT / "static" / "js" / "kept" / "assets.js").read_text()
    pattern = re.compile(script.split("const IMPORT = /")[1].split("/g;")[0].replace("\\/", "/"))
    for page in ("/beds/evacuation/", "/pass/kept/"):
        text = nurse.get(stack.address + page).text
        waiting = re.findall(r'<(?:link|script)[^>]* (?:href|src)="(/static/[^"]+)"', text)
        assert len(waiting) > 5, page
        found = set[str]()
        while waiting:
            name = waiting.pop()
            if name in found:
                continue
            found.add(name)
            assert re.search(r"\.[0-9a-f]{12}\.\w+$", name), name
            answer = nurse.get(stack.address + name)
            assert answer.status == 200, name
            imported = pattern.findall(answer.text) if name.endswith((".css", ".js")) else []
            waiting += [
                urljoin(name, each) for each in imported if each.startswith((".", "/")) or each.endswith(".css")
            ]
        assert len(found) > 40, "stylesheets and modules, with what they import"
    for worker in ("/offline-worker.js", "/pass/worker.js"):
        answer = nurse.get(stack.address + worker)
        assert (answer.status, answer.headers["Cache-Control"]) == (200, "no-cache")
