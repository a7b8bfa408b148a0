"""Every kind of mail: who renders it, how it ages, and whether a workshop may have its own words.

The sender in events reads this table by settings.MAIL_KINDS, so that it never needs to know
donations. A renderer takes the outbox row and returns the mail, or None when it is no longer due.
"""

from __future__ import annotations

from typing import Final, NamedTuple


class MailKind(NamedTuple):
    """One kind of mail. ``mail_class`` is one of events.states.MailClass."""

    renderer: str
    mail_class: str = "transactional"
    #: Organizers may write it in their own words, for each workshop and language.
    editable: bool = False
    #: Its own words may name an amount of money, as {amount}.
    tells_amount: bool = False
    #: Whoever types an address makes it go there: capped until the address is proven.
    before_payment: bool = False


#: Says of an address whether it has paid, or taken a seat.
ADDRESS_PROVEN: Final = "donations.services.mails.proven.is_proven"

_MONEY: Final = "donations.services.mails.payment_emails"
_ATTENDEE: Final = "donations.services.mails.attendee_emails"
_SEAT_END: Final = "donations.services.mails.seat_end_emails"
_CANCELLING: Final = "donations.services.mails.cancelling_emails"
_WAITING: Final = "donations.services.mails.waiting_emails"
_CLAIM: Final = "donations.services.mails.claim_emails"
_AFTER: Final = "donations.services.mails.after_emails"
_OWN: Final = "donations.services.mails.own_emails"
_TEAM: Final = "donations.services.mails.team_emails"
_INVITATION: Final = "donations.services.mails.invitation_emails"
_NOTICE: Final = "donations.services.mails.notice_emails"
_LIST: Final = "donations.services.mails.list_invitation_emails"
_REMITTANCE: Final = "donations.services.mails.remittance_emails"

MAIL_KINDS: Final = {
    # A payment's.
    "gift_thanks": MailKind(f"{_MONEY}.gift_thanks"),
    "processing": MailKind(f"{_MONEY}.processing", editable=True, tells_amount=True),
    "payment_failed": MailKind(f"{_MONEY}.payment_failed", editable=True, tells_amount=True),
    "payment_problem": MailKind(f"{_MONEY}.payment_problem", editable=True, tells_amount=True),
    "refund": MailKind(f"{_MONEY}.refund", editable=True, tells_amount=True),
    # A gift's that was given elsewhere.
    "claim_received": MailKind(f"{_CLAIM}.claim_received", before_payment=True),
    "claim_answer": MailKind(f"{_CLAIM}.claim_answer"),
    # A seat's.
    "confirm_address": MailKind(f"{_ATTENDEE}.confirm_address", editable=True, before_payment=True),
    "confirmation": MailKind(f"{_ATTENDEE}.confirmation", editable=True),
    "reminder": MailKind(f"{_ATTENDEE}.reminder", "reminder", editable=True),
    "changed": MailKind(f"{_ATTENDEE}.changed", editable=True),
    "cancelled": MailKind(f"{_SEAT_END}.cancelled", editable=True),
    "cancellation_choice": MailKind(f"{_CANCELLING}.cancellation_choice"),
    "moved": MailKind(f"{_CANCELLING}.moved"),
    "seat_given_back": MailKind(f"{_SEAT_END}.seat_given_back", editable=True),
    "seat_handed_over": MailKind(f"{_SEAT_END}.seat_handed_over", editable=True),
    "waiting_joined": MailKind(f"{_WAITING}.waiting_joined", editable=True, before_payment=True),
    "waiting_offer": MailKind(f"{_WAITING}.waiting_offer", editable=True),
    "request_received": MailKind(
        f"{_WAITING}.request_received", editable=True, before_payment=True
    ),
    "request_declined": MailKind(f"{_WAITING}.request_declined", editable=True),
    "thank_you": MailKind(f"{_AFTER}.thank_you", "news", editable=True),
    "replay": MailKind(f"{_AFTER}.replay", "news", editable=True),
    "fresh_link": MailKind(f"{_ATTENDEE}.fresh_link", editable=True),
    # What a person asked for.
    "finish_form": MailKind(f"{_OWN}.finish_form", before_payment=True),
    "links": MailKind(f"{_OWN}.links", before_payment=True),
    "receipt": MailKind(f"{_OWN}.receipt", editable=True, tells_amount=True),
    "refund_answer": MailKind(f"{_OWN}.refund_answer", editable=True, tells_amount=True),
    # Written by, and to, the people who organise.
    "list_invitation": MailKind(f"{_LIST}.list_invitation", "news"),
    "announcement": MailKind(f"{_TEAM}.announcement", "news"),
    "invitation": MailKind(f"{_INVITATION}.invitation"),
    "new_gift": MailKind(f"{_NOTICE}.new_gift", "notice"),
    "digest": MailKind(f"{_NOTICE}.digest", "notice"),
    "attention": MailKind(f"{_NOTICE}.attention_item", "notice"),
    "scheduled_export": MailKind("donations.services.mails.export_emails.scheduled", "notice"),
    "webhook_stopped": MailKind(
        "donations.services.mails.webhook_emails.webhook_stopped", "notice"
    ),
    # To the site's admins.
    "alarm": MailKind("donations.services.mails.alarm_emails.alarm", "notice"),
    # About the money's way to the charity, and what became of it.
    "acknowledge_request": MailKind(f"{_REMITTANCE}.acknowledge_request"),
    "acknowledged": MailKind(f"{_REMITTANCE}.acknowledged", "notice"),
    "overdue": MailKind(f"{_REMITTANCE}.overdue_notice", "notice"),
    "update_prompt": MailKind(f"{_REMITTANCE}.update_prompt", "notice"),
    "campaign_update": MailKind(f"{_REMITTANCE}.campaign_update", "news"),
    "host_link": MailKind(f"{_TEAM}.host_link", editable=True),
    "host_changed": MailKind(f"{_TEAM}.host_changed", editable=True),
    "host_cancelled": MailKind(f"{_TEAM}.host_cancelled", editable=True),
    "host_reminder": MailKind(f"{_TEAM}.host_reminder", "reminder", editable=True),
}
