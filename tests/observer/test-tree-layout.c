/* SPDX-License-Identifier: MIT
 *
 * The tidy layout: no overlaps, parents in the middle, order kept, the same shape drawn the same
 * way, linear cost and a flat C stack.
 */
#include "observer/grove-tree-layout.h"

#include <math.h>
#include <time.h>

static const GroveLayoutStyle style = {
  .level_gap = 60, .sibling_gap = 8, .cousin_gap = 24, .root_gap = 40
};

/* A forest grown breadth first: node i gets as many children as @pick says, until there are @n. */
typedef guint (*PickFunc) (guint index, guint depth, GRand *rand);

static GArray *
grow (guint n, guint n_roots, PickFunc pick, GRand *rand)
{
  GArray *nodes = g_array_new (FALSE, TRUE, sizeof (GroveLayoutNode));

  for (guint i = 0; i < n_roots; i++)
    {
      GroveLayoutNode root = { .parent = G_MAXUINT, .width = 100, .height = 20 };
      g_array_append_val (nodes, root);
    }
  for (guint i = 0; i < nodes->len && nodes->len < n; i++)
    {
      GroveLayoutNode *node = &g_array_index (nodes, GroveLayoutNode, i);
      const guint      n_children = MIN (pick (i, node->depth, rand), n - nodes->len);
      const guint      depth = node->depth + 1;

      node->first_child = nodes->len;
      node->n_children = n_children;
      for (guint k = 0; k < n_children; k++)
        {
          GroveLayoutNode child = { .parent = i, .depth = depth, .width = 100, .height = 20 };
          g_array_append_val (nodes, child);
        }
    }
  return nodes;
}

static guint
pick_random (guint index, guint depth, GRand *rand)
{
  return (guint) g_rand_int_range (rand, 0, 7) * (guint) g_rand_int_range (rand, 0, 2);
}

static guint
pick_one (guint index, guint depth, GRand *rand)
{
  return 1;
}

static guint
pick_wide (guint index, guint depth, GRand *rand)
{
  return depth < 2 ? 100 : 10;
}

static void
vary_sizes (GArray *nodes, GRand *rand)
{
  for (guint i = 0; i < nodes->len; i++)
    {
      GroveLayoutNode *node = &g_array_index (nodes, GroveLayoutNode, i);
      node->width = (float) g_rand_double_range (rand, 20, 300);
      node->height = (float) g_rand_double_range (rand, 5, 120);
    }
}

static void
lay_out (GArray *nodes, double *width, double *height)
{
  grove_tree_layout ((GroveLayoutNode *) (void *) nodes->data, nodes->len, &style, width, height);
}

#define NODE(array, i) (&g_array_index ((array), GroveLayoutNode, (i)))

static void
assert_tidy (GArray *nodes, double width, double height)
{
  double left = G_MAXDOUBLE, top = G_MAXDOUBLE, right = 0, bottom = 0;

  for (guint i = 0; i < nodes->len; i++)
    {
      const GroveLayoutNode *a = NODE (nodes, i);

      left = MIN (left, a->x);
      top = MIN (top, a->y - a->height / 2);
      right = MAX (right, a->x + a->width);
      bottom = MAX (bottom, a->y + a->height / 2);

      for (guint j = i + 1; j < nodes->len; j++)
        {
          const GroveLayoutNode *b = NODE (nodes, j);
          double                 distance = fabs (a->y - b->y) - a->height / 2.0 - b->height / 2.0;

          if (a->x < b->x + b->width && b->x < a->x + a->width)
            g_assert_cmpfloat (distance, >=, style.sibling_gap - 1e-6);
          if (a->parent == b->parent && a->parent != G_MAXUINT)
            g_assert_cmpfloat (a->y, <, b->y);
        }
      if (a->parent != G_MAXUINT)
        {
          const GroveLayoutNode *parent = NODE (nodes, a->parent);
          g_assert_cmpfloat_with_epsilon (a->x, parent->x + parent->width + style.level_gap, 1e-6);
        }
      if (a->n_children > 0)
        {
          const GroveLayoutNode *first = NODE (nodes, a->first_child);
          const GroveLayoutNode *last = NODE (nodes, a->first_child + a->n_children - 1);
          g_assert_cmpfloat_with_epsilon (a->y, (first->y + last->y) / 2, 1e-6);
        }
    }
  g_assert_cmpfloat_with_epsilon (left, 0, 1e-6);
  g_assert_cmpfloat_with_epsilon (top, 0, 1e-6);
  g_assert_cmpfloat_with_epsilon (right, width, 1e-6);
  g_assert_cmpfloat_with_epsilon (bottom, height, 1e-6);
}

static void
test_empty (void)
{
  double width = -1, height = -1;

  grove_tree_layout (NULL, 0, &style, &width, &height);
  g_assert_cmpfloat (width, ==, 0);
  g_assert_cmpfloat (height, ==, 0);
}

static void
test_single (void)
{
  GroveLayoutNode node = { .parent = G_MAXUINT, .width = 100, .height = 20 };
  double          width, height;

  grove_tree_layout (&node, 1, &style, &width, &height);
  g_assert_cmpfloat (node.x, ==, 0);
  g_assert_cmpfloat (node.y, ==, 10);
  g_assert_cmpfloat (width, ==, 100);
  g_assert_cmpfloat (height, ==, 20);
}

static void
test_tidy (gconstpointer data)
{
  const gboolean varied = GPOINTER_TO_INT (data);

  g_test_summary ("Random forests keep their order and gaps, with parents in the middle");
  for (guint seed = 0; seed < 60; seed++)
    {
      g_autoptr (GRand) rand = g_rand_new_with_seed (seed);
      g_autoptr (GArray) nodes = grow (400, 1 + seed % 5, pick_random, rand);
      double width, height;

      if (varied)
        vary_sizes (nodes, rand);
      lay_out (nodes, &width, &height);
      assert_tidy (nodes, width, height);
    }
}

/* The forest with every family in reverse, and where each of its nodes was. */
static GArray *
mirror (GArray *nodes, GArray *ret_origin)
{
  GArray *mirrored = g_array_new (FALSE, TRUE, sizeof (GroveLayoutNode));
  guint   n_roots = 0;

  while (n_roots < nodes->len && NODE (nodes, n_roots)->parent == G_MAXUINT)
    n_roots++;
  for (guint i = n_roots; i-- > 0;)
    {
      g_array_append_val (mirrored, *NODE (nodes, i));
      g_array_append_val (ret_origin, i);
    }
  for (guint i = 0; i < mirrored->len; i++)
    {
      const GroveLayoutNode *from = NODE (nodes, g_array_index (ret_origin, guint, i));

      NODE (mirrored, i)->first_child = mirrored->len;
      for (guint k = from->n_children; k-- > 0;)
        {
          const guint     origin = from->first_child + k;
          GroveLayoutNode child = *NODE (nodes, origin);

          child.parent = i;
          g_array_append_val (mirrored, child);
          g_array_append_val (ret_origin, origin);
        }
    }
  return mirrored;
}

static void
test_mirrored (void)
{
  for (guint seed = 0; seed < 40; seed++)
    {
      g_autoptr (GRand) rand = g_rand_new_with_seed (1000 + seed);
      g_autoptr (GArray) nodes = grow (300, 1 + seed % 3, pick_random, rand);
      g_autoptr (GArray) origin = g_array_new (FALSE, FALSE, sizeof (guint));
      g_autoptr (GArray) mirrored = NULL;
      double height, mirrored_height;

      vary_sizes (nodes, rand);
      mirrored = mirror (nodes, origin);
      g_assert_cmpuint (mirrored->len, ==, nodes->len);
      lay_out (nodes, NULL, &height);
      lay_out (mirrored, NULL, &mirrored_height);
      g_assert_cmpfloat_with_epsilon (height, mirrored_height, 1e-6);
      for (guint i = 0; i < mirrored->len; i++)
        g_assert_cmpfloat_with_epsilon (NODE (mirrored, i)->y,
                                        height - NODE (nodes, g_array_index (origin, guint, i))->y,
                                        1e-6);
    }
}

static void
test_equal_subtrees (void)
{
  /* Two children of the root, each with three, between them a leaf. */
  GroveLayoutNode nodes[] = {
    { .parent = G_MAXUINT, .first_child = 1, .n_children = 3 },
    { .parent = 0, .depth = 1, .first_child = 4, .n_children = 3 },
    { .parent = 0, .depth = 1 },
    { .parent = 0, .depth = 1, .first_child = 7, .n_children = 3 },
    { .parent = 1, .depth = 2 },
    { .parent = 1, .depth = 2 },
    { .parent = 1, .depth = 2 },
    { .parent = 3, .depth = 2 },
    { .parent = 3, .depth = 2 },
    { .parent = 3, .depth = 2 },
  };

  for (guint i = 0; i < G_N_ELEMENTS (nodes); i++)
    {
      nodes[i].width = 100;
      nodes[i].height = 20;
    }
  grove_tree_layout (nodes, G_N_ELEMENTS (nodes), &style, NULL, NULL);
  for (guint i = 0; i < 3; i++)
    g_assert_cmpfloat_with_epsilon (nodes[4 + i].y - nodes[1].y, nodes[7 + i].y - nodes[3].y, 1e-6);
  /* The leaf stands in the middle of the room that its neighbours' children make. */
  g_assert_cmpfloat_with_epsilon (nodes[2].y, (nodes[1].y + nodes[3].y) / 2, 1e-6);
  /* Neighbours of different parents stand further apart. */
  g_assert_cmpfloat_with_epsilon (nodes[7].y - nodes[6].y, 20 + style.cousin_gap, 1e-6);
  g_assert_cmpfloat_with_epsilon (nodes[5].y - nodes[4].y, 20 + style.sibling_gap, 1e-6);
}

static void
test_deep_chain (void)
{
  g_autoptr (GArray) nodes = grow (100000, 1, pick_one, NULL);
  double width, height;

  g_test_summary ("A chain 100,000 deep is laid out without growing the C stack");
  lay_out (nodes, &width, &height);
  g_assert_cmpuint (nodes->len, ==, 100000);
  g_assert_cmpfloat (height, ==, 20);
  g_assert_cmpfloat (NODE (nodes, 99999)->x, ==, 99999.0 * 160);
}

/* Of this thread alone: the machine has other things to do. */
static double
cpu_us (void)
{
  struct timespec now;

  clock_gettime (CLOCK_THREAD_CPUTIME_ID, &now);
  return (double) now.tv_sec * 1e6 + (double) now.tv_nsec / 1e3;
}

static double
time_of (guint n)
{
  g_autoptr (GArray) nodes = grow (n, 3, pick_wide, NULL);
  double best = G_MAXDOUBLE;

  for (guint i = 0; i < 7; i++)
    {
      const double start = cpu_us ();

      lay_out (nodes, NULL, NULL);
      best = MIN (best, cpu_us () - start);
    }
  return best;
}

static void
test_linear (void)
{
  const double small = time_of (20000), large = time_of (200000);

  g_test_summary ("Ten times the nodes cost about ten times, not a hundred times, as much");
  g_test_message ("20,000 nodes %.1f ms, 200,000 nodes %.1f ms", small / 1e3, large / 1e3);
  g_assert_cmpfloat (large, <, small * 40);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/observer/tree-layout/empty", test_empty);
  g_test_add_func ("/observer/tree-layout/single", test_single);
  g_test_add_data_func ("/observer/tree-layout/tidy/equal-sizes", GINT_TO_POINTER (FALSE),
                        test_tidy);
  g_test_add_data_func ("/observer/tree-layout/tidy/varied-sizes", GINT_TO_POINTER (TRUE),
                        test_tidy);
  g_test_add_func ("/observer/tree-layout/mirrored", test_mirrored);
  g_test_add_func ("/observer/tree-layout/equal-subtrees", test_equal_subtrees);
  g_test_add_func ("/observer/tree-layout/deep-chain", test_deep_chain);
  g_test_add_func ("/observer/tree-layout/linear", test_linear);
  return g_test_run ();
}
