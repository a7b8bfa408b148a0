"""The addresses of the public pages, and of Stripe's webhooks."""

from __future__ import annotations

from django.urls import path, re_path

from donations.views import (
    carried,
    claiming,
    giving,
    public,
    public_data,
    series,
    stage,
    waiting,
    watching,
    webhook,
)

urlpatterns = [
    path("", public.home, name="home"),
    re_path(r"^accent/(?P<colour>[0-9a-f]{6})\.css$", public.accent, name="accent"),
    path("stripe/webhook/", webhook.account, name="stripe_webhook"),
    path("stripe/webhook/connect/", webhook.connect, name="stripe_connect_webhook"),
    path("stage/<str:token>/", stage.stage, name="stage"),
    path("stage/<str:token>/live/", stage.stage_live, name="stage_live"),
    path("c/<slug:slug>/", public.campaign, name="campaign"),
    path("c/<slug:slug>/total/", public.campaign_total, name="campaign_total"),
    path("c/<slug:slug>/totals.json", public_data.campaign_totals, name="campaign_totals"),
    path("c/<slug:slug>/updates.atom", public_data.campaign_feed, name="campaign_feed"),
    path("c/<slug:slug>/entries.csv", public.entries_csv, name="entries_csv"),
    path("c/<slug:slug>/give/", giving.give, name="give"),
    path("c/<slug:slug>/shown-gift/", claiming.show_gift, name="show_gift"),
    # After those: any other name may be one of a workshop (events/services/workshop_slugs.py).
    path("c/<slug:slug>/<slug:workshop_slug>/", giving.workshop, name="workshop"),
    path("c/<slug:slug>/series/<slug:series_slug>/", series.series, name="series"),
    path("c/<slug:slug>/<slug:workshop_slug>/wait/", waiting.wait, name="wait"),
    path("c/<slug:slug>/<slug:workshop_slug>/watch/", watching.watch, name="watch"),
    path(
        "c/<slug:slug>/<slug:workshop_slug>/shown-gift/",
        claiming.show_for_seat,
        name="show_for_seat",
    ),
    path("c/<slug:slug>/<slug:workshop_slug>/carried-seat/", carried.ask, name="carried_seat"),
]
