"""Celery tasks of events: thin, may run twice."""

from __future__ import annotations

from celery import shared_task

from events.services.mails import planner, sender
from events.services.seating import waiting_list
from events.services.webhooks import sender as webhooks


@shared_task(name="events.send_due_messages")
def send_due_messages() -> int:
    """Send the mails that are due."""
    return sender.send_due()


@shared_task(name="events.send_webhooks")
def send_webhooks() -> int:
    """Send what programs of teams are to be told."""
    return webhooks.send_due()


@shared_task(name="events.plan_messages")
def plan_messages() -> int:
    """Put into the outbox what falls due by itself."""
    return planner.plan()


@shared_task(name="events.offer_seats")
def offer_seats(workshop: int) -> int:
    """Offer what came free at a workshop to who waits for it."""
    return waiting_list.offer(workshop)
