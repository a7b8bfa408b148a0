"""The addresses of what other sites show of a campaign."""

from __future__ import annotations

from django.urls import path

from donations.views import embedding

urlpatterns = [
    path("embed/c/<slug:slug>/meter/", embedding.embed_meter, name="embed_meter"),
    path("embed/c/<slug:slug>/give/", embedding.embed_give, name="embed_give"),
    path("embed/c/<slug:slug>/<slug:workshop_slug>/form/", embedding.embed_form, name="embed_form"),
    path(
        "cards/<slug:slug>/<slug:language>/<slug:version>.png",
        embedding.social_card,
        name="social_card",
    ),
]
