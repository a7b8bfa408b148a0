"""The buttons of what needs a person: where each kind is settled, one line a kind."""

from __future__ import annotations

from collections.abc import Callable, Container
from typing import Any, Final

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from donations.models import Donation, RefundOrder
from donations.services.attention_items import Item

_Label = str | Promise
Action = dict[str, Any]

#: Kinds that are settled on one page: its address, whose number it has, and the button.
_PAGES: Final[dict[str, tuple[str, Callable[[Item], Any], _Label]]] = {
    "no_room": ("workshop_room", lambda one: one.workshop, gettext_lazy("Set the room")),
    "requests": ("workshop_requests", lambda one: one.workshop, gettext_lazy("Answer them")),
    "refunds_stuck": (
        "workshop_cancelled",
        lambda one: one.workshop,
        gettext_lazy("See the refunds"),
    ),
    "account_stopped": (
        "campaign_payments",
        lambda one: one.campaign,
        gettext_lazy("See the account"),
    ),
    "claim": ("campaign_claims", lambda one: one.campaign, gettext_lazy("Look at it")),
    "address": ("remittance", lambda one: one.remittance, gettext_lazy("Look at it")),
    "send_by": (
        "campaign_remittances",
        lambda one: one.campaign,
        gettext_lazy("Record a transfer"),
    ),
    "update_due": (
        "campaign_updates",
        lambda one: one.campaign,
        gettext_lazy("Write the update"),
    ),
}


def of_item(one: Item, teams: Container[int]) -> list[Action]:
    """Return the buttons of an item: ``teams`` are those in which the person may change things.

    Who may not is shown the way to the people of a workshop, as everybody on the team is.
    """
    is_mine = one.campaign is not None and one.campaign.team_id in teams
    if one.kind in _PAGES:
        return [_page(one)] if is_mine else []
    if one.workshop is not None:
        people = reverse("workshop_people", args=[one.workshop.public_id])
        return [{"url": people, "label": _("See the people"), "post": False}]
    if one.donation is None or not is_mine:
        return []
    if one.order is not None:
        return _refund_in_doubt(one.kind, one.donation, one.order)
    if one.kind == "seat_unpaid":
        return _seat_unpaid(one.donation)
    return _money_back(one.donation) if one.kind in {"refund_asked", "late_money"} else []


def _page(one: Item) -> Action:
    name, row_of, label = _PAGES[one.kind]
    return {"url": reverse(name, args=[row_of(one).public_id]), "label": label, "post": False}


def _money_back(donation: Donation) -> list[Action]:
    """Give it back, or leave it as a gift."""
    back = reverse("refund_give_back", args=[donation.public_id])
    leave = reverse("refund_decline", args=[donation.public_id])
    return [
        {"url": back, "label": _("Give it back"), "post": True},
        {"url": leave, "label": _("Leave it as a gift"), "post": False},
    ]


def _refund_in_doubt(kind: str, donation: Donation, order: RefundOrder) -> list[Action]:
    """Order it anew where that is right, and let it be seen."""
    numbers = [donation.public_id, order.nonce]
    seen = {"url": reverse("refund_seen", args=numbers), "label": _("I have seen it"), "post": True}
    if kind == "refund_failed":
        url = reverse("refund_again", args=numbers)
        return [{"url": url, "label": _("Give it back again"), "post": True}, seen]
    if kind == "refund_unknown":
        url = reverse("donation_refund", args=numbers[:1])
        return [{"url": url, "label": _("Give money back"), "post": False}, seen]
    return [seen]


def _seat_unpaid(donation: Donation) -> list[Action]:
    """Keep the seat of who has the money back, or free it."""
    keep = reverse("donation_seat_keep", args=[donation.public_id])
    free = reverse("donation_seat_free", args=[donation.public_id])
    return [
        {"url": keep, "label": _("Keep the seat"), "post": True},
        {"url": free, "label": _("Free the seat"), "post": True},
    ]
