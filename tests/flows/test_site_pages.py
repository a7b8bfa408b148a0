"""Privacy, terms and imprint: edited in the admin, in both languages, linked where written."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import User
from django.db import IntegrityError, transaction
from django.test import Client

from events.models import SitePage

pytestmark = pytest.mark.django_db


def _write(root: Client, **values: str) -> int:
    typed = {"kind": "privacy", "language": "en", "body": "We keep **little**.", **values}
    return root.post("/admin/events/sitepage/add/", typed).status_code


def test_a_page_is_linked_once_it_is_written_and_falls_back_to_the_other_language() -> None:
    root, visitor = Client(), Client()
    root.force_login(User.objects.create_superuser("root"))
    french = {"Accept-Language": "fr"}
    assert visitor.get("/pages/privacy/").status_code == 404
    assert "/pages/" not in visitor.get("/accounts/login/").content.decode()
    assert _write(root) == 302
    assert _write(root, kind="terms", body="  \n ") == 302
    assert _write(root) == 200, "the same page twice"
    english = visitor.get("/pages/privacy/").content.decode()
    assert "We keep <strong>little</strong>." in english
    fallback = visitor.get("/pages/privacy/", headers=french).content.decode()
    assert "We keep" in fallback
    assert '<div lang="en">' in fallback
    footer = visitor.get("/accounts/login/").content.decode()
    assert "/pages/privacy/" in footer
    assert "/pages/terms/" not in footer
    assert visitor.get("/pages/terms/").status_code == 404
    assert _write(root, language="fr", body="Nous gardons **peu**. <script>1</script>") == 302
    shown = visitor.get("/pages/privacy/", headers=french).content.decode()
    assert "Nous gardons <strong>peu</strong>" in shown
    assert "<script>1" not in shown
    assert "We keep" in visitor.get("/pages/privacy/").content.decode()
    assert visitor.get("/pages/nothing/").status_code == 404


def test_the_database_has_each_page_once_and_of_a_known_kind() -> None:
    SitePage.objects.create(kind="imprint", language="en", body="Us")
    for kind in ("imprint", "jokes"):
        with pytest.raises(IntegrityError), transaction.atomic():
            SitePage.objects.create(kind=kind, language="en", body="Us")
