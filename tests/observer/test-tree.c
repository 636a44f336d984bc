/* SPDX-License-Identifier: MIT
 *
 * The tree: each operation, what is said of it, a reset that keeps the objects of those who are
 * still there, and a tree that is never wrong: what does not fit ends the connection.
 */
#include "observer/grove-tree.h"

#include "peer.h"

#include <string.h>

typedef struct
{
  Peer         *peer;
  GroveSession *session;
  GroveTree    *tree;
  int           seq;
  guint         n_structure, n_metrics;
  GString      *events; /* replaced and removed, in order */
} Fixture;

static void
count (gpointer instance, guint *n)
{
  (*n)++;
}

static void
replaced (GroveTree *tree, GroveTreeNode *old, GroveTreeNode *node, Fixture *self)
{
  g_string_append_printf (self->events, "%s>%s ", grove_tree_node_get_pid (old),
                          grove_tree_node_get_pid (node));
}

static void
removed (GroveTree *tree, GroveTreeNode *node, Fixture *self)
{
  g_string_append_printf (self->events, "-%s ", grove_tree_node_get_pid (node));
}

static void
set_up (Fixture *self, gconstpointer data)
{
  self->peer = peer_new ("shop");
  self->session = grove_session_new ();
  self->tree = grove_tree_new (self->session, 8);
  self->events = g_string_new (NULL);
  g_signal_connect (self->tree, "structure-changed", G_CALLBACK (count), &self->n_structure);
  g_signal_connect (self->tree, "metrics-changed", G_CALLBACK (count), &self->n_metrics);
  g_signal_connect (self->tree, "replaced", G_CALLBACK (replaced), self);
  g_signal_connect (self->tree, "removed", G_CALLBACK (removed), self);
  peer_listen (self->peer);
  peer_bring_live (self->peer, self->session, "run-1");
}

static void
tear_down (Fixture *self, gconstpointer data)
{
  g_assert_finalize_object (self->tree);
  g_assert_finalize_object (self->session);
  g_string_free (self->events, TRUE);
  peer_free (self->peer);
}

static void
say_update (Fixture *self, const char *more, const char *ops, const char *metrics)
{
  self->seq++;
  peer_say (self->peer,
            "{'jsonrpc':'2.0','method':'tree.update','params':{'sub':7,'seq':%d,'t':1%s,'ops':%s,"
            "'metrics':%s,'total':9}}",
            self->seq, more, ops, metrics);
}

static void
update (Fixture *self, const char *ops, const char *metrics)
{
  say_update (self, "", ops, metrics);
  WAIT_FOR (peer_get_acked (self->peer, 7) == self->seq);
}

/* shop > shop_sup > a, b, c */
#define ADD_SHOP                                                                                   \
  "['add',null,0,{'pid':'<0.1.0>','kind':'application','name':'shop','children':1,"                \
  "'expanded':true}],"                                                                             \
  "['add','<0.1.0>',0,{'pid':'<0.2.0>','kind':'supervisor','name':'shop_sup','children':3,"        \
  "'expanded':true,'strategy':'one_for_one','intensity':3,'period_s':5,'recent_restarts':1}],"     \
  "['add','<0.2.0>',0,{'pid':'<0.3.0>','kind':'worker','name':'a'}],"                              \
  "['add','<0.2.0>',1,{'pid':'<0.5.0>','kind':'worker','name':'c'}],"                              \
  "['add','<0.2.0>',1,{'pid':'<0.4.0>','kind':'process','name':'b'}]"

static void
open_tree (Fixture *self)
{
  grove_tree_set_active (self->tree, TRUE);
  peer_reply (self->peer, peer_expect (self->peer, "tree.open"), "{'sub':7}");
  self->seq = 0;
}

static void
open_shop (Fixture *self)
{
  open_tree (self);
  say_update (self, ",'reset':true", "[" ADD_SHOP "]", "[['<0.3.0>',4],['<0.9.0>',1]]");
  WAIT_FOR (peer_get_acked (self->peer, 7) == 1);
}

/* "shop(shop_sup(a b c))" */
static void
write_node (GString *text, GroveTreeNode *node)
{
  g_string_append (text, grove_tree_node_get_name (node));
  guint n = grove_tree_node_get_n_loaded (node);
  g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (node)), ==, n);
  for (guint i = 0; i < n; i++)
    {
      g_string_append (text, i == 0 ? "(" : " ");
      GroveTreeNode *child = grove_tree_node_get_child (node, i);
      g_assert_true (grove_tree_node_get_parent (child) == node);
      write_node (text, child);
    }
  if (n > 0)
    g_string_append (text, ")");
}

static void
assert_tree (Fixture *self, const char *expected)
{
  g_autoptr (GString) text = g_string_new (NULL);
  g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (self->tree)), ==,
                    grove_tree_get_n_roots (self->tree));
  for (guint i = 0; i < grove_tree_get_n_roots (self->tree); i++)
    {
      g_assert_null (grove_tree_node_get_parent (grove_tree_get_root (self->tree, i)));
      g_string_append (text, i == 0 ? "" : " ");
      write_node (text, grove_tree_get_root (self->tree, i));
    }
  g_assert_cmpstr (text->str, ==, expected);
}

static void
test_add (Fixture *self, gconstpointer data)
{
  g_assert_true (grove_tree_get_loading (self->tree));
  open_shop (self);
  g_assert_false (grove_tree_get_loading (self->tree));
  assert_tree (self, "shop(shop_sup(a b c))");
  g_assert_cmpuint (grove_tree_get_n_nodes (self->tree), ==, 5);
  GroveTreeNode *supervisor = grove_tree_find (self->tree, "<0.2.0>");
  g_assert_cmpint (grove_tree_node_get_kind (supervisor), ==, GROVE_NODE_KIND_SUPERVISOR);
  g_assert_cmpstr (grove_tree_node_get_strategy (supervisor), ==, "one_for_one");
  g_assert_cmpuint (grove_tree_node_get_intensity (supervisor), ==, 3);
  g_assert_cmpuint (grove_tree_node_get_period_s (supervisor), ==, 5);
  g_assert_cmpuint (grove_tree_node_get_recent_restarts (supervisor), ==, 1);
  g_assert_true (grove_tree_node_get_expanded (supervisor));
  /* There from the start: nothing to flash. */
  g_assert_cmpint (grove_tree_node_get_appeared_us (supervisor), ==, 0);
  g_assert_cmpfloat (grove_tree_node_get_metric (grove_tree_find (self->tree, "<0.3.0>")), ==, 4);
  g_assert_cmpuint (self->n_metrics, ==, 1);
  WAIT_FOR (self->n_structure == 1);

  update (self, "[['add','<0.2.0>',3,{'pid':'<0.6.0>','kind':'worker','name':'d'}]]", "[]");
  assert_tree (self, "shop(shop_sup(a b c d))");
  g_assert_cmpint (grove_tree_node_get_appeared_us (grove_tree_find (self->tree, "<0.6.0>")), >, 0);
}

static void
test_del (Fixture *self, gconstpointer data)
{
  open_shop (self);
  gpointer node = grove_tree_find (self->tree, "<0.4.0>");
  g_object_add_weak_pointer (node, &node);
  update (self, "[['del','<0.4.0>']]", "[]");
  assert_tree (self, "shop(shop_sup(a c))");
  g_assert_cmpstr (self->events->str, ==, "-<0.4.0> ");
  g_assert_null (node);
  g_assert_null (grove_tree_find (self->tree, "<0.4.0>"));

  update (self, "[['del','<0.1.0>']]", "[]");
  assert_tree (self, "");
  g_assert_cmpuint (grove_tree_get_n_nodes (self->tree), ==, 0);
  g_assert_cmpstr (self->events->str, ==, "-<0.4.0> -<0.5.0> -<0.3.0> -<0.2.0> -<0.1.0> ");
}

static void
test_set (Fixture *self, gconstpointer data)
{
  guint n_changed = 0;
  open_shop (self);
  GroveTreeNode *node = grove_tree_find (self->tree, "<0.3.0>");
  g_signal_connect (node, "changed", G_CALLBACK (count), &n_changed);
  update (self,
          "[['set','<0.3.0>',{'pid':'<0.3.0>','kind':'worker','name':'a','restarts':2,"
          "'status':'exiting'}]]",
          "[]");
  g_assert_cmpuint (grove_tree_node_get_restarts (node), ==, 2);
  g_assert_cmpstr (grove_tree_node_get_status (node), ==, "exiting");
  g_assert_cmpuint (n_changed, ==, 1);
  g_assert_true (grove_tree_find (self->tree, "<0.3.0>") == node);
}

static void
test_replace (Fixture *self, gconstpointer data)
{
  open_shop (self);
  update (self,
          "[['replace','<0.4.0>',{'pid':'<0.7.0>','kind':'worker','name':'b2','restarts':1}]]",
          "[]");
  assert_tree (self, "shop(shop_sup(a b2 c))");
  g_assert_cmpstr (self->events->str, ==, "-<0.4.0> <0.4.0>><0.7.0> ");
  GroveTreeNode *node = grove_tree_find (self->tree, "<0.7.0>");
  g_assert_cmpint (grove_tree_node_get_restarted_us (node), >, 0);
  g_assert_cmpint (grove_tree_node_get_appeared_us (node), ==, 0);
  /* With all below the old one gone; and a root is replaced like any other. */
  update (self, "[['replace','<0.1.0>',{'pid':'<0.8.0>','kind':'application','name':'shop2'}]]",
          "[]");
  assert_tree (self, "shop2");
  g_assert_cmpuint (grove_tree_get_n_nodes (self->tree), ==, 1);
}

static void
test_move (Fixture *self, gconstpointer data)
{
  open_shop (self);
  GroveTreeNode *node = grove_tree_find (self->tree, "<0.3.0>");
  update (self, "[['move','<0.3.0>',2]]", "[]");
  assert_tree (self, "shop(shop_sup(b c a))");
  g_assert_true (grove_tree_find (self->tree, "<0.3.0>") == node);
  update (self, "[['move','<0.3.0>',0],['move','<0.4.0>',1]]", "[]");
  assert_tree (self, "shop(shop_sup(a b c))");
  update (self,
          "[['add',null,1,{'pid':'<0.8.0>','kind':'application','name':'bank'}],"
          "['move','<0.8.0>',0]]",
          "[]");
  assert_tree (self, "bank shop(shop_sup(a b c))");
}

static void
test_reset (Fixture *self, gconstpointer data)
{
  open_shop (self);
  GroveTreeNode *kept = grove_tree_find (self->tree, "<0.3.0>");
  say_update (self, ",'reset':true",
              "[['add',null,0,{'pid':'<0.1.0>','kind':'application','name':'shop'}],"
              "['add','<0.1.0>',0,{'pid':'<0.3.0>','kind':'worker','name':'a'}]]",
              "[]");
  WAIT_FOR (peer_get_acked (self->peer, 7) == self->seq);
  assert_tree (self, "shop(a)");
  g_assert_true (grove_tree_find (self->tree, "<0.3.0>") == kept);
  g_assert_cmpint (grove_tree_node_get_appeared_us (kept), ==, 0);
  /* Those who are not there any more were said to be removed, each once. */
  g_assert_nonnull (strstr (self->events->str, "-<0.2.0> "));
  g_assert_nonnull (strstr (self->events->str, "-<0.4.0> "));
  g_assert_nonnull (strstr (self->events->str, "-<0.5.0> "));
  g_assert_null (strstr (self->events->str, "-<0.3.0> "));
}

static void
family_changed (GroveTree *tree, GroveTreeNode *parent, GString *families)
{
  g_string_append_printf (families, "%s ",
                          parent != NULL ? grove_tree_node_get_pid (parent) : "roots");
}

static void
test_families (Fixture *self, gconstpointer data)
{
  static const struct
  {
    const char *ops, *families;
  } rows[] = {
    { "[['set','<0.3.0>',{'pid':'<0.3.0>','kind':'worker','name':'aa'}]]", "<0.2.0> " },
    { "[['set','<0.2.0>',{'pid':'<0.2.0>','kind':'supervisor','name':'s','children':9}]]",
      "<0.1.0> <0.2.0> " },
    { "[['replace','<0.4.0>',{'pid':'<0.7.0>','kind':'worker','name':'b'}],"
      "['move','<0.7.0>',0],['del','<0.5.0>']]",
      "<0.2.0> " },
    { "[['add','<0.3.0>',0,{'pid':'<0.8.0>','kind':'worker','name':'d'}],"
      "['add',null,1,{'pid':'<0.9.0>','kind':'application','name':'bank'}]]",
      "<0.3.0> roots " },
    { "[['del','<0.9.0>'],['del','<0.8.0>']]", "roots <0.3.0> " },
  };
  g_autoptr (GString) families = g_string_new (NULL);

  g_test_summary ("Whose children are others is told, once for many in a row");
  open_shop (self);
  g_signal_connect (self->tree, "family-changed", G_CALLBACK (family_changed), families);
  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_string_truncate (families, 0);
      update (self, rows[i].ops, "[]");
      g_assert_cmpstr (families->str, ==, rows[i].families);
    }
  /* Said when there are none left: what was read of it before is of no use. */
  g_string_truncate (families, 0);
  say_update (self, ",'reset':true", "[]", "[]");
  WAIT_FOR (peer_get_acked (self->peer, 7) == self->seq);
  g_assert_cmpstr (families->str, ==, "roots ");
}

/* A thousand changes are one frame. */
static void
test_coalesced (Fixture *self, gconstpointer data)
{
  open_shop (self);
  WAIT_FOR (self->n_structure == 1);
  g_autoptr (GString) ops = g_string_new ("[");
  for (int i = 0; i < 1000; i++)
    g_string_append_printf (ops,
                            "%s['add','<0.2.0>',%d,{'pid':'<0.%d.1>','kind':'worker','name':'w'}]",
                            i > 0 ? "," : "", i, i);
  g_string_append_c (ops, ']');
  update (self, ops->str, "[]");
  g_assert_cmpuint (grove_tree_get_n_nodes (self->tree), ==, 1005);
  WAIT_FOR (self->n_structure == 2);
  guint n_nodes = 0;
  g_object_get (self->tree, "n-nodes", &n_nodes, NULL);
  g_assert_cmpuint (n_nodes, ==, 1005);
}

static void
test_expand (Fixture *self, gconstpointer data)
{
  open_shop (self);
  grove_tree_expand (self->tree, "<0.2.0>");
  grove_tree_collapse (self->tree, "<0.1.0>");
  json_object_put (peer_expect (self->peer, "tree.expand"));
  json_object_put (peer_expect (self->peer, "tree.collapse"));
  grove_tree_set_metric (self->tree, "memory");
  json_object_put (peer_expect (self->peer, "tree.set"));
  /* Opened anew it is as the person had it. */
  grove_tree_set_active (self->tree, FALSE);
  json_object_put (peer_expect (self->peer, "tree.close"));
  grove_tree_set_active (self->tree, TRUE);
  struct json_object *request = peer_expect (self->peer, "tree.open"), *metric;
  json_object_object_get_ex (peer_params (request), "metric", &metric);
  g_assert_cmpstr (json_object_get_string (metric), ==, "memory");
  peer_reply (self->peer, request, "{'sub':8}");
  json_object_put (peer_expect (self->peer, "tree.expand"));
  json_object_put (peer_expect (self->peer, "tree.collapse"));
  /* Until its first update comes, what was there is still there. */
  assert_tree (self, "shop(shop_sup(a b c))");
}

static void
test_another_run (Fixture *self, gconstpointer data)
{
  open_shop (self);
  peer_hang_up (self->peer);
  WAIT_FOR (grove_session_get_state (self->session) == GROVE_SESSION_LOST);
  assert_tree (self, "shop(shop_sup(a b c))");
  peer_forget (self->peer);
  peer_bring_live (self->peer, self->session, "run-2");
  assert_tree (self, "");
  g_assert_true (grove_tree_get_loading (self->tree));
}

typedef struct
{
  const char *name;
  const char *ops;
} Misfit;

static const Misfit misfits[] = {
  { "no-array", "['x']" },
  { "no-such-operation", "[['grow','<0.3.0>']]" },
  { "too-short", "[['add','<0.2.0>',0]]" },
  { "too-long", "[['del','<0.3.0>','<0.4.0>']]" },
  { "no-such-parent", "[['add','<0.9.0>',0,{'pid':'<0.6.0>','kind':'worker'}]]" },
  { "index-too-big", "[['add','<0.2.0>',4,{'pid':'<0.6.0>','kind':'worker'}]]" },
  { "index-negative", "[['add','<0.2.0>',-1,{'pid':'<0.6.0>','kind':'worker'}]]" },
  { "index-real", "[['add','<0.2.0>',1.5,{'pid':'<0.6.0>','kind':'worker'}]]" },
  { "there-already", "[['add','<0.2.0>',0,{'pid':'<0.3.0>','kind':'worker'}]]" },
  { "no-kind", "[['add','<0.2.0>',0,{'pid':'<0.6.0>'}]]" },
  { "no-pid", "[['add','<0.2.0>',0,{'kind':'worker'}]]" },
  { "pid-too-long", "[['add','<0.2.0>',0,{'kind':'worker','pid':"
                    "'<0.0000000000000000000000000000000000000000000000000000000000000006.0>'}]]" },
  { "node-is-text", "[['add','<0.2.0>',0,'<0.6.0>']]" },
  { "del-unknown", "[['del','<0.9.0>']]" },
  { "del-number", "[['del',7]]" },
  { "set-unknown", "[['set','<0.9.0>',{'pid':'<0.9.0>','kind':'worker'}]]" },
  { "replace-by-itself", "[['replace','<0.3.0>',{'pid':'<0.3.0>','kind':'worker'}]]" },
  { "replace-unknown", "[['replace','<0.9.0>',{'pid':'<0.6.0>','kind':'worker'}]]" },
  { "move-too-far", "[['move','<0.3.0>',3]]" },
  { "move-unknown", "[['move','<0.9.0>',0]]" },
};

static void
test_misfit (Fixture *self, gconstpointer data)
{
  const Misfit *misfit = data;
  open_shop (self);
  say_update (self, "", misfit->ops, "[]");
  WAIT_FOR (grove_session_get_state (self->session) == GROVE_SESSION_REFUSED);
  g_autofree char *title = session_text (self->session, "error-title");
  g_autofree char *detail = session_text (self->session, "error-detail");
  g_assert_cmpstr (title, ==, "“shop” broke the protocol");
  g_assert_nonnull (strstr (detail, "does not fit the tree"));
}

/* A chain as deep as it may be, and one deeper. */
static void
test_deep (Fixture *self, gconstpointer data)
{
  open_tree (self);
  g_autoptr (GString) ops =
    g_string_new ("[['add',null,0,{'pid':'<0.0.0>','kind':'worker','name':'w'}]");
  for (int i = 1; i < 300; i++)
    g_string_append_printf (ops,
                            ",['add','<0.%d.0>',0,{'pid':'<0.%d.0>','kind':'worker','name':'w'}]",
                            i - 1, i);
  g_string_append_c (ops, ']');
  say_update (self, "", ops->str, "[]");
  WAIT_FOR (grove_session_get_state (self->session) == GROVE_SESSION_REFUSED);
  g_assert_cmpuint (grove_tree_get_n_nodes (self->tree), ==, 256);
}

/* Random trees: the objects agree with a plain list of what was done. */
static void
test_random (Fixture *self, gconstpointer data)
{
  g_autoptr (GPtrArray) order = g_ptr_array_new_with_free_func (g_free);
  open_tree (self);
  update (self, "[['add',null,0,{'pid':'<0.0.0>','kind':'supervisor','name':'top'}]]", "[]");
  for (int i = 1; i < 400; i++)
    {
      g_autofree char *op = NULL;
      int              what = g_test_rand_int_range (0, order->len > 0 ? 5 : 1);
      guint at = order->len > 0 ? (guint) g_test_rand_int_range (0, (gint32) order->len) : 0;
      if (what <= 1)
        {
          op = g_strdup_printf (
            "[['add','<0.0.0>',%u,{'pid':'<0.%d.0>','kind':'worker','name':'n%d'}]]", at, i, i);
          g_ptr_array_insert (order, (int) at, g_strdup_printf ("<0.%d.0>", i));
        }
      else if (what == 2)
        {
          op = g_strdup_printf ("[['del','%s']]", (char *) order->pdata[at]);
          g_ptr_array_remove_index (order, at);
        }
      else if (what == 3)
        {
          op = g_strdup_printf ("[['replace','%s',{'pid':'<0.%d.0>','kind':'worker'}]]",
                                (char *) order->pdata[at], i);
          g_free (order->pdata[at]);
          order->pdata[at] = g_strdup_printf ("<0.%d.0>", i);
        }
      else
        {
          guint to = (guint) g_test_rand_int_range (0, (gint32) order->len);
          op = g_strdup_printf ("[['move','%s',%u]]", (char *) order->pdata[at], to);
          gpointer pid = g_ptr_array_steal_index (order, at);
          g_ptr_array_insert (order, (int) to, pid);
        }
      update (self, op, "[]");
      GroveTreeNode *top = grove_tree_get_root (self->tree, 0);
      g_assert_cmpuint (grove_tree_node_get_n_loaded (top), ==, order->len);
      for (guint j = 0; j < order->len; j++)
        g_assert_cmpstr (grove_tree_node_get_pid (grove_tree_node_get_child (top, j)), ==,
                         order->pdata[j]);
      g_assert_cmpuint (grove_tree_get_n_nodes (self->tree), ==, order->len + 1);
    }
}

#define ADD(path, function)                                                                        \
  g_test_add ("/observer/tree/" path, Fixture, NULL, set_up, function, tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  ADD ("add", test_add);
  ADD ("del", test_del);
  ADD ("set", test_set);
  ADD ("replace", test_replace);
  ADD ("move", test_move);
  ADD ("reset", test_reset);
  ADD ("families", test_families);
  ADD ("coalesced", test_coalesced);
  ADD ("expand", test_expand);
  ADD ("another-run", test_another_run);
  for (guint i = 0; i < G_N_ELEMENTS (misfits); i++)
    {
      g_autofree char *path = g_strdup_printf ("/observer/tree/misfit/%s", misfits[i].name);
      g_test_add (path, Fixture, &misfits[i], set_up, test_misfit, tear_down);
    }
  ADD ("deep", test_deep);
  ADD ("random", test_random);
  return g_test_run ();
}
