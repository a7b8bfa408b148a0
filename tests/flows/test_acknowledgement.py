"""The charity says what arrived: a link for an officer, used once, ended by what changes."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client

from donations.gateway.stripe import for_workers
from donations.models import Acknowledgement, Remittance
from donations.services import invariants
from donations.services.person import erasing, personal_data
from donations.services.remitting import charity_addresses
from events.models import Campaign, Message, Person
from tests.flows.test_remittances import organizer, send  # noqa: F401 -- a fixture
from tests.support.story import Story, body, plain

SITE = "https://www.charitywater.org/donate"


@pytest.fixture
def sent(campaign: Campaign, organizer: Client) -> Remittance:  # noqa: F811 -- a fixture
    Campaign.objects.filter(pk=campaign.pk).update(charity_site=SITE)
    answer = send(organizer, campaign, "890", more_is_meant="on", reference="RF-1")
    assert answer.status_code == 302
    return Remittance.objects.get()


def ask(client: Client, row: Remittance, email: str, language: str = "en") -> Any:
    path = f"/organize/remittances/{row.public_id}/ask/"
    return client.post(path, {"email": email, "language": language})


def link_in(mail: Any) -> str:
    found = re.search(r"http\S+(/acknowledge/\S+/)", body(mail))
    assert found is not None
    return found[1]


def said(**typed: Any) -> dict[str, Any]:
    return {
        "received": "890",
        "received_on": "2026-01-20",
        "name": "Olive Officer",
        "role": "Treasurer",
        **typed,
    }


@pytest.mark.parametrize(
    ("email", "site", "is_theirs"),
    [
        ("ann@charitywater.org", SITE, True),
        ("ann@Mail.CharityWater.ORG", SITE, True),
        ("ann@notcharitywater.org", SITE, False),
        ("ann@charitywater.org.evil.example", SITE, False),
        ("ann@evil.example", "https://user@evil.example:443@charity.org/", False),
        ("ann@other.org.uk", "https://www.helpers.org.uk", False),
        ("ann@helpers.org.uk", "https://www.helpers.org.uk", True),
        ("ann@gmail.com", "https://gmail.com", False),
        ("ann@wordpress.com", "https://helpers.wordpress.com", False),
        ("ann@127.0.0.1", "http://127.0.0.1/", False),
        ("ann@org", "https://org", False),
        ("ann@org.uk", "https://org.uk", False),
        ("ann@bücher.example", "https://xn--bcher-kva.example", True),
        ("ann@charity.org", "", False),
    ],
)
def test_an_address_is_the_charitys_only_at_its_own_domain(
    email: str,
    site: str,
    is_theirs: bool,  # noqa: FBT001 -- a parameter of the test
) -> None:
    assert charity_addresses.is_at_site(email, site) is is_theirs


def test_an_officer_acknowledges_by_the_mailed_link_once(
    organizer: Client,  # noqa: F811 -- a fixture
    sent: Remittance,
    story: Story,
) -> None:
    for wrong, words in (("x@gmail.com", "Anybody can have"), ("x@elsewhere.org", "own site")):
        refused = ask(organizer, sent, wrong)
        assert refused.status_code == 422
        assert words in refused.content.decode()
        assert f'value="{wrong}"' in refused.content.decode()
    assert ask(organizer, sent, "olive@charitywater.org", "fr").status_code == 302
    (mail,) = story.mails()
    assert mail["To"] == "olive@charitywater.org"
    assert plain(str(mail["Subject"])) == "Avez-vous bien reçu 890,00 $US ?"
    link = link_in(mail)

    page = story.page(link)
    assert "$890.00" in page
    assert "RF-1" in page
    assert Remittance.objects.get().state == "asked"  # looking does nothing
    wrong = story.client.post(link, said(name="", received="lots"))
    assert wrong.status_code == 422
    assert "Treasurer" in wrong.content.decode()
    visitor = Client(enforce_csrf_checks=True)
    assert visitor.post(link, said()).status_code == 200
    # The same link again changes nothing.
    visitor.post(link, said(received="1", name="Somebody Else", shows_name="on"))
    answer = Acknowledgement.objects.get()
    assert (answer.received_minor, answer.officer_name) == (89_000, "Olive Officer")
    assert Remittance.objects.get().state == "acknowledged"

    page = story.page(f"/c/{sent.campaign.slug}/")
    assert "charity: water: “received $890.00 on 20 January 2026”." in page
    assert "Treasurer · asked at an address of charitywater.org" in page
    assert 'class="done">Acknowledged' in page
    assert "Olive" not in page
    (told,) = story.mails()
    assert told["To"] == "alice@example.org"
    assert ask(organizer, sent, "other@charitywater.org").status_code == 302
    assert Acknowledgement.objects.count() == 1


def test_another_amount_is_shown_as_a_difference_and_a_name_only_when_ticked(
    organizer: Client,  # noqa: F811 -- a fixture
    sent: Remittance,
    story: Story,
) -> None:
    ask(organizer, sent, "olive@charitywater.org")
    link = link_in(story.mails()[0])
    story.client.post(link, said(received="875.50", shows_name="on"))
    page = story.page(f"/c/{sent.campaign.slug}/")
    assert "That is $14.50 less than was sent." in page
    assert "Olive Officer, Treasurer" in page


def test_a_link_ends_with_a_newer_one_and_with_the_transfer(
    organizer: Client,  # noqa: F811 -- a fixture
    sent: Remittance,
    story: Story,
) -> None:
    ask(organizer, sent, "olive@charitywater.org")
    first = link_in(story.mails()[0])
    ask(organizer, sent, "oscar@charitywater.org")
    second = link_in(story.mails()[0])
    assert story.client.get(first).status_code == 404
    assert story.client.post(first, said()).status_code == 404
    assert story.client.get(second[:-3] + "xx/").status_code == 404
    ask(organizer, sent, "third@charitywater.org")
    organizer.post(f"/organize/remittances/{sent.public_id}/undo/", {"reason": "A mistake"})
    assert story.mails() == []  # the third is no longer due
    assert story.client.post(second, said()).status_code == 404
    assert Remittance.objects.get().state == "returned"


def test_nobody_is_asked_for_ever(
    organizer: Client,  # noqa: F811 -- a fixture
    sent: Remittance,
) -> None:
    for number in range(7):
        ask(organizer, sent, f"o{number}@charitywater.org")
    assert Acknowledgement.objects.count() == 5
    assert Acknowledgement.objects.filter(revoked_at=None).count() == 1
    assert list(invariants.broken()) == []


def test_without_a_site_an_admin_looks_at_the_address_first(
    organizer: Client,  # noqa: F811 -- a fixture
    sent: Remittance,
    story: Story,
) -> None:
    Campaign.objects.update(charity_site="")
    ask(organizer, sent, "olive@village.example")
    assert story.mails() == []
    approve = f"/organize/remittances/{sent.public_id}/approve/"
    assert organizer.post(approve).status_code == 403
    admin = Client()
    admin.force_login(User.objects.create_superuser("root", "root@example.org"))
    assert "olive@village.example" in admin.get("/organize/").content.decode()
    for _click in range(2):
        assert admin.post(approve).status_code == 302
    (mail,) = story.mails()
    assert story.client.post(link_in(mail), said()).status_code == 200
    page = story.page(f"/c/{sent.campaign.slug}/")
    assert "the address was checked by this site’s admin" in page
    assert Message.objects.filter(kind="acknowledge_request").count() == 1


def test_an_officer_can_be_told_and_forgotten(
    organizer: Client,  # noqa: F811 -- a fixture
    sent: Remittance,
    story: Story,
) -> None:
    ask(organizer, sent, "olive@charitywater.org")
    link = link_in(story.mails()[0])
    story.client.post(link, said(shows_name="on"))
    person = Person.objects.create(email="Olive@charitywater.org", language="en")
    (known,) = personal_data.of_person(person)["acknowledgements"]
    assert (known["name"], known["received_minor"]) == ("Olive Officer", 89_000)
    erasing.erase(person, gateway=for_workers())
    page = story.page(f"/c/{sent.campaign.slug}/")
    assert "Olive" not in page
    assert "received $890.00" in page
    assert not Acknowledgement.objects.filter(email__gt="").exists()
    assert story.client.get(link).status_code == 404
