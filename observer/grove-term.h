/* SPDX-License-Identifier: MIT
 *
 * GroveTerm: a value of the system as it was sent: its text and, where the system gave it as a
 * tree, its nodes in one list, each before what is in it, to be folded. Never changes once made.
 *
 * Threads: one at a time.
 */
#pragma once

#include <glib-object.h>

G_BEGIN_DECLS

typedef enum
{
  GROVE_TERM_KIND_OTHER, /* of a later version */
  GROVE_TERM_KIND_INTEGER,
  GROVE_TERM_KIND_FLOAT,
  GROVE_TERM_KIND_ATOM,
  GROVE_TERM_KIND_BINARY,
  GROVE_TERM_KIND_BITSTRING,
  GROVE_TERM_KIND_LIST,
  GROVE_TERM_KIND_TUPLE,
  GROVE_TERM_KIND_MAP,
  GROVE_TERM_KIND_PID,
  GROVE_TERM_KIND_REFERENCE,
  GROVE_TERM_KIND_FUN,
  GROVE_TERM_KIND_PORT,
} GroveTermKind;

typedef struct
{
  GroveTermKind kind;
  const char   *text;      /* the value, or what it begins with */
  guint         n;         /* nodes right below it; of a map keys and values in turn */
  guint         end;       /* the first node behind it that is not below it */
  guint         depth;     /* of the first: 0 */
  gint64        left_out;  /* elements that were not sent */
  gboolean      improper;  /* the last node below it is the tail of the list */
  gboolean      truncated; /* the text of a value is cut */
} GroveTermNode;

typedef struct grove_read_term GroveTerm;

#define GROVE_TYPE_TERM (grove_term_get_type ())
GType grove_term_get_type (void);

/* Returns: (transfer full): without nodes. Since: 0.1 */
GroveTerm *grove_term_new_text (const char *text);
GroveTerm *grove_term_ref (GroveTerm *self);
void       grove_term_unref (GroveTerm *self);

/* Returns: as it is printed; cut where it is long. Since: 0.1 */
const char *grove_term_get_text (const GroveTerm *self);
/* Returns: bytes it takes in the system; -1 not known. Since: 0.1 */
gint64 grove_term_get_size (const GroveTerm *self);
/* Returns: whether the text is cut. Since: 0.1 */
gboolean grove_term_is_truncated (const GroveTerm *self);
/* Returns: (array length=ret_n) (nullable): NULL: it came as text only. Since: 0.1 */
const GroveTermNode *grove_term_get_nodes (const GroveTerm *self, guint *ret_n);
/* Returns: whether both came as the same. Either may be NULL. Since: 0.1 */
gboolean grove_term_equal (const GroveTerm *a, const GroveTerm *b);
/* Returns: whether the same folds fit both: as many nodes of the same kinds. Since: 0.1 */
gboolean grove_term_is_alike (const GroveTerm *a, const GroveTerm *b);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (GroveTerm, grove_term_unref)

G_END_DECLS
