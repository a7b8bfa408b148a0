"""Where the house is looked at."""

from __future__ import annotations

from django.urls import path

from donations.views import health

urlpatterns = [
    path("metrics", health.prometheus, name="metrics"),
    path("organize/health/", health.health, name="health"),
]
