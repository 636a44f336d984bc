/* SPDX-License-Identifier: MIT
 *
 * The table `applications`: the roots of the supervision forest, and those that are loaded and do
 * not run. How many processes each has is
 * counted when somebody wants to see it, in one pass over the processes.
 *
 * Server thread only.
 */
#include "protocol/answer.h"
#include "protocol/schema.h"
#include "runtime/export/runtime-source.h"
#include "runtime/otp/application-private.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* More than anybody starts; what is beyond is counted, not shown. */
#define MAX_APPLICATIONS 1024

struct application
{
  struct grove_supervision_node node;
  grove_pid                     top;
  uint64_t                      started_ns;
  uint64_t                      n_processes;
  uint64_t                      memory_bytes;
  const char *const            *needs;
  bool                          runs;
};

struct reading
{
  struct application *applications; /* by the number of the master */
  size_t              n;
  char                names[1024]; /* what is being written */
  char                pid[2][GROVE_PID_TEXT_SIZE];
  unsigned            next;
};

static const char *
pid_text (struct reading *reading, grove_pid pid)
{
  char *text = reading->pid[reading->next++ % 2];

  if (!pid)
    return "";
  grove_pid_print (pid, text);
  return text;
}

static const char *
state_name (enum grove_node_state state)
{
  switch (state)
    {
    case GROVE_NODE_STARTING:
      return "starting";
    case GROVE_NODE_STOPPING:
      return "stopping";
    case GROVE_NODE_RUNS:
    case GROVE_NODE_RESTARTING:
      break;
    }
  return "running";
}

static void
add_name (struct reading *reading, const char *name)
{
  const size_t used = strlen (reading->names);

  snprintf (reading->names + used, sizeof reading->names - used, "%s%s", used > 0 ? " " : "", name);
}

static const char *
say_needs (struct reading *reading, const struct application *application)
{
  reading->names[0] = '\0';
  for (const char *const *need = application->needs; need && *need; need++)
    add_name (reading, *need);
  return reading->names;
}

static bool
needs (const struct application *application, const char *name)
{
  for (const char *const *need = application->needs; need && *need; need++)
    if (strcmp (*need, name) == 0)
      return true;
  return false;
}

static const char *
say_needed_by (struct reading *reading, const struct application *application)
{
  reading->names[0] = '\0';
  for (size_t i = 0; i < reading->n; i++)
    if (reading->applications[i].runs && needs (&reading->applications[i], application->node.id))
      add_name (reading, reading->applications[i].node.id);
  return reading->names;
}

static void
application_value (const void *row, uint32_t column, void *user_data, struct grove_value *ret)
{
  const struct application *application = row;
  struct reading           *reading = user_data;

  ret->type = grove_schema_tables[GROVE_TABLE_APPLICATIONS].columns[column].type;
  switch ((enum grove_applications_column) column)
    {
    case GROVE_COLUMN_APPLICATIONS_NAME:
      ret->u.text = application->node.id;
      break;
    case GROVE_COLUMN_APPLICATIONS_PID:
      ret->u.text = pid_text (reading, application->node.pid);
      break;
    case GROVE_COLUMN_APPLICATIONS_TOP:
      ret->u.text = pid_text (reading, application->top);
      break;
    case GROVE_COLUMN_APPLICATIONS_STATUS:
      ret->u.text = application->runs ? state_name (application->node.state) : "loaded";
      break;
    case GROVE_COLUMN_APPLICATIONS_TYPE:
      ret->u.text = _grove_restart_name (application->node.restart);
      break;
    case GROVE_COLUMN_APPLICATIONS_PROCESSES:
      ret->u.integer = (int64_t) application->n_processes;
      break;
    case GROVE_COLUMN_APPLICATIONS_MEMORY:
      ret->u.integer = (int64_t) application->memory_bytes;
      break;
    case GROVE_COLUMN_APPLICATIONS_RESTARTS:
      ret->u.integer = (int64_t) application->node.tree_restarts;
      break;
    case GROVE_COLUMN_APPLICATIONS_NEEDS:
      ret->u.text = say_needs (reading, application);
      break;
    case GROVE_COLUMN_APPLICATIONS_NEEDED_BY:
      ret->u.text = say_needed_by (reading, application);
      break;
    case GROVE_COLUMN_APPLICATIONS_SYSTEM:
      ret->u.integer = false; /* none is */
      break;
    case GROVE_COLUMN_APPLICATIONS_STARTED_NS:
    case GROVE_N_COLUMNS_APPLICATIONS:
    default:
      ret->u.integer = (int64_t) application->started_ns;
      break;
    }
}

static int
compare_applications (const void *a, const void *b)
{
  return strcmp (((const struct application *) a)->node.id,
                 ((const struct application *) b)->node.id);
}

static int
compare_masters (const void *a, const void *b)
{
  const grove_pid x = ((const struct application *) a)->node.pid;
  const grove_pid y = ((const struct application *) b)->node.pid;

  return x < y ? -1 : x > y;
}

/* Most processes belong to the application that the one before belongs to, or to none. */
static bool
count (const struct grove_process_sample *sample, uint32_t slot, void *user_data)
{
  struct reading          *reading = user_data;
  const struct application key = { .node.pid = sample->group };
  struct application      *found;

  if (!sample->group)
    return true;
  found = bsearch (&key, reading->applications, reading->n, sizeof *reading->applications,
                   compare_masters);
  if (found)
    {
      found->n_processes++;
      found->memory_bytes += sample->memory_bytes;
    }
  return true;
}

static bool
wants_counts (const struct grove_table_query *query)
{
  for (size_t i = 0; i < query->n_columns; i++)
    if (query->columns[i] == GROVE_COLUMN_APPLICATIONS_PROCESSES ||
        query->columns[i] == GROVE_COLUMN_APPLICATIONS_MEMORY)
      return true;
  /* These may speak of them. */
  return query->n_sort > 0 || query->filter != NULL;
}

static void
read_one (struct application *application)
{
  struct grove_process_sample   sample;
  struct grove_supervision_node top;
  size_t                        n = 0, total = 0;

  application->runs = true;
  application->needs = _grove_supervision_needs (application->node.pid);
  if (_grove_observe_process (application->node.pid, &sample))
    application->started_ns = sample.started_ns;
  if (_grove_supervision_children_after (application->node.pid, 0, &top, 1, &n, &total) && n == 1)
    application->top = top.pid;
}

static void
read_all (struct reading *reading)
{
  struct grove_supervision_node nodes[16];
  uint64_t                      place = 0;
  size_t                        n = 0, total = 0;

  while (reading->n + 16 <= MAX_APPLICATIONS &&
         _grove_supervision_children_after (0, place, nodes, 16, &n, &total) && n > 0)
    for (size_t i = 0; i < n; i++)
      {
        struct application *application = &reading->applications[reading->n++];

        *application = (struct application){ .node = nodes[i] };
        place = nodes[i].place;
        read_one (application);
      }
}

/* Those that could be started. */
static void
read_loaded (struct reading *reading)
{
  const struct grove_application_spec **specs = calloc (MAX_APPLICATIONS, sizeof *specs);
  const size_t                          n_running = reading->n;
  size_t                                n;

  if (!specs)
    abort ();
  n = _grove_application_loaded (specs, MAX_APPLICATIONS);
  for (size_t i = 0; i < n && i < MAX_APPLICATIONS && reading->n < MAX_APPLICATIONS; i++)
    {
      struct application *application = &reading->applications[reading->n];
      size_t              r = 0;

      while (r < n_running && strcmp (reading->applications[r].node.id, specs[i]->name) != 0)
        r++;
      if (r < n_running)
        continue;
      *application = (struct application){ .needs = specs[i]->needs };
      snprintf (application->node.id, sizeof application->node.id, "%s", specs[i]->name);
      application->node.restart = _grove_application_restart (specs[i]->type);
      reading->n++;
    }
  free (specs);
}

void
_grove_source_application_table (struct grove_runtime_source    *self,
                                 const struct grove_table_query *query,
                                 struct grove_rows              *rows)
{
  struct reading          reading = { .n = 0 };
  struct grove_selection *selection =
    grove_selection_new (query, sizeof (struct application), application_value,
                         compare_applications, &reading);
  const void **window;
  size_t       n;

  reading.applications = calloc (MAX_APPLICATIONS, sizeof *reading.applications);
  if (!reading.applications)
    abort ();
  read_all (&reading);
  read_loaded (&reading);
  if (wants_counts (query))
    {
      qsort (reading.applications, reading.n, sizeof *reading.applications, compare_masters);
      _grove_observe_scan (count, &reading);
    }
  for (size_t i = 0; i < reading.n; i++)
    grove_selection_offer (selection, &reading.applications[i]);
  n = grove_selection_window (selection, &window);
  for (size_t i = 0; i < n; i++)
    grove_answer_row (rows, query, ((const struct application *) window[i])->node.id, window[i],
                      application_value, &reading);
  grove_selection_tell_anchor (selection, rows);
  grove_rows_done (rows, reading.n, grove_selection_matched (selection), grove_now_ns ());
  grove_selection_free (selection);
  free (reading.applications);
}
