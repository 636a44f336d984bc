/* SPDX-License-Identifier: MIT
 *
 * The real window on a system that no runtime of ours would be: names that no screen has room for
 * or that are read from the other side, a clock that jumps, counts beyond all measure, rows that do
 * not follow the order they were asked for in, a version that is not out yet, a system that is
 * another one of the same name. What is on the screen stays a window of its size, with no warning
 * of GTK, and says what happened where that matters.
 *
 * What breaks the protocol ends the session: that is /observer/hostile. A full disk is /ui/save.
 */
#include "tests/observer/peer.h"
#include "tests/support/grove-ui-test.h"
#include "ui/grove-activity-view.h"
#include "ui/grove-application.h"
#include "ui/grove-window.h"

#include <string.h>

#define WIDTH    800
#define HEIGHT   600
#define MAX_SUBS 64
#define N_ROWS   24
/* The protocol has no larger number. */
#define LARGEST G_GINT64_CONSTANT (9007199254740991)

static GtkApplication *application;

typedef struct
{
  gint64              sub;
  struct json_object *columns; /* NULL: it is no table of processes */
  guint               n_rows;  /* that are asked for, N_ROWS at most */
  gint64              seq;
} Sub;

typedef struct
{
  Peer         *peer;
  GroveWindow  *window;
  GroveSession *session;
  Sub           subs[MAX_SUBS];
  guint         n_subs;
  gboolean      refuses;   /* whatever is subscribed to */
  gint64        watch_seq; /* of the samples, which are sub 1 */
} Fixture;

/* ---- The system --------------------------------------------------------------------------------
 */

/* What the rows say that is not as usual. */
typedef struct
{
  const char *name; /* of one: of all of its texts */
  gint64      number;
  gint64      t_ns;
  gboolean    upside_down;
} Lie;

static void
remember (Fixture *self, struct json_object *params, gint64 sub)
{
  struct json_object *table = NULL, *columns = NULL, *window = NULL, *limit = NULL;

  g_assert_cmpuint (self->n_subs, <, MAX_SUBS);
  json_object_object_get_ex (params, "table", &table);
  json_object_object_get_ex (params, "columns", &columns);
  json_object_object_get_ex (params, "window", &window);
  json_object_object_get_ex (window, "limit", &limit);
  self->subs[self->n_subs++] = (Sub){
    .sub = sub,
    .columns = g_strcmp0 (json_object_get_string (table), "processes") == 0
                 ? json_object_get (columns)
                 : NULL,
    .n_rows = (guint) CLAMP (json_object_get_int64 (limit), 0, N_ROWS),
  };
}

#define NO_ROOM "a session has at most 2 subscriptions"

static void
refuse (Fixture *self, const char *method)
{
  while (peer_is_connected (self->peer) && peer_has (self->peer, method))
    peer_fail (self->peer, peer_expect (self->peer, method), -32005, NO_ROOM, NULL);
}

/* Opens what is asked for; refuses what else is. */
static void
serve (Fixture *self)
{
  static const char *const refused[] = {
    "process.get",   "process.messages", "process.dictionary", "process.state",
    "process.stack", "crash.get",        "supervisor.get",     "system.info",
  };

  if (self->refuses)
    {
      refuse (self, "table.open");
      refuse (self, "tree.open");
    }
  while (peer_is_connected (self->peer) && peer_has (self->peer, "table.open"))
    {
      struct json_object *request = peer_expect (self->peer, "table.open");
      struct json_object *columns = NULL;
      g_autofree char    *text = NULL;
      const gint64        sub = 10 + self->n_subs;

      json_object_object_get_ex (peer_params (request), "columns", &columns);
      text = g_strdup (json_object_to_json_string (columns));
      remember (self, peer_params (request), sub);
      peer_reply (self->peer, request,
                  "{'sub':%" G_GINT64_FORMAT ",'columns':%s,'total':0,'matched':0}", sub, text);
    }
  while (peer_is_connected (self->peer) && peer_has (self->peer, "tree.open"))
    {
      const gint64 sub = 10 + self->n_subs;

      self->subs[self->n_subs++] = (Sub){ .sub = -sub };
      peer_reply (self->peer, peer_expect (self->peer, "tree.open"), "{'sub':%" G_GINT64_FORMAT "}",
                  sub);
    }
  for (guint i = 0; i < G_N_ELEMENTS (refused); i++)
    while (peer_is_connected (self->peer) && peer_has (self->peer, refused[i]))
      peer_fail (self->peer, peer_expect (self->peer, refused[i]), -32601, "Not here", NULL);
}

static void
append_cell (GString *line, const char *column, guint row, const Lie *lie)
{
  static const char *const texts[] = { "name", "initial", "current", "app" };
  static const char *const numbers[] = { "messages", "mailbox_bytes", "reductions",
                                         "memory",   "heap",          "stack",
                                         "restarts", "links",         "started_ns" };

  if (strcmp (column, "pid") == 0)
    {
      g_string_append_printf (line, "\"<0.%u.0>\"", row + 1);
      return;
    }
  for (guint i = 0; i < G_N_ELEMENTS (texts); i++)
    if (strcmp (column, texts[i]) == 0)
      {
        struct json_object *text =
          json_object_new_string (lie->name != NULL && row % 2 == 0 ? lie->name : "worker");

        g_string_append (line, json_object_to_json_string (text));
        json_object_put (text);
        return;
      }
  for (guint i = 0; i < G_N_ELEMENTS (numbers); i++)
    if (strcmp (column, numbers[i]) == 0)
      {
        g_string_append_printf (line, "%" G_GINT64_FORMAT, lie->number != 0 ? lie->number : row);
        return;
      }
  if (g_str_has_suffix (column, "/s"))
    g_string_append (line, lie->number != 0 ? "1e300" : "1.5");
  else if (strcmp (column, "status") == 0)
    g_string_append (line, "\"waiting\"");
  else if (strcmp (column, "priority") == 0)
    g_string_append (line, "\"normal\"");
  else
    g_string_append (line, "null");
}

static void
say_rows (Fixture *self, Sub *sub, const Lie *lie)
{
  g_autoptr (GString) line = g_string_new (NULL);
  const gint64 total = lie->number != 0 ? LARGEST : N_ROWS;

  g_string_append_printf (line,
                          "{\"jsonrpc\":\"2.0\",\"method\":\"table.update\",\"params\":{\"sub\":"
                          "%" G_GINT64_FORMAT ",\"seq\":%" G_GINT64_FORMAT
                          ",\"t\":%" G_GINT64_FORMAT ",\"rev\":0,\"total\":%" G_GINT64_FORMAT
                          ",\"matched\":%" G_GINT64_FORMAT
                          ",\"offset\":0,\"skipped\":0,\"order\":[",
                          sub->sub, ++sub->seq, lie->t_ns, total, total);
  for (guint i = 0; i < sub->n_rows; i++)
    g_string_append_printf (line, "%s\"<0.%u.0>\"", i > 0 ? "," : "",
                            lie->upside_down ? sub->n_rows - i : i + 1);
  g_string_append (line, "],\"rows\":[");
  for (guint i = 0; i < sub->n_rows; i++)
    {
      g_string_append (line, i > 0 ? ",[" : "[");
      for (gsize k = 0; k < json_object_array_length (sub->columns); k++)
        {
          if (k > 0)
            g_string_append_c (line, ',');
          append_cell (line, json_object_get_string (json_object_array_get_idx (sub->columns, k)),
                       i, lie);
        }
      g_string_append_c (line, ']');
    }
  g_string_append (line, "]}}\n");
  peer_say_bytes (self->peer, line->str, line->len);
}

static void
say_tree (Fixture *self, Sub *sub, const Lie *lie)
{
  g_autoptr (GString) line = g_string_new (NULL);
  struct json_object *name =
    json_object_new_string (lie->name != NULL ? lie->name : "worker_without_end");

  g_string_append_printf (
    line,
    "{\"jsonrpc\":\"2.0\",\"method\":\"tree.update\",\"params\":{\"sub\":%" G_GINT64_FORMAT
    ",\"seq\":%" G_GINT64_FORMAT ",\"t\":%" G_GINT64_FORMAT ",\"reset\":true,\"ops\":["
    "[\"add\",null,0,{\"pid\":\"<0.1.0>\",\"kind\":\"supervisor\",\"name\":%s,\"children\":"
    "%" G_GINT64_FORMAT
    ",\"strategy\":\"one_for_one\",\"intensity\":4000000000,\"restarts\":4000000000,"
    "\"recent_restarts\":4000000000,\"period_s\":1,\"expanded\":true}]",
    -sub->sub, ++sub->seq, lie->t_ns, json_object_to_json_string (name),
    lie->number != 0 ? lie->number : 4);
  for (guint i = 1; i < 5; i++)
    g_string_append_printf (line,
                            ",[\"add\",\"<0.1.0>\",0,{\"pid\":\"<0.%u.0>\",\"kind\":\"worker\","
                            "\"name\":%s,\"status\":\"waiting\"}]",
                            i + 1, json_object_to_json_string (name));
  g_string_append_printf (line,
                          "],\"metrics\":[[\"<0.2.0>\",%" G_GINT64_FORMAT "],[\"<0.99.0>\",7]],"
                          "\"total\":5}}\n",
                          lie->number);
  json_object_put (name);
  peer_say_bytes (self->peer, line->str, line->len);
}

static void
say_sample (Fixture *self, const Lie *lie)
{
  const gint64 number = lie->number != 0 ? lie->number : 7;

  peer_say (self->peer,
            "{'jsonrpc':'2.0','method':'system.sample','params':{'sub':1,'seq':%" G_GINT64_FORMAT
            ",'t':%" G_GINT64_FORMAT ",'processes':%" G_GINT64_FORMAT
            ",'max_processes':10,'run_queue':%" G_GINT64_FORMAT
            ",'schedulers':[0.5,7e300],'memory':{'total':%" G_GINT64_FORMAT
            "},'reductions/s':1e300,'messages/s':%" G_GINT64_FORMAT "}}",
            ++self->watch_seq, lie->t_ns, number, number, number, number);
}

/* Says it to all that the window has opened by now. */
static void
say_all (Fixture *self, const Lie *lie)
{
  say_sample (self, lie);
  for (guint i = 0; i < self->n_subs && peer_is_connected (self->peer); i++)
    if (self->subs[i].columns != NULL)
      say_rows (self, &self->subs[i], lie);
    else if (self->subs[i].sub < 0)
      say_tree (self, &self->subs[i], lie);
}

/* ---- The window --------------------------------------------------------------------------------
 */

static gboolean
has_opened (Fixture *self)
{
  serve (self);
  return self->n_subs > 0;
}

static void
show (Fixture *self, const char *view)
{
  grove_window_show_view (self->window, view);
  grove_ui_test_settle (GTK_WIDGET (self->window));
  serve (self);
}

static void
assert_live (Fixture *self)
{
  g_autofree char *title = session_text (self->session, "error-title");
  g_autofree char *detail = session_text (self->session, "error-detail");

  if (grove_session_get_state (self->session) != GROVE_SESSION_LIVE)
    g_error ("it is not live any more: %s: %s", title, detail);
}

/* All views have heard it and were painted, in a window that is as it was. */
static void
look (Fixture *self, const Lie *lie)
{
  static const char *const views[] = { "overview", "supervision", "processes", "mailboxes",
                                       "activity" };

  for (guint i = 0; i < G_N_ELEMENTS (views); i++)
    {
      int        least = 0;
      GtkWidget *view = grove_window_get_view (self->window, views[i]);

      if (view == NULL)
        continue;
      show (self, views[i]);
      say_all (self, lie);
      GROVE_WAIT (peer_get_acked (self->peer, 1) == self->watch_seq ||
                    grove_session_get_state (self->session) != GROVE_SESSION_LIVE,
                  GROVE_PATIENCE_MS);
      assert_live (self);
      grove_ui_test_settle (GTK_WIDGET (self->window));
      serve (self);
      gtk_widget_measure (view, GTK_ORIENTATION_HORIZONTAL, -1, &least, NULL, NULL, NULL);
      g_assert_cmpint (least, <=, WIDTH);
      g_assert_cmpint (gtk_widget_get_width (GTK_WIDGET (self->window)), ==, WIDTH);
      assert_live (self);
    }
}

static void
forget_subs (Fixture *self)
{
  for (guint i = 0; i < self->n_subs; i++)
    json_object_put (self->subs[i].columns);
  self->n_subs = 0;
  self->watch_seq = 0;
}

/* A system where the window does not look by itself: looking is a connection, and a peer has one.
 */
static void
make_peer (Fixture *self)
{
  g_autofree char *directory = g_strdup (g_getenv ("XDG_RUNTIME_DIR"));

  self->peer = peer_new ("shop");
  g_setenv ("XDG_RUNTIME_DIR", directory, TRUE);
  peer_listen (self->peer);
}

static void
open_window (Fixture *self)
{
  self->window = GROVE_WINDOW (grove_window_new (application));
  self->session = grove_window_get_session (self->window);
  gtk_window_set_default_size (GTK_WINDOW (self->window), WIDTH, HEIGHT);
  gtk_window_present (GTK_WINDOW (self->window));
  GROVE_WAIT (gtk_widget_get_mapped (GTK_WIDGET (self->window)), GROVE_PATIENCE_MS);
  grove_session_open (self->session, peer_get_path (self->peer));
}

static void
set_up (Fixture *self, gconstpointer data)
{
  make_peer (self);
  open_window (self);
  peer_bring_live (self->peer, self->session, "run-1");
  serve (self);
}

static void
tear_down (Fixture *self, gconstpointer data)
{
  g_object_add_weak_pointer (G_OBJECT (self->window), (gpointer *) &self->window);
  gtk_window_destroy (GTK_WINDOW (self->window));
  GROVE_WAIT (self->window == NULL, GROVE_PATIENCE_MS);
  forget_subs (self);
  peer_free (self->peer);
}

/* ---- What it is told ---------------------------------------------------------------------------
 */

static const struct
{
  const char *path;
  const char *name;
} names[] = {
  { "right-to-left", "שלום_עולם مرحبا" },
  { "override", "user\u202Egnp.exe\u202D\u2066\u2069" },
  { "emoji", "\U0001F469\u200D\U0001F469\u200D\U0001F467 worker \U0001F44D\U0001F3FD" },
  { "combining", "Z\u0351\u036b\u0343\u032a\u0302\u0319\u0324A\u0334\u0335\u031cL\u0320" },
  { "markup", "<b>&amp;</span>&lt;&#0;<a href=\"x\">" },
  { "control", "a\nb\tc\rd\x1b[31m\x07" },
  { "nothing-to-see", "\u200B\u00AD\u2060\uFEFF" },
};

static void
test_name (Fixture *self, gconstpointer data)
{
  look (self, &(Lie){ .name = data, .t_ns = 2000000000 });
}

static void
test_long_name (Fixture *self, gconstpointer data)
{
  g_autofree char *name = g_strnfill (10000, 'W');

  look (self, &(Lie){ .name = name, .t_ns = 2000000000 });
}

/* In the inspector, too, and in its window. */
static void
test_long_name_selected (Fixture *self, gconstpointer data)
{
  g_autofree char *name = g_strnfill (10000, 'W');

  show (self, "processes");
  grove_window_set_inspector_visible (self->window, TRUE);
  grove_session_set_selected (self->session, "<0.1.0>");
  grove_ui_test_settle (GTK_WIDGET (self->window));
  look (self, &(Lie){ .name = name, .t_ns = 2000000000 });
}

static void
test_counts (Fixture *self, gconstpointer data)
{
  look (self, &(Lie){ .number = LARGEST, .t_ns = 2000000000 });
}

/* They are shown as they came: whoever sorts is the server. */
static void
test_order (Fixture *self, gconstpointer data)
{
  look (self, &(Lie){ .t_ns = 2000000000 });
  look (self, &(Lie){ .t_ns = 3000000000, .upside_down = TRUE });
}

static void
test_clocks (Fixture *self, gconstpointer data)
{
  static const gint64 times[] = { 2000000000, 1, LARGEST, 0, 5000000000, 4000000000 };

  for (guint i = 0; i < G_N_ELEMENTS (times); i++)
    look (self, &(Lie){ .t_ns = times[i] });
}

static void
test_restarted (Fixture *self, gconstpointer data)
{
  look (self, &(Lie){ .t_ns = G_GINT64_CONSTANT (90000000000) });
  grove_session_set_selected (self->session, "<0.1.0>");
  show (self, "processes");
  peer_crash (self->peer);
  GROVE_WAIT (grove_session_get_state (self->session) == GROVE_SESSION_LOST, GROVE_PATIENCE_MS);
  grove_ui_test_settle (GTK_WIDGET (self->window));
  forget_subs (self);
  peer_forget (self->peer);
  /* Another, that has the name, and the pids, and a clock that begins anew. */
  peer_listen (self->peer);
  grove_session_retry (self->session);
  peer_bring_live (self->peer, self->session, "run-2");
  GROVE_WAIT (has_opened (self), GROVE_PATIENCE_MS);
  look (self, &(Lie){ .t_ns = 1000 });
  /* Who was selected is not this one of the same pid. */
  g_assert_null (grove_session_get_selected (self->session));
}

static gboolean
is_refusal (GtkWidget *widget, gpointer user_data)
{
  const char *text = grove_ui_test_get_text (widget);

  return text != NULL && strstr (text, NO_ROOM ". Close a view or a window") != NULL;
}

/* The view says what was refused, and does not look as if something were still to come. */
static gboolean
says_refused (Fixture *self, const char *view)
{
  GtkWidget *widget = grove_window_get_view (self->window, view);

  serve (self);
  return grove_ui_test_find_if (widget, is_refusal, NULL) != NULL &&
         grove_ui_test_find (widget, GTK_TYPE_SPINNER, NULL, NULL) == NULL;
}

static gboolean
is_tree_button (GtkWidget *widget, gpointer user_data)
{
  return GTK_IS_TOGGLE_BUTTON (widget) &&
         g_strcmp0 (gtk_button_get_icon_name (GTK_BUTTON (widget)), "grove-tree-symbolic") == 0;
}

static void
test_refused (Fixture *self, gconstpointer data)
{
  static const char *const views[] = { "overview", "supervision", "processes", "mailboxes",
                                       "activity" };
  GtkWidget               *tree;

  self->refuses = TRUE;
  make_peer (self);
  open_window (self);
  peer_bring_live (self->peer, self->session, "run-1");
  grove_window_set_inspector_visible (self->window, TRUE);
  grove_session_set_selected (self->session, "<0.1.0>");
  grove_activity_view_show_table (GROVE_ACTIVITY_VIEW (
                                    grove_window_get_view (self->window, "activity")),
                                  "log");
  for (guint i = 0; i < G_N_ELEMENTS (views); i++)
    {
      show (self, views[i]);
      GROVE_WAIT (says_refused (self, views[i]), GROVE_PATIENCE_MS);
    }
  GROVE_WAIT (says_refused (self, "inspector"), GROVE_PATIENCE_MS);
  /* Beside nothing it lies over the view, and goes at the first click. */
  grove_window_set_inspector_visible (self->window, FALSE);
  GROVE_WAIT (!gtk_widget_get_mapped (grove_window_get_view (self->window, "inspector")),
              GROVE_PATIENCE_MS);

  /* The other shape of the table. */
  show (self, "processes");
  tree =
    grove_ui_test_find_if (grove_window_get_view (self->window, "processes"), is_tree_button, NULL);
  grove_ui_test_click (tree, GROVE_UI_TEST_LEFT);
  GROVE_WAIT (says_refused (self, "processes"), GROVE_PATIENCE_MS);

  /* Asked again, it tells. */
  show (self, "supervision");
  GROVE_WAIT (says_refused (self, "supervision"), GROVE_PATIENCE_MS);
  self->refuses = FALSE;
  grove_ui_test_click (grove_ui_test_find (grove_window_get_view (self->window, "supervision"),
                                           GTK_TYPE_BUTTON, "_Ask Again", NULL),
                       GROVE_UI_TEST_LEFT);
  GROVE_WAIT ((serve (self), self->n_subs > 0 && !says_refused (self, "supervision")),
              GROVE_PATIENCE_MS);
  show (self, "processes");
  GROVE_WAIT (!says_refused (self, "processes"), GROVE_PATIENCE_MS);
}

/* One of this major version is understood, whatever it can do beside. */
static void
test_newer (Fixture *self, gconstpointer data)
{
  static const char *const known[] = {
    "pid",    "name",       "status",   "messages", "messages_in/s", "mailbox_bytes",
    "memory", "reductions", "priority", "initial",  "reductions/s",  "current",
    "app",    "supervisor", "restarts", "links",    "started_ns",
  };
  g_autoptr (GString) columns = g_string_new (NULL);

  for (guint i = 0; i < G_N_ELEMENTS (known); i++)
    g_string_append_printf (columns, "{'name':'%s','since':99},", known[i]);
  make_peer (self);
  open_window (self);
  GROVE_WAIT (peer_is_connected (self->peer), GROVE_PATIENCE_MS);
  peer_say (self->peer,
            "{'jsonrpc':'2.0','method':'hello','params':{'protocol':{'major':1,'minor':99,"
            "'patch':[1]},'server':{'name':'shop','version':'99.1-beta','kind':'grove',"
            "'weather':'fair'},'instance':'run-1','read_only':false,'capabilities':['process.get',"
            "'process.teleport'],'absent':{'process.gc':'Not today.','moon.rise':'Clouds.'},"
            "'now_ns':1000000000,'now_utc_ms':1790000000000,'tables':{'processes':[%s"
            "{'name':'aura','type':'colour','unit':'nm'}],'moons':["
            "{'name':'phase','type':'fraction'}]},'moods':{}}}",
            columns->str);
  peer_reply (self->peer, peer_expect (self->peer, "session.open"),
              "{'session':1,'role':'control','blessing':true}");
  GROVE_WAIT (grove_session_get_state (self->session) == GROVE_SESSION_LIVE, GROVE_PATIENCE_MS);
  peer_reply (self->peer, peer_expect (self->peer, "system.watch"), "{'sub':1,'tide':'high'}");
  peer_say (self->peer, "{'jsonrpc':'2.0','method':'moon.update','params':{'sub':77,'seq':1}}");
  serve (self);
  look (self, &(Lie){ .t_ns = 2000000000 });
}

#define ADD(path, data, function)                                                                  \
  g_test_add ("/ui/bad-input/" path, Fixture, data, set_up, function, tear_down)

int
main (int argc, char **argv)
{
  g_autoptr (GError) error = NULL;
  int result;

  grove_ui_test_init (&argc, &argv);
  application = GTK_APPLICATION (grove_application_new ());
  g_application_register (G_APPLICATION (application), NULL, &error);
  g_assert_no_error (error);

  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    {
      g_autofree char *path = g_strdup_printf ("/ui/bad-input/name/%s", names[i].path);

      g_test_add (path, Fixture, names[i].name, set_up, test_name, tear_down);
    }
  ADD ("name/long", NULL, test_long_name);
  ADD ("name/long-selected", NULL, test_long_name_selected);
  ADD ("counts", NULL, test_counts);
  ADD ("order", NULL, test_order);
  ADD ("clocks", NULL, test_clocks);
  ADD ("restarted", NULL, test_restarted);
  g_test_add ("/ui/bad-input/refused", Fixture, NULL, NULL, test_refused, tear_down);
  g_test_add ("/ui/bad-input/newer", Fixture, NULL, NULL, test_newer, tear_down);
  result = g_test_run ();
  g_clear_object (&application);
  return result;
}
