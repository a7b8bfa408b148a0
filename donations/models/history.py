"""What of these tables history keeps. No text of a person, no address, no link's version or hash.

The ledger, the inbox and the totals are not there: the ledger is its own history.
"""

from __future__ import annotations

from donations.models.abuse import BlockedVisitor, GivingPause
from donations.models.accounting import Books, PeriodLock
from donations.models.accounts import ConnectedAccount
from donations.models.api import ApiToken
from donations.models.cancelling import Cancellation, CancellationChoice, RefundOrder
from donations.models.carried import CarriedSeat
from donations.models.claims import Claim
from donations.models.donations import Donation
from donations.models.offline import OfflineGift
from donations.models.presets import ColumnPreset
from donations.models.reconciliation import Difference
from donations.models.remittances import Acknowledgement, Remittance
from donations.models.schedules import ExportSchedule
from donations.models.updates import CampaignUpdate
from fundraiser.core.history import track

track(
    Donation,
    kept=(
        "campaign workshop booking purpose state amount_minor fee_cover_minor net_minor currency "
        "quarantine refund_asked_at refund_declined_at seat_kept_at paid_at rebuilt_at"
    ),
    noticed="name email language message hide_name hide_amount refund_answer link_version",
)
track(Cancellation, kept="workshop deadline default")
track(
    CancellationChoice,
    kept="cancellation booking choice by_default moved_to chosen_at done_at set_aside_at",
)
track(
    RefundOrder,
    kept="donation amount_minor seat refund_id done_at refused_at seen_at",
    noticed="reason",
)
track(CarriedSeat, kept="created_at")
track(
    Claim,
    kept="campaign workshop booking state amount_minor currency decided_by decided_at",
    noticed="name email language message hide_name hide_amount reference file answer link_version",
)
track(
    OfflineGift,
    kept="campaign kind state amount_minor currency received_on entered_by",
    noticed="name hide_name note reason",
)
track(
    Remittance,
    kept=(
        "campaign state amount_minor currency sent_on method receipt_is_public recorded_by "
        "returned_at"
    ),
    noticed="reference note receipt_name return_reason",
)
track(
    Acknowledgement,
    kept=(
        "remittance asked_at is_at_site approved_at revoked_at acknowledged_at received_minor "
        "received_on"
    ),
    noticed="email language officer_name officer_role shows_name link_version",
)
track(CampaignUpdate, kept="campaign author published_at", noticed="title body translations")
track(
    ConnectedAccount,
    kept=(
        "team holder stripe_account livemode country default_currency charges_enabled "
        "payouts_enabled details_submitted disconnected_at disconnected_by"
    ),
    noticed="name link_version",
)
track(ApiToken, kept="team user scopes expires_at revoked_at", noticed="name")
track(ColumnPreset, kept="team kind columns", noticed="name")
track(
    ExportSchedule,
    kept=(
        "campaign workshop team of_site kind format currency columns every at time_zone language "
        "paused_at created_by"
    ),
)
track(Books, kept="team covers country siren journal_code journal_label chart")
track(PeriodLock, kept="team until rows locked_by")
track(BlockedVisitor, kept="kind blocked_by", noticed="value reason")
track(GivingPause, kept="started_at started_by ended_at ended_by", noticed="reason")
track(Difference, kept="kind campaign expected_minor found_minor currency resolved_at")
