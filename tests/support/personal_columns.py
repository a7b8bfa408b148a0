"""Every column of the tables that know people: in a person's download, or why it is not.

Whoever adds a column to one of these tables, or a table that points to one of them, decides here.
"""

from __future__ import annotations

from typing import Final

#: Why a column says nothing to its person. Each stands for a sentence that holds for its columns.
REASONS: Final = {
    "number": "Numbers the row for the product; the download has its public number, or its parent.",
    "parent": "Points to what the download shows around it.",
    "link": "Counts how often links were replaced; says nothing else.",
    "form": "The form's hidden number; random.",
    "work": "How the machine gets on with it: attempts, leases, versions, whom it asked when.",
    "hash": "A keyed hash; the address or network that it stands for is told, or known to nobody.",
    "copy": "Holds what other columns hold, which are told.",
    "team": "What a member of the team did: data of that member, and the team's work.",
    "money": "Of the account at Stripe, or of the movement, which is told.",
    "mail": "Names the mail for mail servers.",
}

#: model: (columns in the download, {reason: columns that are not}).
COLUMNS: Final[dict[str, tuple[str, dict[str, str]]]] = {
    "Acknowledgement": (
        (
            "remittance email language asked_at acknowledged_at received_minor received_on "
            "officer_name officer_role shows_name"
        ),
        {"number": "id public_id", "link": "link_version revoked_at", "copy": "domain"}
        | {"team": "is_at_site approved_at"},
    ),
    "Announcement": (
        "subject body created_at chosen",
        {"number": "id public_id", "parent": "workshop", "team": "author audience"}
        | {"work": "queued_at"},
    ),
    "Booking": (
        (
            "public_id workshop state seats name email language time_zone wants_news "
            "hold_expires_at offered_at awaits_approval approved_at declined_at decline_reason "
            "extended_at moved_from created_at confirmed_at referral invitation utm"
        ),
        {"number": "id", "form": "nonce", "link": "link_version"},
    ),
    "CancellationChoice": (
        "choice chosen_at",
        {"number": "id", "parent": "cancellation booking", "copy": "moved_to by_default"}
        | {"work": "started_at done_at attempts next_try_at set_aside_at rounds error"},
    ),
    "CarriedSeat": ("booking", {"copy": "created_at"}),
    "Claim": (
        (
            "public_id campaign workshop state amount_minor currency name email language message "
            "hide_name hide_amount reference file answer decided_at created_at"
        ),
        {"number": "id", "parent": "booking", "copy": "file_sum", "form": "visit nonce"}
        | {"team": "decided_by", "link": "link_version", "hash": "client_hash"},
    ),
    "DeliveryProblem": (
        "email kind detail happened_at",
        {"number": "id event_id", "parent": "message", "copy": "permanent", "team": "forgiven_at"},
    ),
    "Device": (
        "first_seen_at last_seen_at",
        {"number": "id token", "parent": "registration", "link": "link_version"}
        | {"hash": "client_hash"},
    ),
    "Donation": (
        (
            "public_id campaign workshop purpose state amount_minor fee_cover_minor currency name "
            "email language message hide_name hide_amount wants_news referral invitation utm "
            "payment_intent_id charge_id decline_code quarantine refund_asked_at "
            "refund_declined_at refund_answer seat_kept_at net_minor created_at paid_at"
        ),
        {"number": "id", "parent": "booking", "form": "visit nonce", "hash": "client_hash"}
        | {"money": "stripe_account livemode", "copy": "session_parameters"}
        | {
            "work": "session_id session_url session_expires_at version checked_at rebuilt_at "
            "rebuilt_without"
        }
        | {"link": "link_version"},
    ),
    "Host": (
        "public_id workshop name email language time_zone wants_reminders created_at",
        {"number": "id", "link": "link_version"},
    ),
    "Invitation": (
        "team email role created_at",
        {
            "number": "id public_id",
            "team": "invited_by language",
            "link": "link_version expires_at",
        },
    ),
    "Invitee": (
        "team email name unsubscribed_at",
        {"number": "id public_id", "hash": "fingerprint", "link": "link_version"}
        | {"copy": "created_at"},
    ),
    "KeptForm": (
        "fields created_at",
        {"number": "id public_id", "parent": "campaign", "form": "nonce path"}
        | {"copy": "email name language", "link": "link_version"},
    ),
    "LedgerEntry": (
        "kind amount_minor occurred_at",
        {"number": "id", "parent": "campaign donation currency", "work": "created_at"}
        | {"money": "debit credit source_type source_id stripe_account booked_on"},
    ),
    "ListInvitation": (
        "campaign language words created_at",
        {"number": "id public_id", "parent": "invitee workshop", "team": "author"},
    ),
    "Message": (
        "kind state created_at sent_at",
        {"number": "id key", "parent": "booking registration workshop ids", "mail": "message_id"}
        | {"work": "schedule_version due_at retry_at attempts claim_token lease_until error"},
    ),
    "Person": (
        "email language links_asked_at",
        {"number": "id public_id", "link": "link_version", "copy": "created_at"},
    ),
    "PersonNote": (
        "text created_at",
        {"number": "id public_id", "parent": "registration", "team": "author"},
    ),
    "RefundOrder": (
        "amount_minor reason created_at",
        {"number": "id", "parent": "donation", "form": "nonce", "money": "refund_id"}
        | {"team": "seat seen_at", "work": "asked_at tried_at done_at refused_at error"},
    ),
    "Registration": (
        (
            "public_id booking position name email language time_zone answers wants_reminders "
            "wants_news attended attendance_source joined_at marked_at created_at"
        ),
        {"number": "id", "link": "link_version"},
    ),
    "RemittanceShare": ("remittance amount_minor", {"number": "id", "parent": "donation"}),
    "StripeEvent": (
        "",
        {"number": "id event_id", "parent": "donation", "money": "account type livemode created"}
        | {"copy": "references"}
        | {
            "work": "received_at delivered_at attempts next_attempt_at applied_at "
            "set_aside_at error"
        },
    ),
    "Team": (
        "name members",
        {"number": "id public_id slug", "team": "reply_to site_account_approved time_zone state"}
        | {"work": "suspended_at suspension_reason created_at"},
    ),
}

#: Models that point to an account and to nobody else: what a member, or an admin, did there.
OF_MEMBERS: Final = {
    "ApiToken",
    "BlockedVisitor",
    "CampaignUpdate",
    "Export",
    "ExportSchedule",
    "GivingPause",
    "Membership",
    "OfflineGift",
    "PeriodLock",
    "Referral",
    "Remittance",
}
