"""How a sheet looks: columns wide enough to read, days without a clock, amounts with decimals."""

from __future__ import annotations

from typing import Any, Final

from donations.services.exports.columns import Shape
from donations.services.exports.query import Scope, headings
from donations.services.exports.shared import Kind

#: In characters. A number or a moment in a narrower column is shown as "###" and nothing else.
_WIDTHS: Final = {
    Shape.TEXT: 16.0,
    Shape.CODE: 16.0,
    Shape.INTEGER: 10.0,
    Shape.MONEY: 14.0,
    Shape.MOMENT: 20.0,
    Shape.DAY: 12.0,
    Shape.FLAG: 8.0,
}
#: Two decimals, and the third of the few currencies that have one.
_MONEY: Final = "#,##0.00#"
_DAY: Final = "yyyy-mm-dd"


def of(kind: Kind, scope: Scope) -> dict[str, Any]:
    """Return what the writer wants to know of a sheet."""
    from rustpy_xlsxwriter import Format  # noqa: PLC0415 -- a megabyte that only workers need

    named = list(zip(kind.columns, headings(kind, scope), strict=True))
    formats = {Shape.MONEY: _MONEY, Shape.DAY: _DAY}
    return {
        "column_widths": {name: max(_WIDTHS[one.shape], len(name) + 2.0) for one, name in named},
        "column_formats": {
            name: Format().set_num_format(formats[one.shape])
            for one, name in named
            if one.shape in formats
        },
    }
