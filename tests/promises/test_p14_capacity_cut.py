"""Promise 14. Capacity cannot be cut below seats taken."""

from __future__ import annotations

import threading
from datetime import datetime
from typing import Any
from uuid import uuid4

import pytest
from django.contrib.auth.models import User
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.urls import reverse

from donations.services import invariants
from events.models import Workshop
from events.services.seating import free_seats, seats
from tests.support.cast import make_campaign, make_workshop

TAKEN = 4


@pytest.fixture
def half_full(db: None) -> Workshop:
    """A workshop of which 4 of 10 seats are taken."""
    workshop = make_workshop(make_campaign(), capacity=10)
    hold(workshop, TAKEN)
    workshop.refresh_from_db()
    return workshop


def hold(workshop: Workshop, count: int) -> None:
    """Take seats as a free registration does."""
    payer = seats.Payer("Dora", f"{uuid4().hex[:8]}@example.org", "en", seats=count)
    free_seats.start(workshop=workshop, payer=payer, nonce=uuid4())


@pytest.fixture
def admin(client: Client, db: None) -> Client:
    """A superuser's browser."""
    client.force_login(User.objects.create_superuser("root", "root@example.org", "long-password-1"))
    return client


def save(admin: Client, workshop: Workshop, **changes: object) -> Any:
    """Open the workshop's form in the admin, change something, and send it."""
    address = reverse("admin:events_workshop_change", args=[workshop.pk])
    form = admin.get(address).context["adminform"].form
    fields: dict[str, Any] = {}
    for name, field in form.fields.items():
        value = form.get_initial_for_field(field, name)
        if isinstance(value, datetime):
            fields[f"{name}_0"], fields[f"{name}_1"] = f"{value:%Y-%m-%d}", f"{value:%H:%M:%S}"
        elif isinstance(value, bool):
            fields |= {name: "on"} if value else {}
        else:
            fields[name] = "" if value is None else field.prepare_value(value)
    return admin.post(address, {**fields, **changes})


@pytest.mark.parametrize("capacity", [0, 1, TAKEN - 1])
def test_the_database_refuses_fewer_seats_than_are_taken(
    half_full: Workshop, capacity: int
) -> None:
    refused = pytest.raises(IntegrityError, match="workshop_seats_within_capacity")
    with refused, transaction.atomic():
        Workshop.objects.filter(pk=half_full.pk).update(capacity=capacity)
    assert Workshop.objects.get().capacity == 10


@pytest.mark.parametrize("capacity", [0, TAKEN - 1])
def test_the_form_says_why_and_changes_nothing(
    half_full: Workshop, admin: Client, capacity: int
) -> None:
    answer = save(admin, half_full, capacity=capacity, title="Another title")
    assert answer.status_code == 200
    assert "4 seats are taken already" in answer.content.decode()
    half_full.refresh_from_db()
    assert (half_full.capacity, half_full.title) == (10, "How to open a web shop")


@pytest.mark.parametrize(("capacity", "stored"), [(TAKEN, TAKEN), (11, 11), ("", None)])
def test_as_many_as_are_taken_or_more_are_saved(
    half_full: Workshop, admin: Client, capacity: object, stored: int | None
) -> None:
    assert save(admin, half_full, capacity=capacity).status_code == 302
    half_full.refresh_from_db()
    assert (half_full.capacity, half_full.seats_taken) == (stored, TAKEN)


def cut_while_somebody_buys(
    admin: Client, monkeypatch: pytest.MonkeyPatch, capacity: int
) -> Workshop:
    """Save a capacity in the admin while a buyer comes between its check and its writing."""
    workshop = make_workshop(make_campaign(), capacity=10)
    hold(workshop, TAKEN)
    buyer = threading.Thread(target=_buy, args=[workshop])
    clean = Workshop.clean

    def clean_while_somebody_buys(self: Workshop) -> None:
        clean(self)
        buyer.start()
        buyer.join(1)  # either it waits for the organizer, or it has its seat now

    monkeypatch.setattr(Workshop, "clean", clean_while_somebody_buys)
    assert save(admin, workshop, capacity=capacity).status_code == 302
    buyer.join(20)
    workshop.refresh_from_db()
    return workshop


@pytest.mark.alone
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("capacity", [TAKEN, 9])
def test_a_seat_taken_while_an_organizer_saves_is_not_forgotten(
    admin: Client, monkeypatch: pytest.MonkeyPatch, capacity: int
) -> None:
    workshop = cut_while_somebody_buys(admin, monkeypatch, capacity)
    assert workshop.capacity == capacity
    assert workshop.seats_taken == (TAKEN if capacity == TAKEN else TAKEN + 1)


@pytest.mark.alone
@pytest.mark.django_db(transaction=True)
def test_control_saving_without_the_lock_forgets_a_seat_and_is_seen(
    admin: Client, monkeypatch: pytest.MonkeyPatch, broken_on_purpose: None
) -> None:
    monkeypatch.delattr("events.admin.WorkshopAdmin.get_object")
    cut_while_somebody_buys(admin, monkeypatch, 9)
    found = {one.promise for one in invariants.broken()}
    assert found == {"seats taken equal the registrations that hold one"}


def _buy(workshop: Workshop) -> None:
    try:
        hold(workshop, 1)
    except seats.FullError:
        pass
    finally:
        connection.close()


@pytest.mark.django_db(transaction=True)
def test_control_without_the_constraint_the_check_sees_too_many_seats(
    broken_on_purpose: None,
) -> None:
    workshop = make_workshop(make_campaign(), capacity=10)
    hold(workshop, TAKEN)
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute(
                "ALTER TABLE events_workshop DROP CONSTRAINT workshop_seats_within_capacity"
            )
        Workshop.objects.filter(pk=workshop.pk).update(capacity=TAKEN - 1)
        found = {one.promise for one in invariants.broken()}
        transaction.set_rollback(True)
    assert found == {"never more seats than the workshop has"}
    assert Workshop.objects.get().capacity == 10
