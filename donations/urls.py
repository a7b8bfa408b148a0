"""The addresses of the public pages, of people's own pages, and of Stripe's webhooks."""

from __future__ import annotations

from django.urls import path, re_path

from donations.views import giving, organize, organize_people, own, public, returning, webhook

urlpatterns = [
    path("", public.home, name="home"),
    re_path(r"^accent/(?P<colour>[0-9a-f]{6})\.css$", public.accent, name="accent"),
    path("organize/", organize.dashboard, name="dashboard"),
    path(
        "organize/workshops/<uuid:public_id>/",
        organize_people.workshop_people,
        name="workshop_people",
    ),
    path(
        "organize/workshops/<uuid:public_id>/resend/",
        organize_people.workshop_resend,
        name="workshop_resend",
    ),
    path("stripe/webhook/", webhook.account, name="stripe_webhook"),
    path("stripe/webhook/connect/", webhook.connect, name="stripe_connect_webhook"),
    path("checkout/<str:token>/", returning.checkout_return, name="checkout_return"),
    path("checkout/<str:token>/status/", returning.checkout_status, name="checkout_status"),
    path("checkout/<str:token>/apply/", returning.checkout_apply, name="checkout_apply"),
    path(
        "checkout/<str:token>/cancelled/", returning.checkout_cancelled, name="checkout_cancelled"
    ),
    path("checkout/<str:token>/release/", returning.checkout_release, name="checkout_release"),
    path("b/<str:token>/", own.booking, name="booking"),
    path("b/<str:token>/calendar.ics", own.booking_calendar, name="booking_calendar"),
    path("b/<str:token>/cancel/", own.booking_cancel, name="booking_cancel"),
    path("b/<str:token>/refund/", own.booking_refund, name="booking_refund"),
    path("b/<str:token>/keep/", own.booking_keep, name="booking_keep"),
    path("confirm/<str:token>/", own.confirm_address, name="confirm_address"),
    path("g/<str:token>/", own.gift, name="gift"),
    path("c/<slug:slug>/", public.campaign, name="campaign"),
    path("c/<slug:slug>/total/", public.campaign_total, name="campaign_total"),
    path("c/<slug:slug>/entries.csv", public.entries_csv, name="entries_csv"),
    path("c/<slug:slug>/give/", giving.give, name="give"),
    path("c/<slug:slug>/<slug:workshop_slug>/", giving.workshop, name="workshop"),
]
