#!/usr/bin/env python3
"""Who has no business at the door: nobody logged in, a page from elsewhere, a disabled account, a guesser, and whoever sends what no program
would. Nothing sensitive is in any answer, head, log or leftover file."""
import re
import socket
import time

from door import BOUNDARY, FAST, Door, at_once, parts
from story import SLOW, few, hold, tell

door = Door("strangers", households=30, accounts=(("clerk", "clerk"), ("leaver", "clerk"), ("guessed", "clerk"), ("security", "admin_security")))
SECRET = set()


def sealed_values():
    """What is masked in a list and stands in full in the same list for whoever has the key."""
    for entity in ("household", "person", "payment"):
        masked, full = (door.office.ask("list", entity, "--limit", 100, *more) for more in ((), ("--reveal",)))
        for one, other in zip(masked["items"], full["items"]):
            SECRET.update(str(other[k]) for k, v in one.items() if isinstance(v, str) and "*" in v and len(str(other[k])) > 8)
    hold(len(SECRET) > 50, "there are secrets to keep", len(SECRET))
    door.open("--host", "fupin.example.cn")


def nobody_is_logged_in():
    paths = door.call("GET", "/api/openapi.json").json["paths"]
    bad = []
    for path, methods in paths.items():
        if re.search("session|healthz|metrics|openapi", path):
            continue
        for method in methods:
            where = path if path.startswith("/api") else "/api/v1" + ("" if path.startswith("/") else "/") + path
            reply = door.call(method.upper(), re.sub(r"\{[^}]*\}", "1", where), body={} if method != "get" else None)
            if reply.status != 401 or reply.json.get("type") != "API_LOGIN_NEEDED":
                bad.append((method, path, reply))
    hold(len(paths) > 15 and not bad, "every operation asks who it is", bad[:3])
    hold(door.call("GET", "me", heads={"Authorization": "Bearer " + "x" * 43}).status == 401, "a token that nobody has: 401")
    hold(door.call("GET", "me", heads={"Cookie": "honghua=" + "x" * 43}).status == 401, "nor a cookie")
    first = door.call("POST", "import", None, parts([("a.xlsx", b"x")], {}), {"Content-Type": "multipart/form-data; boundary=" + BOUNDARY})
    hold(first.status == 401 and not door.left_over(), "an upload by nobody is kept nowhere", first)


def a_page_from_elsewhere():
    cookie = {"Cookie": door.log_in("clerk").heads["set-cookie"].split(";")[0]}
    ask = lambda heads, method="POST": door.call(method, "household/search", None, {"text": "刘"}, {**cookie, **heads})
    hold(ask(door.own_page()).status == 200, "a change by our own page is taken")
    for what, heads in (("no Origin", {}), ("another Origin", {"Origin": "https://evil.example"}), ("null", {"Origin": "null"}),
                        ("another port", {"Origin": "http://127.0.0.1:1"}), ("cross-site", door.own_page(**{"Sec-Fetch-Site": "cross-site"})),
                        ("same-site", door.own_page(**{"Sec-Fetch-Site": "same-site"}))):
        hold(ask(heads).status == 403, f"a change by cookie, {what}: 403")
    hold(door.log_in("clerk", Origin="https://evil.example").status == 403, "nor is anybody logged in from elsewhere")
    for host, status in (("evil.example", 421), ("fupin.example.cn", 200), ("FUPIN.example.cn:8443", 200), ("127.0.0.1.evil.example", 421), ("localhost", 200)):
        reply = door.call("GET", "me", "clerk", heads={"Host": host})
        hold(reply.status == status, f"asked as {host}: {status}", reply)
    hold("access-control-allow-origin" not in door.call("GET", "me", "clerk", heads={"Origin": "https://evil.example"}).heads, "no other page may read")


def who_has_left():
    cookie = {"Cookie": door.log_in("leaver").heads["set-cookie"].split(";")[0]}
    before = door.call("GET", "me", "leaver").status, door.call("GET", "me", heads=cookie).status
    door.office.run("account", "disable", "leaver", wanted=0)
    after = door.call("GET", "me", "leaver").status, door.call("GET", "me", heads=cookie).status, door.log_in("leaver").status
    hold(before == (200, 200) and after == (401, 401, 401), "a disabled account: token, session and password end at once", (before, after))
    hold(door.call("GET", "household", "security").status == 403, "an administrator has no register")


def a_guesser():
    known, unknown = [door.log_in(name, f"a wrong guess {name[:1]}") for name in ("guessed", "nobody-at-all")]
    hold((known.status, known.body) == (401, unknown.body), "a wrong password and an unknown account answer the same", (known, unknown))
    for number in range(6):
        reply = door.log_in("guessed", f"another guess {number}")
    hold(reply.status == 429 and int(reply.heads["retry-after"]) >= 1, "guesses are slowed down, with Retry-After", reply)
    hold(door.log_in("clerk").status == 200, "others are not")


def what_no_program_sends():
    json_ = {"Content-Type": "application/json"}
    for what, method, path, body, heads, codes in (
            ("half of a JSON", "POST", "household/search", b'{"text":', json_, {400}),
            ("a hundred thousand brackets", "POST", "household/search", b"[" * 100000, json_, {400}),
            ("a member twice", "POST", "household/search", b'{"text":"a","text":"b"}', json_, {400}),
            ("no UTF-8", "POST", "household/search", b'{"text":"\xff"}', json_, {400}),
            ("another type", "POST", "household/search", b"text=a", {"Content-Type": "application/x-www-form-urlencoded"}, {415}),
            ("a body beyond the limit", "POST", "household/search", b'{"text":"' + b"a" * (2 << 20) + b'"}', json_, {413, 0}),
            ("a part without a name", "POST", "import", b'--bb\r\nContent-Disposition: form-data; filename="a"\r\n\r\nx\r\n--bb--\r\n', {"Content-Type": "multipart/form-data; boundary=bb"}, {400}),
            ("a field that is no UTF-8", "POST", "import", b'--bb\r\nContent-Disposition: form-data; name="as_of"\r\n\r\n\xff\r\n--bb--\r\n', {"Content-Type": "multipart/form-data; boundary=bb"}, {400}),
            ("no boundary", "POST", "import", b"x", {"Content-Type": "multipart/form-data"}, {400}),
            ("a way up", "GET", "/../../../etc/passwd", None, {}, {400}), ("one in escapes", "GET", "/assets/..%2f..%2f..%2fetc%2fpasswd", None, {}, {400, 404}),
            ("a NUL", "GET", "household/%00", None, {}, {400}), ("a bad escape", "GET", "household/%zz", None, {}, {400}),
            ("too many segments", "GET", "a/b/c/d/e/f/g/h/i", None, {}, {400}), ("a method that nobody knows", "BREW", "household", None, {}, {405, 501}),
            ("a parameter twice", "GET", "household?limit=1&limit=2", None, {}, {400})):
        reply = door.call(method, path, "clerk", body, heads)
        hold(reply.status in codes and b"root:" not in reply.body and (reply.status == 0 or reply.json.get("next")), f"{what}: {sorted(codes)}", reply)
    token = f"Host: 127.0.0.1\r\nAuthorization: Bearer {door.token['clerk']}\r\n".encode()
    for what, data in (("a head of 100 KB", b"GET /api/v1/me HTTP/1.1\r\n" + token + b"X: " + b"a" * 100000 + b"\r\n\r\n"),
                       ("an address of 100 KB", b"GET /api/v1/me?" + b"a" * 100000 + b" HTTP/1.1\r\n" + token + b"\r\n"),
                       ("a length below nothing", b"POST /api/v1/household/search HTTP/1.1\r\n" + token + b"Content-Length: -1\r\n\r\n"),
                       ("a broken chunk", b"POST /api/v1/household/search HTTP/1.1\r\n" + token + b"Content-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n"),
                       ("no HTTP at all", b"\x16\x03\x01\x02\x00" + bytes(200) + b"\r\n\r\n")):
        got = door.raw(data, wait=3)
        statuses = re.findall(rb"HTTP/1\.[01] (\d)", got)
        hold(all(s == b"4" or s == b"5" for s in statuses) and b"HTTP/1.1 200" not in got and door.call("GET", "/healthz").status == 200, f"{what}: refused or closed", got[:200])


def half_uploads():
    body = parts([("01-户信息.xlsx", b"x" * 300000)], {})
    head = (f"POST /api/v1/import HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer {door.token['clerk']}\r\nContent-Length: {len(body)}\r\n"
            f"Content-Type: multipart/form-data; boundary={BOUNDARY}\r\n\r\n").encode()
    for _ in range(3):
        door.raw(head + body[:200000], end=False)
    for _ in range(100):
        if not door.left_over():
            break
        time.sleep(0.05)
    hold(not door.left_over(), "uploads that broke off leave no file", door.left_over())


def slow_clients():
    held = []
    for _ in range(60):
        s = socket.create_connection(("127.0.0.1", door.port))
        s.sendall(b"GET /api/v1/household HTTP/1.1\r\nHost: 127.0")
        held.append(s)
    replies = at_once(few([20], 1)[0] // (4 if SLOW else 1), lambda _: door.call("GET", "household?limit=5", "clerk").status)
    hold(set(replies) == {200}, "sixty that never finish their question hold nobody up", replies)
    for s in held:
        s.close()


def a_card_number_for_a_method():
    secret = min(SECRET)
    door.call(secret, "household/" + secret + "?x=" + secret, "clerk")
    door.call("GET", "household/" + secret, "clerk")
    door.call("POST", "household/search", "clerk", {"text": secret})
    hold(secret not in door.log.read_text(encoding="utf-8", errors="replace"), "what stands in a request is not in the log")


def nothing_was_told():
    code, _ = door.close()
    hold(code == 0, "the server ends", code)
    door.is_well()
    said, log = door.seen.decode("utf-8", "replace"), door.log.read_text(encoding="utf-8", errors="replace")
    hold(not [s for s in SECRET if s in said], "no answer and no head held a sealed value", [s for s in SECRET if s in said][:1])
    hold(not [s for s in SECRET if s in log], "nor did the log")
    secrets = [*door.token.values(), *door.password.values()]
    hold(not [s for s in secrets if s in log or s in said], "passwords and tokens are told nowhere")
    hold(not any(door.temporary.iterdir()), "no file is left", list(door.temporary.iterdir()))
    hold(door.office.run("journal", "verify").code == 0, "the journal is whole")


tell(sealed_values, nobody_is_logged_in, a_page_from_elsewhere, who_has_left, a_guesser, what_no_program_sends, half_uploads, slow_clients,
     a_card_number_for_a_method, nothing_was_told)
