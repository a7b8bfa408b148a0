"""The addresses of the room, and of what mails ask for: pages that need no money."""

from __future__ import annotations

from django.urls import path

from events.states import MailClass
from events.views import hosting, joining, mail_events, replays, unsubscribing

urlpatterns = [
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
]
