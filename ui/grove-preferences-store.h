/* SPDX-License-Identifier: MIT
 *
 * Where preferences are kept: GSettings, or a key file where its schema is not installed. Private
 * to grove-preferences.c.
 *
 * Threads: main thread only. Blocks: for a small file.
 */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

typedef struct grove_preferences_store GrovePreferencesStore;
/* Told when somebody else changed that preference. */
typedef void (*GrovePreferencesChanged) (gpointer user_data, const char *name);

GrovePreferencesStore      *
_grove_preferences_store_new (GrovePreferencesChanged changed, gpointer user_data);
void _grove_preferences_store_free (GrovePreferencesStore *self);
/* (transfer full) (nullable): NULL when nothing is kept under that name. */
GVariant *_grove_preferences_store_read (GrovePreferencesStore *self, const char *name);
void
_grove_preferences_store_write (GrovePreferencesStore *self, const char *name, GVariant *value);
/* (transfer full): name -> GVariant, of all that views remember. */
GHashTable *_grove_preferences_store_read_state (GrovePreferencesStore *self);
/* @names: of the values in @state that changed; those that are not in it are forgotten. Values of
 * other names are left as they are: another program of ours may have written them meanwhile. */
void _grove_preferences_store_write_state (GrovePreferencesStore *self,
                                           GHashTable            *state,
                                           GHashTable            *names);
void _grove_preferences_store_flush (GrovePreferencesStore *self);

G_END_DECLS
