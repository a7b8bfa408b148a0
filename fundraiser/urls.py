"""Every address of the site."""

from __future__ import annotations

from allauth.account.decorators import secure_admin_login
from django.conf import settings
from django.contrib import admin
from django.urls import include, path
from django.views.decorators.csrf import csrf_exempt
from django.views.i18n import set_language

from fundraiser import account_admin, health

handler404 = "fundraiser.core.http.not_found"

# One way to sign in, with its limits on guessing, for the admin too
# (docs.allauth.org/en/latest/common/admin.html).
admin.site.login = secure_admin_login(admin.site.login)  # type: ignore[method-assign]

account_admin.settle()

admin.site.site_header = admin.site.site_title = settings.SITE_NAME

urlpatterns = [
    path("healthz", health.healthz, name="healthz"),
    path("readyz", health.readyz, name="readyz"),
    # Choosing a language acts for nobody: a visitor without cookies may do it, too.
    path("i18n/setlang/", csrf_exempt(set_language), name="set_language"),
    path("accounts/", include("allauth.urls")),
    path("admin/", admin.site.urls),
    path("", include("donations.urls")),
    path("", include("events.urls")),
]
