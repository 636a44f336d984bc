/* SPDX-License-Identifier: MIT
 *
 * GrovePins: the processes of one system that a person keeps in sight in Mailboxes, and the action
 * `win.pin` that menus and keys name. They belong to the session, and are remembered for as long as
 * the system lives, also from one run of the observer to the next.
 *
 * Threads: main thread only.
 */
#pragma once

#include "observer/grove-session.h"
#include "ui/grove-target.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

/* When there are more, the one pinned first goes. */
#define GROVE_PINS_MAX 32

#define GROVE_TYPE_PINS (grove_pins_get_type ())
G_DECLARE_FINAL_TYPE (GrovePins, grove_pins, GROVE, PINS, GObject)

/* Signal: changed. (transfer none): the one of this session; it lives as long as it does. */
GrovePins *grove_pins_of (GroveSession *session);
guint      grove_pins_get_n (GrovePins *self);
/* In the order they were pinned; borrowed until "changed". */
const char *grove_pins_get (GrovePins *self, guint index);
gboolean    grove_pins_contain (GrovePins *self, const char *pid);
void        grove_pins_set (GrovePins *self, const char *pid, gboolean pinned);
/* Another process has taken its place, and takes its pin. */
void grove_pins_replace (GrovePins *self, const char *pid, const char *successor);

/* (transfer full) (element-type GroveTarget): what is pinned by it, the first foremost. */
typedef GPtrArray *(*GrovePinTargets) (gpointer user_data);
/* Adds the action `pin` to a window: a boolean, whether the foremost is pinned. */
void grove_pins_add_action (GroveSession   *session,
                            GtkWindow      *window,
                            GrovePinTargets targets,
                            gpointer        user_data);
/* Others are selected, or pinned. */
void grove_pins_update_action (GtkWindow *window);

G_END_DECLS
