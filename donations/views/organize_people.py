"""The people of a workshop, for those who organise it; a viewer is shown numbers alone."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from donations.models import Donation
from donations.services import organizer_refunds as money
from donations.services import people_list
from donations.views import mail_labels, people_words
from donations.views.language import language
from donations.views.organize_workshop import workshop_context
from events.models import Registration, Workshop
from events.services import access, people, people_notes
from events.services.mails import problems, resending
from events.states import BookingState, ProblemKind, WorkshopState
from fundraiser.core.money import Money

_ON_A_PAGE = 50


@never_cache
@login_required
@require_safe
def workshop_people(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Everybody with seat, gift, answers, attendance and mails: found by words and filters."""
    workshop = access.workshop_for_member(request.user, public_id, access.MEMBERS)
    context = workshop_context(request, workshop, "people")
    context["numbers"] = people.numbers(workshop)
    if context["may_edit"]:
        context |= _listed(request, workshop)
    return render(request, "organize/people.html", context)


def _listed(request: HttpRequest, workshop: Workshop) -> dict[str, Any]:
    choices = people_list.choices_of(workshop)
    asked = people_list.asked(request.GET, choices)
    paginator = Paginator(people_list.found(workshop, asked), _ON_A_PAGE)
    page = paginator.get_page(request.GET.get("page"))
    shown = people.rows_of(workshop, list(page.object_list), language())
    notes = people_notes.of([one.registration for one in shown])
    args = [workshop.public_id]
    # Where seats are carried by others, a refund’s button would tell who gave.
    bookings = [] if workshop.hides_carried else [one.booking for one in shown]
    payments = money.refundable(bookings)
    return {
        "search": asked.search,
        "filters": people_words.filters(asked, choices),
        "is_narrow": asked.is_narrow,
        "found_query": asked.query,
        "back": request.GET.urlencode(),
        "page": page,
        "rows": [
            {
                **_row(one, workshop, payments),
                "gift": _gift(workshop, one.registration),
                "notes": notes[one.registration.pk],
                "person_url": reverse("workshop_person", args=[*args, one.registration.public_id]),
            }
            for one in shown
        ],
        "write_url": reverse("workshop_write", args=args),
        "mark_url": reverse("workshop_mark", args=args),
        "resend_url": reverse("workshop_resend", args=[workshop.public_id]),
        "forgive_url": reverse("workshop_forgive", args=[workshop.public_id]),
    }


def _gift(workshop: Workshop, one: Registration) -> Money | None:
    """What is left of the gift that a person made for their seats, if they are the payer."""
    minor: int = getattr(one, "gift_minor", 0)
    given = one.position == 1 and minor > 0 and not workshop.hides_carried
    return Money(minor, workshop.campaign.currency) if given else None


def _row(one: people.Row, workshop: Workshop, payments: Mapping[int, Donation]) -> dict[str, Any]:
    paid = payments.get(one.booking.pk) if one.registration.position == 1 else None
    hides = workshop.hides_carried
    mails = [mail_labels.shown(mail, hides_carried=hides) for mail in one.mails]
    confirmed = one.booking.state == BookingState.CONFIRMED
    return {
        "one": one,
        "mails": mails,
        "stuck": [mail for mail in mails if mail["state"] in {"held", "set_aside"}],
        "move_url": _move_url(one, workshop) if confirmed and _can_move(workshop) else "",
        "refund_url": reverse("donation_refund", args=[paid.public_id]) if paid else "",
        "can_resend": confirmed and bool(one.email),
        "can_forgive": _can_forgive(one),
    }


def _can_move(workshop: Workshop) -> bool:
    """Whether the list offers to move people; see organize_moving for a cancelled workshop."""
    return not (workshop.hides_carried and workshop.state == WorkshopState.CANCELLED)


def _move_url(one: people.Row, workshop: Workshop) -> str:
    """Return where a booking is moved; its first person stands for all of it."""
    if one.registration.position != 1:
        return ""
    numbers = [workshop.public_id, one.registration.public_id]
    return reverse("workshop_move_person", args=numbers)


def _can_forgive(one: people.Row) -> bool:
    """Whether this team alone can have the address written to again.

    Not where the person called a mail spam, nor what others' mails have met with.
    """
    complained = any(problem.kind == ProblemKind.COMPLAINED for problem in one.problems)
    return bool(one.problems) and not complained and not one.refuses


def _chosen(request: HttpRequest, workshop: Workshop) -> Registration:
    """Return the person whose number is in the form; Http404 for nobody of this workshop."""
    try:
        wanted = UUID(request.POST.get("registration", ""))
    except ValueError as error:
        raise Http404 from error
    return access.person_of_workshop(workshop, wanted)


@login_required
@require_POST
def workshop_forgive(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Let reminders and news go again to an address that is right after all."""
    workshop = access.workshop_for_member(request.user, public_id)
    registration = _chosen(request, workshop)
    (row,) = people.rows_of(workshop, [registration], language())
    if _can_forgive(row):
        problems.forgive(row.email, workshop=workshop)
        messages.success(request, _("Mails go to this address again."))
    return redirect("workshop_people", public_id=workshop.public_id)


@login_required
@require_POST
def workshop_resend(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Send one person's confirmation again: the person's number is in the form."""
    workshop = access.workshop_for_member(request.user, public_id)
    registration = _chosen(request, workshop)
    try:
        resending.confirmation(registration)
    except resending.OnItsWayError:
        messages.warning(request, _("The last one has not left yet: no need for another."))
    except resending.NothingToSendError:
        messages.error(request, _("This person has no seat, or no address: nothing was sent."))
    else:
        messages.success(request, _("The confirmation is on its way."))
    return redirect("workshop_people", public_id=workshop.public_id)
