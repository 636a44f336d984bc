/* SPDX-License-Identifier: MIT
 *
 * Fields of comma-separated values, as RFC 4180 has them and table calculators take them.
 *
 * Threads: any thread.
 */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Appends a field of a line, in quotes where it needs them. A text (@is_text) that a table
 * calculator would take for a formula gets an apostrophe before it: names and messages come from
 * anywhere, and a file that one opens must not compute. Numbers stay as they are. */
void grove_csv_append (GString *line, const char *text, gboolean is_text);

G_END_DECLS
