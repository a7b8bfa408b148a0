"""Who signs in, and how: what django-allauth is told, and the providers that settings turn on."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final
from urllib.parse import urlsplit

import environ

#: The applications that signing in needs, whatever is set.
APPS: Final = (
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.socialaccount",
    "allauth.usersessions",
    "django.contrib.humanize",
)
#: The variables of the providers; each provider's begin with its name.
SOCIAL_NAMES: Final = (
    "GOOGLE_CLIENT_ID",
    "GOOGLE_CLIENT_SECRET",
    "OPENID_CONNECT_URL",
    "OPENID_CONNECT_CLIENT_ID",
    "OPENID_CONNECT_CLIENT_SECRET",
)
TEAM_OPENINGS: Final = ("closed", "approval", "open")


def allauth(*, site_name: str, site_url: str) -> dict[str, Any]:
    """Return the settings of django-allauth that are the same for every installation.

    An address is proven by a code, so that signing up needs no password; who wants one, or a
    passkey, sets it beside (docs.allauth.org/en/latest/account/configuration.html).
    """
    return {
        "ACCOUNT_ADAPTER": "fundraiser.accounts.AccountAdapter",
        "ACCOUNT_CHANGE_EMAIL": True,
        "ACCOUNT_EMAIL_NOTIFICATIONS": True,
        "ACCOUNT_EMAIL_SUBJECT_PREFIX": "",
        "ACCOUNT_EMAIL_VERIFICATION": "mandatory",
        "ACCOUNT_EMAIL_VERIFICATION_BY_CODE_ENABLED": True,
        "ACCOUNT_LOGIN_BY_CODE_ENABLED": True,
        "ACCOUNT_LOGIN_METHODS": {"email"},
        "ACCOUNT_PREVENT_ENUMERATION": True,
        "ACCOUNT_REAUTHENTICATION_REQUIRED": True,
        "ACCOUNT_SIGNUP_FIELDS": ["email*", "password1"],
        "MFA_PASSKEY_LOGIN_ENABLED": True,
        "MFA_PASSKEY_SIGNUP_ENABLED": True,
        "MFA_SUPPORTED_TYPES": ["totp", "webauthn", "recovery_codes"],
        "MFA_TOTP_ISSUER": site_name,
        # Browsers allow passkeys on localhost without TLS, and nowhere else.
        "MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN": site_url.startswith("http://"),
        "SOCIALACCOUNT_STORE_TOKENS": False,
    }


def social(env: environ.FileAwareEnv) -> dict[str, Any]:
    """Return the variables of the providers; each is off where all of its own are empty."""
    values = {name: env.str(name, default="").strip() for name in SOCIAL_NAMES}
    label = env.str("OPENID_CONNECT_NAME", default="OpenID Connect")
    return {**values, "OPENID_CONNECT_NAME": label}


def providers(values: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """Return SOCIALACCOUNT_PROVIDERS: those whose variables are all set."""
    found: dict[str, dict[str, Any]] = {}
    if values["GOOGLE_CLIENT_ID"] and values["GOOGLE_CLIENT_SECRET"]:
        app = {"client_id": values["GOOGLE_CLIENT_ID"], "secret": values["GOOGLE_CLIENT_SECRET"]}
        found["google"] = {"APPS": [app], "SCOPE": ["profile", "email"], "OAUTH_PKCE_ENABLED": True}
    if not missing(values, "OPENID_CONNECT_") and values["OPENID_CONNECT_URL"]:
        app = {
            "provider_id": "openid",
            "name": values["OPENID_CONNECT_NAME"],
            "client_id": values["OPENID_CONNECT_CLIENT_ID"],
            "secret": values["OPENID_CONNECT_CLIENT_SECRET"],
            "settings": {"server_url": values["OPENID_CONNECT_URL"]},
        }
        found["openid_connect"] = {"APPS": [app], "OAUTH_PKCE_ENABLED": True}
    return found


def apps(found: dict[str, dict[str, Any]]) -> list[str]:
    """Return the applications of the providers that are on."""
    return [f"allauth.socialaccount.providers.{name}" for name in found]


def origins(values: dict[str, Any], found: dict[str, dict[str, Any]]) -> list[str]:
    """Return where the sign-in form may lead: a form's redirect counts for the browser, too."""
    places = ["https://accounts.google.com"] if "google" in found else []
    if "openid_connect" in found:
        address = urlsplit(values["OPENID_CONNECT_URL"])
        places.append(f"{address.scheme}://{address.netloc}")
    return places


def missing(values: dict[str, Any], prefix: str) -> list[str]:
    """Return the variables of one provider that are empty while another one is set."""
    own = {
        name: value
        for name, value in values.items()
        if name.startswith(prefix) and name != "OPENID_CONNECT_NAME"
    }
    return [name for name, value in own.items() if not value] if any(own.values()) else []


def contradictions(*, social: dict[str, Any], team_opening: str) -> Iterator[str]:
    """Yield one sentence for each setting of accounts that cannot be right."""
    for prefix in ("GOOGLE_", "OPENID_CONNECT_"):
        for name in missing(social, prefix):
            yield f"{name} is not set, while other variables {prefix}… are: set all, or none."
    address = social["OPENID_CONNECT_URL"]
    if address and not address.startswith(("https://", "http://127.0.0.1", "http://localhost")):
        yield "OPENID_CONNECT_URL must start with https://."
    if team_opening not in TEAM_OPENINGS:
        yield f"TEAM_OPENING is one of {', '.join(TEAM_OPENINGS)}."
