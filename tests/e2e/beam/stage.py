# SPDX-License-Identifier: MIT
"""Where scenarios are played: a node with all of their code, and a session that looks at it."""

from node import await_that
from client import Refused, Table
from tap import check

GONE = -32003


class Stage:
    def __init__(self, node):
        self.node = node
        self.session = node.observe()

    def close(self):
        self.session.close()

    # ---- What is seen ----

    def rows(self, columns, where=None, table="processes", sort=(), limit=512):
        """Of a table, as they are now."""
        opened = Table(self.session, table, list(columns), sort, (0, limit), 60000, filter=where)
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

    def messages(self, pid):
        listed = self.session.call("process.messages", pid=pid, offset=0, limit=50, max_bytes=200)
        return [message["term"]["text"] for message in listed["messages"]]

    def state(self, pid):
        return self.session.call("process.state", pid=pid)["state"]["text"]

    def sample(self):
        sub = self.session.call("system.watch", interval_ms=100)["sub"]
        sample = self.session.next("system.sample", sub)
        self.session.call("system.unwatch", sub=sub)
        return sample

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
