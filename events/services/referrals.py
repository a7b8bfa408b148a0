"""Referral links of a campaign: made once, never changed, since they stand in print."""

from __future__ import annotations

from django.contrib.auth.models import AbstractBaseUser, AnonymousUser
from django.db import IntegrityError, transaction
from django.utils.text import slugify

from events.models import Campaign, Referral
from fundraiser.core import clock
from fundraiser.core.errors import ServiceError

LONGEST_CODE = 40


class CodeTakenError(ServiceError):
    """Another link of the campaign has this code."""

    code = "code_taken"


def code_for(label: str) -> str:
    """Return a code made of a label, e.g. "choir-of-lyon"; empty where nothing of it can stand."""
    made = slugify(label)[:LONGEST_CODE].strip("-").replace("_", "-")
    return f"link-{made}"[:LONGEST_CODE] if made.startswith("i-") else made


def create(
    *, campaign: Campaign, author: AbstractBaseUser | AnonymousUser, label: str, code: str
) -> Referral:
    """Make a link. Raises CodeTakenError."""
    try:
        with transaction.atomic():
            return Referral.objects.create(
                campaign=campaign,
                author_id=author.pk,
                label=label,
                code=code,
                created_at=clock.now(),
            )
    except IntegrityError as error:
        raise CodeTakenError(code) from error
