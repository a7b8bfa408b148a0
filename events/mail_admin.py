"""The outbox and what providers tell of addresses, in Django's admin."""

from __future__ import annotations

from collections.abc import Callable

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from events.models import DeliveryProblem, Message
from events.services.mails import held, problems
from fundraiser.core.admin import ReadOnly


@admin.register(Message)
class MessageAdmin(ReadOnly):
    """The outbox: read only, but held and set-aside mails are decided on here."""

    list_display = ("kind", "state", "due_at", "attempts", "sent_at", "error")
    list_filter = ("state", "kind")
    search_fields = ("key",)
    actions = ("release", "drop")

    @admin.action(description=_("Let held mails go"), permissions=["decide"])
    def release(self, request: HttpRequest, messages: QuerySet[Message]) -> None:
        """Let the chosen ones go, where they are held or set aside."""
        self._tell(request, held.release, messages)

    @admin.action(description=_("Drop held mails"), permissions=["decide"])
    def drop(self, request: HttpRequest, messages: QuerySet[Message]) -> None:
        """Drop the chosen ones, where they are held or set aside."""
        self._tell(request, held.drop, messages)

    def _tell(
        self,
        request: HttpRequest,
        act: Callable[[QuerySet[Message]], int],
        messages: QuerySet[Message],
    ) -> None:
        count = act(messages)
        told = ngettext("%(count)d mail.", "%(count)d mails.", count) % {"count": count}
        self.message_user(request, told)


@admin.register(DeliveryProblem)
class DeliveryProblemAdmin(ReadOnly):
    """Bounces, rejections and complaints; an address that is right again can be forgiven."""

    list_display = ("email", "kind", "permanent", "happened_at", "detail", "forgiven_at")
    list_filter = ("kind", "permanent")
    search_fields = ("email",)
    actions = ("forgive",)

    @admin.action(description=_("The address is right again"), permissions=["decide"])
    def forgive(self, request: HttpRequest, rows: QuerySet[DeliveryProblem]) -> None:
        """Let reminders and news go to the chosen addresses again."""
        count = sum(problems.forgive(email) for email in set(rows.values_list("email", flat=True)))
        told = ngettext("%(count)d problem ended.", "%(count)d problems ended.", count)
        self.message_user(request, told % {"count": count})
