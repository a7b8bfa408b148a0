"""The addresses of connecting Stripe accounts: the team's pages, and the officer's own."""

from __future__ import annotations

from django.urls import path

from donations.views import onboarding, organize_payments

_PAGE = "organize/campaigns/<uuid:public_id>/payments/"
_ACCOUNT = f"{_PAGE}<uuid:account_id>/"

urlpatterns = [
    path(_PAGE, organize_payments.campaign_payments, name="campaign_payments"),
    path(f"{_PAGE}connect/", organize_payments.campaign_connect, name="campaign_connect"),
    path(f"{_PAGE}look-up/", organize_payments.campaign_look_up, name="campaign_look_up"),
    path(
        f"{_ACCOUNT}onboard/",
        organize_payments.campaign_account_onboard,
        name="campaign_account_onboard",
    ),
    path(
        f"{_ACCOUNT}check/", organize_payments.campaign_account_check, name="campaign_account_check"
    ),
    path(f"{_ACCOUNT}link/", organize_payments.campaign_account_link, name="campaign_account_link"),
    path(
        f"{_ACCOUNT}disconnect/",
        organize_payments.campaign_account_disconnect,
        name="campaign_account_disconnect",
    ),
    path(
        f"{_ACCOUNT}reconnect/",
        organize_payments.campaign_account_reconnect,
        name="campaign_account_reconnect",
    ),
    path("onboarding/<str:token>/", onboarding.onboarding, name="onboarding"),
    path("onboarding/<str:token>/check/", onboarding.onboarding_check, name="onboarding_check"),
]
