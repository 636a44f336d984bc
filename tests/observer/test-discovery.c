/* SPDX-License-Identifier: MIT
 *
 * Finding systems: those that live, those a crash left behind, those that come and go; and what in
 * the directory is no system.
 */
#include "observer/grove-discovery.h"
#include "protocol/place.h"

#include "peer.h"

#include <fcntl.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

typedef struct
{
  Peer           *peer;
  GroveDiscovery *discovery;
  guint           n_changed;
} Fixture;

static void
set_up (Fixture *self, gconstpointer data)
{
  self->peer = peer_new ("shop");
}

static void
tear_down (Fixture *self, gconstpointer data)
{
  if (self->discovery != NULL)
    g_assert_finalize_object (self->discovery);
  peer_free (self->peer);
}

static void
items_changed (GListModel *model, guint position, guint removed, guint added, Fixture *self)
{
  self->n_changed++;
}

static void
discover (Fixture *self)
{
  self->discovery = grove_discovery_new (NULL);
  g_signal_connect (self->discovery, "items-changed", G_CALLBACK (items_changed), self);
}

/* "shop+ bank-": + live, - not. */
static char *
list (Fixture *self)
{
  GListModel *model = G_LIST_MODEL (self->discovery);
  GString    *text = g_string_new (NULL);
  for (guint i = 0; i < g_list_model_get_n_items (model); i++)
    {
      g_autoptr (GroveSystem) system = g_list_model_get_item (model, i);
      g_string_append_printf (text, "%s%s%c", i > 0 ? " " : "", grove_system_get_name (system),
                              grove_system_get_live (system) ? '+' : '-');
    }
  return g_string_free (text, FALSE);
}

static gboolean
list_is (Fixture *self, const char *expected)
{
  g_autofree char *text = list (self);
  return strcmp (text, expected) == 0;
}

static void
test_comes_and_goes (Fixture *self, gconstpointer data)
{
  discover (self);
  g_assert_cmpstr (grove_discovery_get_directory (self->discovery), ==,
                   peer_get_directory (self->peer));
  g_assert_true (list_is (self, ""));
  peer_listen (self->peer);
  WAIT_FOR (list_is (self, "shop+"));
  g_assert_cmpuint (self->n_changed, ==, 1);
  g_autoptr (GroveSystem) system = g_list_model_get_item (G_LIST_MODEL (self->discovery), 0);
  g_assert_cmpstr (grove_system_get_path (system), ==, peer_get_path (self->peer));

  /* A crash changes nothing in the directory. */
  peer_crash (self->peer);
  WAIT_FOR (list_is (self, "shop-"));
  g_assert_cmpuint (self->n_changed, ==, 1);
  peer_leave (self->peer);
  WAIT_FOR (list_is (self, ""));
  g_assert_cmpuint (self->n_changed, ==, 2);
}

static void
test_no_directory (Fixture *self, gconstpointer data)
{
  self->discovery = grove_discovery_new ("/nowhere/at/all");
  g_assert_true (list_is (self, ""));
  grove_discovery_refresh (self->discovery);
}

static void
test_no_systems (Fixture *self, gconstpointer data)
{
  const char *names[] = { "file.sock", "shop.lock", ".hidden.sock", "a b.sock", ".sock" };
  char       *paths[G_N_ELEMENTS (names)];
  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    {
      paths[i] = g_build_filename (peer_get_directory (self->peer), names[i], NULL);
      g_assert_true (g_file_set_contents (paths[i], "", 0, NULL));
    }
  discover (self);
  g_assert_true (list_is (self, ""));
  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    {
      g_unlink (paths[i]);
      g_free (paths[i]);
    }
}

/* Where the lock tells, nobody is disturbed by a connection. */
static void
test_lock_tells (Fixture *self, gconstpointer data)
{
  g_autofree char *lock = g_strdup_printf ("%s/shop.lock", peer_get_directory (self->peer));
  int              fd = open (lock, O_CREAT | O_RDWR | O_CLOEXEC, 0600);
  g_assert_cmpint (fd, >=, 0);
  g_assert_cmpint (flock (fd, LOCK_EX | LOCK_NB), ==, 0);
  g_autofree char *locks = NULL;
  g_file_get_contents ("/proc/locks", &locks, NULL, NULL);
  if (locks == NULL || locks[0] == '\0')
    g_test_skip ("this machine does not show its locks");
  else
    {
      peer_listen (self->peer);
      discover (self);
      for (int i = 0; i < 10; i++)
        {
          grove_discovery_refresh (self->discovery);
          peer_iterate ();
        }
      g_assert_true (list_is (self, "shop+"));
      g_assert_cmpuint (peer_get_n_connections (self->peer), ==, 0);
    }
  close (fd);
  g_unlink (lock);
}

static void
test_sorted (Fixture *self, gconstpointer data)
{
  Peer            *bank = peer_new ("bank"), *zoo = peer_new ("zoo");
  g_autofree char *first = g_strdup_printf ("%s/bank.sock", peer_get_directory (self->peer));
  g_autofree char *last = g_strdup_printf ("%s/zoo.sock", peer_get_directory (self->peer));
  peer_listen (zoo);
  peer_listen (self->peer);
  self->discovery = grove_discovery_new (peer_get_directory (self->peer));
  g_assert_cmpint (g_rename (peer_get_path (zoo), last), ==, 0);
  WAIT_FOR (list_is (self, "shop+ zoo+"));
  peer_listen (bank);
  g_assert_cmpint (g_rename (peer_get_path (bank), first), ==, 0);
  WAIT_FOR (list_is (self, "bank+ shop+ zoo+"));
  g_unlink (first);
  WAIT_FOR (list_is (self, "shop+ zoo+"));
  g_unlink (last);
  peer_free (bank);
  peer_free (zoo);
}

/* While one is held. */
static gboolean
shows_locks (void)
{
  g_autofree char *locks = NULL;
  return g_file_get_contents ("/proc/locks", &locks, NULL, NULL) && locks[0] != '\0';
}

static GroveSystem *
look_for (Fixture *self, const char *name)
{
  grove_discovery_refresh (self->discovery);
  for (guint i = 0; i < g_list_model_get_n_items (G_LIST_MODEL (self->discovery)); i++)
    {
      g_autoptr (GroveSystem) system = g_list_model_get_item (G_LIST_MODEL (self->discovery), i);
      if (strcmp (grove_system_get_name (system), name) == 0)
        return g_steal_pointer (&system);
    }
  return NULL;
}

/* A name that is held and says why there is no socket. */
static void
test_away (Fixture *self, gconstpointer data)
{
  static const struct
  {
    const char *note, *trouble;
  } cases[] = {
    { "cluster a@h\ntrouble 16 It says no.\n", "“b@h” does not take the cookie" },
    { "trouble 1 It says no.\n", "It says no." },
    { "trouble 1 \377\nnonsense\n\n", "\357\277\275" },
    { "cluster a@h\n", NULL },
    { "trouble 0 What?\n", NULL },
    { "trouble -1 What?\n", NULL },
    { "trouble 999999999999999999999 What?\n", NULL },
    { "trouble\n", NULL },
    { "", NULL },
  };
  struct grove_place *place;
  g_assert_cmpint (grove_place_claim ("b@h", &place, NULL), ==, GROVE_LISTEN_OK);
  if (!shows_locks ())
    {
      g_test_skip ("this machine does not show its locks");
      grove_place_free (place);
      return;
    }
  peer_listen (self->peer);
  discover (self);
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      grove_place_annotate ("b@h", cases[i].note);
      g_autoptr (GroveSystem) system = look_for (self, "b@h");
      g_assert_cmpint (system != NULL, ==, cases[i].trouble != NULL);
      if (system == NULL)
        continue;
      g_assert_false (grove_system_get_live (system));
      g_assert_cmpstr (grove_system_get_trouble (system), ==, cases[i].trouble);
      g_assert_null (grove_system_get_cluster (system));
    }
  grove_place_free (place);
  grove_discovery_refresh (self->discovery);
  g_assert_true (list_is (self, "shop+"));
}

/* Those that are served together stand together, after all others. */
static void
test_cluster (Fixture *self, gconstpointer data)
{
  static const char *const names[] = { "a@h", "b@h", "d@h" };
  struct grove_place      *places[G_N_ELEMENTS (names)];
  for (gsize i = 0; i < G_N_ELEMENTS (names); i++)
    g_assert_cmpint (grove_place_claim (names[i], &places[i], NULL), ==, GROVE_LISTEN_OK);
  if (!shows_locks ())
    {
      g_test_skip ("this machine does not show its locks");
      for (gsize i = 0; i < G_N_ELEMENTS (names); i++)
        grove_place_free (places[i]);
      return;
    }
  peer_listen (self->peer);
  discover (self);
  grove_place_annotate ("a@h", "cluster a@h\ntrouble 12 No.\n");
  grove_place_annotate ("b@h", "cluster b@h\ntrouble 12 No.\n");
  grove_place_annotate ("d@h", "cluster a@h\ntrouble 12 No.\n");
  grove_discovery_refresh (self->discovery);
  g_assert_true (list_is (self, "b@h- shop+ a@h- d@h-"));
  {
    g_autoptr (GroveSystem) one = look_for (self, "d@h"), alone = look_for (self, "b@h");
    g_assert_cmpstr (grove_system_get_cluster (one), ==, "a@h");
    g_assert_null (grove_system_get_cluster (alone));
  }
  g_assert_true (grove_discovery_serves_node (self->discovery, "b@h"));
  g_assert_false (grove_discovery_serves_node (self->discovery, "shop"));
  g_assert_false (grove_discovery_serves_node (self->discovery, "c@h"));
  /* It came to be known that they are one. */
  grove_place_annotate ("b@h", "cluster a@h\ntrouble 12 No.\n");
  grove_discovery_refresh (self->discovery);
  g_assert_true (list_is (self, "shop+ a@h- b@h- d@h-"));
  for (gsize i = 0; i < G_N_ELEMENTS (names); i++)
    grove_place_free (places[i]);
}

/* Whoever is opened while it is away hears why. */
static void
test_away_opened (Fixture *self, gconstpointer data)
{
  g_autoptr (GroveSession) session = grove_session_new ();
  g_autofree char    *title = NULL, *detail = NULL;
  struct grove_place *place;
  g_assert_cmpint (grove_place_claim ("b@h", &place, NULL), ==, GROVE_LISTEN_OK);
  grove_place_annotate ("b@h", "trouble 16 It says no.\n");
  grove_session_open (session, "b@h");
  WAIT_FOR (grove_session_get_state (session) == GROVE_SESSION_REFUSED);
  g_object_get (session, "error-title", &title, "error-detail", &detail, NULL);
  g_assert_cmpstr (title, ==, "“b@h” does not take the cookie");
  g_assert_nonnull (strstr (detail, "It says no."));
  /* It is not we who would need it. */
  g_assert_false (grove_session_wants_cookie (session));
  grove_session_close (session);
  grove_place_free (place);
}

/* What is to be known of a name that is let go is not of the next that has it. */
static void
test_place (Fixture *self, gconstpointer data)
{
  static const struct
  {
    const char *wanted, *name;
  } names[] = {
    { "shop@prod-1.example.com", "shop@prod-1.example.com" },
    { "b@::1", "b@--1-3230954a" },
    { ".b@h", "-b@h-f0d36c59" },
    { "0123456789012345678901234567890123456789012345678901234567890123",
      "0123456789012345678901234567890123456789012345678901234567890123" },
    { "01234567890123456789012345678901234567890123456789012345678901234",
      "0123456789012345678901234567890123456789012345678901234-97466457" },
  };
  struct grove_place *place, *other = NULL;
  g_autofree char    *path = g_build_filename (peer_get_directory (self->peer), "b@h.lock", NULL);
  g_autofree char    *left = NULL;
  for (gsize i = 0; i < G_N_ELEMENTS (names); i++)
    {
      char name[GROVE_PLACE_NAME_SIZE];
      grove_place_name (names[i].wanted, name);
      g_assert_cmpstr (name, ==, names[i].name);
    }
  g_assert_true (g_file_set_contents (path, "trouble 16 Of one that crashed.\n", -1, NULL));
  g_assert_cmpint (grove_place_claim ("b@h", &place, NULL), ==, GROVE_LISTEN_OK);
  g_assert_cmpint (grove_place_claim ("b@h", &other, NULL), ==, GROVE_LISTEN_BUSY);
  g_assert_null (other);
  g_assert_true (g_file_get_contents (path, &left, NULL, NULL));
  g_assert_cmpstr (left, ==, "");
  grove_place_free (place);
  g_assert_false (g_file_test (path, G_FILE_TEST_EXISTS));
  /* Nothing is written where nobody holds the name. */
  grove_place_annotate ("b@h", "trouble 16 x\n");
  g_assert_false (g_file_test (path, G_FILE_TEST_EXISTS));
}

#define ADD(path, function)                                                                        \
  g_test_add ("/observer/discovery/" path, Fixture, NULL, set_up, function, tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  ADD ("comes-and-goes", test_comes_and_goes);
  ADD ("no-directory", test_no_directory);
  ADD ("no-systems", test_no_systems);
  ADD ("lock-tells", test_lock_tells);
  ADD ("sorted", test_sorted);
  ADD ("away", test_away);
  ADD ("cluster", test_cluster);
  ADD ("away-opened", test_away_opened);
  ADD ("place", test_place);
  return g_test_run ();
}
