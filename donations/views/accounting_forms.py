"""The forms of a team's books, and of closing a period."""

from __future__ import annotations

import re
from typing import Any, Final

from django import forms
from django.http import QueryDict
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from donations.models import Books, Export, PeriodLock
from donations.services.accounting import books, periods
from donations.states import Account
from events.models import Team
from events.states import Destination

_CODE: Final = re.compile(r"[0-9A-Za-z.-]{1,20}")
_FRENCH_CODE: Final = re.compile(r"[1-8][0-9]{2}[0-9A-Z]{0,17}")
_NAMES: Final = {
    Account.GIFTS: _("Gifts received"),
    Account.REFUNDS: _("Refunds"),
    Account.DISPUTES: _("Taken back by banks"),
    Account.FEES: _("Payment fees"),
    Account.HELD: _("Held at Stripe for the charity"),
    books.BANK: _("Account at the bank"),
    Account.SENT: _("At the charity"),
}


class BooksForm(forms.ModelForm):  # type: ignore[type-arg]
    """Whose books, in which country, and the number and name of each account."""

    class Meta:
        model = Books
        fields = ("covers", "country", "siren", "journal_code", "journal_label")

    covers = forms.ChoiceField(
        label=_("Campaigns in these books"),
        widget=forms.RadioSelect,
        choices=[
            (Destination.TEAM, _("those whose money lands with the team, which passes it on")),
            (Destination.CHARITY, _("those whose money lands in the charity’s own account")),
        ],
    )
    country = forms.ChoiceField(
        label=_("Country of the books"),
        choices=[("", _("Another country")), (books.FRANCE, _("France"))],
        required=False,
    )
    siren = forms.CharField(
        label=_("SIREN"),
        required=False,
        max_length=20,
        help_text=_("Nine digits. With it the FEC can be exported."),
    )
    journal_code = forms.CharField(label=_("Code of the journal"), max_length=10)
    journal_label = forms.CharField(label=_("Name of the journal"), max_length=60)

    def __init__(self, data: QueryDict | None, *, instance: Books) -> None:
        super().__init__(data, instance=instance)
        for account in books.IN_BOOKS:
            told = instance.chart.get(account, {})
            name = _NAMES[account]
            self.fields[f"code_{account}"] = forms.CharField(
                label=_("Number: %(account)s") % {"account": name},
                max_length=20,
                initial=told.get("code", ""),
            )
            self.fields[f"label_{account}"] = forms.CharField(
                label=_("Name: %(account)s") % {"account": name},
                max_length=60,
                initial=told.get("label", ""),
            )

    def pairs(self) -> list[tuple[forms.BoundField, forms.BoundField]]:
        """Return the fields of each account: its number and its name."""
        return [(self[f"code_{one}"], self[f"label_{one}"]) for one in books.IN_BOOKS]

    def clean_covers(self) -> str:
        """Refuse another choice once a period is closed: the database does, too."""
        covers = str(self.cleaned_data["covers"])
        if covers != self.initial["covers"] and periods.closed_until(self.instance.team):
            raise forms.ValidationError(
                _("A period of these books is closed: what they cover cannot change any more.")
            )
        return covers

    def clean_siren(self) -> str:
        """Refuse a number whose check digit is wrong; spaces in it do no harm."""
        siren = "".join(str(self.cleaned_data["siren"]).split())
        if siren and not books.is_siren(siren):
            raise forms.ValidationError(_("This is no SIREN: nine digits, the last a check digit."))
        return siren

    def clean(self) -> dict[str, Any]:
        """Refuse numbers that are none, and one number with two names."""
        cleaned = super().clean() or {}
        is_french = cleaned.get("country") == books.FRANCE
        labels: dict[str, str] = {}
        for account in books.IN_BOOKS:
            code, label = cleaned.get(f"code_{account}"), cleaned.get(f"label_{account}")
            if not code or not label:
                continue
            if not (_FRENCH_CODE if is_french else _CODE).fullmatch(code):
                self.add_error(f"code_{account}", self._wrong_code(is_french=is_french))
            if labels.setdefault(code, label) != label:
                self.add_error(
                    f"label_{account}", _("The same number has another name above: write it alike.")
                )
        return cleaned

    @staticmethod
    def _wrong_code(*, is_french: bool) -> Any:
        if is_french:
            return _("Begin with the three digits of the plan comptable, for example 754.")
        return _("Use digits, letters, dots and hyphens alone.")

    def save(self, commit: bool = True) -> Books:  # noqa: FBT001, FBT002 -- Django's signature
        """Store the books with their chart."""
        self.instance.chart = {
            str(one): {
                "code": self.cleaned_data[f"code_{one}"],
                "label": self.cleaned_data[f"label_{one}"],
            }
            for one in books.IN_BOOKS
        }
        super().save(commit)
        found: Books = self.instance
        return found


class _Period(forms.ModelChoiceField):  # type: ignore[type-arg]
    def label_from_instance(self, obj: Export) -> str:
        """Name the period and the file."""
        rows = ngettext("%(n)d row", "%(n)d rows", obj.rows_written) % {"n": obj.rows_written}
        day = date_format(obj.last_day, "j F Y") if obj.last_day else ""
        return f"{day} · {obj.kind.upper()} · {rows}"


class CloseForm(forms.Form):
    """Which export closes the books until its last day."""

    export = _Period(label=_("File"), queryset=Export.objects.none(), empty_label=None)
    sure = forms.BooleanField(
        label=_("I have the file, and know that this cannot be undone"),
        error_messages={"required": _("Say that you have the file.")},
    )

    def __init__(self, data: QueryDict | None, *, team: Team) -> None:
        super().__init__(data)
        field = self.fields["export"]
        assert isinstance(field, forms.ModelChoiceField)  # noqa: S101 -- declared above
        field.queryset = periods.lockable(team)
        field.to_field_name = "public_id"


def locks(team: Team) -> list[PeriodLock]:
    """Return what is closed, the latest first."""
    return list(PeriodLock.objects.filter(team=team).order_by("-until"))
