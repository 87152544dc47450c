"""Chinese fonts of this machine, for the PDF: the ones a template names, or the nearest there is.

Official paper asks for 仿宋, 黑体, 楷体 and 小标宋 (GB/T 9704-2012, 5.2.2). They are not free to
hand on, so the machine's own are used where it has them, else Noto's Song and Hei. Only what a
document uses is embedded.
"""

import subprocess
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from core.errors import OneDoorError
from core.words import lazy


class NoFont(OneDoorError):
    """This machine has no font with Chinese characters."""

    status = 503
    code = "paper.font"
    sentence = lazy(
        "这台服务器上没有中文字体，做不出 PDF。请先下载 Word 版；管理员安装字体"
        "（Debian：apt install fonts-noto-cjk）后即可"
    )


@dataclass(frozen=True, slots=True)
class Face:
    """One font: a file, and which of the fonts in it."""

    file: str
    index: int
    bold: bool
    """Whether the font itself is bold."""


SONG, HEI, KAI, FANG, TITLE = "song", "hei", "kai", "fang", "title"
_KINDS = {
    TITLE: ("小标宋", "xiaobiaosong", "fzxbsjw"),
    FANG: ("仿宋", "fangsong", "fsong"),
    KAI: ("楷", "kai", "kaiti"),
    HEI: ("黑体", "simhei", "heiti", "hei", "yahei", "雅黑", "sans", "gothic", "arial"),
}
"""How the names of fonts give their kind away; anything else is a Song."""
_NOTO = (
    "noto {} cjk sc",
    "source han {} sc",
    "source han {} cn",
    "noto {} sc",
    "source han {} hw sc",
)
_WANTED = {
    TITLE: ("方正小标宋简体", "fzxiaobiaosong-b05s", "fzxiaobiaosong-b05"),
    FANG: ("仿宋_gb2312", "仿宋", "fangsong_gb2312", "fangsong", "stfangsong", "fzfangsong-z02"),
    KAI: ("楷体_gb2312", "楷体", "kaiti_gb2312", "kaiti", "stkaiti", "ar pl ukai cn"),
    HEI: ("黑体", "simhei", "stheiti", "wenquanyi zen hei", "droid sans fallback"),
    SONG: ("宋体", "simsun", "stsong", "songti sc", "ar pl uming cn"),
}
_SANS = (HEI,)
_FILES = (".ttf", ".otf", ".ttc", ".otc")
_PLACES = (
    # (file, index of Simplified Chinese in it, family)
    ("/usr/share/fonts/opentype/noto/NotoSerifCJK-Regular.ttc", 2, "noto serif cjk sc", False),
    ("/usr/share/fonts/opentype/noto/NotoSerifCJK-Bold.ttc", 2, "noto serif cjk sc", True),
    ("/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc", 2, "noto sans cjk sc", False),
    ("/usr/share/fonts/opentype/noto/NotoSansCJK-Bold.ttc", 2, "noto sans cjk sc", True),
    ("/usr/share/fonts/noto-cjk/NotoSerifCJK-Regular.ttc", 2, "noto serif cjk sc", False),
    ("/usr/share/fonts/noto-cjk/NotoSansCJK-Regular.ttc", 2, "noto sans cjk sc", False),
    ("/usr/share/fonts/truetype/wqy/wqy-zenhei.ttc", 0, "wenquanyi zen hei", False),
    ("/System/Library/Fonts/Supplemental/Songti.ttc", 6, "songti sc", False),
    ("/System/Library/Fonts/STHeiti Light.ttc", 1, "stheiti", False),
)
"""Where fonts usually lie, for machines without fontconfig."""


def kind_of(name: str) -> str:
    """Which of the kinds a template's font name means: 「仿宋_GB2312」 is FANG."""
    low = name.lower()
    return next((k for k, marks in _KINDS.items() if any(m in low for m in marks)), SONG)


@cache
def _installed() -> dict[tuple[str, bool], Face]:
    """Chinese fonts by family name (in every language) and boldness."""
    found: dict[tuple[str, bool], Face] = {}
    for line in _listed():
        file, index, families, weight, odd = line
        bold = weight >= 180  # fontconfig: 80 regular, 180 demibold, 200 bold
        if odd or not file.lower().endswith(_FILES):
            continue
        if not bold and weight not in range(75, 105):
            continue
        for family in families:
            found.setdefault((family.lower(), bold), Face(file, index, bold))
    for file, index, family, bold in _PLACES:
        if (family, bold) not in found and Path(file).is_file():
            found[family, bold] = Face(file, index, bold)
    return found


def _listed(pattern: str = ":lang=zh-cn") -> list[tuple[str, int, list[str], int, bool]]:
    """What fontconfig knows; nothing where it is not installed."""
    form = "%{file}\t%{index}\t%{family}\t%{weight}\t%{variable}%{color}\n"
    try:
        said = subprocess.run(  # noqa: S603 (our own words only)
            ["fc-list", pattern, "--format", form],  # noqa: S607 (wherever it is installed)
            capture_output=True, timeout=20, check=True,
        ).stdout.decode("utf-8", "replace")  # fmt: skip
    except (OSError, subprocess.SubprocessError):
        return []
    lines = [line.split("\t") for line in said.splitlines()]
    return sorted(
        (f, int(i), names.split(","), round(float(w)), "True" in more)
        for f, i, names, w, more in (p for p in lines if len(p) == 5)
        if i.isdecimal() and w.replace(".", "", 1).isdecimal()
    )


@cache
def face(kind: str, bold: bool = False) -> Face:
    """The best font for a kind; without a bold one, the plain one.

    Raises:
        NoFont: none on this machine has Chinese characters.
    """
    known = _installed()
    like = "sans" if kind in _SANS else "serif"
    other = "serif" if like == "sans" else "sans"
    names = [*_WANTED[kind], *(n.format(like) for n in _NOTO), *_WANTED[SONG], *_WANTED[HEI]]
    names += [n.format(other) for n in _NOTO]
    heavy = bold or kind == TITLE
    for name in names:
        own = name in _WANTED[kind]
        for wanted in (heavy and not (own and kind == TITLE), False):
            if (name, wanted) in known:
                return known[name, wanted]
    if known:
        return next(iter(known.values()))
    raise NoFont


@cache
def having(char: str) -> Face | None:
    """Some font with this character: a rare one in a name, a symbol; None where none has it."""
    for file, index, _names, weight, odd in _listed(f":charset={ord(char):x}"):
        if not odd and 75 <= weight < 105 and file.lower().endswith(_FILES):
            return Face(file, index, False)
    return None
