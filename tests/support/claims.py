"""Gifts shown by receipt: campaigns that take them, the form, and files as strangers send them."""

from __future__ import annotations

import io
import uuid
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from PIL import Image

from donations.gateway.stripe import for_workers
from donations.models import Claim
from donations.services import sweeper
from donations.services.declaring.claim_links import claim_link
from events.models import Campaign, Workshop
from tests.support.cast import make_campaign
from tests.support.story import Story

PDF = b"%PDF-1.7\n1 0 obj\n<< /Type /Catalog >>\nendobj\ntrailer\n<<>>\n%%EOF\n"
#: The number that EXIF gives the camera's name, and where it stood.
_CAMERA, _PLACE = 0x0110, 0x8825


def external_campaign(**values: Any) -> Campaign:
    """Return a published campaign to which people give on the charity's own page."""
    page = "https://www.charitywater.example/give"
    return make_campaign(destination="external", external_url=page, **values)


def picture(kind: str = "JPEG", *, exif: bool = False, size: tuple[int, int] = (40, 30)) -> bytes:
    """Return a picture; with ``exif`` it tells the camera, and the place."""
    out = io.BytesIO()
    options: dict[str, Any] = {}
    if exif:
        told = Image.Exif()
        told[_CAMERA] = "SecretCamera"
        told.get_ifd(_PLACE)[1] = "N"
        options["exif"] = told
    Image.new("RGB", size, "teal").save(out, format=kind, **options)
    return out.getvalue()


def upload(content: bytes, name: str = "receipt.jpg") -> SimpleUploadedFile:
    """Return a file as a browser sends it; neither name nor type is to be believed."""
    return SimpleUploadedFile(name, content, content_type="image/jpeg")


def claim_form(**typed: Any) -> dict[str, Any]:
    """Return the form filled in: 20 dollars, with a reference."""
    defaults = {
        "other_amount": "20",
        "reference": "CW-1234",
        "name": "Dora",
        "email": "dora@example.org",
        "nonce": str(uuid.uuid4()),
        "time_zone": "Europe/Paris",
        "message": "",
        "seats": "1",
    }
    return {**defaults, **typed}


def show_path(place: Workshop | Campaign) -> str:
    """Return where the form is sent."""
    if isinstance(place, Workshop):
        return f"/c/{place.campaign.slug}/{place.slug}/shown-gift/"
    return f"/c/{place.slug}/shown-gift/"


def show(story: Story, place: Workshop | Campaign, **typed: Any) -> Claim:
    """Show a gift on the form; return the claim whose page it led to."""
    answer = story.client.post(show_path(place), claim_form(**typed))
    assert answer.status_code == 302, answer.content.decode()[:4000]
    assert answer["Location"].startswith("/shown/")
    return Claim.objects.latest("pk")


def own_page(story: Story, claim: Claim) -> str:
    return story.page(f"/shown/{claim_link(claim)}/")


def decide(organizer: Client, claim: Claim, verb: str, reason: str = "") -> Any:
    return organizer.post(f"/organize/claims/{claim.public_id}/{verb}/", {"reason": reason})


def sweep() -> None:
    sweeper.sweep(gateway=for_workers())


def listed(organizer: Client, campaign: Campaign) -> str:
    page = organizer.get(f"/organize/campaigns/{campaign.public_id}/claims/").content.decode()
    return " ".join(page.split())
