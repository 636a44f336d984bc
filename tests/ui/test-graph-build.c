/* SPDX-License-Identifier: MIT
 *
 * A graph too large to be built at once: what changes while it is, who goes away meanwhile, what is
 * asked for before it is whole; and what is changed in place without a build.
 */
#include "tests/support/grove-ui-test.h"
#include "tests/ui/toy-tree.h"
#include "ui/grove-graph-private.h"

#include <string.h>

/* More than a turn of the main loop builds. */
#define POOLS   12
#define WORKERS 600
#define N_ALL   (1 + POOLS + POOLS * WORKERS)

static GtkApplication *application;

/* Differs from others in more than digits, so that they do not fold. */
static void
name_worker (char name[16], guint n)
{
  strcpy (name, "worker_");
  for (guint i = 7; i < 12; i++, n /= 26)
    name[i] = (char) ('a' + n % 26);
  name[12] = '\0';
}

static char *
name_pid (char pid[24], guint n)
{
  g_snprintf (pid, 24, "<0.%u.0>", n);
  return pid;
}

#define PID(n) name_pid ((char[24]){ 0 }, (n))

/* The pools are 1000, 2000 and so on, their workers 1001, 1002 and so on. */
static guint
worker (guint pool, guint index)
{
  return (pool + 1) * 1000 + 1 + index;
}

static void
add_worker (GroveTree *tree, guint pool, guint number)
{
  char name[16];

  name_worker (name, number);
  toy_tree_add (tree, PID ((pool + 1) * 1000), PID (number), name, GROVE_NODE_KIND_WORKER, 0);
}

static void
fill (GroveTree *tree)
{
  toy_tree_add (tree, NULL, PID (1), "top_sup", GROVE_NODE_KIND_SUPERVISOR, 0);
  for (guint i = 0; i < POOLS; i++)
    {
      const char name[] = { 'p', 'o', 'o', 'l', '_', (char) ('a' + i), '\0' };

      toy_tree_add (tree, PID (1), PID ((i + 1) * 1000), name, GROVE_NODE_KIND_SUPERVISOR, 0);
    }
  for (guint i = 0; i < POOLS; i++)
    for (guint k = 0; k < WORKERS; k++)
      add_worker (tree, i, worker (i, k));
}

/* ---- Without a window ---------------------------------------------------------------------------
 */

typedef struct
{
  GroveSession    *session;
  GroveTree       *tree;
  GroveGraphModel *model;
  GroveGraphScene *scene;
  gint64           now_us;
} Fixture;

static void
end (Fixture *self)
{
  self->now_us += GROVE_GRAPH_MOVE_US;
  grove_graph_model_end (self->model, self->scene, NULL, self->now_us, GROVE_GRAPH_GLIDE, NULL);
}

static void
build (Fixture *self)
{
  grove_graph_model_begin (self->model, self->scene);
  while (!grove_graph_model_step (self->model, self->scene, 0))
    ;
  end (self);
}

static void
begin_half (Fixture *self)
{
  grove_graph_model_begin (self->model, self->scene);
  g_assert_false (grove_graph_model_step (self->model, self->scene, 0));
}

static void
end_half (Fixture *self)
{
  while (!grove_graph_model_step (self->model, self->scene, 0))
    ;
  end (self);
}

static gboolean
patch (Fixture *self)
{
  g_autoptr (GArray) changed = g_array_new (FALSE, FALSE, sizeof (guint));

  self->now_us += GROVE_GRAPH_MOVE_US;
  return grove_graph_model_patch (self->model, self->scene, self->now_us, changed);
}

static void
set_up (Fixture *self, gconstpointer data)
{
  self->session = grove_session_new ();
  self->tree = grove_tree_new (self->session, 8);
  fill (self->tree);
  self->model = grove_graph_model_new (self->tree);
  self->scene = grove_graph_scene_new ();
  self->now_us = 1000000;
}

static void
tear_down (Fixture *self, gconstpointer data)
{
  grove_graph_model_free (self->model);
  grove_graph_scene_free (self->scene);
  g_assert_finalize_object (self->tree);
  g_assert_finalize_object (self->session);
}

static guint
find (Fixture *self, guint number)
{
  return grove_graph_scene_find (self->scene, PID (number));
}

static void
assert_same_node (const GroveGraphScene *a, const GroveGraphScene *b, guint i)
{
  const GroveGraphNode  *x = &a->nodes[i], *y = &b->nodes[i];
  const GroveLayoutNode *at = &a->places[i], *to = &b->places[i];

  g_assert_cmpstr (x->id, ==, y->id);
  g_assert_cmpstr (x->name, ==, y->name);
  g_assert_cmpstr (x->fold, ==, y->fold);
  g_assert_cmpint (x->kind, ==, y->kind);
  g_assert_cmpuint (x->restarts, ==, y->restarts);
  g_assert_cmpuint (x->recent_restarts, ==, y->recent_restarts);
  g_assert_cmpuint (x->n_children, ==, y->n_children);
  g_assert_cmpint (x->restarted_us, ==, y->restarted_us);
  g_assert_cmpuint (x->level, ==, y->level);
  g_assert_cmpuint (at->parent, ==, to->parent);
  g_assert_cmpuint (at->n_children, ==, to->n_children);
  g_assert_cmpfloat_with_epsilon (at->x, to->x, 1e-6);
  g_assert_cmpfloat_with_epsilon (at->y, to->y, 1e-6);
}

/* That the scene is what somebody sees who comes now. */
static void
assert_current (Fixture *self)
{
  g_autoptr (GroveGraphModel) model = grove_graph_model_new (self->tree);
  g_autoptr (GroveGraphScene) fresh = grove_graph_scene_new ();

  grove_graph_model_begin (model, fresh);
  g_assert_true (grove_graph_model_step (model, fresh, G_MAXINT64));
  grove_graph_model_end (model, fresh, NULL, 0, GROVE_GRAPH_JUMP, NULL);
  g_assert_cmpuint (self->scene->n_nodes, ==, fresh->n_nodes);
  g_assert_cmpuint (self->scene->n_processes, ==, fresh->n_processes);
  g_assert_cmpuint (self->scene->n_supervisors, ==, fresh->n_supervisors);
  g_assert_cmpuint (self->scene->n_levels, ==, fresh->n_levels);
  for (guint i = 0; i < fresh->n_nodes; i++)
    {
      assert_same_node (self->scene, fresh, i);
      g_assert_cmpuint (grove_graph_scene_find (self->scene, fresh->nodes[i].id), ==, i);
    }
}

/* Whatever came between: parents before children, nobody twice. */
static void
assert_sound (Fixture *self)
{
  g_autoptr (GHashTable) ids = g_hash_table_new (g_str_hash, g_str_equal);

  for (guint i = 0; i < self->scene->n_nodes; i++)
    {
      const guint parent = self->scene->places[i].parent;

      g_assert_true (g_hash_table_add (ids, (gpointer) self->scene->nodes[i].id));
      g_assert_true (parent == GROVE_GRAPH_NONE || parent < i);
    }
}

static void
test_steps (Fixture *self, gconstpointer data)
{
  g_test_summary ("Until it is whole, a scene is what it was");
  begin_half (self);
  g_assert_cmpuint (self->scene->n_nodes, ==, 0);
  end_half (self);
  g_assert_cmpuint (self->scene->n_nodes, ==, N_ALL);
  assert_current (self);

  add_worker (self->tree, 0, 900001);
  begin_half (self);
  g_assert_cmpuint (self->scene->n_nodes, ==, N_ALL);
  g_assert_cmpuint (find (self, 900001), ==, GROVE_GRAPH_NONE);
  grove_graph_model_drop (self->model, self->scene);
  g_assert_cmpuint (self->scene->n_nodes, ==, N_ALL);
  g_assert_cmpuint (find (self, worker (3, 3)), !=, GROVE_GRAPH_NONE);
  /* That there was nothing else to do is not what dropping it says. */
  g_assert_false (patch (self));
  build (self);
  assert_current (self);
}

static void
test_meanwhile (Fixture *self, gconstpointer data)
{
  const guint last = POOLS - 1;

  g_test_summary ("Who comes, goes, is restarted and changes parents while it is built");
  build (self);
  begin_half (self);
  toy_tree_remove (self->tree, PID (worker (0, 5)));
  toy_tree_remove (self->tree, PID (worker (last, 5)));
  add_worker (self->tree, 0, 900001);
  add_worker (self->tree, last, 900002);
  toy_tree_replace (self->tree, PID (worker (0, 7)), PID (900003));
  toy_tree_replace (self->tree, PID (worker (last, 7)), PID (900004));
  toy_tree_remove (self->tree, PID (worker (0, 9)));
  add_worker (self->tree, last, worker (0, 9));
  toy_tree_remove (self->tree, PID (last * 1000));
  end_half (self);
  assert_sound (self);
  if (!patch (self))
    build (self);
  assert_current (self);
}

static void
note_dead (GroveTree *tree, GroveTreeNode *node, GroveGraphScene *scene)
{
  grove_graph_scene_note_dead (scene, grove_tree_node_get_pid (node));
}

static void
note_replaced (GroveTree *tree, GroveTreeNode *before, GroveTreeNode *after, GroveGraphScene *scene)
{
  grove_graph_scene_note_replaced (scene, grove_tree_node_get_pid (before),
                                   grove_tree_node_get_pid (after));
}

static guint
count_ghosts (Fixture *self, guint number)
{
  guint n = 0;

  for (guint i = 0; i < self->scene->ghosts->len; i++)
    n += strcmp (g_array_index (self->scene->ghosts, GroveGraphGhost, i).id, PID (number)) == 0;
  return n;
}

static void
test_ghosts (Fixture *self, gconstpointer data)
{
  const guint last = POOLS - 1;
  double      x, y, old_y;

  g_test_summary ("Who dies while it is built leaves one ghost, and an heir stands where it stood");
  g_signal_connect (self->tree, "removed", G_CALLBACK (note_dead), self->scene);
  g_signal_connect (self->tree, "replaced", G_CALLBACK (note_replaced), self->scene);
  build (self);
  toy_tree_remove (self->tree, PID (worker (2, 1)));
  begin_half (self);
  toy_tree_remove (self->tree, PID (worker (0, 5)));
  toy_tree_remove (self->tree, PID (worker (last, 5)));
  toy_tree_replace (self->tree, PID (worker (last, 7)), PID (900001));
  toy_tree_replace (self->tree, PID (worker (0, 7)), PID (900002));
  end_half (self);
  g_assert_cmpuint (count_ghosts (self, worker (2, 1)), ==, 1);
  g_assert_cmpuint (count_ghosts (self, worker (last, 5)), ==, 1);
  /* It had been added already. */
  g_assert_cmpuint (count_ghosts (self, worker (0, 5)), ==, 0);
  g_assert_cmpuint (find (self, worker (0, 7)), !=, GROVE_GRAPH_NONE);
  old_y = self->scene->places[find (self, worker (0, 7))].y;

  build (self);
  g_assert_cmpuint (count_ghosts (self, worker (2, 1)), ==, 1);
  g_assert_cmpuint (count_ghosts (self, worker (last, 5)), ==, 1);
  g_assert_cmpuint (count_ghosts (self, worker (0, 5)), ==, 1);
  grove_graph_scene_get_position (self->scene, find (self, 900002), self->now_us, &x, &y);
  g_assert_cmpfloat_with_epsilon (y, old_y, 1e-6);
  g_assert_cmpfloat (self->scene->places[find (self, 900002)].y, !=, old_y);
}

static void
test_gone (Fixture *self, gconstpointer data)
{
  g_test_summary ("The system ends while its tree is built, and begins again");
  build (self);
  begin_half (self);
  toy_tree_remove (self->tree, PID (1));
  end_half (self);
  g_assert_cmpuint (self->scene->n_nodes, ==, 0);
  begin_half ((fill (self->tree), self));
  toy_tree_remove (self->tree, PID (1));
  fill (self->tree);
  g_assert_cmpuint (self->scene->n_nodes, ==, 0);
  end_half (self);
  assert_current (self);
}

static void
test_restart (Fixture *self, gconstpointer data)
{
  guint           number;
  GroveLayoutNode place;

  g_test_summary ("A restart is changed in place: nothing else is touched");
  build (self);
  number = find (self, worker (4, 4));
  place = self->scene->places[number];
  grove_graph_scene_note_dead (self->scene, PID (worker (4, 4)));
  toy_tree_replace (self->tree, PID (worker (4, 4)), PID (900001));
  toy_tree_set_budget (self->tree, PID (5000), 3, 1);
  g_assert_true (patch (self));
  g_assert_cmpuint (self->scene->n_patched, ==, 2);
  g_assert_cmpuint (find (self, 900001), ==, number);
  g_assert_cmpuint (find (self, worker (4, 4)), ==, GROVE_GRAPH_NONE);
  g_assert_cmpfloat (self->scene->places[number].y, ==, place.y);
  g_assert_cmpuint (count_ghosts (self, worker (4, 4)), ==, 1);
  g_assert_cmpfloat (self->scene->max_move, ==, 0);
  assert_current (self);
  /* Nothing has changed since. */
  g_assert_true (patch (self));
  g_assert_cmpuint (self->scene->n_patched, ==, 2);
  /* Its values are those of who stands there now. */
  toy_tree_set_value (self->tree, PID (900001), 5000);
  grove_graph_model_refresh (self->model, self->scene, &(GroveGraphCamera){ .scale = 1 },
                             GROVE_GRAPH_METRIC_MAILBOX, NULL);
  g_assert_cmpint (self->scene->nodes[number].band, ==, GROVE_GRAPH_BAND_ALARM);

  /* One more moves others. */
  add_worker (self->tree, 4, 900002);
  g_assert_false (patch (self));
  build (self);
  assert_current (self);
  /* And so does a supervisor with all that was below it. */
  toy_tree_replace (self->tree, PID (5000), PID (900003));
  g_assert_false (patch (self));
  build (self);
  assert_current (self);
}

static void
test_in_fold (Fixture *self, gconstpointer data)
{
  const guint fold_of = 3000;

  g_test_summary ("Who comes and goes in a fold is changed in place");
  for (guint i = 0; i < 40; i++)
    {
      g_autofree char *name = g_strdup_printf ("conn_%u", i);

      toy_tree_add (self->tree, PID (fold_of), PID (800000 + i), name, GROVE_NODE_KIND_WORKER, 0);
    }
  build (self);
  assert_current (self);
  toy_tree_remove (self->tree, PID (800003));
  toy_tree_replace (self->tree, PID (800004), PID (800100));
  toy_tree_add (self->tree, PID (fold_of), PID (800101), "conn_41", GROVE_NODE_KIND_WORKER, 0);
  toy_tree_add (self->tree, PID (fold_of), PID (800102), "conn_42", GROVE_NODE_KIND_WORKER, 0);
  g_assert_true (patch (self));
  assert_current (self);
  g_assert_cmpuint (grove_graph_model_locate (self->model, self->scene, PID (800102)), !=,
                    GROVE_GRAPH_NONE);
  g_assert_cmpuint (grove_graph_model_locate (self->model, self->scene, PID (800003)), ==,
                    GROVE_GRAPH_NONE);
}

static void
change_at_random (GroveTree *tree, guint *next)
{
  const guint pool = (guint) g_test_rand_int_range (0, POOLS);
  const guint among = (guint) g_test_rand_int_range (0, WORKERS);
  const guint number = worker (pool, among);

  if (grove_tree_find (tree, PID (number)) == NULL)
    add_worker (tree, pool, number);
  else
    switch (g_test_rand_int_range (0, 4))
      {
      case 0:
        toy_tree_remove (tree, PID (number));
        break;
      case 1:
        toy_tree_replace (tree, PID (number), PID ((*next)++));
        break;
      case 2:
        toy_tree_set_budget (tree, PID ((pool + 1) * 1000), 3, among % 4);
        break;
      default:
        add_worker (tree, pool, (*next)++);
        break;
      }
}

static void
test_random (Fixture *self, gconstpointer data)
{
  guint next = 900000;

  g_test_summary ("Whatever changes, and whenever: in the end it is as if built from nothing");
  for (guint round = 0; round < 40; round++)
    {
      gboolean whole;

      grove_graph_model_begin (self->model, self->scene);
      do
        {
          for (int i = g_test_rand_int_range (0, 3); i > 0; i--)
            change_at_random (self->tree, &next);
          whole = grove_graph_model_step (self->model, self->scene, 0);
        }
      while (!whole);
      end (self);
      assert_sound (self);
      for (guint i = 0; i < 3; i++)
        {
          change_at_random (self->tree, &next);
          if (!patch (self))
            break;
          assert_current (self);
        }
    }
  build (self);
  assert_current (self);
}

/* ---- In a window --------------------------------------------------------------------------------
 */

typedef struct
{
  GroveSession *session;
  GroveTree    *tree;
  GtkWidget    *window;
  GroveGraph   *graph;
} Shown;

static void
show (Shown *self, gconstpointer data)
{
  self->session = grove_session_new ();
  self->tree = grove_tree_new (self->session, 8);
  fill (self->tree);
  self->graph = GROVE_GRAPH (grove_graph_new (self->session, self->tree));
  self->graph->step_us = 0;
  self->window = gtk_application_window_new (application);
  gtk_window_set_child (GTK_WINDOW (self->window), GTK_WIDGET (self->graph));
  gtk_window_set_default_size (GTK_WINDOW (self->window), 900, 600);
  gtk_window_present (GTK_WINDOW (self->window));
  GROVE_WAIT (self->graph->scene->n_nodes == N_ALL, GROVE_PATIENCE_MS);
  grove_ui_test_settle (self->window);
}

static void
hide (Shown *self, gconstpointer data)
{
  GroveGraph *graph = self->graph;

  g_object_add_weak_pointer (G_OBJECT (graph), (gpointer *) &graph);
  gtk_window_destroy (GTK_WINDOW (self->window));
  GROVE_WAIT (graph == NULL, GROVE_PATIENCE_MS);
  g_assert_finalize_object (self->tree);
  g_assert_finalize_object (self->session);
}

static gboolean
shows (Shown *self, guint number)
{
  return grove_graph_scene_find (self->graph->scene, PID (number)) != GROVE_GRAPH_NONE;
}

/* Leaves a build half done: that of a tree with one node more. */
static void
leave_half (Shown *self, guint number)
{
  add_worker (self->tree, 0, number);
  _grove_graph_build (self->graph);
  g_assert_cmpuint (self->graph->step_timer, !=, 0);
  g_assert_false (shows (self, number));
}

static void
test_export (Shown *self, gconstpointer data)
{
  g_autoptr (GroveGraphScene) first = NULL;
  g_autoptr (GroveGraphScene) second = NULL;

  g_test_summary ("A picture that is asked for while the graph is built is what one sees, whole");
  leave_half (self, 900001);
  first = grove_graph_dup_scene (self->graph);
  g_assert_cmpuint (first->n_nodes, ==, N_ALL);
  for (guint i = 0; i < first->n_nodes; i++)
    assert_same_node (first, self->graph->scene, i);
  GROVE_WAIT (shows (self, 900001), GROVE_PATIENCE_MS);
  /* Its texts are there as long as it is. */
  for (guint i = 0; i < first->n_nodes; i++)
    g_assert_cmpint (first->nodes[i].id[0], ==, '<');

  /* Who sees nothing yet does not get nothing. */
  toy_tree_remove (self->tree, PID (1));
  toy_tree_commit (self->tree);
  GROVE_WAIT (self->graph->scene->n_nodes == 0, GROVE_PATIENCE_MS);
  fill (self->tree);
  _grove_graph_build (self->graph);
  g_assert_cmpuint (self->graph->step_timer, !=, 0);
  second = grove_graph_dup_scene (self->graph);
  g_assert_cmpuint (second->n_nodes, ==, N_ALL);
}

static void
test_hidden (Shown *self, gconstpointer data)
{
  g_test_summary ("A graph that is hidden while it is built is built when it is shown again");
  leave_half (self, 900001);
  gtk_widget_set_visible (GTK_WIDGET (self->graph), FALSE);
  g_assert_cmpuint (self->graph->step_timer, ==, 0);
  gtk_widget_set_visible (GTK_WIDGET (self->graph), TRUE);
  GROVE_WAIT (shows (self, 900001), GROVE_PATIENCE_MS);
  /* And goes away in the middle of one. */
  leave_half (self, 900002);
}

static void
test_read_anew (Shown *self, gconstpointer data)
{
  g_test_summary ("A tree that is read anew while it is built is shown as it was");
  leave_half (self, 900001);
  toy_tree_set_loading (self->tree, TRUE);
  toy_tree_remove (self->tree, PID (1));
  toy_tree_commit (self->tree);
  GROVE_WAIT (self->graph->step_timer == 0, GROVE_PATIENCE_MS);
  g_assert_cmpuint (self->graph->scene->n_nodes, ==, N_ALL);
  toy_tree_add (self->tree, NULL, PID (7), "another_sup", GROVE_NODE_KIND_SUPERVISOR, 0);
  toy_tree_commit (self->tree);
  toy_tree_set_loading (self->tree, FALSE);
  GROVE_WAIT (self->graph->scene->n_nodes == 1, GROVE_PATIENCE_MS);
}

static void
test_fold (Shown *self, gconstpointer data)
{
  GroveGraph *graph = self->graph;
  guint       fold;

  g_test_summary ("In a large graph, too, a fold that opens has its first member selected, and one "
                  "that closes is where the keyboard stands");
  for (guint i = 0; i < 40; i++)
    {
      g_autofree char *name = g_strdup_printf ("conn_%u", i);

      toy_tree_add (self->tree, PID (3000), PID (800000 + i), name, GROVE_NODE_KIND_WORKER, 0);
    }
  toy_tree_commit (self->tree);
  GROVE_WAIT (graph->scene->n_nodes == N_ALL + 1, GROVE_PATIENCE_MS);
  fold = grove_graph_model_locate (graph->model, graph->scene, PID (800000));
  g_assert_cmpint (graph->scene->nodes[fold].kind, ==, GROVE_GRAPH_FOLD);
  g_assert_true (_grove_graph_open (graph, fold));
  GROVE_WAIT (g_strcmp0 (grove_session_get_selected (self->session), PID (800000)) == 0,
              GROVE_PATIENCE_MS);
  g_assert_true (shows (self, 800039));

  g_assert_true (_grove_graph_close (graph, grove_graph_scene_find (graph->scene, PID (800000))));
  GROVE_WAIT (!shows (self, 800000) && graph->step_timer == 0, GROVE_PATIENCE_MS);
  fold = _grove_graph_get_cursor (graph);
  g_assert_cmpuint (fold, !=, GROVE_GRAPH_NONE);
  g_assert_cmpint (graph->scene->nodes[fold].kind, ==, GROVE_GRAPH_FOLD);
  g_assert_null (grove_session_get_selected (self->session));

  /* Who selects another meanwhile keeps that. */
  g_assert_true (_grove_graph_open (graph, fold));
  grove_session_set_selected (self->session, PID (worker (1, 1)));
  GROVE_WAIT (shows (self, 800000), GROVE_PATIENCE_MS);
  g_assert_cmpstr (grove_session_get_selected (self->session), ==, PID (worker (1, 1)));
}

static void
test_turned (Shown *self, gconstpointer data)
{
  GroveGraph     *graph = self->graph;
  graphene_rect_t top, below;

  g_test_summary ("A large graph that is turned is looked at from its start again");
  grove_graph_set_growth (graph, GROVE_GRAPH_DOWNWARDS);
  GROVE_WAIT (graph->scene->axes->turned && graph->step_timer == 0, GROVE_PATIENCE_MS);
  g_assert_true (grove_graph_locate (graph, PID (1), &top));
  g_assert_true (grove_graph_locate (graph, PID (1000), &below));
  g_assert_cmpfloat (below.origin.y, >, top.origin.y + top.size.height);
  g_assert_cmpfloat (top.origin.y, >=, 0);
  g_assert_cmpfloat (top.origin.y, <, 600);
}

#define ADD(name, function)                                                                        \
  g_test_add ("/ui/graph-build/" name, Fixture, NULL, set_up, function, tear_down)
#define ADD_SHOWN(name, function)                                                                  \
  g_test_add ("/ui/graph-build/" name, Shown, NULL, show, function, hide)

int
main (int argc, char *argv[])
{
  int status;

  grove_ui_test_init (&argc, &argv);
  application = grove_ui_test_application_new ();
  ADD ("steps", test_steps);
  ADD ("meanwhile", test_meanwhile);
  ADD ("ghosts", test_ghosts);
  ADD ("gone", test_gone);
  ADD ("restart", test_restart);
  ADD ("in-fold", test_in_fold);
  ADD ("random", test_random);
  ADD_SHOWN ("export", test_export);
  ADD_SHOWN ("hidden", test_hidden);
  ADD_SHOWN ("read-anew", test_read_anew);
  ADD_SHOWN ("fold", test_fold);
  ADD_SHOWN ("turned", test_turned);
  status = g_test_run ();
  g_object_unref (application);
  return status;
}
