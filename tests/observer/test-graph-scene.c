/* SPDX-License-Identifier: MIT
 *
 * The supervision graph without a screen: what folds, where nodes stand and how they get there,
 * what a camera sees, picks and keeps in place.
 */
#include "observer/grove-graph-camera.h"
#include "observer/grove-graph-fold.h"

#include <math.h>

static guint
add (GroveGraphScene *scene, guint parent, const char *id, GroveGraphKind kind, const char *fold)
{
  const GroveGraphNode node = {
    .id = id, .name = id, .strategy = "", .status = "", .fold = fold, .kind = kind
  };

  return grove_graph_scene_add (scene, parent, &node);
}

/* A root with @n children, named r, r.0, r.1 and so on. */
static void
build_star (GroveGraphScene *scene, guint n, const char *anchor, gint64 now_us, double *ret_dy)
{
  guint root;

  grove_graph_scene_begin (scene);
  root = add (scene, GROVE_GRAPH_NONE, "r", GROVE_GRAPH_SUPERVISOR, "");
  for (guint i = 0; i < n; i++)
    {
      g_autofree char *id = g_strdup_printf ("r.%u", i);
      add (scene, root, id, GROVE_GRAPH_WORKER, "");
    }
  grove_graph_scene_end (scene, anchor, now_us, GROVE_GRAPH_GLIDE, ret_dy);
}

/* @n supervisors below a root, @m workers below each. */
static GroveGraphScene *
make_comb (guint n, guint m)
{
  GroveGraphScene *scene = grove_graph_scene_new ();
  guint            root;

  grove_graph_scene_begin (scene);
  root = add (scene, GROVE_GRAPH_NONE, "root", GROVE_GRAPH_SUPERVISOR, "");
  for (guint i = 0; i < n; i++)
    {
      g_autofree char *id = g_strdup_printf ("sup.%u", i);
      add (scene, root, id, GROVE_GRAPH_SUPERVISOR, "");
    }
  for (guint i = 0; i < n; i++)
    for (guint k = 0; k < m; k++)
      {
        g_autofree char *id = g_strdup_printf ("worker.%u.%u", i, k);
        add (scene, root + 1 + i, id, GROVE_GRAPH_WORKER, "");
      }
  grove_graph_scene_end (scene, NULL, 1, GROVE_GRAPH_JUMP, NULL);
  return scene;
}

static void
test_fold_stem (void)
{
  static const struct
  {
    const char *name, *stem, *label;
  } rows[] = {
    { "conn_17", "conn_#", "conn" },
    { "conn", "conn", "conn" },
    { "worker-12-3", "worker-#-#", "worker" },
    { "pool_3_sup", "pool_#_sup", "pool_#_sup" },
    { "<0.123.0>", "<#.#.#>", "process" },
    { "42", "#", "process" },
    { "reminder 3 for ada", "reminder # for #", "reminder # for …" },
    { "session of ada", "session of #", "session of …" },
    { "ends in a space ", "ends in a space #", "ends in a space …" },
    { "größe_1", "größe_#", "größe" },
    { "", "", "process" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autofree char *stem = grove_graph_fold_stem (rows[i].name);
      g_autofree char *label = grove_graph_fold_label (stem);

      g_assert_cmpstr (stem, ==, rows[i].stem);
      g_assert_cmpstr (label, ==, rows[i].label);
    }
}

static void
test_fold_siblings (void)
{
  const char *names[40];
  char       *owned[40];
  guint       fold[40];

  /* An acceptor, then 20 connections among 12 workers, one too few to fold, and six others. */
  for (guint i = 0; i < 40; i++)
    {
      owned[i] = i < 1    ? g_strdup ("acceptor")
                 : i < 34 ? g_strdup_printf (i % 3 == 0 && i < 38 ? "worker_%u" : "conn_%u", i)
                          : g_strdup_printf ("other%c", 'a' + (int) i);
      names[i] = owned[i];
    }
  {
    g_autoptr (GArray) folds = grove_graph_fold_siblings (names, 40, GROVE_GRAPH_FOLD_ABOVE, fold);
    guint n_conn = 0, n_worker = 0;

    for (guint i = 1; i < 34; i++)
      if (g_str_has_prefix (names[i], "conn"))
        n_conn++;
      else
        n_worker++;
    g_assert_cmpuint (n_worker, <=, GROVE_GRAPH_FOLD_ABOVE);
    g_assert_cmpuint (n_conn, >, GROVE_GRAPH_FOLD_ABOVE);
    g_assert_cmpuint (folds->len, ==, 1);
    g_assert_cmpstr (g_array_index (folds, GroveGraphFold, 0).stem, ==, "conn_#");
    g_assert_cmpuint (g_array_index (folds, GroveGraphFold, 0).n_members, ==, n_conn);
    for (guint i = 0; i < 40; i++)
      g_assert_cmpuint (fold[i], ==, g_str_has_prefix (names[i], "conn") ? 0 : G_MAXUINT);
  }
  for (guint i = 0; i < 40; i++)
    g_free (owned[i]);
}

static void
test_metric_bands (void)
{
  const GroveGraphMetric mailbox = GROVE_GRAPH_METRIC_MAILBOX;

  g_assert_cmpint (grove_graph_metric_get_band (mailbox, 0, NULL), ==, GROVE_GRAPH_BAND_CALM);
  g_assert_cmpint (grove_graph_metric_get_band (mailbox, 1, NULL), ==, GROVE_GRAPH_BAND_BUSY);
  g_assert_cmpint (grove_graph_metric_get_band (mailbox, 99, NULL), ==, GROVE_GRAPH_BAND_BUSY);
  g_assert_cmpint (grove_graph_metric_get_band (mailbox, 100, NULL), ==, GROVE_GRAPH_BAND_WARM);
  g_assert_cmpint (grove_graph_metric_get_band (mailbox, 400, NULL), ==, GROVE_GRAPH_BAND_HOT);
  g_assert_cmpint (grove_graph_metric_get_band (mailbox, 1000, NULL), ==, GROVE_GRAPH_BAND_ALARM);
  g_assert_cmpint (grove_graph_metric_get_band (GROVE_GRAPH_METRIC_STATE, 0, "suspended"), ==,
                   GROVE_GRAPH_BAND_OFF);
  g_assert_cmpint (grove_graph_metric_get_band (GROVE_GRAPH_METRIC_STATE, 0, "exiting"), ==,
                   GROVE_GRAPH_BAND_ALARM);
}

static void
test_metric_legend (void)
{
  /* What can be painted is in the legend. */
  static const char *const states[] = { "waiting", "running", "runnable", "suspended", "exiting" };

  for (guint metric = 0; metric < GROVE_GRAPH_METRIC_STATE; metric++)
    for (double value = 0.5; value < 1e12; value *= 2)
      g_assert_nonnull (
        grove_graph_metric_get_legend (metric, grove_graph_metric_get_band (metric, value, NULL)));
  for (guint i = 0; i < G_N_ELEMENTS (states); i++)
    g_assert_nonnull (
      grove_graph_metric_get_legend (GROVE_GRAPH_METRIC_STATE,
                                     grove_graph_metric_get_band (GROVE_GRAPH_METRIC_STATE, 0,
                                                                  states[i])));
}

static void
test_empty (void)
{
  g_autoptr (GroveGraphScene) scene = grove_graph_scene_new ();
  GroveGraphCamera camera = { 0 };

  grove_graph_scene_begin (scene);
  grove_graph_scene_end (scene, "nobody", 1, GROVE_GRAPH_GLIDE, NULL);
  grove_graph_camera_set_size (&camera, scene, 800, 600);
  grove_graph_camera_start (&camera, scene);
  g_assert_cmpuint (scene->n_levels, ==, 0);
  g_assert_cmpuint (grove_graph_scene_find (scene, "r"), ==, GROVE_GRAPH_NONE);
  g_assert_cmpuint (grove_graph_camera_pick (&camera, scene, 10, 10, 1), ==, GROVE_GRAPH_NONE);
  g_assert_cmpuint (grove_graph_scene_step (scene, 0, GROVE_GRAPH_TO_NEXT), ==, GROVE_GRAPH_NONE);
  g_assert_true (grove_graph_camera_sees_all (&camera, scene));
}

static void
test_levels (void)
{
  g_autoptr (GroveGraphScene) scene = make_comb (20, 7);

  g_assert_cmpuint (scene->n_levels, ==, 3);
  g_assert_cmpuint (scene->levels[0].end, ==, 1);
  g_assert_cmpuint (scene->levels[1].end - scene->levels[1].begin, ==, 20);
  g_assert_cmpuint (scene->levels[2].end - scene->levels[2].begin, ==, 140);
  g_assert_cmpuint (scene->n_supervisors, ==, 21);
  g_assert_cmpuint (scene->n_processes, ==, 161);
  for (guint level = 0; level < scene->n_levels; level++)
    for (guint i = scene->levels[level].begin; i + 1 < scene->levels[level].end; i++)
      g_assert_cmpfloat (scene->places[i].y, <, scene->places[i + 1].y);
}

/* The same as a look at every node. */
static void
test_range (void)
{
  g_autoptr (GroveGraphScene) scene = make_comb (30, 9);

  for (double top = -100; top < scene->height; top += 73)
    for (guint level = 0; level < scene->n_levels; level++)
      {
        const GroveGraphRange range = grove_graph_scene_get_range (scene, level, top, top + 200);

        for (guint i = scene->levels[level].begin; i < scene->levels[level].end; i++)
          {
            const GroveLayoutNode *place = &scene->places[i];

            if (place->y + place->height / 2 > top && place->y - place->height / 2 < top + 200)
              {
                g_assert_cmpuint (i, >=, range.begin);
                g_assert_cmpuint (i, <, range.end);
              }
          }
        g_assert_cmpuint (range.end - range.begin, <=, 12);
      }
}

static void
test_glide (void)
{
  g_autoptr (GroveGraphScene) scene = grove_graph_scene_new ();
  guint  node;
  double x, y, start_y;

  build_star (scene, 3, NULL, 1000, NULL);
  g_assert_cmpfloat (scene->max_move, ==, 0);
  node = grove_graph_scene_find (scene, "r");
  start_y = scene->places[node].y;

  build_star (scene, 9, NULL, 2000, NULL);
  node = grove_graph_scene_find (scene, "r");
  g_assert_cmpfloat (scene->places[node].y, >, start_y);
  grove_graph_scene_get_position (scene, node, 2000, &x, &y);
  g_assert_cmpfloat_with_epsilon (y, start_y, 1e-6);
  grove_graph_scene_get_position (scene, node, 2000 + GROVE_GRAPH_MOVE_US / 2, &x, &y);
  g_assert_cmpfloat (y, >, start_y);
  g_assert_cmpfloat (y, <, scene->places[node].y);
  g_assert_true (grove_graph_scene_tick (scene, 2000 + GROVE_GRAPH_MOVE_US / 2));
  g_assert_false (grove_graph_scene_tick (scene, 2000 + GROVE_GRAPH_MOVE_US));
  grove_graph_scene_get_position (scene, node, 2000 + GROVE_GRAPH_MOVE_US, &x, &y);
  g_assert_cmpfloat (y, ==, scene->places[node].y);
}

static void
test_still (void)
{
  g_autoptr (GroveGraphScene) scene = grove_graph_scene_new ();

  g_test_summary ("The same tree once more moves nothing");
  build_star (scene, 9, NULL, 1000, NULL);
  build_star (scene, 9, NULL, 2000, NULL);
  g_assert_cmpfloat (scene->max_move, ==, 0);
  g_assert_false (grove_graph_scene_tick (scene, 2001));
}

static void
test_anchor (void)
{
  g_autoptr (GroveGraphScene) scene = grove_graph_scene_new ();
  guint  node;
  double before, dy = -1, x, y;

  g_test_summary ("Moved by what the scene says, a camera keeps the anchor on its pixel");
  build_star (scene, 4, NULL, 1000, NULL);
  node = grove_graph_scene_find (scene, "r");
  before = scene->places[node].y;
  build_star (scene, 14, "r", 2000, &dy);
  node = grove_graph_scene_find (scene, "r");
  g_assert_cmpfloat (dy, >, 0);
  g_assert_cmpfloat_with_epsilon (scene->places[node].y - dy, before, 1e-6);
  /* It does not glide: relative to the camera it has not moved. */
  grove_graph_scene_get_position (scene, node, 2000, &x, &y);
  g_assert_cmpfloat_with_epsilon (y, scene->places[node].y, 1e-6);
}

static void
test_ghost (void)
{
  g_autoptr (GroveGraphScene) scene = grove_graph_scene_new ();
  double y;

  build_star (scene, 5, NULL, 1000, NULL);
  y = scene->places[grove_graph_scene_find (scene, "r.4")].y;
  grove_graph_scene_note_dead (scene, "r.4");
  build_star (scene, 4, NULL, 2000, NULL);
  g_assert_cmpuint (scene->ghosts->len, ==, 1);
  g_assert_cmpstr (g_array_index (scene->ghosts, GroveGraphGhost, 0).name, ==, "r.4");
  g_assert_cmpfloat_with_epsilon (g_array_index (scene->ghosts, GroveGraphGhost, 0).y, y, 1e-6);
  g_assert_true (grove_graph_scene_tick (scene, 2000 + GROVE_GRAPH_FLASH_US - 1));
  g_assert_false (grove_graph_scene_tick (scene, 2000 + GROVE_GRAPH_FLASH_US));
  g_assert_cmpuint (scene->ghosts->len, ==, 0);

  /* What only left the picture, folded or collapsed, is not dead. */
  build_star (scene, 3, NULL, 3000, NULL);
  g_assert_cmpuint (scene->ghosts->len, ==, 0);

  /* Without motion they stand where they stood, too. */
  grove_graph_scene_note_dead (scene, "r.2");
  grove_graph_scene_begin (scene);
  add (scene, GROVE_GRAPH_NONE, "r", GROVE_GRAPH_SUPERVISOR, "");
  grove_graph_scene_end (scene, NULL, 4000, GROVE_GRAPH_JUMP, NULL);
  g_assert_cmpuint (scene->ghosts->len, ==, 1);
}

static void
test_crashed (void)
{
  g_autoptr (GroveGraphScene) scene = grove_graph_scene_new ();

  g_test_summary ("Whether the tree or the table of crashes is first to tell, a crash is seen as "
                  "one, and for as long as others");
  build_star (scene, 5, NULL, 1000, NULL);
  grove_graph_scene_note_crashed (scene, "r.4", 1500);
  g_assert_cmpint (scene->nodes[grove_graph_scene_find (scene, "r.4")].crashed_us, ==, 1500);
  grove_graph_scene_note_dead (scene, "r.4");
  grove_graph_scene_note_dead (scene, "r.3");
  build_star (scene, 3, NULL, 2000, NULL);
  g_assert_cmpuint (scene->ghosts->len, ==, 2);
  g_assert_false (g_array_index (scene->ghosts, GroveGraphGhost, 0).crashed);
  g_assert_true (g_array_index (scene->ghosts, GroveGraphGhost, 1).crashed);
  grove_graph_scene_note_crashed (scene, "r.3", 2500);
  g_assert_true (g_array_index (scene->ghosts, GroveGraphGhost, 0).crashed);
  /* One that is yet to come. */
  grove_graph_scene_note_crashed (scene, "r.3", 3000);
  build_star (scene, 4, NULL, 3500, NULL);
  g_assert_cmpint (scene->nodes[grove_graph_scene_find (scene, "r.3")].crashed_us, ==, 3000);
  grove_graph_scene_tick (scene, 3000 + GROVE_GRAPH_FLASH_US);
  build_star (scene, 4, NULL, 3500 + GROVE_GRAPH_FLASH_US, NULL);
  g_assert_cmpint (scene->nodes[grove_graph_scene_find (scene, "r.3")].crashed_us, ==, 0);
}

static void
test_replaced (void)
{
  g_autoptr (GroveGraphScene) scene = grove_graph_scene_new ();
  guint  root, node;
  double x, y, old_y;

  build_star (scene, 1, NULL, 1000, NULL);
  old_y = scene->places[1].y;
  grove_graph_scene_note_replaced (scene, "r.0", "heir");
  grove_graph_scene_note_replaced (scene, "heir", "heir's heir");
  grove_graph_scene_begin (scene);
  root = add (scene, GROVE_GRAPH_NONE, "r", GROVE_GRAPH_SUPERVISOR, "");
  add (scene, root, "new", GROVE_GRAPH_WORKER, "");
  node = add (scene, root, "heir's heir", GROVE_GRAPH_WORKER, "");
  grove_graph_scene_end (scene, NULL, 2000, GROVE_GRAPH_GLIDE, NULL);
  grove_graph_scene_get_position (scene, node, 2000, &x, &y);
  g_assert_cmpfloat_with_epsilon (y, old_y, 1e-6);
  g_assert_cmpuint (scene->ghosts->len, ==, 0);
}

static void
test_unfold (void)
{
  g_autoptr (GroveGraphScene) scene = grove_graph_scene_new ();
  guint  root;
  double fold_y, x, y;

  g_test_summary ("Members come out of the fold they were in");
  grove_graph_scene_begin (scene);
  root = add (scene, GROVE_GRAPH_NONE, "r", GROVE_GRAPH_SUPERVISOR, "");
  add (scene, root, "fold", GROVE_GRAPH_FOLD, "fold");
  grove_graph_scene_end (scene, NULL, 1000, GROVE_GRAPH_GLIDE, NULL);
  fold_y = scene->places[1].y;

  grove_graph_scene_begin (scene);
  root = add (scene, GROVE_GRAPH_NONE, "r", GROVE_GRAPH_SUPERVISOR, "");
  for (guint i = 0; i < 20; i++)
    {
      g_autofree char *id = g_strdup_printf ("member %u", i);
      add (scene, root, id, GROVE_GRAPH_WORKER, "fold");
    }
  grove_graph_scene_end (scene, NULL, 2000, GROVE_GRAPH_GLIDE, NULL);
  for (guint i = 1; i < scene->n_nodes; i++)
    {
      grove_graph_scene_get_position (scene, i, 2000, &x, &y);
      g_assert_cmpfloat_with_epsilon (y, fold_y, 1e-6);
    }
}

static void
test_step (void)
{
  g_autoptr (GroveGraphScene) scene = make_comb (3, 3);
  const guint root = grove_graph_scene_find (scene, "root");
  const guint middle = grove_graph_scene_find (scene, "sup.1");
  const guint worker = grove_graph_scene_find (scene, "worker.0.2");

  g_assert_cmpuint (grove_graph_scene_step (scene, GROVE_GRAPH_NONE, GROVE_GRAPH_TO_NEXT), ==,
                    root);
  g_assert_cmpuint (grove_graph_scene_step (scene, root, GROVE_GRAPH_TO_CHILD), ==, middle);
  g_assert_cmpuint (grove_graph_scene_step (scene, middle, GROVE_GRAPH_TO_PARENT), ==, root);
  g_assert_cmpuint (grove_graph_scene_step (scene, root, GROVE_GRAPH_TO_PARENT), ==,
                    GROVE_GRAPH_NONE);
  /* Down goes on into the next family. */
  g_assert_cmpstr (scene->nodes[grove_graph_scene_step (scene, worker, GROVE_GRAPH_TO_NEXT)].id, ==,
                   "worker.1.0");
  g_assert_cmpstr (scene->nodes[grove_graph_scene_step (scene, worker, GROVE_GRAPH_TO_LAST)].id, ==,
                   "worker.2.2");
  g_assert_cmpuint (grove_graph_scene_step (scene, worker, GROVE_GRAPH_TO_CHILD), ==,
                    GROVE_GRAPH_NONE);
}

static void
test_fit (void)
{
  static const double sizes[][2] = { { 1400, 900 }, { 420, 700 }, { 900, 300 } };

  for (guint i = 0; i < G_N_ELEMENTS (sizes); i++)
    for (guint n = 1; n < 3000; n *= 7)
      {
        g_autoptr (GroveGraphScene) scene = make_comb (n, 5);
        GroveGraphCamera camera = { 0 };

        grove_graph_camera_set_size (&camera, scene, sizes[i][0], sizes[i][1]);
        grove_graph_camera_fit (&camera, scene);
        g_assert_true (grove_graph_camera_sees_all (&camera, scene));
        g_assert_cmpfloat (camera.scale, <=, 1);
      }
}

static void
test_zoom_at (void)
{
  g_autoptr (GroveGraphScene) scene = make_comb (40, 5);
  GroveGraphCamera camera = { 0 };

  g_test_summary ("The point under the mouse stays under the mouse, on both axes, at any scale");
  grove_graph_camera_set_size (&camera, scene, 1000, 700);
  grove_graph_camera_fit (&camera, scene);
  for (guint i = 0; i < 20; i++)
    {
      const double wx = (400 - camera.ox) / grove_graph_camera_get_x_scale (&camera);
      const double wy = (300 - camera.oy) / camera.scale;

      grove_graph_camera_zoom_at (&camera, scene, 1.2, 400, 300);
      g_assert_cmpfloat_with_epsilon (camera.ox + wx * grove_graph_camera_get_x_scale (&camera),
                                      400, 1e-6);
      g_assert_cmpfloat_with_epsilon (camera.oy + wy * camera.scale, 300, 1e-6);
    }
  g_assert_cmpfloat (camera.scale, <=, GROVE_GRAPH_SCALE_MAX);
}

static void
test_pan_bounds (void)
{
  g_autoptr (GroveGraphScene) scene = make_comb (4, 4);
  GroveGraphCamera camera = { 0 };

  grove_graph_camera_set_size (&camera, scene, 1000, 700);
  grove_graph_camera_fit (&camera, scene);
  grove_graph_camera_pan (&camera, scene, 1e9, -1e9);
  g_assert_cmpfloat (camera.ox, <, 1000);
  g_assert_cmpfloat (camera.oy + scene->height * camera.scale, >, 0);
}

static void
test_pick (void)
{
  g_autoptr (GroveGraphScene) scene = make_comb (12, 6);
  GroveGraphCamera camera = { 0 };

  g_test_summary ("Every node in sight is hit in its middle, and the gaps hit nothing");
  grove_graph_camera_set_size (&camera, scene, 1200, 800);
  for (guint step = 0; step < 3; step++)
    {
      grove_graph_camera_start (&camera, scene);
      grove_graph_camera_zoom_at (&camera, scene, 1 + step * 0.4, 300, 200);
      for (guint i = 0; i < scene->n_nodes; i++)
        {
          const GroveGraphRect rect = grove_graph_camera_get_rect (&camera, scene, i, 1);
          const double         x = rect.x + rect.width / 2, y = rect.y + rect.height / 2;

          if (x > 0 && x < 1200 && y > 0 && y < 800)
            g_assert_cmpuint (grove_graph_camera_pick (&camera, scene, x, y, 1), ==, i);
          g_assert_cmpuint (grove_graph_camera_pick (&camera, scene, rect.x - 4, y, 1), ==,
                            GROVE_GRAPH_NONE);
        }
    }
}

static void
test_stick (void)
{
  g_autoptr (GroveGraphScene) scene = make_comb (3, 60);
  GroveGraphCamera camera = { 0 };
  const guint      sup = grove_graph_scene_find (scene, "sup.1");
  GroveGraphRect   rect;

  g_test_summary ("A parent stays in sight as long as one of its children is, and overlaps nobody");
  grove_graph_camera_set_size (&camera, scene, 1200, 500);
  for (double y = scene->places[scene->places[sup].first_child].y;
       y <= scene->places[scene->places[sup].first_child + 59].y; y += 31)
    {
      camera.scale = 1;
      camera.ox = 20;
      camera.oy = 250 - y;
      rect = grove_graph_camera_get_rect (&camera, scene, sup, 1);
      g_assert_cmpfloat (rect.y, >=, 0);
      g_assert_cmpfloat (rect.y + rect.height, <=, 500);
      for (guint i = scene->levels[1].begin; i + 1 < scene->levels[1].end; i++)
        {
          const GroveGraphRect a = grove_graph_camera_get_rect (&camera, scene, i, 1);
          const GroveGraphRect b = grove_graph_camera_get_rect (&camera, scene, i + 1, 1);

          g_assert_cmpfloat (a.y + a.height, <=, b.y);
        }
    }
}

static void
test_culling (void)
{
  g_autoptr (GroveGraphScene) scene = make_comb (40, 50);
  GroveGraphCamera camera = { 0 };

  g_test_summary (
    "Whatever is drawn into the view is in the range that is looked at, and not much else");
  grove_graph_camera_set_size (&camera, scene, 1200, 600);
  camera.scale = 1;
  camera.ox = 20;
  for (double oy = 0; oy > -scene->height; oy -= 311)
    {
      camera.oy = oy;
      for (guint level = 0; level < scene->n_levels; level++)
        {
          const GroveGraphRange range = grove_graph_camera_get_range (&camera, scene, level);

          g_assert_cmpuint (range.end - range.begin, <, 40);
          for (guint i = scene->levels[level].begin; i < scene->levels[level].end; i++)
            {
              const GroveGraphRect rect = grove_graph_camera_get_rect (&camera, scene, i, 1);

              if (rect.y < 600 && rect.y + rect.height > 0)
                g_assert_true (i >= range.begin && i < range.end);
            }
        }
    }
}

static void
test_reveal (void)
{
  g_autoptr (GroveGraphScene) scene = make_comb (30, 8);
  GroveGraphCamera camera = { 0 };

  grove_graph_camera_set_size (&camera, scene, 700, 500);
  grove_graph_camera_start (&camera, scene);
  for (guint i = 0; i < scene->n_nodes; i += 13)
    {
      GroveGraphRect rect;

      grove_graph_camera_reveal (&camera, scene, i);
      rect = grove_graph_camera_get_rect (&camera, scene, i, 1);
      g_assert_cmpfloat (rect.x, >=, 0);
      g_assert_cmpfloat (rect.x + rect.width, <=, 700.001);
      g_assert_cmpfloat (rect.y, >=, 0);
      g_assert_cmpfloat (rect.y + rect.height, <=, 500.001);
      g_assert_false (grove_graph_camera_reveal (&camera, scene, i));
    }
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/observer/graph/fold/stem", test_fold_stem);
  g_test_add_func ("/observer/graph/fold/siblings", test_fold_siblings);
  g_test_add_func ("/observer/graph/metric/bands", test_metric_bands);
  g_test_add_func ("/observer/graph/metric/legend", test_metric_legend);
  g_test_add_func ("/observer/graph/scene/empty", test_empty);
  g_test_add_func ("/observer/graph/scene/levels", test_levels);
  g_test_add_func ("/observer/graph/scene/range", test_range);
  g_test_add_func ("/observer/graph/scene/glide", test_glide);
  g_test_add_func ("/observer/graph/scene/still", test_still);
  g_test_add_func ("/observer/graph/scene/anchor", test_anchor);
  g_test_add_func ("/observer/graph/scene/ghost", test_ghost);
  g_test_add_func ("/observer/graph/scene/crashed", test_crashed);
  g_test_add_func ("/observer/graph/scene/replaced", test_replaced);
  g_test_add_func ("/observer/graph/scene/unfold", test_unfold);
  g_test_add_func ("/observer/graph/scene/step", test_step);
  g_test_add_func ("/observer/graph/camera/fit", test_fit);
  g_test_add_func ("/observer/graph/camera/zoom-at", test_zoom_at);
  g_test_add_func ("/observer/graph/camera/pan-bounds", test_pan_bounds);
  g_test_add_func ("/observer/graph/camera/pick", test_pick);
  g_test_add_func ("/observer/graph/camera/stick", test_stick);
  g_test_add_func ("/observer/graph/camera/culling", test_culling);
  g_test_add_func ("/observer/graph/camera/reveal", test_reveal);
  return g_test_run ();
}
