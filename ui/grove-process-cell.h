/* SPDX-License-Identifier: MIT
 *
 * GroveProcessCell: one cell of a table of processes, whichever its shape. It follows a
 * GroveProcessItem and draws anew only what that item says has changed. GroveColumn names what a
 * cell can show; the table of columns says how each is titled, sorted, aligned and wide.
 *
 * Threads: main thread only.
 */
#pragma once

#include "observer/grove-process-item.h"
#include "observer/grove-session.h"
#include "observer/grove-tree.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

typedef enum
{
  GROVE_COLUMN_PID,
  GROVE_COLUMN_NAME,
  GROVE_COLUMN_STATE,
  GROVE_COLUMN_MAILBOX,
  GROVE_COLUMN_HISTORY,
  GROVE_COLUMN_REDUCTIONS,
  GROVE_COLUMN_MEMORY,
  GROVE_COLUMN_CURRENT,
  GROVE_COLUMN_PRIORITY,
  GROVE_COLUMN_INITIAL,
  GROVE_COLUMN_APPLICATION,
  GROVE_COLUMN_SUPERVISOR,
  GROVE_COLUMN_RESTARTS,
  GROVE_COLUMN_LINKS,
  GROVE_COLUMN_MESSAGES_IN,
  GROVE_COLUMN_MAILBOX_BYTES,
  GROVE_COLUMN_WORK,
  GROVE_COLUMN_HEAP,
  GROVE_COLUMN_STACK,
  GROVE_COLUMN_STARTED,
  GROVE_COLUMN_SCHEDULER,
  GROVE_COLUMN_TRAP_EXIT,
  GROVE_COLUMN_SYSTEM,
  GROVE_N_COLUMNS,
} GroveColumn;

typedef struct
{
  const char *id; /* the name of its action, and under which it is remembered */
  const char *title;
  const char *sort; /* the server's column, NULL: cannot be sorted by */
  int         width;
  gboolean    right; /* numbers */
} GroveColumnInfo;

const GroveColumnInfo *grove_column_get_info (GroveColumn column);

#define GROVE_TYPE_PROCESS_CELL (grove_process_cell_get_type ())
G_DECLARE_FINAL_TYPE (GroveProcessCell, grove_process_cell, GROVE, PROCESS_CELL, GtkWidget)

GtkWidget *grove_process_cell_new (GroveSession *session, GroveColumn column);
/* Follows @item; NULL: nothing known. */
void grove_process_cell_set_item (GroveProcessCell *self, GroveProcessItem *item);
/* In a tree: what to say until an item comes, and what a supervisor adds to its name. */
void grove_process_cell_set_node (GroveProcessCell *self, GroveTreeNode *node);
/* The pid of what it shows, NULL while nothing is known. */
const char *grove_process_cell_get_pid (GroveProcessCell *self);
/* What the cell stands at, for the menu; G_MAXUINT when nowhere. */
void  grove_process_cell_set_list_item (GroveProcessCell *self, GtkListItem *list_item);
guint grove_process_cell_get_position (GroveProcessCell *self);

G_END_DECLS
