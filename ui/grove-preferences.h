/* SPDX-License-Identifier: MIT
 *
 * GrovePreferences: what a person set once, and what views remember, from one run to the next: in
 * GSettings where the schema is installed, in a key file in the user's configuration directory
 * where it is not. There is one for all windows: bind to its properties, and what is changed in one
 * window changes in all.
 *
 * Threads: main thread only.
 */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

#define GROVE_TYPE_PREFERENCES (grove_preferences_get_type ())
G_DECLARE_FINAL_TYPE (GrovePreferences, grove_preferences, GROVE, PREFERENCES, GObject)

/* Properties (all read and write, all notify; what is out of bounds is put in bounds, and a word
 * that is none of those is not taken):
 *   update-interval-ms  uint, 100 to 10,000: no view is updated more often. The window's session
 *                       sees to it for all subscriptions; charts of the system's figures keep their
 *                       two points a second.
 *   term-syntax         "system", "erlang" or "elixir": how terms are written
 *   units               "iec" (KiB of 1,024 bytes) or "si" (kB of 1,000); grove_format_bytes()
 *                       follows
 *   mailbox-warning     uint: from so many messages on a mailbox has the colour of a warning
 *   mailbox-alarm       uint: and of an alarm; never below the other: setting one moves the other
 *   colour-map          "standard" (blue to red) or "colour-blind" (by lightness, green to violet);
 *                       GrovePalette follows
 *   confirm             which commands ask first: "risky" (what may take more with it than itself),
 *                       "always" (all that end or stop processes), or "never"
 *   style               "follow" (the desktop), "light" or "dark"
 */
#define GROVE_MAILBOX_WARNING_DEFAULT 100
#define GROVE_MAILBOX_ALARM_DEFAULT   1000

/* Returns: (transfer none): the one of this program, for as long as it runs. */
GrovePreferences *grove_preferences_get (void);

guint       grove_preferences_get_update_interval_ms (GrovePreferences *self);
const char *grove_preferences_get_term_syntax (GrovePreferences *self);
const char *grove_preferences_get_units (GrovePreferences *self);
guint       grove_preferences_get_mailbox_warning (GrovePreferences *self);
guint       grove_preferences_get_mailbox_alarm (GrovePreferences *self);
const char *grove_preferences_get_colour_map (GrovePreferences *self);
const char *grove_preferences_get_confirm (GrovePreferences *self);
const char *grove_preferences_get_style (GrovePreferences *self);
/* All of them as they were at first; what views remember stays. */
void grove_preferences_reset (GrovePreferences *self);

/* What views remember: columns, their order and widths, the sort, and the like. @name: lower case
 * words and dots, the view's name first ("processes.columns"). */

/**
 * grove_preferences_dup_state:
 * @type: what it must be; what was written by another version, or by hand, may be anything
 *
 * Returns: (transfer full) (nullable): NULL when nothing of that type is remembered
 */
GVariant *
grove_preferences_dup_state (GrovePreferences *self, const char *name, const GVariantType *type);
/* @value: sunk if floating; NULL forgets it. It is written a little later, once for many changes.
 */
void grove_preferences_set_state (GrovePreferences *self, const char *name, GVariant *value);
/* Texts and booleans, for short. (transfer full), NULL when not remembered. */
char *grove_preferences_dup_state_text (GrovePreferences *self, const char *name);
void  grove_preferences_set_state_text (GrovePreferences *self, const char *name, const char *text);
gboolean
grove_preferences_get_state_boolean (GrovePreferences *self, const char *name, gboolean fallback);
void grove_preferences_set_state_boolean (GrovePreferences *self, const char *name, gboolean value);
/* Writes what is still to be written. The program does so when it ends. */
void grove_preferences_flush (GrovePreferences *self);

/* For tests: another one, as a program started anew would have. (transfer full) */
GrovePreferences *grove_preferences_new (void);

G_END_DECLS
