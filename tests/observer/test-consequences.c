/* SPDX-License-Identifier: MIT
 *
 * What follows when several end at once: who starts them again, and who gives up.
 */
#include "observer/grove-consequences.h"

#include "peer.h"

#include <string.h>

static void
set_fate (GroveFate  *fate,
          const char *supervisor,
          const char *strategy,
          const char *restart_type,
          int         intensity,
          int         recent)
{
  memset (fate, 0, sizeof *fate);
  g_strlcpy (fate->supervisor, supervisor, sizeof fate->supervisor);
  g_strlcpy (fate->strategy, strategy, sizeof fate->strategy);
  g_strlcpy (fate->restart_type, restart_type, sizeof fate->restart_type);
  if (supervisor[0] != '\0')
    g_strlcpy (fate->name, "conn_sup", sizeof fate->name);
  fate->intensity = intensity;
  fate->period_s = 5;
  fate->recent_restarts = recent;
}

static char *
describe (guint       n,
          const char *supervisor,
          const char *strategy,
          const char *restart_type,
          int         intensity,
          int         recent)
{
  g_autofree GroveFate *fates = g_new0 (GroveFate, n);
  for (guint i = 0; i < n; i++)
    set_fate (&fates[i], supervisor, strategy, restart_type, intensity, recent);
  return grove_consequences_describe (fates, n);
}

static void
test_words (void)
{
  g_autofree char *gives_up = describe (12, "<0.5.0>", "one_for_one", "permanent", 3, 0);
  g_assert_cmpstr (gives_up, ==,
                   "conn_sup allows 3 restarts in 5 s and will give up: all that it supervises "
                   "ends "
                   "with it.");
  g_autofree char *at_the_limit = describe (3, "<0.5.0>", "one_for_one", "transient", 3, 0);
  g_assert_cmpstr (at_the_limit, ==,
                   "conn_sup starts 3 of them again; it allows 3 restarts in 5 s.");
  g_autofree char *used = describe (2, "<0.5.0>", "one_for_one", "permanent", 3, 2);
  g_assert_nonnull (strstr (used, "of which 2 were used lately, and may give up"));
  g_autofree char *temporary = describe (12, "<0.5.0>", "one_for_one", "temporary", 3, 0);
  g_assert_cmpstr (temporary, ==, "conn_sup does not start 12 of them again.");
  /* All at the first: the others have ended when their turn comes. */
  g_autofree char *all = describe (12, "<0.5.0>", "one_for_all", "permanent", 3, 0);
  g_assert_null (strstr (all, "give up"));
  g_assert_nonnull (strstr (all, "ends and starts all its children"));
  g_autofree char *alone = describe (2, "", "", "", 0, 0);
  g_assert_cmpstr (alone, ==, "2 have no supervisor that would start them again.");
  g_autofree char *nobody = grove_consequences_describe (NULL, 0);
  g_assert_cmpstr (nobody, ==, "");
}

static void
test_several (void)
{
  GroveFate fates[16];
  for (guint i = 0; i < 16; i++)
    {
      g_autofree char *pid = g_strdup_printf ("<0.%u.0>", i % 8);
      set_fate (&fates[i], pid, "one_for_one", "permanent", i % 8 == 7 ? 1 : 5, 0);
      g_snprintf (fates[i].name, sizeof fates[i].name, "sup_%u", i % 8);
    }
  g_autofree char *text = grove_consequences_describe (fates, 16);
  g_auto (GStrv) lines = g_strsplit (text, "\n", -1);
  g_assert_cmpuint (g_strv_length (lines), ==, 7);
  /* The worst comes first. */
  g_assert_true (g_str_has_prefix (lines[0], "sup_7 allows 1 restart in 5 s and will give up"));
  g_assert_true (g_str_has_prefix (lines[6], "So do 2 other supervisors"));
}

static void
found (GObject *source, GAsyncResult *result, gpointer user_data)
{
  *(GAsyncResult **) user_data = g_object_ref (result);
}

static void
test_asked (void)
{
  Peer         *peer = peer_new ("shop");
  GroveSession *session = grove_session_new ();
  const char   *pids[] = { "<0.7.0>", "<0.8.0>" };
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;
  peer_listen (peer);
  peer_bring_live (peer, session, "run-1");
  grove_consequences_find_async (session, pids, 2, NULL, found, &result);
  peer_reply (peer, peer_expect (peer, "process.get"),
              "{'pid':'<0.7.0>','supervisor':{'pid':'<0.5.0>','name':'conn_sup','strategy':"
              "'one_for_one','intensity':0,'period_s':5,'recent_restarts':0},"
              "'child':{'id':'a','restarts':0,'kind':'worker','restart_type':'permanent'}}");
  /* One has ended meanwhile. */
  peer_fail (peer, peer_expect (peer, "process.get"), -32003, "no such process", NULL);
  WAIT_FOR (result != NULL);
  g_autofree char *text = grove_consequences_find_finish (session, result, &error);
  g_assert_no_error (error);
  g_assert_true (g_str_has_prefix (text, "conn_sup allows 0 restarts in 5 s and will give up"));
  g_clear_object (&result);

  /* Who has left is not told. */
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  grove_consequences_find_async (session, pids, 2, cancellable, found, &result);
  WAIT_FOR (peer_has (peer, "process.get"));
  g_cancellable_cancel (cancellable);
  WAIT_FOR (result != NULL);
  g_assert_null (grove_consequences_find_finish (session, result, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_clear_object (&result);
  grove_session_close (session);
  peer_iterate ();
  g_assert_finalize_object (session);
  peer_free (peer);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/observer/consequences/words", test_words);
  g_test_add_func ("/observer/consequences/several", test_several);
  g_test_add_func ("/observer/consequences/asked", test_asked);
  return g_test_run ();
}
