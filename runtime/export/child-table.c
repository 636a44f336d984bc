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

/* What the selection keeps of each: there may be many. What processes say is read again for the
 * window. */
struct entry
{
  struct grove_supervision_node node;
  struct grove_value            values[]; /* of the columns that are sorted by, if sampled */
};

struct reading
{
  const struct grove_table_query *query;
  struct grove_selection         *selection;
  bool                            sampling; /* order or filter want what only processes tell */
  uint64_t                        total;
  char                            text[4][GROVE_PID_TEXT_SIZE];
  unsigned                        next;
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

/* What the supervisor has published; text lives as long as @node. */
static void
node_value (const struct grove_supervision_node *node,
            uint32_t                             column,
            struct reading                      *reading,
            struct grove_value                  *ret)
{
  static const char *const kinds[] = { "application", "supervisor", "worker" };

  ret->type = grove_schema_tables[GROVE_TABLE_CHILDREN].columns[column].type;
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

static void
child_value (const void *row, uint32_t column, void *user_data, struct grove_value *ret)
{
  const struct child *child = row;

  ret->type = grove_schema_tables[GROVE_TABLE_CHILDREN].columns[column].type;
  if (!sample_value (child, column, ret))
    node_value (&child->node, column, user_data, ret);
}

static bool
is_sampled (uint32_t column)
{
  const struct child child = { .alive = false };
  struct grove_value value;

  return sample_value (&child, column, &value);
}

/* Of a column that is sorted by. */
static void
entry_value (const void *row, uint32_t column, void *user_data, struct grove_value *ret)
{
  const struct entry   *entry = row;
  const struct reading *reading = user_data;

  if (!is_sampled (column))
    {
      node_value (&entry->node, column, user_data, ret);
      return;
    }
  for (size_t i = 0; i < reading->query->n_sort; i++)
    if (reading->query->sort[i].column == column)
      *ret = entry->values[i];
}

static int
compare_ids (const void *a, const void *b)
{
  return strcmp (((const struct entry *) a)->node.id, ((const struct entry *) b)->node.id);
}

/* A filter may speak of anything. */
static bool
wants_samples (const struct grove_table_query *query)
{
  for (size_t i = 0; i < query->n_sort; i++)
    if (is_sampled (query->sort[i].column))
      return true;
  return query->filter != NULL;
}

static struct child
look_at (const struct grove_supervision_node *node, bool sampling)
{
  struct child child = { .node = *node };

  child.alive = sampling && node->pid && _grove_observe_process (node->pid, &child.sample);
  return child;
}

static void
offer (struct reading *reading, const struct grove_supervision_node *node)
{
  const struct grove_table_query *query = reading->query;
  const struct child              child = look_at (node, reading->sampling);
  union
  {
    struct entry entry;
    char         room[sizeof (struct entry) + GROVE_SORT_KEYS * sizeof (struct grove_value)];
  } row;

  reading->total++;
  if (query->keys == NULL && !grove_filter_accepts (query->filter, &child, child_value, reading))
    return;
  row.entry.node = *node;
  for (size_t i = 0; i < query->n_sort; i++)
    if (is_sampled (query->sort[i].column))
      child_value (&child, query->sort[i].column, reading, &row.entry.values[i]);
  grove_selection_offer (reading->selection, &row);
}

static void
write_children (struct reading *reading, struct grove_rows *rows)
{
  const void **window;
  const size_t n = grove_selection_window (reading->selection, &window);

  for (size_t i = 0; i < n; i++)
    {
      const struct entry *entry = window[i];
      const struct child  child = look_at (&entry->node, true);

      grove_answer_row (rows, reading->query, entry->node.id, &child, child_value, reading);
    }
}

void
_grove_source_child_table (struct grove_runtime_source    *self,
                           const struct grove_table_query *query,
                           struct grove_rows              *rows)
{
  struct grove_supervision_node nodes[A_TIME];
  struct reading                reading = { .query = query, .sampling = wants_samples (query) };
  struct grove_table_query      order = *query;
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
  /* The filter is asked here, of all columns. */
  order.filter = NULL;
  reading.selection =
    grove_selection_new (&order,
                         sizeof (struct entry) + query->n_sort * sizeof (struct grove_value),
                         entry_value, compare_ids, &reading);
  while (n > 0)
    {
      for (size_t i = 0; i < n; i++)
        offer (&reading, &nodes[i]);
      place = nodes[n - 1].place;
      n = 0;
      (void) _grove_supervision_children_after (parent, place, nodes, A_TIME, &n, &total);
    }
  write_children (&reading, rows);
  grove_selection_tell_anchor (reading.selection, rows);
  grove_rows_done (rows, reading.total, grove_selection_matched (reading.selection),
                   grove_now_ns ());
  grove_selection_free (reading.selection);
}
