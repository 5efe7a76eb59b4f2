#!/usr/bin/env python3
"""Who may what: every operation that the server offers x every role x own, neighbouring and outside places, and every command by
--as, each answer held against a plain second reading of the pack's roles.yaml. No answer may hold a number from elsewhere."""
import atexit
import collections
import http.client
import json
import re
import signal
import socket
import subprocess
import time
from urllib.parse import quote, urlencode

from story import DAY, ROOT, SLOW, TMP, Office, command, hold, surroundings, tell

CONTRACT = ("village_cadre helper clerk checker leader fund_clerk fund_checker cashier publisher county_checker county_approver county_fund "
            "auditor admin_system admin_security admin_audit").split()
COUNTY, TOWN, OTHER, UNKNOWN = "411622", "411622104", "411622105", "990000"
OWNERS = "init|policy load|copy|grant|synth|sheet dump|cel|bench|serve".split("|")  # no role may name them
PASSWORD = "Kiesel Lorbeer Amsel Pfad"
cells = collections.Counter()
faults = []


def cell(of, true, what, more=""):
    """One cell of the matrix. Those that do not hold are told in full, the others by their number."""
    cells[of] += 1
    if not true:
        faults.append(f"{of}: {what}: {str(more)[:300]}")


# ---- roles.yaml, read a second time ----

def plain_roles():
    """No YAML library: `- id:` begins a role, `key: [a, b]` and `key: {a: b}` may go on over lines that are set in deeper."""
    text = re.sub(r"(?m)^#.*\n", "", (ROOT / "policy/henan/roles.yaml").read_text(encoding="utf-8"))
    roles = {}
    for block in re.split(r"(?m)^- id: ", text)[1:]:
        name, _, rest = block.partition("\n")
        rest = re.sub(r"\n {4,}", " ", rest)
        role = {"does": [], "reads": [], "writes": [], "shows": {}}
        for key, value in re.findall(r"(?m)^  (\w+): (.*)$", rest):
            if key in ("does", "reads", "writes"):
                role[key] = value if value == "all" else [w.strip() for w in value.strip("[]").split(",")]
            elif key == "shows":
                role[key] = dict(re.findall(r"(\w+): (\w+)", value))
        roles[name.strip()] = role
    return roles


ROLES = plain_roles()
NOT_SEALED = {field for path in (ROOT / "policy/henan/catalog").glob("*.yaml")
              for field in re.findall(r"- \{id: (\w+),.*class: sensitive, sealed: false", path.read_text(encoding="utf-8"))}


def may(role, operation):
    return operation in ROLES[role]["does"]


def reads(role, entity, key="reads"):
    return ROLES[role][key] == "all" or entity in ROLES[role][key]


def shows(role, field):
    """none, masked or full, as a list shows it."""
    kind = "health" if field["id"] in NOT_SEALED else field["class"]
    word = ROLES[role]["shows"].get(kind, "none")
    return "masked" if word == "reason" else word


# ---- the office ----

office = Office("office", area=COUNTY)
server, port = None, 0
tokens, places, catalog, known = {}, {}, {}, {}


def prepare():
    """Two towns of one county, an account for each role in a village, its town and the other town."""
    global server, port
    for town, households in ((TOWN, 40), (OTHER, 20)):
        office.run("synth", "--households", households, "--seed", 7, "--area", town, wanted=0)
    office.run("check", "--as-of", DAY)
    places["villages"] = sorted({h["村编码"] for h in office.ask("list", "household")["items"]})
    own, near = [v for v in places["villages"] if v.startswith(TOWN)][:2]
    places.update(own=own, near=near, far=next(v for v in places["villages"] if v.startswith(OTHER)))
    password = TMP / "password"
    password.write_text(PASSWORD)
    for role in (ROLES if not SLOW else ["clerk", "village_cadre", "admin_security"]):
        for where, area in (("village", own), ("town", TOWN), ("other", OTHER)):
            office.run("account", "add", f"{role}-{where}", "--role", role, "--area", area, "--password-file", password, wanted=0)
            tokens[role, where] = office.ask("account", "token", f"{role}-{where}")["token"], area
    read_truth()
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        port = s.getsockname()[1]
    server = subprocess.Popen(command("--db", office.db, *office.named_key(), "serve", "--listen", f"127.0.0.1:{port}"),
                              stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=surroundings())
    atexit.register(server.kill)
    for _ in range(300):
        try:
            if ask(None, "GET", "/healthz")[0] == 200:
                break
        except OSError:
            time.sleep(.1)
    hold(server.poll() is None and len(tokens) >= 9, f"an office with {len(tokens)} accounts is served")


def read_truth():
    """What the owner of the database knows: fields with their classes, how many records lie where, one id in each place."""
    for entity in office.ask("catalog")["entities"]:
        catalog[entity["id"]] = entity
        for area in (places["own"], places["near"], TOWN, OTHER):
            answer = office.ask("list", entity["id"], "--area", area)
            known[entity["id"], area] = answer["total"], answer["items"]


def ask(token, method, path, body=None, head=None):
    data = json.dumps(body).encode() if body is not None else None
    link = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    try:
        link.request(method, path, data, {**({"Authorization": "Bearer " + token} if token else {}),
                                          **({"Content-Type": "application/json"} if data else {}), **(head or {})})
        answer = link.getresponse()
        return answer.status, answer.read()
    finally:
        link.close()


NUMBER = re.compile(rb"(?<!\d)411622\d{6,12}(?!\d)")


def call(role, where, method, path, query=None, body=None, head=None):
    """An answer, looked through for numbers from elsewhere."""
    token, area = tokens[role, where]
    status, data = ask(token, method, "/api/v1/" + path + ("?" + urlencode(query) if query else ""), body, head)
    strange = {n.decode() for n in NUMBER.findall(data)} - {area}
    strange = {n for n in strange if not n.startswith(area) and n[:12].rstrip("0") not in area}
    if path.split("/")[0] in ("catalog", "policy", "me"):
        strange = set()
    cell("canaries", not strange, f"{role} in {area}: {method} {path} {query or ''} tells {sorted(strange)[:3]}")
    cell("no answer above 499", status < 500, f"{role} {method} {path}", data)
    return status, data


def kind_of(data):
    try:
        return json.loads(data).get("type")
    except ValueError:
        return None


def forbidden(of, role, where, method, path, **more):
    status, data = call(role, where, method, path, **more)
    cell(of, status == 403 and kind_of(data) == "ACCESS_FORBIDDEN", f"{role} may not: {method} {path} {more}", (status, data))


def everyone():
    return [(role, where, area) for (role, where), (_, area) in tokens.items()]


def inside(code, area):
    return code.startswith(area)


def key_of(entity, item):
    """The id of a record in a route: its key's values joined by commas."""
    labels = {f["id"]: f["label"]["zh"] if isinstance(f["label"], dict) else f["label"] for f in catalog[entity]["fields"]}
    keys = catalog[entity]["key"]
    values = [item.get(labels[k]) for k in (keys if isinstance(keys, list) else [keys])]
    return None if None in values else ",".join(map(str, values))


# ---- the matrix ----

def the_roles_are_those_of_the_contract_and_name_what_there_is():
    words = set(re.findall(r"(?m)^   (\w[\w ]*?)  ", office.run("--help").out)) | {"job"}
    hold(sorted(ROLES) == sorted(CONTRACT), "the sixteen roles", sorted(set(ROLES) ^ set(CONTRACT)))
    named = {w for role in ROLES.values() for w in role["does"]}
    hold(named <= words, "each names operations that there are", sorted(named - words))
    hold(not named & set(OWNERS), "what is the owner's is no role's", sorted(named & set(OWNERS)))


def every_route_has_cells():
    """The description of the API is made from the declarations: each route in it is asked for, also one that is new."""
    paths = json.loads(ask(None, "GET", "/api/openapi.json")[1])["paths"]
    routes = {f"{method.upper()} {re.sub(r'^/api/v1/', '', path)}": one["operationId"]
              for path, methods in paths.items() for method, one in methods.items()}
    hold(len(routes) > 25 and set(ASKED) | WITHOUT <= set(routes), f"there are {len(routes)} routes", sorted((set(ASKED) | WITHOUT) - set(routes)))
    for route in sorted(set(routes) - WITHOUT):
        operation, chapter = ASKED.get(route) or (re.sub(r"([A-Z])", r" \1", routes[route]).lower(), others)
        method, _, path = route.partition(" ")
        before = sum(cells.values())
        for role, where, area in everyone():
            chapter(operation, method, path, role, where, area)
        print(f"# {route}: {sum(cells.values()) - before} cells")
    hold(True, f"{sum(cells.values())} cells: " + ", ".join(f"{k} {n}" for k, n in cells.most_common()))
    hold(not faults, f"none of them fails ({len(faults)})", "\n".join(faults[:30]))


def areas(operation, method, path, role, where, area, query=None):
    """With an area, and without one."""
    own = {"village": places["own"], "town": TOWN, "other": OTHER}[where]
    ask_for = [None, own, places["own"], places["near"], places["far"], TOWN, OTHER, COUNTY, UNKNOWN]
    seen = {}
    for code in ask_for:
        q = {**(query or {}), **({"area": code} if code else {})}
        if method == "POST":
            how = {"body": q}
        else:
            how = {"query": q}
        if not may(role, operation):
            forbidden(operation, role, where, method, path, **how)
            continue
        status, data = call(role, where, method, path, **how)
        seen[code] = data
        if code is None or inside(code, area):
            cell(operation, status in (200, 202), f"{role} in {area} asks for {code}: {path}", (status, data))
        else:
            cell(operation, status == 404 and data == seen.setdefault("unknown", data), f"{role} in {area} is told nothing of {code}: {path}",
                 (status, data))


def day_areas(operation, method, path, role, where, area):
    areas(operation, method, path, role, where, area, {"as_of": DAY})


def report(operation, method, path, role, where, area):
    if where == "village" and may(role, operation):  # a town's report is none of a village's
        status, data = call(role, where, method, path, query={"area": TOWN, "as_of": DAY})
        cell(operation, status == 404, f"{role} in {area}: the town's report", (status, data))
        return
    for code in (TOWN, OTHER, "411622106", UNKNOWN):
        if not may(role, operation):
            forbidden(operation, role, where, method, path, query={"area": code, "as_of": DAY})
            continue
        status, data = call(role, where, method, path, query={"area": code, "as_of": DAY})
        cell(operation, status == (200 if inside(code, area) else 404) or (status == 202 and inside(code, area)),
             f"{role} in {area}: the report of {code}", (status, data))


def indicators(operation, method, path, role, where, area):
    """A figure only to whoever reads what it counts."""
    for name, entities in (("industry.base_households", ["measure", "household"]), ("money.appropriated", ["fund"]), ("problems.found", ["problem"])):
        where_to = path.replace("{id}", name)
        if may(role, operation) and not all(reads(role, e) for e in entities[:1]):
            forbidden(operation, role, where, method, where_to, query={"as_of": DAY, "rows": "true"})
        elif not may(role, operation) or all(reads(role, e) for e in entities):
            areas(operation, method, where_to, role, where, area, {"as_of": DAY, "rows": "true"})


def anybody(operation, method, path, role, where, area):
    """What is the same for all who may."""
    path = path.replace("{entity}", "household")
    if not may(role, operation):
        forbidden(operation, role, where, method, path)
        return
    status, data = call(role, where, method, path)
    cell(operation, status == 200, f"{role} may: {path}", (status, data))


def lists(operation, method, path, role, where, area):
    """Every entity: as many as lie in the area, its fields as the role sees them, filters by those that it sees in full."""
    for entity in catalog:
        to = path.replace("{entity}", entity)
        if not may(role, operation) or not reads(role, entity):
            forbidden(operation, role, where, method, to)
            continue
        status, data = call(role, where, method, to, query={"limit": 1000})
        answer = json.loads(data) if status == 200 else {}
        total, items = known[entity, area]
        cell(operation, status == 200 and answer["total"] == total and len(answer["items"]) == min(total, 1000),
             f"{role} in {area}: {total} of {entity}", (status, answer.get("total"), data[:100]))
        fields(operation, role, where, to, entity, answer.get("items", []), items)


def fields(operation, role, where, path, entity, items, truth):
    for field in catalog[entity]["fields"]:
        if "derived_from" in field:  # no column of a list; nobody filters by it who does not see what it comes from
            continue
        show, values = shows(role, field), [i[field["id"]] for i in items if i.get(field["id"]) is not None]
        label = field["label"]["zh"] if isinstance(field["label"], dict) else field["label"]
        any_known = any(t.get(label) is not None for t in truth)
        if show == "none":
            cell("fields", not any(field["id"] in i for i in items), f"{role} sees nothing of {entity}.{field['id']}", values[:2])
        elif show == "masked":
            cell("fields", all("*" in str(v) for v in values) and bool(values) == any_known, f"{role} sees {entity}.{field['id']} masked", values[:2])
        else:
            cell("fields", bool(values) == any_known and not any("*" in str(v) for v in values), f"{role} sees {entity}.{field['id']}", values[:2])
        if where != "town":
            continue
        for query in ({field["id"] + ".empty": "true"}, {"sort": field["id"]}):
            status, data = call(role, where, "GET", path, query={**query, "limit": 1})
            cell("filters", status in (200, 400) if show == "full" else status in (403, 400), f"{role}: {entity} by {query} ({show})", (status, data))


def records(operation, method, path, role, where, area):
    """A record of one's own, of the neighbours, of elsewhere, of nowhere: the last three are one answer."""
    bodies = {"reveal": {"reason": "核对"}, "change": {"no_such_field": "1"}, "judge": {"no_such_field": "1"}}
    for entity in catalog:
        if entity in ("household_year", "measure", "duty", "pairing"):
            continue  # their keys are several values; household and person stand for them
        keys = {at: next(filter(None, (key_of(entity, i) for i in known[entity, code][1])), None)
                for at, code in (("own", places["own"]), ("near", places["near"]), ("town", TOWN), ("other", OTHER))}
        absent = []
        for at, key in [*keys.items(), ("nowhere", "4116221049999999")]:
            if key is None:
                continue
            to = path.replace("{entity}", entity).replace("{id}", quote(key))
            how = {"body": bodies[operation]} if operation in bodies else {}
            if operation == "change":
                how["head"] = {"If-Match": '"x"'}
            if not may(role, operation) or not reads(role, entity) or (operation in ("change", "judge") and not reads(role, entity, "writes")):
                forbidden(operation, role, where, method, to, **how)
                continue
            status, data = call(role, where, method, to, **how)
            mine = at != "nowhere" and any(key_of(entity, i) == key for i in known[entity, area][1])
            if mine:
                cell(operation, status in ((200,) if operation in ("get", "reveal") else (400, 412, 422)), f"{role} in {area}: {to}", (status, data))
            else:
                absent.append(data)
                cell(operation, status == 404 and data == absent[0], f"{role} in {area} is told nothing of {to}", (status, data))


def creates(operation, method, path, role, where, area):
    for entity in catalog:
        to, how = path.replace("{entity}", entity), {"body": {"no_such_field": "1"}, "head": {"Idempotency-Key": f"{role}-{where}-{entity}"}}
        if not may(role, operation) or not reads(role, entity, "writes"):
            forbidden(operation, role, where, method, to, **how)
            continue
        status, data = call(role, where, method, to, **how)
        cell(operation, status in (400, 422), f"{role} in {area}: a new {entity} with an unknown field", (status, data))


def searches(operation, method, path, role, where, area):
    """By the number of somebody there, and of somebody elsewhere."""
    for entity in ("household", "person"):
        to = path.replace("{entity}", entity)
        for code in (places["own"], places["near"], places["far"]):
            items = known.get((entity, code), (0, []))[1] or [i for i in known[entity, OTHER][1]][:1]
            text = key_of(entity, items[0])
            if not may(role, operation) or not reads(role, entity):
                forbidden(operation, role, where, method, to, body={"text": text})
                continue
            status, data = call(role, where, method, to, body={"text": text})
            total = json.loads(data).get("total") if status == 200 else None
            cell(operation, status == 200 and (total or 0) == (1 if inside(text[:12], area) else 0), f"{role} in {area} looks for {text}", (status, data[:200]))


def histories(operation, method, path, role, where, area):
    for code in (places["own"], places["near"], OTHER):
        number = key_of("household", known["household", code][1][0])
        if not may(role, operation):
            forbidden(operation, role, where, method, path, query={"record": number})
            continue
        status, data = call(role, where, method, path, query={"record": number})
        entries = json.loads(data).get("entries", []) if status == 200 else None
        mine = inside(code, area) or (code == OTHER and area == OTHER)
        cell(operation, status == 200 and bool(entries) == mine, f"{role} in {area}: the journal of {number}", (status, data[:200]))
        for entry in entries or []:
            cell(operation, reads(role, entry["entity"]) or not any(c["field"] not in ("village", "fact_day") for c in entry["changes"]),
                 f"{role} is told no values of {entry['entity']}", entry)


def findings(operation, method, path, role, where, area):
    every = office_findings()
    for village in (places["own"], places["near"], places["far"], None):
        found = next((f["id"] for f in every if f["village"] == village), None) if village else "0" * 32
        if found is None:
            continue
        to = path.replace("{id}", found)
        if not may(role, operation):
            forbidden(operation, role, where, method, to, body={"reason": "核实"})
            continue
        status, data = call(role, where, method, to, body={"reason": "核实无误"}, head={"Idempotency-Key": f"{role}{where}{found}"})
        if village and inside(village, area):
            cell(operation, status in (200, 201), f"{role} in {area} explains one of {village}", (status, data))
        else:
            cell(operation, status == 404 and data == findings.absent.setdefault("", data), f"{role} in {area} is told nothing of one of {village}", (status, data))


findings.absent = {}


def office_findings(kept=[]):
    if not kept:
        kept.extend(office.ask("finding", "list")["findings"])
    return kept


def uploads(operation, method, path, role, where, area):
    if may(role, operation):
        return  # what an import takes in is told by a chapter of its own
    forbidden(operation, role, where, method, path, head={"Content-Type": "multipart/form-data; boundary=b", "Idempotency-Key": role + where})


def others(operation, method, path, role, where, area):
    """What came later: closed to whoever may not, and of no use on what lies elsewhere."""
    path, absent = path.replace("{entity}", "household"), []
    for code in (places["own"], places["near"], OTHER, None):
        number = key_of("household", known["household", code][1][0]) if code else "4116221049999999"
        to = path.replace("{id}", number)
        how = {"body": {}, "head": {"Idempotency-Key": f"{role}{where}{to}", "If-Match": '"x"'}} if method != "GET" else {}
        if not may(role, operation) or (method != "GET" and not reads(role, "household", "writes")):
            forbidden(operation, role, where, method, to, **how)
            continue
        status, data = call(role, where, method, to, **how)
        if code and inside(number[:12], area):
            cell(operation, status not in (401, 403, 405), f"{role} in {area}: {method} {to}", (status, data))
        elif "{id}" in path:
            absent.append(data)
            cell(operation, 400 <= status < 500 and data == absent[0], f"{role} in {area} is told nothing of {to}", (status, data))


WITHOUT = {"POST session", "DELETE session", "GET me", "GET job", "GET job/{id}", "DELETE job/{id}", "GET job/{id}/events", "GET job/{id}/file",
           "GET /api/openapi.json", "GET /healthz", "GET /metrics", "GET metrics"}
ASKED = {
    "GET policy": ("policy show", anybody), "GET catalog": ("catalog", anybody), "GET catalog/{entity}": ("catalog", anybody),
    "GET journal/verify": ("journal verify", anybody), "GET account/notice": ("account notice", anybody),
    "GET indicator": ("indicator", anybody), "GET indicator/{id}": ("indicator", indicators),
    "GET {entity}": ("browse", lists), "POST {entity}": ("create", creates), "POST {entity}/search": ("search", searches),
    "GET {entity}/{id}": ("get", records), "PATCH {entity}/{id}": ("change", records),
    "POST {entity}/{id}/reveal": ("reveal", records), "POST {entity}/{id}/judge": ("judge", records),
    "GET journal": ("journal list", histories), "POST import": ("import", uploads), "POST check": ("check", day_areas),
    "GET finding": ("finding list", areas), "POST finding/{id}/explain": ("finding explain", findings),
    "GET grade": ("grade", day_areas), "GET report/town": ("report town", report),
}


def no_command_does_more_by_as_than_the_role_may():
    """Also those that have no route; --as on what is the owner's is refused before anything happens."""
    words = sorted(set(re.findall(r"(?m)^   (\w[\w ]*?)  ", office.run("--help").out)))
    rest = {"get": ["household", "1"], "list": ["household", "--limit", 1], "browse": ["household"], "copy": ["--from", office.db, "--to", "x.db"],
            "grant": ["x", "--area", TOWN], "policy load": ["."], "sheet dump": ["x"], "cel": ["1"], "bench": ["x"], "synth": ["--households", 1],
            "import": ["no-such-file.xlsx"], "finding explain": ["x", "--reason", "x"], "report town": [], "account add": ["x", "--role", "clerk", "--area", TOWN],
            "account password": ["no-such"], "account disable": ["no-such"], "account token": ["no-such"], "account totp": ["no-such"],
            "change": ["household", "1"], "create": ["household"], "judge": ["household", "1"], "reveal": ["household", "1", "--reason", "x"],
            "search": ["household", "x"], "backup": ["x.bak"], "restore": ["x.bak"], "import undo": ["x"], "catalog": ["household"]}
    roles = ["clerk", "village_cadre", "auditor", "admin_security", "fund_clerk"] if not SLOW else ["clerk"]
    wrong, count = [], 0
    before = office.bytes_held()
    for role in [r for r in roles if (r, "village") in tokens]:
        for name in words:
            if may(role, name) and name in ("check", "grade", "finding explain", "report town"):
                continue  # asked over HTTP above; here nothing may change
            done = office.run("--as", f"{role}-village", *name.split(), *rest.get(name, []))
            if done.code == 2 and name not in rest:  # it wants more words; its route is asked for above
                continue
            refused = done.code == 3 and "has no right to" in done.err and not done.out
            count += 1
            reads_it = name == "catalog" or "household" not in rest.get(name, []) or reads(role, "household")
            if refused != (not may(role, name) or not reads_it):
                wrong.append((role, name, done))
    hold(not wrong, f"{count} commands by --as", "\n".join(map(str, wrong[:5])))
    hold(office.bytes_held() == before, "and nothing was changed by them")
    done = office.run("--as", "nobody", "list", "household")
    hold(done.code == 3 and not done.out, "an account that is not there: exit 3", done)


def the_journal_says_for_whom():
    key = key_of("household", known["household", places["own"]][1][0])
    entries = office.ask("journal", "list", "--record", key)["entries"]
    hold(any(e["by"].startswith("owner:") for e in entries), "what the owner did is the owner's", entries[:1])
    server.send_signal(signal.SIGTERM)
    hold(server.wait(20) == 0, "the server ends")
    hold(office.run("journal", "verify").code == 0, "and the journal is whole")


tell(prepare, the_roles_are_those_of_the_contract_and_name_what_there_is, every_route_has_cells,
     no_command_does_more_by_as_than_the_role_may, the_journal_says_for_whom)
