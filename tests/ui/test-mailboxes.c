/* SPDX-License-Identifier: MIT
 *
 * Which mailboxes have cards, and in which order they stand from the first: over a system that says
 * what holds most long before it says anything of one of them, as one of a million does.
 */
#include "tests/observer/peer.h"
#include "tests/support/grove-ui-test.h"
#include "ui/grove-mailbox-card.h"
#include "ui/grove-mailboxes-view.h"

#include <string.h>

#define FULLEST 10
#define BUSY    11
#define N_CARDS 16

static GtkApplication *application;

typedef struct
{
  Peer         *peer;
  GroveSession *session;
  GtkWidget    *window, *view;
  gint64        seq;
} Fixture;

/* ---- The system --------------------------------------------------------------------------------
 */

/* The table of the fullest, which sorts by messages, and that of the busy. The watch over those
 * with cards is not opened. */
static void
open_tables (Fixture *self)
{
  for (guint i = 0; i < 2; i++)
    {
      struct json_object *request = peer_expect (self->peer, "table.open");
      struct json_object *columns = NULL, *sort = NULL;
      g_autofree char    *text = NULL;

      json_object_object_get_ex (peer_params (request), "columns", &columns);
      json_object_object_get_ex (peer_params (request), "sort", &sort);
      text = g_strdup (json_object_to_json_string (columns));
      peer_reply (self->peer, request, "{'sub':%d,'columns':%s,'total':0,'matched':0}",
                  strstr (json_object_to_json_string (sort), "messages_in") != NULL ? BUSY
                                                                                    : FULLEST,
                  text);
    }
}

/* Processes @first and following, the first of which holds most. */
static void
say_fullest (Fixture *self, guint first, guint n, gint64 most)
{
  g_autoptr (GString) order = g_string_new (NULL);
  g_autoptr (GString) rows = g_string_new (NULL);

  for (guint i = 0; i < n; i++)
    {
      g_autofree char *pid = g_strdup_printf ("<0.%u.0>", first + i);
      g_autofree char *name = g_strdup_printf ("queue_%u", first + i);
      g_autofree char *row = peer_row (pid, name, most - 100 * (gint64) i);

      g_string_append_printf (order, "%s'%s'", i > 0 ? "," : "", pid);
      g_string_append_printf (rows, "%s%s", i > 0 ? "," : "", row);
    }
  peer_say (self->peer,
            "{'jsonrpc':'2.0','method':'table.update','params':{'sub':%d,'seq':%" G_GINT64_FORMAT
            ",'t':1,'rev':0,'total':1000000,'matched':1000000,'offset':0,'skipped':0,"
            "'order':[%s],'rows':[%s]}}",
            FULLEST, ++self->seq, order->str, rows->str);
}

/* ---- The window --------------------------------------------------------------------------------
 */

static void
set_up (Fixture *self, gconstpointer data)
{
  self->peer = peer_new ("shop");
  peer_listen (self->peer);
  self->session = grove_session_new ();
  peer_bring_live (self->peer, self->session, "run-1");
  self->view = grove_mailboxes_view_new (self->session);
  self->window = gtk_application_window_new (application);
  gtk_window_set_child (GTK_WINDOW (self->window), self->view);
  gtk_window_set_default_size (GTK_WINDOW (self->window), 1000, 700);
  gtk_window_present (GTK_WINDOW (self->window));
  open_tables (self);
}

static void
tear_down (Fixture *self, gconstpointer data)
{
  GtkWidget *view = self->view;

  g_object_add_weak_pointer (G_OBJECT (view), (gpointer *) &view);
  gtk_window_destroy (GTK_WINDOW (self->window));
  GROVE_WAIT (view == NULL, GROVE_PATIENCE_MS);
  g_assert_finalize_object (self->session);
  peer_free (self->peer);
}

/* "1 2 3", the numbers of those with cards from top to bottom. */
static char *
read_cards (Fixture *self)
{
  GString    *text = g_string_new (NULL);
  GtkWidget  *card = grove_ui_test_find (self->view, GROVE_TYPE_MAILBOX_CARD, NULL, NULL);
  GtkListBox *list = card != NULL ? GTK_LIST_BOX (gtk_widget_get_parent (card)) : NULL;

  for (int i = 0; list != NULL && gtk_list_box_get_row_at_index (list, i) != NULL; i++)
    {
      GtkListBoxRow *row = gtk_list_box_get_row_at_index (list, i);
      const char    *pid = grove_mailbox_card_get_pid (GROVE_MAILBOX_CARD (row));

      g_string_append_printf (text, "%s%" G_GUINT64_FORMAT, i > 0 ? " " : "",
                              g_ascii_strtoull (pid + strlen ("<0."), NULL, 10));
    }
  return g_string_free (text, FALSE);
}

static char *
list_numbers (guint first, guint n)
{
  GString *text = g_string_new (NULL);

  for (guint i = 0; i < n; i++)
    g_string_append_printf (text, "%s%u", i > 0 ? " " : "", first + i);
  return g_string_free (text, FALSE);
}

static gboolean
shows (Fixture *self, guint first, guint n)
{
  g_autofree char *cards = read_cards (self);
  g_autofree char *expected = list_numbers (first, n);

  return strcmp (cards, expected) == 0;
}

static void
test_first_order (Fixture *self, gconstpointer data)
{
  g_autofree char *cards = NULL;
  g_autofree char *expected = list_numbers (100, 12);

  g_test_summary ("Cards come in order, whatever is known of each: what holds most on top");
  say_fullest (self, 100, 12, 5000);
  GROVE_WAIT (grove_ui_test_find (self->view, GROVE_TYPE_MAILBOX_CARD, NULL, NULL) != NULL,
              GROVE_PATIENCE_MS);
  cards = read_cards (self);
  g_assert_cmpstr (cards, ==, expected);
  /* Nothing of the processes themselves has come. */
  g_assert_cmpstr (grove_mailbox_card_get_title (GROVE_MAILBOX_CARD (
                     grove_ui_test_find (self->view, GROVE_TYPE_MAILBOX_CARD, NULL, NULL))),
                   ==, "");
}

static void
test_fullest (Fixture *self, gconstpointer data)
{
  g_test_summary ("When there are more than cards, the fullest have them");
  say_fullest (self, 100, N_CARDS, 5000);
  GROVE_WAIT (shows (self, 100, N_CARDS), GROVE_PATIENCE_MS);
  say_fullest (self, 200, N_CARDS, 90000);
  GROVE_WAIT (shows (self, 200, N_CARDS), GROVE_PATIENCE_MS);
}

#define ADD(name, function)                                                                        \
  g_test_add ("/ui/mailboxes/" name, Fixture, NULL, set_up, function, tear_down)

int
main (int argc, char *argv[])
{
  int status;

  grove_ui_test_init (&argc, &argv);
  application = grove_ui_test_application_new ();
  ADD ("first-order", test_first_order);
  ADD ("fullest", test_fullest);
  status = g_test_run ();
  g_object_unref (application);
  return status;
}
