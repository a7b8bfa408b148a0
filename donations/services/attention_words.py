"""What needs a person, in words: the same on the dashboard and in mails."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from donations.services import refund_words
from donations.services.attention_items import Item

#: Kinds whose name is a workshop's title.
_OF_WORKSHOPS: Final = frozenset({"mails_stuck", "no_room", "refunds_stuck", "requests"})


@dataclass(frozen=True, slots=True)
class Told:
    """One item as a person reads it, in the active language."""

    title: str
    detail: str


def _is_hidden(item: Item, *, names_all: bool) -> bool:
    """Whether the name of whom it is about stays hidden."""
    gift, paid = item.donation or item.claim, item.donation
    if paid is not None and paid.workshop is not None and paid.workshop.hides_carried:
        return True
    return not names_all and (item.kind == "shared_link" or bool(gift and gift.hide_name))


def told(item: Item, language: str, *, names_all: bool) -> Told:
    """Return an item's words; without ``names_all`` who hid their name is not named.

    Where seats are carried by others' gifts nobody who gave is named (docs/adr/0043).
    """
    name = _("Somebody") if _is_hidden(item, names_all=names_all) else item.name
    if item.workshop is not None and item.kind in _OF_WORKSHOPS:
        name = item.workshop.text("title", language)
    if item.kind == "update_due" and item.campaign is not None:
        name = item.campaign.text("title", language)
    values = {
        "name": name,
        "amount": item.amount.format(language) if item.amount else "",
    }
    titles = {
        "late_money": _("%(name)s paid %(amount)s after the seat was gone"),
        "refund_asked": _("%(name)s asks for %(amount)s back"),
        "quarantined": _("%(name)s paid, but it is not the %(amount)s that was asked for"),
        "claim": _("%(name)s shows a gift of %(amount)s"),
        "rebuilt": _("%(name)s’s gift of %(amount)s was made anew from what Stripe knows"),
        "refused": _("%(name)s could not pay %(amount)s: Stripe did not take it"),
        "difference": _("Stripe and the ledger differ on %(name)s"),
        "poison_event": _("The event %(name)s could not be applied"),
        "no_room": _("“%(name)s” is about to start, and has no room"),
        "requests": _("People ask to come to “%(name)s”"),
        "shared_link": _("The link of %(name)s is used at many places"),
        "refunds_stuck": _("Refunds of “%(name)s” wait for you"),
        "seat_unpaid": _("%(name)s has got %(amount)s back, and still has a seat"),
        "refund_unknown": _("Nobody knows whether %(name)s has got %(amount)s back"),
        "refund_failed": _("%(name)s has not got %(amount)s back"),
        "refund_unsettled": _("%(name)s has got %(amount)s back, and the total does not show it"),
        "foreign_dispute": _("The bank took %(name)s’s gift back in another currency"),
        "account_stopped": _("No gifts can be taken: Stripe account of %(name)s"),
        "mails_stuck": _("Mails of “%(name)s” do not leave"),
        "send_by": _("%(amount)s should be with %(name)s by now"),
        "update_due": _("The donors of “%(name)s” would like to hear what became of their gifts"),
        "address": _("May %(name)s acknowledge a transfer of %(amount)s?"),
    }
    return Told(titles[item.kind] % values, _detail(item))


def _days_late(days: int) -> str:
    said = ngettext(
        "The promised date passed %(n)d day ago, and the campaign’s page says so.",
        "The promised date passed %(n)d days ago, and the campaign’s page says so.",
        days,
    )
    return said % {"n": days}


def _detail(item: Item) -> str:
    if item.kind in {"mails_stuck", "refunds_stuck", "requests"}:
        return _counted(item)
    if item.kind == "send_by":
        return _days_late(int(item.detail))
    of_money = {
        "late_money": _("They were asked: money back, or keep it as a gift."),
        "refund_asked": _("They gave their seat or gift up, and wait for your answer."),
        "quarantined": _(
            "It is in no total and confirms no seat. Look at the payment in Stripe’s dashboard, "
            "and give it back there if it is wrong."
        ),
        "claim": _("It was given on the charity’s own page. Look at the receipt, and answer."),
        "rebuilt": _("It was lost with the database, and what they typed with it.")
        if "workshop" not in item.detail
        else _("It was lost with the database, and so was the workshop it was for."),
        "refused": _(
            "Nothing was charged. Stripe’s reason: %(reason)s. If it is not the amount, look in "
            "Stripe’s dashboard at what the account may take."
        )
        % {"reason": item.detail},
        "seat_unpaid": _("You decide whether they keep the seat, or somebody else can have it."),
        "refund_unknown": _(
            "Stripe did not answer for a day. Look at the payment in Stripe’s dashboard, and "
            "give it back once more if it was not."
        ),
        "refund_failed": _refund_failed(item.detail),
        "refund_unsettled": _(
            "Its Stripe account was disconnected before we could learn of it. Once it is connected "
            "again, the total follows by itself."
        ),
        "foreign_dispute": _(
            "The gift still stands in the total, since no row of its currency can hold what the "
            "bank took. Look at the dispute in Stripe’s dashboard. Stripe says: %(reason)s."
        )
        % {"reason": item.detail},
    }
    return of_money.get(item.kind) or _detail_of_others(item)


def _refund_failed(reason: str) -> str:
    if not reason:
        return _(
            "Their bank did not take the money, so it came back and counts again. Give it back "
            "once more, or ask them how else it can reach them."
        )
    return _("Nothing went back. %(reason)s") % {"reason": refund_words.why(reason)}


def _detail_of_others(item: Item) -> str:
    details = {
        "no_room": _("Whoever joins has to wait. Set the room’s address on its page “Room”."),
        "shared_link": _(
            "It was replaced several times during “%(title)s”; whoever has the newest one is let "
            "in now. If that is not what you want, write to them."
        )
        % {"title": item.detail},
        "address": _("%(charity)s has no site of its own here: look at the address yourself.")
        % {"charity": item.detail},
        "update_due": _(
            "It closed %(months)s months ago. A few sentences are enough: write them on its page "
            "“Updates”."
        )
        % {"months": item.detail},
    }
    return details.get(item.kind, item.detail)


def _counted(item: Item) -> str:
    """Return how many mails or refunds are stuck."""
    count = int(item.detail)
    if item.kind == "mails_stuck":
        said = ngettext(
            "%(n)d mail was held back or could not be sent. The list of people says whose.",
            "%(n)d mails were held back or could not be sent. The list of people says whose.",
            count,
        )
    elif item.kind == "requests":
        said = ngettext(
            "%(n)d request waits for your answer.", "%(n)d requests wait for your answer.", count
        )
    else:
        said = ngettext(
            "%(n)d refund did not go through. Its page says why.",
            "%(n)d refunds did not go through. Their page says why.",
            count,
        )
    return said % {"n": count}
