"""Mails to addresses that nobody has proven yet, counted so that nobody is flooded."""

from __future__ import annotations

from django.db import models


class CountedMail(models.Model):
    """One mail that counts towards the daily cap of its address. Kept for a day."""

    #: The mail's own name: one that is tried again counts once.
    key = models.CharField(max_length=64, primary_key=True)
    #: The address as a keyed hash: the address itself stands nowhere here.
    address_hash = models.CharField(max_length=64)
    at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["address_hash", "at"], name="counted_mail_of_address")]

    def __str__(self) -> str:
        return f"counted mail {self.key}"
