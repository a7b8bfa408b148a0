"""The addresses of cancelling a workshop, moving people, and giving money back."""

from __future__ import annotations

from django.urls import path

from donations.views import (
    organize_cancelling,
    organize_given_back,
    organize_moving,
    organize_refund_doubts,
    own_choice,
)

urlpatterns = [
    path(
        "organize/workshops/<uuid:public_id>/cancel/",
        organize_cancelling.workshop_cancel,
        name="workshop_cancel",
    ),
    path(
        "organize/workshops/<uuid:public_id>/cancelled/",
        organize_cancelling.workshop_cancelled,
        name="workshop_cancelled",
    ),
    path(
        "organize/workshops/<uuid:public_id>/cancelled/retry/",
        organize_cancelling.cancellation_retry,
        name="cancellation_retry",
    ),
    path(
        "organize/workshops/<uuid:public_id>/people/<uuid:person_id>/move/",
        organize_moving.workshop_move_person,
        name="workshop_move_person",
    ),
    path(
        "organize/donations/<uuid:public_id>/refund/",
        organize_given_back.donation_refund,
        name="donation_refund",
    ),
    path(
        "organize/donations/<uuid:public_id>/refund/<uuid:nonce>/again/",
        organize_refund_doubts.refund_again,
        name="refund_again",
    ),
    path(
        "organize/donations/<uuid:public_id>/refund/<uuid:nonce>/seen/",
        organize_refund_doubts.refund_seen,
        name="refund_seen",
    ),
    path(
        "organize/donations/<uuid:public_id>/seat/keep/",
        organize_given_back.donation_seat_keep,
        name="donation_seat_keep",
    ),
    path(
        "organize/donations/<uuid:public_id>/seat/free/",
        organize_given_back.donation_seat_free,
        name="donation_seat_free",
    ),
    path("b/<str:token>/choice/", own_choice.booking_choice, name="booking_choice"),
]
