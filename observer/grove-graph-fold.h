/* SPDX-License-Identifier: MIT
 *
 * Which siblings are alike enough to be drawn as one: those whose names differ in their digits
 * only, or, being made of words, in their last word, when there are many of them. Pure text, no
 * widgets.
 *
 * Threads: any thread.
 */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* More alike siblings than this fold into one; it stays folded until there are no more than the
 * other, so that it does not open and close with everyone who comes and goes. */
#define GROVE_GRAPH_FOLD_ABOVE 12
#define GROVE_GRAPH_KEEP_ABOVE 6

/* The name with every run of digits, and the last of several words, as one '#': "conn_17" gives
 * "conn_#", "mail to ada" gives "mail to #". (transfer full) */
char *grove_graph_fold_stem (const char *name);
/* What to call those of a stem: "conn_#" gives "conn", "mail to #" gives "mail to …".
 * (transfer full) */
char *grove_graph_fold_label (const char *stem);

typedef struct
{
  char *stem;
  guint n_members;
} GroveGraphFold;

/**
 * grove_graph_fold_siblings:
 * @names: (array length=n): the siblings in order
 * @n: how many
 * @above: as many alike siblings are no fold yet
 * @ret_fold: (out caller-allocates) (array length=n): for each the index of its fold, or G_MAXUINT
 *
 * Threads: any thread. Blocks: no. Cost: O(length of all names).
 * Returns: (transfer full) (element-type GroveGraphFold): the folds, in the order of their first
 *   members; free with g_array_unref(), which frees the stems
 */
GArray *grove_graph_fold_siblings (const char *const *names, guint n, guint above, guint *ret_fold);

G_END_DECLS
