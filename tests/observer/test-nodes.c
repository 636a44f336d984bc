/* SPDX-License-Identifier: MIT
 *
 * Erlang nodes as the observer knows them: the list of those there are, cookies in memory and in
 * files, how a cookie reaches grove-beam, and the words for each way it ends. A script takes its
 * part.
 */
#include "observer/grove-address.h"
#include "observer/grove-cookies.h"
#include "observer/grove-foreign-pid.h"
#include "observer/grove-node-list.h"
#include "observer/grove-session.h"
#include "protocol/place.h"

#include "peer.h"

#include <glib/gstdio.h>
#include <string.h>

typedef struct
{
  char          *directory;
  char          *script;
  GroveNodeList *nodes;
  GroveSession  *session;
  guint          n_looked;
} Fixture;

/* What runs instead of grove-beam. */
static void set_script (Fixture *self, const char *format, ...) G_GNUC_PRINTF (2, 3);

static void
set_script (Fixture *self, const char *format, ...)
{
  va_list          arguments;
  g_autofree char *text = NULL, *command = NULL;
  va_start (arguments, format);
  text = g_strdup_vprintf (format, arguments);
  va_end (arguments);
  g_assert_true (g_file_set_contents (self->script, text, -1, NULL));
  command = g_strdup_printf ("sh %s", self->script);
  g_setenv ("GROVE_BEAM", command, TRUE);
}

static void
set_up (Fixture *self, gconstpointer data)
{
  self->directory = g_dir_make_tmp ("grove-nodes-XXXXXX", NULL);
  self->script = g_build_filename (self->directory, "bridge", NULL);
}

static void
tear_down (Fixture *self, gconstpointer data)
{
  if (self->nodes != NULL)
    {
      WAIT_FOR (G_OBJECT (self->nodes)->ref_count == 1);
      g_assert_finalize_object (self->nodes);
    }
  if (self->session != NULL)
    {
      grove_session_close (self->session);
      g_assert_finalize_object (self->session);
    }
  g_unlink (self->script);
  g_autofree char *said = g_build_filename (self->directory, "said", NULL);
  g_unlink (said);
  g_assert_cmpint (g_rmdir (self->directory), ==, 0);
  g_free (self->script);
  g_free (self->directory);
}

/* ---- The list -----------------------------------------------------------------------------------
 */

static void
count (guint *n)
{
  (*n)++;
}

static void
watch (Fixture *self)
{
  if (self->nodes == NULL)
    {
      self->nodes = grove_node_list_new ();
      g_signal_connect_swapped (self->nodes, "looked", G_CALLBACK (count), &self->n_looked);
    }
  guint n = self->n_looked;
  grove_node_list_watch (self->nodes);
  WAIT_FOR (self->n_looked > n);
}

/* The names, with spaces between. */
static char *
list (Fixture *self)
{
  GListModel *model = G_LIST_MODEL (self->nodes);
  GString    *text = g_string_new (NULL);
  for (guint i = 0; i < g_list_model_get_n_items (model); i++)
    {
      g_autoptr (GroveNode) node = g_list_model_get_item (model, i);
      g_autofree char *target = g_strconcat ("beam:", grove_node_get_name (node), NULL);
      g_assert_cmpstr (grove_node_get_target (node), ==, target);
      g_string_append_printf (text, "%s%s", i > 0 ? " " : "", grove_node_get_name (node));
    }
  return g_string_free (text, FALSE);
}

static void
assert_list (Fixture *self, const char *expected)
{
  g_autofree char *text = list (self);
  g_assert_cmpstr (text, ==, expected);
}

static void
test_list (Fixture *self, gconstpointer data)
{
  set_script (self, "[ \"$*\" = '--list --json' ] && echo "
                    "'{\"nodes\":[{\"name\":\"shop@a\",\"port\":1},{\"name\":\"bank@a\",\"port\":2}"
                    "]}'\n");
  watch (self);
  assert_list (self, "bank@a shop@a");
  grove_node_list_unwatch (self->nodes);
  set_script (self, "echo '{\"nodes\":[{\"name\":\"shop@a\"},{\"name\":\"zoo@a\"}]}'\n");
  watch (self);
  assert_list (self, "shop@a zoo@a");
  grove_node_list_unwatch (self->nodes);
  g_setenv ("GROVE_BEAM", "/no/such/grove-beam", TRUE);
  watch (self);
  grove_node_list_unwatch (self->nodes);
}

static void
test_hostile (Fixture *self, gconstpointer data)
{
  static const char *const said[] = {
    "",
    "{",
    "[]",
    "{\"nodes\":{}}",
    "{\"nodes\":[1,null,{},{\"name\":1},{\"name\":\"\"},{\"name\":\"a "
    "b@c\"},{\"name\":\"a@b?tls\"},"
    "{\"name\":\"../x@y/z\"}]}",
    "\\377\\376",
  };
  for (gsize i = 0; i < G_N_ELEMENTS (said); i++)
    {
      set_script (self, "printf '%s'\nexit 3\n", said[i]);
      watch (self);
      assert_list (self, "");
      grove_node_list_unwatch (self->nodes);
    }
}

/* Who never ends saying is not listened to for ever. */
static void
test_endless (Fixture *self, gconstpointer data)
{
  set_script (self, "exec yes '{\"nodes\":[{\"name\":\"shop@a\"}]}'\n");
  watch (self);
  assert_list (self, "");
  grove_node_list_unwatch (self->nodes);
}

/* Unwatched while it looks: what it was about to say is not taken over. */
static void
test_unwatched (Fixture *self, gconstpointer data)
{
  set_script (self, "read line\necho '{\"nodes\":[{\"name\":\"shop@a\"}]}'\nexec cat\n");
  self->nodes = grove_node_list_new ();
  g_signal_connect_swapped (self->nodes, "looked", G_CALLBACK (count), &self->n_looked);
  grove_node_list_watch (self->nodes);
  grove_node_list_unwatch (self->nodes);
  WAIT_FOR (G_OBJECT (self->nodes)->ref_count == 1);
  g_assert_cmpuint (self->n_looked, ==, 0);
  assert_list (self, "");
}

/* ---- Cookies ------------------------------------------------------------------------------------
 */

static void
test_cookies (Fixture *self, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *path =
    g_build_filename (g_get_user_config_dir (), "grove", "cookies", "shop@a", NULL);
  g_autofree char *content = NULL;
  g_autofree char *long_one = g_strnfill (256, 'a');
  GStatBuf         about;
  g_assert_null (grove_cookie_get ("shop@a"));
  grove_cookie_set ("shop@a", "secret");
  g_assert_cmpstr (grove_cookie_get ("shop@a"), ==, "secret");
  g_assert_null (grove_cookie_get ("shop@b"));
  g_assert_false (grove_cookie_is_kept ("shop@a"));
  g_assert_true (grove_cookie_keep ("shop@a", "secret", &error));
  g_assert_no_error (error);
  g_assert_cmpint (g_stat (path, &about), ==, 0);
  g_assert_cmpint (about.st_mode & 0777, ==, 0600);
  g_assert_true (g_file_get_contents (path, &content, NULL, NULL));
  g_assert_cmpstr (content, ==, "secret");
  g_assert_true (grove_cookie_is_kept ("shop@a"));
  g_assert_true (grove_cookie_keep ("shop@a", NULL, &error));
  g_assert_true (grove_cookie_keep ("shop@a", NULL, &error));
  g_assert_false (grove_cookie_is_kept ("shop@a"));
  grove_cookie_set ("shop@a", NULL);
  g_assert_null (grove_cookie_get ("shop@a"));
  g_assert_true (grove_cookie_is_valid ("a b\"$(x)ä"));
  g_assert_false (grove_cookie_is_valid (""));
  g_assert_false (grove_cookie_is_valid ("a\nb"));
  g_assert_false (grove_cookie_is_valid (long_one));
}

static void
open_node (Fixture *self)
{
  if (self->session == NULL)
    self->session = grove_session_new ();
  grove_session_open (self->session, "beam:shop@prod");
  WAIT_FOR (grove_session_get_state (self->session) == GROVE_SESSION_REFUSED);
}

/* Neither the command line nor the environment nor what a person is told has it. */
static void
test_handed_over (Fixture *self, gconstpointer data)
{
  g_autofree char *path = g_build_filename (self->directory, "said", NULL);
  g_autofree char *said = NULL, *title = NULL, *detail = NULL;
  set_script (self, "{ echo \"$*\"; env; echo ==; head -n 1; } >%s\nexit 16\n", path);
  grove_cookie_set ("shop@prod", "a secret");
  open_node (self);
  grove_cookie_set ("shop@prod", NULL);
  g_assert_true (g_file_get_contents (path, &said, NULL, NULL));
  g_assert_true (g_str_has_prefix (said, "shop@prod --cookie-stdin\n"));
  const char *first = strstr (said, "a secret");
  g_assert_nonnull (first);
  g_assert_cmpstr (first, ==, "a secret\n");
  g_assert_true (first > strstr (said, "\n==\n"));
  g_object_get (self->session, "error-title", &title, "error-detail", &detail, NULL);
  g_assert_null (strstr (title, "secret"));
  g_assert_null (strstr (detail, "secret"));
  g_assert_true (grove_session_wants_cookie (self->session));
}

/* ---- Clusters -----------------------------------------------------------------------------------
 */

static void
test_siblings (Fixture *self, gconstpointer data)
{
  static const struct
  {
    const char *target, *node, *sibling;
  } cases[] = {
    { "beam:a@h", "b@h", "beam:b@h" },
    { "beam:a@h?port=1", "b@h", "beam:b@h" },
    { "beam:a@h?port=1&tls&ca=/x", "b@h", "beam:b@h?tls&ca=/x" },
    { "beam:a@h?tls&port=1", "b@h", "beam:b@h?tls" },
    { "shop", "b@h", "beam:b@h" },
    { "./shop.sock", "b@h", "beam:b@h" },
    { "ssh:me@far", "b@h", "ssh:me@far/b@h" },
    { "ssh:me@far/a@h", "b@h", "ssh:me@far/b@h" },
    { "ssh:far/a@h", "b@::1", "ssh:far/b@--1-3230954a" },
    { "ssh:far/a@h", "b h", NULL },
    { NULL, "b@h", "beam:b@h" },
    { "beam:a@h", "b@h?tls", NULL },
    { "beam:a@h", "b h", NULL },
    { "beam:a@h", "", NULL },
  };
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *sibling = grove_address_dup_sibling (cases[i].target, cases[i].node);
      g_assert_cmpstr (sibling, ==, cases[i].sibling);
    }
  grove_cookie_set ("a@h", "secret");
  grove_cookie_share ("beam:a@h?tls", "beam:b@h");
  g_assert_cmpstr (grove_cookie_get ("b@h"), ==, "secret");
  grove_cookie_set ("a@h", "another");
  grove_cookie_share ("beam:a@h", "beam:b@h");
  g_assert_cmpstr (grove_cookie_get ("b@h"), ==, "secret");
  grove_cookie_share ("shop", "beam:c@h");
  grove_cookie_share (NULL, "beam:c@h");
  g_assert_null (grove_cookie_get ("c@h"));
  grove_cookie_set ("a@h", NULL);
  grove_cookie_set ("b@h", NULL);
}

/* One that is served beside another is reached there, while it is away too. */
static void
test_served_sibling (Fixture *self, gconstpointer data)
{
  g_autofree char    *runtime = g_build_filename (self->directory, "run", NULL);
  g_autofree char    *directory = g_build_filename (runtime, "grove", NULL);
  g_autofree char    *path = g_build_filename (directory, "b@h.sock", NULL);
  g_autofree char    *beside = g_build_filename (directory, "a@h.sock", NULL);
  struct grove_place *place;
  g_assert_cmpint (g_mkdir (runtime, 0700), ==, 0);
  g_setenv ("XDG_RUNTIME_DIR", runtime, TRUE);
  g_assert_cmpint (grove_place_claim ("b@h", &place, NULL), ==, GROVE_LISTEN_OK);
  {
    g_autofree char *sibling = grove_address_dup_sibling (beside, "b@h");
    g_assert_cmpstr (sibling, ==, "beam:b@h");
  }
  grove_place_annotate ("b@h", "cluster a@h\ntrouble 12 It is not there.\n");
  {
    g_autofree char *sibling = grove_address_dup_sibling (beside, "b@h");
    g_autofree char *by_name = grove_address_dup_sibling ("a@h", "b@h");
    g_autofree char *other = grove_address_dup_sibling (beside, "c@h");
    g_assert_cmpstr (sibling, ==, path);
    g_assert_cmpstr (by_name, ==, path);
    g_assert_cmpstr (other, ==, "beam:c@h");
  }
  grove_place_free (place);
  g_assert_cmpint (g_rmdir (directory), ==, 0);
  g_assert_cmpint (g_rmdir (runtime), ==, 0);
}

static void
test_foreign_pids (Fixture *self, gconstpointer data)
{
  static const struct
  {
    const char *text, *node, *pid;
  } cases[] = {
    { "#Pid<shop@b.91.0>", "shop@b", "<0.91.0>" },
    { "#PID<shop@b.example.org.91.2>", "shop@b.example.org", "<0.91.2>" },
    { "#Pid<'shop@10.0.0.1'.1234567890.0>", "shop@10.0.0.1", "<0.1234567890.0>" },
    { "#Pid<'a-b@c'.1.0>", "a-b@c", "<0.1.0>" },
    { "<0.91.0>", NULL, NULL },
    { "<8831.91.0>", NULL, NULL },
    { "#PID<0.91.0>", NULL, NULL },
    { "#Pid<>", NULL, NULL },
    { "#Pid<a@b>", NULL, NULL },
    { "#Pid<a@b.1>", NULL, NULL },
    { "#Pid<a@b..1>", NULL, NULL },
    { "#Pid<.1.1>", NULL, NULL },
    { "#Pid<a@b.1.12345678901>", NULL, NULL },
    { "#Pid<a@b.1.x>", NULL, NULL },
    { "#Pid<a@b.1.1", NULL, NULL },
    { "", NULL, NULL },
  };
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *node = NULL, *pid = NULL;
      g_assert_cmpint (grove_foreign_pid_parse (cases[i].text, &node, &pid), ==,
                       cases[i].node != NULL);
      g_assert_cmpstr (node, ==, cases[i].node);
      g_assert_cmpstr (pid, ==, cases[i].pid);
    }
}

/* ---- Words --------------------------------------------------------------------------------------
 */

static const struct
{
  int         status;
  const char *title;
  const char *detail; /* some of it */
} ends[] = {
  { 10, "There is no machine “prod”", "shop@ADDRESS" },
  { 11, "No Erlang node is found on “prod”", "epmd" },
  { 12, "There is no node “shop” on “prod”", "--list prod" },
  { 13, "“shop@prod” cannot be reached", "the reason" },
  { 14, "“shop@prod” does not answer", "TLS" },
  { 15, "There is no cookie for “shop@prod”", "the reason" },
  { 16, "“shop@prod” does not take the cookie", "-setcookie" },
  { 17, "“shop@prod” does not let this observer in", "the reason" },
  { 18, "No secure connection to “shop@prod”", "the reason" },
  { 19, "“shop@prod” closed the connection at once", "TLS" },
  { 20, "“shop@prod” has no room for another observer", "the reason" },
  { 21, "“shop@prod” runs too old an Erlang", "the reason" },
  { 22, "“shop@prod” refused to be observed", "the reason" },
  { 30, "The connection to “shop@prod” was lost", "crashed" },
  { 31, "“shop@prod” stopped answering", "10 seconds" },
  { 1, "“shop@prod” cannot be reached", "the reason (sh ended with status 1)" },
};

static void
test_words (Fixture *self, gconstpointer data)
{
  for (gsize i = 0; i < G_N_ELEMENTS (ends); i++)
    {
      g_autofree char *title = NULL, *detail = NULL;
      set_script (self, "echo the reason >&2\nexit %d\n", ends[i].status);
      open_node (self);
      g_object_get (self->session, "error-title", &title, "error-detail", &detail, NULL);
      g_assert_cmpstr (title, ==, ends[i].title);
      if (strstr (detail, ends[i].detail) == NULL)
        g_error ("%d: %s", ends[i].status, detail);
      g_assert_cmpint (grove_session_wants_cookie (self->session), ==,
                       ends[i].status == 15 || ends[i].status == 16);
    }
}

/* What GLib leaks that gives each test folders of its own is known by whole stacks only. */
__attribute__ ((visibility ("default"))) const char *__asan_default_options (void);

const char *
__asan_default_options (void)
{
  return "fast_unwind_on_malloc=0";
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);
#define ADD(name, function)                                                                        \
  g_test_add ("/observer/nodes/" name, Fixture, NULL, set_up, function, tear_down)
  ADD ("list", test_list);
  ADD ("hostile", test_hostile);
  ADD ("endless", test_endless);
  ADD ("unwatched", test_unwatched);
  ADD ("cookies", test_cookies);
  ADD ("handed-over", test_handed_over);
  ADD ("siblings", test_siblings);
  ADD ("served-sibling", test_served_sibling);
  ADD ("foreign-pids", test_foreign_pids);
  ADD ("words", test_words);
#undef ADD
  return g_test_run ();
}
