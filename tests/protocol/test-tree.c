/* SPDX-License-Identifier: MIT
 *
 * Tests protocol/subscription-tree.c and forest.c: applying the operations gives the forest.
 */
#include "tests/protocol/test-wire.h"

#include <string.h>

/* A client's node. */
struct view_node
{
  char               *pid;
  struct json_object *node;
  struct view_node   *parent;
  GPtrArray          *children;
  double              metric;
  gboolean            has_metric;
};

struct view
{
  GHashTable *nodes; /* pid -> struct view_node */
  GPtrArray  *roots;
  gint64      sub, seq;
  guint       n_updates, n_ops, n_resets, max_ops;
};

static void
view_init (struct view *view)
{
  memset (view, 0, sizeof *view);
  view->nodes = g_hash_table_new (g_str_hash, g_str_equal);
  view->roots = g_ptr_array_new ();
}

static void
remove_node (struct view *view, struct view_node *node)
{
  while (node->children->len > 0)
    {
      struct view_node *child = g_ptr_array_steal_index (node->children, node->children->len - 1);

      remove_node (view, child);
    }
  g_hash_table_remove (view->nodes, node->pid);
  g_ptr_array_unref (node->children);
  json_object_put (node->node);
  g_free (node->pid);
  g_free (node);
}

static void
view_clear (struct view *view)
{
  while (view->roots->len > 0)
    remove_node (view, g_ptr_array_steal_index (view->roots, view->roots->len - 1));
}

static void
view_finish (struct view *view)
{
  view_clear (view);
  g_hash_table_unref (view->nodes);
  g_ptr_array_unref (view->roots);
}

static struct view_node *
view_find (struct view *view, struct json_object *pid)
{
  struct view_node *node = g_hash_table_lookup (view->nodes, json_object_get_string (pid));

  g_assert_nonnull (node);
  return node;
}

static void
set_node (struct view *view, struct view_node *node, struct json_object *json)
{
  json_object_put (node->node);
  node->node = json_object_get (json);
  if (node->pid != NULL)
    g_hash_table_remove (view->nodes, node->pid);
  g_free (node->pid);
  node->pid = g_strdup (test_text (json, "pid"));
  g_assert_false (g_hash_table_contains (view->nodes, node->pid));
  g_hash_table_insert (view->nodes, node->pid, node);
}

static GPtrArray *
siblings_of (struct view *view, struct view_node *parent)
{
  return parent != NULL ? parent->children : view->roots;
}

static void
apply_add (struct view *view, struct json_object *op)
{
  struct json_object *parent = json_object_array_get_idx (op, 1);
  struct view_node   *node = g_new0 (struct view_node, 1);
  gint                index = json_object_get_int (json_object_array_get_idx (op, 2));

  node->children = g_ptr_array_new ();
  node->parent = parent != NULL ? view_find (view, parent) : NULL;
  set_node (view, node, json_object_array_get_idx (op, 3));
  g_assert_cmpint (index, <=, siblings_of (view, node->parent)->len);
  g_ptr_array_insert (siblings_of (view, node->parent), index, node);
}

static void
apply_op (struct view *view, struct json_object *op)
{
  const char       *name = json_object_get_string (json_object_array_get_idx (op, 0));
  struct view_node *node;

  if (g_str_equal (name, "add"))
    {
      apply_add (view, op);
      return;
    }
  node = view_find (view, json_object_array_get_idx (op, 1));
  if (g_str_equal (name, "del"))
    {
      g_ptr_array_remove (siblings_of (view, node->parent), node);
      remove_node (view, node);
    }
  else if (g_str_equal (name, "set"))
    {
      g_assert_cmpstr (node->pid, ==, test_text (json_object_array_get_idx (op, 2), "pid"));
      set_node (view, node, json_object_array_get_idx (op, 2));
    }
  else if (g_str_equal (name, "replace"))
    {
      while (node->children->len > 0)
        remove_node (view, g_ptr_array_steal_index (node->children, node->children->len - 1));
      node->has_metric = FALSE;
      set_node (view, node, json_object_array_get_idx (op, 2));
    }
  else if (g_str_equal (name, "move"))
    {
      g_ptr_array_remove (siblings_of (view, node->parent), node);
      g_ptr_array_insert (siblings_of (view, node->parent),
                          json_object_get_int (json_object_array_get_idx (op, 2)), node);
    }
  else
    g_error ("no such op: %s", name);
}

static void
view_apply (struct view *view, struct json_object *update)
{
  struct json_object *ops = test_member (update, "ops");
  struct json_object *metrics = test_member (update, "metrics");

  g_assert_cmpint (test_int (update, "seq"), ==, ++view->seq);
  view->n_updates++;
  view->n_ops += json_object_array_length (ops);
  view->max_ops = MAX (view->max_ops, json_object_array_length (ops));
  if (json_object_object_get_ex (update, "reset", NULL))
    {
      view_clear (view);
      view->n_resets++;
    }
  for (gsize i = 0; i < json_object_array_length (ops); i++)
    apply_op (view, json_object_array_get_idx (ops, i));
  for (gsize i = 0; i < json_object_array_length (metrics); i++)
    {
      struct json_object *pair = json_object_array_get_idx (metrics, i);
      struct view_node   *node = view_find (view, json_object_array_get_idx (pair, 0));

      node->metric = json_object_get_double (json_object_array_get_idx (pair, 1));
      node->has_metric = TRUE;
    }
  g_assert_cmpint (test_int (update, "total"), ==, g_hash_table_size (view->nodes));
}

/* Answers what the source deferred, takes all updates and acknowledges them, until it is quiet. */
static void
catch_up (struct view *view, struct test_wire *wire)
{
  gboolean more = TRUE;

  while (more)
    {
      struct json_object *update;

      more = wire->source->waiting->len > 0;
      test_source_answer (wire->source);
      test_wire_pump (wire);
      while ((update = test_wire_next (wire, "tree.update")) != NULL)
        {
          view_apply (view, update);
          test_wire_ack (wire, "tree.ack", view->sub, view->seq);
          more = TRUE;
        }
    }
}

static gint64
member_int (struct json_object *object, const char *name)
{
  struct json_object *value;

  return json_object_object_get_ex (object, name, &value) ? json_object_get_int64 (value) : 0;
}

/* Compares from the roots down, as far as nodes are expanded. */
static void
check_level (struct view *view, GPtrArray *have, GPtrArray *want)
{
  g_assert_cmpuint (have->len, ==, want->len);
  for (guint i = 0; i < want->len; i++)
    {
      struct test_process *process = want->pdata[i];
      struct view_node    *node = have->pdata[i];
      struct json_object  *expanded = NULL;
      char                 pid[GROVE_SOURCE_PID_SIZE];

      test_source_pid (process, pid);
      g_assert_cmpstr (node->pid, ==, pid);
      g_assert_cmpstr (test_text (node->node, "name"), ==, process->name);
      g_assert_cmpint (member_int (node->node, "children"), ==, process->children->len);
      g_assert_cmpint (member_int (node->node, "restarts"), ==, process->restarts);
      g_assert_true (node->has_metric);
      g_assert_cmpfloat (node->metric, ==, (double) process->messages);
      if (json_object_object_get_ex (node->node, "expanded", &expanded))
        check_level (view, node->children, process->children);
      else
        g_assert_cmpuint (node->children->len, ==, 0);
    }
}

static void
check (struct view *view, struct test_wire *wire)
{
  check_level (view, view->roots, wire->source->roots);
}

static void
open_tree (struct test_wire *wire, struct view *view, guint depth)
{
  g_autofree char *params = g_strdup_printf ("{\"depth\":%u,\"max_children\":1000,"
                                             "\"metric\":\"messages\",\"interval_ms\":100}",
                                             depth);

  test_wire_open (wire, "observe");
  view_init (view);
  view->sub = test_int (test_wire_ask (wire, "tree.open", params), "sub");
}

static struct test_process *
any (struct test_source *source)
{
  return source->processes->pdata[g_test_rand_int_range (0, (gint32) source->processes->len)];
}

static guint
any_index (GPtrArray *among)
{
  return (guint) g_test_rand_int_range (0, (gint32) among->len + 1);
}

static void
change_something (struct test_source *source)
{
  struct test_process *process = any (source);
  GPtrArray           *among = process->parent != NULL ? process->parent->children : source->roots;

  switch (g_test_rand_int_range (0, 8))
    {
    case 0:
      if (source->processes->len > 10)
        test_source_kill (source, process);
      break;
    case 1:
    case 2:
      test_source_restart (source, process);
      break;
    case 3:
    case 4:
      test_source_spawn (source, process, any_index (process->children), "worker");
      break;
    case 5:
      test_source_spawn (source, NULL, any_index (source->roots), "app");
      break;
    case 6:
      test_source_move (source, process, any_index (among));
      break;
    default:
      process->messages = g_test_rand_int_range (0, 100);
      process->status = g_test_rand_bit () ? "running" : "waiting";
      test_source_touch (source, process);
      break;
    }
}

static void
fold_something (struct test_wire *wire, struct view *view)
{
  GHashTableIter    iter;
  struct view_node *node = NULL;
  guint n = (guint) g_test_rand_int_range (0, (gint32) g_hash_table_size (view->nodes) + 1);
  g_autofree char *params = NULL;

  g_hash_table_iter_init (&iter, view->nodes);
  while (n-- > 0)
    if (!g_hash_table_iter_next (&iter, NULL, (gpointer *) &node))
      break;
  if (node == NULL)
    return;
  params = g_strdup_printf ("{\"sub\":%d,\"pid\":\"%s\"}", (gint) view->sub, node->pid);
  test_wire_ask (wire, g_test_rand_bit () ? "tree.expand" : "tree.collapse", params);
}

/* Whatever happens to a random forest, the client's copy follows it. */
static void
test_equals_truth (gconstpointer deferred)
{
  struct test_source *source = test_source_new ();
  struct test_wire   *wire;
  struct view         view;

  for (guint i = 0; i < 30; i++)
    test_source_spawn (source, i < 3 ? NULL : any (source), 0, "first");
  wire = test_wire_new (source);
  source->deferred = deferred != NULL;
  open_tree (wire, &view, 3);
  catch_up (&view, wire);
  check (&view, wire);
  for (guint i = 0; i < 400; i++)
    {
      guint n = (guint) g_test_rand_int_range (0, 6);

      while (n-- > 0)
        change_something (source);
      if (i % 7 == 0)
        fold_something (wire, &view);
      test_wire_advance (wire, 100);
      catch_up (&view, wire);
      check (&view, wire);
    }
  g_assert_cmpuint (view.n_resets, ==, 1);
  view_finish (&view);
  test_wire_free (wire);
}

static struct test_wire *
new_shop (void)
{
  struct test_source  *source = test_source_new ();
  struct test_process *top = test_source_spawn (source, NULL, 0, "shop");
  struct test_process *middle = test_source_spawn (source, top, 0, "shop_sup");

  for (guint i = 0; i < 4; i++)
    test_source_spawn (source, middle, i, "worker");
  test_source_spawn (source, NULL, 1, "other");
  return test_wire_new (source);
}

/* A restarted worker takes its predecessor's place with one operation. */
static void
test_replace (void)
{
  struct test_wire    *wire = new_shop ();
  struct json_object  *ops;
  struct test_process *worker;
  struct view          view;

  open_tree (wire, &view, 4);
  catch_up (&view, wire);
  check (&view, wire);
  worker = test_source_find (wire->source, "<0.4.0>");
  test_source_restart (wire->source, worker);
  test_wire_advance (wire, 100);
  ops = test_member (test_wire_next (wire, "tree.update"), "ops");
  g_assert_cmpuint (json_object_array_length (ops), ==, 1);
  g_assert_cmpstr (json_object_to_json_string_ext (json_object_array_get_idx (ops, 0),
                                                   JSON_C_TO_STRING_PLAIN),
                   ==,
                   "[\"replace\",\"<0.4.0>\",{\"pid\":\"<0.8.0>\",\"kind\":\"worker\","
                   "\"name\":\"worker\",\"status\":\"waiting\",\"restarts\":1}]");
  view_finish (&view);
  test_wire_free (wire);
}

/* Only what is expanded is asked for, and only when its revision changed. */
static void
test_asks_little (void)
{
  struct test_wire *wire = new_shop ();
  struct view       view;
  guint             asked;

  open_tree (wire, &view, 1);
  catch_up (&view, wire);
  check (&view, wire);
  g_assert_cmpuint (g_hash_table_size (view.nodes), ==, 3);
  asked = wire->source->n_children_asked;
  test_wire_advance (wire, 100);
  g_assert_cmpuint (wire->source->n_children_asked, ==, asked);
  g_assert_null (test_wire_next (wire, "tree.update"));

  test_wire_ask (wire, "tree.expand", "{\"sub\":1,\"pid\":\"<0.2.0>\"}");
  catch_up (&view, wire);
  check (&view, wire);
  g_assert_cmpuint (g_hash_table_size (view.nodes), ==, 7);
  g_assert_cmpuint (wire->source->n_children_asked, ==, asked + 1);
  test_wire_ask (wire, "tree.collapse", "{\"sub\":1,\"pid\":\"<0.1.0>\"}");
  catch_up (&view, wire);
  check (&view, wire);
  g_assert_cmpuint (g_hash_table_size (view.nodes), ==, 2);
  g_assert_cmpint (test_wire_ask_error (wire, "tree.expand", "{\"sub\":1,\"pid\":\"<0.99.0>\"}",
                                        NULL),
                   ==, GROVE_ERROR_NO_PROCESS);
  view_finish (&view);
  test_wire_free (wire);
}

static void
test_metric (void)
{
  struct test_wire   *wire = new_shop ();
  struct json_object *metrics;
  struct view         view;

  open_tree (wire, &view, 4);
  catch_up (&view, wire);
  test_source_find (wire->source, "<0.5.0>")->messages = 12;
  test_wire_advance (wire, 100);
  metrics = test_member (test_wire_next (wire, "tree.update"), "metrics");
  g_assert_cmpstr (json_object_to_json_string_ext (metrics, JSON_C_TO_STRING_PLAIN), ==,
                   "[[\"<0.5.0>\",12]]");
  test_wire_ask (wire, "tree.set", "{\"sub\":1,\"metric\":\"memory\"}");
  metrics = test_member (test_wire_next (wire, "tree.update"), "metrics");
  g_assert_cmpuint (json_object_array_length (metrics), ==, 7);
  view_finish (&view);
  test_wire_free (wire);
}

static void
test_max_children (void)
{
  struct test_wire *wire = new_shop ();
  struct view       view;

  test_wire_open (wire, "observe");
  view_init (&view);
  view.sub = test_int (test_wire_ask (wire, "tree.open",
                                      "{\"depth\":4,\"max_children\":2,\"metric\":\"messages\","
                                      "\"interval_ms\":100}"),
                       "sub");
  catch_up (&view, wire);
  g_assert_cmpuint (g_hash_table_size (view.nodes), ==, 5);
  g_assert_cmpint (test_int (((struct view_node *) g_hash_table_lookup (view.nodes, "<0.2.0>"))
                               ->node,
                             "children"),
                   ==, 4);
  view_finish (&view);
  test_wire_free (wire);
}

/* A forest too big for one update comes in parts, parents first, and what was folded stays folded.
 * A source that answers later is asked about several nodes at once, but not about all. */
static void
test_parts (gconstpointer deferred)
{
  struct test_source *source = test_source_new ();
  struct test_wire   *wire;
  struct view         view;

  for (guint i = 0; i < 12; i++)
    {
      struct test_process *top = test_source_spawn (source, NULL, i, "app");

      for (guint j = 0; j < 400; j++)
        test_source_spawn (source, top, j, "worker");
    }
  wire = test_wire_new (source);
  source->deferred = deferred != NULL;
  open_tree (wire, &view, 2);
  g_assert_cmpuint (wire->notifications->len, <=, 3);
  catch_up (&view, wire);
  check (&view, wire);
  g_assert_cmpuint (source->n_children_asked, ==, 1 + 12);
  g_assert_cmpuint (source->max_waiting, ==, deferred != NULL ? 4 : 0);
  g_assert_cmpuint (view.n_updates, >=, 5);
  g_assert_cmpuint (view.n_resets, ==, 1);
  g_assert_cmpuint (g_hash_table_size (view.nodes), ==, 12 * 401);

  test_wire_ask (wire, "tree.collapse", "{\"sub\":1,\"pid\":\"<0.1.0>\"}");
  catch_up (&view, wire);
  check (&view, wire);
  /* Everything changes at once. */
  for (guint i = 0; i < source->processes->len; i++)
    {
      struct test_process *process = source->processes->pdata[i];

      process->status = "running";
      test_source_touch (source, process);
    }
  test_wire_advance (wire, 100);
  catch_up (&view, wire);
  check (&view, wire);
  g_assert_cmpuint (view.n_resets, ==, 2);
  g_assert_cmpuint (view.max_ops, <=, 1000);
  g_assert_cmpuint (g_hash_table_size (view.nodes), ==, 12 * 401 - 400);
  view_finish (&view);
  test_wire_free (wire);
}

/* A chain of supervisors ends at the last level there is. */
static void
test_levels (void)
{
  struct test_source  *source = test_source_new ();
  struct test_process *process = NULL;
  struct test_wire    *wire;
  struct view          view;

  for (guint i = 0; i < 300; i++)
    process = test_source_spawn (source, process, 0, "sup");
  wire = test_wire_new (source);
  open_tree (wire, &view, 0);
  for (guint i = 1; i < 256; i++)
    {
      g_autofree char *params = g_strdup_printf ("{\"sub\":1,\"pid\":\"<0.%u.0>\"}", i);

      catch_up (&view, wire);
      test_wire_ask (wire, "tree.expand", params);
    }
  catch_up (&view, wire);
  g_assert_cmpuint (g_hash_table_size (view.nodes), ==, 256);
  g_assert_cmpint (test_wire_ask_error (wire, "tree.expand", "{\"sub\":1,\"pid\":\"<0.256.0>\"}",
                                        NULL),
                   ==, GROVE_ERROR_LIMIT);
  view_finish (&view);
  test_wire_free (wire);
}

/* Folding without ever acknowledging does not make the server keep operations without end. */
static void
test_fold_without_credit (void)
{
  struct test_wire *wire = new_shop ();
  struct view       view;

  open_tree (wire, &view, 4);
  for (guint i = 0; i < 3000; i++)
    {
      test_wire_ask (wire, i % 2 == 0 ? "tree.collapse" : "tree.expand",
                     "{\"sub\":1,\"pid\":\"<0.7.0>\"}");
    }
  test_wire_advance (wire, 100);
  catch_up (&view, wire);
  check (&view, wire);
  g_assert_cmpuint (view.max_ops, <=, 1000);
  view_finish (&view);
  test_wire_free (wire);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_data_func ("/protocol/tree/equals-truth", NULL, test_equals_truth);
  g_test_add_data_func ("/protocol/tree/equals-truth-deferred", "", test_equals_truth);
  g_test_add_func ("/protocol/tree/replace", test_replace);
  g_test_add_func ("/protocol/tree/asks-little", test_asks_little);
  g_test_add_func ("/protocol/tree/metric", test_metric);
  g_test_add_func ("/protocol/tree/max-children", test_max_children);
  g_test_add_data_func ("/protocol/tree/parts", NULL, test_parts);
  g_test_add_data_func ("/protocol/tree/parts-deferred", "", test_parts);
  g_test_add_func ("/protocol/tree/fold-without-credit", test_fold_without_credit);
  g_test_add_func ("/protocol/tree/levels", test_levels);
  return g_test_run ();
}
