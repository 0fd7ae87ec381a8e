"""Example student records: students of a vocational and a technician school, some of them moving."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from django.utils import timezone

from zhijiao.cli.demo.place import DemoPlace
from zhijiao.core.access.scope import bulk
from zhijiao.lib.citizens import check_sign
from zhijiao.policy import queries as policy
from zhijiao.records import actions, queries
from zhijiao.records.queries.roster import Asked
from zhijiao.records.types import Application, Registration

NAMES = "甲乙丙丁戊己庚辛壬癸"
AREA = "990900"
"""No area of the country has this code: the numbers are nobody's."""


def fill_records(place: DemoPlace, at: datetime) -> None:
    """Put students on record and let some of them apply, as the people of the place would."""
    index = policy.index(place.pack)
    if index is None or index.record_rule("register") is None:
        return
    wanted = [key for key in ("school-1", "technician") if key in place.actors]
    if len(wanted) < 2:
        return
    school, other = (place.nodes[key].id for key in wanted)
    with bulk():
        if queries.count_records(place.system, Asked(organisations=[school, other], everybody=True)):
            return
    year = timezone.localdate(at).year - (timezone.localdate(at).month < 9)
    salt = sum(map(ord, place.pack)) % 90
    made: list[int] = []
    for number, name in enumerate(NAMES):
        made.append(_enrol(place, school, salt, number, f"示例学生{name}", year - 1, "secondary_3", at))
    for number, name in enumerate(NAMES[:6], len(NAMES)):
        _enrol(place, other, salt, number, f"示例技工{name}", year - 1, "technician_3", at)
    _apply(place, made, other, at)
    if "learner" in place.actors:
        clerk = place.actors["school-1"]
        actions.link_account(record=made[0], username=f"demo-{place.pack}-learner", by=clerk, at=at)
        # So that the learner's page of who looked has a line.
        actions.read_number(record=made[0], purpose="开具学籍证明（示例）", by=clerk, at=at)


def _enrol(
    place: DemoPlace, school: int, salt: int, number: int, name: str, grade: int, track: str, at: datetime
) -> int:
    found = actions.register(
        organisation=school,
        registration=Registration(
            key=f"示例:{place.pack}:{number}",
            number=identity(salt * 100 + number),
            name=name,
            grade=grade,
            major=("660301", "710205", "730301")[number % 3],
            track=track,
            enrolled_on=date(grade, 9, 1),
            sex=str(number % 2 + 1),
            school_no=f"{grade}{number + 1:04}",
            approved=f"示例〔{grade}〕1号",
        ),
        by=place.system,
        at=at,
        on=date(grade, 9, 1),
    )
    assert found.record is not None, "synthetic numbers are nobody's"
    return found.record


def _apply(place: DemoPlace, students: list[int], technician: int, at: datetime) -> None:
    by, county = place.actors["school-1"], place.actors.get("county-1")
    school, on = place.nodes["school-1"].id, place.on
    index = policy.index(place.pack)
    assert index is not None

    def ask(event: str, record: int, **said: object) -> int:
        application = Application(**said)  # type: ignore[arg-type]
        return actions.apply_for(
            event=event, organisation=school, record=record, application=application, by=by, at=at, on=on
        )

    rest = ask(
        "suspend", students[1], reason="work", words="示例", until=on + timedelta(days=200), guardian=True
    )
    if county is not None:
        actions.take_step(case=rest, transition="record", words="示例：同意", by=county, at=at, on=on)
    ask("repeat", students[2], grade=place.on.year, guardian=True, words="示例")
    if index.record_rule("cross_transfer") is not None:
        moving = ask(
            "cross_transfer",
            students[3],
            target=technician,
            major="660301",
            track="technician_3",
            credits="示例：已修 12 门、64 学分",
            guardian=True,
        )
        actions.take_step(
            case=moving,
            transition="pass",
            words="示例：同意接收",
            by=place.actors["technician"],
            at=at,
            on=on,
        )


def identity(serial: int) -> str:
    """A well-formed identity number of nobody."""
    digits = f"{AREA}{2009 + serial % 2}{serial % 12 + 1:02}{serial % 28 + 1:02}{serial % 1000:03}"
    return digits + check_sign(digits)
