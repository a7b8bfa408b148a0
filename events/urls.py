"""The addresses of the room, and of what mails ask for: pages that need no money."""

from __future__ import annotations

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
