"""The administration writes nothing of money: what is to be done, its actions let services do."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib import admin
from django.contrib.auth.models import Permission, User
from django.test import Client, RequestFactory

from donations.models import Donation
from events.models import Message, Registration, Workshop
from fundraiser.core import clock
from tests.support.story import Story

pytestmark = pytest.mark.django_db

#: Of donations, what an admin writes by hand: who is kept away, and when no money is taken.
WRITTEN = {"BlockedVisitor", "GivingPause"}


@pytest.fixture
def root(django_user_model: Any) -> User:
    user: User = django_user_model.objects.create_superuser("root")
    return user


def _act(client: Client, model: str, action: str, *rows: Any) -> str:
    numbers = [row.pk for row in rows]
    typed = {"action": action, "_selected_action": numbers}
    return client.post(f"/admin/{model}/", typed, follow=True).content.decode()


def test_nobody_adds_changes_or_deletes_money(root: User, rf: RequestFactory) -> None:
    request = rf.get("/admin/")
    request.user = root
    pages = {
        model.__name__: page
        for model, page in admin.site._registry.items()
        if model._meta.app_label == "donations"
    }
    assert len(pages) > 20
    writable = {
        name
        for name, page in pages.items()
        if page.has_add_permission(request)
        or page.has_change_permission(request)
        or page.has_delete_permission(request)
    }
    assert writable == WRITTEN


def test_stripe_is_asked_anew_and_its_answer_applied(
    story: Story, workshop: Workshop, root: User, client: Client
) -> None:
    donation = story.register(workshop)
    story.sandbox.pay(donation.session_id)  # no webhook comes
    reader = User.objects.create_user("reader", is_staff=True)
    reader.user_permissions.add(Permission.objects.get(codename="view_donation"))
    client.force_login(reader)
    _act(client, "donations/donation", "apply_anew", donation)
    assert Donation.objects.get().state == "open", "control: who may only read starts nothing"
    client.force_login(root)
    assert "1 row stands as at Stripe" in _act(client, "donations/donation", "apply_anew", donation)
    assert Donation.objects.get().state == "paid"

    Message.objects.filter(kind="confirmation").update(state="sent", sent_at=clock.now())
    seat = Registration.objects.get()
    assert "1 mail is on its way" in _act(client, "events/registration", "send_again", seat)
    assert "1 person gets none" in _act(client, "events/registration", "send_again", seat)
    assert Message.objects.filter(kind="confirmation").count() == 2
