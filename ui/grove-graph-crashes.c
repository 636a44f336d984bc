/* SPDX-License-Identifier: MIT
 *
 * GroveGraph: who crashed. The tree says that a process ended and which took its place, but not
 * why; the table of crashes does. What crashed before one looked is of the past.
 */
#include "ui/grove-graph-private.h"

#include <stdlib.h>

/* More crashes at once than this are seen as restarts only. */
#define READ_MAX    16
#define TOLD_MAX    512
#define INTERVAL_MS 200

static void
note (GroveGraph *self, const char *pid, gint64 now_us)
{
  guint node;

  if (pid[0] == '\0')
    return;
  grove_graph_scene_note_crashed (self->scene, pid, now_us);
  node = grove_graph_model_locate (self->model, self->scene, pid);
  if (node == GROVE_GRAPH_NONE)
    return;
  /* It may be drawn as a fold. */
  grove_graph_scene_note_crashed (self->scene, self->scene->nodes[node].id, now_us);
  _grove_graph_touch_node (self, node);
}

static gint64
get_number (GroveRow *row)
{
  const char *key = grove_row_get_key (row);

  return key != NULL ? strtoll (key, NULL, 10) : 0;
}

static gboolean
is_old (gpointer key, gpointer value, gpointer user_data)
{
  return *(gint64 *) key / 2 <= *(gint64 *) user_data;
}

/* A row that was told of comes again when it is known what followed. */
static void
take_row (GroveGraph *self, GroveRow *row, gint64 now_us)
{
  const char  *successor = grove_row_get_text (row, "successor");
  const gint64 key = get_number (row) * 2 + (successor[0] != '\0');

  if (key / 2 <= self->last_crash || g_hash_table_contains (self->crashes_told, &key))
    return;
  g_hash_table_add (self->crashes_told, g_memdup2 (&key, sizeof key));
  note (self, grove_row_get_text (row, "pid"), now_us);
  note (self, successor, now_us);
}

static void
on_crashes (GroveGraph *self)
{
  const gint64 now_us = g_get_monotonic_time ();
  const guint  n = MIN (g_list_model_get_n_items (G_LIST_MODEL (self->crashes)), READ_MAX);
  gboolean     loading = TRUE;
  gint64       newest = 0;

  g_object_get (self->crashes, "loading", &loading, NULL);
  /* The rows are kept as long as somebody holds them. */
  g_ptr_array_set_size (self->crash_rows, 0);
  for (guint i = 0; i < n; i++)
    g_ptr_array_add (self->crash_rows, g_list_model_get_item (G_LIST_MODEL (self->crashes), i));
  for (guint i = 0; i < n; i++)
    newest = MAX (newest, get_number (g_ptr_array_index (self->crash_rows, i)));
  if (loading || (n > 0 && newest == 0))
    return;
  if (self->last_crash < 0)
    {
      self->last_crash = newest;
      return;
    }
  for (guint i = 0; i < n; i++)
    take_row (self, g_ptr_array_index (self->crash_rows, i), now_us);
  if (g_hash_table_size (self->crashes_told) > TOLD_MAX)
    {
      self->last_crash = newest - READ_MAX;
      g_hash_table_foreach_remove (self->crashes_told, is_old, &self->last_crash);
    }
  _grove_graph_start_frames (self);
}

/* Numbers begin anew with another run, and what happened unseen is not news. */
static void
begin_anew (GroveGraph *self)
{
  self->last_crash = -1;
  g_hash_table_remove_all (self->crashes_told);
}

void
_grove_graph_update_crashes (GroveGraph *self)
{
  const gboolean active = gtk_widget_get_mapped (GTK_WIDGET (self));

  if (active)
    begin_anew (self);
  grove_table_set_active (GROVE_TABLE (self->crashes), active);
}

void
_grove_graph_init_crashes (GroveGraph *self)
{
  self->crashes_told = g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, NULL);
  self->crash_rows = g_ptr_array_new_with_free_func (g_object_unref);
  self->last_crash = -1;
  self->crashes = grove_rows_new (self->session, "crashes", NULL, INTERVAL_MS);
  grove_table_set_viewport (GROVE_TABLE (self->crashes), 0, READ_MAX);
  g_signal_connect_swapped (self->crashes, "items-changed", G_CALLBACK (on_crashes), self);
  g_signal_connect_swapped (self->crashes, "refilled", G_CALLBACK (on_crashes), self);
  g_signal_connect_swapped (self->crashes, "notify::loading", G_CALLBACK (on_crashes), self);
  g_signal_connect_swapped (self->session, "reset", G_CALLBACK (begin_anew), self);
}

void
_grove_graph_dispose_crashes (GroveGraph *self)
{
  if (self->crashes != NULL)
    {
      g_signal_handlers_disconnect_by_data (self->crashes, self);
      grove_table_set_active (GROVE_TABLE (self->crashes), FALSE);
    }
  g_clear_object (&self->crashes);
  g_clear_pointer (&self->crash_rows, g_ptr_array_unref);
  g_clear_pointer (&self->crashes_told, g_hash_table_unref);
}
