"""Catalogs: which there are, bring one in, look at it, say that it was checked, let it count; and levels of an older edition."""

from uuid import uuid4

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from asam.actions.catalogs import attest, import_catalog, use_catalog
from asam.actions.readings import read_level
from asam.forms.catalogs import AttestForm, UseForm
from asam.queries.catalogs import Version, counting, version, versions
from asam.queries.readings import old_levels
from asam.rules.catalog import LONGEST, InvalidCatalog, differences, parse_catalog
from asam.rules.levels import LEVELS
from audit.rules.findings import Finding, Refused, stop
from programs.desk import DeskRequest, at_desk, key_in
from programs.models import Placement
from staff.access import NotAllowed
from staff.rules.capabilities import Capability

CATALOGS = Capability.CATALOGS


@require_safe
@at_desk(CATALOGS, Capability.RATE)
def catalog_list(request: DeskRequest) -> HttpResponse:
    """Every version this organisation may use."""
    desk = request.desk
    rows = versions(desk.site.organisation_id, desk.now)
    return render(request, "asam/catalogs.html", {"rows": rows, "may": desk.may(CATALOGS)})


@require_http_methods(["GET", "HEAD", "POST"])
@at_desk(CATALOGS)
def catalog_import(request: DeskRequest) -> HttpResponse:
    """Choose a file; a POST looks at it, and with ``confirmed`` and the same text brings it in."""
    desk = request.desk
    if request.method != "POST":
        return render(request, "asam/catalog_import.html", {})
    content, findings = _sent(request)
    context: dict[str, object] = {"content": content, "key": uuid4()}
    if not findings:
        try:
            catalog = parse_catalog(content)
            counts = counting(desk.site.organisation_id, desk.now)
            context |= {"catalog": catalog, "counts": counts, "changes": differences(counts.catalog, catalog)}
            if "confirmed" in request.POST:
                row = import_catalog(
                    by=desk.person, at=desk.now, site_id=desk.site.pk, content=content, key=key_in(request)
                )
                return redirect("asam:catalog", row.digest[:12])
        except InvalidCatalog as error:
            findings = (stop("asam.catalog_invalid", str(error)),)
        except NotAllowed:
            raise
        except Refused as refused:
            findings = refused.findings
    return render(
        request, "asam/catalog_import.html", context | {"findings": findings}, status=422 if findings else 200
    )


def _sent(request: DeskRequest) -> tuple[str, tuple[Finding, ...]]:
    """The text of the file, or of the field that carried it; and why it cannot be read."""
    sent = request.FILES.get("file")
    if sent is None:
        text = request.POST.get("content", "").replace("\r\n", "\n")
        return text, () if text else (stop("asam.no_file", "Choose the file first: a catalog as TOML."),)
    if (sent.size or 0) > 4 * LONGEST:
        return "", (stop("asam.file_large", "The file is too large for a catalog: is it the right one?"),)
    try:
        return sent.read().decode("utf-8-sig").replace("\r\n", "\n"), ()
    except UnicodeDecodeError:
        return "", (stop("asam.file_not_text", "The file is not text in UTF-8: save it as plain text and try again."),)


@require_safe
@at_desk(CATALOGS, Capability.RATE)
def catalog(request: DeskRequest, digest: str) -> HttpResponse:
    """One version: its codes, who checked it, from when it counts."""
    return _catalog(request, _version(request, digest))


@require_safe
@at_desk(CATALOGS)
def catalog_file(request: DeskRequest, digest: str) -> HttpResponse:
    """The text of a version, to be filled in and brought back under a version of its own."""
    found = _version(request, digest)
    name = f"{found.known.catalog.name}-{found.known.catalog.version}.toml".replace('"', "")
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "private, no-store"}
    return HttpResponse(found.known.content, content_type="application/toml; charset=utf-8", headers=headers)


@require_POST
@at_desk(CATALOGS)
def catalog_attest(request: DeskRequest, digest: str) -> HttpResponse:
    """Say that it was checked against the licensed copy."""
    desk, found, form = request.desk, _version(request, digest), AttestForm(request.POST)
    if not form.is_valid():
        return _catalog(request, found, attesting=form)
    try:
        attest(
            by=desk.person, at=desk.now, site_id=desk.site.pk, digest=found.known.digest,
            words=form.cleaned_data["words"], key=form.cleaned_data["key"],
        )  # fmt: skip
    except NotAllowed:
        raise
    except Refused as refused:
        return _catalog(request, found, refused.findings, attesting=form)
    return redirect("asam:catalog", digest)


@require_POST
@at_desk(CATALOGS)
def catalog_use(request: DeskRequest, digest: str) -> HttpResponse:
    """Let it count."""
    desk, found, form = request.desk, _version(request, digest), UseForm(request.POST)
    if not form.is_valid():
        return _catalog(request, found, using=form)
    try:
        use_catalog(
            by=desk.person, at=desk.now, site_id=desk.site.pk, digest=found.known.digest,
            from_at=form.cleaned_data["from_at"], key=form.cleaned_data["key"],
        )  # fmt: skip
    except NotAllowed:
        raise
    except Refused as refused:
        return _catalog(request, found, refused.findings, using=form)
    return redirect("asam:catalogs")


@require_http_methods(["GET", "HEAD", "POST"])
@at_desk(Capability.DECIDE)
def editions(request: DeskRequest) -> HttpResponse:
    """Placements whose level is of an older edition; a POST says what one of them means."""
    desk, findings = request.desk, ()
    asked = request.POST.get("placement", "")
    if request.method == "POST":
        placement = get_object_or_404(Placement, pk=asked if asked.isdecimal() else 0, program__site=desk.site)
        try:
            read_level(
                by=desk.person, at=desk.now, placement_id=placement.pk, level=request.POST.get("level", ""),
                reason=request.POST.get("reason", ""), key=key_in(request),
            )  # fmt: skip
            return redirect("asam:editions")
        except NotAllowed:
            raise
        except Refused as refused:
            findings = refused.findings  # type: ignore[assignment]
    context = {
        "rows": old_levels(desk.site, desk.now), "findings": findings, "key": uuid4(), "levels": tuple(LEVELS),
        "asked": asked, "reason": request.POST.get("reason", ""), "chosen": request.POST.get("level", ""),
    }  # fmt: skip
    return render(request, "asam/editions.html", context, status=422 if findings else 200)


def _version(request: DeskRequest, digest: str) -> Version:
    found = version(request.desk.site.organisation_id, digest, request.desk.now) if len(digest) >= 12 else None
    if found is None:
        raise Http404
    return found


def _catalog(
    request: DeskRequest,
    found: Version,
    findings: tuple[Finding, ...] = (),
    *,
    attesting: AttestForm | None = None,
    using: UseForm | None = None,
) -> HttpResponse:
    desk = request.desk
    counts = counting(desk.site.organisation_id, desk.now)
    context = {
        "version": found, "digest": found.known.digest[:12], "findings": findings, "may": desk.may(CATALOGS),
        "attesting": attesting or AttestForm(), "using": using or UseForm(), "key": uuid4(), "counts": counts,
        "changes": () if found.counts else differences(counts.catalog, found.known.catalog),
    }  # fmt: skip
    wrong = bool(findings) or any(form is not None and form.errors for form in (attesting, using))
    return render(request, "asam/catalog.html", context, status=422 if wrong else 200)
