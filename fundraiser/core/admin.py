"""Django's admin: rows that only services may write, and the history of each object."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from django.contrib import admin
from django.contrib.admin.views.main import PAGE_VAR
from django.contrib.admin.widgets import AdminSplitDateTime
from django.contrib.auth import get_user_model
from django.core.paginator import Paginator
from django.db import models
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils.translation import gettext_lazy as _

from fundraiser.core import history
from fundraiser.core.admin_amounts import written_out
from fundraiser.core.history import Change

_CHANGES_ON_A_PAGE: Final = 50
_WHAT: Final = {"insert": _("Made"), "update": _("Changed"), "delete": _("Deleted")}
_WHO: Final = {
    "visitor": _("A visitor"),
    "member": _("A member"),
    "admin": _("The administration"),
    "program": _("A program"),
    "stripe": _("Stripe"),
    "mails": _("The mail provider"),
    "task": _("The product, by itself"),
    "command": _("A command"),
}


class SplitDateTime(AdminSplitDateTime):
    """Date and time as Django asks for them, each with a name that is read aloud."""

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__(attrs)
        for field, name in zip(self.widgets, (_("Date"), _("Time")), strict=True):
            field.attrs["aria-label"] = name


class WithHistory(admin.ModelAdmin):  # type: ignore[type-arg]
    """Shows on an object's History page every change of its row, whoever made it."""

    object_history_template = "admin/row_history.html"
    formfield_overrides = {models.DateTimeField: {"widget": SplitDateTime}}

    def history_view(
        self, request: HttpRequest, object_id: str, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Show the newest changes first, instead of what was done in the admin alone."""
        answer = super().history_view(request, object_id, extra_context)
        if isinstance(answer, TemplateResponse) and answer.context_data is not None:
            changes = list(history.of(answer.context_data["object"]))[::-1]
            page = Paginator(changes, _CHANGES_ON_A_PAGE).get_page(request.GET.get(PAGE_VAR))
            answer.context_data["page"] = page
            answer.context_data["rows"] = list(_told(list(page)))
        return answer


def _told(changes: list[Change]) -> Iterator[dict[str, Any]]:
    """Yield what the page says of each change."""
    numbers = {one.context.get("user") for one in changes}
    people = get_user_model().objects.in_bulk([one for one in numbers if one])
    for one in changes:
        number = one.context.get("user")
        yield {
            "at": one.at,
            "what": _WHAT.get(one.label, one.label),
            "who": _WHO.get(one.context.get("by", ""), ""),
            "user": str(people.get(number) or f"#{number}") if number else "",
            "where": one.context.get("at", ""),
            "network": one.context.get("network", ""),
            "values": _values(one) if one.label == "update" else [],
            "is_kept": one.label != "update" or bool(one.values),
        }


def _values(change: Change) -> list[dict[str, Any]]:
    return [
        {
            "name": one.field.verbose_name,
            "before": shown(one.field, one.before),
            "after": shown(one.field, one.after),
        }
        for one in change.values
    ]


def shown(field: models.Field[Any, Any], value: Any) -> Any:
    """Return a kept value as a person reads it."""
    if value is None or value == "":
        return "—"
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if field.remote_field:
        return f"#{value}"
    return dict(field.flatchoices).get(value, value)


class ReadOnly(WithHistory):
    """Shows rows, amounts written out; offers no way to add, change or delete one."""

    def get_list_display(self, request: HttpRequest) -> list[Any]:
        """Return the list's columns, amounts with their currency."""
        return [written_out(one) for one in super().get_list_display(request)]

    def get_fields(self, request: HttpRequest, obj: Any = None) -> list[Any]:
        """Return what a row's page shows, amounts with their currency."""
        return [written_out(one) for one in super().get_fields(request, obj)]

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Nobody adds rows by hand."""
        del request, obj
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Nobody changes rows by hand."""
        del request, obj
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Nobody deletes rows by hand."""
        del request, obj
        return False

    def has_decide_permission(self, request: HttpRequest) -> bool:
        """Whoever may change such rows lets services act on them: the actions that ask for it."""
        return request.user.has_perm(f"{self.opts.app_label}.change_{self.opts.model_name}")
