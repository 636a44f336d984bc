/* SPDX-License-Identifier: MIT
 *
 * GroveDictionary: the process dictionary of one process (`process.dictionary`), a page of
 * it, asked for each second while active.
 *
 * Main thread only.
 */
#pragma once

#include "observer/grove-session.h"
#include "observer/grove-term.h"

G_BEGIN_DECLS

typedef struct
{
  char      *key;   /* as text */
  char      *value; /* likewise, cut where it is long */
  GroveTerm *term;  /* the value, never NULL */
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

/* The first pair shown, in steps of %GROVE_DICTIONARY_PAGE; asks anew. Since: 0.1 */
#define GROVE_DICTIONARY_PAGE 50
void  grove_dictionary_set_offset (GroveDictionary *self, guint offset);
guint grove_dictionary_get_offset (GroveDictionary *self);
/* Returns: whether there are pairs behind those shown. Since: 0.1 */
gboolean grove_dictionary_has_more (GroveDictionary *self);
/* Returns: (nullable): why it cannot be read, for people; what was known stays. Since: 0.1 */
const char *grove_dictionary_get_error (GroveDictionary *self);

/* Returns: (array length=ret_n): at most 50, borrowed until the next "changed". Since: 0.1 */
const GrovePair *grove_dictionary_get_pairs (GroveDictionary *self, guint *ret_n);

G_END_DECLS
