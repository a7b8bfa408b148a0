"""An organizer looks at an ordered refund that did not go the usual way: again, or seen."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from donations.gateway import GatewayError
from donations.gateway.stripe import for_visitors
from donations.services import organizer_refunds, refund_doubts, refund_words, settlement
from donations.services.links import refund_order_for_member
from donations.views import people_words
from donations.views.language import language


@login_required
@require_POST
def refund_again(request: HttpRequest, public_id: UUID, nonce: UUID) -> HttpResponse:
    """Give once more what did not go through; sent twice, it is given once."""
    order = refund_order_for_member(request.user, public_id, nonce)
    told = {"name": people_words.giver(order.donation), "amount": order.amount.format(language())}
    try:
        new = refund_doubts.again(order, gateway=for_visitors())
    except organizer_refunds.TooMuchError:
        messages.info(request, _("There is nothing that could be given back from here."))
    except organizer_refunds.RefusedError as error:
        messages.error(request, refund_words.why(error.reason))
    except (GatewayError, settlement.BusyError):
        context = {"retry_url": request.path, "back_url": reverse("dashboard"), "told": told}
        return render(request, "organize/refund_later.html", context, status=503)
    else:
        told["amount"] = new.amount.format(language())
        messages.success(request, _("%(name)s gets %(amount)s back.") % told)
    return redirect("dashboard")


@login_required
@require_POST
def refund_seen(request: HttpRequest, public_id: UUID, nonce: UUID) -> HttpResponse:
    """Take a refund off the list: somebody has looked at it."""
    refund_doubts.see(refund_order_for_member(request.user, public_id, nonce))
    messages.success(request, _("It is off the list."))
    return redirect("dashboard")
