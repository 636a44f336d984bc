# SPDX-License-Identifier: MIT
"""Where scenarios are played: a node with all of their code, and a session that looks at it."""

import re

from node import await_that
from client import Refused, Table
from tap import check, same

GONE = -32003


# What must be as it was: the processes (but for those that carry the question and its connection) and what each
# is bound to, modules, names, handlers of the log, traces, and what is turned on.
CENSUS = (
    "Asking = [self(), whereis(net_kernel)], "
    "Own = fun Own(P) when is_pid(P) -> case process_info(P, initial_call) of {_, {M, _, _}} when M =:= erts_internal; M =:= inet_tcp_dist -> false; "
    "undefined -> false; _ -> not lists:member(P, Asking) end; Own({process, P}) -> Own(P); Own(_) -> false end, "
    "Of = fun({_, List}) when is_list(List) -> lists:sort(lists:filter(Own, List)); (Item) -> Item end, "
    "Known = fun(P) -> case process_info(P, [registered_name, priority, trap_exit, links, monitors, suspending]) of "
    "undefined -> []; Info -> [{P, [Of(Item) || Item <- Info]}] end end, "
    "{lists:append([Known(P) || P <- lists:sort(processes()), Own(P)]), "
    "lists:sort([M || {M, _} <- code:all_loaded()]), lists:sort(registered()), logger:get_handler_ids(), "
    "[P || P <- processes(), {flags, [_ | _]} <- [catch erlang:trace_info(P, flags)]], erlang:trace_info(new, flags), "
    "erlang:statistics(scheduler_wall_time), erlang:system_profile(), erlang:system_monitor()}"
)


def take_census(node):
    """With nobody of ours there. What is loaded when it is first used is the node's own, and so is who asks."""
    node.observe().close()
    node.evaluate(CENSUS)
    node.await_left_alone()
    return node.evaluate(CENSUS)


def check_census(node, before, but=""):
    """@but: of what it is known that it changed."""
    node.await_left_alone()
    after = node.evaluate(CENSUS)
    # Told piece by piece, to see which it is.
    differs = set(after.split("},{")) ^ set(before.split("},{"))
    same({piece for piece in differs if not but or not re.search(but, piece)}, set())


# How a node says that it tells these.
FOLLOWED = {
    "crashes": ("logger:get_handler_ids()", "grove"),
    "log": ("logger:get_handler_ids()", "grove"),
    "events": ("erlang:trace_info(new_processes, flags)", "procs"),
}


class Stage:
    def __init__(self, node):
        self.node = node
        self.session = node.observe()

    def close(self):
        self.session.close()

    # ---- What is seen ----

    def rows(self, columns, where=None, table="processes", sort=(), limit=512, offset=0):
        """Of a table, as they are now."""
        opened = Table(self.session, table, list(columns), sort, (offset, limit), 60000, filter=where)
        opened.update()
        opened.close()
        return opened.rows()

    def count(self, where=None):
        opened = self.session.call(
            "table.open",
            table="processes",
            columns=["pid"],
            sort=[],
            filter=where,
            window={"offset": 0, "limit": 0},
            interval_ms=60000,
        )
        self.session.call("table.close", sub=opened["sub"])
        return opened["matched"]

    def find(self, name):
        found = self.rows(["pid", "name"], ["eq", "name", name])
        return found[0]["pid"] if found else None

    def pid(self, name):
        """Of the process of that name, as soon as there is one."""
        return await_that(lambda: self.find(name), f"a process called {name}")

    def get(self, pid):
        return self.session.call("process.get", pid=pid)

    def is_gone(self, pid):
        try:
            self.get(pid)
        except Refused as refused:
            check(refused.code == GONE, refused)
            return True
        return False

    def await_gone(self, pid):
        await_that(lambda: self.is_gone(pid), f"the end of {pid}")

    def await_rest(self, pid):
        """What it was told to do may be seen before it has gone back to its receive."""
        await_that(lambda: self.get(pid)["status"] == "waiting", f"{pid} to wait")

    def messages(self, pid):
        listed = self.session.call("process.messages", pid=pid, offset=0, limit=50, max_bytes=200, syntax="erlang")
        return [message["term"]["text"] for message in listed["messages"]]

    def state(self, pid):
        return self.session.call("process.state", pid=pid, syntax="erlang")["state"]["text"]

    def sample(self):
        sub = self.session.call("system.watch", interval_ms=100)["sub"]
        sample = self.session.next("system.sample", sub)
        self.session.call("system.unwatch", sub=sub)
        return sample

    def follow(self, table, *columns):
        """Of what is told as it happens: crashes, events, log. It is told from when it is first asked for."""
        opened = Table(self.session, table, ["seq", *columns], [], (0, 512), 100)
        asked, told = FOLLOWED[table]
        await_that(lambda: told in self.node.evaluate(asked), f"{table} to be followed")
        return opened

    # ---- What is done ----

    def send(self, name, message):
        return self.session.call("process.send", pid=self.pid(name), message=message)

    def play(self, scene):
        """Tells the conductor what to begin."""
        self.send("conductor", scene)

    def kill(self, pid):
        result = self.session.call("process.kill", pid=pid, wait_ms=5000)
        check(result["outcome"] == "exited", result)
        return result

    def suspend(self, pid):
        self.session.call("process.suspend", pid=pid)
        await_that(lambda: self.get(pid)["status"] == "suspended", f"{pid} to be suspended")

    def resume(self, pid):
        self.session.call("process.resume", pid=pid)
