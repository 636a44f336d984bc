# SPDX-License-Identifier: MIT
#
# What ./ui/demo and ./tests/run share: installing what is missing, configuring a build directory,
# running long commands quietly. To be sourced by bash, with $program set to what messages begin with.

# What it takes to build, to look right, and to run without a screen.
build_packages=(gcc libc6-dev meson ninja-build pkgconf libjson-c-dev libdw-dev libedit-dev libgtk-4-dev
  libadwaita-1-dev libgtksourceview-5-dev libglib2.0-dev-bin libxml2-utils desktop-file-utils gettext appstream libgtk-4-bin python3
  libhttp-parser-dev libsqlite3-dev libncurses-dev)
look_packages=(adwaita-icon-theme librsvg2-common fonts-cantarell fonts-jetbrains-mono shared-mime-info)
screen_packages=(xvfb xauth x11-utils dbus metacity)
# Erlang and its C library are what values are held against, and a language with decimal commas what
# numbers are. Erlang, Elixir and what comes with them (httpd, mnesia, sshd, TLS, a real database) are what
# grove-beam observes. What loads web servers (wrk, ab) is for the web shop, another machine's door (sshd), manual pages
# and shells for grove, making packages and looking at what the desktop and screen readers read, the rest for programs in C++, and
# for another processor.
test_packages=(libx11-dev libxtst-dev erlang-base erlang-dev elixir erlang-crypto erlang-inets erlang-mnesia
  erlang-p1-sqlite3 erlang-runtime-tools erlang-ssh erlang-ssl libssl-dev locales g++ gcc-aarch64-linux-gnu libc6-dev-arm64-cross qemu-user
  wrk apache2-utils openssh-server openssh-client mandoc groff fish zsh debhelper lintian librsvg2-bin libglib2.0-bin
  at-spi2-core gir1.2-atspi-2.0 python3-gi)

say ()
{
  printf '%s: %s\n' "$program" "$*"
}

complain ()
{
  printf '%s: %s\n' "$program" "$*" >&2
}

# missing_packages PACKAGE...: prints those that are not installed.
missing_packages ()
{
  local installed package
  installed=$(dpkg-query -W -f='${db:Status-Status} ${Package}\n' "$@" 2>/dev/null | sed -n 's/^installed //p')
  for package; do
    grep -qxF "$package" <<<"$installed" || printf '%s\n' "$package"
  done
}

# The programs and libraries without which nothing can be built.
can_build_without_packages ()
{
  local tool
  for tool in cc meson ninja pkg-config python3 xmllint glib-compile-resources update-desktop-database msgfmt; do
    command -v "$tool" >/dev/null || return 1
  done
  pkg-config --exists 'gtk4 >= 4.8' 'libadwaita-1 >= 1.2' 'json-c >= 0.15' 'libdw >= 0.170' 'glib-2.0 >= 2.74'
}

# install_packages PACKAGE...: installs what is missing, says so in one line, is silent otherwise.
install_packages ()
{
  local missing log as_root=()

  if ! command -v dpkg-query >/dev/null || ! command -v apt-get >/dev/null; then
    if can_build_without_packages; then
      return 0
    fi
    complain "this is not a Debian system; please install what Debian calls: $*"
    return 1
  fi
  mapfile -t missing < <(missing_packages "$@")
  [ ${#missing[@]} -gt 0 ] || return 0

  if [ "$(id -u)" != 0 ]; then
    if ! command -v sudo >/dev/null; then
      complain "not root, and there is no sudo; please install: ${missing[*]}"
      return 1
    fi
    as_root=(sudo)
  fi
  say "installing ${missing[*]}"
  log=$(mktemp)
  if ! { "${as_root[@]}" apt-get -q update &&
    "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get -q -y --no-install-recommends \
      -o DPkg::Lock::Timeout=300 -o Dpkg::Use-Pty=0 -o Acquire::Retries=3 install "${missing[@]}"; } >"$log" 2>&1; then
    tail -n 20 "$log" >&2
    rm -f "$log"
    complain "could not install: ${missing[*]}"
    return 1
  fi
  rm -f "$log"
}

# quietly LOG COMMAND...: its output goes to LOG, and its end is shown when it fails. In CI all is shown.
quietly ()
{
  local log=$1 status
  shift
  if [ -n "${CI:-}" ]; then
    "$@" 2>&1 | tee "$log"
    return "${PIPESTATUS[0]}"
  fi
  "$@" >"$log" 2>&1
  status=$?
  if [ $status != 0 ]; then
    tail -n 30 "$log" >&2
    complain "failed: $* (all of it: $log)"
  fi
  return $status
}

# configured SOURCE BUILD: whether it is a whole build directory of this very source.
configured ()
{
  [ -f "$2/build.ninja" ] && [ -f "$2/meson-private/coredata.dat" ] &&
    grep -qF "\"source\": \"$1\"" "$2/meson-info/meson-info.json" 2>/dev/null
}

# configure SOURCE BUILD [OPTION...]: makes BUILD ready for ninja with these options. What is half made,
# or was made from a source that stood elsewhere, is made anew.
configure ()
{
  local source=$1 build=$2
  shift 2
  if configured "$source" "$build"; then
    if [ $# = 0 ] || meson setup --reconfigure "$@" "$build" "$source" >"$build/configure.log" 2>&1; then
      return 0
    fi
  fi
  rm -rf "$build"
  mkdir -p "$build" || return 1
  quietly "$build/configure.log" meson setup "$@" "$build" "$source"
}
