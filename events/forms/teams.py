"""A team, a new one, an invitation and a role, as forms."""

from __future__ import annotations

from typing import Any

from django import forms
from django.conf import settings
from django.core.validators import EmailValidator, ProhibitNullCharactersValidator
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from events.forms.zone_choices import with_zone
from events.states import Role


def _email(label: Any, required: Any, help_text: Any = "") -> forms.CharField:
    return forms.CharField(
        label=label,
        max_length=254,
        help_text=help_text,
        validators=[
            EmailValidator(_("Write an e-mail address like name@example.org.")),
            ProhibitNullCharactersValidator(),
        ],
        widget=forms.EmailInput(),
        error_messages={"required": required},
    )


class TeamForm(forms.Form):
    """What a team is called, where answers to its mails go, and its zone."""

    name = forms.CharField(
        label=_("Name of the team"),
        max_length=120,
        validators=[ProhibitNullCharactersValidator()],
        error_messages={"required": _("Write what the team is called.")},
    )
    reply_to = _email(
        _("Address for answers"),
        _("Write the address that answers to your mails go to."),
        _("When somebody answers one of your mails, the answer arrives here."),
    )
    time_zone = forms.ChoiceField(
        label=_("Time zone"),
        initial="UTC",
        help_text=_("Your workshops begin with it, and your daily summary follows it."),
        error_messages={"invalid_choice": _("Choose a time zone of the list.")},
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """``initial`` may hold a zone that is no city, such as an old name: it stays a choice."""
        super().__init__(*args, **kwargs)
        field = self.fields["time_zone"]
        assert isinstance(field, forms.ChoiceField)  # noqa: S101 -- declared above
        own = str(self.initial.get("time_zone") or "")
        field.choices = [("UTC", "UTC"), *(one for one in with_zone(own) if one[0] != "UTC")]
        if not own:
            field.widget.attrs["data-own-zone"] = ""  # static/js/timezone.js


#: What each role may do, for who chooses one.
ROLES = [
    (Role.ORGANIZER.value, _("Organizer: works on campaigns and sees people")),
    (Role.VIEWER.value, _("Viewer: sees numbers, and no addresses")),
    (Role.OWNER.value, _("Owner: also decides who is on the team")),
]


class InvitationForm(forms.Form):
    """Whom to invite, as what, and in which language."""

    email = _email(_("E-mail address"), _("Write the address that the invitation goes to."))
    role = forms.ChoiceField(label=_("Role"), choices=ROLES, initial=Role.ORGANIZER)
    language = forms.ChoiceField(label=_("Language of the mail"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["language"]
        assert isinstance(field, forms.ChoiceField)  # noqa: S101 -- declared above
        field.choices = [(code, str(name)) for code, name in settings.LANGUAGES]
        self.initial.setdefault("language", (get_language() or "en")[:2])


class RoleForm(forms.Form):
    """Another role for a member."""

    role = forms.ChoiceField(label=_("Role"), choices=ROLES)
