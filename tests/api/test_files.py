"""Evidence: what is taken, what becomes of it, and who gets it back."""

import io
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from PIL import Image

from core.access.desk import Office
from tests.api import pictures
from tests.api.test_cases import register
from tests.support import county
from tests.support.http import Person, Resident, checked
from tests.support.together import at_once

Find = Callable[[str], Person]


@pytest.fixture(autouse=True)
def folder(office: Office, tmp_path: Path) -> None:
    """A files folder of the test's own."""
    office.settings = replace(office.settings, home=tmp_path)


@pytest.fixture
def number(office: Office) -> str:
    return register(office, body="三号楼暖气不热")


def stored(office: Office) -> list[str]:
    return sorted(p.name for p in office.settings.files.rglob("*") if p.is_file())


def fetch(who: Person, file_id: int) -> Image.Image:
    return Image.open(io.BytesIO(who.call("GET", f"/files/{file_id}").content))


class TestAPhoto:
    def test_loses_its_position_and_stands_upright(self, number: str, person: Find) -> None:
        sent = pictures.photo(400, 300, turned=True)
        assert b"PhoneMaker" in sent
        found = person("clerk").attach(number, "IMG_0001.JPEG", sent)
        (file,) = found["files"]
        assert (file["name"], file["mime"]) == ("IMG_0001.jpg", "image/jpeg")
        response = person("clerk").call("GET", f"/files/{found['id']}")
        assert b"PhoneMaker" not in response.content
        kept = Image.open(io.BytesIO(response.content))
        assert kept.size == (300, 400)
        assert not kept.getexif()
        assert len(response.content) == file["size"]

    def test_is_made_no_larger_than_a_screen_needs(self, number: str, person: Find) -> None:
        clerk = person("clerk")
        for kind, ending in (("JPEG", "jpg"), ("PNG", "png"), ("WEBP", "webp"), ("BMP", "png")):
            sent = pictures.photo(3000, 1000, kind=kind)
            found = clerk.attach(number, f"a.{kind}", sent)
            assert found["files"][0]["name"] == f"a.{ending}"
            assert max(fetch(clerk, found["id"]).size) == 2560

    def test_of_20_megabytes_is_refused_by_name_with_the_cure(
        self, office: Office, number: str, person: Find
    ) -> None:
        found = person("clerk").attach(number, "大照片.jpg", pictures.heavy_photo(20), expect=413)
        assert found["code"] == "file.too_large"
        assert "大照片.jpg" in found["message"]
        assert "10 MB" in found["message"]
        assert person("clerk").case(number)["files"] == []
        assert stored(office) == []

    def test_may_be_as_large_as_promised(self, number: str, person: Find) -> None:
        person("clerk").attach(number, "ok.jpg", pictures.heavy_photo(9))


OFFICE = "application/vnd.openxmlformats-officedocument."
TAKEN = [
    ("协议.pdf", pictures.PDF, "协议.pdf", "application/pdf"),
    ("a.docx", pictures.office("[Content_Types].xml", "word/document.xml"), "a.docx",
     OFFICE + "wordprocessingml.document"),
    ("a.xlsx", pictures.office("[Content_Types].xml", "xl/workbook.xml"), "a.xlsx",
     OFFICE + "spreadsheetml.sheet"),
    ("a.mp3", pictures.MP3, "a.mp3", "audio/mpeg"),
    ("a.m4a", pictures.M4A, "a.m4a", "audio/mp4"),
    ("a.mp4", pictures.MP4, "a.mp4", "video/mp4"),
    ("really.jpg", pictures.PDF, "really.pdf", "application/pdf"),
    ("../../etc/pass\u202ewd.pdf", pictures.PDF, "passwd.pdf", "application/pdf"),
    ("C:\\temp\\夜景.PDF", pictures.PDF, "夜景.pdf", "application/pdf"),
]  # fmt: skip
"""(name, bytes, name kept, type found)"""

REFUSED = [
    ("说明.jpg", "这不是照片".encode(), "重新拍照"),
    ("a.png", b"<script>alert(1)</script>", "另存为 JPG"),
    ("a.heic", pictures.HEIC, "兼容性最佳"),
    ("a.html", b"<html><script>alert(1)</script>", "转换"),
    ("a.svg", b"<svg onload='alert(1)'/>", "转换"),
    ("a.exe", b"MZ\x90\x00" + b"\0" * 100, "转换"),
    ("a.zip", pictures.office("a.txt"), "转换"),
    ("a.docm", pictures.office("[Content_Types].xml", "word/document.xml", "word/vbaProject.bin"),
     "宏"),
    ("a.docx", b"PK\x03\x04 broken", "转换"),
    ("cut.jpg", pictures.photo(800, 600)[:900], "损坏"),
    ("bomb.png", pictures.bomb(), "像素太多"),
    ("empty.jpg", b"", "空的"),
]  # fmt: skip
"""(name, bytes, words of the cure)"""


class TestWhatIsTaken:
    def test_is_known_by_its_first_bytes(self, number: str, person: Find) -> None:
        for name, data, kept, mime in TAKEN:
            (file,) = person("clerk").attach(number, name, data, "text/html")["files"]
            assert (file["name"], file["mime"]) == (kept, mime)

    def test_is_all_else_refused_with_its_name_and_the_cure(
        self, office: Office, number: str, person: Find
    ) -> None:
        for name, data, cure in REFUSED:
            found = person("clerk").attach(number, name, data, expect=422)
            assert name in found["message"]
            assert cure in found["message"]
            assert list(found["data"]["fields"]) == ["file"]
            assert stored(office) == []

    def test_is_a_form_with_files_in_it(self, number: str, person: Find) -> None:
        clerk, path = person("clerk"), f"/cases/{number}/files"
        assert clerk.post(path, {"file": "x"}, 422)["code"] == "multipart"
        assert checked(clerk.call("POST", path, data={"a": "b"}, files={}), 422)
        nameless = clerk.call("POST", path, files={"file": (None, b"text")})
        assert checked(nameless, 422)["code"] == "file.missing"
        broken = {"Content-Type": "multipart/form-data; boundary=x"}
        found = clerk.call("POST", path, content=b"--x\r\nnonsense", headers=broken)
        assert found.status_code == 422
        found = clerk.call(
            "POST", path, content=b"", headers={"Content-Type": "multipart/form-data"}
        )
        assert found.status_code == 422


class TestSeveral:
    def test_are_all_kept_or_none(self, office: Office, number: str, person: Find) -> None:
        clerk, path = person("clerk"), f"/cases/{number}/files"
        good, bad = ("a.jpg", pictures.photo()), ("b.jpg", b"no picture")
        checked(clerk.call("POST", path, files=[("file", good), ("file", bad)]), 422)
        assert clerk.case(number)["files"] == []
        found = checked(clerk.call("POST", path, files=[("file", good)] * 3), 201)
        assert len(found["files"]) == 3
        assert len(stored(office)) == 1  # the same bytes lie there once
        checked(clerk.call("POST", path, files=[("file", good)] * 6), 422)

    def test_are_bounded_also_when_sent_at_once(
        self, office: Office, number: str, person: Find
    ) -> None:
        office.settings = replace(office.settings, files_per_case=3)
        clerk = person("clerk")

        def send(n: int) -> int:
            files = {"file": (f"{n}.jpg", pictures.photo(40 + n, 30))}
            return clerk.call("POST", f"/cases/{number}/files", files=files).status_code

        assert sorted(at_once(send, range(5))) == [201, 201, 201, 422, 422]
        assert len(clerk.case(number)["files"]) == 3


class TestHandingOut:
    def test_is_to_who_sees_the_case(self, number: str, person: Find, anybody: Person) -> None:
        file_id = person("clerk").attach(number, "a.jpg", pictures.photo())["id"]
        for username in ("clerk", "dispatcher", "county", "housing", "deputy", "analyst"):
            assert person(username).call("GET", f"/files/{file_id}").status_code == 200
        for username in ("other", "land", "police"):
            person(username).get(f"/files/{file_id}", 404)
        person("admin").get(f"/files/{file_id}", 403)
        anybody.get(f"/files/{file_id}", 401)

    def test_never_lets_a_browser_run_anything(self, number: str, person: Find) -> None:
        clerk = person("clerk")
        for name, data, way in (
            ("图.jpg", pictures.photo(), "inline"),
            ("a.mp4", pictures.MP4, "inline"),
            ("a.pdf", pictures.PDF, "attachment"),
        ):
            file_id = clerk.attach(number, name, data)["id"]
            headers = clerk.call("GET", f"/files/{file_id}").headers
            assert headers["x-content-type-options"] == "nosniff"
            assert "sandbox" in headers["content-security-policy"]
            assert headers["content-disposition"].startswith(way)
            assert "no-store" in headers["cache-control"]

    def test_of_what_is_not_there_is_not_found(self, person: Find) -> None:
        for file_id in ("0", "-1", "999", "9" * 30):
            person("clerk").get(f"/files/{file_id}", 404)

    def test_of_lost_bytes_says_so(self, office: Office, number: str, person: Find) -> None:
        file_id = person("clerk").attach(number, "a.jpg", pictures.photo())["id"]
        for path in office.settings.files.rglob("*"):
            if path.is_file():
                path.unlink()
        assert "丢失" in person("clerk").get(f"/files/{file_id}", 404)["message"]


class TestResidents:
    def test_send_and_see_their_own_and_no_others(
        self, person: Find, resident: Resident, anybody: Person
    ) -> None:
        resident.hand_in(body="三号楼暖气不热", area=county.VILLAGE)
        (file,) = resident.send_photo("家里.jpg", pictures.photo(turned=True))["files"]
        assert file["by_resident"] is True
        found = resident.call("GET", file["url"], params=resident.key)
        assert (found.status_code, found.headers["content-type"]) == (200, "image/jpeg")
        anybody.get(file["url"], 404)
        inside = person("housing").attach(resident.number, "现场.jpg", pictures.photo())["id"]
        hidden = f"{resident.path}/files/{inside}"
        resident.get(hidden, 404, params=resident.key)
        assert [f["name"] for f in resident.look()["files"]] == ["家里.jpg"]
        assert len(person("housing").case(resident.number)["files"]) == 2

    def test_send_nothing_more_when_the_case_is_closed(
        self, person: Find, resident: Resident
    ) -> None:
        resident.hand_in(body="请问社保卡怎么补办，问一下", area=county.TOWNSHIP, category="other")
        person("dispatcher").act(resident.number, "answer", text="带身份证到政务大厅")
        resident.rate(5)
        resident.send_photo("a.jpg", pictures.photo(), 403)

    def test_send_so_many_an_hour(self, office: Office, resident: Resident) -> None:
        office.settings = replace(office.settings, anonymous_per_hour=1)
        resident.hand_in(body="三号楼暖气不热", area=county.VILLAGE)
        for n in range(9):
            resident.send_photo("a.jpg", pictures.photo(40 + n, 30))
        before = stored(office)
        found = resident.send_photo("a.jpg", pictures.photo(90, 30), 429)
        assert found["code"] == "too_many"
        assert stored(office) == before

    def test_send_nothing_to_other_peoples_cases(self, number: str, resident: Resident) -> None:
        resident.hand_in(body="三号楼暖气不热", area=county.VILLAGE)
        resident.number = number
        resident.send_photo("a.jpg", pictures.photo(), 404)
