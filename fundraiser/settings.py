"""Every setting of the product; each switch comes from the environment, typed.

A secret may also be given as a file: ``SECRET_KEY_FILE=/run/secrets/secret_key`` is read where
``SECRET_KEY`` is unset. Contradictions stop the start: fundraiser/checks.py.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import environ
from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured
from django.utils.translation import gettext_lazy as _

from fundraiser import (
    abuse_settings,
    account_settings,
    backup_settings,
    error_reports,
    log_settings,
    mail_kinds,
    mail_provider,
    privacy_settings,
    schedule,
    test_mode_settings,
)

BASE_DIR = Path(__file__).resolve().parent.parent

#: NAME is read from the file that NAME_FILE names where NAME itself is unset.
env = environ.FileAwareEnv()


def required(name: str, meaning: str) -> str:
    """Return a variable that the product cannot do without; stop with one sentence otherwise."""
    value: str = env.str(name, default="").strip()
    if not value:
        raise ImproperlyConfigured(f"{name} is not set: {meaning}.")
    return value


# --- the site ---------------------------------------------------------------------------------
DEBUG = env.bool("DEBUG", default=False)
SECRET_KEY = required("SECRET_KEY", "a long random text that signs sessions")
LINK_KEY = required("LINK_KEY", "a long random text of its own that signs the links in mails")
SITE_URL = env.str("SITE_URL", default="http://127.0.0.1:8000").rstrip("/")
SITE_NAME = env.str("SITE_NAME", default="Fundraiser")
_HOST = urlsplit(SITE_URL).hostname or "127.0.0.1"
#: Passkeys are bound to a name: on one's own machine that is localhost, not its number.
_HOSTS = [_HOST, "localhost"] if _HOST == "127.0.0.1" else [_HOST]
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=_HOSTS)
#: How many proxies of our own stand in front: only their part of X-Forwarded-For is believed.
TRUSTED_PROXY_COUNT = env.int("TRUSTED_PROXY_COUNT", default=0)
#: What one client, address and campaign may do: abuse_settings.py.
LIMITS = abuse_settings.limits(env)

SOCIAL = account_settings.social(env)
SOCIALACCOUNT_PROVIDERS = account_settings.providers(SOCIAL)
INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "django.contrib.admin",
    *account_settings.APPS,
    *account_settings.apps(SOCIALACCOUNT_PROVIDERS),
    "csp",
    "django_htmx",
    "pgtrigger",
    "pghistory",
    "anymail",
    "fundraiser.apps.FundraiserConfig",
    "events",
    "donations",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "fundraiser.history.HistoryMiddleware",
    "fundraiser.second_factor.StaffSecondFactorMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]

ROOT_URLCONF = "fundraiser.urls"
WSGI_APPLICATION = "fundraiser.wsgi.application"

TEMPLATES: list[dict[str, Any]] = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "fundraiser.core.http.site",
                "events.views.site_pages.footer_links",
            ],
            "libraries": {
                "marks": "fundraiser.core.templatetags.marks",
                "money": "fundraiser.core.templatetags.money",
                "zone": "fundraiser.core.templatetags.zone",
            },
            "loaders": [
                (
                    "django.template.loaders.cached.Loader",
                    [
                        "django.template.loaders.filesystem.Loader",
                        "django.template.loaders.app_directories.Loader",
                    ],
                ),
            ],
        },
    },
]
if DEBUG:
    del TEMPLATES[0]["OPTIONS"]["loaders"]
    TEMPLATES[0]["APP_DIRS"] = True

# --- engines ----------------------------------------------------------------------------------
_DATABASE = required("DATABASE_URL", "the address of PostgreSQL, postgres://user:word@host:1/name")
_POOL = env.int("DATABASE_POOL_SIZE", default=10)
DATABASES = {"default": environ.Env.db_url_config(_DATABASE)}
DATABASES["default"].setdefault("OPTIONS", {})
if DATABASES["default"]["ENGINE"] != "django.db.backends.postgresql":
    raise ImproperlyConfigured("DATABASE_URL is not PostgreSQL: start it with postgres://.")
DATABASES["default"]["OPTIONS"].update(
    {
        "pool": {"min_size": 1, "max_size": _POOL, "timeout": 10},
        # A lock that is not had in time is an error to be retried, never a page that hangs.
        "options": "-c lock_timeout=15000 -c statement_timeout=60000",
    }
)
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

REDIS_URL = required("REDIS_URL", "the address of Redis or Valkey, redis://host:port/0")
#: Several installations, or test workers, may share one server: each has a key space of its own.
REDIS_KEY_PREFIX = env.str("REDIS_KEY_PREFIX", default="fundraiser")
CACHES = {
    "default": {
        "BACKEND": "fundraiser.core.cache.ForgivingRedisCache",
        "LOCATION": REDIS_URL,
        "KEY_PREFIX": REDIS_KEY_PREFIX,
        "OPTIONS": {"socket_connect_timeout": 0.25, "socket_timeout": 0.25},
    },
    #: Rendered pages, for seconds, in each process: donations/views/shared.py.
    "pages": {
        "BACKEND": "django.core.cache.backends.locmem.LocMemCache",
        "LOCATION": "pages",
        "OPTIONS": {"MAX_ENTRIES": 500},
    },
}
CELERY_BROKER_URL = REDIS_URL
vars().update(schedule.celery(REDIS_KEY_PREFIX))
CELERY_BEAT_SCHEDULE = schedule.BEAT_SCHEDULE

# --- Stripe -----------------------------------------------------------------------------------
STRIPE_SECRET_KEY = required("STRIPE_SECRET_KEY", "the secret key of the Stripe account, sk_…")
STRIPE_API_BASE = env.str("STRIPE_API_BASE", default="https://api.stripe.com").rstrip("/")
STRIPE_WEBHOOK_SECRETS = env.str("STRIPE_WEBHOOK_SECRET", default="").replace(",", " ").split()
STRIPE_CONNECT_WEBHOOK_SECRETS = (
    env.str("STRIPE_CONNECT_WEBHOOK_SECRET", default="").replace(",", " ").split()
)
STRIPE_LIVEMODE = "_live_" in STRIPE_SECRET_KEY
STRIPE_IS_LOCAL = STRIPE_API_BASE != "https://api.stripe.com"
STRIPE_TEST = test_mode_settings.read(env)
#: Estimates of Stripe's fee shown before a payment: currency -> (basis points, fixed minor units).
#: Approximate; the exact fee replaces it. Source: stripe.com/pricing of the account's country.
FEE_ESTIMATES = {"USD": (290, 30), "EUR": (150, 25), "GBP": (150, 20), "CHF": (290, 30)}
FEE_ESTIMATE_DEFAULT = (290, 0)

# --- mail -------------------------------------------------------------------------------------
EMAIL_URL = required("EMAIL_URL", "the mail server, smtp+tls://user:password@host:587")
ANYMAIL_PROVIDER = env.str("ANYMAIL_PROVIDER", default="")
ANYMAIL_WEBHOOK_SECRET = env.str("ANYMAIL_WEBHOOK_SECRET", default="")
ANYMAIL = mail_provider.anymail(env)
vars().update(mail_provider.email_config(EMAIL_URL, ANYMAIL_PROVIDER))
EMAIL_TIMEOUT = 10
#: How many mails may leave in a minute, by all senders together; 0: as many as will go.
MAILS_PER_MINUTE = env.int("MAILS_PER_MINUTE", default=0)
#: How many people a team may invite by lists in 24 hours, how often an API token may ask.
INVITATIONS_PER_DAY = env.int("INVITATIONS_PER_DAY", default=500)
API_REQUESTS_PER_MINUTE = env.int("API_REQUESTS_PER_MINUTE", default=120)
#: Whether webhooks may go to this machine, also by http: for trying them, never in production.
WEBHOOKS_TO_LOCAL = env.bool("WEBHOOKS_TO_LOCAL", default=False)
WEBHOOK_PAYLOAD = "donations.api.payloads.payload"
DEFAULT_FROM_EMAIL = env.str(
    "DEFAULT_FROM_EMAIL", default=f"{SITE_NAME} <no-reply@{urlsplit(SITE_URL).hostname}>"
)
MAIL_KINDS = mail_kinds.MAIL_KINDS
ADDRESS_PROVEN = mail_kinds.ADDRESS_PROVEN

# --- rooms that are made by themselves ---------------------------------------------------------
JITSI_URL = env.str("JITSI_URL", default="https://meet.jit.si").rstrip("/")
BIGBLUEBUTTON_URL = env.str("BIGBLUEBUTTON_URL", default="").rstrip("/").removesuffix("/api")
BIGBLUEBUTTON_SECRET = env.str("BIGBLUEBUTTON_SECRET", default="")

# --- people -----------------------------------------------------------------------------------
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
vars().update(account_settings.allauth(site_name=SITE_NAME, site_url=SITE_URL))
OPEN_REGISTRATION = env.bool("OPEN_REGISTRATION", default=False)
#: Who may open a team: closed (an admin makes them), approval (an admin approves), open.
TEAM_OPENING = env.str("TEAM_OPENING", default="closed")
#: Whether staff need a second factor before they come into the admin.
REQUIRE_STAFF_SECOND_FACTOR = env.bool("REQUIRE_STAFF_SECOND_FACTOR", default=True)
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "dashboard"
LOGOUT_REDIRECT_URL = "home"
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}Validator"}
    for name in ("UserAttributeSimilarity", "MinimumLength", "CommonPassword")
]

# --- languages and time -----------------------------------------------------------------------
LANGUAGE_CODE = "en"
LANGUAGES = [("en", _("English")), ("fr", _("French"))]
LOCALE_PATHS = [BASE_DIR / "locale"]
USE_I18N = USE_TZ = True
TIME_ZONE = "UTC"

# --- files ------------------------------------------------------------------------------------
STATIC_URL = "/static/"
STATIC_ROOT = Path(env.str("STATIC_ROOT", default=str(BASE_DIR / ".local" / "static")))
STATICFILES_DIRS = [BASE_DIR / "static"]
#: Pictures and receipts that organizers hand in. Views serve them; no address leads there.
MEDIA_ROOT = Path(env.str("MEDIA_ROOT", default=str(BASE_DIR / ".local" / "media")))
BACKUPS = backup_settings.read(env)
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if DEBUG
        else "whitenoise.storage.CompressedManifestStaticFilesStorage"
    },
}
WHITENOISE_USE_FINDERS = DEBUG
#: The list of erasures, by which people are erased again after a restore, and RETENTION_…_DAYS.
ERASURE_LOG = env.str("ERASURE_LOG", default=str(BASE_DIR / ".local" / "erasures.log"))
vars().update(privacy_settings.retention(env))

# --- security ---------------------------------------------------------------------------------
_HTTPS = SITE_URL.startswith("https://")
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = LANGUAGE_COOKIE_SECURE = _HTTPS
SESSION_COOKIE_HTTPONLY = LANGUAGE_COOKIE_HTTPONLY = True
LANGUAGE_COOKIE_SAMESITE = "Lax"
SECURE_HSTS_SECONDS = 31_536_000 if _HTTPS else 0
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if TRUSTED_PROXY_COUNT else None
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CSRF_TRUSTED_ORIGINS = [SITE_URL] if _HTTPS else []
DATA_UPLOAD_MAX_MEMORY_SIZE = 2_621_440
DATA_UPLOAD_MAX_NUMBER_FIELDS = 200
_STRIPE_PAGES = ["https://checkout.stripe.com", "https://connect.stripe.com"]
_STRIPE_PAGES += [STRIPE_API_BASE] if STRIPE_IS_LOCAL else []
_STRIPE_PAGES += test_mode_settings.pages(STRIPE_TEST)
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "manifest-src": [SELF],
        # A form's redirect counts too: giving, and connecting an account, end at Stripe's pages.
        "form-action": [
            SELF,
            *_STRIPE_PAGES,
            *account_settings.origins(SOCIAL, SOCIALACCOUNT_PROVIDERS),
        ],
        "frame-ancestors": [NONE],
        "base-uri": [NONE],
    }
}

# --- watching ---------------------------------------------------------------------------------
#: Who shows this word may read /metrics; without it there is no such page.
METRICS_TOKEN = env.str("METRICS_TOKEN", default="")
#: line, or json: one object a line.
LOG_FORMAT = env.str("LOG_FORMAT", default="line")
LOGGING = log_settings.logging_config(env.str("LOG_LEVEL", default="INFO"), LOG_FORMAT)
error_reports.start(env.str("SENTRY_DSN", default=""), site=SITE_URL)
