"""Rules for the text on a donor's bank statement.

Source: docs.stripe.com/get-started/account/statement-descriptors.
"""

import re

from sandbox.errors import bad_parameter
from sandbox.shapes import Json

FORBIDDEN = re.compile(r"[<>\\'\"*]")
LETTER = re.compile(r"[A-Za-z]")


def check_descriptors(values: Json, name: str) -> None:
    """Checks both descriptors in ``values``; ``name`` formats the parameter's full name."""
    for key, shortest in (("statement_descriptor", 5), ("statement_descriptor_suffix", 1)):
        text = values.get(key)
        if text is None:
            continue
        param = name.format(key)
        if not shortest <= len(text) <= 22:
            raise bad_parameter(
                f"The statement descriptor must be between {shortest} and 22 characters.",
                param=param,
            )
        if FORBIDDEN.search(text) or not text.isascii():
            raise bad_parameter(
                "The statement descriptor contains invalid characters. It can only hold Latin "
                "characters and none of < > \\ ' \" *.",
                param=param,
            )
        if not LETTER.search(text):
            raise bad_parameter(
                "The statement descriptor must contain at least one letter.", param=param
            )
