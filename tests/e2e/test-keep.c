/* SPDX-License-Identifier: MIT
 *
 * What a person keeps in sight: a pinned mailbox, through its process's restart, and who monitors
 * whom over the supervision graph.
 */
#include "tests/e2e/window.h"

#include "ui/grove-graph.h"
#include "ui/grove-mailbox-card.h"
#include "ui/grove-pins.h"

#include <string.h>

#define DISPATCHER "stock_dispatcher" /* monitors its workers for as long as they live */

static gboolean
is_card_of (GtkWidget *widget, gpointer pid)
{
  return GROVE_IS_MAILBOX_CARD (widget) &&
         g_strcmp0 (grove_mailbox_card_get_pid (GROVE_MAILBOX_CARD (widget)), pid) == 0;
}

static GroveMailboxCard *
find_card (WindowFixture *fixture, const char *pid)
{
  GtkWidget *view = grove_window_get_view (fixture->window, "mailboxes");
  GtkWidget *card = grove_ui_test_find_if (view, is_card_of, (gpointer) pid);

  return card != NULL ? GROVE_MAILBOX_CARD (card) : NULL;
}

static void
test_pin (WindowFixture *fixture, gconstpointer data)
{
  static const char *const labels[] = { "Pin in Mailboxes", NULL };
  g_autofree char         *pid = grove_test_wire_find_pid (fixture->wire, SHOP_COUNTER);
  g_autofree char         *heir = NULL;
  GrovePins               *pins = grove_pins_of (fixture->session);
  GroveMailboxCard        *card;
  GtkWidget               *cell, *button;

  g_test_summary ("A pinned mailbox is shown though it is empty; the pin goes on to whoever takes "
                  "the process's place, and is taken out at the card");
  cell = window_select_in_table (fixture, SHOP_COUNTER, pid);
  window_choose_from_menu (cell, labels);
  GROVE_WAIT (grove_pins_contain (pins, pid), WINDOW_PATIENCE_MS);
  grove_window_show_view (fixture->window, "mailboxes");
  GROVE_WAIT (find_card (fixture, pid) != NULL, WINDOW_PATIENCE_MS);
  g_assert_true (grove_mailbox_card_get_pinned (find_card (fixture, pid)));

  gtk_widget_activate_action (GTK_WIDGET (fixture->window), "win.kill", NULL);
  GROVE_WAIT (grove_pins_get_n (pins) == 1 && !grove_pins_contain (pins, pid), WINDOW_PATIENCE_MS);
  heir = g_strdup (grove_pins_get (pins, 0));
  GROVE_WAIT (find_card (fixture, heir) != NULL &&
                g_str_equal (grove_mailbox_card_get_title (find_card (fixture, heir)),
                             SHOP_COUNTER),
              WINDOW_PATIENCE_MS);
  GROVE_WAIT (find_card (fixture, pid) == NULL, WINDOW_PATIENCE_MS);

  grove_ui_test_settle (GTK_WIDGET (fixture->window));
  card = find_card (fixture, heir);
  button = grove_ui_test_find (GTK_WIDGET (card), GTK_TYPE_TOGGLE_BUTTON, NULL, "pin");
  g_assert_nonnull (button);
  grove_ui_test_click (button, GROVE_UI_TEST_LEFT);
  GROVE_WAIT (grove_pins_get_n (pins) == 0, WINDOW_PATIENCE_MS);
  GROVE_WAIT (find_card (fixture, heir) == NULL ||
                !grove_mailbox_card_get_pinned (find_card (fixture, heir)),
              WINDOW_PATIENCE_MS);
}

static void
test_pins_last (WindowFixture *fixture, gconstpointer data)
{
  g_autofree char *pid = grove_test_wire_find_pid (fixture->wire, SHOP_COUNTER);

  g_test_summary ("What is pinned is still pinned when one looks at the same system again");
  grove_pins_set (grove_pins_of (fixture->session), pid, TRUE);
  window_fixture_close (fixture);
  window_fixture_open (fixture, SHOP);
  GROVE_WAIT (grove_pins_contain (grove_pins_of (fixture->session), pid), WINDOW_PATIENCE_MS);
  grove_window_show_view (fixture->window, "mailboxes");
  GROVE_WAIT (find_card (fixture, pid) != NULL, WINDOW_PATIENCE_MS);
  grove_pins_set (grove_pins_of (fixture->session), pid, FALSE);
}

static gboolean
tells (WindowFixture *fixture, gpointer user_data)
{
  g_autofree char *words = grove_graph_describe (user_data);
  g_autofree char *note = grove_graph_describe_overlay (user_data);

  return strstr (words, "Monitors: stock_worker") != NULL && note != NULL;
}

static void
test_links (WindowFixture *fixture, gconstpointer data)
{
  g_autofree char *pid = grove_test_wire_find_pid (fixture->wire, DISPATCHER);
  GtkWidget       *graph;
  GtkWidget       *view = grove_window_get_view (fixture->window, "supervision");
  g_autofree char *words = NULL;

  g_test_summary ("Whom the selected process monitors is drawn over the graph and said in words, "
                  "until it is not wanted");
  grove_window_show_view (fixture->window, "supervision");
  grove_session_set_selected (fixture->session, pid);
  GROVE_WAIT (window_graph_shows (fixture, pid), WINDOW_PATIENCE_MS);
  graph = grove_ui_test_find (view, GROVE_TYPE_GRAPH, NULL, NULL);
  window_await_frame (fixture, tells, graph);
  g_assert_nonnull (grove_ui_test_find (view, GTK_TYPE_WIDGET, NULL, "graph-note"));
  grove_graph_set_links (GROVE_GRAPH (graph), GROVE_GRAPH_LINKS_NONE);
  words = grove_graph_describe (GROVE_GRAPH (graph));
  g_assert_null (strstr (words, "Monitors:"));
  GROVE_WAIT (grove_ui_test_find (view, GTK_TYPE_WIDGET, NULL, "graph-note") == NULL,
              WINDOW_PATIENCE_MS);
  /* Of all in sight: among them the same. */
  grove_graph_set_links (GROVE_GRAPH (graph), GROVE_GRAPH_LINKS_IN_SIGHT);
  window_await_frame (fixture, tells, graph);
}

int
main (int argc, char **argv)
{
  window_tests_init (&argc, &argv);
  window_test_add ("/e2e/keep/pin", test_pin);
  window_test_add ("/e2e/keep/pins-last", test_pins_last);
  window_test_add ("/e2e/keep/links", test_links);
  return window_tests_run ();
}
