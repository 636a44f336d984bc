#!/usr/bin/python3 -Wignore
# SPDX-License-Identifier: MIT
"""test-accessible.py OBSERVER SHOP: the window as a screen reader finds it, over the accessibility bus: what
each view is called and says, that nothing one can act upon lacks a name, that what is drawn is said in words,
and that a process can be found, selected and killed through that bus alone.
"""

import os
import re
import subprocess
import sys
import tempfile
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support"))
from tap import Failure, check, run_tests  # pylint: disable=wrong-import-position

PATIENCE = 60  # seconds; more than anything takes
LAUNCHER = "/usr/libexec/at-spi-bus-launcher"

# What one acts upon, or looks at: without a name it is nothing to who does not see it.
NAMED = {"push button", "toggle button", "check box", "radio button", "text", "entry", "password text", "combo box",
         "spin button", "slider", "page tab", "menu item", "link", "switch", "tree table", "table", "image", "dialog",
         "tree", "progress bar"}


def wait(function, what):
    """Nodes die under our hands: what fails is tried again."""
    problem = None
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        try:
            result = function()
            if result:
                return result
        except Exception as error:  # pylint: disable=broad-except
            problem = error
        time.sleep(0.05)
    raise Failure(f"{what} did not come to be ({problem})")


# ---- The bus -----------------------------------------------------------------------------------------


def children(node, limit=60):
    found = (node.get_child_at_index(i) for i in range(min(limit, node.get_child_count())))
    return [child for child in found if child is not None]


def is_shown(node):
    """GTK 4.8 does not tell that a node is showing; what has no size is not."""
    try:
        extents = node.get_extents(Atspi.CoordType.WINDOW)
        return extents.width > 0 and extents.height > 0
    except Exception:  # pylint: disable=broad-except
        return True  # no component: a page of a stack


def walk(node, limit=60):
    """What is shown, depth first; of a list its first rows."""
    yield node
    for child in children(node, 4 if node.get_role_name() == "list" else limit):
        if is_shown(child):
            yield from walk(child, limit)


def name_of(node):
    """A node without a name goes by its type."""
    name = node.get_name() or ""
    return "" if re.fullmatch(r"(Gtk|Adw|Grove)[A-Z]\w+", name) else name


def find(root, role, name=None):
    for node in walk(root):
        if node.get_role_name() == role and (name is None or re.search(name, node.get_name() or "")):
            return node
    return None


def words(root):
    return " ".join(node.get_name() for node in walk(root) if node.get_role_name() == "label")


def act(node, action):
    for i in range(node.get_n_actions()):
        if node.get_action_name(i) == action:
            return node.do_action(i)
    raise Failure(f"{node.get_role_name()} {node.get_name()} has no action {action}")


class Window:
    """The observer on a shop of its own, and the nodes of its window."""

    def __init__(self, observer, shop):
        self.directory = tempfile.TemporaryDirectory(prefix="grove-accessible-")
        self.launcher = subprocess.Popen([LAUNCHER, "--launch-immediately"], stdin=subprocess.DEVNULL,
                                         stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        self.shop = subprocess.Popen([shop, "--name", "shop", "--directory", self.directory.name],
                                     stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL)
        socket = os.path.join(self.directory.name, "shop.sock")
        wait(lambda: os.path.exists(socket), "the shop")
        self.observer = subprocess.Popen([observer, socket], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                                         env=dict(os.environ, GTK_A11Y="atspi"))
        self.application = wait(self.find_application, "the observer on the bus")
        self.frame = wait(lambda: find(self.application, "frame", "shop"), "the window")

    def find_application(self):
        check(self.observer.poll() is None, "the observer ended")
        return next((a for a in children(Atspi.get_desktop(0)) if a.get_name() == "grove-observer"), None)

    def tabs(self):
        """name -> the switch to that view"""
        found = {}
        for node in walk(self.frame):
            if node.get_role_name() == "page tab" and name_of(node):
                found.setdefault(re.match(r"\w+", node.get_name()).group(0), node)
        return found

    def show(self, view):
        act(self.tabs()[view], "click")
        wait(lambda: find(self.frame, "filler", f"^Grove{VIEWS[view][0]}$"), f"the view {view}")

    def close(self):
        for process in (self.observer, self.shop, self.launcher):
            process.terminate()
            process.wait(PATIENCE)
        self.directory.cleanup()


# View: what its widget is called, and what it draws and says in words once it has something to say.
VIEWS = {
    "Overview": ("Overview", r"^Processes: [\d\u202f]+ now"),
    "Supervision": ("SupervisionView", None),
    "Processes": ("ProcessView", None),
    "Mailboxes": ("MailboxesView", r"^[\d\u202f]+ messages?$"),
    "Activity": ("ActivityView", None),
}


def faults_of(root):
    for node in walk(root):
        role = node.get_role_name()
        if role not in NAMED or name_of(node):
            continue
        if node.get_name() in ("GtkImage", "GtkPicture"):
            continue  # beside words that say it
        if role.endswith("button") and words(node):
            continue  # these are read instead
        if node.get_parent().get_role_name() == "combo box":
            continue  # its button, which GTK makes
        yield f"a {role} has no name: {node.get_name()} in {path_of(node)}"


def path_of(node):
    names = []
    while node is not None and node.get_role_name() != "application":
        names.append(node.get_name() or node.get_role_name())
        node = node.get_parent()
    return " < ".join(names[:8])


# ---- Tests -------------------------------------------------------------------------------------------


def test_views_are_tabs(window):
    found = wait(lambda: len(window.tabs()) >= 4 and window.tabs(), "the views")
    missing = [view for view in found if view not in VIEWS]
    check(not missing, f"views that this test does not know: {missing}")


def test_names(window):
    faults = []
    for view in window.tabs():
        window.show(view)
        drawn = VIEWS[view][1]
        if drawn:
            wait(lambda: find(window.frame, "image", drawn), f"what {view} draws, in words")
        faults += [f"{view}: {fault}" for fault in faults_of(window.frame)]
    check(not faults, "\n".join(dict.fromkeys(faults)))


def test_charts_speak(window):
    window.show("Overview")
    for name in (r"^Processes: [\d\u202f]+ now", r"^Messages per second: ", r"^Memory in bytes: ", r"^Run queue: ", r"^Schedulers: \d+ \d+ %"):
        wait(lambda: find(window.frame, "image", name), f"a chart that says {name}")


def test_graph_speaks(window):
    window.show("Supervision")

    def said():
        graph = find(window.frame, "image", "^Supervision graph$")
        return re.match(r"[\d\u202f]+ processes, of them [\d\u202f]+ supervisors", graph.get_description())
    wait(said, "the graph in words")


def filter_by(window, text):
    entry = wait(lambda: find(window.frame, "entry", "(?i)filter") or find(window.frame, "text", "(?i)filter"), "the filter")
    entry.set_text_contents(text)


def rows(window):
    """Those of the table, without its titles."""
    rows_of = find(find(window.frame, "tree table", "^Processes"), "list")
    return [node for node in children(rows_of, 4) if is_shown(node)]


def test_table_reads(window):
    window.show("Processes")
    table = wait(lambda: find(window.frame, "tree table", "^Processes"), "the table")
    filter_by(window, "name:ledger")
    wait(lambda: len(rows(window)) == 1 and re.search(r"<0\.\d+\.\d+> ledger Waiting", words(rows(window)[0])),
         "the row of the ledger")
    wait(lambda: find(rows(window)[0], "image", r"^[\d\u202f]+ messages?$"), "its mailbox in words")
    for title in ("PID", "Name", "State", "Mailbox"):
        check(title in words(table), f"no column is called {title}")


def test_process_is_killed(window):
    """Found by the filter, selected, and killed, without an eye or a hand."""
    window.show("Processes")
    filter_by(window, "name:ledger")
    wait(lambda: len(rows(window)) == 1 and "ledger" in words(rows(window)[0]), "the row of the ledger")
    wait(lambda: rows(window)[0].get_parent().select_child(0), "the selection")
    wait(lambda: act(window.frame, "win.kill"), "the command")
    wait(lambda: "Killed ledger" in words(window.frame), "what came of it")


def test_inspector_reads(window):
    act(window.frame, "win.inspector")
    inspector = wait(lambda: find(window.frame, "filler", "^GroveInspector$"), "the inspector")
    wait(lambda: "ledger" in words(inspector), "the ledger in the inspector")
    wait(lambda: find(inspector, "image", r"^Messages in the mailbox over the last minutes: "), "its chart in words")
    check(not list(faults_of(inspector)), "\n".join(faults_of(inspector)))


def press(window, name):
    """A menu button is two nodes of one name; the inner one can be pressed."""
    for node in walk(window.frame):
        if node.get_role_name() == "push button" and node.get_name() == name and node.get_n_actions() > 0:
            return act(node, "click")
    raise Failure(f"there is no button {name}")


def test_dialogs(window):
    for item, title in (("Preferences", "Preferences"), ("Keyboard Shortcuts", "Keyboard Shortcuts"), ("About Grove", "About")):
        wait(lambda: press(window, "Main menu"), "the main menu")
        wait(lambda: act(find(window.frame, "menu item", f"^{item}$"), "click"), f"the item {item}")
        dialog = wait(lambda: next((t for t in children(window.application) if t.get_name() == title), None), f"the window {title}")
        wait(lambda: words(dialog), f"the text of {title}")
        faults = list(faults_of(dialog))
        check(not faults, f"{title}:\n" + "\n".join(faults))
        act(dialog, "window.close")
        wait(lambda: all(t.get_name() != title for t in children(window.application)), f"the end of {title}")


def test_palette(window):
    act(window.frame, "win.palette")
    palette = wait(lambda: find(window.frame, "filler", "^Find anything$"), "the palette")
    wait(lambda: find(palette, "entry"), "its entry").set_text_contents("fraud_check")
    wait(lambda: find(palette, "list item", "^fraud_check$"), "the process in the palette")
    faults = list(faults_of(palette))
    check(not faults, "\n".join(faults))


TESTS = [test_views_are_tabs, test_names, test_charts_speak, test_graph_speaks, test_table_reads, test_process_is_killed,
         test_inspector_reads, test_dialogs, test_palette]


def main(observer, shop):
    window = Window(observer, shop)
    try:
        return run_tests("/e2e/accessible/", TESTS, window)
    finally:
        window.close()


try:
    import gi

    gi.require_version("Atspi", "2.0")
    from gi.repository import Atspi
except (ImportError, ValueError):
    print("1..0 # SKIP python3-gi or gir1.2-atspi-2.0 is not installed")
    sys.exit(0)
if not os.path.exists(LAUNCHER):
    print("1..0 # SKIP at-spi2-core is not installed")
    sys.exit(0)
sys.exit(main(*sys.argv[1:3]))
