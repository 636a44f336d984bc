/* SPDX-License-Identifier: MIT
 *
 * GroveProcessTable: a table whose slots are processes, with the history of their mailboxes.
 */
#include "observer/grove-process-table.h"

#include "observer/grove-table-private.h"

#include <string.h>

#define NS_PER_S 1000000000

struct _GroveProcessTable
{
  GroveTable     parent_instance;
  GroveSession  *session;
  gulong         sample_handler;
  GroveColumnSet columns; /* its rows are made of */
};

G_DEFINE_FINAL_TYPE (GroveProcessTable, grove_process_table, GROVE_TYPE_TABLE)

static gpointer
parse (gpointer owner, struct json_object *values)
{
  return _grove_process_mirror.parse (&GROVE_PROCESS_TABLE (owner)->columns, values);
}

static void
die (gpointer row)
{
  _grove_process_mirror.die (row);
}

static gpointer
new_item (GroveTable *table)
{
  return grove_process_item_new ();
}

static gboolean
fill (GroveTable *table, gpointer item, const GroveMirrorEntry *entry)
{
  GroveProcessTable     *self = GROVE_PROCESS_TABLE (table);
  const GroveProcessRow *before = grove_process_item_get_row (item), *now = entry->row;
  gboolean               moved = before == NULL || strcmp (before->pid, now->pid) != 0;
  guint                  n;
  gint64                 end_s;
  const guint32         *history =
    _grove_history_get (_grove_session_get_history (self->session), now->pid, &n, &end_s);
  _grove_process_item_show (item, now, history, n, end_s,
                            _grove_session_appeared_us (self->session, now));
  return moved;
}

static void
clear (gpointer item)
{
  _grove_process_item_clear (item);
}

static const char *
get_key (gpointer item)
{
  const GroveProcessRow *row = grove_process_item_get_row (item);
  return row != NULL ? row->pid : NULL;
}

static struct json_object *
get_columns (GroveTable *table)
{
  return _grove_columns_names (GROVE_PROCESS_TABLE (table)->columns);
}

static struct json_object *
choose_columns (GroveTable *table)
{
  GroveProcessTable *self = GROVE_PROCESS_TABLE (table);
  self->columns = _grove_session_get_columns (self->session);
  return get_columns (table);
}

static struct json_object *
get_offered (GroveTable *table)
{
  return _grove_session_get_offered (GROVE_PROCESS_TABLE (table)->session);
}

static gboolean
has_column (GroveTable *table, const char *column)
{
  return grove_session_has_column (GROVE_PROCESS_TABLE (table)->session, column);
}

static gboolean
knows_column (GroveTable *table, const char *column)
{
  return _grove_column_is_known (column);
}

static const char *
get_text (gconstpointer data, const char *column)
{
  const GroveProcessRow *row = data;
  const struct
  {
    const char *column, *text;
  } texts[] = {
    { "name", row->name },       { "app", row->app }, { "initial", row->initial },
    { "current", row->current }, { "pid", row->pid }, { "supervisor", row->supervisor },
  };
  for (guint i = 0; i < G_N_ELEMENTS (texts); i++)
    if (strcmp (texts[i].column, column) == 0)
      return texts[i].text;
  return NULL;
}

static void
push_histories (GroveTable *table)
{
  GroveTableMirror *mirror = &_grove_table_get_private (table)->mirror;
  gint64            second = grove_session_now_ns (GROVE_PROCESS_TABLE (table)->session) / NS_PER_S;
  for (guint i = 0; i < mirror->order->len; i++)
    {
      const GroveProcessRow *row = ((GroveMirrorEntry *) mirror->order->pdata[i])->row;
      if (row != NULL)
        _grove_history_push (mirror->history, row->pid, row->messages, second);
    }
}

/* Histories go on while nothing else changes. */
static void
sampled (GroveSession *session, GroveTable *table)
{
  if (!_grove_table_is_shown (table))
    return;
  g_object_ref (table);
  push_histories (table);
  _grove_table_refill (table);
  g_object_unref (table);
}

static void
grove_process_table_dispose (GObject *object)
{
  GroveProcessTable *self = GROVE_PROCESS_TABLE (object);
  if (self->session != NULL)
    g_clear_signal_handler (&self->sample_handler, self->session);
  G_OBJECT_CLASS (grove_process_table_parent_class)->dispose (object);
}

static void
grove_process_table_finalize (GObject *object)
{
  g_clear_object (&GROVE_PROCESS_TABLE (object)->session);
  G_OBJECT_CLASS (grove_process_table_parent_class)->finalize (object);
}

static void
grove_process_table_class_init (GroveProcessTableClass *klass)
{
  static const GroveMirrorKind mirror = {
    .key_size = sizeof ((GroveProcessRow *) 0)->pid,
    .parse = parse,
    .free_row = g_free,
    .die = die,
  };
  static const GroveTableKind kind = {
    .mirror = &mirror,
    .get_item_type = grove_process_item_get_type,
    .new_item = new_item,
    .fill = fill,
    .clear = clear,
    .get_key = get_key,
    .choose_columns = choose_columns,
    .get_columns = get_columns,
    .get_offered = get_offered,
    .has_column = has_column,
    .knows_column = knows_column,
    .get_text = get_text,
    .came = push_histories,
  };
  G_OBJECT_CLASS (klass)->dispose = grove_process_table_dispose;
  G_OBJECT_CLASS (klass)->finalize = grove_process_table_finalize;
  GROVE_TABLE_CLASS (klass)->kind = &kind;
}

static void
grove_process_table_init (GroveProcessTable *self)
{
}

GroveProcessTable *
grove_process_table_new (GroveSession *session, guint interval_ms)
{
  g_return_val_if_fail (GROVE_IS_SESSION (session), NULL);
  GroveProcessTable *self = g_object_new (GROVE_TYPE_PROCESS_TABLE, NULL);
  self->session = g_object_ref (session);
  _grove_table_set_up (GROVE_TABLE (self), session, "processes", NULL, "pid", FALSE, interval_ms);
  _grove_table_get_private (GROVE_TABLE (self))->mirror.history =
    _grove_session_get_history (session);
  self->sample_handler = g_signal_connect (session, "sample", G_CALLBACK (sampled), self);
  return self;
}

void
grove_process_table_set_active (GroveProcessTable *self, gboolean active)
{
  grove_table_set_active (GROVE_TABLE (self), active);
}

void
grove_process_table_set_sort (GroveProcessTable *self, const char *column, gboolean descending)
{
  grove_table_set_sort (GROVE_TABLE (self), column, descending);
}

void
grove_process_table_set_filter (GroveProcessTable *self, const char *typed)
{
  grove_table_set_filter (GROVE_TABLE (self), typed);
}

void
grove_process_table_set_viewport (GroveProcessTable *self, guint first, guint n)
{
  grove_table_set_viewport (GROVE_TABLE (self), first, n);
}

guint64
grove_process_table_get_total (GroveProcessTable *self)
{
  return grove_table_get_total (GROVE_TABLE (self));
}

guint64
grove_process_table_get_matched (GroveProcessTable *self)
{
  return grove_table_get_matched (GROVE_TABLE (self));
}

GroveProcessItem *
grove_process_table_peek (GroveProcessTable *self, guint position)
{
  return grove_table_peek (GROVE_TABLE (self), position);
}

GroveProcessItem *
grove_process_table_find (GroveProcessTable *self, const char *pid, guint *ret_position)
{
  return grove_table_find (GROVE_TABLE (self), pid, ret_position);
}
