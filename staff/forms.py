"""What the staff page asks for."""

from django import forms

from staff.models import Person
from staff.rules.capabilities import Role


class GiveRoleForm(forms.Form):
    """A person of the organisation, and the role they get."""

    person = forms.ModelChoiceField(
        queryset=Person.objects.filter(is_active=True).order_by("name"), label="Who", empty_label="Choose a person",
        error_messages={"required": "Choose who gets the role.", "invalid_choice": "Choose someone from the list."},
        widget=forms.Select(attrs={"class": "input"}),
    )  # fmt: skip
    role = forms.ChoiceField(
        choices=[("", "Choose a role"), *((role.value, role.label) for role in Role)], label="Works as",
        error_messages={"required": "Choose the role.", "invalid_choice": "Choose a role from the list."},
        widget=forms.Select(attrs={"class": "input"}),
    )  # fmt: skip
