/* SPDX-License-Identifier: MIT
 *
 * GroveProcessItem: what is known of one process, or one slot of a windowed table (a position whose
 * process changes as the table is sorted). Emits "changed" when what it shows did, only then.
 *
 * Main thread only.
 */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

typedef enum
{
  GROVE_PROCESS_RUNNABLE,
  GROVE_PROCESS_RUNNING,
  GROVE_PROCESS_WAITING,
  GROVE_PROCESS_SUSPENDED,
  GROVE_PROCESS_EXITING,
  GROVE_PROCESS_GONE, /* ended; what is shown is the last that was known */
} GroveProcessState;
const char *grove_process_state_get_label (GroveProcessState state); /* "Waiting" */

#define GROVE_HISTORY_LENGTH 60 /* a value a second */

typedef struct
{
  char              pid[64];
  char              name[96]; /* "" when it has none: show the initial call */
  char              initial[96];
  char              current[96]; /* the function it is in; "" when not known */
  char              app[64];
  char              supervisor[64]; /* a pid, or "" */
  char              priority[8];
  GroveProcessState state;
  gint64 messages, mailbox_bytes, reductions, memory, heap, stack, restarts, started_ns, scheduler,
    links;
  double   reductions_per_s, messages_in_per_s;
  gboolean trap_exit, system;
} GroveProcessRow; /* plain data; zero it before filling: compared with memcmp() */

#define GROVE_TYPE_PROCESS_ITEM (grove_process_item_get_type ())
G_DECLARE_FINAL_TYPE (GroveProcessItem, grove_process_item, GROVE, PROCESS_ITEM, GObject)

/* Returns: (transfer full): of no process yet. Since: 0.1 */
GroveProcessItem *grove_process_item_new (void);

/* Returns: (nullable): borrowed until "changed"; NULL while loading. Since: 0.1 */
const GroveProcessRow *grove_process_item_get_row (GroveProcessItem *self);

/* Returns: its name, else its initial call; borrowed, never NULL. Since: 0.1 */
const char *grove_process_item_get_title (GroveProcessItem *self);

/**
 * grove_process_item_get_history:
 * @ret_n: (out): how many, at most GROVE_HISTORY_LENGTH
 *
 * Returns: (array length=ret_n): the mailbox over the last minute, oldest first; borrowed
 * Since: 0.1
 */
const guint32 *grove_process_item_get_history (GroveProcessItem *self, guint *ret_n);
/* Returns: the second of the system's clock that the last of them is of. Since: 0.1 */
gint64 grove_process_item_get_history_end_s (GroveProcessItem *self);

/**
 * grove_process_item_get_appeared_us:
 *
 * For the row colours: when this process was first seen here, and grove_process_item_get_gone_us()
 * when it ended.
 *
 * Returns: as g_get_monotonic_time(); 0: never
 * Since: 0.1
 */
gint64 grove_process_item_get_appeared_us (GroveProcessItem *self);
gint64 grove_process_item_get_gone_us (GroveProcessItem *self);

/**
 * grove_process_item_set_row:
 * @row: copied
 * @history: (array length=n_history): copied
 *
 * For the models. Emits "changed" if it differs.
 *
 * Returns: whether it does
 * Since: 0.1
 */
gboolean grove_process_item_set_row (GroveProcessItem      *self,
                                     const GroveProcessRow *row,
                                     const guint32         *history,
                                     guint                  n_history);

G_END_DECLS
