"""Which row an address of the organizers is about, for the access matrix: one line an address."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final
from uuid import uuid4

from donations.models import Claim, ConnectedAccount, OfflineGift, RefundOrder
from events.models import Invitee, PersonNote, Registration, Workshop
from events.states import Role
from tests.access import api_objects, money_rows, workshop_objects


def _team(workshop: Workshop) -> dict[str, str]:
    return {"public_id": str(workshop.campaign.team.public_id)}


def _member(workshop: Workshop) -> dict[str, str]:
    """Return the viewer's place in the team."""
    members = workshop.campaign.team.membership_set
    return {**_team(workshop), "user_id": str(members.get(role=Role.VIEWER).user_id)}


def _claim(workshop: Workshop) -> dict[str, str]:
    """A gift shown by receipt, which waits for an answer."""
    row = Claim.objects.filter(campaign=workshop.campaign).order_by("pk").last()
    return {"public_id": str(row.public_id)} if row else {}


def _offline(workshop: Workshop) -> dict[str, str]:
    """A matching gift that is only promised."""
    row = OfflineGift.objects.filter(campaign=workshop.campaign).first()
    return {"public_id": str(row.public_id)} if row else {}


def _schedule(workshop: Workshop) -> dict[str, str]:
    return {"public_id": str(workshop.campaign.export_schedules.get().public_id)}


def _export(workshop: Workshop) -> dict[str, str]:
    return {"public_id": str(workshop.campaign.exports.get().public_id)}


def _account(workshop: Workshop) -> dict[str, str]:
    account = ConnectedAccount.objects.get(team=workshop.campaign.team)
    return {
        "public_id": str(workshop.campaign.public_id),
        "account_id": str(account.public_id),
    }


def _of(workshop: Workshop, **more: str) -> dict[str, str]:
    return {"public_id": str(workshop.campaign.public_id), **more}


def _refund_order(workshop: Workshop) -> dict[str, str]:
    """A refund of the first gift that did not go through."""
    order = RefundOrder.objects.get(donation__workshop=workshop)
    return {"public_id": str(order.donation.public_id), "nonce": str(order.nonce)}


#: Address -> the values of its parameters, given the stage's workshop. What is not said here is
#: found by the parameter's name (stage.py).
VALUES: Final[dict[str, Callable[[Workshop], dict[str, str]]]] = {
    **dict.fromkeys(
        (
            "team",
            "team_accounting",
            "team_close",
            "team_columns",
            "team_edit",
            "team_exports",
            "team_schedule",
            "team_invite",
            "team_leave",
        ),
        _team,
    ),
    **api_objects.VALUES,
    **dict.fromkeys(("team", "team_edit", "team_invite", "team_leave"), _team),
    **dict.fromkeys(("member_role", "member_remove", "member_hand_over"), _member),
    "invitation_withdraw": lambda shop: {
        **_team(shop),
        "invitation_id": str(shop.campaign.team.invitations.get().public_id),
    },
    "site_page": lambda shop: {"kind": "privacy"},
    # Nobody here has a key: the pages of one say so.
    **dict.fromkeys(("mfa_edit_webauthn", "mfa_remove_webauthn"), lambda shop: {"pk": "99999999"}),
    **dict.fromkeys(
        (
            "remittance",
            "remittance_approve",
            "remittance_ask",
            "remittance_file",
            "remittance_receipt",
            "remittance_undo",
            "transfer_receipt",
        ),
        money_rows.of_remittance,
    ),
    **dict.fromkeys(
        (
            "campaign_update",
            "campaign_update_discard",
            "campaign_update_edit",
            "campaign_update_publish",
        ),
        money_rows.of_update,
    ),
    **dict.fromkeys(("claim_file", "claim_accept", "claim_decline", "claim_undo"), _claim),
    **dict.fromkeys(("offline_received", "offline_take_back", "offline_forget"), _offline),
    "request_approve": workshop_objects.asked,
    "request_decline": workshop_objects.asked,
    "series": workshop_objects.series_page,
    "series_edit": workshop_objects.series,
    "series_remove": workshop_objects.series,
    "workshop_create": lambda shop: {"public_id": str(shop.campaign.public_id)},
    "campaign_create": lambda workshop: {},
    "team_columns_remove": lambda shop: {
        **_team(shop),
        "preset_id": "00000000-0000-4000-8000-000000000000",
    },
    "campaign_payout": lambda workshop: _of(workshop, stripe_id="po_nowhere"),
    "campaign_move": lambda workshop: _of(workshop, to="closed"),
    "campaign_qr": lambda workshop: _of(workshop, place="give"),
    "picture": lambda workshop: {"name": "0" * 32, "width": "720"},
    "social_card": lambda workshop: {
        "slug": workshop.campaign.slug,
        "language": "en",
        "version": "1-0",
    },
    **dict.fromkeys(("schedule_pause", "schedule_resume", "schedule_remove"), _schedule),
    "export": _export,
    "export_cancel": _export,
    "export_file": _export,
    "workshop_move_person": lambda workshop: {"person_id": _first_person(workshop)},
    "donation_refund": lambda workshop: {"public_id": _first_donation(workshop)},
    "donation_seat_keep": lambda workshop: {"public_id": _first_donation(workshop)},
    "donation_seat_free": lambda workshop: {"public_id": _first_donation(workshop)},
    **dict.fromkeys(("refund_again", "refund_seen"), _refund_order),
    **{
        f"campaign_account_{one}": _account
        for one in ("onboard", "check", "link", "disconnect", "reconnect")
    },
    "workshop_person": lambda workshop: {"person_id": _first_person(workshop)},
    "workshop_note_remove": lambda workshop: {
        "person_id": _first_person(workshop),
        "note_id": _note_of(workshop),
    },
}


def _first_person(workshop: Workshop) -> str:
    people = Registration.objects.filter(booking__workshop=workshop)
    return str(people.earliest("pk").public_id)


def _first_donation(workshop: Workshop) -> str:
    return str(workshop.donations.earliest("pk").public_id)


def _note_of(workshop: Workshop) -> str:
    return str(PersonNote.objects.get(registration__booking__workshop=workshop).public_id)


def prepare(workshop: Workshop) -> None:
    """Make what else these addresses are about: a note on the first person, somebody invited."""
    person = Registration.objects.filter(booking__workshop=workshop).earliest("pk")
    PersonNote.objects.create(registration=person, text="A note")
    Invitee.objects.create(team=workshop.campaign.team, fingerprint="x", email="ann@example.org")
    first = workshop.donations.earliest("pk")
    RefundOrder.objects.create(donation=first, nonce=uuid4(), amount_minor=100, reason="Twice.")


def values_of(name: str, workshop: Workshop) -> dict[str, str]:
    """Return what stands in an address; one of a campaign has the campaign's number."""
    if name in VALUES:
        return VALUES[name](workshop)
    if name.startswith(("campaign_", "organize_campaign")):
        return {"public_id": str(workshop.campaign.public_id)}
    return {}
