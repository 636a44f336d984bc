/* SPDX-License-Identifier: MIT
 *
 * GroveProcessHistory: the last minutes of one process, a point each second: the minute the system
 * has kept for who watches it, and what has come since. When the process ends, its history stays.
 *
 * Main thread only.
 */
#pragma once

#include "observer/grove-session.h"

G_BEGIN_DECLS

typedef enum
{
  GROVE_HISTORY_MESSAGES,
  GROVE_HISTORY_MEMORY,
  GROVE_HISTORY_REDUCTIONS,  /* a second */
  GROVE_HISTORY_MESSAGES_IN, /* a second */
  GROVE_N_HISTORIES,
} GroveHistoryKind;

#define GROVE_TYPE_PROCESS_HISTORY (grove_process_history_get_type ())
G_DECLARE_FINAL_TYPE (GroveProcessHistory, grove_process_history, GROVE, PROCESS_HISTORY, GObject)

/* Signal: changed. Returns: (transfer full): not active. Since: 0.1 */
GroveProcessHistory *grove_process_history_new (GroveSession *session, const char *pid);

/* Follows while active, and the session is live and not paused. Since: 0.1 */
void grove_process_history_set_active (GroveProcessHistory *self, gboolean active);

/* Returns: borrowed, oldest first; at most three minutes. Since: 0.1 */
const double *
grove_process_history_get (GroveProcessHistory *self, GroveHistoryKind kind, guint *ret_n);

G_END_DECLS
