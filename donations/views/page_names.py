"""What an organizer's pages of a campaign and of a workshop are called in the browser's title.

As their tabs are (templates/organize/_campaign_nav.html, _workshop_nav.html): whoever has three of
them open, or hears the title read, knows which is which.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

#: Tab -> its name. The first page of a campaign is called as the campaign alone.
OF_CAMPAIGN: Final[Mapping[str, str | Promise]] = {
    "edit": _("Text and looks"),
    "workshops": _("Workshops"),
    "payments": _("Stripe account"),
    "claims": _("Gifts shown by receipt"),
    "offline": _("Gifts by hand"),
    "payouts": _("Bank transfers"),
    "remittances": _("Sent on"),
    "people": _("People"),
    "invite": _("Invite"),
    "referrals": _("Links"),
    "updates": _("Updates"),
    "share": _("Share"),
    "exports": _("Exports"),
}
OF_WORKSHOP: Final[Mapping[str, str | Promise]] = {
    "edit": _("Edit"),
    "questions": _("Questions"),
    "requests": _("Requests"),
    "people": _("People"),
    "attendance": _("Attendance"),
    "mails": _("Mails"),
    "hosts": _("Speakers"),
    "room": _("Room"),
    "clone": _("More dates"),
    "carried": _("Carried seats"),
    "cancel": pgettext_lazy("tab", "Cancel"),
}
