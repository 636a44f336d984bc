/* SPDX-License-Identifier: MIT
 *
 * GroveProcessItem: a plain copy of a row, and "changed" when the copy became another.
 */
#include "observer/grove-observer-private.h"

#include <glib/gi18n-lib.h>
#include <string.h>

struct _GroveProcessItem
{
  GObject         parent_instance;
  gboolean        has_row;
  GroveProcessRow row;
  guint32         history[GROVE_HISTORY_LENGTH];
  guint           n_history;
  gint64          history_end_s;
  gint64          appeared_us;
  gint64          gone_us;
};

enum
{
  CHANGED,
  N_SIGNALS
};
static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (GroveProcessItem, grove_process_item, G_TYPE_OBJECT)

static void
grove_process_item_class_init (GroveProcessItemClass *klass)
{
  signals[CHANGED] = g_signal_new ("changed", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL,
                                   NULL, NULL, G_TYPE_NONE, 0);
}

static void
grove_process_item_init (GroveProcessItem *self)
{
}

GroveProcessItem *
grove_process_item_new (void)
{
  return g_object_new (GROVE_TYPE_PROCESS_ITEM, NULL);
}

const GroveProcessRow *
grove_process_item_get_row (GroveProcessItem *self)
{
  g_return_val_if_fail (GROVE_IS_PROCESS_ITEM (self), NULL);
  return self->has_row ? &self->row : NULL;
}

const char *
grove_process_item_get_title (GroveProcessItem *self)
{
  g_return_val_if_fail (GROVE_IS_PROCESS_ITEM (self), "");
  return self->row.name[0] != '\0' ? self->row.name : self->row.initial;
}

const guint32 *
grove_process_item_get_history (GroveProcessItem *self, guint *ret_n)
{
  g_return_val_if_fail (GROVE_IS_PROCESS_ITEM (self), NULL);
  *ret_n = self->n_history;
  return self->history;
}

gint64
grove_process_item_get_history_end_s (GroveProcessItem *self)
{
  g_return_val_if_fail (GROVE_IS_PROCESS_ITEM (self), 0);
  return self->history_end_s;
}

gint64
grove_process_item_get_appeared_us (GroveProcessItem *self)
{
  g_return_val_if_fail (GROVE_IS_PROCESS_ITEM (self), 0);
  return self->appeared_us;
}

gint64
grove_process_item_get_gone_us (GroveProcessItem *self)
{
  g_return_val_if_fail (GROVE_IS_PROCESS_ITEM (self), 0);
  return self->gone_us;
}

gboolean
grove_process_item_set_row (GroveProcessItem      *self,
                            const GroveProcessRow *row,
                            const guint32         *history,
                            guint                  n_history)
{
  g_return_val_if_fail (GROVE_IS_PROCESS_ITEM (self), FALSE);
  g_return_val_if_fail (row != NULL, FALSE);
  return _grove_process_item_show (self, row, history, n_history, self->history_end_s, 0);
}

gboolean
_grove_process_item_show (GroveProcessItem      *self,
                          const GroveProcessRow *row,
                          const guint32         *history,
                          guint                  n_history,
                          gint64                 history_end_s,
                          gint64                 appeared_us)
{
  n_history = history != NULL ? MIN (n_history, GROVE_HISTORY_LENGTH) : 0;
  self->history_end_s = history_end_s;

  if (self->has_row && memcmp (&self->row, row, sizeof *row) == 0 && self->n_history == n_history &&
      (n_history == 0 || memcmp (self->history, history, n_history * sizeof *history) == 0))
    return FALSE;

  if (!self->has_row || strcmp (self->row.pid, row->pid) != 0)
    {
      self->appeared_us = appeared_us;
      self->gone_us = 0;
    }
  if (row->state != GROVE_PROCESS_GONE)
    self->gone_us = 0;
  else if (self->gone_us == 0)
    self->gone_us = g_get_monotonic_time ();
  self->has_row = TRUE;
  self->row = *row;
  self->n_history = n_history;
  if (n_history > 0)
    memmove (self->history, history, n_history * sizeof *history);
  g_signal_emit (self, signals[CHANGED], 0);
  return TRUE;
}

void
_grove_process_item_clear (GroveProcessItem *self)
{
  if (!self->has_row)
    return;
  self->has_row = FALSE;
  memset (&self->row, 0, sizeof self->row);
  self->n_history = 0;
  self->appeared_us = 0;
  self->gone_us = 0;
  g_signal_emit (self, signals[CHANGED], 0);
}

void
_grove_process_item_set_gone (GroveProcessItem *self, const char *pid)
{
  GroveProcessRow row = self->row;
  if (!self->has_row)
    {
      memset (&row, 0, sizeof row);
      _grove_copy_text (row.pid, sizeof row.pid, pid);
    }
  row.state = GROVE_PROCESS_GONE;
  grove_process_item_set_row (self, &row, self->history, self->n_history);
}

const char *
grove_process_state_get_label (GroveProcessState state)
{
  switch (state)
    {
    case GROVE_PROCESS_RUNNABLE:
      return _ ("Runnable");
    case GROVE_PROCESS_RUNNING:
      return _ ("Running");
    case GROVE_PROCESS_WAITING:
      return _ ("Waiting");
    case GROVE_PROCESS_SUSPENDED:
      return _ ("Suspended");
    case GROVE_PROCESS_EXITING:
      return _ ("Exiting");
    case GROVE_PROCESS_GONE:
      return _ ("Ended");
    }
  g_return_val_if_reached ("");
}
