"""Personal data made unrecognisable 去标识化, for lists, exports and the resident's page.

Personal Information Protection Law 《个人信息保护法》 art. 51 (3) asks for de-identification;
the technique is masking 屏蔽, GB/T 37964-2019 annex A. Masking hides, it does not validate:
whatever comes in, less comes out, and masking twice changes nothing.
"""

import re
from typing import Any

STAR = "*"

_DIGIT = "[0-9０-９]"
_MOBILE = re.compile(
    rf"(?<!{_DIGIT})((?:(?:\+|00)?86[- ]?)?)([1１][3-9３-９]{_DIGIT})([- ]?)({_DIGIT}{{4}})\3"
    rf"({_DIGIT}{{4}})(?!{_DIGIT})"
)
_IDENTITY = re.compile(
    rf"(?<!{_DIGIT})[1-9１-９]{_DIGIT}{{5}}([- ]?){_DIGIT}{{8}}\1{_DIGIT}{{3}}[0-9０-９XxＸｘ]"
    rf"(?!{_DIGIT})"
)

# Kept names hold no digit and no house word: a number can never hide inside a place name.
_NAME = r"[^\s0-9０-９*号栋幢室]{1,12}?"
_VILLAGE = "(?:村|社区|生活区|嘎查)"
_PLACE = re.compile(
    rf"(?:{_NAME}(?:自治区|省))?"
    rf"(?:{_NAME}(?:自治州|地区|盟|市(?!场)))?"
    rf"(?:{_NAME}(?:县|旗|市(?!场)|(?<![小社])区))?"
    rf"(?:{_NAME}(?:街道办事处|街道|镇+|乡|苏木|(?:开发|管理|园|产业|示范)区))?"
    rf"(?:{_NAME}(?:{_VILLAGE}*(?:(?:村民|居民)委员会|[村居]委会)|{_VILLAGE}+))?"
)


def mask_name(name: str) -> str:
    """The first character stays: 张三丰 → 张**. One character alone is hidden too."""
    name = name.strip()
    if len(name) < 2:
        return STAR * len(name)
    return name[0] + STAR * min(len(name) - 1, 3)


def mask_phone(phone: str) -> str:
    """13812345678 → 138****5678; a landline keeps its area code, anything else two digits."""
    phone = phone.strip()
    if STAR in phone and not re.search(r"\d{5}", phone):  # masked before
        return phone
    if _MOBILE.fullmatch(phone):
        return _mobiles(phone)
    area = re.match(r"0\d{2,3}-", phone)
    kept = area[0] if area else ""
    rest = phone[len(kept) :]
    hidden = max(len(rest) - 2, min(len(rest), 2))
    return kept + STAR * hidden + rest[hidden:]


def mask_email(email: str) -> str:
    """zhang@example.cn → zh***@example.cn: whoever knows it recognises it."""
    name, _at, domain = email.partition("@")
    return f"{name[:2]}{STAR * 3}@{domain}" if domain else ""


def mask_id_card(number: str) -> str:
    """131024199001011234 → 131***********1234: province, and what people check by ear.

    Other documents (passport, the 15-digit card) keep a quarter at each end at most.
    """
    number = re.sub(r"[\s-]", "", number)
    if len(number) >= 15:
        return number[:3] + STAR * (len(number) - 7) + number[-4:]
    ends = min(len(number) // 4, 2)
    return number[:ends] + STAR * (len(number) - 2 * ends) + number[len(number) - ends :]


def mask_address(address: str) -> str:
    """Down to the village or community; street, house and household are hidden.

    香河县淑阳镇某某村3排12号 → 香河县淑阳镇某某村***. What names no place is hidden whole.
    """
    address = address.strip()
    found = _PLACE.match(address)
    kept = found[0] if found else ""
    return kept if kept == address else kept + STAR * 3


def mask_text(text: str) -> str:
    """Free text with mainland mobile and 18-digit identity numbers masked; names stay.

    Also finds them full-width, behind +86, and split 3-4-4 or 6-8-4 by blanks or hyphens.
    Case numbers, division codes and amounts are other lengths and stay.
    """
    return _mobiles(_IDENTITY.sub(lambda found: mask_id_card(found[0]), text))


def mask_all(value: Any) -> Any:
    """A value as JSON knows it, with every text in it, however deep, masked by `mask_text`."""
    match value:
        case str():
            return mask_text(value)
        case list():
            return [mask_all(one) for one in value]  # pyright: ignore[reportUnknownVariableType]
        case dict():
            return {k: mask_all(v) for k, v in value.items()}  # pyright: ignore[reportUnknownVariableType]
    return value


def _mobiles(text: str) -> str:
    return _MOBILE.sub(lambda m: f"{m[1]}{m[2]}{STAR * 4}{m[5]}", text)
