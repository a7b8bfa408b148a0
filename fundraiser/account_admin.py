"""What of people's accounts stands in Django's admin: nothing that signs anybody in."""

from __future__ import annotations

from typing import Any

from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount, SocialApp, SocialToken
from allauth.usersessions.models import UserSession
from django.contrib import admin
from django.contrib.auth.admin import UserAdmin
from django.contrib.auth.models import User
from django.http import HttpRequest

from fundraiser.core.admin import ReadOnly, WithHistory


class AuthenticatorAdmin(ReadOnly):
    """Second factors, without their secrets: one is deleted for who has lost it."""

    list_display = ("user", "type", "created_at", "last_used_at")
    list_filter = ("type",)
    search_fields = ("user__email",)
    fields = ("user", "type", "created_at", "last_used_at")

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Who may administer accounts may take a lost factor away."""
        del obj
        return request.user.has_perm("mfa.delete_authenticator")


class AccountAdmin(WithHistory, UserAdmin):  # type: ignore[type-arg]
    """Accounts as Django shows them, with the history of what they may do."""


def settle() -> None:
    """Put our own page in place of allauth's, and take away what settings decide here."""
    for model in (User, Authenticator, SocialAccount, SocialApp, SocialToken, UserSession):
        admin.site.unregister(model)
    admin.site.register(Authenticator, AuthenticatorAdmin)
    admin.site.register(User, AccountAdmin)
