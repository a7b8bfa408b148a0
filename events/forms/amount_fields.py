"""Amounts of a currency as organizers type them: one, or a list."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any, Final

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from fundraiser.core import amounts
from fundraiser.core.money import InvalidAmountError, Money

#: More suggested amounts than these are no help to anybody.
MOST_AMOUNTS: Final = 8
_BETWEEN: Final = re.compile(r"[;\n]|,\s|,$|\s/\s")


def typed_amount(minor: int | None, currency: str, language: str) -> str:
    """Return an amount as it is typed in a language, without the currency: "10" or "10,50"."""
    if minor is None:
        return ""
    text = format(Money(minor, currency).major, "f")
    whole, _point, decimals = text.partition(".")
    if not decimals.strip("0"):
        return whole
    return f"{whole}{'.' if language.startswith('en') else ','}{decimals}"


def typed_amounts(minors: Sequence[int], currency: str, language: str) -> str:
    """Return amounts as a list, which ``AmountsField`` reads again."""
    return ", ".join(typed_amount(one, currency, language) for one in minors)


class AmountField(forms.CharField):
    """One amount; its minor units, or None where nothing is typed."""

    currency = "USD"

    def __init__(self, **kwargs: Any) -> None:
        attributes = {"inputmode": "decimal", "autocomplete": "off"}
        widget = forms.TextInput(attrs=attributes)
        super().__init__(required=False, max_length=40, widget=widget, **kwargs)

    def clean(self, value: Any) -> Any:
        """Return minor units."""
        text = super().clean(value)
        return _minor(text, self.currency) if text else None


class AmountsField(forms.CharField):
    """A list of amounts, rising, each once: "10, 20, 50"."""

    currency = "USD"

    def __init__(self, **kwargs: Any) -> None:
        widget = forms.TextInput(attrs={"autocomplete": "off"})
        super().__init__(required=False, max_length=200, widget=widget, **kwargs)

    def clean(self, value: Any) -> Any:
        """Return minor units."""
        found = sorted({_minor(one, self.currency) for one in _split(super().clean(value))})
        if len(found) > MOST_AMOUNTS:
            raise ValidationError(_("Write at most %(count)d amounts.") % {"count": MOST_AMOUNTS})
        if found and found[0] <= 0:
            raise ValidationError(_("Each amount is more than zero."))
        return found


def _split(text: str) -> list[str]:
    pieces = [one.strip() for one in _BETWEEN.split(text) if one.strip()]
    if len(pieces) == 1:
        # "10,20,50" without a space is a list as well; "10,20" is ten and twenty cents.
        (piece,) = pieces
        if piece.count(",") > 1 and "." not in piece:
            return [one for one in piece.split(",") if one.strip()]
        if " " in piece and all(one.isdecimal() for one in piece.split(" ")):
            return piece.split(" ")
    return pieces


def _minor(text: str, currency: str) -> int:
    try:
        return amounts.parse(text, currency, get_language() or "en").minor
    except InvalidAmountError as error:
        told = {"typed": text[:20]}
        raise ValidationError(_("“%(typed)s” is no amount of this currency.") % told) from error
