import pytest,subprocess
from core.access.desk import Office
from core.paper.kinds import PAPERS
from core.paper.pdf.draw import to_pdf
from tests.core.paper.test_make import printed
from tests.core.paper.lives import begun
def test_real(office: Office) -> None:
    life=begun(office).dispatched().pressed()
    life.do("county","promise",agreement="物业公司负责更换三号楼老化管道，费用由物业公司承担。",promises="2026-12-01 更换完毕\n2026-12-15 复测室温")
    life.closed()
    for p in PAPERS:
        d=printed(life,p, purpose="寄送" if p=="reply" else "")
        __import__("pathlib").Path(f"/tmp/out/{p}.pdf").write_bytes(to_pdf(d))
