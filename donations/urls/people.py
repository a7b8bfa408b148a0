"""The addresses of an organizer's work with people."""

from __future__ import annotations

from django.urls import path

from donations.views import organize_everybody, organize_invite, organize_person, organize_referrals

_WORKSHOP = "organize/workshops/<uuid:public_id>"
_CAMPAIGN = "organize/campaigns/<uuid:public_id>"

urlpatterns = [
    path(f"{_WORKSHOP}/mark/", organize_person.workshop_mark, name="workshop_mark"),
    path(
        f"{_WORKSHOP}/people/<uuid:person_id>/",
        organize_person.workshop_person,
        name="workshop_person",
    ),
    path(
        f"{_WORKSHOP}/people/<uuid:person_id>/notes/<uuid:note_id>/remove/",
        organize_person.workshop_note_remove,
        name="workshop_note_remove",
    ),
    path(f"{_CAMPAIGN}/people/", organize_everybody.campaign_everybody, name="campaign_people"),
    path(f"{_CAMPAIGN}/invite/", organize_invite.campaign_invite, name="campaign_invite"),
    path(
        f"{_CAMPAIGN}/referrals/",
        organize_referrals.campaign_referrals,
        name="campaign_referrals",
    ),
]
