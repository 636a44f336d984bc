/* SPDX-License-Identifier: MIT
 *
 * GroveProcessCell: one cell of a table of processes. Text is in GtkInscription, which never asks
 * for a new layout, so ten updates a second do not make columns tremble.
 */
#include "ui/grove-process-cell.h"

#include "observer/grove-format.h"
#include "ui/grove-mailbox-bar.h"
#include "ui/grove-sparkline.h"
#include "ui/grove-state-dot.h"

#include <glib/gi18n.h>

/* How long the row of a new process stays green. */
#define NEW_FOR_MS 2500

struct _GroveProcessCell
{
  GtkWidget         parent_instance;
  GroveSession     *session;
  GroveColumn       column;
  GtkWidget        *dot;
  GtkWidget        *content; /* inscription, bar or sparkline */
  GroveProcessItem *item;
  gulong            item_handler;
  GroveTreeNode    *node;
  GtkListItem      *list_item; /* borrowed while bound */
  guint             fade_source;
};

G_DEFINE_FINAL_TYPE (GroveProcessCell, grove_process_cell, GTK_TYPE_WIDGET)

static const GroveColumnInfo columns[GROVE_N_COLUMNS] = {
  [GROVE_COLUMN_PID] = { "pid", N_ ("PID"), "pid", 117, FALSE },
  [GROVE_COLUMN_NAME] = { "name", N_ ("Name"), "name", 200, FALSE },
  [GROVE_COLUMN_STATE] = { "state", N_ ("State"), "status", 122, FALSE },
  [GROVE_COLUMN_MAILBOX] = { "mailbox", N_ ("Mailbox"), "messages", 160, FALSE },
  [GROVE_COLUMN_HISTORY] = { "history", N_ ("History"), NULL, 120, FALSE },
  [GROVE_COLUMN_REDUCTIONS] = { "reductions-per-s", N_ ("Reductions/s"), "reductions/s", 118,
                                TRUE },
  [GROVE_COLUMN_MEMORY] = { "memory", N_ ("Memory"), "memory", 106, TRUE },
  [GROVE_COLUMN_CURRENT] = { "current", N_ ("Current function"), "current", 180, FALSE },
  [GROVE_COLUMN_PRIORITY] = { "priority", N_ ("Priority"), "priority", 84, FALSE },
  [GROVE_COLUMN_INITIAL] = { "initial", N_ ("Initial call"), "initial", 170, FALSE },
  [GROVE_COLUMN_APPLICATION] = { "application", N_ ("Application"), "app", 116, FALSE },
  [GROVE_COLUMN_SUPERVISOR] = { "supervisor", N_ ("Supervisor"), "supervisor", 117, FALSE },
  [GROVE_COLUMN_RESTARTS] = { "restarts", N_ ("Restarts"), "restarts", 86, TRUE },
  [GROVE_COLUMN_LINKS] = { "links", N_ ("Links"), "links", 72, TRUE },
  [GROVE_COLUMN_MESSAGES_IN] = { "messages-in-per-s", N_ ("Messages in/s"), "messages_in/s", 122,
                                 TRUE },
  [GROVE_COLUMN_MAILBOX_BYTES] = { "mailbox-bytes", N_ ("Mailbox size"), "mailbox_bytes", 112,
                                   TRUE },
  [GROVE_COLUMN_WORK] = { "reductions", N_ ("Reductions"), "reductions", 130, TRUE },
  [GROVE_COLUMN_HEAP] = { "heap", N_ ("Heap"), "heap", 100, TRUE },
  [GROVE_COLUMN_STACK] = { "stack", N_ ("Stack"), "stack", 100, TRUE },
  [GROVE_COLUMN_STARTED] = { "started", N_ ("Started"), "started_ns", 150, FALSE },
  [GROVE_COLUMN_SCHEDULER] = { "scheduler", N_ ("Scheduler"), "scheduler", 94, TRUE },
  [GROVE_COLUMN_TRAP_EXIT] = { "trap-exit", N_ ("Traps exits"), "trap_exit", 100, FALSE },
  [GROVE_COLUMN_SYSTEM] = { "system", N_ ("System’s own"), "system", 110, FALSE },
};

const GroveColumnInfo *
grove_column_get_info (GroveColumn column)
{
  g_return_val_if_fail (column < GROVE_N_COLUMNS, NULL);
  return &columns[column];
}

static void
set_text (GroveProcessCell *self, const char *text)
{
  GtkInscription *inscription = GTK_INSCRIPTION (self->content);

  if (g_strcmp0 (gtk_inscription_get_text (inscription), text) != 0)
    gtk_inscription_set_text (inscription, text);
}

static void
take_text (GroveProcessCell *self, char *text)
{
  set_text (self, text);
  g_free (text);
}

static void
set_class (GtkWidget *widget, const char *name, gboolean on)
{
  if (on != gtk_widget_has_css_class (widget, name))
    {
      if (on)
        gtk_widget_add_css_class (widget, name);
      else
        gtk_widget_remove_css_class (widget, name);
    }
}

/* The row that the cell is in; GTK 4.8 has no object for rows. Names are always shown, so the cell
 * of the name speaks for its row. */
static void
set_class_of_row (GroveProcessCell *self, const char *name, gboolean on)
{
  GtkWidget *row = gtk_widget_get_parent (GTK_WIDGET (self));

  while (row != NULL && g_strcmp0 (gtk_widget_get_css_name (row), "row") != 0)
    row = gtk_widget_get_parent (row);
  if (row != NULL)
    set_class (row, name, on);
}

static gboolean
on_fade (gpointer user_data)
{
  GroveProcessCell *self = user_data;

  self->fade_source = 0;
  set_class_of_row (self, "appeared", FALSE);
  return G_SOURCE_REMOVE;
}

/* The row of a process that was only just started is green for a moment: the source's own clock
 * says so, not when its row was first scrolled to. */
static void
show_newness (GroveProcessCell *self, const GroveProcessRow *row)
{
  gint64 age_ms = (grove_session_now_ns (self->session) - row->started_ns) / (1000 * 1000);

  g_clear_handle_id (&self->fade_source, g_source_remove);
  set_class_of_row (self, "gone", row->state == GROVE_PROCESS_GONE);
  if (row->started_ns <= 0 || age_ms < 0 || age_ms >= NEW_FOR_MS ||
      row->state == GROVE_PROCESS_GONE)
    {
      set_class_of_row (self, "appeared", FALSE);
      return;
    }
  set_class_of_row (self, "appeared", TRUE);
  self->fade_source = g_timeout_add ((guint) (NEW_FOR_MS - age_ms), on_fade, self);
}

static void
show_name (GroveProcessCell *self, const GroveProcessRow *row)
{
  gboolean supervisor =
    self->node != NULL && grove_tree_node_get_kind (self->node) <= GROVE_NODE_KIND_SUPERVISOR;

  set_class (self->content, "supervisor-name", supervisor);
  set_class (self->content, "dim-label", row != NULL && row->name[0] == '\0' && !supervisor);
  if (self->node != NULL && grove_tree_node_get_name (self->node)[0] != '\0')
    set_text (self, grove_tree_node_get_name (self->node));
  else if (self->item != NULL && row != NULL)
    set_text (self, grove_process_item_get_title (self->item));
  else
    set_text (self, "…");
  if (row != NULL)
    {
      show_newness (self, row);
      return;
    }
  g_clear_handle_id (&self->fade_source, g_source_remove);
  set_class_of_row (self, "appeared", FALSE);
  set_class_of_row (self, "gone", FALSE);
}

/* Before the first values there is only what the tree knows. */
static void
show_unknown (GroveProcessCell *self)
{
  if (self->column == GROVE_COLUMN_PID)
    set_text (self, self->node != NULL ? grove_tree_node_get_pid (self->node) : "");
  else if (GTK_IS_INSCRIPTION (self->content))
    set_text (self, "");
  if (self->dot != NULL)
    gtk_widget_set_visible (self->dot, FALSE);
  if (self->column == GROVE_COLUMN_MAILBOX || self->column == GROVE_COLUMN_HISTORY)
    gtk_widget_set_visible (self->content, FALSE);
}

static void
show_flag (GroveProcessCell *self, gboolean flag)
{
  set_class (self->content, "dim-label", !flag);
  set_text (self, flag ? _ ("yes") : _ ("no"));
}

/* What is seldom asked for. */
static void
show_more (GroveProcessCell *self, const GroveProcessRow *row)
{
  switch ((int) self->column)
    {
    case GROVE_COLUMN_MESSAGES_IN:
      take_text (self, grove_format_count ((gint64) (row->messages_in_per_s + 0.5)));
      break;
    case GROVE_COLUMN_MAILBOX_BYTES:
      take_text (self, grove_format_bytes (row->mailbox_bytes));
      break;
    case GROVE_COLUMN_WORK:
      take_text (self, grove_format_count (row->reductions));
      break;
    case GROVE_COLUMN_HEAP:
      take_text (self, grove_format_bytes (row->heap));
      break;
    case GROVE_COLUMN_STACK:
      take_text (self, grove_format_bytes (row->stack));
      break;
    case GROVE_COLUMN_STARTED:
      take_text (self,
                 grove_format_moment (grove_session_get_utc_us (self->session, row->started_ns)));
      break;
    case GROVE_COLUMN_SCHEDULER:
      take_text (self, grove_format_count (row->scheduler));
      break;
    case GROVE_COLUMN_TRAP_EXIT:
      show_flag (self, row->trap_exit);
      break;
    case GROVE_COLUMN_SYSTEM:
      show_flag (self, row->system);
      break;
    default:
      break;
    }
}

static void
show_row (GroveProcessCell *self, const GroveProcessRow *row)
{
  const guint32 *history;
  guint          n_history = 0;

  switch ((int) self->column)
    {
    case GROVE_COLUMN_PID:
      set_text (self, row->pid);
      break;
    case GROVE_COLUMN_STATE:
      gtk_widget_set_visible (self->dot, TRUE);
      grove_state_dot_set_state (GROVE_STATE_DOT (self->dot), row->state);
      set_text (self, grove_process_state_get_label (row->state));
      break;
    case GROVE_COLUMN_MAILBOX:
      gtk_widget_set_visible (self->content, TRUE);
      grove_mailbox_bar_set_n_messages (GROVE_MAILBOX_BAR (self->content),
                                        (guint64) MAX (row->messages, 0));
      break;
    case GROVE_COLUMN_HISTORY:
      gtk_widget_set_visible (self->content, TRUE);
      history = grove_process_item_get_history (self->item, &n_history);
      grove_sparkline_set_values (GROVE_SPARKLINE (self->content), history, n_history,
                                  grove_process_item_get_history_end_s (self->item));
      break;
    case GROVE_COLUMN_REDUCTIONS:
      take_text (self, grove_format_count ((gint64) (row->reductions_per_s + 0.5)));
      break;
    case GROVE_COLUMN_MEMORY:
      take_text (self, grove_format_bytes (row->memory));
      break;
    case GROVE_COLUMN_CURRENT:
      set_text (self, row->current);
      break;
    case GROVE_COLUMN_PRIORITY:
      set_class (self->content, "dim-label", g_str_equal (row->priority, "normal"));
      set_text (self, row->priority);
      break;
    case GROVE_COLUMN_INITIAL:
      set_text (self, row->initial);
      break;
    case GROVE_COLUMN_APPLICATION:
      set_text (self, row->app);
      break;
    case GROVE_COLUMN_SUPERVISOR:
      set_text (self, row->supervisor);
      break;
    case GROVE_COLUMN_RESTARTS:
      set_class (self->content, "dim-label", row->restarts == 0);
      take_text (self, grove_format_count (row->restarts));
      break;
    case GROVE_COLUMN_LINKS:
      take_text (self, grove_format_count (row->links));
      break;
    default:
      show_more (self, row);
      break;
    }
}

static void
refresh (GroveProcessCell *self)
{
  const GroveProcessRow *row = self->item != NULL ? grove_process_item_get_row (self->item) : NULL;

  if (self->column == GROVE_COLUMN_NAME)
    show_name (self, row);
  else if (row == NULL)
    show_unknown (self);
  else
    show_row (self, row);
}

static void
grove_process_cell_dispose (GObject *object)
{
  GroveProcessCell *self = GROVE_PROCESS_CELL (object);

  g_clear_handle_id (&self->fade_source, g_source_remove);
  g_clear_signal_handler (&self->item_handler, self->item);
  g_clear_object (&self->item);
  g_clear_object (&self->node);
  g_clear_object (&self->session);
  g_clear_pointer (&self->dot, gtk_widget_unparent);
  g_clear_pointer (&self->content, gtk_widget_unparent);
  G_OBJECT_CLASS (grove_process_cell_parent_class)->dispose (object);
}

static void
grove_process_cell_class_init (GroveProcessCellClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = grove_process_cell_dispose;
  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BOX_LAYOUT);
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_GROUP);
}

static void
grove_process_cell_init (GroveProcessCell *self)
{
}

static GtkWidget *
new_inscription (GroveColumn column)
{
  GtkWidget *inscription = gtk_inscription_new (NULL);

  gtk_inscription_set_xalign (GTK_INSCRIPTION (inscription), columns[column].right ? 1 : 0);
  gtk_inscription_set_text_overflow (GTK_INSCRIPTION (inscription),
                                     GTK_INSCRIPTION_OVERFLOW_ELLIPSIZE_END);
  gtk_inscription_set_min_chars (GTK_INSCRIPTION (inscription), 3);
  gtk_widget_set_hexpand (inscription, TRUE);
  return inscription;
}

GtkWidget *
grove_process_cell_new (GroveSession *session, GroveColumn column)
{
  GroveProcessCell *self = g_object_new (GROVE_TYPE_PROCESS_CELL, NULL);

  g_return_val_if_fail (column < GROVE_N_COLUMNS, NULL);
  self->session = g_object_ref (session);
  self->column = column;
  if (column == GROVE_COLUMN_STATE)
    {
      self->dot = grove_state_dot_new ();
      gtk_widget_set_margin_end (self->dot, 8);
      gtk_widget_set_parent (self->dot, GTK_WIDGET (self));
    }
  if (column == GROVE_COLUMN_MAILBOX)
    self->content = grove_mailbox_bar_new ();
  else if (column == GROVE_COLUMN_HISTORY)
    self->content = grove_sparkline_new ();
  else
    self->content = new_inscription (column);
  if (column == GROVE_COLUMN_PID || column == GROVE_COLUMN_SUPERVISOR)
    {
      gtk_widget_add_css_class (self->content, "mono");
      gtk_widget_add_css_class (self->content, "pid");
    }
  if (column == GROVE_COLUMN_INITIAL || column == GROVE_COLUMN_CURRENT)
    gtk_widget_add_css_class (self->content, "mono");
  if (columns[column].right)
    gtk_widget_add_css_class (self->content, "tnum");
  gtk_widget_set_hexpand (self->content, TRUE);
  gtk_widget_set_parent (self->content, GTK_WIDGET (self));
  return GTK_WIDGET (self);
}

void
grove_process_cell_set_item (GroveProcessCell *self, GroveProcessItem *item)
{
  g_return_if_fail (GROVE_IS_PROCESS_CELL (self));
  if (self->item != item)
    {
      g_clear_signal_handler (&self->item_handler, self->item);
      g_set_object (&self->item, item);
      if (item != NULL)
        self->item_handler = g_signal_connect_swapped (item, "changed", G_CALLBACK (refresh), self);
    }
  refresh (self);
}

void
grove_process_cell_set_node (GroveProcessCell *self, GroveTreeNode *node)
{
  g_return_if_fail (GROVE_IS_PROCESS_CELL (self));
  g_set_object (&self->node, node);
  refresh (self);
}

const char *
grove_process_cell_get_pid (GroveProcessCell *self)
{
  const GroveProcessRow *row;

  g_return_val_if_fail (GROVE_IS_PROCESS_CELL (self), NULL);
  if (self->node != NULL)
    return grove_tree_node_get_pid (self->node);
  row = self->item != NULL ? grove_process_item_get_row (self->item) : NULL;
  return row != NULL ? row->pid : NULL;
}

void
grove_process_cell_set_list_item (GroveProcessCell *self, GtkListItem *list_item)
{
  g_return_if_fail (GROVE_IS_PROCESS_CELL (self));
  self->list_item = list_item;
}

guint
grove_process_cell_get_position (GroveProcessCell *self)
{
  g_return_val_if_fail (GROVE_IS_PROCESS_CELL (self), G_MAXUINT);
  return self->list_item != NULL ? gtk_list_item_get_position (self->list_item) : G_MAXUINT;
}
