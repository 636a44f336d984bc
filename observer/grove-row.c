/* SPDX-License-Identifier: MIT
 *
 * GroveRow: the values of a row as they came, checked against the columns they came for, and how
 * each is said. What columns are called and what they hold is a table; of others the name is taken
 * apart.
 */
#include "observer/grove-row-private.h"

#include "observer/grove-format.h"

#include <glib/gi18n-lib.h>
#include <math.h>
#include <string.h>

struct _GroveRow
{
  GObject             parent_instance;
  GroveRowColumns    *columns; /* NULL: nothing is known */
  struct json_object *values;
  char               *key;
};

enum
{
  CHANGED,
  N_SIGNALS
};
static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (GroveRow, grove_row, G_TYPE_OBJECT)

/* ---- Columns ------------------------------------------------------------------------------------
 */

/* What is called otherwise than it is in the protocol, or holds something of its own. */
static const struct
{
  const char   *name, *title; /* NULL: as the name says */
  GroveCellKind kind;         /* of texts; else as type and unit say */
} known[] = {
  { "pid", N_ ("PID"), GROVE_CELL_PID },
  { "peer", N_ ("Other process"), GROVE_CELL_PID },
  { "supervisor", NULL, GROVE_CELL_PID },
  { "successor", NULL, GROVE_CELL_PID },
  { "top", N_ ("Top supervisor"), GROVE_CELL_PID },
  { "reason", NULL, GROVE_CELL_TERM },
  { "message", NULL, GROVE_CELL_TERM },
  { "function", NULL, GROVE_CELL_FUNCTION },
  { "initial", N_ ("Initial call"), GROVE_CELL_FUNCTION },
  { "current", N_ ("Current function"), GROVE_CELL_FUNCTION },
  { "file", NULL, GROVE_CELL_FUNCTION },
  { "ref", N_ ("Reference"), GROVE_CELL_FUNCTION },
  { "kind", NULL, GROVE_CELL_WORD },
  { "level", NULL, GROVE_CELL_WORD },
  { "status", N_ ("State"), GROVE_CELL_WORD },
  { "outcome", N_ ("What followed"), GROVE_CELL_WORD },
  { "answer", N_ ("Outcome"), GROVE_CELL_WORD },
  { "source", NULL, GROVE_CELL_WORD },
  { "role", NULL, GROVE_CELL_WORD },
  { "app", N_ ("Application"), GROVE_CELL_TEXT },
  { "seq", N_ ("No."), GROVE_CELL_NUMBER },
  { "session", NULL, GROVE_CELL_NUMBER },
  { "scheduler", NULL, GROVE_CELL_NUMBER },
  { "line", NULL, GROVE_CELL_NUMBER },
  { "os_pid", N_ ("OS process"), GROVE_CELL_NUMBER },
  { "value", NULL, GROVE_CELL_NUMBER },
  { "at_ns", N_ ("Time"), GROVE_CELL_AT },
  { "due_ns", N_ ("Due in"), GROVE_CELL_DUE },
  { "started_ns", N_ ("Age"), GROVE_CELL_SINCE },
  { "opened_ns", N_ ("Open for"), GROVE_CELL_SINCE },
  { "bytes_in", N_ ("Received"), GROVE_CELL_BYTES },
  { "bytes_out", N_ ("Sent"), GROVE_CELL_BYTES },
};

static int
find_known (const char *name)
{
  for (guint i = 0; i < G_N_ELEMENTS (known); i++)
    if (strcmp (known[i].name, name) == 0)
      return (int) i;
  return -1;
}

GroveCellKind
grove_cell_kind (const char *name, const char *type, const char *unit)
{
  int      i = find_known (name);
  gboolean number = strcmp (type, "int") == 0 || strcmp (type, "real") == 0;
  if (strcmp (type, "bool") == 0)
    return GROVE_CELL_BOOLEAN;
  if (!number)
    return i >= 0 && known[i].kind <= GROVE_CELL_WORD ? known[i].kind : GROVE_CELL_TEXT;
  if (i >= 0 && known[i].kind > GROVE_CELL_BOOLEAN)
    return known[i].kind;
  if (strcmp (unit, "bytes") == 0)
    return GROVE_CELL_BYTES;
  if (strcmp (unit, "ns") == 0)
    return GROVE_CELL_DURATION;
  return strcmp (type, "real") == 0 ? GROVE_CELL_RATE : GROVE_CELL_COUNT;
}

/* Names of columns that read well as they are: here for those who translate. */
G_GNUC_UNUSED static const char *const plain[] = {
  N_ ("After"),     N_ ("Client"),    N_ ("Command"),       N_ ("Detail"),    N_ ("File"),
  N_ ("Function"),  N_ ("Heap"),      N_ ("Kind"),          N_ ("Level"),     N_ ("Line"),
  N_ ("Lived"),     N_ ("Memory"),    N_ ("Message"),       N_ ("Messages"),  N_ ("Name"),
  N_ ("Needed by"), N_ ("Needs"),     N_ ("System"),        N_ ("Objects"),   N_ ("Owner"),
  N_ ("Period"),    N_ ("Processes"), N_ ("Protection"),    N_ ("Reason"),    N_ ("Requests"),
  N_ ("Restarts"),  N_ ("Result"),    N_ ("Role"),          N_ ("Scheduler"), N_ ("Session"),
  N_ ("Size"),      N_ ("Source"),    N_ ("Subscriptions"), N_ ("Successor"), N_ ("Supervisor"),
  N_ ("Text"),      N_ ("Type"),      N_ ("Value"),         N_ ("Version")
};

/* "shoe_size_ns" is called "Shoe size". */
static const char *
make_title (const char *name)
{
  g_autofree char *title = g_strdup (name);
  if (g_str_has_suffix (title, "_ns"))
    title[strlen (title) - 3] = '\0';
  else if (g_str_has_suffix (title, "_bytes"))
    title[strlen (title) - 6] = '\0';
  g_strdelimit (title, "_", ' ');
  title[0] = g_ascii_toupper (title[0]);
  return title[0] != '\0' ? _ (g_intern_string (title)) : "";
}

GroveRowColumns *
_grove_row_columns_new (GroveSession *session, struct json_object *declared)
{
  gsize n = declared != NULL ? MIN (json_object_array_length (declared), GROVE_ROW_COLUMNS_MAX) : 0;
  GroveRowColumns *self =
    g_malloc0 (sizeof *self + (gsize) GROVE_ROW_COLUMNS_MAX * sizeof *self->columns);
  g_atomic_ref_count_init (&self->n_refs);
  self->session = g_object_ref (session);
  for (gsize i = 0; i < n; i++)
    {
      struct json_object *column = json_object_array_get_idx (declared, i);
      const char         *name = _grove_json_text (column, "name");
      const char         *type = _grove_json_text (column, "type");
      /* Interned, so from hand to mouth: not what somebody makes up to fill our memory. */
      if (name[0] == '\0' || strlen (name) > 64 || !g_utf8_validate (name, -1, NULL) ||
          _grove_row_columns_find (self, name) != G_MAXUINT)
        continue;
      int             at = find_known (name);
      GroveRowColumn *made = &self->columns[self->n++];
      made->name = g_intern_string (name);
      made->title = at >= 0 && known[at].title != NULL ? _ (known[at].title) : make_title (name);
      made->kind = grove_cell_kind (name, type, _grove_json_text (column, "unit"));
      made->numeric = made->kind >= GROVE_CELL_COUNT && made->kind != GROVE_CELL_AT;
    }
  if (self->n == 0)
    g_clear_pointer (&self, _grove_row_columns_unref);
  return self;
}

GroveRowColumns *
_grove_row_columns_ref (GroveRowColumns *self)
{
  g_atomic_ref_count_inc (&self->n_refs);
  return self;
}

void
_grove_row_columns_unref (GroveRowColumns *self)
{
  if (self == NULL || !g_atomic_ref_count_dec (&self->n_refs))
    return;
  g_object_unref (self->session);
  g_free (self);
}

gboolean
_grove_row_columns_equal (const GroveRowColumns *a, const GroveRowColumns *b)
{
  if (a == NULL || b == NULL || a->n != b->n)
    return a == b;
  for (guint i = 0; i < a->n; i++)
    if (a->columns[i].name != b->columns[i].name || a->columns[i].kind != b->columns[i].kind)
      return FALSE;
  return TRUE;
}

guint
_grove_row_columns_find (const GroveRowColumns *self, const char *name)
{
  for (guint i = 0; self != NULL && i < self->n; i++)
    if (strcmp (self->columns[i].name, name) == 0)
      return i;
  return G_MAXUINT;
}

/* Numbers must be some; what a later version declares otherwise is said as the text it is. */
static gboolean
fits (GroveCellKind kind, struct json_object *value)
{
  if (value == NULL || kind < GROVE_CELL_BOOLEAN) /* null: it is not known */
    return TRUE;
  if (kind == GROVE_CELL_BOOLEAN)
    return json_object_is_type (value, json_type_boolean);
  if (json_object_is_type (value, json_type_double))
    return isfinite (json_object_get_double (value));
  return json_object_is_type (value, json_type_int);
}

gboolean
_grove_row_columns_check (const GroveRowColumns *self, struct json_object *values)
{
  if (self == NULL || json_object_array_length (values) != self->n)
    return FALSE;
  for (guint i = 0; i < self->n; i++)
    if (!fits (self->columns[i].kind, json_object_array_get_idx (values, i)))
      return FALSE;
  return TRUE;
}

/* ---- The row ------------------------------------------------------------------------------------
 */

static void
grove_row_finalize (GObject *object)
{
  GroveRow *self = GROVE_ROW (object);
  json_object_put (self->values);
  _grove_row_columns_unref (self->columns);
  g_free (self->key);
  G_OBJECT_CLASS (grove_row_parent_class)->finalize (object);
}

static void
grove_row_class_init (GroveRowClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = grove_row_finalize;
  signals[CHANGED] = g_signal_new ("changed", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL,
                                   NULL, NULL, G_TYPE_NONE, 0);
}

static void
grove_row_init (GroveRow *self)
{
}

GroveRow *
_grove_row_new (void)
{
  return g_object_new (GROVE_TYPE_ROW, NULL);
}

gboolean
_grove_row_show (GroveRow *self, GroveRowColumns *columns, struct json_object *values)
{
  const char *key = json_object_get_string (json_object_array_get_idx (values, 0));
  gboolean    moved = g_strcmp0 (self->key, key) != 0;
  if (!moved && self->columns == columns && json_object_equal (self->values, values))
    return FALSE;
  struct json_object *before = self->values;
  GroveRowColumns    *columns_before = self->columns;
  self->values = json_object_get (values);
  self->columns = _grove_row_columns_ref (columns);
  json_object_put (before);
  _grove_row_columns_unref (columns_before);
  if (moved)
    {
      g_free (self->key);
      self->key = g_strdup (key);
    }
  g_signal_emit (self, signals[CHANGED], 0);
  return moved;
}

const GroveRowColumns *
_grove_row_get (GroveRow *self, struct json_object **ret_values)
{
  *ret_values = self->values;
  return self->columns;
}

void
_grove_row_copy (GroveRow *self, GroveRow *from)
{
  if (from->columns != NULL)
    _grove_row_show (self, from->columns, from->values);
}

void
_grove_row_clear (GroveRow *self)
{
  if (self->columns == NULL)
    return;
  g_clear_pointer (&self->values, json_object_put);
  g_clear_pointer (&self->columns, _grove_row_columns_unref);
  g_clear_pointer (&self->key, g_free);
  g_signal_emit (self, signals[CHANGED], 0);
}

const char *
grove_row_get_key (GroveRow *self)
{
  g_return_val_if_fail (GROVE_IS_ROW (self), NULL);
  return self->key;
}

static struct json_object *
value_of (GroveRow *self, const char *column)
{
  guint i = _grove_row_columns_find (self->columns, column);
  return i != G_MAXUINT ? json_object_array_get_idx (self->values, i) : NULL;
}

const char *
grove_row_get_text (GroveRow *self, const char *column)
{
  g_return_val_if_fail (GROVE_IS_ROW (self), "");
  struct json_object *value = value_of (self, column);
  return json_object_is_type (value, json_type_string) ? json_object_get_string (value) : "";
}

gint64
grove_row_get_int (GroveRow *self, const char *column)
{
  g_return_val_if_fail (GROVE_IS_ROW (self), 0);
  struct json_object *value = value_of (self, column);
  return json_object_is_type (value, json_type_int) ? json_object_get_int64 (value) : 0;
}

double
grove_row_get_real (GroveRow *self, const char *column)
{
  g_return_val_if_fail (GROVE_IS_ROW (self), 0);
  struct json_object *value = value_of (self, column);
  return json_object_is_type (value, json_type_double) || json_object_is_type (value, json_type_int)
           ? json_object_get_double (value)
           : 0;
}

gboolean
grove_row_get_boolean (GroveRow *self, const char *column)
{
  g_return_val_if_fail (GROVE_IS_ROW (self), FALSE);
  struct json_object *value = value_of (self, column);
  return json_object_is_type (value, json_type_boolean) && json_object_get_boolean (value);
}

/* ---- How it is said -----------------------------------------------------------------------------
 */

static const struct
{
  const char *column, *word, *text;
} words[] = {
  { "level", "debug", N_ ("Debug") },
  { "level", "info", N_ ("Info") },
  { "level", "notice", N_ ("Notice") },
  { "level", "warning", N_ ("Warning") },
  { "level", "error", N_ ("Error") },
  { "outcome", "pending", N_ ("Not decided yet") },
  { "outcome", "restarted", N_ ("Restarted") },
  { "outcome", "left", N_ ("Not started again") },
  { "outcome", "gave_up", N_ ("Supervisor gave up") },
  { "outcome", "none", N_ ("No supervisor") },
  { "answer", "under way", N_ ("Under way") },
  { "answer", "done", N_ ("Done") },
  { "answer", "failed", N_ ("Failed") },
  { "answer", "unknown", N_ ("Not known") },
  { "status", "running", N_ ("Running") },
  { "status", "runnable", N_ ("Runnable") },
  { "status", "waiting", N_ ("Waiting") },
  { "status", "suspended", N_ ("Suspended") },
  { "status", "exiting", N_ ("Exiting") },
  { "status", "restarting", N_ ("Restarting") },
  { "status", "terminated", N_ ("Terminated") },
  { "status", "starting", N_ ("Starting") },
  { "status", "stopping", N_ ("Stopping") },
  { "status", "loaded", N_ ("Not running") },
  { "kind", "spawn", N_ ("Started") },
  { "kind", "exit", N_ ("Ended") },
  { "kind", "link", N_ ("Linked") },
  { "kind", "unlink", N_ ("Unlinked") },
  { "kind", "register", N_ ("Name taken") },
  { "kind", "unregister", N_ ("Name given up") },
  { "kind", "crash", N_ ("Crash") },
  { "kind", "suspend", N_ ("Suspended") },
  { "kind", "resume", N_ ("Resumed") },
  { "kind", "overrun", N_ ("Overrun") },
  { "kind", "long_schedule", N_ ("Ran long") },
  { "kind", "large_heap", N_ ("Large heap") },
  { "kind", "long_queue", N_ ("Long mailbox") },
  { "kind", "trace_lost", N_ ("Trace lost") },
  { "kind", "once", N_ ("Once") },
  { "kind", "interval", N_ ("Interval") },
  { "source", "program", N_ ("Program") },
  { "source", "crash", N_ ("Crash") },
  { "source", "supervisor", N_ ("Supervisor") },
  { "source", "application", N_ ("Application") },
  { "role", "observe", N_ ("Observes") },
  { "role", "control", N_ ("Controls") },
};

const char *
grove_row_translate_word (const char *column, const char *word)
{
  for (guint i = 0; i < G_N_ELEMENTS (words); i++)
    if (strcmp (words[i].column, column) == 0 && strcmp (words[i].word, word) == 0)
      return _ (words[i].text);
  return NULL;
}

/* A text on one line: what breaks lines would show half of a row. */
static char *
say_text (const char *text)
{
  char *line = g_strdup (text);
  return g_strdelimit (line, "\n\r\t\v\f", ' ');
}

static char *
say_word (const char *column, const char *text)
{
  const char *word = grove_row_translate_word (column, text);
  return word != NULL ? g_strdup (word) : say_text (text);
}

static struct json_object *
value_at (GroveRow *self, guint column)
{
  if (self->columns == NULL || column >= self->columns->n)
    return NULL;
  return json_object_array_get_idx (self->values, column);
}

char *
grove_row_say (GroveRow *self, guint column)
{
  g_return_val_if_fail (GROVE_IS_ROW (self), NULL);
  struct json_object *value = value_at (self, column);
  if (value == NULL)
    return g_strdup ("");
  const GroveRowColumn *said = &self->columns->columns[column];
  GroveSession         *session = self->columns->session;
  gint64                n = said->kind > GROVE_CELL_BOOLEAN ? json_object_get_int64 (value) : 0;
  switch (said->kind)
    {
    case GROVE_CELL_TEXT:
    case GROVE_CELL_PID:
    case GROVE_CELL_TERM:
    case GROVE_CELL_FUNCTION:
      return say_text (json_object_get_string (value));
    case GROVE_CELL_WORD:
      return say_word (said->name, json_object_get_string (value));
    case GROVE_CELL_BOOLEAN:
      return g_strdup (json_object_get_boolean (value) ? _ ("Yes") : _ ("No"));
    case GROVE_CELL_RATE:
      return grove_format_rate (json_object_get_double (value));
    case GROVE_CELL_COUNT:
      return grove_format_count (n);
    case GROVE_CELL_NUMBER:
      return g_strdup_printf ("%" G_GINT64_FORMAT, n);
    case GROVE_CELL_BYTES:
      return grove_format_bytes (n);
    case GROVE_CELL_DURATION:
      return n != 0 ? grove_format_duration (n) : g_strdup ("");
    case GROVE_CELL_AT:
      return grove_format_moment (grove_session_get_utc_us (session, n));
    case GROVE_CELL_SINCE:
      return n != 0 ? grove_format_duration (grove_session_now_ns (session) - n) : g_strdup ("");
    case GROVE_CELL_DUE:
      return grove_format_duration (n - grove_session_now_ns (session));
    }
  g_return_val_if_reached (g_strdup (""));
}

char *
grove_row_dup_raw (GroveRow *self, guint column)
{
  g_return_val_if_fail (GROVE_IS_ROW (self), NULL);
  struct json_object *value = value_at (self, column);
  return g_strdup (value != NULL ? json_object_get_string (value) : "");
}
