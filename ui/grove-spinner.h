/* SPDX-License-Identifier: MIT
 *
 * GroveSpinner: a GtkSpinner that spins for exactly as long as it is on the screen. One that spins
 * where nobody sees it, on a page of a stack that is not shown, has the whole window painted sixty
 * times a second.
 *
 * Threads: main thread only.
 */
#pragma once

#include <adwaita.h>

G_BEGIN_DECLS

#define GROVE_TYPE_SPINNER (grove_spinner_get_type ())
G_DECLARE_FINAL_TYPE (GroveSpinner, grove_spinner, GROVE, SPINNER, AdwBin)

G_END_DECLS
