"""What the health page says of numbers."""

from __future__ import annotations

from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from donations.services.health.shapes import Check, Reading, Unit

_MINUTE, _HOUR, _DAY = 60, 3600, 86400


def duration(seconds: float) -> str:
    """Return about how long, in the one unit that says it: 0.4 s, 12 s, 4 min, 26 h, 3 days."""
    if 0.05 <= seconds < 10:
        return _("%(n)s s") % {"n": number_format(seconds, 1)}
    if seconds < 2 * _MINUTE:
        return _("%(n)s s") % {"n": round(seconds)}
    if seconds < 2 * _HOUR:
        return _("%(n)s min") % {"n": round(seconds / _MINUTE)}
    if seconds < 2 * _DAY:
        return _("%(n)s h") % {"n": round(seconds / _HOUR)}
    days = round(seconds / _DAY)
    return ngettext("%(n)s day", "%(n)s days", days) % {"n": days}


def value(reading: Reading) -> str:
    """Return what was measured, in words."""
    if reading.failed:
        return _("could not be measured")
    if reading.value is None:
        return _("never")
    if reading.check.unit == Unit.ABSENCE:
        return _("does not answer") if reading.value else _("answers")
    if reading.check.unit == Unit.SECONDS:
        return duration(reading.value)
    return number_format(reading.value, 0)


def threshold(check: Check) -> str:
    """Return what is still right, in words; empty where there is only yes or no."""
    if check.unit == Unit.ABSENCE:
        return ""
    if check.unit == Unit.SECONDS:
        return _("at most %(limit)s") % {"limit": duration(check.threshold)}
    return _("at most %(limit)s") % {"limit": number_format(check.threshold, 0)}
