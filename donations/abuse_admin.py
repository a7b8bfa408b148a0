"""Against misuse, in Django's admin: who is blocked, and the pause of all giving."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from donations.models import BlockedVisitor, GivingPause
from donations.services.abuse import blocking, pausing
from fundraiser.core import clock
from fundraiser.core.admin import WithHistory


class BlockForm(forms.ModelForm):  # type: ignore[type-arg]
    """A block as an admin writes it."""

    value = forms.CharField(
        label=_("Address, domain or network"),
        max_length=254,
        help_text=_("name@example.org, example.org, or 203.0.113.0/24"),
    )

    def clean(self) -> dict[str, Any]:
        """Bring the value into its plain form; refuse one that is blocked already."""
        cleaned = super().clean() or {}
        kind, value = cleaned.get("kind"), cleaned.get("value")
        if not kind or not value:
            return cleaned
        try:
            cleaned["value"] = blocking.tidied(kind, value)
        except forms.ValidationError as error:
            self.add_error("value", error)
            return cleaned
        known = blocking.hash_of(kind, cleaned["value"])
        if BlockedVisitor.objects.filter(kind=kind, value_hash=known).exists():
            self.add_error("value", _("That is blocked already."))
        return cleaned


@admin.register(BlockedVisitor)
class BlockedVisitorAdmin(WithHistory):
    """Who may not give or register here: written and deleted, never changed."""

    form = BlockForm
    list_display = ("value", "kind", "reason", "blocked_by", "created_at")
    list_filter = ("kind",)
    search_fields = ("value", "reason")
    fields = ("kind", "value", "reason")

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """A block is deleted and written anew."""
        del request, obj
        return False

    def save_model(self, request: HttpRequest, obj: BlockedVisitor, form: Any, change: Any) -> None:
        """Save, with who did it."""
        obj.value_hash = blocking.hash_of(obj.kind, obj.value)
        obj.blocked_by_id = request.user.pk
        obj.created_at = clock.now()
        super().save_model(request, obj, form, change)


@admin.register(GivingPause)
class GivingPauseAdmin(WithHistory):
    """The pauses of all giving. Adding one stops the taking of money; the action ends it."""

    list_display = ("started_at", "started_by", "reason", "ended_at", "ended_by")
    fields = ("reason",)
    actions = ("end",)

    def has_module_permission(self, request: HttpRequest) -> bool:
        """Superusers alone."""
        return bool(request.user.is_active and getattr(request.user, "is_superuser", False))

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Superusers alone."""
        del obj
        return self.has_module_permission(request)

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Superusers alone, and one pause at a time."""
        return self.has_module_permission(request) and not pausing.is_on()

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """A pause is ended by its action."""
        del request, obj
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """They stay as a record."""
        del request, obj
        return False

    def save_model(self, request: HttpRequest, obj: GivingPause, form: Any, change: Any) -> None:
        """Take no money any more."""
        del form, change
        row = pausing.pause(reason=obj.reason, by=request.user)
        obj.pk = (row or GivingPause.objects.get(ended_at=None)).pk

    @admin.action(description=_("End the pause: take money again"))
    def end(self, request: HttpRequest, queryset: QuerySet[GivingPause]) -> None:
        """Take money again; which rows were chosen does not matter."""
        del queryset
        if not self.has_module_permission(request):
            raise PermissionDenied
        done = pausing.resume(by=request.user)
        self.message_user(request, _("Money is taken again.") if done else _("There is no pause."))
