"""An organizer's pages of the updates to donors; and the page that ends such mails."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django import forms
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.validators import ProhibitNullCharactersValidator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language_info, gettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from donations.models import CampaignUpdate
from donations.services.links import donation_for_link
from donations.services.updating import doors, updates
from donations.views.language import language
from donations.views.organize_campaign import campaign_context
from events.models import Campaign
from events.services import access


def _title(**options: Any) -> forms.CharField:
    return forms.CharField(
        max_length=120, validators=[ProhibitNullCharactersValidator()], **options
    )


def _body(**options: Any) -> forms.CharField:
    return forms.CharField(
        max_length=20_000,
        validators=[ProhibitNullCharactersValidator()],
        widget=forms.Textarea(attrs={"rows": 10}),
        **options,
    )


class UpdateForm(forms.Form):
    """What became of the gifts, in the campaign's language and, if wanted, in others."""

    title = _title(
        label=gettext_lazy("Title"),
        error_messages={"required": gettext_lazy("Write a title.")},
    )
    body = _body(
        label=gettext_lazy("Text"),
        help_text=gettext_lazy("Markdown: **bold**, lists with a dash, [words](https://…)."),
        error_messages={"required": gettext_lazy("Write what became of the gifts.")},
    )

    def __init__(
        self,
        data: Mapping[str, Any] | None = None,
        *,
        campaign: Campaign,
        update: CampaignUpdate | None = None,
    ) -> None:
        initial: dict[str, Any] = {}
        self.others = [code for code, _name in settings.LANGUAGES if code != campaign.language[:2]]
        if update is not None:
            initial = {"title": update.title, "body": update.body}
            for code, words in update.translations.items():
                initial |= {f"{name}_{code}": text for name, text in words.items()}
        super().__init__(data, initial=initial)
        for code in self.others:
            values = {"language": get_language_info(code)["name_translated"]}
            self.fields[f"title_{code}"] = _title(
                label=_("Title, %(language)s") % values, required=False
            )
            self.fields[f"body_{code}"] = _body(
                label=_("Text, %(language)s") % values, required=False
            )

    def clean(self) -> dict[str, Any]:
        """Ask for both title and text of another language, or neither."""
        cleaned = super().clean() or {}
        for code in self.others:
            names = (f"title_{code}", f"body_{code}")
            given = [bool(cleaned.get(name)) for name in names]
            if any(given) and not all(given) and not (set(names) & self.errors.keys()):
                self.add_error(
                    names[given.index(False)],
                    _("Write both the title and the text in this language, or neither."),
                )
        return cleaned

    def words(self) -> dict[str, Any]:
        """Return title, body and translations. Only for a valid form."""
        data = self.cleaned_data
        translations = {
            code: {"title": data[f"title_{code}"], "body": data[f"body_{code}"]}
            for code in self.others
            if data[f"title_{code}"]
        }
        return {"title": data["title"], "body": data["body"], "translations": translations}


def _context(request: HttpRequest, campaign: Campaign, **more: Any) -> dict[str, Any]:
    return {**campaign_context(request, campaign, "updates"), **more}


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def campaign_updates(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """What was told so far, and a form for the next; POST keeps a draft."""
    found = access.campaign_for_member(request.user, public_id)
    form = UpdateForm(request.POST if request.method == "POST" else None, campaign=found)
    if request.method == "POST" and form.is_valid():
        kept = updates.draft(campaign=found, author=request.user, **form.words())
        return redirect("campaign_update", public_id=public_id, update_id=kept.public_id)
    context = _context(request, found, form=form, updates=_listed(found))
    status = 422 if form.errors else 200
    return render(request, "organize/updates.html", context, status=status)


def _listed(campaign: Campaign) -> list[dict[str, Any]]:
    return [
        {
            "title": one.text("title", language()),
            "id": one.public_id,
            "published_at": one.published_at,
            "mailed": updates.mailed(one) if one.published_at else 0,
        }
        for one in doors.of_campaign(campaign)[:100]
    ]


@login_required
@require_safe
def campaign_update(request: HttpRequest, public_id: UUID, update_id: UUID) -> HttpResponse:
    """One update in every language that it has, with how many get it, and the button."""
    found = access.campaign_for_member(request.user, public_id)
    update = doors.update_of(found, update_id)
    languages = [found.language[:2], *update.translations]
    context = _context(
        request,
        found,
        update=update,
        versions=[
            {
                "code": code,
                "name": get_language_info(code)["name_translated"],
                "shown": doors.shown(update, code),
            }
            for code in languages
        ],
        count=len(updates.recipients(found)),
        mailed=updates.mailed(update) if update.published_at else 0,
    )
    return render(request, "organize/update.html", context)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def campaign_update_edit(request: HttpRequest, public_id: UUID, update_id: UUID) -> HttpResponse:
    """Change a draft."""
    found = access.campaign_for_member(request.user, public_id)
    update = doors.update_of(found, update_id)
    data = request.POST if request.method == "POST" else None
    form = UpdateForm(data, campaign=found, update=update)
    if update.published_at is not None:
        return _published_already(request, update)
    if request.method == "POST" and form.is_valid():
        try:
            updates.rewrite(update, **form.words())
        except updates.PublishedAlreadyError:
            return _published_already(request, update)
        return redirect("campaign_update", public_id=public_id, update_id=update_id)
    context = _context(request, found, form=form, update=update)
    status = 422 if form.errors else 200
    return render(request, "organize/update_edit.html", context, status=status)


@login_required
@require_POST
def campaign_update_publish(request: HttpRequest, public_id: UUID, update_id: UUID) -> HttpResponse:
    """Show it on the campaign's page and mail it, once."""
    found = access.campaign_for_member(request.user, public_id)
    update = doors.update_of(found, update_id)
    if not updates.publish(update):
        return _published_already(request, update)
    messages.success(request, _("Published. The mails are on their way."))
    return redirect("campaign_update", public_id=public_id, update_id=update_id)


@login_required
@require_POST
def campaign_update_discard(request: HttpRequest, public_id: UUID, update_id: UUID) -> HttpResponse:
    """Throw a draft away."""
    found = access.campaign_for_member(request.user, public_id)
    update = doors.update_of(found, update_id)
    try:
        updates.discard(update)
    except updates.PublishedAlreadyError:
        return _published_already(request, update)
    messages.success(request, _("The draft is gone."))
    return redirect("campaign_updates", public_id=public_id)


def _published_already(request: HttpRequest, update: CampaignUpdate) -> HttpResponse:
    messages.info(request, _("It is published already: it stays as people have it."))
    return redirect(
        "campaign_update", public_id=update.campaign.public_id, update_id=update.public_id
    )


# A mail program posts without a cookie; the signed link itself says who it is.
@never_cache
@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
def updates_off(request: HttpRequest, token: str) -> HttpResponse:
    """GET shows a button; POST ends a donor's news (RFC 8058), or ``again`` undoes that."""
    donation = donation_for_link(token, doors.UPDATES_OFF_LINK)
    if request.method == "POST":
        updates.set_wanted(donation, wanted="again" in request.POST)
        donation = donation_for_link(token, doors.UPDATES_OFF_LINK)
    context = {
        "organizer": donation.campaign.organizer_name,
        "is_test": donation.campaign.test_mode,
        "is_news": True,
        "wanted": updates.wants(donation),
        "changed": request.method == "POST",
    }
    return render(request, "mails/unsubscribe.html", context)
