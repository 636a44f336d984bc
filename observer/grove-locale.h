/* SPDX-License-Identifier: MIT
 *
 * The language of what a person reads: where the translations are, and that they are asked for.
 *
 * Threads: main thread only, before the first window.
 */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Takes the person's locale, and the translations installed with this program, also where the whole
 * installation was moved. The directory in the environment variable GROVE_LOCALE_DIR comes before
 * them, for a build that is not installed. */
void grove_locale_init (void);

G_END_DECLS
