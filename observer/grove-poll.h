/* SPDX-License-Identifier: MIT
 *
 * A question about one process, asked again each second while somebody looks. Private to observer/.
 * It is not asked while the session is paused or not live, never twice at once, and never again
 * once the process has ended or another run of the system has begun.
 *
 * Threads: main thread only. A part of the object that owns it, which holds the session.
 */
#pragma once

#include "observer/grove-observer-private.h"

G_BEGIN_DECLS

typedef struct
{
  const char *method;
  /* Returns: (transfer full) */
  struct json_object *(*params) (gpointer owner);
  /* When it says that there is no such process, the poll has ended already. */
  void (*answered) (gpointer owner, const GroveReply *reply);
  /* Another run of the system: the process is of the past. */
  void (*reset) (gpointer owner);
} GrovePollKind;

typedef struct
{
  const GrovePollKind *kind;
  GroveSession        *session; /* NULL before and after */
  gpointer             owner;
  gboolean             active, ended;
  gboolean             asking;
  gint64               asked_us; /* when last, 0 never */
  guint                timer;
  gulong               state_handler, paused_handler, reset_handler;
} GrovePoll;

void _grove_poll_init (GrovePoll           *self,
                       GroveSession        *session,
                       const GrovePollKind *kind,
                       gpointer             owner);
/* For dispose: may be called more than once, and without an init of a zeroed one. */
void _grove_poll_finish (GrovePoll *self);
/* Returns: whether that is a change */
gboolean _grove_poll_set_active (GrovePoll *self, gboolean active);
/* The params are others now: what is under way is dropped, and asked anew. */
void _grove_poll_ask_anew (GrovePoll *self);

G_END_DECLS
