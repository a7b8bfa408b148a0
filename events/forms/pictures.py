"""The form of a campaign's picture: the file, what stays in sight, and what it shows in words."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from events.forms.campaign_edit import languages
from events.models import Campaign
from events.services import pictures
from events.services.pictures import Described

if TYPE_CHECKING:
    from PIL.Image import Image

_FOCUSES: Final = (
    gettext_lazy("Top left"),
    gettext_lazy("Top"),
    gettext_lazy("Top right"),
    gettext_lazy("Left"),
    gettext_lazy("Middle"),
    gettext_lazy("Right"),
    gettext_lazy("Bottom left"),
    gettext_lazy("Bottom"),
    gettext_lazy("Bottom right"),
)
_REFUSALS: Final = {
    "too_heavy": gettext_lazy("The file is larger than 12 MB: save it smaller."),
    "too_large": gettext_lazy("The picture has more than 50 million pixels: save it smaller."),
    "too_small": gettext_lazy("The picture is too small: it needs 600 × 400 pixels at least."),
    "unreadable": gettext_lazy("This is no picture that we can read. Hand in a JPEG, PNG or WebP."),
}


class PictureForm(forms.Form):
    """A picture handed in, or the one that is there cropped and described anew."""

    picture = forms.FileField(
        label=gettext_lazy("Picture"),
        required=False,
        widget=forms.FileInput(attrs={"accept": "image/jpeg,image/png,image/webp"}),
        help_text=gettext_lazy("JPEG, PNG or WebP, at least 600 × 400 pixels, up to 12 MB."),
        error_messages={"empty": gettext_lazy("The file is empty.")},
    )
    focus = forms.TypedChoiceField(
        label=gettext_lazy("What stays in sight"),
        coerce=int,
        choices=list(enumerate(_FOCUSES)),
        widget=forms.RadioSelect,
        help_text=gettext_lazy("The page shows it 3:2. What is cut off is the other side."),
    )

    def __init__(self, *args: Any, campaign: Campaign, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._campaign = campaign
        self.image: Image | None = None
        self.initial["focus"] = campaign.picture_focus
        for code, name in languages():
            is_first = code == campaign.language
            self.fields[f"alt_{code}"] = forms.CharField(
                label=_("What the picture shows (%(language)s)") % {"language": name},
                max_length=300,
                required=is_first,
                help_text=_("For people who cannot see it.") if is_first else "",
                error_messages={"required": _("Say in a few words what the picture shows.")},
            )
            given = campaign.translations.get(code, {}).get("picture_alt", "")
            self.initial[f"alt_{code}"] = campaign.picture_alt if is_first else given

    def clean_picture(self) -> None:
        """Read the file as a picture; say at the field why it cannot be."""
        file = self.cleaned_data.get("picture")
        if file is None:
            if not self._campaign.picture:
                raise forms.ValidationError(_("Choose a picture first."))
            return
        try:
            self.image = pictures.read(file)
        except pictures.PictureError as error:
            raise forms.ValidationError(str(_REFUSALS[error.why])) from error

    def described(self) -> Described:
        """Return how the picture is shown. Only for a valid form."""
        data, first = self.cleaned_data, self._campaign.language
        others = [code for code, _name in languages() if code != first]
        return Described(
            focus=data["focus"],
            alt=data[f"alt_{first}"],
            translated_alts={code: data[f"alt_{code}"] for code in others},
        )

    def alt_fields(self) -> list[forms.BoundField]:
        """Return the description in each language, the first one first."""
        first = self._campaign.language
        codes = sorted((code for code, _name in languages()), key=lambda code: code != first)
        return [self[f"alt_{code}"] for code in codes]
