/* SPDX-License-Identifier: MIT
 *
 * What the findings are looked for in: windows that the system keeps sorted, of which those that
 * cost a walk over all processes are open only while the figures give a reason; and questions about
 * single processes that what was seen points to.
 */
#include "observer/grove-findings-private.h"

#include <string.h>

/* A look costs the system a walk over its processes: so many of them a second. */
#define WALKED_A_SECOND 50000
#define INTERVAL_MIN_MS 1000
#define INTERVAL_MAX_MS 20000
#define QUESTIONS_MAX   24
#define N_LARGEST       16
#define N_RESTARTED     16

/* ---- Columns and filters ----------------------------------------------------------------------
 */

static const char *const process_columns[] = {
  "pid",        "name",   "status",  "messages", "mailbox_bytes",
  "reductions", "memory", "initial", "current",  "scheduler",
};
/* Where one is who waits for an answer, in our runtime and in OTP's. */
static const char *const call_functions[] = { "grove_call", "gen:do_call/4" };
static const char *const restarted_columns[] = { "pid",        "name",     "initial",
                                                 "supervisor", "restarts", "started_ns" };
static const char *const name_columns[] = { "name", "pid", "started_ns" };
static const char *const crash_columns[] = {
  "seq",    "at_ns",    "pid",     "name",       "app",       "initial",
  "reason", "function", "outcome", "supervisor", "successor", "restarts",
};

static struct json_object *
make_texts (const char *const *texts, guint n)
{
  struct json_object *array = json_object_new_array ();
  for (guint i = 0; i < n; i++)
    json_object_array_add (array, json_object_new_string (texts[i]));
  return array;
}

static GroveColumnSet
set_of (GroveFindings *self, const char *const *names, guint n)
{
  return _grove_columns_named (names, n) & _grove_session_get_columns (self->session);
}

static GroveColumnSet
process_set (GroveFindings *self)
{
  return set_of (self, process_columns, G_N_ELEMENTS (process_columns));
}

static GroveColumnSet
restarted_set (GroveFindings *self)
{
  return set_of (self, restarted_columns, G_N_ELEMENTS (restarted_columns));
}

static struct json_object *
columns_of_processes (gpointer owner)
{
  return _grove_columns_names (process_set (owner));
}

static struct json_object *
columns_of_restarted (gpointer owner)
{
  return _grove_columns_names (restarted_set (owner));
}

/* Of the table `names`; what it does not say stays 0. */
static gboolean
has_name_column (GroveFindings *self, const char *column)
{
  struct json_object *tables =
    _grove_json_object (_grove_session_get_hello (self->session), "tables");
  struct json_object *columns = _grove_json_array (tables, "names");
  for (gsize i = 0; columns != NULL && i < json_object_array_length (columns); i++)
    if (strcmp (_grove_json_text (json_object_array_get_idx (columns, i), "name"), column) == 0)
      return TRUE;
  return FALSE;
}

static struct json_object *
columns_of_names (gpointer owner)
{
  guint n = G_N_ELEMENTS (name_columns);
  return make_texts (name_columns, has_name_column (owner, name_columns[n - 1]) ? n : n - 1);
}

static struct json_object *
columns_of_crashes (gpointer owner)
{
  return make_texts (crash_columns, G_N_ELEMENTS (crash_columns));
}

static struct json_object *
compare_with (const char *operator, const char * column, struct json_object *value)
{
  struct json_object *array = json_object_new_array ();
  json_object_array_add (array, json_object_new_string (operator));
  json_object_array_add (array, json_object_new_string (column));
  json_object_array_add (array, value);
  return array;
}

static struct json_object *
with_messages (gpointer owner)
{
  return compare_with ("gt", "messages", json_object_new_int (0));
}

static struct json_object *
that_run (gpointer owner)
{
  return compare_with ("eq", "status", json_object_new_string ("running"));
}

static struct json_object *
that_call (gpointer owner)
{
  struct json_object *both = json_object_new_array ();
  json_object_array_add (both, json_object_new_string ("and"));
  json_object_array_add (both, compare_with ("eq", "status", json_object_new_string ("waiting")));
  json_object_array_add (both,
                         compare_with ("in", "current",
                                       make_texts (call_functions, G_N_ELEMENTS (call_functions))));
  return both;
}

static struct json_object *
that_were_restarted (gpointer owner)
{
  return compare_with ("gt", "restarts", json_object_new_int (0));
}

static const GroveProbeKind kinds[GROVE_N_PROBES] = {
  [GROVE_PROBE_MAILBOXES] = { "processes", "messages", TRUE, GROVE_LOOK_ROWS, columns_of_processes,
                              with_messages },
  [GROVE_PROBE_RUNNING] = { "processes", "pid", FALSE, GROVE_LOOK_ROWS, columns_of_processes,
                            that_run },
  [GROVE_PROBE_LARGEST] = { "processes", "memory", TRUE, N_LARGEST, columns_of_processes, NULL },
  [GROVE_PROBE_CALLS] = { "processes", "messages", TRUE, GROVE_LOOK_ROWS, columns_of_processes,
                          that_call },
  [GROVE_PROBE_RESTARTED] = { "processes", "started_ns", TRUE, N_RESTARTED, columns_of_restarted,
                              that_were_restarted },
  [GROVE_PROBE_NAMES] = { "names", "name", FALSE, GROVE_LOOK_NAMES, columns_of_names, NULL },
  [GROVE_PROBE_CRASHES] = { "crashes", "seq", TRUE, GROVE_LOOK_CRASHES, columns_of_crashes, NULL },
};

static gboolean
has_table (GroveFindings *self, const char *table)
{
  struct json_object *tables =
    _grove_json_object (_grove_session_get_hello (self->session), "tables");
  return _grove_json_array (tables, table) != NULL;
}

gboolean
_grove_findings_can_look (GroveFindings *self, GroveProbeIndex index)
{
  if (index == GROVE_PROBE_CALLS && !grove_session_has_column (self->session, "current"))
    return FALSE;
  /* A greeting of the first version says nothing of its tables; that one it has. */
  return strcmp (kinds[index].table, "processes") == 0 || has_table (self, kinds[index].table);
}

static gboolean
is_wanted (GroveFindings *self, GroveProbeIndex index, gint64 now_ns)
{
  switch (index)
    {
    case GROVE_PROBE_RUNNING:
      return _grove_diagnosis_wonders_who_runs (self->diagnosis, now_ns);
    case GROVE_PROBE_LARGEST:
      return _grove_diagnosis_wonders_who_grows (self->diagnosis, now_ns);
    case GROVE_PROBE_RESTARTED:
      return _grove_diagnosis_wonders_who_restarted (self->diagnosis, now_ns);
    case GROVE_PROBE_MAILBOXES:
    case GROVE_PROBE_CALLS:
    case GROVE_PROBE_NAMES:
    case GROVE_PROBE_CRASHES:
    case GROVE_N_PROBES:
    default:
      return TRUE;
    }
}

/* ---- What is seen -----------------------------------------------------------------------------
 */

typedef void (*SeeRows) (GroveDiagnosis        *diagnosis,
                         gint64                 now_ns,
                         gint64                 interval_ns,
                         const GroveProcessRow *rows,
                         guint                  n);

static void
see_processes (GroveFindings *self, GroveProbeIndex index, gint64 now_ns, SeeRows see)
{
  GroveProbe                 *probe = self->probes[index];
  GroveColumnSet              set = process_set (self);
  g_autofree GroveProcessRow *rows = g_new (GroveProcessRow, GROVE_LOOK_ROWS);
  guint                       n = 0;
  for (guint i = 0; i < _grove_probe_get_n (probe) && n < GROVE_LOOK_ROWS; i++)
    if (_grove_process_row_parse (set, _grove_probe_get_row (probe, i), &rows[n]))
      n++;
  see (self->diagnosis, now_ns, _grove_probe_get_interval_ns (probe), rows, n);
}

static void
see_calls (GroveFindings *self, gint64 now_ns)
{
  struct json_object *server =
    _grove_json_object (_grove_session_get_hello (self->session), "server");
  _grove_diagnosis_set_asking_runs (self->diagnosis,
                                    strcmp (_grove_json_text (server, "kind"), "beam") == 0);
  see_processes (self, GROVE_PROBE_CALLS, now_ns, _grove_diagnosis_see_calls);
}

static void
see_restarted (GroveFindings *self, gint64 now_ns)
{
  GroveProbe    *probe = self->probes[GROVE_PROBE_RESTARTED];
  GroveColumnSet set = restarted_set (self);
  for (guint i = 0; i < _grove_probe_get_n (probe); i++)
    {
      GroveProcessRow row;
      if (_grove_process_row_parse (set, _grove_probe_get_row (probe, i), &row) &&
          now_ns - row.started_ns < 30 * G_GINT64_CONSTANT (1000000000))
        _grove_diagnosis_see_restart (self->diagnosis, row.started_ns, row.supervisor,
                                      row.name[0] != '\0' ? row.name : row.initial);
    }
}

static const char *
text_at (struct json_object *row, guint index)
{
  struct json_object *value = json_object_array_get_idx (row, index);
  return json_object_is_type (value, json_type_string) ? json_object_get_string (value) : "";
}

static gint64
int_at (struct json_object *row, guint index)
{
  struct json_object *value = json_object_array_get_idx (row, index);
  return json_object_is_type (value, json_type_int) ? json_object_get_int64 (value) : 0;
}

static void
see_names (GroveFindings *self, gint64 now_ns)
{
  GroveProbe               *probe = self->probes[GROVE_PROBE_NAMES];
  guint                     n = MIN (_grove_probe_get_n (probe), GROVE_LOOK_NAMES);
  g_autofree GroveSeenName *names = g_new (GroveSeenName, n + 1);
  for (guint i = 0; i < n; i++)
    {
      struct json_object *row = _grove_probe_get_row (probe, i);
      names[i] = (GroveSeenName){ text_at (row, 0), text_at (row, 1), int_at (row, 2) };
    }
  _grove_diagnosis_see_names (self->diagnosis, now_ns, names, n,
                              _grove_probe_get_matched (probe) <= n);
}

static void
see_crashes (GroveFindings *self, gint64 now_ns)
{
  GroveProbe                *probe = self->probes[GROVE_PROBE_CRASHES];
  guint                      n = MIN (_grove_probe_get_n (probe), GROVE_LOOK_CRASHES);
  g_autofree GroveSeenCrash *crashes = g_new (GroveSeenCrash, n + 1);
  for (guint i = 0; i < n; i++)
    {
      struct json_object *row = _grove_probe_get_row (probe, i);
      crashes[i] = (GroveSeenCrash){
        .seq = int_at (row, 0),
        .at_ns = int_at (row, 1),
        .pid = text_at (row, 2),
        .name = text_at (row, 3),
        .app = text_at (row, 4),
        .initial = text_at (row, 5),
        .reason = text_at (row, 6),
        .function = text_at (row, 7),
        .outcome = text_at (row, 8),
        .supervisor = text_at (row, 9),
        .successor = text_at (row, 10),
        .restarts = int_at (row, 11),
      };
    }
  _grove_diagnosis_see_crashes (self->diagnosis, now_ns, crashes, n);
}

static void
see (GroveFindings *self, GroveProbeIndex index, gint64 now_ns)
{
  if (!_grove_probe_is_loaded (self->probes[index]))
    return;
  switch (index)
    {
    case GROVE_PROBE_MAILBOXES:
      see_processes (self, index, now_ns, _grove_diagnosis_see_mailboxes);
      break;
    case GROVE_PROBE_RUNNING:
      see_processes (self, index, now_ns, _grove_diagnosis_see_running);
      break;
    case GROVE_PROBE_LARGEST:
      see_processes (self, index, now_ns, _grove_diagnosis_see_largest);
      break;
    case GROVE_PROBE_CALLS:
      see_calls (self, now_ns);
      break;
    case GROVE_PROBE_RESTARTED:
      see_restarted (self, now_ns);
      break;
    case GROVE_PROBE_NAMES:
      see_names (self, now_ns);
      break;
    case GROVE_PROBE_CRASHES:
      see_crashes (self, now_ns);
      break;
    case GROVE_N_PROBES:
    default:
      break;
    }
}

/* ---- Questions --------------------------------------------------------------------------------
 */

static void
ask (GroveFindings *self, const char *method, const char *pid, int limit, GroveReplyFunc answered)
{
  struct json_object *params = json_object_new_object ();
  json_object_object_add (params, "pid", json_object_new_string (pid));
  if (limit >= 0)
    json_object_object_add (params, "limit", json_object_new_int (limit));
  char *question = g_strdup (pid);
  g_hash_table_add (self->questions, question);
  _grove_session_call (self->session, method, params, answered, self, question);
}

/* Returns whom it was about. (transfer full) */
static char *
take_question (GroveFindings *self, gpointer question)
{
  g_hash_table_steal (self->questions, question);
  return question;
}

static void
supervisor_answered (gpointer owner, const GroveReply *reply, gpointer user_data)
{
  GroveFindings   *self = owner;
  g_autofree char *pid = take_question (self, user_data);
  if (reply->error != NULL)
    {
      if (reply->error->code == GROVE_CODE_NO_PROCESS)
        _grove_diagnosis_see_no_supervisor (self->diagnosis, pid);
      return;
    }
  const GroveSeenSupervisor supervisor = {
    .pid = pid,
    .name = _grove_json_text (reply->result, "name"),
    .intensity = _grove_json_int (reply->result, "intensity", 0),
    .period_s = _grove_json_int (reply->result, "period_s", 0),
    .recent_restarts = _grove_json_int (reply->result, "recent_restarts", 0),
  };
  _grove_diagnosis_see_supervisor (self->diagnosis, grove_session_now_ns (self->session),
                                   &supervisor);
}

static void
monitors_answered (gpointer owner, const GroveReply *reply, gpointer user_data)
{
  GroveFindings      *self = owner;
  g_autofree char    *pid = take_question (self, user_data);
  struct json_object *list = _grove_json_array (reply->result, "monitors");
  const char         *monitors[GROVE_LOOK_MONITORS];
  guint               n = 0;
  if (reply->error != NULL || list == NULL)
    return;
  for (gsize i = 0; i < json_object_array_length (list) && n < G_N_ELEMENTS (monitors); i++)
    monitors[n++] = _grove_json_text (json_object_array_get_idx (list, i), "pid");
  _grove_diagnosis_see_monitors (self->diagnosis, grove_session_now_ns (self->session), pid,
                                 monitors, n);
}

static void
end_answered (gpointer owner, const GroveReply *reply, gpointer user_data)
{
  GroveFindings      *self = owner;
  g_autofree char    *pid = take_question (self, user_data);
  struct json_object *exited = _grove_json_object (reply->data, "exited");
  if (reply->error == NULL)
    _grove_diagnosis_see_end (self->diagnosis, pid, NULL);
  else if (reply->error->code == GROVE_CODE_NO_PROCESS && exited != NULL)
    {
      g_autofree char *reason = _grove_exited_reason (exited);
      if (reason != NULL)
        _grove_diagnosis_see_end (self->diagnosis, pid, reason);
    }
}

static void
ask_questions (GroveFindings *self, gint64 now_ns)
{
  if (grove_session_can (self->session, "supervisor.info", NULL))
    {
      g_auto (GStrv) pids = _grove_diagnosis_ask_supervisors (self->diagnosis, now_ns);
      for (char **pid = pids; *pid != NULL && g_hash_table_size (self->questions) < QUESTIONS_MAX;
           pid++)
        ask (self, "supervisor.info", *pid, 0, supervisor_answered);
    }
  if (!grove_session_can (self->session, "process.get", NULL))
    return;
  while (g_hash_table_size (self->questions) < QUESTIONS_MAX)
    {
      g_autofree char *pid = _grove_diagnosis_ask_monitors (self->diagnosis, now_ns);
      if (pid == NULL)
        break;
      ask (self, "process.get", pid, -1, monitors_answered);
    }
  while (g_hash_table_size (self->questions) < QUESTIONS_MAX)
    {
      g_autofree char *pid = _grove_diagnosis_ask_end (self->diagnosis, now_ns);
      if (pid == NULL)
        break;
      ask (self, "process.get", pid, -1, end_answered);
    }
}

/* ---- Looking ----------------------------------------------------------------------------------
 */

static guint
interval_for (GroveFindings *self, GroveProbeIndex index)
{
  const GroveSample *sample = grove_session_get_sample (self->session);
  if (sample == NULL || strcmp (kinds[index].table, "processes") != 0)
    return INTERVAL_MIN_MS;
  guint interval_ms =
    (guint) CLAMP (sample->n_processes * 1000 / WALKED_A_SECOND, INTERVAL_MIN_MS, INTERVAL_MAX_MS);
  /* Long walks at different times: what they cost at once would space out all other updates. */
  return interval_ms > INTERVAL_MIN_MS ? interval_ms + index * (interval_ms / 8) : interval_ms;
}

void
_grove_findings_look (GroveFindings *self, gint64 now_ns)
{
  for (guint i = 0; i < GROVE_N_PROBES; i++)
    {
      _grove_probe_set_interval (self->probes[i], interval_for (self, i));
      _grove_probe_set_wanted (self->probes[i],
                               _grove_findings_can_look (self, i) && is_wanted (self, i, now_ns));
      see (self, i, now_ns);
    }
  ask_questions (self, now_ns);
}

void
_grove_findings_close (GroveFindings *self)
{
  for (guint i = 0; i < GROVE_N_PROBES; i++)
    _grove_probe_set_wanted (self->probes[i], FALSE);
  _grove_session_drop_calls (self->session, self);
  g_hash_table_remove_all (self->questions);
}

void
_grove_findings_init (GroveFindings *self)
{
  self->questions = g_hash_table_new_full (NULL, NULL, g_free, NULL);
  for (guint i = 0; i < GROVE_N_PROBES; i++)
    self->probes[i] = _grove_probe_new (self->session, &kinds[i], self);
}

void
_grove_findings_finish (GroveFindings *self)
{
  _grove_findings_close (self);
  for (guint i = 0; i < GROVE_N_PROBES; i++)
    g_clear_pointer (&self->probes[i], _grove_probe_free);
  g_clear_pointer (&self->questions, g_hash_table_unref);
}
