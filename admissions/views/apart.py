"""The page of a site's keep-apart rules; who does not hold the capability never reaches it."""

from collections.abc import Iterable
from uuid import uuid4

from django import forms
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from admissions.actions.apart import REASON, end_keep_apart, keep_apart, sharing
from audit.rules.findings import Finding, Refused
from programs.desk import Desk, DeskRequest, at_desk, key_in
from programs.models import Client, KeepApart
from programs.queries import people_at, rules_at
from staff.access import NotAllowed
from staff.rules.capabilities import Capability


class PersonField(forms.ModelChoiceField[Client]):
    """One of the site's people, by last name."""

    def label_from_instance(self, obj: Client) -> str:
        """'Amari, Sara'."""
        return f"{obj.last_name}, {obj.preferred_name or obj.first_name}"


def _person(label: str) -> PersonField:
    return PersonField(
        Client.objects.none(), label=label, empty_label="Choose a person", widget=forms.Select(attrs={"class": "input"}),
        error_messages={"required": "Choose a person.", "invalid_choice": "Choose one of the list."},
    )  # fmt: skip


class PairForm(forms.Form):
    """Two people of the site, and why they do not share a room."""

    first = _person("Person")
    second = _person("Kept apart from")
    why = forms.CharField(
        label="Why", max_length=REASON, help_text="Only who may see these rules reads it.",
        widget=forms.TextInput(attrs={"class": "input"}), error_messages={"required": "Say why they are kept apart."},
    )  # fmt: skip
    key = forms.UUIDField(widget=forms.HiddenInput)

    def __init__(self, desk: Desk, data: object = None, first: str = "") -> None:
        super().__init__(data, initial={"key": uuid4(), "first": first})  # type: ignore[arg-type]
        for name in ("first", "second"):
            self.fields[name].queryset = people_at(desk.site, desk.now)  # type: ignore[attr-defined]


@require_http_methods(["GET", "HEAD", "POST"])
@at_desk(Capability.KEEP_APART)
def apart(request: DeskRequest) -> HttpResponse:
    """The rules of the site's people; a POST makes one."""
    desk = request.desk
    if request.method != "POST":
        return _apart(request, PairForm(desk, first=request.GET.get("first", "")), told=_told(request))
    form = PairForm(desk, request.POST)
    if not form.is_valid():
        return _apart(request, form, status=422)
    typed = form.cleaned_data
    try:
        rule = keep_apart(
            by=desk.person, at=desk.now, first_id=typed["first"].pk, second_id=typed["second"].pk, why=typed["why"],
            key=typed["key"],
        )  # fmt: skip
    except NotAllowed:
        raise
    except Refused as refusal:
        return _apart(request, form, refused=refusal.findings, status=422)
    answer = redirect("admissions:keep_apart")
    answer["Location"] += f"?made={rule.pk}"
    return answer


@require_POST
@at_desk(Capability.KEEP_APART)
def end_apart(request: DeskRequest, rule_id: int) -> HttpResponse:
    """End a rule of the site's people."""
    desk = request.desk
    here = people_at(desk.site, desk.now).order_by().values("pk")
    rule = KeepApart.objects.filter(pk=rule_id).first()
    if rule is None or not Client.objects.filter(pk__in=(rule.first_id, rule.second_id)).filter(pk__in=here).exists():
        raise Http404
    try:
        end_keep_apart(by=desk.person, at=desk.now, rule_id=rule.pk, key=key_in(request))
    except NotAllowed:
        raise
    except Refused as refusal:
        return _apart(request, PairForm(desk), refused=refusal.findings, status=422)
    return redirect("admissions:keep_apart")


def _apart(
    request: DeskRequest, form: PairForm, *, told: Iterable[Finding] = (), refused: Iterable[Finding] = (),
    status: int = 200,
) -> HttpResponse:  # fmt: skip
    rules = rules_at(request.desk.site, request.desk.now)
    context = {"rules": rules, "form": form, "told": told, "refused": refused, "key": uuid4()}
    return render(request, "admissions/keep_apart.html", context, status=status)


def _told(request: DeskRequest) -> list[Finding]:
    """What has to be done about the rule that was just made."""
    made = request.GET.get("made", "")
    rule = (
        KeepApart.objects.filter(pk=int(made), ended_at=None).first() if made.isdecimal() and len(made) < 12 else None
    )
    here = people_at(request.desk.site, request.desk.now)
    known = rule is not None and here.filter(pk__in=(rule.first_id, rule.second_id)).exists()
    return sharing(rule, request.desk.now) if rule is not None and known else []
