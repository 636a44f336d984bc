/* SPDX-License-Identifier: MIT
 *
 * A session's life: reaching a system, every way of not reaching it, losing it and finding it
 * again, and being dropped at any moment of that.
 */
#include "observer/grove-session-private.h"

#include "peer.h"

#include <glib/gstdio.h>
#include <string.h>
#include <unistd.h>

typedef struct
{
  Peer         *peer;
  GroveSession *session;
} Fixture;

static void
set_up (Fixture *self, gconstpointer data)
{
  self->peer = peer_new ("shop");
  self->session = grove_session_new ();
}

static void
tear_down (Fixture *self, gconstpointer data)
{
  if (self->session != NULL)
    g_assert_finalize_object (self->session);
  peer_free (self->peer);
}

static GroveSessionState
state (Fixture *self)
{
  return grove_session_get_state (self->session);
}

static void
count (gpointer instance, guint *n)
{
  (*n)++;
}

static void
count_notify (gpointer instance, GParamSpec *pspec, guint *n)
{
  (*n)++;
}

static void
test_live (Fixture *self, gconstpointer data)
{
  const char *reason = NULL;
  peer_listen (self->peer);
  g_assert_cmpint (state (self), ==, GROVE_SESSION_IDLE);
  g_assert_false (grove_session_can (self->session, "process.kill", &reason));
  g_assert_cmpstr (reason, ==, "No system is chosen");
  grove_session_open (self->session, "shop");
  g_assert_cmpint (state (self), ==, GROVE_SESSION_CONNECTING);
  g_assert_cmpstr (grove_session_get_system_name (self->session), ==, "shop");
  peer_bring_live (self->peer, self->session, "run-1");

  g_autofree char *title = session_text (self->session, "error-title");
  g_assert_cmpstr (title, ==, NULL);
  g_assert_cmpstr (grove_session_get_target (self->session), ==, "shop");
  g_assert_true (grove_session_can (self->session, "process.kill", &reason));
  g_assert_false (grove_session_can (self->session, "process.gc", &reason));
  g_assert_cmpstr (reason, ==, "This system cannot collect.");
  g_assert_false (grove_session_can (self->session, "process.dance", &reason));
  g_assert_cmpstr (reason, ==, "“shop” cannot do that");
}

static void
test_path (Fixture *self, gconstpointer data)
{
  peer_listen (self->peer);
  grove_session_open (self->session, peer_get_path (self->peer));
  g_assert_cmpstr (grove_session_get_system_name (self->session), ==, "shop");
  peer_bring_live (self->peer, self->session, "run-1");
  g_assert_cmpstr (grove_session_get_target (self->session), ==, peer_get_path (self->peer));
}

static void
test_read_only (Fixture *self, gconstpointer data)
{
  gboolean    announced = GPOINTER_TO_INT (data), read_only = FALSE;
  const char *reason = NULL;
  peer_listen (self->peer);
  grove_session_open (self->session, "shop");
  WAIT_FOR (peer_is_connected (self->peer));
  peer_hello (self->peer, "run-1", announced);
  if (!announced)
    peer_fail (self->peer, peer_expect (self->peer, "session.open"), -32002, "read-only", NULL);
  struct json_object *request = peer_expect (self->peer, "session.open");
  struct json_object *role = NULL;
  json_object_object_get_ex (peer_params (request), "role", &role);
  g_assert_cmpstr (json_object_get_string (role), ==, "observe");
  peer_reply (self->peer, request, "{'session':1,'role':'observe'}");
  WAIT_FOR (state (self) == GROVE_SESSION_LIVE);
  g_object_get (self->session, "read-only", &read_only, NULL);
  g_assert_true (read_only);
  g_assert_true (grove_session_can (self->session, "process.get", &reason));
  g_assert_false (grove_session_can (self->session, "process.kill", &reason));
  g_assert_cmpstr (reason, ==, "“shop” may only be observed");
}

static void
test_figures (Fixture *self, gconstpointer data)
{
  gint64 round_trip_us = -1;
  double cost = -1, update_rate = 0, byte_rate = 0;
  guint  n_samples = 0;
  g_signal_connect (self->session, "sample", G_CALLBACK (count), &n_samples);
  peer_listen (self->peer);
  peer_bring_live (self->peer, self->session, "run-1");
  g_assert_null (grove_session_get_sample (self->session));
  for (int i = 1; i <= 2; i++)
    peer_say (self->peer,
              "{'jsonrpc':'2.0','method':'system.sample','params':{'sub':1,'seq':%d,'t':5000000000,"
              "'processes':%d,'max_processes':1000,'run_queue':3,'schedulers':[0.5,1.5],"
              "'memory':{'total':1000,'heaps':1,'stacks':2,'mailboxes':3,'control':4},"
              "'reductions/s':7.5,'messages/s':9,'spawns/s':0,'exits/s':0,'spawns':1,'exits':2,"
              "'crashes':3,'restarts':4,'observing':{'cpu':0.25,'sessions':1}}}",
              i, 100 + i);
  WAIT_FOR (n_samples == 2);
  const GroveSample *sample = grove_session_get_sample (self->session);
  g_assert_cmpint (sample->n_processes, ==, 102);
  g_assert_cmpuint (sample->n_schedulers, ==, 2);
  g_assert_cmpfloat (sample->scheduler_utilisation[1], ==, 1); /* cut to what can be */
  g_assert_cmpint (sample->memory_mailboxes, ==, 3);
  g_assert_cmpfloat (sample->messages_per_s, ==, 9);
  g_assert_cmpint (sample->n_restarts, ==, 4);
  GroveSeries *series = grove_session_get_series (self->session, GROVE_METRIC_PROCESSES);
  g_assert_cmpuint (grove_series_get_n (series), ==, 2);
  g_assert_cmpfloat (grove_series_get (series, 0), ==, 101);
  series = grove_session_get_series (self->session, GROVE_METRIC_UTILISATION);
  g_assert_cmpfloat (grove_series_last (series), ==, 0.75);
  gint64 now_ns = grove_session_now_ns (self->session);
  g_assert_cmpint (now_ns, >=, 5000000000);
  g_assert_cmpint (now_ns, <, 65000000000);
  WAIT_FOR (peer_get_acked (self->peer, 1) == 2);
  WAIT_FOR ((g_object_get (self->session, "round-trip-us", &round_trip_us, "cost", &cost,
                           "update-rate", &update_rate, "byte-rate", &byte_rate, NULL),
             round_trip_us >= 0 && update_rate > 0));
  g_assert_cmpfloat (cost, ==, 0.25);
  g_assert_cmpfloat (byte_rate, >, 100);
}

static void
assert_refused (Fixture *self, const char *title, const char *in_detail)
{
  WAIT_FOR (state (self) == GROVE_SESSION_REFUSED);
  g_autofree char *got_title = session_text (self->session, "error-title");
  g_autofree char *got_detail = session_text (self->session, "error-detail");
  g_assert_cmpstr (got_title, ==, title);
  if (strstr (got_detail, in_detail) == NULL)
    g_error ("“%s” does not say “%s”", got_detail, in_detail);
}

static void
test_no_system (Fixture *self, gconstpointer data)
{
  grove_session_open (self->session, "shop");
  assert_refused (self, "There is no system “shop”", peer_get_directory (self->peer));
  /* Started since, a retry finds it. */
  peer_listen (self->peer);
  grove_session_retry (self->session);
  g_assert_cmpint (state (self), ==, GROVE_SESSION_CONNECTING);
  peer_bring_live (self->peer, self->session, "run-1");
}

static void
test_bad_name (Fixture *self, gconstpointer data)
{
  g_autofree char *long_name = g_strnfill (65, 'a');
  const char      *names[] = { "", ".hidden", "a b", "a\nb", "\xff", long_name };
  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    {
      grove_session_open (self->session, names[i]);
      WAIT_FOR (state (self) == GROVE_SESSION_REFUSED);
      g_autofree char *title = session_text (self->session, "error-title");
      g_assert_true (g_str_has_suffix (title, "cannot be a system’s name"));
      g_assert_true (g_utf8_validate (title, -1, NULL));
    }
}

static void
test_stale (Fixture *self, gconstpointer data)
{
  peer_listen (self->peer);
  peer_crash (self->peer);
  grove_session_open (self->session, "shop");
  assert_refused (self, "“shop” is not running", peer_get_path (self->peer));
}

static void
test_not_a_socket (Fixture *self, gconstpointer data)
{
  g_assert_true (g_file_set_contents (peer_get_path (self->peer), "hello", -1, NULL));
  grove_session_open (self->session, "shop");
  assert_refused (self, "“shop” is not a socket", "something else");
}

static void
test_permission (Fixture *self, gconstpointer data)
{
  if (geteuid () == 0)
    {
      g_test_skip ("root may open anything");
      return;
    }
  peer_listen (self->peer);
  g_assert_cmpint (g_chmod (peer_get_path (self->peer), 0), ==, 0);
  grove_session_open (self->session, "shop");
  assert_refused (self, "No permission to observe “shop”", "that user");
}

static void
test_rejected (Fixture *self, gconstpointer data)
{
  peer_listen (self->peer);
  grove_session_open (self->session, "shop");
  WAIT_FOR (peer_is_connected (self->peer));
  peer_hang_up (self->peer);
  assert_refused (self, "“shop” closed the door", "without a word");
}

static void
test_full (Fixture *self, gconstpointer data)
{
  peer_listen (self->peer);
  grove_session_open (self->session, "shop");
  WAIT_FOR (peer_is_connected (self->peer));
  peer_say (self->peer, "{'jsonrpc':'2.0','method':'goodbye','params':{'reason':'limit','message':"
                        "'32 observers are here already.'}}");
  peer_hang_up (self->peer);
  assert_refused (self, "“shop” has no room for another observer",
                  "32 observers are here already.");
}

static void
test_another_version (Fixture *self, gconstpointer data)
{
  peer_listen (self->peer);
  grove_session_open (self->session, "shop");
  WAIT_FOR (peer_is_connected (self->peer));
  peer_say (self->peer,
            "{'jsonrpc':'2.0','method':'hello','params':{'protocol':{'major':7,'minor':0},"
            "'server':{'name':'shop'},'instance':'a'}}");
  assert_refused (self, "“shop” is of another version", "version 7");
}

static void
test_not_opened (Fixture *self, gconstpointer data)
{
  peer_listen (self->peer);
  grove_session_open (self->session, "shop");
  WAIT_FOR (peer_is_connected (self->peer));
  peer_hello (self->peer, "run-1", FALSE);
  peer_fail (self->peer, peer_expect (self->peer, "session.open"), -32603, "No memory.", NULL);
  assert_refused (self, "“shop” refused the session", "No memory.");
}

static void
test_not_grove (Fixture *self, gconstpointer data)
{
  const char *greeting = data;
  peer_listen (self->peer);
  grove_session_open (self->session, "shop");
  WAIT_FOR (peer_is_connected (self->peer));
  peer_say (self->peer, "%s", greeting);
  assert_refused (self, "“shop” does not speak Grove’s protocol", "another kind of program");
  WAIT_FOR (!peer_is_connected (self->peer));
}

static void
test_words_differ (void)
{
  g_autoptr (GHashTable) titles = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  g_autoptr (GHashTable) details = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  /* What is wrong with an address is said by who reads it. */
  for (int trouble = GROVE_TROUBLE_NO_COMMAND; trouble <= GROVE_TROUBLE_BROKEN; trouble++)
    {
      char *title = NULL, *detail = NULL;
      _grove_trouble_describe (trouble, "shop", "/run/shop.sock", "A fact.", &title, &detail);
      g_assert_nonnull (strstr (title, "shop"));
      g_assert_null (strchr (title, '\n'));
      g_assert_true (g_hash_table_add (titles, title));
      if (!g_hash_table_add (details, detail))
        /* Those that only repeat the system's own words. */
        g_assert_true (trouble == GROVE_TROUBLE_ERRORS || trouble == GROVE_TROUBLE_LIMIT ||
                       trouble == GROVE_TROUBLE_GOODBYE);
    }
}

static void
test_lost_and_found (Fixture *self, gconstpointer data)
{
  guint n_resets = 0;
  g_signal_connect (self->session, "reset", G_CALLBACK (count), &n_resets);
  peer_listen (self->peer);
  peer_bring_live (self->peer, self->session, "run-1");
  grove_session_set_selected (self->session, "<0.5.0>");
  peer_hang_up (self->peer);
  WAIT_FOR (state (self) == GROVE_SESSION_LOST);
  g_autofree char *title = session_text (self->session, "error-title");
  g_assert_cmpstr (title, ==, "The connection to “shop” was lost");
  const char *reason = NULL;
  g_assert_false (grove_session_can (self->session, "process.kill", &reason));
  g_assert_cmpstr (reason, ==, "There is no connection to “shop”");

  peer_forget (self->peer);
  peer_bring_live (self->peer, self->session, "run-1");
  g_assert_cmpuint (n_resets, ==, 0);
  g_assert_cmpstr (grove_session_get_selected (self->session), ==, "<0.5.0>");
  g_autofree char *no_title = session_text (self->session, "error-title");
  g_assert_cmpstr (no_title, ==, NULL);
}

static void
test_another_run (Fixture *self, gconstpointer data)
{
  guint n_resets = 0;
  g_signal_connect (self->session, "reset", G_CALLBACK (count), &n_resets);
  peer_listen (self->peer);
  peer_bring_live (self->peer, self->session, "run-1");
  grove_session_set_selected (self->session, "<0.5.0>");
  peer_leave (self->peer);
  WAIT_FOR (state (self) == GROVE_SESSION_LOST);
  peer_forget (self->peer);
  peer_listen (self->peer);
  peer_bring_live (self->peer, self->session, "run-2");
  g_assert_cmpuint (n_resets, ==, 1);
  g_assert_cmpstr (grove_session_get_selected (self->session), ==, NULL);
}

static void
test_back_off (Fixture *self, gconstpointer data)
{
  peer_listen (self->peer);
  peer_bring_live (self->peer, self->session, "run-1");
  peer_leave (self->peer);
  WAIT_FOR (state (self) == GROVE_SESSION_LOST);
  /* It goes on trying, each time after twice as long, and says still why it was lost. */
  WAIT_FOR (self->session->backoff_ms >= 1000);
  g_assert_cmpint (state (self), ==, GROVE_SESSION_LOST);
  g_autofree char *title = session_text (self->session, "error-title");
  g_assert_cmpstr (title, ==, "The connection to “shop” was lost");
  peer_listen (self->peer);
  grove_session_retry (self->session);
  peer_forget (self->peer);
  peer_bring_live (self->peer, self->session, "run-1");
  g_assert_cmpuint (self->session->backoff_ms, ==, 250);
}

/* Nothing at all for ten seconds, of which the test waits only the last. */
static void
test_hung (Fixture *self, gconstpointer data)
{
  gint64 round_trip_us = 0;
  peer_set_answers_pings (self->peer, FALSE);
  peer_listen (self->peer);
  peer_bring_live (self->peer, self->session, "run-1");
  self->session->ping_sent_us -= 9 * G_USEC_PER_SEC;
  /* Something came since: it is alive, only slow, and the round trip says so. */
  peer_say (self->peer, "{'jsonrpc':'2.0','method':'news','params':{}}");
  WAIT_FOR ((g_object_get (self->session, "round-trip-us", &round_trip_us, NULL),
             round_trip_us > 9 * G_USEC_PER_SEC));
  g_assert_cmpint (state (self), ==, GROVE_SESSION_LIVE);
  WAIT_FOR (state (self) == GROVE_SESSION_LOST);
  g_autofree char *title = session_text (self->session, "error-title");
  g_assert_cmpstr (title, ==, "“shop” stopped answering");
  WAIT_FOR (!peer_is_connected (self->peer));
  peer_set_answers_pings (self->peer, TRUE);
  peer_forget (self->peer);
  peer_bring_live (self->peer, self->session, "run-1");
}

static guint
silent_ms (Fixture *self)
{
  guint ms = 0;
  g_object_get (self->session, "silent-ms", &ms, NULL);
  return ms;
}

/* The system behind what we are connected to says nothing, or that itself does not. */
static void
test_silent (Fixture *self, gconstpointer data)
{
  peer_listen (self->peer);
  peer_bring_live (self->peer, self->session, "run-1");
  peer_set_silent_ms (self->peer, 4200);
  WAIT_FOR (silent_ms (self) == 4200);
  g_assert_cmpint (state (self), ==, GROVE_SESSION_LIVE);
  /* A bridge need not hear anything for so long. */
  peer_set_silent_ms (self->peer, 2100);
  WAIT_FOR (silent_ms (self) == 0);
  peer_set_silent_ms (self->peer, -1);
  peer_set_answers_pings (self->peer, FALSE);
  WAIT_FOR (silent_ms (self) >= 3000);
  peer_say (self->peer, "{'jsonrpc':'2.0','method':'news','params':{}}");
  WAIT_FOR (silent_ms (self) == 0);
  WAIT_FOR (silent_ms (self) >= 3000);
  peer_hang_up (self->peer);
  WAIT_FOR (state (self) == GROVE_SESSION_LOST);
  g_assert_cmpuint (silent_ms (self), ==, 0);
}

typedef struct
{
  const char *reason;
  const char *title;
} Goodbye;

static const Goodbye goodbyes[] = {
  { "shutdown", "“shop” was shut down" },
  { "slow", "“shop” hung up: the observer was too slow" },
  { "errors", "“shop” hung up: it did not understand the observer" },
  { "limit", "“shop” hung up: a limit was reached" },
  { "tea", "“shop” hung up" },
};

static void
test_goodbye (Fixture *self, gconstpointer data)
{
  const Goodbye *goodbye = data;
  peer_listen (self->peer);
  peer_bring_live (self->peer, self->session, "run-1");
  peer_say (self->peer,
            "{'jsonrpc':'2.0','method':'goodbye','params':{'reason':'%s','message':'words'}}",
            goodbye->reason);
  peer_leave (self->peer);
  WAIT_FOR (state (self) == GROVE_SESSION_LOST);
  g_autofree char *title = session_text (self->session, "error-title");
  g_assert_cmpstr (title, ==, goodbye->title);
}

static void
test_paused (Fixture *self, gconstpointer data)
{
  peer_listen (self->peer);
  peer_bring_live (self->peer, self->session, "run-1");
  grove_session_set_paused (self->session, TRUE);
  peer_reply (self->peer, peer_expect (self->peer, "system.unwatch"), "{'closed':true}");
  /* What was under way when it was closed is dropped, and not acknowledged. */
  peer_say (self->peer, "{'jsonrpc':'2.0','method':'system.sample','params':{'sub':1,'seq':1,'t':1,"
                        "'processes':1}}");
  grove_session_set_paused (self->session, FALSE);
  peer_reply (self->peer, peer_expect (self->peer, "system.watch"), "{'sub':2}");
  peer_say (self->peer, "{'jsonrpc':'2.0','method':'system.sample','params':{'sub':2,'seq':1,'t':1,"
                        "'processes':2}}");
  WAIT_FOR (peer_get_acked (self->peer, 2) == 1);
  g_assert_cmpint (peer_get_acked (self->peer, 1), ==, 0);
  g_assert_cmpint (grove_session_get_sample (self->session)->n_processes, ==, 2);
}

static void
test_paused_while_opening (Fixture *self, gconstpointer data)
{
  peer_listen (self->peer);
  grove_session_open (self->session, "shop");
  WAIT_FOR (peer_is_connected (self->peer));
  peer_hello (self->peer, "run-1", FALSE);
  peer_reply (self->peer, peer_expect (self->peer, "session.open"), "{'role':'control'}");
  struct json_object *watch = peer_expect (self->peer, "system.watch");
  grove_session_set_paused (self->session, TRUE);
  /* The answer comes too late; what it opened is closed. */
  peer_reply (self->peer, watch, "{'sub':1}");
  peer_reply (self->peer, peer_expect (self->peer, "system.unwatch"), "{'closed':true}");
}

static void
take_gone (GroveSession *session, const char *pid, const char *successor, char **ret)
{
  g_assert_null (*ret);
  *ret = g_strdup_printf ("%s %s", pid, successor != NULL ? successor : "none");
}

static void
test_selected_gone (Fixture *self, gconstpointer data)
{
  g_autofree char *gone = NULL;
  g_signal_connect (self->session, "gone", G_CALLBACK (take_gone), &gone);
  peer_listen (self->peer);
  peer_bring_live (self->peer, self->session, "run-1");
  grove_session_set_selected (self->session, "<0.5.0>");
  peer_reply (self->peer, peer_expect (self->peer, "table.open"),
              "{'sub':2,'columns':['pid'],'total':9,'matched':1}");
  peer_say (self->peer,
            "{'jsonrpc':'2.0','method':'table.update','params':{'sub':2,'seq':1,'rev':0,'t':1,"
            "'total':9,'matched':1,'offset':0,'order':['<0.5.0>'],'rows':[['<0.5.0>']],"
            "'skipped':0}}");
  peer_say (self->peer,
            "{'jsonrpc':'2.0','method':'table.update','params':{'sub':2,'seq':2,'rev':0,'t':1,"
            "'total':8,'matched':0,'offset':0,'order':[],'rows':[],'skipped':0}}");
  peer_fail (self->peer, peer_expect (self->peer, "process.get"), -32003, "no such process",
             "{'exited':{'reason':{'text':'killed'},'successor':{'pid':'<0.6.0>'}}}");
  WAIT_FOR (gone != NULL);
  g_assert_cmpstr (gone, ==, "<0.5.0> <0.6.0>");
  g_assert_cmpstr (grove_session_get_selected (self->session), ==, "<0.5.0>");

  grove_session_set_selected (self->session, NULL);
  json_object_put (peer_expect (self->peer, "table.close"));
}

static void
test_properties (Fixture *self, gconstpointer data)
{
  guint n = 0;
  g_signal_connect (self->session, "notify", G_CALLBACK (count_notify), &n);
  grove_session_set_filter (self->session, "");
  grove_session_set_selected (self->session, NULL);
  grove_session_set_paused (self->session, FALSE);
  grove_session_close (self->session);
  g_assert_cmpuint (n, ==, 0);
  g_object_set (self->session, "filter", "app:shop", "selected", "<0.1.0>", "paused", TRUE, NULL);
  g_assert_cmpuint (n, ==, 3);
  g_assert_cmpstr (grove_session_get_filter (self->session), ==, "app:shop");
  g_assert_cmpstr (grove_session_get_selected (self->session), ==, "<0.1.0>");
  g_assert_true (grove_session_get_paused (self->session));
  g_object_set (self->session, "filter", "app:shop", "selected", "<0.1.0>", "paused", TRUE, NULL);
  g_assert_cmpuint (n, ==, 3);
  /* What cannot be a pid selects nothing. */
  grove_session_set_selected (
    self->session, "<0.00000000000000000000000000000000000000000000000000000000000001.0>");
  g_assert_cmpstr (grove_session_get_selected (self->session), ==, NULL);
}

static void
test_close (Fixture *self, gconstpointer data)
{
  guint n_resets = 0;
  g_signal_connect (self->session, "reset", G_CALLBACK (count), &n_resets);
  peer_listen (self->peer);
  grove_session_open (self->session, "shop");
  grove_session_close (self->session);
  g_assert_cmpint (state (self), ==, GROVE_SESSION_IDLE);
  g_assert_cmpstr (grove_session_get_target (self->session), ==, NULL);
  g_assert_cmpuint (n_resets, ==, 0);

  peer_bring_live (self->peer, self->session, "run-1");
  g_assert_cmpuint (peer_get_n_connections (self->peer), ==, 1);
  grove_session_close (self->session);
  g_assert_cmpint (state (self), ==, GROVE_SESSION_IDLE);
  g_assert_cmpuint (n_resets, ==, 1);
  WAIT_FOR (!peer_is_connected (self->peer));
}

static void
test_open_another (Fixture *self, gconstpointer data)
{
  peer_listen (self->peer);
  peer_bring_live (self->peer, self->session, "run-1");
  grove_session_open (self->session, "bank");
  assert_refused (self, "There is no system “bank”", "Looked in");
}

/* Dropped in each state; tear_down() checks that nothing of it is left. */
static void
test_dispose (Fixture *self, gconstpointer data)
{
  const int stage = GPOINTER_TO_INT (data);
  peer_listen (self->peer);
  grove_session_set_selected (self->session, "<0.1.0>");
  if (stage >= 1)
    grove_session_open (self->session, "shop");
  if (stage >= 2)
    WAIT_FOR (peer_is_connected (self->peer));
  if (stage == 3)
    {
      peer_hello (self->peer, "run-1", FALSE);
      json_object_put (peer_expect (self->peer, "session.open"));
    }
  if (stage >= 4)
    peer_bring_live (self->peer, self->session, "run-1");
  if (stage == 5)
    {
      peer_hang_up (self->peer);
      WAIT_FOR (state (self) == GROVE_SESSION_LOST);
    }
  g_assert_finalize_object (self->session);
  self->session = NULL;
  /* Whatever was still to come for it comes now. */
  for (int i = 0; i < 5; i++)
    peer_iterate ();
}

typedef struct
{
  guint    countdown;
  gboolean reopens;
  gboolean closed;
} Meddler;

static void
meddle (GroveSession *session, Meddler *meddler)
{
  if (meddler->countdown == 0 || --meddler->countdown > 0)
    return;
  meddler->closed = TRUE;
  grove_session_close (session);
  if (meddler->reopens)
    grove_session_open (session, "shop");
}

static void
meddle_notify (GroveSession *session, GParamSpec *pspec, Meddler *meddler)
{
  meddle (session, meddler);
}

/* Answers whatever the session asks, up to a sample, and then hangs up. */
static void
play_along (Fixture *self, guint *n_greeted)
{
  if (peer_is_connected (self->peer) && *n_greeted != peer_get_n_connections (self->peer))
    {
      *n_greeted = peer_get_n_connections (self->peer);
      peer_forget (self->peer);
      peer_hello (self->peer, *n_greeted % 2 ? "run-1" : "run-2", *n_greeted % 3 == 0);
    }
  if (peer_is_connected (self->peer) && peer_has (self->peer, "session.open"))
    peer_reply (self->peer, peer_expect (self->peer, "session.open"), "{'role':'observe'}");
  if (peer_is_connected (self->peer) && peer_has (self->peer, "system.watch"))
    {
      peer_reply (self->peer, peer_expect (self->peer, "system.watch"), "{'sub':1}");
      peer_say (self->peer,
                "{'jsonrpc':'2.0','method':'system.sample','params':{'sub':1,'seq':1,'t':1,"
                "'processes':1,'observing':{'cpu':0.1}}}");
    }
  peer_iterate ();
  if (peer_get_acked (self->peer, 1) == 1)
    peer_hang_up (self->peer);
}

/* Whatever it tells somebody of, they may close it then and there, or open it anew. */
static void
test_closed_by_a_handler (Fixture *self, gconstpointer data)
{
  peer_listen (self->peer);
  for (guint countdown = 1; countdown < 24; countdown++)
    {
      guint   n_greeted = peer_get_n_connections (self->peer);
      Meddler meddler = { countdown, GPOINTER_TO_INT (data), FALSE };
      g_autoptr (GroveSession) session = grove_session_new ();
      gulong notify = g_signal_connect (session, "notify", G_CALLBACK (meddle_notify), &meddler);
      gulong sample = g_signal_connect (session, "sample", G_CALLBACK (meddle), &meddler);
      gulong reset = g_signal_connect (session, "reset", G_CALLBACK (meddle), &meddler);
      grove_session_open (session, "shop");
      gint64 until = g_get_monotonic_time () + 60000;
      while (!meddler.closed && g_get_monotonic_time () < until)
        play_along (self, &n_greeted);
      for (int i = 0; i < 3; i++)
        play_along (self, &n_greeted);
      g_signal_handler_disconnect (session, notify);
      g_signal_handler_disconnect (session, sample);
      g_signal_handler_disconnect (session, reset);
      if (!meddler.reopens && meddler.closed)
        g_assert_cmpint (grove_session_get_state (session), ==, GROVE_SESSION_IDLE);
      peer_hang_up (self->peer);
    }
}

#define ADD(path, function) ADD_DATA (path, NULL, function)
#define ADD_DATA(path, data, function)                                                             \
  g_test_add ("/observer/session/" path, Fixture, data, set_up, function, tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  ADD ("live", test_live);
  ADD ("path", test_path);
  ADD_DATA ("read-only-announced", GINT_TO_POINTER (TRUE), test_read_only);
  ADD_DATA ("read-only-refused", GINT_TO_POINTER (FALSE), test_read_only);
  ADD ("figures", test_figures);
  ADD ("no-system", test_no_system);
  ADD ("bad-name", test_bad_name);
  ADD ("stale", test_stale);
  ADD ("not-a-socket", test_not_a_socket);
  ADD ("permission", test_permission);
  ADD ("rejected", test_rejected);
  ADD ("full", test_full);
  ADD ("another-version", test_another_version);
  ADD ("not-opened", test_not_opened);
  ADD_DATA ("not-grove/text", "220 mail.example ESMTP", test_not_grove);
  ADD_DATA ("not-grove/other-json", "[1,2,3]", test_not_grove);
  ADD_DATA ("not-grove/no-greeting", "{'jsonrpc':'2.0','method':'tree.update','params':{'sub':1}}",
            test_not_grove);
  ADD_DATA ("not-grove/empty-greeting", "{'jsonrpc':'2.0','method':'hello','params':{}}",
            test_not_grove);
  ADD_DATA ("not-grove/odd-greeting",
            "{'jsonrpc':'2.0','method':'hello','params':{'protocol':1,'server':[],'instance':{}}}",
            test_not_grove);
  ADD_DATA ("not-grove/reply-first", "{'jsonrpc':'2.0','id':1,'result':{}}", test_not_grove);
  g_test_add_func ("/observer/session/words-differ", test_words_differ);
  ADD ("lost-and-found", test_lost_and_found);
  ADD ("another-run", test_another_run);
  ADD ("back-off", test_back_off);
  ADD ("hung", test_hung);
  ADD ("silent", test_silent);
  for (guint i = 0; i < G_N_ELEMENTS (goodbyes); i++)
    {
      g_autofree char *path = g_strdup_printf ("/observer/session/goodbye/%s", goodbyes[i].reason);
      g_test_add (path, Fixture, &goodbyes[i], set_up, test_goodbye, tear_down);
    }
  ADD ("paused", test_paused);
  ADD ("paused-while-opening", test_paused_while_opening);
  ADD ("selected-gone", test_selected_gone);
  ADD ("properties", test_properties);
  ADD ("close", test_close);
  ADD ("open-another", test_open_another);
  ADD_DATA ("dispose/idle", GINT_TO_POINTER (0), test_dispose);
  ADD_DATA ("dispose/connecting", GINT_TO_POINTER (1), test_dispose);
  ADD_DATA ("dispose/connected", GINT_TO_POINTER (2), test_dispose);
  ADD_DATA ("dispose/opening", GINT_TO_POINTER (3), test_dispose);
  ADD_DATA ("dispose/live", GINT_TO_POINTER (4), test_dispose);
  ADD_DATA ("dispose/lost", GINT_TO_POINTER (5), test_dispose);
  ADD_DATA ("closed-by-a-handler", GINT_TO_POINTER (FALSE), test_closed_by_a_handler);
  ADD_DATA ("reopened-by-a-handler", GINT_TO_POINTER (TRUE), test_closed_by_a_handler);
  return g_test_run ();
}
