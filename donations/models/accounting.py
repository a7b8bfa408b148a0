"""A team's books: account numbers, and the periods that are closed."""

from __future__ import annotations

import uuid

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import Q

from events.models import Team
from events.states import Destination
from fundraiser.core import clock

#: A lock waits until nobody posts to the team any more, and is never earlier than the last one.
_LATER: str = """
    PERFORM pg_advisory_xact_lock(7301, NEW.team_id::int);
    IF EXISTS (SELECT 1 FROM donations_periodlock
               WHERE team_id = NEW.team_id AND until >= NEW.until) THEN
        RAISE EXCEPTION 'the period is locked already' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
"""
_FIXED: str = """
    RAISE EXCEPTION 'a locked period stays locked' USING ERRCODE = 'check_violation';
"""
#: What is in the books stands once a period is closed. Waits for who is closing one.
_COVERED: str = """
    the_team := CASE TG_OP WHEN 'DELETE' THEN OLD.team_id ELSE NEW.team_id END;
    PERFORM pg_advisory_xact_lock_shared(7301, the_team::int);
    IF EXISTS (SELECT 1 FROM donations_periodlock WHERE team_id = the_team) THEN
        RAISE EXCEPTION 'a period is closed: what the books cover stays'
            USING ERRCODE = 'check_violation';
    END IF;
    RETURN CASE TG_OP WHEN 'DELETE' THEN OLD ELSE NEW END;
"""


class Books(models.Model):
    """Whose books the ledger's rows go into, and under which account numbers."""

    team = models.OneToOneField(Team, on_delete=models.CASCADE, related_name="books")
    #: The campaigns whose money lands there: with the team, or with its charity.
    covers = models.CharField(max_length=8, default=Destination.TEAM)
    country = models.CharField(max_length=2, blank=True)
    #: France's number of a legal entity: nine digits.
    siren = models.CharField(max_length=9, blank=True)
    journal_code = models.CharField(max_length=10, default="DON")
    journal_label = models.CharField(max_length=60, default="Gifts")
    #: {account of the ledger: {"code": …, "label": …}}; what is missing goes by its own name.
    chart = models.JSONField(default=dict, blank=True)

    class Meta:
        verbose_name_plural = "books"
        constraints = [
            models.CheckConstraint(
                condition=Q(covers__in=[Destination.TEAM, Destination.CHARITY]), name="books_cover"
            ),
            models.CheckConstraint(
                condition=Q(siren="") | Q(siren__regex=r"^[0-9]{9}$"), name="books_siren_form"
            ),
        ]
        triggers = [
            pgtrigger.Trigger(
                name="covers_stands",
                level=pgtrigger.Row,
                when=pgtrigger.Before,
                operation=pgtrigger.Update,
                condition=pgtrigger.AnyChange("covers", "team"),
                declare=[("the_team", "bigint")],
                func=_COVERED,
            ),
            pgtrigger.Trigger(
                name="covers_begun",
                level=pgtrigger.Row,
                when=pgtrigger.Before,
                operation=pgtrigger.Insert | pgtrigger.Delete,
                declare=[("the_team", "bigint")],
                func=_COVERED,
            ),
        ]

    def __str__(self) -> str:
        return f"books of team {self.team_id}"


class PeriodLock(models.Model):
    """Everything until a day is closed: what comes later is booked on a later day (ADR 51)."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    team = models.ForeignKey(Team, on_delete=models.PROTECT, related_name="period_locks")
    until = models.DateField(help_text="the last day that is closed")
    #: The name of the file that was handed out of it, and how many rows it had.
    file_name = models.CharField(max_length=120)
    rows = models.PositiveBigIntegerField()
    locked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    created_at = models.DateTimeField(default=clock.now)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["team", "until"], name="period_lock_once")]
        triggers = [
            pgtrigger.Trigger(
                name="later",
                level=pgtrigger.Row,
                when=pgtrigger.Before,
                operation=pgtrigger.Insert,
                func=_LATER,
            ),
            pgtrigger.Trigger(
                name="moved",
                level=pgtrigger.Row,
                when=pgtrigger.Before,
                operation=pgtrigger.Update,
                condition=pgtrigger.AnyChange("team", "until", "rows"),
                func=_FIXED,
            ),
            pgtrigger.Trigger(
                name="lifted",
                level=pgtrigger.Row,
                when=pgtrigger.Before,
                operation=pgtrigger.Delete,
                func=_FIXED,
            ),
        ]

    def __str__(self) -> str:
        return f"team {self.team_id} is closed until {self.until}"
