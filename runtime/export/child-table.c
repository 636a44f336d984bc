/* SPDX-License-Identifier: MIT
 *
 * The table `children`: those of one supervisor or application, also of one that has a hundred
 * thousand. They are copied from the forest a few at a time, so that the supervisor, which
 * publishes there, never waits for long; only the rows of the window are kept.
 *
 * Server thread only.
 */
#include "protocol/answer.h"
#include "protocol/schema.h"
#include "runtime/export/runtime-source.h"

#include <stdio.h>
#include <string.h>

#define A_TIME 64

struct child
{
  struct grove_supervision_node node;
  struct grove_process_sample   sample; /* when `alive` */
  bool                          alive;
};

struct reading
{
  bool     sampling; /* somebody wants to know what only the process can tell */
  char     text[4][GROVE_PID_TEXT_SIZE];
  unsigned next;
};

const char *
_grove_restart_name (enum grove_restart restart)
{
  switch (restart)
    {
    case GROVE_TRANSIENT:
      return "transient";
    case GROVE_TEMPORARY:
      return "temporary";
    case GROVE_PERMANENT:
      break;
    }
  return "permanent";
}

static const char *
made_text (struct reading *reading, grove_pid pid)
{
  char *text = reading->text[reading->next++ % 4];

  if (!pid)
    return "";
  grove_pid_print (pid, text);
  return text;
}

static const char *
shutdown_text (struct reading *reading, uint32_t shutdown_ms)
{
  char *text = reading->text[reading->next++ % 4];

  if (shutdown_ms == GROVE_SHUTDOWN_KILL)
    return "brutal_kill";
  if (shutdown_ms == GROVE_SHUTDOWN_INFINITY)
    return "infinity";
  snprintf (text, sizeof reading->text[0], "%u", shutdown_ms);
  return text;
}

static const char *
status_text (const struct child *child)
{
  if (child->alive)
    return _grove_status_name (child->sample.status);
  if (child->node.pid)
    return "exiting";
  return child->node.state == GROVE_NODE_RESTARTING ? "restarting" : "terminated";
}

/* What the process says of itself; false: @column is none of it. */
static bool
sample_value (const struct child *child, uint32_t column, struct grove_value *ret)
{
  const struct grove_process_sample *sample = &child->sample;

  switch (column)
    {
    case GROVE_COLUMN_CHILDREN_NAME:
      ret->u.text = child->alive ? _grove_sample_name (sample) : "";
      return true;
    case GROVE_COLUMN_CHILDREN_STATUS:
      ret->u.text = status_text (child);
      return true;
    case GROVE_COLUMN_CHILDREN_MESSAGES:
      ret->u.integer = child->alive ? (int64_t) sample->n_messages : 0;
      return true;
    case GROVE_COLUMN_CHILDREN_MEMORY:
      ret->u.integer = child->alive ? (int64_t) sample->memory_bytes : 0;
      return true;
    case GROVE_COLUMN_CHILDREN_REDUCTIONS:
      ret->u.integer = child->alive ? (int64_t) sample->reductions : 0;
      return true;
    case GROVE_COLUMN_CHILDREN_INITIAL:
      ret->u.text = child->alive ? sample->initial : "";
      return true;
    case GROVE_COLUMN_CHILDREN_STARTED_NS:
      ret->u.integer = child->alive ? (int64_t) sample->started_ns : 0;
      return true;
    default:
      return false;
    }
}

static void
child_value (const void *row, uint32_t column, void *user_data, struct grove_value *ret)
{
  static const char *const             kinds[] = { "application", "supervisor", "worker" };
  const struct child                  *child = row;
  const struct grove_supervision_node *node = &child->node;
  struct reading                      *reading = user_data;

  ret->type = grove_schema_tables[GROVE_TABLE_CHILDREN].columns[column].type;
  if (sample_value (child, column, ret))
    return;
  switch (column)
    {
    case GROVE_COLUMN_CHILDREN_ID:
      ret->u.text = node->id;
      break;
    case GROVE_COLUMN_CHILDREN_PID:
      ret->u.text = made_text (reading, node->pid);
      break;
    case GROVE_COLUMN_CHILDREN_KIND:
      ret->u.text = kinds[node->kind];
      break;
    case GROVE_COLUMN_CHILDREN_RESTART_TYPE:
      ret->u.text = _grove_restart_name (node->restart);
      break;
    case GROVE_COLUMN_CHILDREN_SHUTDOWN:
      ret->u.text = shutdown_text (reading, node->shutdown_ms);
      break;
    case GROVE_COLUMN_CHILDREN_SIGNIFICANT:
      ret->u.integer = node->significant;
      break;
    case GROVE_COLUMN_CHILDREN_RESTARTS:
      ret->u.integer = node->restarts;
      break;
    case GROVE_COLUMN_CHILDREN_CHILDREN:
      ret->u.integer = node->n_children;
      break;
    case GROVE_COLUMN_CHILDREN_STRATEGY:
      ret->u.text = node->strategy;
      break;
    case GROVE_COLUMN_CHILDREN_PLACE:
    default:
      ret->u.integer = (int64_t) node->place;
      break;
    }
}

static int
compare_ids (const void *a, const void *b)
{
  return strcmp (((const struct child *) a)->node.id, ((const struct child *) b)->node.id);
}

static bool
is_sampled (uint32_t column)
{
  const struct child child = { .alive = false };
  struct grove_value value;

  return sample_value (&child, column, &value);
}

/* A filter may speak of anything. */
static bool
wants_samples (const struct grove_table_query *query)
{
  for (size_t i = 0; i < query->n_columns; i++)
    if (is_sampled (query->columns[i]))
      return true;
  for (size_t i = 0; i < query->n_sort; i++)
    if (is_sampled (query->sort[i].column))
      return true;
  return query->filter != NULL;
}

static void
offer (struct grove_selection *selection, bool sampling, const struct grove_supervision_node *node)
{
  struct child child = { .node = *node };

  child.alive = sampling && node->pid && _grove_observe_process (node->pid, &child.sample);
  grove_selection_offer (selection, &child);
}

void
_grove_source_child_table (struct grove_runtime_source    *self,
                           const struct grove_table_query *query,
                           struct grove_rows              *rows)
{
  struct grove_supervision_node nodes[A_TIME];
  struct reading                reading = { .sampling = wants_samples (query) };
  struct grove_selection       *selection;
  const void                  **window;
  grove_pid                     parent;
  uint64_t                      place = 0;
  size_t                        n = 0, total = 0;

  /* 0 is the pid of nobody, and stands for the roots of the forest. */
  if (!grove_pid_parse (query->of, strlen (query->of), &parent) || !parent)
    {
      grove_rows_fail (rows, GROVE_ERROR_INVALID_PARAMS, "\"of\" is a pid, like <0.123.0>");
      return;
    }
  if (!_grove_supervision_children_after (parent, 0, nodes, A_TIME, &n, &total))
    {
      grove_rows_fail (rows, GROVE_ERROR_NO_PROCESS, "that process supervises nobody");
      return;
    }
  selection =
    grove_selection_new (query, sizeof (struct child), child_value, compare_ids, &reading);
  while (n > 0)
    {
      for (size_t i = 0; i < n; i++)
        offer (selection, reading.sampling, &nodes[i]);
      place = nodes[n - 1].place;
      n = 0;
      (void) _grove_supervision_children_after (parent, place, nodes, A_TIME, &n, &total);
    }
  n = grove_selection_window (selection, &window);
  for (size_t i = 0; i < n; i++)
    grove_answer_row (rows, query, ((const struct child *) window[i])->node.id, window[i],
                      child_value, &reading);
  grove_selection_tell_anchor (selection, rows);
  grove_rows_done (rows, grove_selection_total (selection), grove_selection_matched (selection),
                   grove_now_ns ());
  grove_selection_free (selection);
}
