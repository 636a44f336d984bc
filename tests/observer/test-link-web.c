/* SPDX-License-Identifier: MIT
 *
 * Links and monitors of a few processes: asked a few at a time, each told once, and asked of nobody
 * while nobody looks.
 */
#include "observer/grove-link-web.h"

#include "peer.h"

typedef struct
{
  Peer         *peer;
  GroveSession *session;
  GroveLinkWeb *web;
  guint         n_changed;
} Fixture;

static void
count (gpointer instance, guint *n)
{
  (*n)++;
}

static void
set_up (Fixture *self, gconstpointer data)
{
  self->peer = peer_new ("shop");
  self->session = grove_session_new ();
  peer_listen (self->peer);
  peer_bring_live (self->peer, self->session, "run-1");
  self->web = grove_link_web_new (self->session);
  g_signal_connect (self->web, "changed", G_CALLBACK (count), &self->n_changed);
}

static void
tear_down (Fixture *self, gconstpointer data)
{
  g_assert_finalize_object (self->web);
  g_assert_finalize_object (self->session);
  peer_free (self->peer);
}

/* Whoever is asked next answers this. */
static char *
answer (Fixture *self, const char *links, const char *monitors, const char *monitored_by)
{
  struct json_object *request = peer_expect (self->peer, "process.get");
  struct json_object *pid;
  char               *asked;

  g_assert_true (json_object_object_get_ex (peer_params (request), "pid", &pid));
  asked = g_strdup (json_object_get_string (pid));
  peer_reply (self->peer, request,
              "{'name':'of %s','links':[%s],'monitors':[%s],"
              "'monitored_by':[%s],'n_links':102}",
              asked, links, monitors, monitored_by);
  return asked;
}

static void
test_ties (Fixture *self, gconstpointer data)
{
  static const char *const pids[] = { "<0.1.0>", "<0.2.0>" };
  GroveTie                 tie;

  grove_link_web_set_pids (self->web, pids, 2);
  grove_link_web_set_active (self->web, TRUE);
  g_free (answer (self, "{'pid':'<0.2.0>','name':'two'}", "{'pid':'<0.9.0>','name':'nine'}", ""));
  g_free (answer (self, "{'pid':'<0.1.0>','name':'one'}", "", "{'pid':'<0.8.0>','name':''}"));
  WAIT_FOR (grove_link_web_get_n_ties (self->web) == 3);
  /* The link is one, though both tell of it. */
  tie = grove_link_web_get_tie (self->web, 0);
  g_assert_cmpint (tie.kind, ==, GROVE_TIE_LINK);
  g_assert_cmpstr (tie.from, ==, "<0.1.0>");
  g_assert_cmpstr (tie.to, ==, "<0.2.0>");
  tie = grove_link_web_get_tie (self->web, 1);
  g_assert_cmpint (tie.kind, ==, GROVE_TIE_MONITOR);
  g_assert_cmpstr (tie.from_name, ==, "of <0.1.0>");
  g_assert_cmpstr (tie.to_name, ==, "nine");
  tie = grove_link_web_get_tie (self->web, 2);
  g_assert_cmpstr (tie.from, ==, "<0.8.0>");
  g_assert_cmpstr (tie.to, ==, "<0.2.0>");
  g_assert_cmpuint (grove_link_web_get_n_untold (self->web), ==, 4);

  grove_link_web_set_pids (self->web, pids + 1, 1);
  g_assert_cmpuint (grove_link_web_get_n_ties (self->web), ==, 2);
  /* Whoever has ended is tied to nobody. */
  peer_fail (self->peer, peer_expect (self->peer, "process.get"), -32003, "no such process", NULL);
  WAIT_FOR (grove_link_web_get_n_ties (self->web) == 0);
}

static void
test_few_at_once (Fixture *self, gconstpointer data)
{
  g_autoptr (GPtrArray) pids = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (GHashTable) asked = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  struct json_object *held[4];

  g_test_summary ("Of a hundred 64 are asked, each once, never more than four at a time");
  for (guint i = 0; i < 100; i++)
    g_ptr_array_add (pids, g_strdup_printf ("<0.%u.0>", i));
  grove_link_web_set_pids (self->web, (const char *const *) pids->pdata, pids->len);
  grove_link_web_set_active (self->web, TRUE);
  for (guint i = 0; i < G_N_ELEMENTS (held); i++)
    held[i] = peer_expect (self->peer, "process.get");
  for (guint i = 0; i < 20; i++)
    peer_iterate ();
  g_assert_false (peer_has (self->peer, "process.get"));
  for (guint i = 0; i < G_N_ELEMENTS (held); i++)
    peer_reply (self->peer, held[i], "{}");
  for (guint i = G_N_ELEMENTS (held); i < GROVE_LINK_WEB_MAX; i++)
    g_assert_true (g_hash_table_add (asked, answer (self, "", "", "")));
}

static void
test_idle (Fixture *self, gconstpointer data)
{
  static const char *const pids[] = { "<0.1.0>" };

  g_test_summary ("While nobody looks nobody is asked, and a late answer is of no interest");
  grove_link_web_set_pids (self->web, pids, 1);
  for (guint i = 0; i < 20; i++)
    peer_iterate ();
  g_assert_false (peer_has (self->peer, "process.get"));
  grove_link_web_set_active (self->web, TRUE);
  WAIT_FOR (peer_has (self->peer, "process.get"));
  grove_link_web_set_active (self->web, FALSE);
  g_free (answer (self, "{'pid':'<0.2.0>','name':'two'}", "", ""));
  for (guint i = 0; i < 20; i++)
    peer_iterate ();
  g_assert_cmpuint (grove_link_web_get_n_ties (self->web), ==, 0);
}

static void
test_nonsense (Fixture *self, gconstpointer data)
{
  static const char *const pids[] = { "<0.1.0>" };
  g_autofree char         *many = NULL;
  GString                 *links = g_string_new (NULL);

  for (guint i = 0; i < 300; i++)
    g_string_append_printf (links, "%s{'pid':'<0.%u.0>'}", i > 0 ? "," : "", 1000 + i);
  many = g_string_free (links, FALSE);
  grove_link_web_set_pids (self->web, pids, 1);
  grove_link_web_set_active (self->web, TRUE);
  g_free (answer (self, many, "17,null,{'pid':3},{'pid':''}", "{'name':'nobody'}"));
  WAIT_FOR (self->n_changed >= 2);
  g_assert_cmpuint (grove_link_web_get_n_ties (self->web), ==, 100);
}

#define ADD(path, function) g_test_add (path, Fixture, NULL, set_up, function, tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  ADD ("/observer/link-web/ties", test_ties);
  ADD ("/observer/link-web/few-at-once", test_few_at_once);
  ADD ("/observer/link-web/idle", test_idle);
  ADD ("/observer/link-web/nonsense", test_nonsense);
  return g_test_run ();
}
