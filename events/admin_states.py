"""States of this app's rows in the admin, listed to be translated (core/names.py)."""

from __future__ import annotations

from typing import Final

from django.utils.translation import pgettext_lazy

STATES: Final = (
    pgettext_lazy("state", "Active"),
    pgettext_lazy("state", "Address"),
    pgettext_lazy("state", "Archived"),
    pgettext_lazy("state", "Bigbluebutton"),
    pgettext_lazy("state", "Bounced"),
    pgettext_lazy("state", "Cancelled"),
    pgettext_lazy("state", "Charity"),
    pgettext_lazy("state", "Click"),
    pgettext_lazy("state", "Closed"),
    pgettext_lazy("state", "Complained"),
    pgettext_lazy("state", "Confirmed"),
    pgettext_lazy("state", "Draft"),
    pgettext_lazy("state", "Dropped"),
    pgettext_lazy("state", "English"),
    pgettext_lazy("state", "Expired"),
    pgettext_lazy("state", "External"),
    pgettext_lazy("state", "Failing"),
    pgettext_lazy("state", "French"),
    pgettext_lazy("state", "Gone"),
    pgettext_lazy("state", "Hand"),
    pgettext_lazy("state", "Held"),
    pgettext_lazy("state", "Imprint"),
    pgettext_lazy("state", "Jitsi"),
    pgettext_lazy("state", "Needs Attention"),
    pgettext_lazy("state", "Organizer"),
    pgettext_lazy("state", "Owner"),
    pgettext_lazy("state", "Pending"),
    pgettext_lazy("state", "Person"),
    pgettext_lazy("state", "Privacy"),
    pgettext_lazy("state", "Published"),
    pgettext_lazy("state", "Queued"),
    pgettext_lazy("state", "Rejected"),
    pgettext_lazy("state", "Report"),
    pgettext_lazy("state", "Sending"),
    pgettext_lazy("state", "Sent"),
    pgettext_lazy("state", "Set Aside"),
    pgettext_lazy("state", "Team"),
    pgettext_lazy("state", "Terms"),
    pgettext_lazy("state", "Viewer"),
    pgettext_lazy("state", "Waiting"),
)
