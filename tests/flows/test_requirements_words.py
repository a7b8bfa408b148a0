"""What Stripe still wants, in words, in both languages."""

from __future__ import annotations

import pytest
from django.utils import translation

from donations.services.connecting import countries, requirement_words
from sandbox.onboarding import STEPS

#: Codes as Stripe's documents have them, with a word that must be said of each.
CODES = {
    "external_account": ("bank account", "compte bancaire"),
    "tos_acceptance.ip": ("terms", "conditions"),
    "business_profile.url": ("web site", "site web"),
    "business_profile.mcc": ("What it does", "Ce qu"),
    "company.tax_id": ("tax or registration number", "numéro fiscal"),
    "company.verification.document": ("proves the organization", "prouve l"),
    "company.directors_provided": ("Who leads it", "Qui la dirige"),
    "individual.verification.document": ("identity document", "pièce d’identité"),
    "individual.verification.additional_document": ("proves the address", "domicile"),
    "representative.dob.year": ("date of birth of the person who signs", "date de naissance"),
    "person_1NqN3oLq.relationship.title": ("The role of a director", "fonction"),
    "owners.address.line1": ("home address of a director", "adresse"),
    "individual.id_number": ("national identity", "numéro"),
    "settings.payments.statement_descriptor": ("bank statement", "relevé"),
}


@pytest.mark.parametrize("language", ["en", "fr"])
def test_each_code_has_words_and_no_code_in_them(language: str) -> None:
    with translation.override(language):
        for code, said in CODES.items():
            (words,) = requirement_words.missing([code])
            assert said[language == "fr"] in words, (code, words)
            assert code not in words


@pytest.mark.parametrize(("language", "start"), [("en", "Something"), ("fr", "Quelque chose")])
def test_an_unknown_code_is_shown_with_a_general_sentence(language: str, start: str) -> None:
    with translation.override(language):
        (words,) = requirement_words.missing(["new_thing.of_stripe"])
    assert words.startswith(start)
    assert "new_thing.of_stripe" in words


def test_codes_of_one_thing_are_said_once_and_in_order() -> None:
    with translation.override("en"):
        codes = ["external_account", "company.address.city", "company.address.line1"]
        assert len(requirement_words.missing(codes)) == 2
        assert requirement_words.missing(codes)[0].startswith("A bank account")


def test_everything_that_the_sandbox_asks_for_has_words_of_its_own() -> None:
    asked = [code for codes in STEPS.values() for code in codes]
    with translation.override("en"):
        assert not [one for one in requirement_words.missing(asked) if "Something" in one]


@pytest.mark.parametrize("language", ["en", "fr"])
def test_why_stripe_holds_back_is_said(language: str) -> None:
    with translation.override(language):
        assert requirement_words.why_disabled("") == ""
        for reason in ("requirements.past_due", "rejected.fraud", "under_review", "listed"):
            assert reason not in requirement_words.why_disabled(reason)
        assert "other" in requirement_words.why_disabled("other")


def test_countries_are_named_in_the_readers_language() -> None:
    assert dict(countries.named("fr"))["DE"] == "Allemagne"
    assert dict(countries.named("en"))["DE"] == "Germany"
