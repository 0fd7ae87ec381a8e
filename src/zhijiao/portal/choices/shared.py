"""What the pages of choices share: the place, when the page was opened, and the proof of the second factor."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from django.http import HttpRequest
from django.utils import timezone

from zhijiao.admissions.actions.proving import PAUSE, TRIES, Sent, fits
from zhijiao.admissions.queries import filling
from zhijiao.admissions.queries.filling import Place, State, countdown, left, state_of
from zhijiao.admissions.queries.offers import Market, market
from zhijiao.admissions.types.filling import Chosen, Offer, WindowState
from zhijiao.portal.desk.guard import Desk

OPENED, CODE, PROVED = "choices_opened", "choices_code", "choices_proved"
PROOF_LASTS = timedelta(minutes=30)


@dataclass(frozen=True)
class Filling:
    """Everything that a page of one candidate's round shows."""

    place: Place
    market: Market
    state: State
    window: WindowState
    opened: datetime | None
    at: datetime

    @property
    def takes(self) -> bool:
        """Whether changes count now."""
        return self.window in (WindowState.OPEN, WindowState.GRACE)

    @property
    def left(self) -> str:
        """How long until the closing, in words."""
        return countdown(left(self.place.window, self.at))

    @property
    def args(self) -> tuple[str, str]:
        """The arguments of this round's addresses."""
        return str(self.place.candidate.pk), self.place.round.code

    def chosen(self, batch: str, lines: Chosen | None = None) -> list[Offer]:
        """The choices of a batch, in order."""
        said = self.state.draft if lines is None else lines
        offers = self.market.offers
        return [offers[one] for one in said.lines if one in offers and offers[one].batch == batch]

    def offers(self, ids: tuple[int, ...]) -> list[Offer]:
        """Offers by id, those that are known."""
        return [self.market.offers[one] for one in ids if one in self.market.offers]


def filling_of(request: HttpRequest, desk: Desk, candidate: int, round_code: str) -> Filling:
    """The page's data; notes in the session that the page was open before the closing. Raises Invisible."""
    at = timezone.now()
    place = filling.place(desk.actor, candidate, round_code)
    opened = _opened(request, place, at)
    return Filling(
        place,
        market(place.round),
        filling.state(place.candidate, place.round),
        state_of(place.window, at, opened=opened),
        opened,
        at,
    )


def _opened(request: HttpRequest, place: Place, at: datetime) -> datetime | None:
    kept = request.session.get(OPENED, {})
    name = str(place.round.pk)
    if name not in kept and place.window.opens <= at < place.window.end:
        request.session[OPENED] = {**kept, name: at.timestamp()}
        return at
    return datetime.fromtimestamp(kept[name], UTC) if name in kept else None


def session_mark(request: HttpRequest) -> str:
    """A name for this sign-in that opens nothing: the history tells by it whether the same session was used."""
    return mark_of(request.session.session_key or "")


def mark_of(key: str) -> str:
    """The name for a sign-in, from the key of its session."""
    return hashlib.sha256(key.encode()).hexdigest()[:12]


def is_proved(request: HttpRequest, candidate: int, at: datetime) -> bool:
    """Whether the second factor was passed in this session, for this candidate, not long ago."""
    return float(request.session.get(PROVED, {}).get(str(candidate), 0)) > at.timestamp()


def may_send(request: HttpRequest, at: datetime) -> bool:
    """Whether enough time has passed since the last code."""
    kept = request.session.get(CODE)
    return not kept or at.timestamp() - kept["sent"] >= PAUSE.total_seconds()


def keep_sent(request: HttpRequest, candidate: int, sent: Sent, at: datetime) -> None:
    """Remember that a code is on its way."""
    request.session[CODE] = {
        "candidate": candidate,
        "digest": sent.digest,
        "where": sent.where,
        "until": sent.until.timestamp(),
        "sent": at.timestamp(),
        "tries": 0,
    }


def prove(request: HttpRequest, candidate: int, code: str, at: datetime) -> str:
    """Check a typed code; what is wrong with it, or nothing."""
    kept = request.session.get(CODE)
    if not kept or kept["candidate"] != candidate:
        return "请先点“获取验证码”。"
    if at.timestamp() > kept["until"] or kept["tries"] >= TRIES:
        return "验证码已失效，请重新获取。"
    if not code.strip():
        return "请填写收到的 6 位验证码。"
    if not fits(code, candidate, kept["digest"]):
        request.session[CODE] = {**kept, "tries": kept["tries"] + 1}
        return f"验证码不对，请核对最近收到的一条。还可以试 {TRIES - kept['tries'] - 1} 次。"
    del request.session[CODE]
    proved = request.session.get(PROVED, {})
    request.session[PROVED] = {**proved, str(candidate): (at + PROOF_LASTS).timestamp()}
    return ""


def numbers(text: str) -> tuple[int, ...] | None:
    """Ids out of a hidden field; None where it is none of ours."""
    parts = [part for part in text.split(",") if part]
    if len(parts) > 200 or any(not part.isascii() or not part.isdigit() or len(part) > 15 for part in parts):
        return None
    return tuple(int(part) for part in parts)
