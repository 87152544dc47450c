"""What a newcomer's words become."""

import pytest

from core.cases.intake import body_of, title_of

PHONE, CARD = "13812345678", "131024199001011234"


@pytest.mark.parametrize("number", [PHONE, CARD, "+86 138-1234-5678"])
def test_a_title_holds_no_number_of_a_person_whoever_wrote_it(number: str) -> None:
    for said in ({"title": f"请回电{number}", "body": "暖气不热"}, {"body": f"请回电{number}。"}):
        title = title_of(said)
        assert title.startswith("请回电")
        assert "*" in title
        assert number not in title


def test_what_a_title_loses_stands_above_the_words() -> None:
    said = {"title": f"请回电{PHONE}", "body": "暖气不热"}
    assert body_of(said) == f"请回电{PHONE}\n暖气不热"
    assert body_of(said | {"body": f"暖气不热，请回电{PHONE}"}) == f"暖气不热，请回电{PHONE}"
    assert body_of(said | {"title": "三号楼 501"}) == "暖气不热"
