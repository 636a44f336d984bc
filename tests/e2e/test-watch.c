/* SPDX-License-Identifier: MIT
 *
 * What a person sees in the window while the shop lives, ends, comes back, or never was there.
 */
#include "tests/e2e/window.h"

#include "ui/grove-mailbox-bar.h"
#include "ui/grove-message-list.h"
#include "ui/grove-process-cell.h"

#include <signal.h>
#include <string.h>

/* ---- Mailboxes ---------------------------------------------------------------------------------
 */

/* The bar in the row that reads @name: rows differ by view, bars and names do not. */
static gboolean
reads (GtkWidget *widget, gpointer text)
{
  return g_strcmp0 (grove_ui_test_get_text (widget), text) == 0;
}

static gboolean
is_bar (GtkWidget *widget, gpointer user_data)
{
  return GROVE_IS_MAILBOX_BAR (widget);
}

static GroveMailboxBar *
find_bar (WindowFixture *fixture, const char *name)
{
  GtkWidget *view = grove_window_get_view (fixture->window, "mailboxes");
  GtkWidget *label = grove_ui_test_find_if (view, reads, (gpointer) name);

  for (GtkWidget *row = label; row != NULL && row != view; row = gtk_widget_get_parent (row))
    {
      GtkWidget *bar = grove_ui_test_find_if (row, is_bar, NULL);

      if (bar != NULL)
        return GROVE_MAILBOX_BAR (bar);
    }
  return NULL;
}

static gint64
get_n_messages (WindowFixture *fixture, const char *pid)
{
  struct json_object *info = shop_get (fixture->wire, pid);
  gint64              n = grove_test_json_int (info, "messages");

  json_object_put (info);
  return n;
}

/* What the slow worker's bar showed. */
typedef struct
{
  guint64 n_messages;
  double  level;
  double  most; /* it must not be fuller than that */
} Bar;

static gboolean
sees_more (WindowFixture *fixture, gpointer user_data)
{
  Bar             *bar = user_data;
  GroveMailboxBar *widget = find_bar (fixture, SHOP_SLOW);
  guint64          n_messages;
  double           level;

  if (widget == NULL)
    return FALSE;
  n_messages = grove_mailbox_bar_get_n_messages (widget);
  level = grove_mailbox_bar_get_level (widget);
  if (n_messages < bar->n_messages + 10 || level <= bar->level || level > bar->most)
    return FALSE;
  bar->n_messages = n_messages;
  bar->level = level;
  return TRUE;
}

static void
test_mailbox_fills (WindowFixture *fixture, gconstpointer data)
{
  g_autofree char *pid = grove_test_wire_find_pid (fixture->wire, SHOP_SLOW);
  Bar              earlier = { .most = 0.6 }, later;

  grove_window_show_view (fixture->window, "mailboxes");
  GROVE_WAIT (grove_window_is_filled (fixture->window, "mailboxes"), WINDOW_PATIENCE_MS);
  /* A wave is under way. The scale grows with the fullest, so that a bar that was nearly full may
   * never be as full again: what is compared begins low. */
  window_await_frame (fixture, sees_more, &earlier);
  later = earlier;
  later.most = 1;
  window_await_frame (fixture, sees_more, &later);
  g_test_message ("%" G_GUINT64_FORMAT " messages at %.2f, then %" G_GUINT64_FORMAT " at %.2f",
                  earlier.n_messages, earlier.level, later.n_messages, later.level);
  g_assert_cmpuint (later.n_messages, >, earlier.n_messages);
  g_assert_cmpfloat (later.level, >, earlier.level);
  /* And that is no invention: the runtime counts about as many. */
  g_assert_cmpint (get_n_messages (fixture, pid), >, 0);
}

/* ---- The filter --------------------------------------------------------------------------------
 */

static void
test_filter (WindowFixture *fixture, gconstpointer data)
{
  g_autofree char *counter = grove_test_wire_find_pid (fixture->wire, SHOP_COUNTER);
  g_autofree char *packer = grove_test_wire_find_pid (fixture->wire, SHOP_SLOW);
  GtkWidget       *window = GTK_WIDGET (fixture->window), *error = NULL;

  grove_window_show_view (fixture->window, "processes");
  GROVE_WAIT (window_count_rows (fixture) > 12, WINDOW_PATIENCE_MS);
  window_type_filter (fixture, "app:billing name~auditor");
  GROVE_WAIT (window_count_rows (fixture) == 12, WINDOW_PATIENCE_MS);
  g_assert_null (window_find_row (fixture, counter));

  /* What cannot be read is said, and what was shown stays. */
  grove_ui_test_key (window, GDK_KEY_End, 0);
  grove_ui_test_type (window, " \"");
  GROVE_WAIT ((error = grove_ui_test_find (window, GTK_TYPE_LABEL, NULL, "filtererror")) != NULL,
              WINDOW_PATIENCE_MS);
  g_assert_cmpstr (grove_ui_test_get_text (error), !=, "");
  g_assert_cmpuint (window_count_rows (fixture), ==, 12);

  window_type_filter (fixture, "shoes>3");
  GROVE_WAIT ((error = grove_ui_test_find (window, GTK_TYPE_LABEL, NULL, "filtererror")) != NULL &&
                strstr (grove_ui_test_get_text (error), "shoes") != NULL,
              WINDOW_PATIENCE_MS);

  window_type_filter (fixture, "name:" SHOP_COUNTER " or name:" SHOP_SLOW);
  /* Two rows may be what is left of the ones before. */
  GROVE_WAIT (window_count_rows (fixture) == 2 && window_find_row (fixture, counter) != NULL &&
                window_find_row (fixture, packer) != NULL,
              WINDOW_PATIENCE_MS);

  window_type_filter (fixture, "");
  GROVE_WAIT (window_count_rows (fixture) > 12, WINDOW_PATIENCE_MS);
}

/* ---- The messages in one ------------------------------------------------------------------------
 */

/* The least number of a row that is shown, and what the row with it says. */
typedef struct
{
  guint      n_cells;
  int        number, least;
  GtkWidget *message; /* borrowed */
} First;

#define MESSAGE_COLUMNS 5 /* #, from, age, size, message */

static gboolean
note_number (GtkWidget *widget, gpointer user_data)
{
  First *first = user_data;

  if (!GTK_IS_INSCRIPTION (widget))
    return FALSE;
  if (first->n_cells % MESSAGE_COLUMNS == 0)
    first->number = atoi (grove_ui_test_get_text (widget));
  if (++first->n_cells % MESSAGE_COLUMNS == 0 && first->number < first->least)
    {
      first->least = first->number;
      first->message = widget;
    }
  return FALSE;
}

/* Whether what is next in the mailbox that is open is not what it was. In what is painted it is
 * always number one. */
static gboolean
sees_another (WindowFixture *fixture, gpointer user_data)
{
  char     **last = user_data;
  GtkWidget *list =
    grove_ui_test_find (GTK_WIDGET (fixture->window), GROVE_TYPE_MESSAGE_LIST, NULL, NULL);
  First first = { .least = G_MAXINT };

  grove_ui_test_find_if (list, note_number, &first);
  if (first.message == NULL)
    return FALSE;
  g_assert_cmpint (first.least, ==, 1);
  if (g_strcmp0 (grove_ui_test_get_text (first.message), *last) == 0)
    return FALSE;
  g_free (*last);
  *last = g_strdup (grove_ui_test_get_text (first.message));
  return TRUE;
}

static void
test_messages (WindowFixture *fixture, gconstpointer data)
{
  g_autofree char *last = NULL;
  GroveMailboxBar *bar = NULL;

  g_test_summary ("What is taken next is number one, however many were taken before it");
  grove_window_show_view (fixture->window, "mailboxes");
  GROVE_WAIT ((bar = find_bar (fixture, SHOP_SLOW)) != NULL &&
                grove_mailbox_bar_get_n_messages (bar) > 50,
              WINDOW_PATIENCE_MS);
  grove_ui_test_settle (GTK_WIDGET (bar));
  grove_ui_test_click (GTK_WIDGET (find_bar (fixture, SHOP_SLOW)), GROVE_UI_TEST_LEFT);
  GROVE_WAIT (grove_ui_test_find (GTK_WIDGET (fixture->window), GROVE_TYPE_MESSAGE_LIST, NULL,
                                  NULL) != NULL,
              WINDOW_PATIENCE_MS);
  for (int i = 0; i < 4; i++)
    window_await_frame (fixture, sees_another, &last);
}

/* ---- The current function ----------------------------------------------------------------------
 */

static gboolean
is_function_row (GtkWidget *widget, gpointer user_data)
{
  return ADW_IS_ACTION_ROW (widget) &&
         g_str_equal (adw_preferences_row_get_title (ADW_PREFERENCES_ROW (widget)), "Function");
}

static gboolean
reads_a_function (GtkWidget *widget, gpointer user_data)
{
  return GTK_IS_LABEL (widget) && gtk_widget_has_css_class (widget, "mono") &&
         gtk_label_get_text (GTK_LABEL (widget))[0] != '\0';
}

/* Whether a cell of the process's row, other than its name and what it was started with, reads what
 * the inspector does. The auditors start as one function and wait in another. */
static gboolean
table_and_inspector_agree (WindowFixture *fixture, GtkWidget *inspector)
{
  GtkWidget  *row = grove_ui_test_find_if (inspector, is_function_row, NULL);
  GtkWidget  *label = row != NULL ? grove_ui_test_find_if (row, reads_a_function, NULL) : NULL;
  const char *function = label != NULL ? gtk_label_get_text (GTK_LABEL (label)) : NULL;

  return function != NULL && gtk_widget_get_mapped (row) && !g_str_equal (function, "auditor") &&
         grove_ui_test_find_if (grove_window_get_view (fixture->window, "processes"), reads,
                                (gpointer) function) != NULL;
}

static void
test_current_function (WindowFixture *fixture, gconstpointer data)
{
  g_autofree char *pid = grove_test_wire_find_pid (fixture->wire, "auditor_1");
  GtkWidget       *inspector;

  window_select_in_table (fixture, "name:auditor_1", pid);
  grove_window_set_inspector_visible (fixture->window, TRUE);
  inspector = grove_window_get_view (fixture->window, "inspector");
  GROVE_WAIT (grove_window_is_filled (fixture->window, "inspector"), WINDOW_PATIENCE_MS);
  GROVE_WAIT (table_and_inspector_agree (fixture, inspector), WINDOW_PATIENCE_MS);
}

/* ---- Ends and beginnings -----------------------------------------------------------------------
 */

static void
wait_for_state (WindowFixture *fixture, GroveSessionState state)
{
  GROVE_WAIT (grove_session_get_state (fixture->session) == state, WINDOW_PATIENCE_MS);
  grove_ui_test_settle (GTK_WIDGET (fixture->window));
}

static void
wait_for_text (WindowFixture *fixture, const char *property)
{
  g_autofree char *text = NULL;

  g_object_get (fixture->session, property, &text, NULL);
  g_assert_nonnull (text);
  g_test_message ("%s: %s", property, text);
  GROVE_WAIT (window_shows (fixture, text), WINDOW_PATIENCE_MS);
}

static void
test_system_ends_while_watched (WindowFixture *fixture, gconstpointer data)
{
  g_autofree char *old = grove_test_wire_find_pid (fixture->wire, SHOP_COUNTER);
  g_autofree char *now = NULL;

  window_select_in_table (fixture, SHOP_COUNTER, old);
  g_clear_pointer (&fixture->wire, grove_test_wire_free);
  grove_test_system_end (g_steal_pointer (&fixture->system), SIGKILL);

  /* It says what happened; what was there stays readable. */
  wait_for_state (fixture, GROVE_SESSION_LOST);
  GROVE_WAIT (window_shows (fixture, "The connection to “" SHOP "” was lost"), WINDOW_PATIENCE_MS);
  g_assert_nonnull (window_find_row (fixture, old));
  g_assert_false (grove_session_can (fixture->session, "process.kill", NULL));

  /* A new run is found by itself, and its pids are its own. */
  window_fixture_start_shop (fixture);
  wait_for_state (fixture, GROVE_SESSION_LIVE);
  now = grove_test_wire_find_pid (fixture->wire, SHOP_COUNTER);
  GROVE_WAIT (window_find_row (fixture, now) != NULL, WINDOW_PATIENCE_MS);
  GROVE_WAIT (g_strcmp0 (grove_session_get_selected (fixture->session), now) != 0 ||
                g_strcmp0 (now, old) == 0,
              WINDOW_PATIENCE_MS);
  g_assert_true (grove_session_can (fixture->session, "process.kill", NULL));
}

static void
test_shut_down_while_watched (WindowFixture *fixture, gconstpointer data)
{
  window_fixture_stop (fixture);
  wait_for_state (fixture, GROVE_SESSION_LOST);
  GROVE_WAIT (window_shows (fixture, "“" SHOP "” was shut down"), WINDOW_PATIENCE_MS);
}

static void
test_refused (WindowFixture *fixture, gconstpointer data)
{
  GtkWidget *button = NULL;

  window_fixture_open (fixture, SHOP);
  wait_for_state (fixture, GROVE_SESSION_REFUSED);
  wait_for_text (fixture, "error-title");
  wait_for_text (fixture, "error-detail");

  /* Once it runs, trying again is all there is to do. */
  window_fixture_start_shop (fixture);
  GROVE_WAIT ((button = grove_ui_test_find (GTK_WIDGET (fixture->window), GTK_TYPE_LABEL,
                                            "Try Again", NULL)) != NULL,
              WINDOW_PATIENCE_MS);
  grove_ui_test_click (button, GROVE_UI_TEST_LEFT);
  wait_for_state (fixture, GROVE_SESSION_LIVE);
}

static void
test_refused_name (WindowFixture *fixture, gconstpointer data)
{
  window_fixture_open (fixture, "../etc");
  wait_for_state (fixture, GROVE_SESSION_REFUSED);
  wait_for_text (fixture, "error-title");
}

int
main (int argc, char **argv)
{
  window_tests_init (&argc, &argv);
  window_test_add ("/e2e/mailbox-fills", test_mailbox_fills);
  window_test_add ("/e2e/messages", test_messages);
  window_test_add ("/e2e/filter", test_filter);
  window_test_add ("/e2e/current-function", test_current_function);
  window_test_add ("/e2e/system-ends-while-watched", test_system_ends_while_watched);
  window_test_add ("/e2e/shut-down-while-watched", test_shut_down_while_watched);
  window_test_add_bare ("/e2e/refused", test_refused, NULL);
  window_test_add_bare ("/e2e/refused-name", test_refused_name, NULL);
  return window_tests_run ();
}
