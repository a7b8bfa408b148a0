"""Why a refund did not go through, in plain words."""

from __future__ import annotations

from django.utils.translation import gettext as _


def why(code: str) -> str:
    """Return a sentence for Stripe's code, or for one of ours (docs.stripe.com/error-codes)."""
    known = {
        "balance_insufficient": _("There is not enough money in the Stripe account."),
        "insufficient_funds": _("There is not enough money in the Stripe account."),
        "charge_disputed": _("The payment is disputed: the bank decides about it."),
        "charge_already_refunded": _("Everything was given back already."),
        "permission": _("Stripe does not allow it: look at the account in Stripe’s dashboard."),
        "account_invalid": _("The Stripe account is no longer connected."),
        "account_gone": _("The Stripe account is no longer connected."),
        "refund_failed": _("The bank of the giver did not take the money, so it came back."),
        "no_payment": _("The payment is not at Stripe."),
        "no_answer": _("Stripe did not answer for a day: look at the payment in its dashboard."),
    }
    return known.get(code) or _("Stripe says: %(reason)s") % {"reason": code or "?"}
