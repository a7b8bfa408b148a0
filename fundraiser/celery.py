"""Celery: the worker's application and the beat's schedule (seconds)."""

from __future__ import annotations

import os

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "fundraiser.settings")

app = Celery("fundraiser")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
