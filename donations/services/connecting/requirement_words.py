"""What Stripe still wants of an account, in words that a charity's officer understands.

Codes: docs.stripe.com/connect/handling-api-verification#requirement-fields and
docs.stripe.com/api/accounts/object#account_object-requirements.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

#: The first pattern that a code matches from its beginning says it.
_ORGANISATION: Final = (
    (r"external_account", gettext_noop("A bank account to which Stripe pays the money out")),
    (r"tos_acceptance", gettext_noop("Accepting Stripe’s terms of service")),
    (
        r"business_type",
        gettext_noop("What kind of organization it is: charity, company or a person"),
    ),
    (r"business_profile\.url", gettext_noop("The address of its web site")),
    (
        r"business_profile\.(mcc|product_description)",
        gettext_noop("What it does, in a sentence or two"),
    ),
    (r"business_profile\.support", gettext_noop("How givers can reach it: phone, e-mail or page")),
    (r"business_profile\.", gettext_noop("Its public name and what it does")),
    (r"(company|business)\.name", gettext_noop("The organization’s legal name")),
    (
        r"company\.(tax_id|registration_number|vat_id)",
        gettext_noop("Its tax or registration number"),
    ),
    (r"company\.address", gettext_noop("The organization’s address")),
    (r"company\.phone", gettext_noop("The organization’s phone number")),
    (
        r"company\.verification|documents\.company",
        gettext_noop("A document that proves the organization, such as its registration"),
    ),
    (
        r"company\.(owners|directors|executives|ownership|directorship|representative)",
        gettext_noop("Who leads it: directors, and owners if there are any"),
    ),
    (
        r"documents\.bank_account",
        gettext_noop("A document that proves the bank account, such as a statement"),
    ),
    (
        r"settings\..*statement_descriptor",
        gettext_noop("The name that givers read on their bank statement"),
    ),
)
_PERSON: Final = (
    (
        r"verification\.(additional_document|document\.address)",
        gettext_noop("A document that proves the address %(who)s, such as an invoice"),
    ),
    (r"verification\.proof_of_liveness", gettext_noop("A photo %(who)s, taken at Stripe’s page")),
    (r"verification", gettext_noop("The identity document %(who)s")),
    (r"(first|last|full|maiden)_name|name", gettext_noop("The name %(who)s")),
    (r"dob", gettext_noop("The date of birth %(who)s")),
    (r"(registered_)?address", gettext_noop("The home address %(who)s")),
    (
        r"id_number|ssn_last_4|nationality",
        gettext_noop("The national identity or tax number %(who)s"),
    ),
    (r"email|phone", gettext_noop("The e-mail address and phone number %(who)s")),
    (r"relationship|title", gettext_noop("The role %(who)s in the organization")),
)
_WHO: Final = (
    (r"(individual|representative)\.", gettext_noop("of the person who signs for it")),
    (
        r"(person_\w+|owners|directors|executives|authorizer|relationship)\.",
        gettext_noop("of a director, owner or another person who was named"),
    ),
)
_DISABLED: Final = (
    (r"requirements\.past_due", gettext_noop("Stripe waits for what is missing.")),
    (
        r"requirements\.pending_verification|under_review",
        gettext_noop("Stripe is looking at what was handed in. That takes minutes to a few days."),
    ),
    (
        r"rejected|listed",
        gettext_noop(
            "Stripe has refused this account. Its owner finds the reason in Stripe’s dashboard."
        ),
    ),
    (
        r"platform_paused",
        gettext_noop("This site has paused the account. Ask whoever runs the site."),
    ),
    (
        r"action_required",
        gettext_noop(
            "Stripe wants something done in its dashboard before it lets the account pay."
        ),
    ),
)


def missing(codes: Iterable[str]) -> list[str]:
    """Return what is still to be given, each thing once, in the active language."""
    return list(dict.fromkeys(_said(code) for code in codes))


def _said(code: str) -> str:
    for pattern, text in _ORGANISATION:
        if re.match(pattern, code):
            return _(text)
    for start, who in _WHO:
        if found := re.match(start, code):
            field = code[found.end() :]
            for pattern, text in _PERSON:
                if re.match(pattern, field):
                    return _(text) % {"who": _(who)}
    return _("Something that Stripe’s page explains (%(code)s)") % {"code": code}


def why_disabled(reason: str) -> str:
    """Return in words why Stripe holds an account back; nothing where it does not."""
    if not reason:
        return ""
    for pattern, text in _DISABLED:
        if re.match(pattern, reason):
            return _(text)
    return _("Stripe holds the account back (%(code)s). Its dashboard says why.") % {"code": reason}
