"""Every state that a public page can be in, made by doing it, and how to get to each page."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from django.urls import reverse
from playwright.sync_api import Page

from donations.gateway.stripe import for_workers
from donations.models import Donation
from donations.services.links import gift_link
from donations.services.parameters import token
from events.models import Booking, Workshop
from events.services import access
from events.services.seating import seats
from fundraiser.core import clock
from tests.browser import own_scene
from tests.support.cast import make_campaign, make_gift, make_workshop, start
from tests.support.story import Story, address

Steps = Callable[[Page], None]

_FRENCH = {
    "title": "Ouvrir une boutique en ligne",
    "summary": "De l’idée à la première vente, en deux heures.",
    "description": "Une **méthode** simple :\n\n- choisir\n- photographier\n- envoyer",
}
_STORY = "People walk *hours* for a bucket of water.\n\n## Why\n\n**charity: water** builds wells."
_QUESTIONS = [
    {"id": "shop", "label": "What do you sell?", "kind": "text", "required": True},
    {"id": "level", "label": "Your level?", "kind": "choice", "choices": ["New", "Expert"]},
    {"id": "years", "label": "Since how many years?", "kind": "number"},
    {"id": "rules", "label": "I agree to be kind", "kind": "consent", "required": True},
]


@dataclass
class Scene:
    """Named pages: a path to open, and what to do there to see the page that is meant."""

    story: Story
    paths: dict[str, str] = field(default_factory=dict)
    steps: dict[str, Steps] = field(default_factory=dict)

    def build(self) -> Scene:
        """Make everything; the sandbox holds its webhooks back meanwhile."""
        campaign = make_campaign(
            slug="water",
            story=_STORY,
            closes_at=clock.now() + timedelta(days=20),
            send_by=(clock.now() + timedelta(days=40)).date(),
            charity_site="https://www.charitywater.org",
            translations={"fr": {"title": "De l’eau potable", "story": "Des *heures* de marche."}},
        )
        workshop = self._workshop(campaign, "shop", capacity=200, speakers=["Ann", "Ben"])
        self.paths |= {
            "home": "/",
            "campaign": "/c/water/",
            "campaign empty": f"/c/{make_campaign(goal_minor=None, story='').slug}/",
            "campaign closed": f"/c/{make_campaign(state='closed').slug}/",
            "give": "/c/water/give/",
            "workshop": address(workshop),
            "workshop prefilled": f"{address(workshop)}?amount=50",
            "404": "/nowhere/",
            "link of nobody": "/b/nothing/",
            "sign in": reverse("account_login"),
            "sign in by code": reverse("account_request_login_code"),
            "sign up": reverse("account_signup"),
            "password": reverse("account_reset_password"),
        }
        self._shut_workshops(campaign)
        self._returns(campaign, workshop)
        self._bookings(campaign)
        self._answers(campaign)
        questions = {"questions": _QUESTIONS, "benefit_minor": 500}
        paths, steps = own_scene.pages(self.story, self._workshop(campaign, "own", **questions))
        self.paths |= paths
        self.steps |= steps
        return self

    def _workshop(self, campaign: Any, slug: str, **values: Any) -> Workshop:
        told = {"summary": "From idea to first sale.", "description": _FRENCH["description"]}
        return make_workshop(
            campaign, slug=slug, translations={"fr": _FRENCH}, **{**told, **values}
        )

    def _shut_workshops(self, campaign: Any) -> None:
        now = clock.now()
        shut = {
            "full": {"capacity": 0},
            "cancelled": {"state": "cancelled"},
            "past": {"starts_at": now - timedelta(days=2)},
            "not yet open": {"registration_opens_at": now + timedelta(days=2)},
            "closed": {"registration_closes_at": now - timedelta(days=1)},
            "with questions": {"questions": _QUESTIONS, "zero_allowed": True, "capacity": 3},
        }
        for name, values in shut.items():
            found = self._workshop(campaign, name.replace(" ", "-"), **values)
            self.paths[f"workshop {name}"] = address(found)

    def _returns(self, campaign: Any, workshop: Workshop) -> None:
        """The page after paying, in each of its states, and the giver's own pages."""
        unpaid = self.story.register(workshop, email="u@example.org")
        made = {"confirming": unpaid, "needs attention": self._late(campaign)}
        made |= self._paid(campaign, workshop) | self._unpaid(workshop) | self._debits()
        for name, donation in made.items():
            self.paths[f"return {name}"] = f"/checkout/{token(donation)}/"
            if name in {"paid", "confirming", "expired", "needs attention"}:
                self.paths[f"booking {name}"] = self._own(donation.booking)
        self.paths |= {
            "return open": f"/checkout/{token(unpaid)}/?asked",
            "return declined": f"/checkout/{token(made['declined'])}/?asked",
            "return released": f"/checkout/{token(made['expired'])}/?released",
            "came back": f"/checkout/{token(unpaid)}/cancelled/",
            "gift": f"/g/{gift_link(made['gift'])}/",
            "gift refunded in part": f"/g/{gift_link(made['refunded'])}/",
            "stripe's page": unpaid.session_url,
        }

    def _paid(self, campaign: Any, workshop: Workshop) -> dict[str, Donation]:
        story = self.story
        paid = story.give(workshop, name="Dora", message="For the wells. " * 12, cover_fee="on")
        gift = story.give(campaign, email="g@example.org", name="Zoe", hide_amount="on")
        story.give(campaign, email="h@example.org", hide_name="on", message="Quietly")
        refunded = story.give(campaign, email="r@example.org", name="Refunded in part")
        story.sandbox.refund(charge=refunded.charge_id, amount=500)
        story.webhooks(refunded)
        return {"paid": paid, "gift": gift, "refunded": refunded}

    def _unpaid(self, workshop: Workshop) -> dict[str, Donation]:
        story, sandbox = self.story, self.story.sandbox
        declined = story.register(workshop, email="d@example.org")
        sandbox.pay(declined.session_id, card="4000000000000002")
        expired = story.register(workshop, email="e@example.org")
        sandbox.expire(expired.session_id)
        quarantined = story.register(workshop, email="q@example.org")
        sandbox.pay(quarantined.session_id)
        sandbox.tamper(quarantined.session_id, amount=1)
        given_back = story.register(workshop, email="b@example.org")
        sandbox.tamper(given_back.session_id, livemode=True)
        sandbox.pay(given_back.session_id)
        sandbox.refund(session=given_back.session_id)
        made = {"declined": declined, "expired": expired, "quarantined": quarantined}
        made |= {"given back": given_back}
        told = {name: story.webhooks(donation) for name, donation in made.items()}
        return {**told, "refused": start(workshop, make_gift(10), for_workers())}

    def _debits(self) -> dict[str, Donation]:
        """Bank debits, which are for euros here: one on its way, one refused."""
        story = self.story
        euros = self._workshop(make_campaign(currency="EUR", slug="euros"), "euros")
        processing = story.register(euros, email="p@example.org")
        story.pay(processing, method="sepa_debit")
        failed = story.register(euros, email="f@example.org")
        story.pay(failed, method="sepa_debit")
        story.sandbox.settle_debit(failed.session_id, succeeded=False)
        story.webhooks(failed)
        to_pay = story.register(euros, language="fr")
        self.paths["stripe's page with debit"] = to_pay.session_url
        return {"processing": processing, "failed": failed}

    def _late(self, campaign: Any) -> Donation:
        workshop = self._workshop(campaign, "one-seat", capacity=1)
        late = self.story.register(workshop, email="l@example.org")
        self.story.sandbox.expire(late.session_id)
        self.story.webhooks(late)
        self.story.give(workshop, email="quick@example.org", name="Quick")
        return self.story.pay(late, outcome="late")

    @staticmethod
    def _own(booking: Booking | None) -> str:
        assert booking is not None
        return reverse("booking", args=[access.booking_link(booking)])

    def _bookings(self, campaign: Any) -> None:
        """Free seats: the mailed button in each of its states."""
        workshop = self._workshop(campaign, "free", zero_allowed=True)
        for name in ("held", "confirmed", "expired"):
            self.story.post(workshop, amount="other", other_amount="0", email=f"{name}@example.org")
            booking = Booking.objects.get(email=f"{name}@example.org")
            link = access.booking_link(booking, access.CONFIRM_LINK)
            path = reverse("confirm_address", args=[link])
            if name == "confirmed":
                self.story.client.post(path)
            if name == "expired":
                later = clock.now() + timedelta(hours=2)
                seats.expire_hold(booking.pk, later)
            self.paths[f"confirm {name}"] = path
        given_back = self.story.give(workshop, email="back@example.org")
        own = self._own(given_back.booking)
        self.story.client.post(f"{own}cancel/")
        self.paths["booking given back"] = own

    def _answers(self, campaign: Any) -> None:
        """Pages that answer the form: errors, full, closed, unreachable, look into your mail."""
        workshop = self._workshop(campaign, "answers", zero_allowed=True)
        questions = self.paths["workshop with questions"]
        for name, path, steps in (
            ("errors", questions, _send_errors),
            ("errors giving", "/c/water/give/", _send_errors),
            ("answer full", address(workshop), _send_after(capacity=0)),
            ("answer closed", address(workshop), _send_after(state="draft")),
            ("answer unreachable", address(workshop), self._send_unheard),
            ("answer look into your mail", address(workshop), _send_zero),
            ("answer try later", self.paths["booking needs attention"], self._ask_unheard),
        ):
            self.paths[name] = path
            self.steps[name] = steps

    def _send_unheard(self, page: Page) -> None:
        _fill(page)
        self.story.sandbox.fail_next(1, how="500", path="/v1/checkout/sessions")
        _send(page)

    def _ask_unheard(self, page: Page) -> None:
        """Ask for late money back while Stripe is silent."""
        self.story.sandbox.fail_next(1, how="500", path="/v1/refunds")
        with page.expect_navigation():
            page.locator("form[action$='/refund/'] button").click()


def _fill(page: Page, amount: str = "20") -> None:
    page.locator("#id_amount_other").check(force=True)
    page.locator("[name=other_amount]").fill(amount)
    page.locator("[name=name]").fill("Dora")
    page.locator("[name=email]").fill("answers@example.org")


def _send(page: Page) -> None:
    with page.expect_navigation():
        page.locator("[data-submit]").click()


def _send_errors(page: Page) -> None:
    page.locator("[name=email]").fill("nobody")
    _send(page)


def _send_zero(page: Page) -> None:
    _fill(page, "0")
    _send(page)


def _send_after(**values: Any) -> Steps:
    """Send the form after the workshop has changed behind the visitor's back."""

    def steps(page: Page) -> None:
        _fill(page)
        rows = Workshop.objects.filter(slug="answers")
        before = {name: getattr(rows.get(), name) for name in values}
        rows.update(**values)
        _send(page)
        rows.update(**before)

    return steps
