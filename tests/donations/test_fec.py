"""The rules of the FEC: a good file passes, and each rule that is broken is named."""

from __future__ import annotations

from datetime import date

import pytest

from donations.services.accounting import books, fec

SIREN = "732829320"  # INSEE's own example

_GOOD = [
    "\t".join(fec.COLUMNS),
    "DON\tDons\t1\t20260105\t517000\tStripe\t\t\tch_1\t20260105\tDon\t20,50\t0,00\t\t\t20260105\t\t",
    "DON\tDons\t1\t20260105\t467000\tDette\t\t\tch_1\t20260105\tDon\t0,00\t20,50\t\t\t20260105\t\t",
    "DON\tDons\t2\t20260106\t627800\tFrais\t\t\tch_1\t20260105\tFrais\t1,00\t0,00\t\t\t20260106\t\t",
    "DON\tDons\t2\t20260106\t517000\tStripe\t\t\tch_1\t20260105\tFrais\t0,00\t1,00\t\t\t20260106\t\t",
]


@pytest.mark.parametrize(
    ("line", "old", "new", "told"),
    [
        (0, "Idevise", "IDevise", "18 columns"),
        (1, "\t517000", "", "17 cells"),
        (1, "ch_1", "", "PieceRef is empty"),
        (1, "20,50", "20.50", "no amount"),
        (1, "0,00", "20,50", "exactly one"),
        (1, "20260105\t517000", "20260230\t517000", "EcritureDate is no day"),
        (2, "467000", "46A000", "no account"),
        (2, "20,50", "20,51", "entry 1 does not balance"),
        (4, "1,00", "1,01", "entry 2 does not balance"),
        (3, "\t2\t", "\t3\t", "EcritureNum is 3 and not 2"),
        (3, "20260106\t627800", "20260104\t627800", "before the entry"),
        (4, "20260106\t517000", "20260107\t517000", "two days"),
        (4, "Stripe", "Stripes", "two labels"),
        (1, "\t\t\t20260105\t\t", "\tA\t\t20260105\t\t", "go together"),
    ],
)
def test_each_rule_of_the_fec_that_is_broken_is_named(
    line: int, old: str, new: str, told: str
) -> None:
    assert fec.problems(_GOOD) == []
    assert fec.problems([one.replace("\t", "|") for one in _GOOD]) == []
    broken = list(_GOOD)
    assert old in broken[line]
    broken[line] = broken[line].replace(old, new, 1)
    assert any(told in one for one in fec.problems(broken)), fec.problems(broken)


def test_a_siren_has_its_check_digit_and_a_fec_its_name() -> None:
    assert books.is_siren(SIREN)
    assert not any(
        books.is_siren(one) for one in ("732829321", "73282932", "７３２８２９３２０", "")
    )
    assert fec.file_name(SIREN, date(2026, 12, 31)) == "732829320FEC20261231.txt"


def test_a_fec_is_in_iso_8859_15_whatever_people_are_called() -> None:
    text = "L’œuvre d’Éloïse – 20 € Ñandú Łukasz ő 李\t1\n"
    assert fec.encoded(text).decode("iso8859-15") == "L'œuvre d'Éloïse - 20 € Ñandú ?ukasz o ?\t1\n"
    assert fec.encoded("e\u0301\u202f!") == "é !".encode("iso8859-15")
    with pytest.raises(UnicodeEncodeError):  # control: it would not go in as it is
        text.encode("iso8859-15")
