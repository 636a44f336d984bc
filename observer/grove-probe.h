/* SPDX-License-Identifier: MIT
 *
 * A window of any table, kept for who looks at it now and then: its rows as they travel, in their
 * order. It says nothing when something comes; it is asked. Private to observer/. Main thread only.
 */
#pragma once

#include "observer/grove-observer-private.h"

G_BEGIN_DECLS

typedef struct grove_probe GroveProbe;

typedef struct
{
  const char *table;
  const char *sort; /* a column, from its greatest down if @descending */
  gboolean    descending;
  guint       limit; /* 1 to 512 */
  /* Transfer full: which columns, the key first; only those the system has. */
  struct json_object *(*columns) (gpointer owner);
  /* Transfer full; NULL: no filter. */
  struct json_object *(*filter) (gpointer owner);
} GroveProbeKind;

/* @kind is static; @owner holds the session. */
GroveProbe *_grove_probe_new (GroveSession *session, const GroveProbeKind *kind, gpointer owner);
void        _grove_probe_free (GroveProbe *self);
void        _grove_probe_set_wanted (GroveProbe *self, gboolean wanted);
/* From 50 ms to a minute; one that is open is told. */
void _grove_probe_set_interval (GroveProbe *self, guint interval_ms);

/* Whether what the system last said is here in whole. What is here stays when it is not wanted any
 * more, but counts no longer. */
gboolean _grove_probe_is_loaded (GroveProbe *self);
/* How far apart the system's looks are; it may space them when they would cost it too much. */
gint64  _grove_probe_get_interval_ns (GroveProbe *self);
guint   _grove_probe_get_n (GroveProbe *self);
guint64 _grove_probe_get_matched (GroveProbe *self);
/* Returns: an array with as many values as there are columns, borrowed until the main loop turns */
struct json_object *_grove_probe_get_row (GroveProbe *self, guint index);
/* Returns: why the system does not let us look, NULL: it does */
const char *_grove_probe_get_refusal (GroveProbe *self);

G_END_DECLS
