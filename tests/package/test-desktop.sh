#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
#
# test-desktop.sh SOURCE_ROOT BUILD_ROOT: that what the desktop reads of the observer is right: the desktop
# file, the metainfo, the settings, the manual page, the icons at the sizes they are shown in, and that every
# text is translated.
set -u
root=$1 build=$2
id=io.github.grove.Observer
page=$root/ui/data/grove-observer.1
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
n=0

check () # NAME PROGRAM FUNCTION
{
  n=$((n + 1))
  if ! command -v "$2" >/dev/null; then
    echo "ok $n /package/desktop/$1 # SKIP $2 is not installed"
  elif "$3" >"$scratch/log" 2>&1; then
    echo "ok $n /package/desktop/$1"
  else
    echo "not ok $n /package/desktop/$1"
    sed 's/^/# /' "$scratch/log"
  fi
}

desktop_file ()
{
  desktop-file-validate "$build/ui/$id.desktop" 2>&1 | tee "$scratch/said"
  [ ! -s "$scratch/said" ]
}

metainfo ()
{
  local version
  appstreamcli validate --no-net "$build/ui/$id.metainfo.xml" || return 1
  version=$(sed -n "s/^  version: '\(.*\)',/\1/p" "$root/meson.build")
  grep -q "<release version=\"$version\"" "$build/ui/$id.metainfo.xml" || { echo "version $version is not told of"; return 1; }
}

settings ()
{
  glib-compile-schemas --strict --dry-run "$root/ui/data"
}

page_is_clean ()
{
  ! mandoc -T lint -W warning "$page" | grep -v 'lacks\|STYLE'
}

options_are_told ()
{
  local option missing=0
  "$build/ui/grove-observer" --help >"$scratch/help" || return 1
  for option in $(grep -oE -- '--[a-z-]+' "$scratch/help" | sort -u); do
    [ "$option" = --help-gapplication ] || [ "$option" = --help-gtk ] ||
      grep -qF -- "\\-${option#--}" "$page" || { echo "the page does not tell of $option"; missing=1; }
  done
  for option in $(grep -ohE 'g_getenv \("GROVE_[A-Z_]+"' "$root"/ui/*.c "$root"/observer/*.c | grep -oE 'GROVE_[A-Z_]+' | sort -u); do
    grep -qF "$option" "$page" || { echo "the page does not tell of $option"; missing=1; }
  done
  return $missing
}

# At each size something is drawn, and not on the whole square.
icons_render ()
{
  local icon size
  mkdir "$scratch/icons"
  for icon in "$root"/ui/data/*.svg "$root"/ui/icons/*.svg; do
    for size in 16 32 64 128; do
      rsvg-convert --width $size --height $size --output "$scratch/icons/$size-${icon##*/}" "$icon" || { echo "$icon"; return 1; }
    done
  done
  python3 - "$scratch"/icons/* <<'PYTHON'
import os, struct, sys, zlib


def covered(path):
    """The part of the square that is painted."""
    with open(path, "rb") as file:
        data = file.read()
    width, height, depth, kind = struct.unpack(">IIBB", data[16:26])
    assert (depth, kind) == (8, 6) and width == height == int(os.path.basename(path).split("-")[0]), path
    at, packed = 8, b""
    while at < len(data):
        length, name = struct.unpack(">I4s", data[at:at + 8])
        packed += data[at + 8:at + 8 + length] if name == b"IDAT" else b""
        at += 12 + length
    raw, above, alphas = zlib.decompress(packed), bytes(4 * width), 0
    for y in range(height):
        how, row = raw[y * (4 * width + 1)], bytearray(raw[y * (4 * width + 1) + 1:(y + 1) * (4 * width + 1)])
        for x in range(4 * width):
            a, b, c = row[x - 4] if x > 3 else 0, above[x], above[x - 4] if x > 3 else 0
            nearest = min((abs(b - c), 0, a), (abs(a - c), 1, b), (abs(a + b - 2 * c), 2, c))[2]
            row[x] = (row[x] + (0, a, b, (a + b) // 2, nearest)[how]) & 255
        above = bytes(row)
        alphas += sum(row[3::4])
    return alphas / 255 / width / height


faults = [path for path in sys.argv[1:] if not 0.05 < covered(path) < 0.95]
for path in faults:
    print(os.path.basename(path), "is empty, or fills the square")
sys.exit(len(faults) > 0)
PYTHON
}

# GTK paints symbolic icons in the colour of the text: what has another colour, or a stroke, is lost.
symbolic_icons_are_one_colour ()
{
  local icon faults=0
  for icon in "$root"/ui/data/*-symbolic.svg "$root"/ui/icons/*.svg; do
    if grep -oE '(fill|stroke)="[^"]*"' "$icon" | grep -vE '="(#2e3436|#2e3434|none)"' || grep -q 'stroke=' "$icon"; then
      echo "$icon"
      faults=1
    fi
    grep -qE 'width="16" height="16"' "$icon" || { echo "$icon is not of 16 pixels"; faults=1; }
  done
  return $faults
}

# A name that nobody knows is shown as a broken picture.
icons_are_there ()
{
  local name faults=0
  for name in $(grep -ohE '[a-z0-9-]+-symbolic' "$root"/ui/*.c "$root"/ui/*.ui | sort -u); do
    case $name in
      grove-*) grep -q "alias=\"$name.svg\"" "$root/ui/grove-ui.gresource.xml" ;;
      *) find /usr/share/icons/Adwaita /usr/share/icons/hicolor -name "$name.*" | grep -q . ||
        gresource list "$(ldconfig -p | sed -n 's/.*libgtk-4.so.1 .*=> //p' | head -n 1)" | grep -qF "/$name." ;;
    esac || { echo "there is no icon $name"; faults=1; }
  done
  return $faults
}

# Who adds a text translates it too, or asks for it: ui/po/update, then ui/po/*.po.
translations_are_complete ()
{
  "$root/ui/po/update" --check
}

echo "1..9"
check desktop-file desktop-file-validate desktop_file
check metainfo appstreamcli metainfo
check settings glib-compile-schemas settings
check page-is-clean mandoc page_is_clean
check options-are-told grep options_are_told
check icons-render rsvg-convert icons_render
check symbolic-icons-are-one-colour grep symbolic_icons_are_one_colour
check icons-are-there gresource icons_are_there
check translations-are-complete xgettext translations_are_complete
