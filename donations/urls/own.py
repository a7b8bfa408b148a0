"""The addresses of people's own pages: paying, seats, gifts, links of one's own."""

from __future__ import annotations

from django.urls import path

from donations.views import (
    giving,
    own,
    own_money,
    own_person,
    own_seat,
    returning,
    waiting,
    watching,
)

urlpatterns = [
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
    path("b/<str:token>/take-seat/", own.booking_take_seat, name="booking_take_seat"),
    path("b/<str:token>/give/", giving.booking_give, name="booking_give"),
    path("b/<str:token>/mails/", own_seat.booking_mails, name="booking_mails"),
    path(
        "b/<str:token>/people/<int:position>/answers/",
        own_seat.booking_answers,
        name="booking_answers",
    ),
    path(
        "b/<str:token>/people/<int:position>/hand-over/",
        own_seat.booking_hand_over,
        name="booking_hand_over",
    ),
    path(
        "b/<str:token>/people/<int:position>/give-back/",
        own_seat.booking_give_one_back,
        name="booking_give_one_back",
    ),
    path(
        "b/<str:token>/receipt/<uuid:donation>.pdf",
        own_money.booking_receipt,
        name="booking_receipt",
    ),
    path(
        "b/<str:token>/receipt/<uuid:donation>/mail/",
        own_money.booking_receipt_mail,
        name="booking_receipt_mail",
    ),
    path(
        "b/<str:token>/ask-back/<uuid:donation>/",
        own_money.booking_ask_back,
        name="booking_ask_back",
    ),
    path("b/<str:token>/links/", own_person.booking_links, name="booking_links"),
    path("lost/", own_person.lost_link, name="lost_link"),
    path("p/<str:token>/", own_person.person, name="person"),
    path("p/<str:token>/<int:year>/<str:currency>/", own_person.statement, name="statement"),
    path(
        "p/<str:token>/<int:year>/<str:currency>.pdf",
        own_person.statement_pdf,
        name="statement_pdf",
    ),
    path("p/<str:token>/data.json", own_person.person_data, name="person_data"),
    path("p/<str:token>/erase/", own_person.erase, name="erase"),
    path("s/<str:token>/", own_seat.seat, name="seat"),
    path("s/<str:token>/calendar.ics", own_seat.seat_calendar, name="seat_calendar"),
    path("s/<str:token>/answers/", own_seat.seat_answers, name="seat_answers"),
    path("s/<str:token>/hand-over/", own_seat.seat_hand_over, name="seat_hand_over"),
    path("s/<str:token>/mails/", own_seat.seat_mails, name="seat_mails"),
    path("confirm/<str:token>/", own.confirm_address, name="confirm_address"),
    path("g/<str:token>/", own_money.gift, name="gift"),
    path("g/<str:token>/receipt.pdf", own_money.gift_receipt, name="gift_receipt"),
    path("g/<str:token>/receipt/mail/", own_money.gift_receipt_mail, name="gift_receipt_mail"),
    path("g/<str:token>/ask-back/", own_money.gift_ask_back, name="gift_ask_back"),
    path("g/<str:token>/replay/", watching.gift_replay, name="gift_replay"),
    path("b/<str:token>/seat/", waiting.offer, name="offer"),
    path("b/<str:token>/extend/", waiting.extend, name="extend"),
]
