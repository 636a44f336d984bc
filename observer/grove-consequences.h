/* SPDX-License-Identifier: MIT
 *
 * What follows when processes are ended: whose supervisors start them again, and which will give up
 * because that is more often than they allow. Asked of the system, told in sentences for people.
 *
 * Main thread only.
 */
#pragma once

#include "observer/grove-session.h"

G_BEGIN_DECLS

/**
 * grove_consequences_find_async:
 * @pids: (array length=n): that are to end at once; of more than 256 the first are looked at
 * @cancellable: (nullable): for who does not wait any more
 *
 * Blocks: no
 * Since: 0.1
 */
void grove_consequences_find_async (GroveSession       *session,
                                    const char *const  *pids,
                                    guint               n,
                                    GCancellable       *cancellable,
                                    GAsyncReadyCallback callback,
                                    gpointer            user_data);

/* Returns: (transfer full) (nullable): a line for each supervisor that has a say in it; "": nothing
 * is known. NULL: cancelled. Since: 0.1 */
char *grove_consequences_find_finish (GroveSession *session, GAsyncResult *result, GError **error);

/* What is known of one that is to end. */
typedef struct
{
  char   supervisor[64]; /* a pid, "" when it has none */
  char   name[96];       /* of that; "" none */
  char   strategy[32];
  char   restart_type[16]; /* "" not known */
  gint64 intensity, period_s, recent_restarts;
} GroveFate;

/* The sentences, from made-up facts too. (transfer full) */
char *grove_consequences_describe (const GroveFate *fates, guint n);

G_END_DECLS
