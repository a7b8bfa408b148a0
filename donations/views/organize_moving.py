"""An organizer moves a person, with everybody of the booking, to another date."""

from __future__ import annotations

from typing import Final
from uuid import UUID

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from donations.services import moving as bookings_moving
from donations.views.organize_cancelling import date_label
from donations.views.organize_workshop import typed, workshop_context
from events.models import Booking, Workshop
from events.services import access
from events.services.seating import moving, seats
from events.states import BookingState, WorkshopState
from fundraiser.core.errors import ServiceError

#: Where seats are carried by others' gifts. It says the same of everybody.
_ALONE: Final = gettext_lazy(
    "The workshop is cancelled: everybody was told, and chooses by themselves. Write to them if "
    "you want them to come on another date."
)


class MoveForm(forms.Form):
    """Which date."""

    date = forms.ChoiceField(
        label=gettext_lazy("The new date"),
        widget=forms.RadioSelect,
        error_messages={
            "required": gettext_lazy("Choose a date."),
            "invalid_choice": gettext_lazy("No seat is free there any more: choose another date."),
        },
    )


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def workshop_move_person(request: HttpRequest, public_id: UUID, person_id: UUID) -> HttpResponse:
    """Ask for the date; POST moves. Sent twice, they are moved once."""
    workshop = access.workshop_for_member(request.user, public_id)
    person = access.person_of_workshop(workshop, person_id)
    booking = person.booking
    if obstacle := _obstacle(booking, workshop):
        messages.warning(request, obstacle)
        return redirect("workshop_people", public_id=public_id)
    dates = moving.dates(workshop, seats=booking.seats)
    known = {str(one.workshop.public_id): one.workshop for one in dates}
    form = MoveForm(typed(request))
    field = form.fields["date"]
    assert isinstance(field, forms.ChoiceField)  # noqa: S101 -- declared above
    field.choices = [(str(one.workshop.public_id), date_label(one)) for one in dates]
    if request.method == "POST" and form.is_valid():
        try:
            bookings_moving.move(booking.pk, known[form.cleaned_data["date"]].pk)
        except (
            bookings_moving.GoesBackError,
            moving.CannotMoveError,
            seats.FullError,
        ) as error:
            form.add_error("date", _told(error, workshop))
        else:
            messages.success(
                request, _("%(name)s is moved, and is being told.") % {"name": booking.name}
            )
            return redirect("workshop_people", public_id=public_id)
    context = {
        **workshop_context(request, workshop, "people"),
        "form": form,
        "booking": booking,
        "dates": dates,
        "hides_gifts": workshop.hides_carried,
    }
    status = 422 if request.method == "POST" else 200
    return render(request, "organize/move.html", context, status=status)


def _obstacle(booking: Booking, workshop: Workshop) -> str:
    """Return why nobody can be moved at all; empty where a date can be chosen."""
    if booking.state != BookingState.CONFIRMED:
        return _("There is no seat to move: perhaps it was moved already.")
    if workshop.hides_carried and workshop.state == WorkshopState.CANCELLED:
        # Who could still be moved, and who not, would tell who has chosen a refund, and so gave.
        return str(_ALONE)
    return ""


def _told(error: ServiceError, workshop: Workshop) -> str:
    if isinstance(error, bookings_moving.GoesBackError) and workshop.hides_carried:
        return str(_ALONE)
    if isinstance(error, bookings_moving.GoesBackError):
        return _("They chose to have their money back: they cannot be moved any more.")
    if isinstance(error, moving.CannotMoveError) and error.why == "twin":
        return _("This address has a seat on that date already.")
    if isinstance(error, moving.CannotMoveError) and error.why == "booking":
        return _("There is no seat to move: perhaps it was moved already.")
    return _("No seat is free there any more: choose another date.")
