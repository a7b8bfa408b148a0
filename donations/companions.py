"""The fields of a group's further persons: name and address for each seat after the first."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django import forms
from django.core.validators import EmailValidator, ProhibitNullCharactersValidator
from django.utils.translation import gettext_lazy as _

from events.services.seating.seats import Companion

if TYPE_CHECKING:
    from donations.forms import GiveForm


@dataclass(frozen=True, slots=True)
class CompanionFields:
    """The two fields of the person on seat ``position`` (from 2 on)."""

    position: int
    name: forms.BoundField
    email: forms.BoundField


def email_validators() -> list[Any]:
    """Return what every typed address is held against."""
    return [
        EmailValidator(_("Write an e-mail address like name@example.org.")),
        ProhibitNullCharactersValidator(),
    ]


def add(form: GiveForm, *, most: int) -> list[CompanionFields]:
    """Give a form the fields of up to ``most`` persons, its payer included; return them.

    A name is required for each seat that is asked for. The other fields are hidden from who asked
    for fewer seats: what stands in them is kept and not looked at.
    """
    wanted = form.wanted_seats()
    positions = range(2, most + 1)
    for position in positions:
        asked = form.is_bound and position <= wanted
        form.fields[f"person_{position}_name"] = forms.CharField(
            label=_("Name"),
            max_length=120 if asked else None,
            required=asked,
            widget=forms.TextInput(attrs={"autocomplete": "off"}),
            error_messages={"required": _("Write this person’s name, or the one they go by.")},
        )
        form.fields[f"person_{position}_email"] = forms.CharField(
            label=_("E-mail address"),
            max_length=254 if asked else None,
            required=False,
            validators=email_validators() if asked else [],
            widget=forms.EmailInput(attrs={"autocomplete": "off"}),
        )
    return [
        CompanionFields(n, form[f"person_{n}_name"], form[f"person_{n}_email"]) for n in positions
    ]


def typed(form: GiveForm) -> tuple[Companion, ...]:
    """Return the further persons of a valid form, in the order of their seats."""
    data = form.cleaned_data
    people: Sequence[int] = range(2, form.wanted_seats() + 1)
    return tuple(
        Companion(data.get(f"person_{n}_name", ""), data.get(f"person_{n}_email", "").strip())
        for n in people
    )
