"""The addresses of the API, and of the page where a team's owners let programs in."""

from __future__ import annotations

from django.urls import path

from donations.api import site
from donations.views import api_tokens

_TOKENS = "organize/teams/<uuid:public_id>/tokens/"

urlpatterns = [
    *site.patterns(),
    path(_TOKENS, api_tokens.team_tokens, name="team_tokens"),
    path(f"{_TOKENS}<uuid:token_id>/revoke/", api_tokens.token_revoke, name="token_revoke"),
]
