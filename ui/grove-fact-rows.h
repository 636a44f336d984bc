/* SPDX-License-Identifier: MIT
 *
 * What a process consists of, in the inspector: each part with its size in bytes, what its
 * dictionary holds, and, where a runtime in C has no counterpart of what Erlang tells of a process,
 * the reason. Plain C, one owner.
 *
 * Threads: main thread only.
 */
#pragma once

#include "observer/grove-process-detail.h"

#include <adwaita.h>

G_BEGIN_DECLS

typedef struct grove_fact_rows GroveFactRows;

/* Appends its rows to @list, which must be there when it is freed. */
GroveFactRows *grove_fact_rows_new (GtkListBox *list);
void           grove_fact_rows_free (GroveFactRows *self);
void grove_fact_rows_fill (GroveFactRows *self, GroveSession *session, GroveProcessDetail *detail);
/* The process @pid is shown from now on, NULL: none. */
void grove_fact_rows_follow (GroveFactRows *self, GroveSession *session, const char *pid);

G_END_DECLS
