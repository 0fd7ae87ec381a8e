"""What waits of data, on the first page of the desk."""

from __future__ import annotations

from django.urls import reverse

from zhijiao.core.access.roles import Permission
from zhijiao.portal.desk.cards import Card, Line
from zhijiao.portal.desk.data.hand_in import lines
from zhijiao.portal.desk.data.shared import Hub
from zhijiao.portal.desk.guard import Desk

SHOWN = 5
WAITS = ("to_confirm", "waiting_rows", "late", "missing")


def card(desk: Desk) -> Card | None:
    """The data sets that my organisations owe, what waits for a decision first."""
    if not desk.actor.may(Permission.REPORT):
        return None
    hub = Hub(desk)
    found = [line for line in lines(desk, [n.id for n in hub.senders]) if line.look.key in WAITS]
    return Card(
        "待交数据",
        len(found),
        reverse("portal:data"),
        tuple(
            Line(
                f"{line.look.words}：{line.owed.dataset.name}",
                line.href,
                f"截止 {line.owed.due:%m-%d}" if line.owed.due else "",
                line.owed.late,
            )
            for line in found[:SHOWN]
        ),
        late=sum(line.owed.late for line in found),
        nothing="没有要交的数据。",
    )
