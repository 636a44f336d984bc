#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""test-package.py SOURCE_ROOT BUILD_ROOT SHOP: the Debian packages, made of what was built in BUILD_ROOT,
installed in a clean root, used there, and removed.

The clean root holds the packages that ours depend on, as they are installed on this machine, and nothing
else: what the programs need and the packages do not say is missing there. Nothing is downloaded. Where the
tools or the rights for it are lacking, the subtests say so and are skipped.
"""

import contextlib
import glob
import os
import re
import shutil
import subprocess
import sys
import tempfile

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support"))
from tap import Failure, Skipped, check, run_tests  # pylint: disable=wrong-import-position

SOURCE, BUILD, SHOP = (os.path.abspath(argument) for argument in sys.argv[1:4])
PATIENCE = 300  # seconds; far more than any step takes
# What every Debian has; maintainer scripts need not ask for it.
BASE = ["base-files", "base-passwd", "bash", "coreutils", "dash", "debconf", "diffutils", "dpkg", "findutils", "grep", "gzip",
        "hostname", "libc-bin", "perl-base", "sed", "tar", "util-linux"]
OURS = ["grove", "grove-beam", "grove-observer"]


def run(*command, good=(0,), **options):
    """What it printed; a failure shows its end."""
    done = subprocess.run(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                          timeout=PATIENCE, text=True, errors="replace", **options)
    check(done.returncode in good, f"{' '.join(command)} ended with {done.returncode}:\n{done.stdout[-3000:]}")
    return done.stdout


def need(*programs):
    for program in programs:
        if shutil.which(program) is None:
            raise Skipped(f"{program} is not installed")


# ---- The packages ------------------------------------------------------------------------------------


def test_builds(scratch):
    need("dpkg-buildpackage", "dh")
    if not os.path.exists(os.path.join(BUILD, "runtime/beam/grove-beam")):
        raise Skipped("grove-beam was not built here")
    tree = os.path.join(scratch, "tree")
    os.mkdir(tree)
    shutil.copytree(os.path.join(SOURCE, "ui", "packaging", "debian"), os.path.join(tree, "debian"))
    shutil.copy(os.path.join(SOURCE, "LICENSE"), tree)
    # Whatever this build was made for (sanitizers, say) is packed as it is; symbols of their own are
    # what takes longest.
    environment = dict(os.environ, GROVE_BUILD=BUILD, DEB_BUILD_OPTIONS="noautodbgsym", LC_ALL="C.UTF-8")
    run("dpkg-buildpackage", "--build=binary", "--no-sign", "-d", cwd=tree, env=environment)
    for package in OURS + ["libgrove-dev"]:
        check(glob.glob(os.path.join(scratch, f"{package}_*.deb")), f"there is no package {package}")


def built(scratch, package=None):
    packages = glob.glob(os.path.join(scratch, f"{package or '*'}_*.deb"))
    if not packages:
        raise Skipped("the packages were not built")
    return sorted(packages)


def test_lintian(scratch):
    built(scratch)
    need("lintian")
    said = run("lintian", "--allow-root", "--fail-on", "none", *glob.glob(os.path.join(scratch, "*.changes")))
    faults = [line for line in said.splitlines() if re.match(r"[EW]: ", line)]
    check(not faults, "\n".join(faults))


def test_depends(scratch):
    """Only what Debian has, and what the tree says it is built with."""
    packages = [path for name in OURS for path in built(scratch, name)]
    need("apt-get")
    said = run("apt-get", "--simulate", "--no-install-recommends", "-o", "Debug::NoLocking=1", "install", *packages)
    for name in OURS:
        check(f"Inst {name} " in said, f"apt would not install {name}:\n{said[-2000:]}")


# ---- The clean root ----------------------------------------------------------------------------------


def read_stanzas(text):
    for stanza in text.split("\n\n"):
        fields = dict(re.findall(r"^([A-Za-z-]+):[ \t]*(.*(?:\n[ \t].*)*)", stanza, re.M))
        if "Package" in fields:
            yield fields, stanza


def installed_packages():
    """name -> (fields, stanza), and what provides a name that is none of a package."""
    with open("/var/lib/dpkg/status", encoding="utf-8", errors="replace") as file:
        stanzas = list(read_stanzas(file.read()))
    native = run("dpkg", "--print-architecture").strip()
    packages, provided = {}, {}
    for fields, stanza in stanzas:
        if fields.get("Status") != "install ok installed" or fields["Architecture"] not in (native, "all"):
            continue
        packages[fields["Package"]] = (fields, stanza)
        for name in re.findall(r"([a-z0-9][a-z0-9+.-]*)[^,]*", fields.get("Provides", "")):
            provided.setdefault(name, fields["Package"])
    return packages, provided


def dependencies(fields):
    """Each a list of names of which one will do."""
    for key in ("Pre-Depends", "Depends"):
        for group in fields.get(key, "").replace("\n", " ").split(","):
            names = [re.sub(r"[ (:].*", "", name.strip()) for name in group.split("|")]
            if names != [""]:
                yield names


def closure(scratch):
    """The installed packages that ours need, directly or through others."""
    packages, provided = installed_packages()
    wanted = []
    for package in OURS:
        control = run("dpkg-deb", "--field", built(scratch, package)[0])
        wanted += dependencies(next(read_stanzas(control))[0])
    todo, found = [[name] for name in BASE] + wanted, {}
    while todo:
        names = todo.pop()
        name = next((n if n in packages else provided[n] for n in names if n in packages or n in provided), None)
        if name is None:
            raise Skipped(f"{' or '.join(names)} is not installed here")
        if name not in found:
            found[name] = packages[name]
            todo += dependencies(packages[name][0])
    return found


def copy_into(root, path):
    """A file, a directory or a link as it is here; links in the way here (/bin) lead there too."""
    parent = os.path.join(root, os.path.realpath(os.path.dirname(path)).lstrip("/"))
    target = os.path.join(parent, os.path.basename(path))
    if os.path.islink(path):
        if not os.path.lexists(target):
            os.makedirs(parent, exist_ok=True)
            os.symlink(os.readlink(path), target)
            real = os.path.realpath(path)
            if os.path.isdir(real):
                os.makedirs(os.path.join(root, real.lstrip("/")), exist_ok=True)
    elif os.path.isdir(path):
        os.makedirs(target, exist_ok=True)
    elif os.path.isfile(path) and not os.path.lexists(target):
        os.makedirs(parent, exist_ok=True)
        shutil.copy2(path, target)


def make_root(scratch):
    root = os.path.join(scratch, "root")
    os.makedirs(os.path.join(root, "var/lib/dpkg/info"))
    packages = closure(scratch)
    for path in ("/bin", "/sbin", "/lib", "/lib64"):
        copy_into(root, path)
    for name in packages:
        for path in glob.glob(f"/var/lib/dpkg/info/{name}.*") + glob.glob(f"/var/lib/dpkg/info/{name}:*.*"):
            shutil.copy2(path, os.path.join(root, "var/lib/dpkg/info"))
    for path in sorted(set(run("dpkg-query", "--listfiles", *packages).splitlines())):
        # Documentation is most of the files, and nobody needs it to run.
        if path.startswith("/") and not path.startswith(("/usr/share/doc/", "/usr/share/man/", "/usr/share/locale/")):
            copy_into(root, path)
    with open(os.path.join(root, "var/lib/dpkg/status"), "w", encoding="utf-8") as file:
        file.write("\n\n".join(stanza for _, stanza in packages.values()) + "\n")
    # Who is to be told when something is installed: GSettings compiles what it finds.
    with open("/var/lib/dpkg/triggers/File", encoding="utf-8") as file:
        interests = [line for line in file if re.sub(r"[:/].*", "", line.split()[1]) in packages]
    os.makedirs(os.path.join(root, "var/lib/dpkg/triggers"))
    with open(os.path.join(root, "var/lib/dpkg/triggers/File"), "w", encoding="utf-8") as file:
        file.writelines(interests)
    for path in ("/etc/passwd", "/etc/group", "/etc/ld.so.conf", "/etc/ld.so.cache"):
        copy_into(root, path)
    # What maintainer scripts and installations make here.
    for pattern in ("/etc/alternatives/*", "/etc/fonts/**", "/etc/ld.so.conf.d/*", "/usr/share/mime/*",
                    "/usr/share/icons/*/icon-theme.cache", "/usr/lib/*/gdk-pixbuf-2.0/2.10.0/loaders.cache",
                    "/usr/lib/*/gio/modules/giomodule.cache"):
        for path in glob.glob(pattern, recursive=True):
            copy_into(root, path)
    for name, mode in (("tmp", 0o1777), ("dev", 0o755), ("run", 0o755), ("root", 0o700), ("proc", 0o555)):
        os.makedirs(os.path.join(root, name), exist_ok=True)
        os.chmod(os.path.join(root, name), mode)
    for device in ("null", "urandom", "zero"):
        with contextlib.suppress(OSError):
            os.mknod(os.path.join(root, "dev", device), 0o20666, os.stat(f"/dev/{device}").st_rdev)
    return root


def the_root(scratch):
    root = os.path.join(scratch, "root")
    if not os.path.exists(os.path.join(root, "usr/bin/grove")):
        raise Skipped("nothing is installed in a clean root")
    return root


def inside(root, *command, **environment):
    """Runs it in the root, with nothing of this machine's environment."""
    clean = {"PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "HOME": "/root", "LC_ALL": "C.UTF-8", **environment}
    return run("chroot", root, *command, env=clean)


def test_installs(scratch):
    packages = [path for name in OURS for path in built(scratch, name)]
    need("dpkg", "chroot")
    if os.geteuid() != 0:
        raise Skipped("only root may make a root of its own")
    root = make_root(scratch)
    try:
        inside(root, "/bin/sh", "-c", "true")
    except (Failure, OSError) as problem:
        raise Skipped(f"a root of its own cannot be entered here: {problem}") from None
    said = run("dpkg", f"--root={root}", "--install", *packages,
               env=dict(os.environ, DEBIAN_FRONTEND="noninteractive", LC_ALL="C.UTF-8"))
    for name in OURS:
        check(f"Setting up {name} " in said, f"{name} was not set up:\n{said[-2000:]}")
    for path in ("usr/bin/grove-observer", "usr/share/applications/io.github.grove.Observer.desktop",
                 "usr/share/glib-2.0/schemas/gschemas.compiled", "usr/share/metainfo/io.github.grove.Observer.metainfo.xml",
                 "usr/share/icons/hicolor/scalable/apps/io.github.grove.Observer.svg",
                 "usr/share/icons/hicolor/symbolic/apps/io.github.grove.Observer-symbolic.svg",
                 "usr/share/locale/de/LC_MESSAGES/grove.mo", "usr/share/man/man1/grove.1.gz",
                 "usr/share/man/man1/grove-observer.1.gz", "usr/share/bash-completion/completions/grove",
                 "usr/share/zsh/vendor-completions/_grove", "usr/share/fish/vendor_completions.d/grove.fish"):
        check(os.path.exists(os.path.join(root, path)), f"/{path} is not there")
    with open(os.path.join(root, "usr/share/glib-2.0/schemas/gschemas.compiled"), "rb") as file:
        check(b"io.github.grove.Observer" in file.read(), "the settings are not known to GSettings")


# ---- What is in it works -----------------------------------------------------------------------------


def version():
    with open(os.path.join(SOURCE, "meson.build"), encoding="utf-8") as file:
        return re.search(r"version: '([^']+)'", file.read()).group(1)


def test_programs(scratch):
    root = the_root(scratch)
    for program in OURS:
        same = inside(root, program, "--version").strip()
        check(same == f"{program} {version()}", f"{program} --version says {same}")


def test_german(scratch):
    """Without /proc a program cannot tell where it is, and is told where its texts are."""
    said = inside(the_root(scratch), "grove-observer", "--help", LANGUAGE="de", GROVE_LOCALE_DIR="/usr/share/locale")
    check("Die Version ausgeben" in said, f"the help is not German:\n{said}")


@contextlib.contextmanager
def shop(root):
    """A system that runs outside and can be reached from inside."""
    os.makedirs(os.path.join(root, "run/grove-0"), mode=0o700, exist_ok=True)
    path = os.path.join(root, "run/grove-0")
    with subprocess.Popen([SHOP, "--name", "shop", "--directory", path], stdin=subprocess.DEVNULL,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True) as process:
        try:
            process.stdout.readline()  # it says when it can be observed
            yield "/run/grove-0/shop.sock"
        finally:
            process.terminate()


def test_grove_looks(scratch):
    root = the_root(scratch)
    with shop(root) as socket:
        said = inside(root, "grove", "-s", socket, "ps")
    check("shop_sup" in said or "sup" in said, f"grove lists no processes:\n{said}")


def test_window_opens(scratch):
    """Of each view a picture, without a word of complaint from GTK about anything it does not find."""
    root = the_root(scratch)
    if shutil.which("Xvfb") is None:
        raise Skipped("there is no screen")
    shutil.copy(os.environ["XAUTHORITY"], os.path.join(root, "root/xauthority"))
    kept = {key: os.environ[key] for key in ("DISPLAY", "GDK_BACKEND", "GSK_RENDERER", "GDK_DEBUG", "GTK_A11Y",
                                             "ADW_DISABLE_PORTAL", "GTK_USE_PORTAL") if key in os.environ}
    with shop(root) as socket:
        said = inside(root, "grove-observer", "--screenshot", "/tmp/pictures", "--light", "--size", "1360x860", socket,
                      XAUTHORITY="/root/xauthority", XDG_RUNTIME_DIR="/run", GSETTINGS_BACKEND="memory", **kept)
    pictures = glob.glob(os.path.join(root, "tmp/pictures/*.png"))
    check(len(pictures) >= 5, f"there are {len(pictures)} pictures:\n{said}")
    check(not re.search(r"WARNING|CRITICAL", said), said)


def test_goes_again(scratch):
    root = the_root(scratch)
    run("dpkg", f"--root={root}", "--purge", *OURS, env=dict(os.environ, LC_ALL="C.UTF-8"))
    left = [os.path.join(folder, name) for folder, folders, names in os.walk(os.path.join(root, "usr"))
            for name in folders + names if "grove" in name.lower()]
    check(not left, "left behind: " + " ".join(left))


TESTS = [test_builds, test_lintian, test_depends, test_installs, test_programs, test_german, test_grove_looks,
         test_window_opens, test_goes_again]


def main():
    scratch = tempfile.mkdtemp(prefix="gp-", dir="/tmp")
    try:
        return run_tests("/package/", TESTS, scratch)
    finally:
        shutil.rmtree(scratch, ignore_errors=True)


sys.exit(main())
