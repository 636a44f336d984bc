#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""test-scenarios.py GROVE GROVE_BEAM MANY SOURCE...: the scenarios people were promised, each a test of its name,
on a real node that runs Erlang and Elixir. MANY: so many instead of the million, which bench-beam has. What a
person does with mouse and keyboard is in test-window.c."""

import http.client
import re
import subprocess
import sys
import threading

from node import PATIENCE, PID, Place, await_that
from stage import Stage, check_census, take_census
from tap import check, has, run_tests, same

# ---- Processes and mailboxes ---------------------------------------------------------------------


def spawn_and_die(stage):
    stage.play("spawn_and_die")
    pid = stage.pid("greeter")
    has(stage.get(pid)["initial_call"], r"Processes'?[.:]spawn_and_die/0")
    events = stage.follow("events", "kind", "pid", "detail")
    stage.send("greeter", "greet")
    stage.await_gone(pid)
    ends = events.until(lambda rows: [row for row in rows if (row["kind"], row["pid"]) == ("exit", pid)], "its exit")
    same([row["detail"] for row in ends], ["normal"])
    events.close()
    await_that(lambda: stage.find("greeter") is None, "its row to leave")
    stage.node.await_output(r"^hello, world$")


def echo_worker(stage):
    stage.play("echo_worker")
    worker, sender = stage.pid("echo_worker"), stage.pid("echo_sender")
    stage.suspend(worker)
    stage.send("echo_sender", "go")
    # Both are sent although nobody takes them.
    stage.node.await_output(r"^sent both$")
    await_that(lambda: stage.get(worker)["messages"] == 2, "both to arrive")
    same(stage.messages(worker), [f"{{{sender},ping_1}}", f"{{{sender},ping_2}}"])
    stage.await_rest(sender)
    check("reply:" not in stage.node.output(), "answered while it was suspended")
    stage.resume(worker)
    stage.node.await_output(
        r"^the worker got ping_1\n.*^the worker got ping_2\n.*^reply: \{:ok, :pong\}\n.*^reply: \{:ok, :pong\}\n"
    )


def slow_worker(stage):
    stage.play("{slow_worker, {slow_worker, 20000}}")
    worker = stage.pid("slow_worker")
    await_that(lambda: stage.get(worker)["messages"] == 4, "four of five messages to wait")
    sender = stage.get(worker)["links"][0]["pid"]
    same(stage.messages(worker), [f"{{{sender},ping}}"] * 4)
    row = stage.rows(["pid", "status", "messages", "current"], ["eq", "name", "slow_worker"])[0]
    same((row["status"], row["messages"]), ("waiting", 4))
    has(row["current"], r"Process'?[.:]sleep/1")
    frames = [frame["function"] for frame in stage.session.call("process.stack", pid=worker)["frames"]]
    has(" ".join(frames), r"Processes'?[.:]slow/1")
    # One that is quicker, to see how it drains: one by one, and in order.
    stage.play("{slow_worker, {less_slow, 250}}")
    quick = stage.pid("less_slow")
    seen = [4]
    while seen[-1] > 0:
        seen.append(stage.get(quick)["messages"])
        check(seen[-1] <= seen[-2], seen)
    stage.node.await_output(r"^less_slow replied 1\n.*^less_slow replied 5$")


def dispatcher(stage):
    stage.play("dispatcher")
    server = stage.pid("dispatcher")
    workers = [stage.pid(f"worker_{job}") for job in (1, 2, 3)]
    same(len(stage.rows(["pid"], ["prefix", "name", "worker_"])), 3)
    same(stage.get(server)["messages"], 0)
    check("done:" not in stage.node.output(), "one replied before it was done")
    for job in (3, 1, 2):
        stage.send(f"worker_{job}", "finish")
    for worker in workers:
        stage.await_gone(worker)
    stage.node.await_output(r"^done: \[1, 2, 3\]$")
    stage.await_rest(server)


def dead_letter(stage):
    stage.play("dead_letter")
    said = stage.node.await_output(rf"^sending to #PID({PID}): :letter, alive: false$")
    check(stage.is_gone(said[1]), "it lives")
    same(stage.rows(["pid", "messages"], ["eq", "pid", said[1]]), [])
    same(stage.get(stage.pid("dead_letter_sender"))["messages"], 0)
    # By hand it is said, instead of nothing being delivered.
    refused = stage.session.refused("process.send", pid=said[1], message="letter")
    same(refused.code, -32003)


def shell(stage):
    """A node with a shell on its standard input, which is typed into."""
    place = stage.node.place
    node = subprocess.Popen(
        ["erl", "-name", "shell@127.0.0.1", "-kernel", "inet_dist_use_interface", "{127,0,0,1}"],
        env=place.environment,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        bufsize=1,
    )
    lines = []
    reader = threading.Thread(target=lambda: lines.extend(iter(node.stdout.readline, "")), daemon=True)
    reader.start()

    def who(number):
        node.stdin.write(f'io:format("shell ~p is {number}~n", [self()]).\n')
        return await_that(lambda: re.search(rf"shell ({PID}) is {number}\n", "".join(lines)), "the shell's answer")[1]

    try:
        before = who(1)
        has(stage.node.run("-s", "beam:shell@127.0.0.1", "stack", before), "shell:")
        has(stage.node.run("-s", "beam:shell@127.0.0.1", "kill", before), rf"^Killed .*{before}")
        after = who(2)
        check(after != before, "the same shell answers")
        has(stage.node.run("-s", "beam:shell@127.0.0.1", "stack", after), "shell:")
    finally:
        node.kill()
        node.wait()
        reader.join()
        node.stdin.close()
        node.stdout.close()


def kill_top_supervisor(stage):
    grow_garden(stage)
    runs = ["and", ["eq", "name", "doomed"], ["eq", "status", "running"]]
    same(len(stage.rows(["name"], runs, "applications")), 1)
    top, weed = stage.pid("doomed_sup"), stage.pid("weed")
    log = stage.follow("log", "text")
    result = stage.kill(top)
    check("successor" not in result, result)
    await_that(lambda: not stage.rows(["name"], runs, "applications"), "the application to leave")
    stage.await_gone(weed)
    stage.node.await_output(r"[Aa]pplication: doomed\b.*exited: killed|Application doomed exited: killed")
    log.until(lambda rows: any(re.search("doomed.*killed", row["text"]) for row in rows), "a line of the log that says so")
    log.close()
    check(stage.find("garden_sup"), "another application went with it")


def process_info(stage):
    stage.play("process_info")
    pid = stage.pid("patient")
    await_that(lambda: stage.get(pid)["messages"] == 2, "two messages")
    seen = stage.get(pid)
    said = stage.node.evaluate(
        "maps:from_list([case I of {K, V} when is_list(V) -> {K, length(V)}; _ -> I end || I <- "
        "process_info(whereis(patient), [heap_size, stack_size, links, dictionary, trap_exit])])"
    )
    facts = {key: int(value) for key, value in re.findall(r"(\w+) => (\d+)", said)}
    word = stage.session.call("system.info")["word_size"]
    has(seen["current"]["function"], r"Processes'?[.:]process_info/0")
    check(seen["current"]["file"].endswith("processes.ex") and seen["current"]["line"] > 0, seen["current"])
    has(seen["initial_call"], r"Processes'?[.:]process_info/0")
    same((seen["status"], seen["priority"], seen["trap_exit"]), ("waiting", "normal", True))
    same(stage.messages(pid), ["{letter,1}", "{letter,2}"])
    same((seen["n_links"], seen["n_dictionary"]), (facts["links"], facts["dictionary"]))
    same((seen["heap_bytes"], seen["stack_bytes"]), (facts["heap_size"] * word, facts["stack_size"] * word))
    pairs = stage.session.call("process.dictionary", pid=pid)["pairs"]
    check((":mood", ":calm") in [(pair["key"]["text"], pair["value"]["text"]) for pair in pairs], pairs)
    check(seen["group_leader"]["pid"] and seen["memory_bytes"] >= seen["heap_bytes"] and seen["reductions"] > 0, seen)
    same((seen["suspending"], seen["n_suspending"]), ([], 0))
    same(seen["error_handler"], "error_handler")
    collections = seen["collections"]
    check(collections["full_after"] > 0 and collections["min_heap_bytes"] > 0, collections)


def anatomy(stage):
    pid = stage.find("patient")
    if pid is None:
        stage.play("process_info")
        pid = stage.pid("patient")
    seen = stage.get(pid)
    sizes = seen["sizes"]
    same(set(sizes), {"stack", "heap", "mailbox", "control_block", "pid"})
    check(all(sizes[part] > 0 for part in sizes), sizes)
    same(sum(sizes[part] for part in sizes if part != "pid"), seen["memory_bytes"])


def selective_receive(stage):
    stage.play("selective_receive")
    pid = stage.pid("picky")
    stage.await_rest(pid)
    same(stage.get(pid)["messages"], 0)
    for other in ("apple", "pear"):
        stage.send("picky", other)
    await_that(lambda: stage.get(pid)["messages"] == 2, "both to stay")
    same(stage.messages(pid), ["apple", "pear"])
    where = ["and", ["eq", "status", "waiting"], ["gt", "messages", 0], ["eq", "name", "picky"]]
    same([row["pid"] for row in stage.rows(["pid"], where)], [pid])
    found = stage.node.call("doctor")
    has(found.stdout, r"picky waits although 2 messages are there")
    stage.send("picky", "ticket")
    stage.node.await_output(r"^the ticket came$")
    same(stage.messages(pid), ["apple", "pear"])


# ---- Scheduling ----------------------------------------------------------------------------------


def fairness(stage):
    stage.play("fairness")
    stage.node.await_output(r"^100 answered")
    summer = stage.pid("summer")
    before = stage.get(summer)["reductions"]
    stage.send("asker", "again")
    slowest = stage.node.await_output(r"^100 answered.*^100 answered, the slowest after (\d+) us")
    print(f"# beside one that sums, the slowest of a hundred answered after {slowest[1]} us")
    await_that(lambda: stage.get(summer)["reductions"] > before, "the sum to go on")
    check(stage.get(summer)["status"] in ("running", "runnable"), "it rests")
    same(str(stage.session.call("system.info")["schedulers"]), stage.node.evaluate("erlang:system_info(schedulers_online)"))
    stage.kill(summer)


def priority(stage):
    """On one scheduler, where the share of each loop is told by the scheduler alone."""
    node = stage.node.place.start("priority", main="Scenarios", arguments=["+S", "1:1"])
    alone = Stage(node)
    try:
        alone.play("{priority, 2}")
        loops = [alone.pid("loop_1"), alone.pid("loop_2")]

        def share():
            before = [alone.get(pid)["reductions"] for pid in loops]
            await_that(lambda: alone.get(loops[1])["reductions"] > before[1] + 20000000, "the second loop to turn")
            first, second = [alone.get(pid)["reductions"] - then for pid, then in zip(loops, before)]
            return first / second

        await_that(lambda: 0.5 < share() < 2, "equal shares")
        result = alone.session.call("process.set_priority", pid=loops[0], priority="low")
        same(result, {"old": "normal", "new": "low"})
        same(alone.get(loops[0])["priority"], "low")
        await_that(lambda: share() < 0.25, "the first loop to yield")
        print(f"# low beside normal turned {1 / share():.1f} times less")
        same(alone.node.evaluate("process_info(whereis(loop_1), priority)"), "{priority,low}")
        # Who hears no system message cannot be told, and it is said why.
        refused = alone.session.refused("process.set_priority", pid=alone.pid("conductor"), priority="low")
        check("gen_server" in refused.message, refused.message)
        took = alone.node.await_output(r"^a task of high priority beside 2 loops took (\d+) us$")
        print(f"# a task of high priority beside them took {took[1]} us")
    finally:
        alone.close()
        node.close()


def million(stage):
    many = int(sys.argv[3])
    node = stage.node.place.start("million", main="Scenarios", arguments=["+P", "2000000"])
    crowd = Stage(node)
    try:
        crowd.play(f"{{million, {many}}}")
        await_that(lambda: crowd.count() > 1000, "them to come")
        took = node.await_output(rf"^spawned {many} in (\d+) ms$")
        check(crowd.count() >= many, "not all of them are seen")
        print(f"# {many} were spawned in {took[1]} ms")
        rows = crowd.rows(["pid", "name", "messages", "memory"], sort=[("messages", "desc")], limit=60)
        same(len(rows), 60)
        in_the_middle(crowd, many // 2)
        crowd.await_rest(crowd.pid("conductor"))
        crowd.send("crowd", "leave")
        await_that(lambda: crowd.count() < many / 2, "them to leave")
    finally:
        crowd.close()
        node.close()


def in_the_middle(crowd, offset):
    """A window far down: those that are there in the node's own order, but for the few that come and go."""
    pids = [row["pid"] for row in crowd.rows(["pid"], sort=[("pid", "asc")], limit=60, offset=offset)]
    around = f"lists:sublist(lists:sort(processes()), {offset - 200}, 500)"
    own = re.findall(PID, crowd.node.evaluate(f"[pid_to_list(P) || P <- {around}]"))
    check(pids[0] in own, f"{pids[0]} is not among those from {own[0]} to {own[-1]}")
    same(pids, own[own.index(pids[0]) : own.index(pids[0]) + 60])


def secret_agent(stage):
    stage.play("secret_agent")
    pid = stage.pid("agent")
    stage.send("agent", '{whisper, <<"the geese fly south">>}')
    stage.node.await_output(r"^the agent heard: the geese fly south$")
    stage.send("agent", "{set_priority, high}")
    await_that(lambda: stage.get(pid)["priority"] == "high", "its priority to change")
    has(str(stage.session.refused("process.send", pid=pid, message="{whisper, ")), "syntax|message|term")
    stage.send("agent", "terminate")
    stage.await_gone(pid)
    stage.node.await_output(r"^the agent is gone$")


# ---- Servers, links, supervisors -----------------------------------------------------------------


def link(stage):
    stage.play("link")
    first, second, third, trapper = (stage.pid(name) for name in ("first", "second", "third", "trapper"))
    same([one["pid"] for one in stage.get(second)["links"]], [first])
    same(stage.get(trapper)["trap_exit"], True)
    stage.send("first", "crash")
    stage.await_gone(first)
    stage.await_gone(second)
    stage.send("third", "crash")
    stage.await_gone(third)
    stage.node.await_output(r"^the trapper got \{told_to")
    stage.await_rest(trapper)
    same(stage.get(trapper)["n_links"], 0)


def counter(stage):
    stage.play("counter")
    stage.node.await_output(r"^the counter says 12$")
    pid = stage.pid("counter")
    same(stage.state(pid), "12")
    stage.play("{callers, 10000}")
    stage.node.await_output(r"^all 10000 have called$")
    same(stage.state(pid), "10012")
    stage.play("{counters, 1000}")
    stage.node.await_output(r"^1000 of 1000 counters are exact$")
    same(stage.state(stage.pid("last_counter")), str(1000 % 7))


def grow_garden(stage):
    if stage.find("garden_sup") is None:
        stage.play("supervisors")
        stage.node.await_output(r"^the garden grows$")


def children(stage, name):
    """The pids of a supervisor's children by their ids, and how often it has restarted lately."""
    info = stage.session.call("supervisor.info", pid=stage.pid(name))
    return {child["id"]: child["pid"] for child in info["children"]}, info


def self_healing(stage):
    grow_garden(stage)
    before, info = children(stage, "healer")
    same((info["strategy"], info["intensity"], info["recent_restarts"]), ("one_for_one", 3, 0))
    stage.send("tulip", "increment")
    await_that(lambda: "count => 11" in stage.state(before["tulip"]), "it to count")
    result = stage.kill(before["tulip"])
    print(f"# another tulip stood there after {result['successor']['after_ns'] / 1e6:.1f} ms")
    after, info = children(stage, "healer")
    same(result["successor"]["pid"], after["tulip"])
    check(after["tulip"] != before["tulip"], after)
    has(stage.state(after["tulip"]), "count => 10")
    same((after["rose"], after["violet"], info["recent_restarts"]), (before["rose"], before["violet"], 1))
    # More often than it allows: it gives up, and with it all that it had.
    healer = stage.pid("healer")
    log = stage.follow("log", "text", "source")
    for _ in range(2):
        stage.kill(stage.pid("tulip"))
        await_that(lambda: stage.find("tulip"), "another tulip")
    same(children(stage, "healer")[1]["recent_restarts"], 3)
    stage.kill(stage.pid("tulip"))
    stage.await_gone(healer)
    stage.await_gone(after["rose"])
    check(stage.pid("healer") != healer, "its own supervisor did not start another")
    stage.pid("violet")
    log.until(lambda rows: any("reached_max_restart_intensity" in row["text"] for row in rows), "why it gave up")
    log.close()


def strategies(stage):
    grow_garden(stage)
    for name, middle, same_pids in (("all_sup", "all_2", ()), ("rest_sup", "rest_2", ("rest_1",))):
        before, info = children(stage, name)
        same(info["strategy"], {"all_sup": "one_for_all", "rest_sup": "rest_for_one"}[name])
        said = len(stage.node.lines)
        stage.kill(before[middle])
        others = [child for child in before if child not in same_pids]

        def restarted():
            now = children(stage, name)[0]
            return now if all(now[child].startswith("<") and now[child] != before[child] for child in others) else None

        now = await_that(restarted, f"{others} to come back")
        for child in same_pids:
            same(now[child], before[child])

        def who(does):
            return [line.split()[0] for line in stage.node.lines[said:] if line.endswith(f" {does}\n")]

        await_that(lambda: len(who("begins")) >= len(others), "them to say so")
        same(who("begins"), others)
        same(who("ends"), [child for child in reversed(others) if child != middle])


def poison(stage):
    stage.play("poison")
    taster, waiter = stage.pid("taster"), stage.pid("waiter")
    stage.send("taster", "{eat, apple}")
    await_that(lambda: stage.state(taster) == "[apple]", "it to eat")
    crashes = stage.follow("crashes", "pid", "reason", "function", "file", "line", "outcome", "successor")
    stage.send("taster", "{eat, poison}")
    stage.await_gone(taster)
    successor = stage.pid("taster")
    same(stage.state(successor), "[]")
    same(stage.find("waiter"), waiter)
    found = crashes.until(
        lambda rows: [row for row in rows if (row["pid"], row["outcome"]) == (taster, "restarted")], "its crash, restarted"
    )
    crashes.close()
    same((found[0]["successor"], found[0]["function"]), (successor, "servers:digest/1"))
    has(found[0]["reason"], "function_clause")
    check(found[0]["file"].endswith("servers.erl") and found[0]["line"] > 0, found)
    crash = stage.session.call("crash.get", seq=found[0]["seq"])
    same(crash["message"]["term"]["text"], "{:eat, :poison}")
    stage.node.await_output(r"FunctionClauseError.*servers\.erl:\d+: :servers\.digest\(:poison\)")


# ---- A web system --------------------------------------------------------------------------------


def start_web(stage):
    if stage.find("listener") is None:
        stage.play("web")
    stage.pid("listener")
    return int(stage.node.await_output(r"^listening on (\d+)$")[1])


class Visit(threading.Thread):
    """A request that may take as long as it likes."""

    def __init__(self, port, path):
        super().__init__(daemon=True)
        self.port, self.path, self.answer = port, path, None
        self.start()

    def run(self):
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE)
        try:
            connection.request("GET", self.path)
            response = connection.getresponse()
            self.answer = (response.status, response.read().decode())
        except (OSError, http.client.HTTPException) as trouble:
            self.answer = (0, str(trouble))
        finally:
            connection.close()

    def wait(self):
        self.join(PATIENCE)
        return self.answer


def supervised(stage, name):
    """The pids of a supervisor's children."""
    info = stage.session.call("supervisor.info", pid=stage.pid(name))
    return [child["pid"] for child in info["children"] if child["pid"]]


def web_request(stage):
    port = start_web(stage)
    same(Visit(port, "/order/1").wait(), (200, "tea\n"))
    same(Visit(port, "/nothing").wait()[0], 404)
    same((await_that(lambda: supervised(stage, "connection_sup") == [], "the connections to leave")), True)
    held = [Visit(port, "/hold") for _ in range(5)]
    await_that(lambda: len(supervised(stage, "request_sup")) == 5, "five requests to be seen")
    same(len(supervised(stage, "connection_sup")), 5)
    requests = supervised(stage, "request_sup")

    def seen():
        rows = stage.rows(["pid", "app", "current"], ["in", "pid", requests])
        return [(row["app"], row["current"]) for row in rows] == [("web", "web:request/3")] * 5

    await_that(seen, "five requests that are held")
    # One crashes: it gets a 500. One is ended by hand: so does it. The others are untouched.
    same(Visit(port, "/crash").wait()[0], 500)
    stage.kill(requests[0])
    await_that(lambda: [visit.answer for visit in held if visit.answer] == [(500, "the request failed\n")], "one 500")
    for pid in requests[1:]:
        stage.session.call("process.send", pid=pid, message="release")
    same(sorted(visit.wait()[0] for visit in held), [200] * 4 + [500])
    # A load of them, and none stays.
    crowd = [Visit(port, "/order/1") for _ in range(50)]
    same({visit.wait() for visit in crowd}, {(200, "tea\n")})
    await_that(lambda: supervised(stage, "connection_sup") + supervised(stage, "request_sup") == [], "all to leave")


def pool(stage):
    port = start_web(stage)
    workers = children(stage, "worker_sup")[0]
    same(len(workers), 10)
    held = [Visit(port, "/hold-worker") for _ in range(10)]
    await_that(lambda: len(supervised(stage, "request_sup")) == 10, "all workers to be taken")
    await_that(lambda: "free => []" in stage.state(stage.pid("pool")), "none to be free")
    holders = supervised(stage, "request_sup")
    waiting = [Visit(port, "/order/1") for _ in range(5)]
    await_that(lambda: len(supervised(stage, "request_sup")) == 15, "five more to wait")
    check(not any(visit.answer for visit in waiting), "one did not wait in line")
    for pid in holders:
        stage.session.call("process.send", pid=pid, message="release")
    same({visit.wait() for visit in held}, {(200, "released\n")})
    same({visit.wait() for visit in waiting}, {(200, "tea\n")})
    # A worker that ends is replaced, and the pool is whole again.
    result = stage.kill(workers["3"])
    check(result["successor"]["pid"] != workers["3"], result)
    now = children(stage, "worker_sup")[0]
    same({number for number in now if now[number] != workers[number]}, {"3"})
    await_that(lambda: len(re.findall(PID, stage.state(stage.pid("pool")))) == 10, "ten to be free")
    crowd = [Visit(port, "/order/1") for _ in range(30)]
    same({visit.wait() for visit in crowd}, {(200, "tea\n")})


def attach_to_production(stage):
    """It has run for as long as this test; an observer comes, does all it can, and goes."""
    stage.session.close()
    before = take_census(stage.node)
    other = Stage(stage.node)
    conductor = other.pid("conductor")
    for table in ("processes", "names", "applications", "ets", "ports"):
        other.rows([column["name"] for column in other.session.hello["tables"][table]], table=table)
    tree = other.session.call("tree.open", depth=16, max_children=1000, metric="messages", interval_ms=100)
    other.session.next("tree.update", tree["sub"])
    other.session.call("process.watch", pid=conductor, interval_ms=100)
    other.suspend(conductor)
    other.session.next("process.sample")
    other.close()
    check_census(stage.node, before)
    stage.session = stage.node.observe()


def cluster(stage):
    """A process of another node is shown as one, and is found on that node."""
    other = stage.node.place.start("other", main="Scenarios")
    there = Stage(other)
    try:
        stage.play(f"{{cluster, '{other.name}'}}")
        near, far = stage.pid("near"), there.pid("far")
        await_that(lambda: stage.get(near)["messages"] == 1, "a message from the other node")
        number = far.strip("<>").removeprefix("0.")
        same(stage.messages(near), [f"{{greetings,#Pid<'{other.name}'.{number}>}}"])
        links = stage.get(near)["links"]
        same([(link["name"], link["pid"].split(".", 1)[1]) for link in links], [(other.name, number + ">")])
        back = there.get(far)["links"]
        same([(link["name"], link["pid"].split(".", 1)[1]) for link in back], [(stage.node.name, near.split(".", 1)[1])])
        check(other.name in [row["node"] for row in stage.rows(["node", "kind"], table="nodes")], "the other node is not listed")
        # Its own node knows more of it.
        has(there.get(far)["current"]["function"], r"Process'?[.:]sleep/1")
        there.kill(far)
        stage.await_gone(near)
    finally:
        there.close()
        other.close()


TESTS = (
    spawn_and_die,
    echo_worker,
    slow_worker,
    dispatcher,
    dead_letter,
    shell,
    kill_top_supervisor,
    process_info,
    anatomy,
    selective_receive,
    fairness,
    priority,
    million,
    secret_agent,
    link,
    counter,
    self_healing,
    strategies,
    poison,
    web_request,
    pool,
    attach_to_production,
    cluster,
)


def main():
    grove, beam, _, *sources = sys.argv[1:]
    with Place(grove, beam) as place:
        place.compile(*sources)
        stage = Stage(place.start("scenarios", main="Scenarios"))
        try:
            return run_tests("/e2e/beam/scenario/", TESTS, stage)
        finally:
            stage.close()


if __name__ == "__main__":
    sys.exit(main())
