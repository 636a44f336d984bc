/* SPDX-License-Identifier: MIT
 *
 * GroveApplication: the program `grove-observer`: its command line, its windows, the style.
 *
 * Threads: main thread only.
 */
#pragma once

#include <adwaita.h>

G_BEGIN_DECLS

#define GROVE_APPLICATION_ID "io.github.grove.Observer"

#define GROVE_TYPE_APPLICATION (grove_application_get_type ())
G_DECLARE_FINAL_TYPE (GroveApplication, grove_application, GROVE, APPLICATION, AdwApplication)

GroveApplication *grove_application_new (void);
/* What the program exits with. */
int grove_application_get_exit_status (GroveApplication *self);

G_END_DECLS
