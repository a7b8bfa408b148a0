"""The base of the page rows: a bare Django view that answers with one row of one query.

Served with the product's own gunicorn settings and database pool (``gunicorn
bench.bare:application --config fundraiser/gunicorn.py``), without middleware, template, session or
translation.
"""

from __future__ import annotations

import os

import environ
from django.conf import settings
from django.core.wsgi import get_wsgi_application
from django.http import HttpRequest, HttpResponse
from django.urls import path

_database = environ.Env.db_url_config(os.environ["DATABASE_URL"])
_database["OPTIONS"] = {"pool": {"min_size": 1, "max_size": 10}}
settings.configure(
    SECRET_KEY="bare",
    ALLOWED_HOSTS=["127.0.0.1"],
    ROOT_URLCONF=__name__,
    MIDDLEWARE=[],
    INSTALLED_APPS=["django.contrib.contenttypes"],
    DATABASES={"default": _database},
)
application = get_wsgi_application()

from django.contrib.contenttypes.models import ContentType  # noqa: E402 -- needs the settings


def one_row(request: HttpRequest) -> HttpResponse:
    """Answer with what one row holds: any small table will do."""
    del request
    row = ContentType.objects.get(pk=1)
    response = HttpResponse(f"{row.app_label} {row.model}\n", content_type="text/plain")
    response["Content-Length"] = str(len(response.content))
    return response


urlpatterns = [path("", one_row)]
