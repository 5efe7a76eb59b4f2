#!/usr/bin/env python3
"""A server that is told to stop answers what it has, whoever else is connected; one that is killed loses nothing that it has acknowledged."""
import http.client
import socket
import threading
import time

from door import FAST, Door, at_once
from story import SLOW, few, hold, tell

door = Door("stopping", households=30)


def ask_whole(who, path, begun, out):
    connection = http.client.HTTPConnection("127.0.0.1", door.port, timeout=30 * FAST)
    try:
        connection.request("GET", path, headers={"Authorization": "Bearer " + door.token[who]})
        begun.wait(30 * FAST)
        answer = connection.getresponse()
        answer.read()
        out.append(answer.status)
    except (OSError, http.client.HTTPException, threading.BrokenBarrierError) as error:
        out.append(repr(error))
    finally:
        connection.close()


def watch_events(job, out):
    connection = http.client.HTTPConnection("127.0.0.1", door.port, timeout=30 * FAST)
    try:
        connection.request("GET", f"/api/v1/job/{job}/events", headers={"Authorization": "Bearer " + door.token["clerk"]})
        out.append(connection.getresponse().read())
    except (OSError, http.client.HTTPException) as error:
        out.append(repr(error))
    finally:
        connection.close()


def told_to_stop_it_answers_and_goes():
    door.open()
    files = [(path.name, path.read_bytes()) for path in sorted(door.books.glob("*.xlsx"))]
    job = door.upload("clerk", *files)
    hold(job.status == 202, "a job is begun", job)
    events, answers = [], []
    watchers = [threading.Thread(target=watch_events, args=(job.json["id"], events)) for _ in range(3)]
    idle = [socket.create_connection(("127.0.0.1", door.port)) for _ in range(5)]
    half = socket.create_connection(("127.0.0.1", door.port))
    half.sendall(f"POST /api/v1/household/search HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer {door.token['clerk']}\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n{{".encode())
    begun = threading.Barrier(7)
    askers = [threading.Thread(target=ask_whole, args=("clerk", "/api/v1/household?limit=100", begun, answers)) for _ in range(6)]
    for thread in watchers + askers:
        thread.start()
    begun.wait(30 * FAST)
    time.sleep(0.05 * FAST)
    code, took = door.close()
    for thread in watchers + askers:
        thread.join(60 * FAST)
    hold(code == 0 and took <= 5 * FAST, "SIGTERM: exit 0 within 5 s, whoever is connected", (code, f"{took:.1f} s"))
    hold(len(answers) == 6 and set(answers) <= {200, 503}, "what was asked before is answered, with or without time for it", answers)
    hold(len(events) == 3 and all(isinstance(one, bytes) for one in events), "streams of events end", events)
    for s in idle + [half]:
        s.close()
    door.is_well()
    hold(not any(door.temporary.iterdir()), "nothing is left", list(door.temporary.iterdir()))
    door.open()
    state = door.call("GET", "job/" + job.json["id"], "clerk").json
    hold(state.get("state") in ("done", "cancelled", "failed"), "the job's end is known after the next start", state)
    door.close()


def stopped_again_and_again():
    for number in few(range(3), 1):
        door.open()
        stopping = threading.Thread(target=lambda: (time.sleep(0.02 * number), door.server.terminate()))
        stopping.start()
        got = at_once(8, lambda _: door.call("GET", "household?limit=1", "clerk", timeout=20).status)
        stopping.join()
        code, _ = door.close()
        hold(code == 0 and set(got) <= {0, 200, 503}, f"stopped under requests: exit 0 ({number + 1})", (code, got))
    door.is_well()


def killed_it_loses_nothing_acknowledged():
    door.open()
    ids = door.ids("household")
    area = ids["住房面积"]
    numbers = [item[ids["户编号"]] for item in door.call("GET", "household?limit=10", "clerk").json["items"]]
    door.close()
    acknowledged, lost = 0, []
    for turn in few(range(2), 1):
        door.open()
        going, last = [True], {}

        def write(k):
            reply = door.call("GET", "household/" + numbers[k], "clerk")
            value, tag = 50, reply.heads["etag"]
            last[k] = [None, None]
            while going[0]:
                value += 1
                last[k][1] = value
                reply = door.call("PATCH", "household/" + numbers[k], "clerk", {area: value + 100 * turn}, {"If-Match": tag}, timeout=20)
                if reply.status != 200:
                    return
                last[k] = [value, value]
                tag = reply.heads["etag"]

        writers = threading.Thread(target=at_once, args=(10, write))
        writers.start()
        time.sleep((0.6 + 0.3 * turn) * (4 if SLOW else 1))
        going_on = door.upload("clerk", *[(path.name, path.read_bytes()) for path in sorted(door.books.glob("*.xlsx"))])
        door.kill()
        going[0] = False
        writers.join()
        door.open()
        for k, (kept, tried) in last.items():
            found = door.call("GET", "household/" + numbers[k], "clerk").body.decode()
            now = [f'"{area}":{value + 100 * turn}' in found or f'"{area}":"{value + 100 * turn}' in found for value in (kept, tried) if value is not None]
            acknowledged += (kept or 50) - 50
            if kept is not None and not any(now):
                lost.append((numbers[k], kept, tried))
        if going_on.status == 202:
            job = door.call("GET", "job/" + going_on.json["id"], "clerk").json
            hold(job["state"] == "done" or (job["state"] == "failed" and job["problem"]["type"] == "API_JOB_LEFT" and job["problem"]["next"]),
                 "a job left behind is told as failed, with what to do", job)
            ended = door.raw(f"GET /api/v1/job/{going_on.json['id']}/events HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\nAuthorization: Bearer {door.token['clerk']}\r\n\r\n".encode())
            hold(b"data:" in ended, "and who asks for its events is told so", ended)
        hold(not door.left_over(), "what was uploaded before the kill is gone after the next start", door.left_over())
        code, _ = door.close()
        hold(code == 0, "and it stops as ever", code)
        hold(door.office.run("journal", "verify").code == 0, "the journal is whole")
    hold(acknowledged >= (3 if SLOW else 5) and not lost, "SIGKILL under ten writers: every acknowledged change is there", (acknowledged, lost))
    door.is_well()


def a_port_that_is_taken_is_told():
    door.open()
    done = door.office.run("serve", "--listen", f"127.0.0.1:{door.port}")
    hold(done.code == 3 and str(door.port) in done.err and "Traceback" not in done.err, "exit 3 and which", done)
    hold(door.office.run("serve", "--listen", "0.0.0.0:0").code == 2, "beyond this machine without TLS: exit 2")
    hold(door.office.run("serve", "--listen", "here").code == 2, "no address: exit 2")
    hold(door.office.run("serve", "--tls-cert", door.log, "--tls-key", door.log).code == 3, "no certificate: exit 3")
    door.close()


tell(told_to_stop_it_answers_and_goes, stopped_again_and_again, killed_it_loses_nothing_acknowledged, a_port_that_is_taken_is_told)
