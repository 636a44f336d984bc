/* SPDX-License-Identifier: MIT
 *
 * GroveFileRow: a field for the path of a file of certificates or keys, with a button that lets one
 * choose it. What is wrong with the file is said below the field.
 *
 * Threads: main thread only.
 */
#pragma once

#include "observer/grove-pem.h"

#include <adwaita.h>

G_BEGIN_DECLS

#define GROVE_TYPE_FILE_ROW (grove_file_row_get_type ())
G_DECLARE_FINAL_TYPE (GroveFileRow, grove_file_row, GROVE, FILE_ROW, AdwEntryRow)

/* Properties: complaint (GtkLabel, write): where it is said; the row it is in is hidden else.
 * Signal: chosen: its text is a file that was chosen with the button. */

/* Whether it is empty, or the path of a file that holds @parts; else it says what is wrong, until
 * its text changes. */
gboolean grove_file_row_check (GroveFileRow *self, GrovePemParts parts);
gboolean grove_file_row_is_empty (GroveFileRow *self);

G_END_DECLS
