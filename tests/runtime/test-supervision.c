/* SPDX-License-Identifier: MIT
 *
 * The published supervision forest: runtime/otp/supervision.c. First by itself, with made-up pids;
 * then read by threads while real supervisors change it.
 */
#include "otp-test.h"

#include "runtime/otp/supervision.h"

#include <pthread.h>
#include <string.h>

#define MASTER 100
#define SUP    200

static void
put (grove_pid parent, const char *id, grove_pid pid, grove_pid replaces, uint32_t restarts)
{
  struct grove_supervision_node node = {
    .pid = pid,
    .replaces = replaces,
    .kind = GROVE_NODE_WORKER,
    .restarts = restarts,
  };

  g_strlcpy (node.id, id, sizeof node.id);
  _grove_supervision_put (parent, &node);
}

static void
open_sup (grove_pid pid)
{
  const struct grove_supervision_node self = {
    .strategy = "one_for_one",
    .intensity = 3,
    .period_s = 7,
  };

  _grove_supervision_open (pid, &self);
}

/* An application with a supervisor below it. */
static void
plant (void)
{
  g_assert_true (_grove_supervision_add_root (MASTER, "garden", GROVE_TEMPORARY, NULL));
  open_sup (SUP);
  put (MASTER, "garden", SUP, 0, 0);
}

static void
clear (void)
{
  _grove_supervision_close (SUP);
  _grove_supervision_remove_root (MASTER);
}

static void
test_tree (void)
{
  struct grove_supervision_node nodes[4];
  grove_pid                     parent;
  size_t                        n, total;

  plant ();
  put (SUP, "rose", 301, 0, 0);
  put (SUP, "oak", 302, 0, 2);

  g_assert_true (_grove_supervision_children (0, 0, nodes, 4, &n, &total));
  g_assert_cmpuint (n, ==, 1);
  g_assert_cmpuint (nodes[0].pid, ==, MASTER);
  g_assert_cmpint (nodes[0].kind, ==, GROVE_NODE_APPLICATION);
  g_assert_cmpstr (nodes[0].id, ==, "garden");
  g_assert_cmpuint (nodes[0].n_children, ==, 1);
  g_assert_cmpuint (_grove_supervision_application ("garden"), ==, MASTER);
  g_assert_false (_grove_supervision_add_root (MASTER + 1, "garden", GROVE_TEMPORARY, NULL));

  g_assert_true (_grove_supervision_find (SUP, &parent, &nodes[0]));
  g_assert_cmpuint (parent, ==, MASTER);
  g_assert_cmpstr (nodes[0].strategy, ==, "one_for_one");
  g_assert_cmpuint (nodes[0].intensity, ==, 3);
  g_assert_cmpuint (nodes[0].period_s, ==, 7);
  g_assert_cmpuint (nodes[0].n_children, ==, 2);

  g_assert_true (_grove_supervision_find (302, &parent, &nodes[0]));
  g_assert_cmpuint (parent, ==, SUP);
  g_assert_cmpstr (nodes[0].id, ==, "oak");
  g_assert_cmpstr (nodes[0].strategy, ==, "");
  g_assert_cmpuint (nodes[0].restarts, ==, 2);

  _grove_supervision_remove (SUP, "rose");
  g_assert_false (_grove_supervision_find (301, NULL, NULL));
  g_assert_true (_grove_supervision_children (SUP, 0, nodes, 4, &n, &total));
  g_assert_cmpuint (total, ==, 1);

  clear ();
  g_assert_false (_grove_supervision_find (302, NULL, NULL));
  g_assert_false (_grove_supervision_children (SUP, 0, nodes, 4, &n, &total));
  g_assert_cmpuint (_grove_supervision_application ("garden"), ==, 0);
}

static void
test_replace (void)
{
  struct grove_supervision_node nodes[3];
  uint64_t                      n_restarts = _grove_supervision_restarts ();
  size_t                        n, total;

  plant ();
  put (SUP, "a", 401, 0, 0);
  put (SUP, "b", 402, 0, 0);
  put (SUP, "c", 403, 0, 0);
  g_assert_cmpuint (_grove_supervision_successor (402), ==, 0);
  put (SUP, "b", 0, 402, 0);
  g_assert_cmpuint (_grove_supervision_successor (402), ==, 0);
  put (SUP, "b", 404, 402, 1);

  g_assert_true (_grove_supervision_children (SUP, 0, nodes, 3, &n, &total));
  g_assert_cmpuint (n, ==, 3);
  g_assert_cmpuint (nodes[1].pid, ==, 404);
  g_assert_cmpuint (nodes[1].replaces, ==, 402);
  g_assert_cmpuint (_grove_supervision_successor (402), ==, 404);
  g_assert_cmpuint (_grove_supervision_restarts (), ==, n_restarts + 1);
  /* Known also when its place is gone. */
  clear ();
  g_assert_cmpuint (_grove_supervision_successor (402), ==, 404);
}

static void
test_successors_remembered (void)
{
  const grove_pid first = 1000000;

  plant ();
  put (SUP, "phoenix", first, 0, 0);
  for (grove_pid i = 1; i <= 5000; i++)
    put (SUP, "phoenix", first + i, first + i - 1, (uint32_t) i);
  for (grove_pid i = 0; i < 5000; i++)
    g_assert_cmpuint (_grove_supervision_successor (first + i), ==,
                      i < 5000 - 4096 ? 0 : first + i + 1);
  clear ();
}

static void
test_revisions (void)
{
  uint64_t all, roots, master, sup;

  plant ();
  all = _grove_supervision_revision ();
  roots = _grove_supervision_revision_of (0);
  master = _grove_supervision_revision_of (MASTER);
  sup = _grove_supervision_revision_of (SUP);

  put (SUP, "a", 501, 0, 0);
  g_assert_cmpuint (_grove_supervision_revision (), >, all);
  g_assert_cmpuint (_grove_supervision_revision_of (SUP), >, sup);
  /* Of the children of the master, one has more children now. */
  g_assert_cmpuint (_grove_supervision_revision_of (MASTER), >, master);
  g_assert_cmpuint (_grove_supervision_revision_of (0), ==, roots);

  master = _grove_supervision_revision_of (MASTER);
  _grove_supervision_restarted (SUP, 2);
  g_assert_cmpuint (_grove_supervision_revision_of (MASTER), >, master);
  g_assert_cmpuint (_grove_supervision_revision_of (999), ==, 0);

  all = _grove_supervision_revision ();
  _grove_supervision_remove (SUP, "nobody");
  g_assert_cmpuint (_grove_supervision_revision (), ==, all);
  clear ();
}

static void
test_paging (void)
{
  struct grove_supervision_node nodes[7];
  size_t                        n, total;
  char                          id[16];

  plant ();
  for (unsigned i = 0; i < 100; i++)
    {
      g_snprintf (id, sizeof id, "w%u", i);
      put (SUP, id, 600 + i, 0, 0);
    }
  for (size_t at = 0; at < 100; at += 7)
    {
      g_assert_true (_grove_supervision_children (SUP, at, nodes, 7, &n, &total));
      g_assert_cmpuint (n, ==, MIN (7, 100 - at));
      g_assert_cmpuint (nodes[0].pid, ==, 600 + at);
    }
  /* Where the last page ended is forgotten when somebody leaves. */
  g_assert_true (_grove_supervision_children (SUP, 0, nodes, 7, &n, &total));
  _grove_supervision_remove (SUP, "w7");
  _grove_supervision_remove (SUP, "w0");
  g_assert_true (_grove_supervision_children (SUP, 7, nodes, 7, &n, &total));
  g_assert_cmpuint (nodes[0].pid, ==, 609);
  g_assert_true (_grove_supervision_children (SUP, 98, nodes, 7, &n, &total));
  g_assert_cmpuint (n, ==, 0);
  g_assert_cmpuint (total, ==, 98);
  clear ();
}

/* ---- Read while it changes -------------------------------------------------------------- */

#define N_CHILDREN 50
#define N_ROUNDS   40

static _Atomic bool     churn_over;
static _Atomic uint64_t n_scans;

/* All that is seen of one child must fit together. */
static void
check_child (const struct grove_supervision_node *node)
{
  int number = -1;

  g_assert_cmpint (sscanf (node->id, "child_%d", &number), ==, 1);
  g_assert_cmpint (number, >=, 1);
  g_assert_cmpint (number, <=, N_CHILDREN);
  g_assert_cmpint (node->kind, ==, GROVE_NODE_WORKER);
  g_assert_cmpuint (node->restarts, <=, N_ROUNDS);
  if (node->restarts > 0)
    g_assert_cmpuint (node->replaces, !=, 0);
}

static void *
scan (void *arg)
{
  struct grove_supervision_node nodes[16];
  size_t                        n, total;

  while (!churn_over)
    {
      const grove_pid sup = grove_whereis ("sup");

      for (size_t at = 0;
           sup && _grove_supervision_children (sup, at, nodes, 16, &n, &total) && n > 0; at += n)
        for (size_t i = 0; i < n; i++)
          {
            struct grove_supervision_node node;

            check_child (&nodes[i]);
            if (_grove_supervision_find (nodes[i].pid, NULL, &node))
              g_assert_cmpstr (node.id, ==, nodes[i].id);
            (void) _grove_supervision_successor (nodes[i].replaces);
          }
      (void) _grove_supervision_revision ();
      n_scans++;
    }
  return NULL;
}

static void
idle (void *arg)
{
  struct grove_message *message;

  grove_send_name ("test", "started");
  for (;;)
    if (grove_receive (GROVE_FOREVER, &message) == GROVE_OK)
      grove_message_free (message);
}

static enum grove_status
start_idle (const void *arg, grove_pid *ret_pid, struct grove_buffer *ret_reason)
{
  *ret_pid = grove_spawn_link (idle, NULL);
  return GROVE_OK;
}

static void
churn (void *arg)
{
  struct grove_child_spec            children[N_CHILDREN];
  const struct grove_supervisor_spec spec = {
    .name = "sup",
    .intensity = N_CHILDREN * N_ROUNDS,
    .period_s = 3600,
    .children = children,
    .n_children = N_CHILDREN,
  };
  struct grove_supervision_node nodes[N_CHILDREN];
  size_t                        n, total;
  grove_pid                     sup;
  pthread_t                     readers[2];

  churn_over = false;
  n_scans = 0;
  for (int i = 0; i < 2; i++)
    g_assert_cmpint (pthread_create (&readers[i], NULL, scan, NULL), ==, 0);
  for (int i = 0; i < N_CHILDREN; i++)
    children[i] = (struct grove_child_spec){ .start = start_idle };
  otp_begin ();
  g_assert_cmpint (grove_supervisor_start (&spec, &sup, NULL), ==, GROVE_OK);
  for (int i = 0; i < N_CHILDREN; i++)
    otp_expect ("started");
  /* Both read by now, or soon. */
  for (uint64_t before = n_scans; n_scans < before + 2;)
    grove_yield ();

  for (int round = 1; round <= N_ROUNDS; round++)
    {
      struct grove_message *reply;

      g_assert_true (_grove_supervision_children (sup, 0, nodes, N_CHILDREN, &n, &total));
      g_assert_cmpuint (n, ==, N_CHILDREN);
      for (size_t i = 0; i < n; i++)
        grove_exit_process (nodes[i].pid, "kill");
      for (size_t i = 0; i < n; i++)
        otp_expect ("started");
      /* It has published the last one when it answers. */
      g_assert_cmpint (grove_call (sup, DEADLINE_NS, &reply, "count_children"), ==, GROVE_OK);
      grove_message_free (reply);
    }
  g_assert_true (_grove_supervision_children (sup, 0, nodes, N_CHILDREN, &n, &total));
  for (size_t i = 0; i < n; i++)
    g_assert_cmpuint (nodes[i].restarts, ==, N_ROUNDS);

  /* They look names up, so they must be gone before the runtime is. */
  churn_over = true;
  for (int i = 0; i < 2; i++)
    pthread_join (readers[i], NULL);
  g_assert_cmpuint (n_scans, >, 0);
}

static void
test_churn (void)
{
  static const struct otp_case test = { .entry = churn };

  otp_run (&test);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/runtime/supervision/tree", test_tree);
  g_test_add_func ("/runtime/supervision/replace", test_replace);
  g_test_add_func ("/runtime/supervision/successors-remembered", test_successors_remembered);
  g_test_add_func ("/runtime/supervision/revisions", test_revisions);
  g_test_add_func ("/runtime/supervision/paging", test_paging);
  g_test_add_func ("/runtime/supervision/churn", test_churn);
  return g_test_run ();
}
