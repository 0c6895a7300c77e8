"""Every way out of the house: each address that answers something other than a page, by its view. What is not named here does not go.

``config/ways.py`` holds it at run time, and ``tests/privacy/test_ways_out.py`` in the suite. A new way is either inside (for whom, and
why it stays in the program), about no client at all, or released: then its view calls the gate (``privacy.actions``).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum


class Way(StrEnum):
    """Where something goes."""

    INSIDE = "inside"
    NOBODY = "nobody"
    RELEASED = "released"


@dataclass(frozen=True)
class Out:
    """A way with who takes it and why it is what it is."""

    way: Way
    who: str
    why: str


def _inside(who: str, why: str) -> Out:
    return Out(Way.INSIDE, who, why)


def _nobody(why: str) -> Out:
    return Out(Way.NOBODY, "Staff", why)


def _released(who: str, why: str) -> Out:
    return Out(Way.RELEASED, who, why)


WAYS: Mapping[str, Out] = {
    # released: the gate decided, and a disclosure was written
    "chart.views.release.file": _released(
        "Whoever released it", "The file of a disclosure written within the last minutes"
    ),
    "chart.views.accounting.give": _released("The client", "The accounting of 42 CFR 2.25, kept as it was given"),
    "privacy.views.shared.shared": _released("A recipient outside", "A share link: the gate decides at every opening"),
    "fhir_r4.views.page.export": _released("Whoever released it", "A chart as a FHIR bundle, as a disclosure"),
    "fhir_r4.views.api.one": _released("A service account", "One resource, through the gate"),
    "fhir_r4.views.api.search": _released("A service account", "A search by client, through the gate"),
    "fhir_r4.views.api.everything": _released("A service account", "A whole chart, through the gate"),
    # papers and files of the unit
    "chart.views.papers.face_paper": _inside("Staff of the unit", "The face sheet for the binder"),
    "chart.views.papers.chart_paper": _inside("Staff of the unit", "The chart on paper, for use inside"),
    "chart.views.notes.paper": _inside("Staff of the unit", "One note on paper"),
    "chart.views.plans.paper": _inside("Staff and the client", "The plan as it was signed, for the client's own hands"),
    "chart.views.safety.pdf": _inside("Staff and the client", "The safety plan, for the client's own hands"),
    "chart.views.belongings.receipt_pdf": _inside("Staff and the client", "The receipt for what the client brought"),
    "chart.views.consents.paper": _inside("Staff and the client", "What the client signed, for their own hands"),
    "chart.views.completeness.file": _inside("The director and the auditor", "The review of charts"),
    "chart.views.unit.rounds_report.pdf": _inside("Staff of the unit", "Rounds of a time"),
    "chart.views.unit.rounds_report.csv": _inside("Staff of the unit", "Rounds of a time, as a table"),
    "chart.views.unit.incidents.pdf": _inside("Who may read incident reports", "One incident report"),
    "chart.views.unit.handoff.pdf": _inside("Staff of the unit", "A handoff"),
    "chart.views.unit.day.pdf": _inside("Staff of the unit", "The 24-hour report"),
    "beds.views.census_files.census_csv": _inside("The desk", "The census of a day or a month"),
    "beds.views.census_files.census_pdf": _inside("The desk", "The census of a day"),
    "beds.views.census_files.turnaround_pdf": _inside("The desk", "How long beds stood empty"),
    "beds.views.evacuation.evacuation_paper": _inside("Staff of the unit", "Who is in the house, for an evacuation"),
    "beds.views.evacuation.door_cards": _inside("Staff of the unit", "Cards for the doors"),
    "emar.views.mar.pdf": _inside("Nurses", "The medication record of a month"),
    "emar.views.report.pdf": _inside("Nurses and prescribers", "What was given, held and refused"),
    "emar.views.report.csv": _inside("Nurses and prescribers", "The same as a table"),
    "emar.views.labels.band_pdf": _inside("Nurses", "A wristband"),
    "emar.views.downtime.packet_pdf": _inside("Nurses", "The pass on paper, for when the network is gone"),
    "emar.views.passes.paper_pdf": _inside("Nurses", "The doses of a pass on paper"),
    "emar.views.scanning.codes": _inside("A tablet of the house", "Hashes of wristbands, to tell who is scanned"),
    "emar.views.stock.papers.ledger": _inside("Nurses and the director", "The ledger of counted stock"),
    "emar.views.stock.papers.sheet": _inside("Nurses", "A sheet to count on"),
    "emar.views.stock.papers.differences": _inside("Nurses and the director", "Counts that did not agree"),
    "emar.views.stock.papers.difference": _inside("Nurses and the director", "One count that did not agree"),
    "groups.views.documents.attendance_paper": _inside("Staff of the group", "A client's attendance"),
    "groups.views.documents.hours_paper": _inside("Staff of the group", "A client's hours of a week"),
    "groups.views.documents.sign_in_paper": _inside("Staff of the group", "The sheet on which people sign in"),
    "groups.views.documents.note_paper": _inside("Staff of the group", "A client's part of a group note"),
    "asam.views.reviews.record_pdf": _inside("Whoever reviews levels", "One review"),
    "asam.views.reviews.packet_pdf": _inside("Whoever reviews levels", "What is known since the last review"),
    "asam.views.levels.determination_pdf": _inside("Whoever decides levels", "An assessment with its decision"),
    "asam.views.flow.flow_csv": _inside("Whoever decides levels", "How people moved between levels"),
    "admissions.views.taken.transition_pdf": _inside("Staff of the unit", "What a step moved"),
    "config.pages.audit.export": _inside("The auditor and the privacy officer", "The trail, for who examines it"),
    "config.pages.looked.paper": _inside("The client, by the privacy officer", "Who opened the client's own record"),
    # answers of a page to itself
    "chart.views.note_write.write": _inside("Whoever writes the note", "What the page under their hands saved"),
    "chart.views.note_write.save": _inside("Whoever writes the note", "What the page under their hands saved"),
    "chart.views.unit.rounds.check": _inside("Whoever does rounds", "Whether a look was taken down"),
    "config.pages.lock.lock": _nobody("That this tablet is locked"),
    "config.pages.lock.resume": _nobody("That this tablet is open again"),
    # about no client
    "config.views.offline_worker": _nobody("A script of the program"),
    "emar.views.kept.worker": _nobody("A script of the program"),
    "emar.views.labels.print_labels": _nobody("Labels of medications"),
    "emar.views.formulary.export": _nobody("The formulary"),
    "beds.views.tags.tags_paper": _nobody("Codes for the doors of rooms"),
    "asam.views.catalogs.catalog_file": _nobody("A catalog of rating codes"),
    "privacy.views.duties.reply": _nobody("The neutral reply to a legal paper: the same words whoever is asked for"),
    "fhir_r4.views.api.metadata": _nobody("What the interface can do"),
}

API: Mapping[str, Out] = {
    "api/emar/": _inside(
        "Signed-in staff and the house's own tablets", "The pass as JSON: session or tablet, CSRF, per site"
    ),
    "api/openapi.json": _nobody("What the interface can do"),
    "configuration/": _nobody("The administration: pages and their own scripts, for administrators"),
    "accounts/": _nobody("Signing in"),
}
"""Ways by the beginning of their address: what is made of operations, and what came with the framework."""


def way_of(view: str, route: str) -> Out | None:
    """The way of a view ('chart.views.papers.face_paper') at a route; None where it is none of ours to let anything out."""
    return WAYS.get(view) or next((out for start, out in API.items() if route.startswith(start)), None)
