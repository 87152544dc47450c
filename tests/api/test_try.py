from tests.api.conftest import *
import io
from PIL import Image
def jpg(w=400,h=300):
    b=io.BytesIO(); Image.new("RGB",(w,h),(9,99,9)).save(b,"JPEG"); return b.getvalue()
def test_it(client, person, resident):
    r=resident.hand_in(body="路口韭菜摊贩占道，车过不去",area="131024104",phone="13800000000",name="张三丰"); print(r)
    print(resident.look())
    print(resident.send_photo("a.jpg", jpg()))
    d=person("dispatcher"); n=r["number"]
    print(d.get("/me")); 
    d.act(n,"accept"); d.act(n,"assign",lead="131024104-JJ",assist=["131024104-ZF"])
    print(d.case(n)); print(d.actions(n).keys())
    person("traffic").act(n,"sign"); f=person("traffic").attach(n,"x.jpg",jpg()); print(f)
    person("traffic").act(n,"report",result="ok",evidence=[f["id"]])
    person("enforce").act(n,"sign"); print(person("enforce").act(n,"report",422,result="ok",evidence=[f["id"]+10**9]))
    print(person("enforce").act(n,"report",result="ok",evidence=[f["id"]]))
    print(d.act(n,"reply",text="好了"))
    print(resident.rate(2))
    print(d.get("/cases"))
    for p in ("/inbox","/board","/units","/places","/blueprint","/kpi"): print(p, str(d.get(p))[:600])
    print(client.get("/readyz").json(), client.get("/metrics").text)
    d.call("DELETE","/session"); print(d.get("/me",401))
