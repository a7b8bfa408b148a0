"""A campaign's texts, looks and facts: edited, previewed, and its picture and address."""

from __future__ import annotations

from typing import Any, Final
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from donations import minimums
from donations.services import campaign_editing
from donations.services.campaign_editing import Facts, MoneyPlace, Texts
from donations.views.organize_campaign import campaign_context
from donations.views.organize_workshop import typed
from events.forms.campaign_edit import AddressForm, EditForm, languages
from events.forms.pictures import PictureForm
from events.models import Campaign
from events.services import access, campaigns, content, pictures
from events.services.campaign_pictures import picture_of
from fundraiser.core import colours
from fundraiser.core.transitions import StaleStateError

#: What was promised to everybody who gave, and how to say that it stays.
_PROMISES: Final = {
    "send_by": gettext_lazy("People gave with this day before them: it can only become earlier."),
    "fees_paid_by_organizer": gettext_lazy(
        "People gave with this promise before them: it can no longer be taken back."
    ),
}
#: The longest text that is shown as a preview; the form takes no longer one.
_LONGEST = 20_000


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def campaign_edit(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Edit the campaign. The preview's button shows what is typed and keeps nothing."""
    campaign = access.campaign_for_member(request.user, public_id)
    form = _form(request, campaign)
    if "preview" in request.POST:
        return _page(request, campaign, form=form, preview=True)
    if request.method == "POST" and form.is_valid():
        try:
            _save(request, campaign, form)
        except campaign_editing.MoneyFixedError:
            words = _("It was published meanwhile: where its money goes can no longer change.")
            form.add_error(None, words)
        except campaign_editing.PromiseError as error:
            form.add_error(error.field, _PROMISES[error.field])
        else:
            return redirect("campaign_edit", public_id=public_id)
    return _page(request, campaign, form=form)


def _form(request: HttpRequest, campaign: Campaign, *, is_empty: bool = False) -> EditForm:
    return EditForm(
        None if is_empty else typed(request),
        campaign=campaign,
        least=minimums.minimum,
        place_fixed=campaign_editing.is_money_fixed(campaign),
        currency_fixed=campaign_editing.is_currency_fixed(campaign),
        is_owner=access.is_owner(request.user, campaign),
    )


def _save(request: HttpRequest, campaign: Campaign, form: EditForm) -> None:
    data = form.cleaned_data
    accent = colours.under_white(data["accent"])
    facts = Facts(
        goal_minor=data["goal_minor"],
        suggested_minor=data["suggested_minor"],
        closes_at=form.closes_at(),
        send_by=data["send_by"],
        accent=accent,
        fees_paid_by_organizer=data["fees_paid_by_organizer"],
    )
    place = None
    if not form.place_fixed:
        lands = data.get("destination", campaign.destination)  # an owner's to choose
        place = MoneyPlace(form.currency_code, lands, form.charity_facts())
    campaign_editing.edit(campaign, texts=_texts(form), facts=facts, place=place)
    messages.success(request, _("Saved."))
    if accent != data["accent"]:
        messages.info(request, _("The colour was made darker, so that white text can be read."))


def _texts(form: EditForm) -> Texts:
    data, first = form.cleaned_data, form.cleaned_data["language"]
    others = [code for code, _name in languages() if code != first]
    translated = {code: {n: form.text(n, code) for n in ("title", "story")} for code in others}
    wording = {code: form.text("tax", code) for code, _name in languages()}
    return Texts(
        language=first,
        title=form.text("title", first),
        story=form.text("story", first),
        organizer_name=data["organizer_name"],
        translated={**translated, first: {"title": "", "story": ""}},
        receipt_tax_wording={code: text for code, text in wording.items() if text},
        receipt_tax_country=data["receipt_tax_country"],
    )


def _page(
    request: HttpRequest,
    campaign: Campaign,
    *,
    form: EditForm | None = None,
    picture_form: PictureForm | None = None,
    address_form: AddressForm | None = None,
    preview: bool = False,
) -> HttpResponse:
    """The page with its three forms, of which one may hold what was typed."""
    form = form or _form(request, campaign, is_empty=True)
    forms = (form, picture_form, address_form)
    wrong = next((one for one in forms if one is not None and one.errors), None)
    context = {
        **campaign_context(request, campaign, "edit"),
        "edit_form": form,
        "texts": _with_previews(form),
        "picture_form": picture_form or PictureForm(campaign=campaign),
        "address_form": address_form or AddressForm(campaign=campaign),
        "form": wrong,
        "picture": picture_of(campaign, campaign.language),
        "currency_code": campaign.currency,
        "preview_url": reverse("campaign_story_preview", args=[campaign.public_id]),
    }
    if preview:
        context["form"] = None
    status = 422 if context["form"] else 200
    return render(request, "organize/campaign_edit.html", context, status=status)


def _with_previews(form: EditForm) -> list[dict[str, Any]]:
    found = form.text_fields()
    for one in found:
        one["preview"] = content.markdown(str(one["story"].value() or "")[:_LONGEST])
    return found


@never_cache
@login_required
@require_POST
def campaign_story_preview(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Return the story that is being typed as HTML, cleaned; nothing is kept."""
    access.campaign_for_member(request.user, public_id)
    text = request.POST.get("text", "")[:_LONGEST]
    return HttpResponse(content.markdown(text))


@login_required
@require_POST
def campaign_picture(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Hand in a picture, or crop and describe the one that is there."""
    campaign = access.campaign_for_member(request.user, public_id)
    form = PictureForm(request.POST, request.FILES, campaign=campaign)
    if not form.is_valid():
        return _page(request, campaign, picture_form=form)
    try:
        if form.image is not None:
            pictures.set_picture(campaign, form.image, form.described())
        else:
            pictures.describe(campaign, form.described())
    except StaleStateError:
        form.add_error("picture", _("Somebody handed in another picture meanwhile. Look again."))
        return _page(request, campaign, picture_form=form)
    messages.success(request, _("The picture is on the page."))
    return redirect("campaign_edit", public_id=public_id)


@login_required
@require_POST
def campaign_picture_remove(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Take the picture away."""
    pictures.remove(access.campaign_for_member(request.user, public_id))
    messages.success(request, _("The picture is gone."))
    return redirect("campaign_edit", public_id=public_id)


@login_required
@require_POST
def campaign_address(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Give the campaign another address; the old one leads to it for ever."""
    campaign = access.campaign_for_member(request.user, public_id)
    form = AddressForm(request.POST, campaign=campaign)
    if not form.is_valid():
        return _page(request, campaign, address_form=form)
    try:
        campaigns.change_address(campaign, form.cleaned_data["slug"])
    except campaigns.AddressTakenError:
        form.refuse_taken()
        return _page(request, campaign, address_form=form)
    messages.success(request, _("The campaign has a new address. The old one leads there."))
    return redirect("campaign_edit", public_id=public_id)
