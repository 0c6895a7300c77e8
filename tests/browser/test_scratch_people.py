"""Scratch."""
import os, signal, pytest, time
from urllib.parse import urlsplit
from playwright.sync_api import expect
from tests.browser.test_offline import here, until  # noqa
pytestmark = pytest.mark.browser
def test_it(open_as, here, server):
    port=str(urlsplit(server).port)
    pid=next(int(d) for d in os.listdir("/proc") if d.isdigit() and os.path.exists(f"/proc/{d}/cmdline") and f"daphne" in open(f"/proc/{d}/cmdline").read() and f"\0{port}\0" in open(f"/proc/{d}/cmdline").read())
    page = open_as(here.on_unit, "/beds/")
    until(page, True)
    os.kill(pid, signal.SIGSTOP)
    try:
        t=time.time(); page.goto("/beds/evacuation/", timeout=20000); print("TOOK", time.time()-t)
        expect(page.get_by_text("the network is down")).to_be_visible()
        print(page.locator(".evac__line").first.evaluate("(line) => getComputedStyle(line).display"))
        page.screenshot(path="/tmp/people-offline.png")
    finally: os.kill(pid, signal.SIGCONT)
