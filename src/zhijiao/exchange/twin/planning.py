"""Which cities a twin of some size has: those whose packs say their shape, and invented ones around them."""

from __future__ import annotations

from collections.abc import Sequence

from zhijiao.core.errors import Refusal
from zhijiao.exchange.twin.generating import Twin
from zhijiao.exchange.twin.places import City, city_of, invented_city
from zhijiao.exchange.twin.shape import Shape, shape_of
from zhijiao.exchange.twin.students import intakes
from zhijiao.exchange.types.standard import Standard
from zhijiao.policy.packs.loading import Library

INVENTED = "98{:04d}"
LEAST_ROWS = 500
MOST_CITIES = 900


def planned(library: Library, packs: Sequence[str], size: str, seed: int, standard: Standard) -> Twin:
    """The twin of `size`: `city` (the packs' own cities), `province` (every city of the pack above them), or so many rows of
    students in the packs' own cities, with invented ones beside them when there are more rows. Raises Refusal, PackNotFound, PackRefused."""
    chosen = list(packs) or [pack for pack in library.ids() if library.twin(pack) is not None][:1]
    if not chosen:
        raise Refusal(
            "没有一个政策包写了 twin.yaml。先写它（写法见 docs/guides/developers.md），或用 --packs 指到写了的政策包。"
        )
    for pack in chosen:
        if library.twin(pack) is None:
            raise Refusal(
                f"政策包“{pack}”没有 twin.yaml，不知道它的演示城市该是什么样。写上它，或换一个政策包。"
            )
    if size == "city":
        return Twin(_named(library, chosen, seed), standard, seed, _province(library, chosen[0]))
    if size == "province":
        return Twin(_whole_province(library, chosen, seed), standard, seed, _province(library, chosen[0]))
    if not size.isdecimal() or int(size) < LEAST_ROWS:
        raise Refusal(f"规模“{size}”不认识。写 city、province，或学生行数（不少于 {LEAST_ROWS}）。")
    return _of_rows(library, chosen, int(size), seed, standard)


def _shape(library: Library, pack: str, scale: float = 1.0) -> Shape:
    return shape_of(library.twin(pack), scale)


def _named(library: Library, packs: Sequence[str], seed: int, scale: float = 1.0) -> list[City]:
    found = []
    for number, pack in enumerate(packs):
        twin = library.twin(pack)
        assert twin is not None
        weights = {code: float(weight) for code, weight in twin.county_weights.items()}
        found.append(city_of(library.index(pack), shape_of(twin, scale), weights, number, seed))
    return found


def _province(library: Library, pack: str) -> tuple[str, str] | None:
    """The province above a pack's city: code and name."""
    index = library.index(pack)
    for above in index.ancestors:
        for division in above.places.divisions:
            if division.level == "province":
                return division.code, division.name
    return None


def _whole_province(library: Library, packs: Sequence[str], seed: int) -> list[City]:
    """The cities of the province: those whose packs say a shape, and the others in the shape of the first."""
    known = {}
    for pack in dict.fromkeys([*packs, *(p for p in library.ids() if library.twin(p) is not None)]):
        known[library.index(pack).pack.manifest.region] = pack
    index = library.index(packs[0])
    cities = [d for above in index.ancestors for d in above.places.divisions if d.level == "city"]
    if not cities:
        raise Refusal(f"政策包“{packs[0]}”没有上级政策包列出一省的各市。用 --size city，或写上 extends。")
    codes = [d.code for d in cities]
    named = {c.code: c for c in _named(library, [known[code] for code in codes if code in known], seed)}
    shape = _shape(library, packs[0])
    found: list[City] = []
    for division in cities:
        if division.code in named:
            found.append(named[division.code])
        else:
            number = len(named) + len(found)
            found.append(invented_city(division.code, division.name, shape, number, seed, codes))
    return found


def _of_rows(library: Library, packs: Sequence[str], rows: int, seed: int, standard: Standard) -> Twin:
    """The packs' own cities, and as many of the first one's shape beside them as come nearest; volumes scaled so that the
    rows are exactly met."""
    usual = [_usual(city, seed) for city in _named(library, packs, seed)]
    others = max(0, min(MOST_CITIES - len(usual), round((rows - sum(usual)) / usual[0])))
    scale = rows / (sum(usual) + others * usual[0])
    found = _named(library, packs, seed, scale)
    shape = _shape(library, packs[0], scale)
    codes = [INVENTED.format(n * 100) for n in range(1, min(others + 1, 99))]
    for number in range(1, others + 1):
        code = f"98{number:04d}"
        place = len(usual) - 1 + number
        found.append(invented_city(code, f"示例市{number}", shape, place, seed, codes or ["990000"]))
    return Twin(found, standard, seed, _province(library, packs[0]), rows)


def _usual(city: City, seed: int) -> int:
    """Rows of students that a city has in its own size."""
    return sum(int(grades.sum()) for grades in intakes(city, seed).values())
