"""Celery: the worker's application and the beat's schedule (seconds)."""

from __future__ import annotations

import os

from celery import Celery
from celery.signals import task_postrun, task_prerun, worker_init
from django.db import close_old_connections
from kombu import Queue

from fundraiser import garbage

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "fundraiser.settings")

app = Celery("fundraiser")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
# A worker takes both queues, unless told otherwise (--queues mail): then a slow mail server cannot
# hold up what was paid.
app.conf.task_queues = [Queue("fundraiser"), Queue("mail")]
app.conf.task_routes = {"events.send_due_messages": {"queue": "mail"}}


@task_prerun.connect
@task_postrun.connect
def _let_connections_go(**_: object) -> None:
    """Do around a task what Django does around a request: the pool gets its connection back."""
    close_old_connections()


@worker_init.connect
def _leave_what_is_loaded(**_: object) -> None:
    """Do so before the children are forked: they share what was loaded, and these settings."""
    garbage.leave_what_is_loaded()
