/* SPDX-License-Identifier: MIT
 *
 * GroveAudit: entries as rows of a table that the server does not have, so that they are listed as
 * other tables are. All that are kept are asked for each time, since one under way may be done by
 * the next.
 */
#include "observer/grove-audit.h"

#include "observer/grove-poll.h"
#include "observer/grove-row-private.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#define UNDONE_MAX 64
#define KEPT_MAX   256

struct _GroveAudit
{
  GObject          parent_instance;
  GroveSession    *session;
  GrovePoll        poll;
  GroveRowColumns *columns;
  gulong           undone_handler, reset_handler, state_handler;

  struct json_object *entries; /* rows as the system told them, the oldest first */
  GQueue              undone;  /* rows (json) of what did not reach it */
  guint64             n_undone;
  GPtrArray          *rows; /* GroveRow, the newest first, as the filter lets through */
  char               *filter;
  char               *error;
  guint64             lost;
  guint64             total;
  gboolean            loading;
  gboolean            active, refused; /* it may not be asked */
};

enum
{
  PROP_0,
  PROP_ACTIVE,
  PROP_LOADING,
  PROP_ERROR,
  PROP_LOST,
  PROP_TOTAL,
  PROP_FILTER,
  N_PROPS
};
static GParamSpec *properties[N_PROPS];

static void list_model_init (GListModelInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (GroveAudit,
                               grove_audit,
                               G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (G_TYPE_LIST_MODEL, list_model_init))

static const struct
{
  const char *name, *type, *unit;
} declared[] = {
  { "seq", "text", "" },    { "at_ns", "int", "ns" }, { "command", "text", "" },
  { "name", "text", "" },   { "pid", "text", "" },    { "about", "text", "" },
  { "answer", "text", "" }, { "result", "text", "" }, { "after_ns", "int", "ns" },
  { "client", "text", "" }, { "session", "int", "" },
};

static const struct
{
  const char *method, *text;
} commands[] = {
  { "process.kill", N_ ("Kill") },
  { "process.exit", N_ ("Exit with reason") },
  { "process.restart", N_ ("Restart") },
  { "process.set_priority", N_ ("Set priority") },
  { "process.suspend", N_ ("Suspend") },
  { "process.resume", N_ ("Resume") },
  { "process.send", N_ ("Send message") },
  { "process.gc", N_ ("Collect garbage") },
  { "supervisor.start_child", N_ ("Start child") },
  { "supervisor.terminate_child", N_ ("Terminate child") },
  { "supervisor.restart_child", N_ ("Restart child") },
  { "supervisor.delete_child", N_ ("Delete child") },
  { "application.start", N_ ("Start application") },
  { "application.stop", N_ ("Stop application") },
};

static const char *
say_method (const char *method)
{
  for (guint i = 0; i < G_N_ELEMENTS (commands); i++)
    if (strcmp (commands[i].method, method) == 0)
      return _ (commands[i].text);
  return method;
}

static void
free_json (gpointer object)
{
  json_object_put (object);
}

/* ---- Rows ---------------------------------------------------------------------------------------
 */

static void
add_text (struct json_object *row, const char *text)
{
  json_object_array_add (row, json_object_new_string (text));
}

/* What it was about besides the process or the application: "priority high". (transfer full) */
static char *
say_params (struct json_object *params)
{
  GString *text = g_string_new (NULL);
  if (json_object_is_type (params, json_type_object))
    {
      json_object_object_foreach (params, key, value)
      {
        if (strcmp (key, "expect") != 0 && strcmp (key, "wait_ms") != 0 &&
            strcmp (key, "pid") != 0 && strcmp (key, "name") != 0)
          g_string_append_printf (text, "%s%s %s", text->len > 0 ? ", " : "", key,
                                  json_object_get_string (value));
      }
    }
  return g_string_free (text, FALSE);
}

static struct json_object *
make_row (struct json_object *entry)
{
  struct json_object *params = _grove_json_object (entry, "params");
  struct json_object *row = json_object_new_array_ext (G_N_ELEMENTS (declared));
  g_autofree char    *about = say_params (params);
  char                seq[24];
  g_snprintf (seq, sizeof seq, "%" G_GINT64_FORMAT, _grove_json_int (entry, "seq", 0));
  add_text (row, seq);
  json_object_array_add (row, json_object_new_int64 (_grove_json_int (entry, "at_ns", 0)));
  add_text (row, say_method (_grove_json_text (entry, "method")));
  const char *name = _grove_json_text (params, "name");
  add_text (row, name[0] != '\0'
                   ? name
                   : _grove_json_text (_grove_json_object (params, "expect"), "name"));
  add_text (row, _grove_json_text (params, "pid"));
  add_text (row, about);
  add_text (row, _grove_json_text (entry, "outcome"));
  add_text (row, _grove_json_text (entry, "result"));
  json_object_array_add (row, json_object_new_int64 (_grove_json_int (entry, "after_ns", 0)));
  add_text (row, _grove_json_text (entry, "client"));
  json_object_array_add (row, json_object_new_int64 (_grove_json_int (entry, "session", 0)));
  return row;
}

static gboolean
lets_through (GroveAudit *self, GroveRow *row)
{
  g_autoptr (GString) all = g_string_new (NULL);
  g_auto (GStrv) words = NULL;
  if (self->filter[0] == '\0')
    return TRUE;
  for (guint i = 0; i < self->columns->n; i++)
    {
      g_autofree char *cell = grove_row_say (row, i);
      g_string_append_printf (all, "%s ", cell);
    }
  g_autofree char *text = g_utf8_casefold (all->str, -1);
  g_autofree char *wanted = g_utf8_casefold (self->filter, -1);
  words = g_strsplit_set (wanted, " \t", -1);
  for (guint i = 0; words[i] != NULL; i++)
    if (strstr (text, words[i]) == NULL)
      return FALSE;
  return TRUE;
}

static gint64
moment_of (struct json_object *row)
{
  return json_object_get_int64 (json_object_array_get_idx (row, 1));
}

static void
add_row (GroveAudit *self, GPtrArray *rows, struct json_object *values)
{
  g_autoptr (GroveRow) row = _grove_row_new ();
  _grove_row_show (row, self->columns, values);
  if (lets_through (self, row))
    g_ptr_array_add (rows, g_steal_pointer (&row));
}

/* Both lists are in the order of time; the newest first. */
static GPtrArray *
merge (GroveAudit *self)
{
  GPtrArray *rows = g_ptr_array_new_with_free_func (g_object_unref);
  gsize      i = self->entries != NULL ? json_object_array_length (self->entries) : 0;
  GList     *undone = self->undone.tail;
  while (i > 0 || undone != NULL)
    {
      struct json_object *entry = i > 0 ? json_object_array_get_idx (self->entries, i - 1) : NULL;
      if (entry == NULL || (undone != NULL && moment_of (undone->data) >= moment_of (entry)))
        {
          add_row (self, rows, undone->data);
          undone = undone->prev;
        }
      else
        {
          add_row (self, rows, entry);
          i--;
        }
    }
  return rows;
}

static gboolean
same_key (gpointer a, gpointer b)
{
  return strcmp (grove_row_get_key (a), grove_row_get_key (b)) == 0;
}

/* How many of the rows that are there follow one another in @now, from @first on. */
static guint
count_kept (GroveAudit *self, GPtrArray *now, guint first)
{
  guint n = 0;
  while (n < self->rows->len && first + n < now->len &&
         same_key (now->pdata[first + n], self->rows->pdata[n]))
    n++;
  return n;
}

/* Rows that were there stay the objects they are: what came is at the front, what went at the end;
 * where that is not all, the filter is another. */
static void
rebuild (GroveAudit *self)
{
  GListModel *model = G_LIST_MODEL (self);
  g_autoptr (GPtrArray) now = merge (self);
  guint n_before = self->rows->len, n_added = 0, n_kept;
  while (n_added < now->len &&
         (n_before == 0 || !same_key (now->pdata[n_added], self->rows->pdata[0])))
    n_added++;
  n_kept = count_kept (self, now, n_added);
  if (n_added + n_kept < now->len)
    {
      n_added = now->len;
      n_kept = 0;
    }
  for (guint i = 0; i < n_kept; i++)
    _grove_row_copy (self->rows->pdata[i], now->pdata[n_added + i]);
  if (n_before > n_kept)
    {
      g_ptr_array_set_size (self->rows, (int) n_kept);
      g_list_model_items_changed (model, n_kept, n_before - n_kept, 0);
    }
  if (n_added == 0)
    return;
  for (guint i = 0; i < n_added; i++)
    g_ptr_array_insert (self->rows, (int) i, g_object_ref (now->pdata[i]));
  g_list_model_items_changed (model, 0, 0, n_added);
}

/* ---- What came ----------------------------------------------------------------------------------
 */

static void
set_error (GroveAudit *self, const char *error)
{
  if (g_strcmp0 (self->error, error) == 0)
    return;
  g_free (self->error);
  self->error = g_strdup (error);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_ERROR]);
}

static void
set_loading (GroveAudit *self, gboolean loading)
{
  if (self->loading == loading)
    return;
  self->loading = loading;
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_LOADING]);
}

static void
set_count (GroveAudit *self, guint64 *count, guint64 value, guint prop)
{
  if (*count == value)
    return;
  *count = value;
  g_object_notify_by_pspec (G_OBJECT (self), properties[prop]);
}

static void
update_total (GroveAudit *self)
{
  gsize n = self->entries != NULL ? json_object_array_length (self->entries) : 0;
  set_count (self, &self->total, n + self->undone.length, PROP_TOTAL);
}

static void
take_entries (GroveAudit *self, struct json_object *result)
{
  struct json_object *array = _grove_json_array (result, "entries");
  gsize               n = array != NULL ? MIN (json_object_array_length (array), KEPT_MAX) : 0;
  struct json_object *entries = json_object_new_array ();
  for (gsize i = 0; i < n; i++)
    json_object_array_add (entries, make_row (json_object_array_get_idx (array, i)));
  gboolean other = !json_object_equal (entries, self->entries);
  json_object_put (self->entries);
  self->entries = entries;
  set_count (self, &self->lost, (guint64) MAX (_grove_json_int (result, "lost", 0), 0), PROP_LOST);
  if (other)
    rebuild (self);
  update_total (self);
}

static void
update_poll (GroveAudit *self)
{
  _grove_poll_set_active (&self->poll, self->active && !self->refused);
}

static void
answered (gpointer owner, const GroveReply *reply)
{
  GroveAudit *self = owner;
  gboolean    lost = reply->error != NULL && (reply->error->code == GROVE_PROTOCOL_ERROR_LOST ||
                                           reply->error->code == GROVE_PROTOCOL_ERROR_BROKEN);
  if (lost)
    return;
  g_object_ref (self);
  if (reply->error == NULL)
    take_entries (self, reply->result);
  else
    self->refused = TRUE;
  set_error (self, reply->error != NULL ? reply->error->message : NULL);
  set_loading (self, FALSE);
  update_poll (self);
  g_object_unref (self);
}

static struct json_object *
make_params (gpointer owner)
{
  return json_object_new_object ();
}

/* Another run has an audit of its own. */
static void
poll_was_reset (gpointer owner)
{
}

static void
start_poll (GroveAudit *self)
{
  static const GrovePollKind kind = {
    .method = "audit.tail",
    .params = make_params,
    .answered = answered,
    .reset = poll_was_reset,
  };
  memset (&self->poll, 0, sizeof self->poll);
  _grove_poll_init (&self->poll, self->session, &kind, self);
  update_poll (self);
}

/* One that may only observe now may be let do more the next time. */
static void
on_state (GroveSession *session, GParamSpec *pspec, GroveAudit *self)
{
  if (grove_session_get_state (session) != GROVE_SESSION_LIVE)
    return;
  self->refused = FALSE;
  update_poll (self);
}

static void
on_undone (
  GroveSession *session, const char *method, const char *pid, const char *why, GroveAudit *self)
{
  struct json_object *row = json_object_new_array_ext (G_N_ELEMENTS (declared));
  g_autofree char    *key = g_strdup_printf ("own %" G_GUINT64_FORMAT, ++self->n_undone);
  add_text (row, key);
  json_object_array_add (row, json_object_new_int64 (grove_session_now_ns (session)));
  add_text (row, say_method (method));
  add_text (row, "");
  add_text (row, pid);
  add_text (row, "");
  add_text (row, "failed");
  add_text (row, why);
  json_object_array_add (row, json_object_new_int64 (0));
  add_text (row, _ ("This window"));
  json_object_array_add (row, NULL);
  g_queue_push_tail (&self->undone, row);
  if (self->undone.length > UNDONE_MAX)
    json_object_put (g_queue_pop_head (&self->undone));
  rebuild (self);
  update_total (self);
}

static void
on_reset (GroveSession *session, GroveAudit *self)
{
  g_queue_clear_full (&self->undone, free_json);
  g_clear_pointer (&self->entries, json_object_put);
  rebuild (self);
  set_loading (self, TRUE);
  set_error (self, NULL);
  set_count (self, &self->lost, 0, PROP_LOST);
  update_total (self);
  _grove_poll_finish (&self->poll);
  self->refused = FALSE;
  start_poll (self);
}

/* ---- The object ---------------------------------------------------------------------------------
 */

static GType
get_item_type (GListModel *model)
{
  return GROVE_TYPE_ROW;
}

static guint
get_n_items (GListModel *model)
{
  return GROVE_AUDIT (model)->rows->len;
}

static gpointer
get_item (GListModel *model, guint position)
{
  GroveAudit *self = GROVE_AUDIT (model);
  return position < self->rows->len ? g_object_ref (self->rows->pdata[position]) : NULL;
}

static void
list_model_init (GListModelInterface *iface)
{
  iface->get_item_type = get_item_type;
  iface->get_n_items = get_n_items;
  iface->get_item = get_item;
}

static void
grove_audit_get_property (GObject *object, guint prop_id, GValue *value, GParamSpec *pspec)
{
  GroveAudit *self = GROVE_AUDIT (object);
  switch (prop_id)
    {
    case PROP_ACTIVE:
      g_value_set_boolean (value, self->active);
      break;
    case PROP_LOADING:
      g_value_set_boolean (value, self->loading);
      break;
    case PROP_ERROR:
      g_value_set_string (value, self->error);
      break;
    case PROP_LOST:
      g_value_set_uint64 (value, self->lost);
      break;
    case PROP_TOTAL:
      g_value_set_uint64 (value, self->total);
      break;
    case PROP_FILTER:
      g_value_set_string (value, self->filter);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
grove_audit_set_property (GObject *object, guint prop_id, const GValue *value, GParamSpec *pspec)
{
  if (prop_id == PROP_ACTIVE)
    grove_audit_set_active (GROVE_AUDIT (object), g_value_get_boolean (value));
  else if (prop_id == PROP_FILTER)
    grove_audit_set_filter (GROVE_AUDIT (object), g_value_get_string (value));
  else
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
}

static void
grove_audit_dispose (GObject *object)
{
  GroveAudit *self = GROVE_AUDIT (object);
  _grove_poll_finish (&self->poll);
  if (self->session != NULL)
    {
      g_clear_signal_handler (&self->undone_handler, self->session);
      g_clear_signal_handler (&self->reset_handler, self->session);
      g_clear_signal_handler (&self->state_handler, self->session);
    }
  G_OBJECT_CLASS (grove_audit_parent_class)->dispose (object);
}

static void
grove_audit_finalize (GObject *object)
{
  GroveAudit *self = GROVE_AUDIT (object);
  g_queue_clear_full (&self->undone, free_json);
  json_object_put (self->entries);
  g_ptr_array_unref (self->rows);
  _grove_row_columns_unref (self->columns);
  g_free (self->filter);
  g_free (self->error);
  g_clear_object (&self->session);
  G_OBJECT_CLASS (grove_audit_parent_class)->finalize (object);
}

#define READ  (G_PARAM_READABLE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS)
#define WRITE (G_PARAM_READWRITE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS)

static void
grove_audit_class_init (GroveAuditClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  object_class->get_property = grove_audit_get_property;
  object_class->set_property = grove_audit_set_property;
  object_class->dispose = grove_audit_dispose;
  object_class->finalize = grove_audit_finalize;
  properties[PROP_ACTIVE] = g_param_spec_boolean ("active", NULL, NULL, FALSE, WRITE);
  properties[PROP_LOADING] = g_param_spec_boolean ("loading", NULL, NULL, TRUE, READ);
  properties[PROP_ERROR] = g_param_spec_string ("error", NULL, NULL, NULL, READ);
  properties[PROP_LOST] = g_param_spec_uint64 ("lost", NULL, NULL, 0, G_MAXUINT64, 0, READ);
  properties[PROP_TOTAL] = g_param_spec_uint64 ("total", NULL, NULL, 0, G_MAXUINT64, 0, READ);
  properties[PROP_FILTER] = g_param_spec_string ("filter", NULL, NULL, "", WRITE);
  g_object_class_install_properties (object_class, N_PROPS, properties);
}

static void
grove_audit_init (GroveAudit *self)
{
  g_queue_init (&self->undone);
  self->rows = g_ptr_array_new_with_free_func (g_object_unref);
  self->filter = g_strdup ("");
  self->loading = TRUE;
}

static struct json_object *
declare (void)
{
  struct json_object *columns = json_object_new_array ();
  for (guint i = 0; i < G_N_ELEMENTS (declared); i++)
    {
      struct json_object *column = json_object_new_object ();
      json_object_object_add (column, "name", json_object_new_string (declared[i].name));
      json_object_object_add (column, "type", json_object_new_string (declared[i].type));
      json_object_object_add (column, "unit", json_object_new_string (declared[i].unit));
      json_object_array_add (columns, column);
    }
  return columns;
}

GroveAudit *
grove_audit_new (GroveSession *session)
{
  g_return_val_if_fail (GROVE_IS_SESSION (session), NULL);
  GroveAudit         *self = g_object_new (GROVE_TYPE_AUDIT, NULL);
  struct json_object *columns = declare ();
  self->session = g_object_ref (session);
  self->columns = _grove_row_columns_new (session, columns);
  json_object_put (columns);
  self->undone_handler = g_signal_connect (session, "undone", G_CALLBACK (on_undone), self);
  self->reset_handler = g_signal_connect (session, "reset", G_CALLBACK (on_reset), self);
  self->state_handler = g_signal_connect (session, "notify::state", G_CALLBACK (on_state), self);
  start_poll (self);
  return self;
}

void
grove_audit_set_active (GroveAudit *self, gboolean active)
{
  g_return_if_fail (GROVE_IS_AUDIT (self));
  active = !!active;
  if (self->active == active)
    return;
  self->active = active;
  update_poll (self);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_ACTIVE]);
}

void
grove_audit_set_filter (GroveAudit *self, const char *words)
{
  g_return_if_fail (GROVE_IS_AUDIT (self));
  words = words != NULL ? words : "";
  if (strcmp (self->filter, words) == 0)
    return;
  char *copy = g_strdup (words);
  g_free (self->filter);
  self->filter = copy;
  rebuild (self);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_FILTER]);
}

gboolean
grove_audit_is_loading (GroveAudit *self)
{
  g_return_val_if_fail (GROVE_IS_AUDIT (self), FALSE);
  return self->loading;
}

const char *
grove_audit_get_error (GroveAudit *self)
{
  g_return_val_if_fail (GROVE_IS_AUDIT (self), NULL);
  return self->error;
}

guint64
grove_audit_get_lost (GroveAudit *self)
{
  g_return_val_if_fail (GROVE_IS_AUDIT (self), 0);
  return self->lost;
}

guint64
grove_audit_get_total (GroveAudit *self)
{
  g_return_val_if_fail (GROVE_IS_AUDIT (self), 0);
  return self->total;
}

const GroveRowColumn *
grove_audit_get_columns (GroveAudit *self, guint *ret_n)
{
  g_return_val_if_fail (GROVE_IS_AUDIT (self), NULL);
  *ret_n = self->columns->n;
  return self->columns->columns;
}
