/* SPDX-License-Identifier: MIT
 *
 * The source in memory.
 *
 * Threads: see test-source.h.
 */
#include "tests/protocol/test-source.h"

#include "protocol/query.h"

#include <math.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

static const struct grove_column columns[TEST_N_COLUMNS] = {
  { "pid", GROVE_COLUMN_TEXT, "" },
  { "name", GROVE_COLUMN_TEXT, "" },
  { "status", GROVE_COLUMN_TEXT, "" },
  { "messages", GROVE_COLUMN_INT, "" },
  { "messages_in/s", GROVE_COLUMN_REAL, "1/s" },
  { "memory", GROVE_COLUMN_INT, "bytes" },
  { "app", GROVE_COLUMN_TEXT, "" },
  { "system", GROVE_COLUMN_BOOL, "" },
};

const struct grove_table test_table = { "processes", columns, TEST_N_COLUMNS };

enum kind
{
  WAITING_CALL,
  WAITING_ROWS,
  WAITING_NODES,
};

/* A question that is answered later. */
struct waiting
{
  enum kind                       kind;
  struct grove_call              *call;
  const struct grove_table_query *query;
  struct grove_rows              *rows;
  struct grove_nodes             *nodes;
  char                            pid[GROVE_SOURCE_PID_SIZE];
  gboolean                        roots;
  guint32                         limit;
  gboolean                        is_exit;
};

void
test_source_pid (const struct test_process *process, char pid[GROVE_SOURCE_PID_SIZE])
{
  g_snprintf (pid, GROVE_SOURCE_PID_SIZE, "<0.%" G_GUINT64_FORMAT ".0>", process->number);
}

/* Numbers only rise, so the array is in their order. */
struct test_process *
test_source_find (struct test_source *self, const char *pid)
{
  guint   first = 0, end = self->processes->len;
  guint64 number;
  char    own[GROVE_SOURCE_PID_SIZE];

  if (!g_str_has_prefix (pid, "<0."))
    return NULL;
  number = g_ascii_strtoull (pid + 3, NULL, 10);
  while (first < end)
    {
      guint                middle = first + (end - first) / 2;
      struct test_process *process = self->processes->pdata[middle];

      if (process->number == number)
        {
          test_source_pid (process, own);
          return g_str_equal (own, pid) ? process : NULL;
        }
      if (process->number < number)
        first = middle + 1;
      else
        end = middle;
    }
  return NULL;
}

static GPtrArray *
siblings (struct test_source *self, struct test_process *parent)
{
  return parent != NULL ? parent->children : self->roots;
}

/* What is said of the children of @parent changed, and so what is said of @parent. */
static void
touch_children (struct test_source *self, struct test_process *parent)
{
  if (parent == NULL)
    {
      self->roots_revision++;
      return;
    }
  parent->revision++;
  test_source_touch (self, parent);
}

void
test_source_touch (struct test_source *self, struct test_process *process)
{
  if (process->parent != NULL)
    process->parent->revision++;
  else
    self->roots_revision++;
}

struct test_process *
test_source_spawn (struct test_source  *self,
                   struct test_process *parent,
                   guint                index,
                   const char          *name)
{
  struct test_process *process = g_new0 (struct test_process, 1);

  process->number = ++self->last_number;
  g_strlcpy (process->name, name, sizeof process->name);
  g_strlcpy (process->app, "shop", sizeof process->app);
  process->status = "waiting";
  process->priority = "normal";
  process->started_ns = self->now_ns;
  process->parent = parent;
  process->children = g_ptr_array_new ();
  process->revision = 1;
  g_ptr_array_add (self->processes, process);
  g_ptr_array_insert (siblings (self, parent), (int) index, process);
  touch_children (self, parent);
  return process;
}

static void
process_free (gpointer data)
{
  struct test_process *process = data;

  g_ptr_array_unref (process->children);
  g_free (process);
}

static void
kill_below (struct test_source *self, struct test_process *process)
{
  while (process->children->len > 0)
    {
      struct test_process *child = process->children->pdata[process->children->len - 1];

      kill_below (self, child);
      g_ptr_array_remove_index (process->children, process->children->len - 1);
      g_ptr_array_remove (self->processes, child);
    }
}

void
test_source_kill (struct test_source *self, struct test_process *process)
{
  struct test_process *parent = process->parent;

  kill_below (self, process);
  g_ptr_array_remove (siblings (self, parent), process);
  g_ptr_array_remove (self->processes, process);
  touch_children (self, parent);
}

struct test_process *
test_source_restart (struct test_source *self, struct test_process *process)
{
  struct test_process *parent = process->parent, *successor;
  guint                index = 0;
  char                 name[32];
  guint64              number = process->number;
  guint                restarts = process->restarts + 1;

  g_assert_true (g_ptr_array_find (siblings (self, parent), process, &index));
  g_strlcpy (name, process->name, sizeof name);
  test_source_kill (self, process);
  successor = test_source_spawn (self, parent, index, name);
  successor->replaces = number;
  successor->restarts = restarts;
  return successor;
}

void
test_source_move (struct test_source *self, struct test_process *process, guint index)
{
  GPtrArray *among = siblings (self, process->parent);

  g_ptr_array_remove (among, process);
  g_ptr_array_insert (among, (int) MIN (index, among->len), process);
  touch_children (self, process->parent);
}

static void
wait_for_answer (struct test_source *self, const struct waiting *waiting)
{
  guint64 one = 1;

  g_ptr_array_add (self->waiting, g_memdup2 (waiting, sizeof *waiting));
  self->max_waiting = MAX (self->max_waiting, self->waiting->len);
  g_assert_cmpint (write (self->fd, &one, sizeof one), ==, sizeof one);
}

static const char *
source_name (void *data)
{
  return "test";
}

static const char *
source_instance (void *data)
{
  return "5f0c";
}

static uint64_t
source_now_ns (void *data)
{
  return ((struct test_source *) data)->now_ns;
}

static const char *
source_absent (void *data, const char *method)
{
  return g_str_equal (method, "process.restart") ? "nothing here can be restarted" : NULL;
}

static int
source_get_fd (void *data)
{
  return ((struct test_source *) data)->fd;
}

static void
source_dispatch (void *data)
{
  test_source_answer (data);
}

static void
source_cancel (void *data, struct grove_call *call)
{
  ((struct test_source *) data)->n_cancelled++;
}

static void
source_begin_tick (void *data)
{
  ((struct test_source *) data)->n_ticks++;
}

static void
source_system_info (void *data, struct grove_call *call)
{
  struct grove_writer *writer = grove_call_begin (call);

  grove_writer_begin_object (writer);
  grove_writer_member_text (writer, "name", "test");
  grove_writer_end_object (writer);
  grove_call_end (call);
}

static void
source_system_sample (void *data, struct grove_writer *writer)
{
  struct test_source *self = data;

  grove_writer_member_int (writer, "t", (int64_t) self->now_ns);
  grove_writer_member_int (writer, "processes", self->processes->len);
}

void
test_source_value (const void *row, uint32_t column, void *user_data, struct grove_value *ret)
{
  static char                pid[GROVE_SOURCE_PID_SIZE];
  const struct test_process *process = *(struct test_process *const *) row;

  ret->type = columns[column].type;
  switch (column)
    {
    case TEST_PID:
      test_source_pid (process, pid);
      ret->u.text = pid;
      break;
    case TEST_NAME:
      ret->u.text = process->name;
      break;
    case TEST_STATUS:
      ret->u.text = process->status;
      break;
    case TEST_MESSAGES:
      ret->u.integer = process->messages;
      break;
    case TEST_RATE:
      ret->u.real = process->rate;
      break;
    case TEST_MEMORY:
      ret->u.integer = process->memory;
      break;
    case TEST_APP:
      ret->u.text = process->app;
      break;
    case TEST_SYSTEM:
    default:
      ret->u.integer = process->system;
      break;
    }
}

int
test_source_compare (const void *a, const void *b)
{
  const struct test_process *pa = *(struct test_process *const *) a;
  const struct test_process *pb = *(struct test_process *const *) b;

  return pa->number < pb->number ? -1 : pa->number > pb->number;
}

static void
write_row (struct grove_writer            *writer,
           const struct grove_table_query *query,
           struct test_process *const     *row)
{
  for (size_t i = 0; i < query->n_columns; i++)
    {
      struct grove_value value;

      test_source_value (row, query->columns[i], NULL, &value);
      switch (value.type)
        {
        case GROVE_COLUMN_INT:
          grove_writer_int (writer, value.u.integer);
          break;
        case GROVE_COLUMN_REAL:
          grove_writer_real (writer, value.u.real);
          break;
        case GROVE_COLUMN_BOOL:
          grove_writer_bool (writer, value.u.integer != 0);
          break;
        case GROVE_COLUMN_TEXT:
        default:
          grove_writer_text (writer, value.u.text);
          break;
        }
    }
}

static void
answer_rows (struct test_source             *self,
             const struct grove_table_query *query,
             struct grove_rows              *rows)
{
  struct grove_selection *selection =
    grove_selection_new (query, sizeof (struct test_process *), test_source_value,
                         test_source_compare, NULL);
  const void **window;
  size_t       n;
  char         pid[GROVE_SOURCE_PID_SIZE];

  for (guint i = 0; i < self->processes->len; i++)
    grove_selection_offer (selection, &self->processes->pdata[i]);
  n = grove_selection_window (selection, &window);
  for (size_t i = 0; i < n; i++)
    {
      test_source_pid (*(struct test_process *const *) window[i], pid);
      write_row (grove_rows_begin (rows, pid), query, window[i]);
      grove_rows_end (rows);
    }
  grove_selection_tell_anchor (selection, rows);
  grove_rows_done (rows, grove_selection_total (selection), grove_selection_matched (selection),
                   self->now_ns);
  grove_selection_free (selection);
}

static void
source_table_query (void *data, const struct grove_table_query *query, struct grove_rows *rows)
{
  struct test_source *self = data;

  self->n_queries++;
  if (self->deferred)
    wait_for_answer (self, &(struct waiting){ .kind = WAITING_ROWS, .query = query, .rows = rows });
  else
    answer_rows (self, query, rows);
}

static void
add_node (struct grove_nodes *nodes, const struct test_process *process)
{
  struct grove_tree_node node = { .kind = "worker", .status = process->status, .strategy = "" };

  node.handle = process->number;
  test_source_pid (process, node.pid);
  if (process->replaces != 0)
    g_snprintf (node.replaces, sizeof node.replaces, "<0.%" G_GUINT64_FORMAT ".0>",
                process->replaces);
  g_strlcpy (node.name, process->name, sizeof node.name);
  node.n_children = process->children->len;
  node.restarts = process->restarts;
  if (process->children->len > 0)
    {
      node.kind = "supervisor";
      node.strategy = "one_for_one";
    }
  grove_nodes_add (nodes, &node);
}

static void
answer_nodes (struct test_source *self, const char *pid, guint32 limit, struct grove_nodes *nodes)
{
  struct test_process *process = pid != NULL ? test_source_find (self, pid) : NULL;
  GPtrArray           *children;

  if (pid != NULL && process == NULL)
    {
      grove_nodes_gone (nodes);
      return;
    }
  children = siblings (self, process);
  for (guint i = 0; i < children->len && i < limit; i++)
    add_node (nodes, children->pdata[i]);
  grove_nodes_done (nodes, children->len,
                    process != NULL ? process->revision : self->roots_revision);
}

static void
source_tree_children (void *data, const char *pid, uint32_t limit, struct grove_nodes *nodes)
{
  struct test_source *self = data;
  struct waiting      waiting = { .kind = WAITING_NODES, .nodes = nodes, .limit = limit };

  self->n_children_asked++;
  if (!self->deferred)
    {
      answer_nodes (self, pid, limit, nodes);
      return;
    }
  waiting.roots = pid == NULL;
  g_strlcpy (waiting.pid, pid != NULL ? pid : "", sizeof waiting.pid);
  wait_for_answer (self, &waiting);
}

static uint64_t
source_tree_revision (void *data, const char *pid)
{
  struct test_source  *self = data;
  struct test_process *process;

  if (pid == NULL)
    return self->roots_revision;
  process = test_source_find (self, pid);
  return process != NULL ? process->revision : 0;
}

static void
source_tree_metrics (void *data, uint32_t column, const uint64_t *handles, size_t n, double *values)
{
  struct test_source *self = data;

  for (size_t i = 0; i < n; i++)
    {
      g_autofree char     *pid = g_strdup_printf ("<0.%" G_GUINT64_FORMAT ".0>", handles[i]);
      struct test_process *process = test_source_find (self, pid);

      values[i] = process == NULL         ? NAN
                  : column == TEST_MEMORY ? (double) process->memory
                                          : (double) process->messages;
    }
}

/* NULL after failing the call. */
static struct test_process *
target_of (struct test_source        *self,
           struct grove_call         *call,
           const char                *pid,
           const struct grove_expect *expect)
{
  struct test_process *process = test_source_find (self, pid);

  if (process == NULL)
    grove_call_fail (call, GROVE_ERROR_NO_PROCESS, NULL, "there is no process %s", pid);
  else if (expect != NULL &&
           ((expect->name != NULL && !g_str_equal (expect->name, process->name)) ||
            (expect->started_ns != 0 && expect->started_ns != process->started_ns)))
    {
      grove_call_fail (call, GROVE_ERROR_OTHER_PROCESS, NULL, "%s is %s", pid, process->name);
      return NULL;
    }
  return process;
}

static void
answer_get (struct test_source *self, struct grove_call *call, const char *pid)
{
  struct test_process *process = target_of (self, call, pid, NULL);
  struct grove_writer *writer;

  if (process == NULL)
    return;
  writer = grove_call_begin (call);
  grove_writer_begin_object (writer);
  grove_writer_member_text (writer, "pid", pid);
  grove_writer_member_text (writer, "name", process->name);
  grove_writer_member_text (writer, "priority", process->priority);
  grove_writer_end_object (writer);
  grove_call_end (call);
}

static void
source_process_get (void *data, struct grove_call *call, const char *pid)
{
  struct test_source *self = data;
  struct waiting      waiting = { .kind = WAITING_CALL, .call = call };

  if (!self->deferred)
    {
      answer_get (self, call, pid);
      return;
    }
  g_strlcpy (waiting.pid, pid, sizeof waiting.pid);
  wait_for_answer (self, &waiting);
}

static bool
source_process_sample (void                        *data,
                       const char                  *pid,
                       struct grove_writer         *writer,
                       struct grove_process_counts *ret_counts)
{
  struct test_source  *self = data;
  struct test_process *process = test_source_find (self, pid);

  grove_writer_member_int (writer, "t", (int64_t) self->now_ns);
  if (process == NULL)
    {
      grove_writer_name (writer, "exited");
      grove_writer_null (writer);
      return false;
    }
  grove_writer_member_int (writer, "messages", process->messages);
  *ret_counts = (struct grove_process_counts){
    .at_ns = self->now_ns,
    .reductions = (guint64) process->memory,
    .received = (guint64) process->messages,
  };
  return true;
}

/* Messages are as long as was asked for: an answer can be made as big as a test needs. */
static void
source_process_messages (void                          *data,
                         struct grove_call             *call,
                         const char                    *pid,
                         uint64_t                       offset,
                         uint32_t                       limit,
                         const struct grove_term_style *style)
{
  struct grove_writer *writer = grove_call_begin (call);
  g_autofree char     *text = g_strnfill (style->max_bytes, style->elixir ? 'e' : 'm');

  grove_writer_begin_object (writer);
  grove_writer_member_int (writer, "total", limit);
  grove_writer_member_int (writer, "offset", (int64_t) offset);
  grove_writer_name (writer, "messages");
  grove_writer_begin_array (writer);
  for (uint32_t i = 0; i < limit; i++)
    grove_writer_text (writer, text);
  grove_writer_end_array (writer);
  grove_writer_end_object (writer);
  grove_call_end (call);
}

static void
answer_exit (struct test_source *self, struct grove_call *call, const char *pid)
{
  struct test_process *process = target_of (self, call, pid, NULL);
  struct grove_writer *writer;

  if (process == NULL)
    return;
  test_source_kill (self, process);
  self->n_effects++;
  writer = grove_call_begin (call);
  grove_writer_begin_object (writer);
  grove_writer_member_text (writer, "outcome", "exited");
  grove_writer_end_object (writer);
  grove_call_end (call);
}

static void
source_process_exit (void                      *data,
                     struct grove_call         *call,
                     const char                *pid,
                     const struct grove_expect *expect,
                     const char                *reason,
                     uint32_t                   wait_ms)
{
  struct test_source *self = data;
  struct waiting      waiting = { .kind = WAITING_CALL, .call = call, .is_exit = TRUE };

  if (target_of (self, call, pid, expect) == NULL)
    return;
  if (!self->deferred)
    {
      answer_exit (self, call, pid);
      return;
    }
  g_strlcpy (waiting.pid, pid, sizeof waiting.pid);
  wait_for_answer (self, &waiting);
}

static void
source_process_set_priority (void                      *data,
                             struct grove_call         *call,
                             const char                *pid,
                             const struct grove_expect *expect,
                             const char                *priority)
{
  struct test_source  *self = data;
  struct test_process *process = target_of (self, call, pid, expect);
  struct grove_writer *writer;

  if (process == NULL)
    return;
  self->n_effects++;
  writer = grove_call_begin (call);
  grove_writer_begin_object (writer);
  grove_writer_member_text (writer, "old", process->priority);
  grove_writer_member_text (writer, "new", priority);
  grove_writer_end_object (writer);
  process->priority = g_intern_string (priority);
  grove_call_end (call);
}

/* Knows only whose it is: what it suspends is what says "suspended". */
struct grove_source_lease
{
  struct test_source *source;
};

static struct grove_source_lease *
source_lease_new (void *data)
{
  struct grove_source_lease *lease = g_new0 (struct grove_source_lease, 1);

  lease->source = data;
  lease->source->n_leases++;
  return lease;
}

static void
source_lease_end (void *data, struct grove_source_lease *lease)
{
  struct test_source *self = data;

  g_assert_true (lease->source == self);
  self->n_leases--;
  for (guint i = 0; i < self->processes->len; i++)
    {
      struct test_process *process = self->processes->pdata[i];

      if (process != NULL && g_strcmp0 (process->status, "suspended") == 0)
        process->status = "waiting";
    }
  g_free (lease);
}

static void
set_status (struct test_source        *self,
            struct grove_call         *call,
            struct grove_source_lease *lease,
            const char                *pid,
            const struct grove_expect *expect,
            const char                *status)
{
  struct test_process *process = target_of (self, call, pid, expect);
  struct grove_writer *writer;

  g_assert_true (lease->source == self);
  if (process == NULL)
    return;
  self->n_effects++;
  process->status = status;
  writer = grove_call_begin (call);
  grove_writer_begin_object (writer);
  grove_writer_member_text (writer, "status", status);
  grove_writer_end_object (writer);
  grove_call_end (call);
}

static void
source_process_suspend (void                      *data,
                        struct grove_call         *call,
                        struct grove_source_lease *lease,
                        const char                *pid,
                        const struct grove_expect *expect)
{
  set_status (data, call, lease, pid, expect, "suspended");
}

static void
source_process_resume (void                      *data,
                       struct grove_call         *call,
                       struct grove_source_lease *lease,
                       const char                *pid,
                       const struct grove_expect *expect)
{
  set_status (data, call, lease, pid, expect, "waiting");
}

void
test_source_answer (struct test_source *self)
{
  guint64 count;

  (void) !read (self->fd, &count, sizeof count);
  while (self->waiting->len > 0)
    {
      g_autofree struct waiting *waiting =
        g_ptr_array_steal_index (self->waiting, self->waiting->len - 1);

      switch (waiting->kind)
        {
        case WAITING_ROWS:
          answer_rows (self, waiting->query, waiting->rows);
          break;
        case WAITING_NODES:
          answer_nodes (self, waiting->roots ? NULL : waiting->pid, waiting->limit, waiting->nodes);
          break;
        case WAITING_CALL:
        default:
          if (waiting->is_exit)
            answer_exit (self, waiting->call, waiting->pid);
          else
            answer_get (self, waiting->call, waiting->pid);
          break;
        }
    }
}

static const struct grove_source_ops ops = {
  .kind = "grove",
  .version = "0.1.0",
  .tables = &test_table,
  .n_tables = 1,
  .name = source_name,
  .instance = source_instance,
  .now_ns = source_now_ns,
  .absent = source_absent,
  .get_fd = source_get_fd,
  .dispatch = source_dispatch,
  .cancel = source_cancel,
  .begin_tick = source_begin_tick,
  .system_info = source_system_info,
  .system_sample = source_system_sample,
  .table_query = source_table_query,
  .tree_children = source_tree_children,
  .tree_revision = source_tree_revision,
  .tree_metrics = source_tree_metrics,
  .process_get = source_process_get,
  .process_messages = source_process_messages,
  .process_sample = source_process_sample,
  .process_exit = source_process_exit,
  .process_set_priority = source_process_set_priority,
  .lease_new = source_lease_new,
  .lease_end = source_lease_end,
  .process_suspend = source_process_suspend,
  .process_resume = source_process_resume,
};

struct test_source *
test_source_new (void)
{
  struct test_source *self = g_new0 (struct test_source, 1);

  self->source.ops = &ops;
  self->source.self = self;
  self->processes = g_ptr_array_new_with_free_func (process_free);
  self->roots = g_ptr_array_new ();
  self->roots_revision = 1;
  self->waiting = g_ptr_array_new ();
  self->now_ns = 1000;
  self->fd = eventfd (0, EFD_NONBLOCK | EFD_CLOEXEC);
  g_assert_cmpint (self->fd, >=, 0);
  return self;
}

void
test_source_free (struct test_source *self)
{
  test_source_answer (self);
  g_ptr_array_unref (self->waiting);
  g_ptr_array_unref (self->roots);
  g_ptr_array_unref (self->processes);
  close (self->fd);
  g_free (self);
}
