/* SPDX-License-Identifier: MIT
 *
 * tree.open: the supervision forest. A tick walks the expanded nodes, parents first, asks the
 * source for the children of those whose revision changed, and sends the ops that this made. The
 * source may answer later, and is asked about several nodes at once: it works on the next while an
 * answer is taken in, and one that is slow holds up no other. When a walk makes more ops than an
 * update takes, everything is dropped and built anew in parts: a part is sent, and the walk goes on
 * when there is credit again.
 *
 * Threads: the server's.
 */
#include "protocol/forest.h"
#include "protocol/memory.h"
#include "protocol/methods.h"
#include "protocol/subscription.h"

#include <math.h>
#include <stdio.h>

/* Metrics of one update; the rest follow with the next. */
#define MAX_METRICS 4096
/* Ops and metrics of one update, with room for the envelope. */
#define PART_BYTES 900000
/* Questions to the source at once: enough to keep it and whoever reads the updates at work. */
#define MAX_QUESTIONS 4

/* Of the forest as it was at that change. */
struct listed
{
  uint64_t                   change;
  size_t                     n;
  struct grove_forest_node **nodes;
  uint64_t                  *handles;
  double                    *sent, *values;
};

enum question_state
{
  QUESTION_FREE,
  QUESTION_ASKED,
  QUESTION_ANSWERED,
};

/* About the children of a node. */
struct question
{
  struct tree_subscription *subscription;
  enum question_state       state;
  bool                      dropped;                    /* the tree was begun anew since */
  char                      pid[GROVE_SOURCE_PID_SIZE]; /* of the node; "": the roots */
  struct grove_nodes       *answer;                     /* NULL: never used */
};

struct tree_subscription
{
  struct grove_subscription base;
  struct grove_forest       forest;
  uint32_t                  max_children;
  uint32_t                  metric;
  struct listed             listed;

  bool            reset;    /* the next update says so */
  bool            walking;  /* somewhere between the first node and the last */
  bool            building; /* a reset is being filled up in parts */
  bool            stepping; /* walk() is on the stack */
  struct question questions[MAX_QUESTIONS];
};

static void walk (struct tree_subscription *self);

static void
got_answer (struct grove_nodes *answer, void *owner)
{
  struct question          *question = owner;
  struct tree_subscription *self = question->subscription;

  question->state = QUESTION_ANSWERED;
  /* If it is not busy it waits for credit, with what came. */
  if (!self->stepping && self->base.busy)
    walk (self);
}

/* NULL: none is. */
static struct question *
find_question (struct tree_subscription *self, enum question_state state)
{
  for (size_t i = 0; i < MAX_QUESTIONS; i++)
    if (self->questions[i].state == state)
      return &self->questions[i];
  return NULL;
}

static void
ask (struct tree_subscription *self, struct question *question, struct grove_forest_node *node)
{
  const struct grove_source *source = grove_server_session_host (self->base.session)->source;
  const char                *pid = node != &self->forest.root ? node->pid : NULL;

  memcpy (question->pid, node->pid, sizeof question->pid);
  if (question->answer == NULL)
    question->answer = grove_nodes_new ();
  question->subscription = self;
  question->dropped = false;
  question->state = QUESTION_ASKED;
  grove_nodes_ask (question->answer, source, pid, self->max_children, got_answer, question);
}

/* The node the answer is about; NULL when it is not shown, or not expanded, any more. */
static struct grove_forest_node *
asked_node (struct tree_subscription *self, const struct question *question)
{
  struct grove_forest_node *node;

  if (question->dropped)
    return NULL;
  if (question->pid[0] == '\0')
    return &self->forest.root;
  node = grove_forest_find (&self->forest, question->pid);
  return node != NULL && node->expanded ? node : NULL;
}

/* True when the ops of this answer are for the next part. */
static bool
part_is_full (const struct tree_subscription *self, const struct grove_nodes *answer)
{
  return self->building && self->forest.n_ops > 0 &&
         (self->forest.n_ops + answer->n > GROVE_LIMIT_TREE_OPS ||
          self->forest.ops.size + answer->writer.size + answer->n * 128 > PART_BYTES);
}

/* Takes an answer into the forest. False when this part is full. */
static bool
use_answer (struct tree_subscription *self, struct question *question)
{
  struct grove_forest_node *node = asked_node (self, question);
  const struct grove_nodes *answer = question->answer;

  if (node != NULL && part_is_full (self, answer))
    return false;
  question->state = QUESTION_FREE;
  if (node == NULL)
    return true;
  if (!answer->unknown)
    grove_forest_update (&self->forest, node, answer);
  node->asked = !answer->gone && !answer->unknown;
  node->revision = answer->revision;
  grove_forest_enqueue_children (&self->forest, node);
  return true;
}

/* Their memory, but for that of the first: most walks ask little. */
static void
release_answers (struct tree_subscription *self)
{
  for (size_t i = 1; i < MAX_QUESTIONS; i++)
    {
      grove_nodes_release (self->questions[i].answer);
      self->questions[i].answer = NULL;
    }
}

static bool
is_unchanged (const struct tree_subscription *self, const struct grove_forest_node *node)
{
  const struct grove_source *source = grove_server_session_host (self->base.session)->source;
  const char                *pid = node != &self->forest.root ? node->pid : NULL;
  uint64_t                   revision;

  if (!node->asked || source->ops->tree_revision == NULL)
    return false;
  revision = source->ops->tree_revision (source->self, pid);
  return revision != 0 && revision == node->revision;
}

/* The nodes, with their handles and the metrics the client has, side by side: looking at all of a
 * big tree at every tick goes through these, and not from node to node. */
static void
list_nodes (struct tree_subscription *self)
{
  struct listed *listed = &self->listed;
  const size_t   n = self->forest.n_nodes;

  if (listed->change == self->forest.change)
    return;
  listed->change = self->forest.change;
  listed->nodes = grove_must_resize (listed->nodes, n, sizeof (struct grove_forest_node *));
  listed->handles = grove_must_resize (listed->handles, n, sizeof *listed->handles);
  listed->sent = grove_must_resize (listed->sent, n, sizeof *listed->sent);
  listed->values = grove_must_resize (listed->values, n, sizeof *listed->values);
  listed->n = 0;
  for (size_t i = 0; i < self->forest.n_buckets; i++)
    for (struct grove_forest_node *node = self->forest.buckets[i]; node != NULL;
         node = node->next_in_bucket)
      {
        listed->nodes[listed->n] = node;
        listed->handles[listed->n] = node->handle;
        listed->sent[listed->n++] = node->metric;
      }
}

/* Writes the metrics that changed. Returns how many; *ret_more says that there are others. */
static size_t
write_metrics (struct tree_subscription *self, struct grove_writer *writer, bool *ret_more)
{
  const struct grove_source *source = grove_server_session_host (self->base.session)->source;
  struct listed             *listed = &self->listed;
  size_t                     n_written = 0;

  if (source->ops->tree_metrics == NULL || self->forest.n_nodes == 0)
    return 0;
  list_nodes (self);
  source->ops->tree_metrics (source->self, self->metric, listed->handles, listed->n,
                             listed->values);
  for (size_t i = 0; i < listed->n; i++)
    {
      if (isnan (listed->values[i]) || listed->values[i] == listed->sent[i])
        continue;
      if (n_written == MAX_METRICS || writer->size > GROVE_LIMIT_MESSAGE - 4096)
        {
          *ret_more = true;
          break;
        }
      listed->sent[i] = listed->nodes[i]->metric = listed->values[i];
      grove_writer_begin_array (writer);
      grove_writer_text (writer, listed->nodes[i]->pid);
      grove_writer_real (writer, listed->values[i]);
      grove_writer_end_array (writer);
      n_written++;
    }
  return n_written;
}

static void
send_update (struct tree_subscription *self)
{
  const struct grove_source *source = grove_server_session_host (self->base.session)->source;
  struct grove_forest       *forest = &self->forest;
  struct grove_writer       *writer = grove_subscription_begin (&self->base, "tree.update");
  size_t                     n_metrics = 0;
  bool                       more = false;

  grove_writer_member_int (writer, "t", (int64_t) source->ops->now_ns (source->self));
  if (self->reset)
    grove_writer_member_bool (writer, "reset", true);
  grove_writer_name (writer, "ops");
  grove_writer_begin_array (writer);
  if (forest->n_ops > 0)
    grove_writer_raw (writer, forest->ops.bytes, forest->ops.size);
  grove_writer_end_array (writer);
  grove_writer_name (writer, "metrics");
  grove_writer_begin_array (writer);
  if (!self->walking)
    n_metrics = write_metrics (self, writer, &more);
  grove_writer_end_array (writer);
  grove_writer_member_int (writer, "total", (int64_t) forest->n_nodes);
  if ((forest->n_ops == 0 && n_metrics == 0 && !self->reset) ||
      !grove_subscription_send (&self->base))
    return;
  self->reset = false;
  grove_forest_clear_ops (forest);
  if (more)
    grove_subscription_wake (&self->base);
}

static void
begin_anew (struct tree_subscription *self)
{
  grove_forest_clear (&self->forest);
  for (size_t i = 0; i < MAX_QUESTIONS; i++)
    self->questions[i].dropped = true;
  self->walking = false;
  self->building = true;
  self->reset = true;
  grove_subscription_wake (&self->base);
}

/* Asks about the next node, or passes over it. False when the source has to be waited for. */
static bool
step (struct tree_subscription *self)
{
  struct grove_forest      *forest = &self->forest;
  struct grove_forest_node *node = grove_forest_first_queued (forest);
  struct question          *question;

  if (node == NULL)
    return false;
  if (node->expanded && !is_unchanged (self, node))
    {
      question = find_question (self, QUESTION_FREE);
      if (question == NULL)
        return false;
      grove_forest_dequeue (forest, node);
      ask (self, question, node);
      return true;
    }
  grove_forest_dequeue (forest, node);
  if (node->expanded)
    grove_forest_enqueue_children (forest, node);
  return true;
}

/* A source that answers later has the next questions while the client reads. */
static void
ask_ahead (struct tree_subscription *self)
{
  const struct question *question;

  while ((question = find_question (self, QUESTION_FREE)) != NULL && step (self) &&
         question->state != QUESTION_ANSWERED)
    ;
}

/* Goes on until the source has to be waited for, the part is full, or all is seen; then sends. */
static void
walk (struct tree_subscription *self)
{
  struct grove_forest *forest = &self->forest;
  struct question     *question;
  bool                 full = false, steps = true;

  self->stepping = true;
  while (!full && !forest->overflown && steps)
    {
      question = find_question (self, QUESTION_ANSWERED);
      if (question != NULL)
        full = !use_answer (self, question);
      else
        steps = step (self);
    }
  if (full)
    ask_ahead (self);
  self->stepping = false;
  self->base.busy = !full && !forest->overflown && find_question (self, QUESTION_ASKED) != NULL;
  if (self->base.busy)
    return;
  if (forest->overflown)
    {
      begin_anew (self);
      return;
    }
  if (!full)
    {
      self->walking = self->building = false;
      release_answers (self);
    }
  send_update (self);
  if (full)
    grove_subscription_wake (&self->base);
}

static void
announce_metric (const struct tree_subscription *self)
{
  const struct grove_source *source = grove_server_session_host (self->base.session)->source;

  if (source->ops->tree_metrics != NULL)
    source->ops->tree_metrics (source->self, self->metric, NULL, 0, NULL);
}

static void
tick (struct grove_subscription *base)
{
  struct tree_subscription *self = (struct tree_subscription *) base;

  grove_host_sample (grove_server_session_host (base->session));
  if (!self->walking)
    {
      announce_metric (self);
      self->walking = true;
      grove_forest_enqueue (&self->forest, &self->forest.root);
    }
  walk (self);
}

static void
destroy (struct grove_subscription *base)
{
  struct tree_subscription *self = (struct tree_subscription *) base;

  for (size_t i = 0; i < MAX_QUESTIONS; i++)
    grove_nodes_release (self->questions[i].answer);
  grove_forest_finish (&self->forest);
  free (self->listed.nodes);
  free (self->listed.handles);
  free (self->listed.sent);
  free (self->listed.values);
  free (self);
}

static const struct grove_subscription_ops ops = {
  .kind = "tree",
  .tick = tick,
  .free = destroy,
};

/* The column a metric names; false after answering that there is none. */
static bool
read_metric (struct grove_server_session *session,
             int64_t                      id,
             struct json_object          *params,
             uint32_t                    *ret_column)
{
  const struct grove_table *table =
    grove_host_find_table (grove_server_session_host (session), "processes", NULL);
  const char *name = grove_params_text (params, "metric");
  int         column = table != NULL ? grove_table_find_column (table, name) : -1;

  if (column < 0 || table->columns[column].type == GROVE_COLUMN_TEXT)
    {
      grove_server_session_fail (session, id, GROVE_ERROR_INVALID_PARAMS, NULL,
                                 "\"metric\" is a column of the table \"processes\" that holds "
                                 "numbers");
      return false;
    }
  *ret_column = (uint32_t) column;
  return true;
}

static void
reply_sub (struct grove_server_session     *session,
           int64_t                          id,
           const struct grove_subscription *subscription)
{
  struct grove_writer *writer = grove_server_session_begin_reply (session, id);

  grove_writer_begin_object (writer);
  grove_writer_member_int (writer, "sub", subscription->id);
  grove_writer_end_object (writer);
  grove_server_session_end_reply (session);
}

void
grove_handle_tree_open (struct grove_server_session *session,
                        int64_t                      id,
                        struct json_object          *params)
{
  struct tree_subscription *self;
  uint32_t                  metric;

  if (!read_metric (session, id, params, &metric))
    return;
  self = grove_must_zero (sizeof *self);
  grove_subscription_init (&self->base, &ops, grove_params_int (params, "interval_ms", 1000));
  grove_forest_init (&self->forest, (unsigned) grove_params_int (params, "depth", 0));
  self->max_children = (uint32_t) grove_params_int (params, "max_children", 1);
  self->metric = metric;
  self->reset = self->building = true;
  if (!grove_server_session_subscribe (session, &self->base))
    {
      destroy (&self->base);
      grove_subscription_refuse (session, id);
      return;
    }
  reply_sub (session, id, &self->base);
}

void
grove_tree_set (struct grove_server_session *session,
                struct grove_subscription   *subscription,
                int64_t                      id,
                struct json_object          *params)
{
  struct tree_subscription *self = (struct tree_subscription *) subscription;
  uint32_t                  metric = self->metric;

  if (grove_params_get (params, "metric") != NULL && !read_metric (session, id, params, &metric))
    return;
  if (metric != self->metric)
    {
      self->metric = metric;
      for (size_t i = 0; i < self->forest.n_buckets; i++)
        for (struct grove_forest_node *node = self->forest.buckets[i]; node != NULL;
             node = node->next_in_bucket)
          node->metric = NAN;
      self->forest.change++;
      grove_subscription_wake (subscription);
    }
  if (grove_params_get (params, "interval_ms") != NULL)
    grove_subscription_set_interval (subscription, grove_params_int (params, "interval_ms", 1000));
  reply_sub (session, id, subscription);
}

static void
refuse_to_expand (
  struct grove_server_session *session, int64_t id, const char *limit, const char *what, int value)
{
  char data[64];

  (void) snprintf (data, sizeof data, "{\"limit\":\"tree_%s\",\"value\":%d}", limit, value);
  grove_server_session_fail (session, id, GROVE_ERROR_LIMIT, data, "a tree shows at most %d %s",
                             value, what);
}

void
grove_tree_fold (struct grove_server_session *session,
                 struct grove_subscription   *subscription,
                 int64_t                      id,
                 const char                  *pid,
                 bool                         expand)
{
  struct tree_subscription *self = (struct tree_subscription *) subscription;
  struct grove_forest_node *node = grove_forest_find (&self->forest, pid);
  struct grove_writer      *writer;

  if (node == NULL)
    {
      grove_server_session_fail (session, id, GROVE_ERROR_NO_PROCESS, NULL,
                                 "%s is not in this tree", pid);
      return;
    }
  if (expand && self->forest.n_nodes >= GROVE_LIMIT_TREE_NODES)
    {
      refuse_to_expand (session, id, "nodes", "processes", GROVE_LIMIT_TREE_NODES);
      return;
    }
  if (expand && node->level + 1 >= GROVE_LIMIT_TREE_LEVELS)
    {
      refuse_to_expand (session, id, "levels", "levels", GROVE_LIMIT_TREE_LEVELS);
      return;
    }
  grove_forest_fold (&self->forest, node, expand);
  grove_subscription_wake (subscription);
  writer = grove_server_session_begin_reply (session, id);
  grove_writer_begin_object (writer);
  grove_writer_member_bool (writer, "expanded", expand);
  grove_writer_end_object (writer);
  grove_server_session_end_reply (session);
}
