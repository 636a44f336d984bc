/* SPDX-License-Identifier: MIT
 *
 * GroveDictionary: the process dictionary of one process (`process.dictionary`), its first pairs,
 * asked for each second while active.
 *
 * Main thread only.
 */
#pragma once

#include "observer/grove-session.h"

G_BEGIN_DECLS

typedef struct
{
  char *key;   /* terms, as text */
  char *value; /* cut where it is long */
} GrovePair;

#define GROVE_TYPE_DICTIONARY (grove_dictionary_get_type ())
G_DECLARE_FINAL_TYPE (GroveDictionary, grove_dictionary, GROVE, DICTIONARY, GObject)

/**
 * grove_dictionary_new:
 * @pid: whose; it may be dead
 *
 * Signal: changed.
 *
 * Returns: (transfer full): not active
 * Since: 0.1
 */
GroveDictionary *grove_dictionary_new (GroveSession *session, const char *pid);

/* Asks while active, and the session is live and not paused. Since: 0.1 */
void grove_dictionary_set_active (GroveDictionary *self, gboolean active);

/* Returns: (array length=ret_n): at most 50, borrowed until the next "changed". Since: 0.1 */
const GrovePair *grove_dictionary_get_pairs (GroveDictionary *self, guint *ret_n);

G_END_DECLS
