"""Where the documents differ and what they leave open, with what was decided."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse

from zhijiao.lib.folding import matches
from zhijiao.policy import queries as policy
from zhijiao.portal.policy.decided import differences, questions, touches
from zhijiao.portal.policy.shared import opened, show


def view(request: HttpRequest, pack: str) -> HttpResponse:
    """The pack's own conflicts and defaults, then those of other packs that one of its clauses is part of."""
    here, index = opened(request, pack)
    everywhere = [index, *(i for i in policy.indexes() if i.id != index.id)]
    query = here.query.get("q", "")
    found = [
        d
        for d in differences(everywhere)
        if (d.index.id == index.id or touches(d.sides, index.id))
        and matches(query, (d.conflict.id, d.conflict.topic, d.conflict.decision, *(s.says for s in d.sides)))
    ]
    asked = [
        q
        for q in questions(everywhere)
        if (q.index.id == index.id or touches(q.sides, index.id))
        and matches(query, (q.default.id, q.default.question, q.default.taken, *(s.says for s in q.sides)))
    ]
    return show(request, "conflicts.html", here, "conflicts", differences=found, questions=asked)
