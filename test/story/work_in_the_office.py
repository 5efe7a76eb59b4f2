#!/usr/bin/env python3
"""A day of a clerk in the browser: logs in, looks people up, mends a record, shows a number with a reason, imports, exports, explains a doubt
and takes an import back."""
import http.client
import io
import json
import zipfile

from door import FAST, Door
from story import hold, tell

door = Door("office").open()
STATE = {}


def she_logs_in():
    wrong = door.log_in("clerk", "a wrong guess of hers")
    hold(wrong.status == 401 and not wrong.heads.get("set-cookie"), "a wrong password: 401 and no cookie", wrong)
    reply = door.log_in("clerk")
    cookie = reply.heads.get("set-cookie", "")
    hold(reply.status == 200 and "HttpOnly" in cookie and "SameSite=Strict" in cookie, "the right one: a cookie that no script and no other page has", reply)
    STATE["cookie"] = {"Cookie": cookie.split(";")[0]}
    me = door.call("GET", "me", heads=STATE["cookie"]).json
    hold(me.get("account") == "clerk" and me["roles"][0]["id"] == "clerk" and "household" in me["reads"], "me: account, role, what she reads", me)
    page = door.call("GET", "/")
    hold(page.status == 200 and "default-src 'self'" in page.heads["content-security-policy"], "the first page loads nothing from elsewhere", page.heads)


def her_program_finds_each_parameter():
    paths = door.call("GET", "/api/openapi.json").json["paths"]
    named = {p["name"] for p in paths["/api/v1/{entity}"]["get"]["parameters"]}
    hold({"entity", "limit", "cursor", "offset", "sort", "as_of", "format", "columns"} <= named, "those of a list", named)
    body = paths["/api/v1/import"]["post"]["requestBody"]["content"]["multipart/form-data"]["schema"]["properties"]
    hold({"file", "as_of", "dry_run"} == set(body), "and those beside an upload", body)


def she_reads():
    ids = STATE["ids"] = door.ids("household")
    pages, cursor = [], None
    while cursor != "end":
        reply = door.call("GET", "household?limit=15" + (f"&cursor={cursor}" if cursor else ""), "clerk")
        pages += reply.json["items"]
        cursor = reply.json["next"] or "end"
    numbers = STATE["numbers"] = [item[ids["户编号"]] for item in pages]
    hold(len(set(numbers)) == len(numbers) == reply.json["total"] == 40, "page by page: each household once", (len(numbers), reply.json["total"]))
    file = door.call("GET", "household/" + numbers[0], "clerk")
    hold(file.status == 200 and file.heads.get("etag"), "a household's file has a version", file)
    hold("no-store" in file.heads["cache-control"], "and is kept by nobody on the way")
    name = pages[0][ids["户主姓名"]]
    found = door.call("POST", "household/search", "clerk", {"text": name}).json
    hold(numbers[0] in [item[ids["户编号"]] for item in found.get("items", [])], "she finds it by its name", found)
    hold(door.call("HEAD", "household/" + numbers[0], "clerk").status == 200, "HEAD is answered as GET")
    english = door.call("GET", "household/0", "clerk", heads={"Accept-Language": "en"}).json
    hold(english.get("detail", "").isascii() and not door.call("GET", "household/0", "clerk").json["detail"].isascii(), "she is answered in her language", english)


def she_mends_a_record():
    number, area = STATE["numbers"][0], STATE["ids"]["住房面积"]
    tag = door.call("GET", "household/" + number, "clerk").heads["etag"]
    patch = lambda value, tag: door.call("PATCH", "household/" + number, "clerk", {area: value}, {"If-Match": tag} if tag else {})
    hold(patch(81, None).status == 428, "without If-Match: 428")
    good = patch(82, tag)
    hold(good.status == 200 and good.heads["etag"] != tag and "findings" in good.json, "with her version: done, and the rules answer", good)
    old = patch(83, tag)
    hold(old.status == 412 and old.json.get("record") and old.json["type"], "with an old one: 412 and the record as it is", old)
    bad = patch("many", good.heads["etag"])
    hold(bad.status == 422 and bad.json["errors"][0]["field"] == area, "a word for a number: refused by name", bad)
    entry = door.call("GET", "journal?record=" + number, "auditor").body
    hold(b'"clerk"' in entry, "the journal says who")


def she_makes_one_once():
    ids = door.ids("problem")
    body = {ids["问题编号"]: "WT2019901", ids["村编码"]: STATE["numbers"][0][:12], ids["问题描述"]: '=HYPERLINK("http://evil.example","x") 𠀀'}
    post = lambda body, key: door.call("POST", "problem", "clerk", body, {"Idempotency-Key": key})
    total = door.call("GET", "problem", "clerk").json["total"]
    first, again = post(body, "k-1"), post(body, "k-1")
    hold(first.status == 201 and (again.status, again.body) == (201, first.body), "the same key: the same answer", (first, again))
    hold(door.call("GET", "problem", "clerk").json["total"] == total + 1, "and one record")
    hold(post({**body, ids["问题描述"]: "other"}, "k-1").status == 422, "the same key with other contents: 422")
    hold(post(body, "a b").status == 400, "a key with a blank: 400")
    refused = post({**body, ids["村编码"]: "999999999999"}, "k-2")
    mended = post({**body, ids["问题编号"]: "WT2019902"}, "k-2")
    hold(400 <= refused.status < 500 and mended.status == 201, "what was refused takes no key", (refused, mended))


def she_exports():
    csv, xlsx = (door.call("GET", "problem?format=" + kind, "clerk") for kind in ("csv", "xlsx"))
    text = csv.body.decode("utf-8")
    hold(csv.status == 200 and csv.heads["content-type"].startswith("text/csv") and "attachment" in csv.heads["content-disposition"], "csv is a file", csv.heads)
    hold("HYPERLINK" in text and '"=HYPERLINK' not in text and ",=HYPERLINK" not in text and "\n=HYPERLINK" not in text, "nothing in it is a formula", text[-300:])
    hold("𠀀" in text, "a rare character stands as it is")
    book = zipfile.ZipFile(io.BytesIO(xlsx.body))
    inside = "".join(book.read(name).decode("utf-8") for name in book.namelist() if name.endswith(".xml"))
    hold("<f>" not in inside and "<hyperlink" not in inside and "HYPERLINK" in inside and "𠀀" in inside, "nor in the workbook")
    hold(not door.left_over(), "no file is left on the server", door.left_over())


def she_shows_a_number_with_a_reason():
    number = STATE["numbers"][1]
    hold(door.call("POST", f"household/{number}/reveal", "clerk", {"reason": ""}).status == 400, "no reason: refused")
    hold(door.call("POST", f"household/{number}/reveal", "auditor", {"reason": "x"}).status == 403, "the auditor: 403")
    masked = door.call("GET", "household/" + number, "clerk")
    shown = door.call("POST", f"household/{number}/reveal", "clerk", {"reason": "核对银行账号"})
    hold(shown.status == 200 and "*" in masked.body.decode() and shown.body != masked.body, "with a reason: in full", masked)
    entries = door.call("GET", "journal?record=" + number, "auditor").body.decode()
    hold("核对银行账号" in entries, "and the journal has the reason", entries[:300])


def she_imports():
    files = sorted(door.books.glob("*.xlsx"))
    household = next(path for path in files if "户信息" in path.name)
    none = door.call("POST", "import", "clerk", b"--b1--\r\n", {"Content-Type": "multipart/form-data; boundary=b1"})
    hold(none.status == 400, "nothing uploaded: 400", none)
    reply = door.upload("clerk", (household.name, household.read_bytes()), dry_run="true", heads={"Idempotency-Key": "import-1"})
    hold(reply.status == 202 and reply.heads["location"].endswith(reply.json["id"]), "an import is a job", reply)
    connection = http.client.HTTPConnection("127.0.0.1", door.port, timeout=60 * FAST)
    connection.request("GET", f"/api/v1/job/{reply.json['id']}/events", headers={"Authorization": "Bearer " + door.token["clerk"]})
    events = [json.loads(line[5:]) for line in connection.getresponse().read().decode().splitlines() if line.startswith("data:")]
    connection.close()
    hold(events and events[-1]["state"] == "done" and events[-1]["result"]["dry_run"] is True, "its events go to the end", events[-1:])
    again = door.upload("clerk", (household.name, household.read_bytes()), dry_run="true", heads={"Idempotency-Key": "import-1"})
    hold(again.status == 202 and again.json["id"] == reply.json["id"], "sent again under its key it is the same job", again)
    other = door.upload("clerk", (household.name, household.read_bytes() + b"x"), dry_run="true", heads={"Idempotency-Key": "import-1"})
    hold(other.status == 422, "another file under that key: 422", other)
    broken = door.ended(door.upload("clerk", ("01-户信息.xlsx", b"no workbook")), "clerk")
    hold(broken["state"] == "failed" and broken["problem"]["detail"] and broken["problem"]["next"], "a broken file fails and says why", broken)
    hold(door.upload("auditor", (household.name, b"x")).status == 403, "the auditor imports nothing")
    theirs, none = (door.call("GET", "job/" + which, "auditor") for which in (reply.json["id"], "00000000-0000-7000-8000-000000000000"))
    hold(theirs.status == 404 and theirs.body == none.body, "another's job is as none", theirs)
    hold(reply.json["id"] in [job["id"] for job in door.call("GET", "job", "clerk").json["items"]], "her jobs are listed")
    hold(not door.left_over(), "no file is left on the server", door.left_over())


def she_gets_the_refused_rows_back():
    text = "问题编号,村编码,问题描述,整改期限\nWT2099001,%s,入户路未硬化,明天以后\n" % STATE["numbers"][0][:12]
    job = door.ended(door.upload("clerk", ("07-问题台账.csv", text.encode("utf-8"))), "clerk")
    hold(job["result"]["sheets"][0]["rejected"] == 1, "a date that is none is refused", job)
    book = door.call("GET", f"job/{job['id']}/file", "clerk")
    hold(book.status == 200 and book.body[:2] == b"PK", "the refused row comes back as a workbook", book)
    theirs, none = (door.call("GET", f"job/{which}/file", "auditor") for which in (job["id"], "00000000-0000-7000-8000-000000000000"))
    hold(theirs.status == 404 and theirs.body == none.body, "and to nobody else", theirs)


def she_takes_an_import_back():
    text = "问题编号,村编码,问题描述\r\nWT2019903,{0},水渠损坏\r\nWT2019904,{0},道路损坏\r\n".format(STATE["numbers"][0][:12])
    total = door.call("GET", "problem", "clerk").json["total"]
    job = door.ended(door.upload("clerk", ("07-问题台账.csv", text.encode("utf-8"))), "clerk")
    hold(job["state"] == "done" and door.call("GET", "problem", "clerk").json["total"] == total + 2, "two problems come in", job)
    batch = (job.get("result") or {}).get("batch")
    undo = door.call("POST", f"import/{batch}/undo", "clerk", {})
    hold(undo.status == 200 and door.call("GET", "problem", "clerk").json["total"] == total, "and are taken back", undo)
    hold(400 <= door.call("POST", f"import/{batch}/undo", "clerk", {}).status < 500, "once")


def she_explains_a_doubt():
    checked = door.call("POST", "check", "clerk", {"as_of": "2019-12-31"})
    hold(checked.status == 200, "she lets the rules look", checked)
    number, size = STATE["numbers"][2], STATE["ids"]["家庭人口"]
    file = door.call("GET", "household/" + number, "clerk")
    door.call("PATCH", "household/" + number, "clerk", {size: 19}, {"If-Match": file.heads["etag"]})
    door.call("POST", "check", "clerk", {})
    findings = door.call("GET", "finding?limit=100", "clerk").json["items"]
    if not hold(findings, "there is a doubt"):
        return
    one = findings[0]["id"]
    hold(door.call("POST", f"finding/{one}/explain", "clerk", {}).status == 400, "without a reason: 400")
    told = door.call("POST", f"finding/{one}/explain", "clerk", {"reason": "户籍已核对"})
    hold(told.status == 200, "she says why it is right as it is", told)
    hold(door.call("POST", f"finding/{one}/explain", "auditor", {"reason": "x"}).status == 403, "the auditor does not")


def she_goes_home():
    out = door.call("DELETE", "session", heads={**STATE["cookie"], **door.own_page()})
    hold(out.status == 200 and door.call("GET", "me", heads=STATE["cookie"]).status == 401, "the cookie is worth nothing any more", out)
    code, took = door.close()
    hold(code == 0 and took < 5 * FAST, "the server ends", (code, took))
    door.is_well()
    hold(not any(door.temporary.iterdir()), "and leaves nothing", list(door.temporary.iterdir()))
    hold(door.office.run("journal", "verify").code == 0, "the journal is whole")


tell(she_logs_in, her_program_finds_each_parameter, she_reads, she_mends_a_record, she_makes_one_once, she_exports, she_shows_a_number_with_a_reason, she_imports, she_gets_the_refused_rows_back,
     she_takes_an_import_back, she_explains_a_doubt, she_goes_home)
