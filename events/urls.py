"""The addresses of the room, and of what mails ask for: pages that need no money."""

from __future__ import annotations

from django.urls import path, re_path

from events.states import MailClass
from events.views import (
    hosting,
    invitations,
    joining,
    mail_events,
    pictures,
    replays,
    site_pages,
    teams,
    unsubscribing,
    webhooks,
)

_TEAM = "organize/teams/<uuid:public_id>/"
_MEMBER = f"{_TEAM}members/<int:user_id>/"

_WEBHOOKS = f"{_TEAM}webhooks/"
_WEBHOOK = f"{_WEBHOOKS}<uuid:endpoint_id>/"

_PROGRAMS = [
    path(_WEBHOOKS, webhooks.team_webhooks, name="team_webhooks"),
    path(_WEBHOOK, webhooks.webhook, name="webhook"),
    path(f"{_WEBHOOK}rotate/", webhooks.webhook_rotate, name="webhook_rotate"),
    path(f"{_WEBHOOK}test/", webhooks.webhook_test, name="webhook_test"),
    path(f"{_WEBHOOK}stop/", webhooks.webhook_stop, name="webhook_stop"),
    path(f"{_WEBHOOK}start/", webhooks.webhook_start, name="webhook_start"),
    path(f"{_WEBHOOK}remove/", webhooks.webhook_remove, name="webhook_remove"),
    path(f"{_WEBHOOK}again/", webhooks.webhook_replay_failed, name="webhook_replay_failed"),
    path(
        f"{_WEBHOOK}deliveries/<uuid:message_id>/again/",
        webhooks.webhook_replay,
        name="webhook_replay",
    ),
]

_TEAMS = [
    path("organize/teams/", teams.team_list, name="teams"),
    path("organize/teams/open/", teams.team_open, name="team_open"),
    path(_TEAM, teams.team, name="team"),
    path(f"{_TEAM}edit/", teams.team_edit, name="team_edit"),
    path(f"{_TEAM}leave/", teams.team_leave, name="team_leave"),
    path(f"{_TEAM}invite/", teams.team_invite, name="team_invite"),
    path(
        f"{_TEAM}invitations/<uuid:invitation_id>/withdraw/",
        teams.invitation_withdraw,
        name="invitation_withdraw",
    ),
    path(f"{_MEMBER}role/", teams.member_role, name="member_role"),
    path(f"{_MEMBER}remove/", teams.member_remove, name="member_remove"),
    path(f"{_MEMBER}hand-over/", teams.member_hand_over, name="member_hand_over"),
    path("invitation/<str:token>/", invitations.invitation, name="invitation"),
]

urlpatterns = [
    *_TEAMS,
    *_PROGRAMS,
    path("pages/<slug:kind>/", site_pages.site_page, name="site_page"),
    path("anymail/<slug:provider>/tracking/", mail_events.mail_events, name="mail_events"),
    path("u/<str:token>/", unsubscribing.unsubscribe, name="unsubscribe"),
    path(
        "u/<str:token>/news/",
        unsubscribing.unsubscribe,
        {"mail_class": MailClass.NEWS},
        name="unsubscribe_news",
    ),
    path("u/<str:token>/speaker/", unsubscribing.unsubscribe_host, name="unsubscribe_host"),
    path(
        "u/<str:token>/invitations/",
        unsubscribing.unsubscribe_invitations,
        name="unsubscribe_invitations",
    ),
    path("j/<str:token>/", joining.join, name="join"),
    path("j/<str:token>/status/", joining.join_status, name="join_status"),
    path("h/<str:token>/", hosting.host_join, name="host_join"),
    path("r/<str:token>/", replays.replay, name="replay"),
    re_path(
        r"^pictures/(?P<name>[0-9a-f]{32})-(?P<width>[0-9]{3,4})\.jpg$",
        pictures.picture,
        name="picture",
    ),
]
