"""Masking: people stay people, identities do not leave. All persons are invented."""

import csv
import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.rules.masking import (
    mask_address,
    mask_all,
    mask_id_card,
    mask_name,
    mask_phone,
    mask_text,
)

DATA = Path(__file__).parents[4] / "shared" / "data"


class TestName:
    @pytest.mark.parametrize(
        ("name", "masked"),
        [
            ("张三丰", "张**"),
            ("张三", "张*"),
            ("欧阳某某", "欧***"),
            ("阿某某·买某某某", "阿***"),  # the length of a long name is not told
            (" 张三 ", "张*"),
            ("张", "*"),
            ("", ""),
        ],
    )
    def test_keeps_the_first_character(self, name: str, masked: str) -> None:
        assert mask_name(name) == masked


class TestPhone:
    @pytest.mark.parametrize(
        ("phone", "masked"),
        [
            ("13812345678", "138****5678"),
            ("138 1234 5678", "138****5678"),
            ("+86 138-1234-5678", "+86 138****5678"),
            ("0316-8321234", "0316-*****34"),
            ("8321234", "*****34"),
            ("661234", "****34"),
            ("12", "**"),
            ("", ""),
        ],
    )
    def test_hides_the_middle(self, phone: str, masked: str) -> None:
        assert mask_phone(phone) == masked

    @given(st.text(st.sampled_from("0123456789-+* "), max_size=20))
    def test_masking_twice_changes_nothing(self, phone: str) -> None:
        once = mask_phone(phone)
        assert not re.search(r"\d{5}", once)
        assert mask_phone(once) == once

    def test_two_numbers_in_one_field_are_both_hidden(self) -> None:
        assert not re.search(r"\d{4}", mask_phone("13812345678/0316-8321234"))


class TestIdCard:
    @pytest.mark.parametrize(
        ("number", "masked"),
        [
            ("131024199001011234", "131***********1234"),
            ("13102419900101123X", "131***********123X"),
            ("131024 19900101 1234", "131***********1234"),
            ("131024900101123", "131********1123"),  # the old card of 15 digits
            ("G12345678", "G1*****78"),  # a passport
            ("123", "***"),
            ("", ""),
        ],
    )
    def test_hides_place_and_birthday(self, number: str, masked: str) -> None:
        assert mask_id_card(number) == masked


class TestAddress:
    @pytest.mark.parametrize(
        ("address", "masked"),
        [
            ("河北省廊坊市香河县某某镇某庄村3排12号", "河北省廊坊市香河县某某镇某庄村***"),
            ("某某镇某庄村三排五户", "某某镇某庄村***"),
            ("某某镇某庄村村民委员会东50米", "某某镇某庄村村民委员会***"),
            ("某某街道幸福社区5号楼2单元501室", "某某街道幸福社区***"),
            ("香河县某某镇新华路123号", "香河县某某镇***"),  # a street is finer than a village
            ("廊坊市阳光小区5号楼", "廊坊市***"),  # 小区 is not a district
            ("香河县十二号院三号楼", "香河县***"),
            ("某庄村张某家", "某庄村***"),
            ("新华路123号", "***"),
            ("某某镇某庄村", "某某镇某庄村"),
            ("", ""),
        ],
    )
    def test_keeps_places_down_to_the_village(self, address: str, masked: str) -> None:
        assert mask_address(address) == masked

    @given(st.text(st.sampled_from("省市县区镇村社区街道某庄路1２号楼室 东张"), max_size=30))
    def test_no_number_survives_beyond_a_place(self, address: str) -> None:
        masked = mask_address(address)
        assert not re.search(r"[0-9０-９号室]", masked)
        assert mask_address(masked) == masked

    @pytest.mark.parametrize("name", ["langfang", "baiyin"])
    def test_house_numbers_vanish_behind_every_real_village(self, name: str) -> None:
        path = DATA / f"{name}.csv"
        if not path.exists():
            pytest.skip(f"no {path}")
        with path.open(encoding="utf-8-sig", newline="") as file:
            rows = {row["code"]: row for row in csv.DictReader(file)}
        villages = [row for row in rows.values() if row["level"] == "village"]
        kept = 0
        for row in villages:
            township = rows[row["parent_code"]]["name"]
            masked = mask_address(f"{township}{row['name']}7排12号")
            assert masked.endswith("***")
            assert "7排" not in masked
            assert masked.startswith(township)
            kept += masked == f"{township}{row['name']}***"
        # villages with a number or a street in their name lose it: too much hidden, not too little
        assert kept / len(villages) > 0.95


PERSONAL = [
    ("电话13812345678，请回电", "电话138****5678，请回电"),
    ("微信wx13812345678同号", "微信wx138****5678同号"),
    ("打+8613812345678或0086 13912345678", "打+86138****5678或0086 139****5678"),
    ("138-1234-5678，138 1234 5678", "138****5678，138****5678"),
    ("１３８１２３４５６７８", "１３８****５６７８"),
    ("身份证131024199001011234。", "身份证131***********1234。"),
    ("13102419900101123x号", "131***********123x号"),
    ("131024 19900101 123X", "131***********123X"),
    ("张某131024199001011234电话13812345678", "张某131***********1234电话138****5678"),
]
IMPERSONAL = [
    "张三丰反映香河县暖气不热",  # names stay
    "诉求 131024-20261121-000123 已办结",  # a case number
    "网格 131024100201007，村 131024100201，镇 131024100",
    "欠薪 12345678901 元",  # eleven digits, but no mobile number begins with 12
    "拨打 12345 或 0316-8321234",
    "订单 138123456789012345678",  # longer than either
    "时间戳 1763737200000",
    "",
]


class TestText:
    @pytest.mark.parametrize(("text", "masked"), PERSONAL)
    def test_finds_numbers_of_people(self, text: str, masked: str) -> None:
        assert mask_text(text) == masked

    def test_finds_them_in_whatever_a_form_kept(self) -> None:
        kept = {"text": "13812345678", "tries": 2, "to": [{"who": "13812345678"}, None]}
        masked = {"text": "138****5678", "tries": 2, "to": [{"who": "138****5678"}, None]}
        assert mask_all(kept) == masked

    @pytest.mark.parametrize("text", IMPERSONAL)
    def test_leaves_all_else(self, text: str) -> None:
        assert mask_text(text) == text

    @given(
        before=st.text(st.sampled_from("电话：，a-( "), max_size=5),
        number=st.from_regex(r"1[3-9][0-9]{9}|[1-9][0-9]{16}[0-9X]", fullmatch=True),
        after=st.text(st.sampled_from("。，b) 号"), max_size=5),
    )
    def test_wherever_they_stand(self, before: str, number: str, after: str) -> None:
        masked = mask_text(before + number + after)
        assert number not in masked
        assert "****" in masked
        assert mask_text(masked) == masked

    @given(text=st.text(st.sampled_from("138-2 9Xx+86。张"), max_size=40))
    def test_masking_twice_changes_nothing(self, text: str) -> None:
        once = mask_text(text)
        assert mask_text(once) == once
