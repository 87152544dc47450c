"""Division codes: levels, scopes as text ranges, and the real tree of two prefectures."""

import csv
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.errors import Invalid
from core.rules import areas

DATA = Path(__file__).parents[4] / "shared" / "data"


@st.composite
def codes(draw: st.DrawFn) -> str:
    """A well-formed code of any level, from a small world so that many of them nest."""
    code = draw(st.sampled_from(["13", "14", "19"]))
    code += draw(st.sampled_from(["00", "01", "09", "10"]))
    code += draw(st.sampled_from(["00", "02", "10", "99"])) if code[2:] != "00" else "00"
    for _ in range(draw(st.integers(0, 3)) if code[2:] != "0000" else 0):
        code += draw(st.sampled_from(["001", "100", "999"]))
    return code


class TestLevel:
    @pytest.mark.parametrize(
        ("code", "level", "prefix"),
        [
            ("130000", "province", "13"),
            ("131000", "prefecture", "1310"),
            ("130100", "prefecture", "1301"),
            ("130110", "county", "130110"),  # a county may end in one zero
            ("131024", "county", "131024"),
            ("131024100", "township", "131024100"),
            ("131024100201", "village", "131024100201"),
            ("131024100201007", "grid", "131024100201007"),
        ],
    )
    def test_by_length_and_closing_zeros(self, code: str, level: str, prefix: str) -> None:
        assert areas.level(code) == level
        assert areas.prefix(code) == prefix

    @pytest.mark.parametrize("code", ["", "13", "1310", "13102", "1310241", "131024100201007001"])
    def test_no_other_length_has_one(self, code: str) -> None:
        for ask in (areas.level, areas.prefix, areas.scope, areas.county_of, areas.ancestors):
            with pytest.raises(Invalid):
                ask(code)


class TestScope:
    @pytest.mark.parametrize(
        ("code", "low", "high"),
        [
            ("130000", "13", "14"),
            ("131000", "1310", "1311"),
            ("130900", "1309", "130:"),  # the code point after 9
            ("131029", "131029", "13102:"),
            ("131024100201", "131024100201", "131024100202"),
        ],
    )
    def test_is_half_open(self, code: str, low: str, high: str) -> None:
        assert areas.scope(code) == (low, high)

    @given(outer=codes(), inner=codes())
    def test_range_and_containment_say_the_same(self, outer: str, inner: str) -> None:
        low, high = areas.scope(outer)
        assert areas.contains(outer, inner) == (low <= inner < high)

    @given(outer=codes(), inner=codes())
    def test_containment_is_being_the_same_or_an_ancestor(self, outer: str, inner: str) -> None:
        assert areas.contains(outer, inner) == (outer == inner or outer in areas.ancestors(inner))

    @given(a=codes(), b=codes())
    def test_scopes_nest_or_are_apart(self, a: str, b: str) -> None:
        (low_a, high_a), (low_b, high_b) = sorted((areas.scope(a), areas.scope(b)))
        assert high_a <= low_b or high_b <= high_a or low_a == low_b


class TestAncestors:
    @pytest.mark.parametrize(
        ("code", "above"),
        [
            ("130000", ()),
            ("131000", ("130000",)),
            ("131024", ("130000", "131000")),
            ("131024100201007",
             ("130000", "131000", "131024", "131024100", "131024100201")),
            ("620200100", ("620000", "620200")),  # 嘉峪关 has no counties
        ],
    )  # fmt: skip
    def test_from_the_province_down(self, code: str, above: tuple[str, ...]) -> None:
        assert areas.ancestors(code) == above

    @given(code=codes())
    def test_each_has_the_ones_before_it(self, code: str) -> None:
        above = areas.ancestors(code)
        assert all(areas.ancestors(a) == above[:i] for i, a in enumerate(above))
        assert all(areas.validate(a) for a in above)

    @given(code=codes())
    def test_levels_go_down(self, code: str) -> None:
        depths = [areas.LEVELS.index(areas.level(c)) for c in (*areas.ancestors(code), code)]
        assert depths == sorted(set(depths))


class TestCountyOf:
    @pytest.mark.parametrize(
        ("code", "county"),
        [
            ("131024100201007", "131024"),
            ("131024", "131024"),
            ("441900003", "441900"),  # 东莞: a township right under the prefecture
            ("131000", "131000"),  # a matter of the city itself
        ],
    )
    def test_is_the_first_six_digits(self, code: str, county: str) -> None:
        assert areas.county_of(code) == county


class TestValidate:
    @given(code=codes())
    def test_takes_every_level(self, code: str) -> None:
        assert areas.validate(f" {code} ") == code

    @pytest.mark.parametrize(
        "code",
        ["", "1310", "13102", "1310241", "031024", "13102a", "１３１０２４", "131024\n1",
         "' OR 1=1", "131024100201007001", None, 131024],
    )  # fmt: skip
    def test_refuses_what_is_no_code(self, code: object) -> None:
        with pytest.raises(Invalid) as caught:
            areas.validate(code, field="area")
        assert caught.value.field == "area"
        assert str(code) in caught.value.message

    @pytest.mark.parametrize(
        ("code", "short"),
        [
            ("131024100000", "131024100"),
            ("131024000000", "131024"),
            ("131000000000", "131000"),
            ("130000000000", "130000"),
        ],
    )
    def test_names_the_short_form_of_a_padded_code(self, code: str, short: str) -> None:
        with pytest.raises(Invalid) as caught:
            areas.validate(code)
        assert caught.value.data["short"] == short
        assert short in caught.value.message


@pytest.mark.parametrize("name", ["langfang", "baiyin"])
def test_the_real_tree_is_read_as_its_csv_says(name: str) -> None:
    path = DATA / f"{name}.csv"
    if not path.exists():
        pytest.skip(f"no {path}")
    with path.open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    for row in rows:
        code = areas.validate(row["code"])
        assert areas.level(code) == row["level"]
        assert (areas.ancestors(code)[-1:] or ("",))[0] == row["parent_code"]
