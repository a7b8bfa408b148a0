"""The link by which a form goes on to paying."""

from __future__ import annotations

from django.urls import path

from donations.views import proving

urlpatterns = [
    path("finish/<str:token>/", proving.finish_form, name="finish_form"),
]
