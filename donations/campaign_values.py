"""What the form of a campaign says, as the services take it: for its page and for the API."""

from __future__ import annotations

from donations.services.campaign_editing import Facts, MoneyPlace, Texts
from events.forms.campaign_edit import EditForm, languages
from fundraiser.core import colours


def texts(form: EditForm) -> Texts:
    """Return what was written. Only for a valid form."""
    data, first = form.cleaned_data, form.cleaned_data["language"]
    others = [code for code, _name in languages() if code != first]
    translated = {code: {n: form.text(n, code) for n in ("title", "story")} for code in others}
    wording = {code: form.text("tax", code) for code, _name in languages()}
    return Texts(
        language=first,
        title=form.text("title", first),
        story=form.text("story", first),
        organizer_name=data["organizer_name"],
        translated={**translated, first: {"title": "", "story": ""}},
        receipt_tax_wording={code: text for code, text in wording.items() if text},
        receipt_tax_country=data["receipt_tax_country"],
    )


def facts(form: EditForm) -> Facts:
    """Return what may change at any time, in a colour that white text can be read on."""
    data = form.cleaned_data
    return Facts(
        goal_minor=data["goal_minor"],
        suggested_minor=data["suggested_minor"],
        minimum_minor=data["minimum_minor"],
        maximum_minor=data["maximum_minor"],
        closes_at=form.closes_at(),
        send_by=data["send_by"],
        accent=colours.under_white(data["accent"]),
        fees_paid_by_organizer=data["fees_paid_by_organizer"],
    )


def place(form: EditForm) -> MoneyPlace | None:
    """Return where the money goes; None: that is fixed, and not in the form."""
    if form.place_fixed:
        return None
    lands = form.cleaned_data.get("destination", form.campaign.destination)  # an owner's to choose
    return MoneyPlace(form.currency_code, lands, form.charity_facts())
