/* SPDX-License-Identifier: MIT
 *
 * GroveSourceWindow: a file of source, at one of its lines. The system names files as its compiler
 * did; they are looked for where that may mean something on this machine: in the folders a person
 * has said, beside the program that is observed and above it, and where it and this program were
 * started.
 *
 * Threads: main thread only; files are looked for and read in a thread.
 */
#pragma once

#include "observer/grove-session.h"

#include <adwaita.h>

G_BEGIN_DECLS

#define GROVE_TYPE_SOURCE_WINDOW (grove_source_window_get_type ())
G_DECLARE_FINAL_TYPE (GroveSourceWindow, grove_source_window, GROVE, SOURCE_WINDOW, AdwWindow)

/* @line: 0 not known. @function: of which it is said where it is. */
void grove_source_window_open (
  GtkWindow *parent, GroveSession *session, const char *file, int line, const char *function);
/* Whether the file was found and is shown. */
gboolean grove_source_window_is_filled (GroveSourceWindow *self);

G_END_DECLS
