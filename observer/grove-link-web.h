/* SPDX-License-Identifier: MIT
 *
 * GroveLinkWeb: who is linked to whom and who monitors whom, of a few processes named by pid. Each
 * is asked (`process.get`), and asked again every few seconds, a few at a time, so that looking at
 * links costs the system next to nothing however many processes it has.
 *
 * Threads: main thread only.
 */
#pragma once

#include "observer/grove-session.h"

G_BEGIN_DECLS

/* Of more pids the first are asked. */
#define GROVE_LINK_WEB_MAX 64

typedef enum
{
  GROVE_TIE_LINK,    /* of equals: it is told once, whichever of the two was asked */
  GROVE_TIE_MONITOR, /* the first watches the second */
} GroveTieKind;

typedef struct
{
  const char  *from, *to;           /* pids */
  const char  *from_name, *to_name; /* "" when it has none or is not known */
  GroveTieKind kind;
} GroveTie;

#define GROVE_TYPE_LINK_WEB (grove_link_web_get_type ())
G_DECLARE_FINAL_TYPE (GroveLinkWeb, grove_link_web, GROVE, LINK_WEB, GObject)

/* Signal: changed, when ties came or went. (transfer full): not active, of nobody. */
GroveLinkWeb *grove_link_web_new (GroveSession *session);
/* It asks while active, and the session is live and not paused. */
void grove_link_web_set_active (GroveLinkWeb *self, gboolean active);
/* Replaces the set; what is known of those who stay, stays. */
void grove_link_web_set_pids (GroveLinkWeb *self, const char *const *pids, guint n);
/* How many there are, for grove_link_web_get_tie(), whose texts are borrowed until "changed". */
guint    grove_link_web_get_n_ties (GroveLinkWeb *self);
GroveTie grove_link_web_get_tie (GroveLinkWeb *self, guint index);
/* How many the system did not tell of: it tells of the first 100 of each kind. */
guint grove_link_web_get_n_untold (GroveLinkWeb *self);

G_END_DECLS
