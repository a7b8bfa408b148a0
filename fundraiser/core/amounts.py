"""Amounts as people type them, in either language's way."""

from __future__ import annotations

import re
import unicodedata
from decimal import Decimal

from fundraiser.core.money import InvalidAmountError, Money, exponent

_SPACES = re.compile(r"[\s\u00a0\u202f'’]+")
_NUMBER = re.compile(r"\d{1,15}(?:[.,]\d+)*[.,]?\Z")


def parse(text: str, currency: str, language: str) -> Money:
    """Return the Money that a visitor typed: "20", "20,50 €", "1 234,5", "$1,234.50", "1.234,50".

    Where both separators stand, the last one is the decimal point. A single one followed by exactly
    three digits is read in the language's way ("1,234" is 1234 in English); any other is a decimal
    point whichever it is, since "20.50" and "20,50" leave no doubt. Digits of other scripts count.

    Raises InvalidAmountError where no amount, a negative one, one with too many decimals or one
    that the currency cannot charge was typed.
    """
    cleaned = _SPACES.sub("", unicodedata.normalize("NFKC", text[:64]))
    cleaned = _without_currency(cleaned)
    if not _NUMBER.match(cleaned):
        raise InvalidAmountError(f"no amount in {text[:64]!r}")
    whole, decimals = _split(cleaned.rstrip(".,"), language, exponent(currency))
    return Money.from_major(Decimal(f"{whole}.{decimals or '0'}"), currency)


def _without_currency(text: str) -> str:
    """Cut off what stands for a currency at either end: letters and currency signs."""
    begin, end = 0, len(text)
    while begin < end and _names_currency(text[begin]):
        begin += 1
    while end > begin and _names_currency(text[end - 1]):
        end -= 1
    return text[begin:end]


def _names_currency(character: str) -> bool:
    return character.isalpha() or unicodedata.category(character) == "Sc"


def _split(number: str, language: str, digits: int) -> tuple[str, str]:
    separators = [character for character in number if character in ".,"]
    if not separators:
        return number, ""
    head, last, tail = re.split(r"([.,])(?=[^.,]*\Z)", number)
    if len(set(separators)) == 1 and (len(separators) > 1 or _is_grouping(last, tail, language)):
        return _ungrouped(number, separators[0]), ""
    if digits == 0 and tail.strip("0"):
        raise InvalidAmountError("this currency has no decimals")
    return _ungrouped(head, "," if last == "." else "."), tail


def _is_grouping(separator: str, tail: str, language: str) -> bool:
    """A lone separator before three digits groups thousands where the language groups with it."""
    return len(tail) == 3 and separator == ("," if language.startswith("en") else ".")


def _ungrouped(number: str, separator: str) -> str:
    groups = number.split(separator)
    if any(len(group) != 3 for group in groups[1:]) or not 1 <= len(groups[0]) <= 15:
        raise InvalidAmountError("thousands in groups of three")
    if not "".join(groups).isdecimal():
        raise InvalidAmountError("not a number")
    return "".join(groups)
