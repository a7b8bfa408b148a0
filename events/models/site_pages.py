"""The site's own pages: privacy, terms, imprint, each in every language."""

from __future__ import annotations

from django.conf import settings
from django.db import models

from events.states import PageKind
from fundraiser.core import clock


class SitePage(models.Model):
    """The text of one page in one language; an empty one is not linked."""

    kind = models.CharField(max_length=8, choices=PageKind)
    language = models.CharField(max_length=8, choices=settings.LANGUAGES)
    body = models.TextField(blank=True, help_text="Markdown")
    updated_at = models.DateTimeField(default=clock.now, editable=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["kind", "language"], name="site_page_once"),
            models.CheckConstraint(
                condition=models.Q(kind__in=PageKind.values), name="site_page_kind_known"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} ({self.language})"
