/* SPDX-License-Identifier: MIT
 *
 * Starting scenarios, and what is asked, read and done in them.
 */
#include "tests/e2e/scenario.h"

#include "ui/grove-mailbox-card.h"
#include "ui/grove-message-list.h"
#include "ui/grove-term-dialog.h"

#include <string.h>

/* ---- Starting ----------------------------------------------------------------------------------
 */

static void
run (WindowFixture *fixture, gconstpointer data)
{
  const Scenario *scenario = data;
  const char     *argv[G_N_ELEMENTS (scenario->arguments) + 2] = { scenario->program };

  for (gsize i = 0; i < G_N_ELEMENTS (scenario->arguments); i++)
    argv[i + 1] = scenario->arguments[i];
  window_fixture_start (fixture, scenario->system, argv);
  window_fixture_open (fixture, scenario->system);
  SCENARIO_WAIT (grove_session_get_state (fixture->session) == GROVE_SESSION_LIVE);
  scenario->test (fixture);
}

int
scenario_main (int argc, char **argv, const Scenario *scenarios, gsize n_scenarios)
{
  window_tests_init (&argc, &argv);
  for (gsize i = 0; i < n_scenarios; i++)
    {
      g_autofree char *path = g_strconcat ("/e2e/scenario/", scenarios[i].name, NULL);

      window_test_add_bare (path, run, &scenarios[i]);
    }
  return window_tests_run ();
}

/* ---- What the program says ---------------------------------------------------------------------
 */

guint
scenario_count_output (WindowFixture *fixture, const char *text)
{
  g_autofree char *output = grove_test_system_read_output (fixture->system);
  guint            n = 0;

  for (const char *found = output; (found = strstr (found, text)) != NULL; found += strlen (text))
    n++;
  return n;
}

void
scenario_await_output (WindowFixture *fixture, const char *text)
{
  SCENARIO_WAIT (scenario_count_output (fixture, text) > 0);
}

static char *
match_output (WindowFixture *fixture, GRegex *regex)
{
  g_autofree char *output = grove_test_system_read_output (fixture->system);
  g_autoptr (GMatchInfo) match = NULL;

  return g_regex_match (regex, output, 0, &match) ? g_match_info_fetch (match, 1) : NULL;
}

char *
scenario_match_output (WindowFixture *fixture, const char *pattern)
{
  g_autoptr (GRegex) regex = g_regex_new (pattern, 0, 0, NULL);
  char *found = NULL;

  g_assert_nonnull (regex);
  SCENARIO_WAIT ((found = match_output (fixture, regex)) != NULL);
  return found;
}

/* ---- What is so --------------------------------------------------------------------------------
 */

static struct json_object *
open_table (WindowFixture *fixture, const char *table, const char *columns, const char *filter)
{
  return grove_test_wire_call (fixture->wire, "table.open", NULL,
                               "{\"table\":\"%s\",\"columns\":[%s],\"sort\":[],%s%s%s"
                               "\"window\":{\"offset\":0,\"limit\":512},\"interval_ms\":60000}",
                               table, columns, filter != NULL ? "\"filter\":" : "",
                               filter != NULL ? filter : "", filter != NULL ? "," : "");
}

static void
close_table (WindowFixture *fixture, struct json_object *opened)
{
  json_object_put (grove_test_wire_call (fixture->wire, "table.close", NULL,
                                         "{\"sub\":%" G_GINT64_FORMAT "}",
                                         grove_test_json_int (opened, "sub")));
  json_object_put (opened);
}

struct json_object *
scenario_get_rows (WindowFixture *fixture,
                   const char    *table,
                   const char    *columns,
                   const char    *filter)
{
  struct json_object *opened = open_table (fixture, table, columns, filter);
  struct json_object *update = grove_test_wire_await (fixture->wire, "table.update");
  struct json_object *rows = json_object_get (grove_test_json_object (update, "rows"));

  json_object_put (update);
  close_table (fixture, opened);
  return rows;
}

static struct json_object *
get_row (WindowFixture *fixture, const char *table, const char *columns, const char *filter)
{
  struct json_object *rows = scenario_get_rows (fixture, table, columns, filter);
  struct json_object *row = json_object_get (json_object_array_get_idx (rows, 0));

  json_object_put (rows);
  return row;
}

struct json_object *
scenario_await_row (WindowFixture *fixture,
                    const char    *table,
                    const char    *columns,
                    const char    *filter)
{
  struct json_object *row = NULL;

  SCENARIO_WAIT ((row = get_row (fixture, table, columns, filter)) != NULL);
  return row;
}

const char *
scenario_get_cell (struct json_object *row, gsize column)
{
  return json_object_get_string (json_object_array_get_idx (row, column));
}

char *
scenario_get_state (WindowFixture *fixture, const char *pid)
{
  struct json_object *answer =
    grove_test_wire_call (fixture->wire, "process.state", NULL, "{\"pid\":\"%s\"}", pid);
  char *text = g_strdup (grove_test_json_string (grove_test_json_object (answer, "state"), "text"));

  json_object_put (answer);
  return text;
}

gint64
scenario_count (WindowFixture *fixture, const char *filter)
{
  struct json_object *opened = open_table (fixture, "processes", "\"pid\"", filter);
  gint64              n = grove_test_json_int (opened, "matched");

  close_table (fixture, opened);
  return n;
}

char *
scenario_find (WindowFixture *fixture, const char *filter)
{
  struct json_object *rows = scenario_get_rows (fixture, "processes", "\"pid\"", filter);
  char               *pid = NULL;

  if (json_object_array_length (rows) == 1)
    pid = g_strdup (
      json_object_get_string (json_object_array_get_idx (json_object_array_get_idx (rows, 0), 0)));
  json_object_put (rows);
  return pid;
}

char *
scenario_await_pid (WindowFixture *fixture, const char *name)
{
  char *pid = NULL;

  SCENARIO_WAIT ((pid = grove_test_wire_find_pid (fixture->wire, name)) != NULL);
  return pid;
}

/* What is known of it, or NULL and why it is not there. */
static struct json_object *
get (WindowFixture *fixture, const char *pid, struct json_object **ret_error)
{
  struct json_object *error = NULL;
  struct json_object *is =
    grove_test_wire_call (fixture->wire, "process.get", &error, "{\"pid\":\"%s\"}", pid);

  if (ret_error != NULL)
    *ret_error = error;
  else
    json_object_put (error);
  return is;
}

gint64
scenario_get_int (WindowFixture *fixture, const char *pid, const char *member)
{
  struct json_object *is = shop_get (fixture->wire, pid);
  gint64              value = grove_test_json_int (is, member);

  json_object_put (is);
  return value;
}

char *
scenario_get_text (WindowFixture *fixture, const char *pid, const char *member)
{
  struct json_object *is = shop_get (fixture->wire, pid);
  char               *value = g_strdup (grove_test_json_string (is, member));

  json_object_put (is);
  return value;
}

gboolean
scenario_is (WindowFixture *fixture, const char *pid, const char *member, const char *value)
{
  struct json_object *is = get (fixture, pid, NULL);
  gboolean equal = is != NULL && g_str_equal (grove_test_json_string (is, member), value);

  json_object_put (is);
  return equal;
}

gboolean
scenario_is_set (WindowFixture *fixture, const char *pid, const char *member)
{
  struct json_object *is = shop_get (fixture->wire, pid);
  gboolean            set = json_object_get_boolean (grove_test_json_object (is, member));

  json_object_put (is);
  return set;
}

gboolean
scenario_is_gone (WindowFixture *fixture, const char *pid)
{
  struct json_object *is = get (fixture, pid, NULL);
  gboolean            gone = is == NULL;

  json_object_put (is);
  return gone;
}

char *
scenario_get_exit_reason (WindowFixture *fixture, const char *pid)
{
  struct json_object *error = NULL;
  char               *reason;

  g_assert_null (get (fixture, pid, &error));
  g_assert_cmpint (grove_test_json_int (error, "code"), ==, -32003);
  reason = g_strdup (
    grove_test_json_string (grove_test_json_object (grove_test_json_object (error, "data"),
                                                    "exited"),
                            "reason"));
  json_object_put (error);
  return reason;
}

char *
scenario_get_messages (WindowFixture *fixture, const char *pid)
{
  struct json_object *answer =
    grove_test_wire_call (fixture->wire, "process.messages", NULL,
                          "{\"pid\":\"%s\",\"offset\":0,\"limit\":50,\"max_bytes\":200}", pid);
  struct json_object *list = grove_test_json_object (answer, "messages");
  GString            *text = g_string_new (NULL);

  for (gsize i = 0; i < json_object_array_length (list); i++)
    g_string_append_printf (
      text, "%s%s", i > 0 ? " " : "",
      grove_test_json_string (grove_test_json_object (json_object_array_get_idx (list, i), "term"),
                              "text"));
  json_object_put (answer);
  return g_string_free (text, FALSE);
}

/* ---- The inspector -----------------------------------------------------------------------------
 */

GtkWidget *
scenario_inspect (WindowFixture *fixture, const char *filter, const char *pid)
{
  GtkWidget *cell = window_select_in_table (fixture, filter, pid);

  grove_window_set_inspector_visible (fixture->window, TRUE);
  SCENARIO_WAIT (scenario_read_inspector (fixture, "Initial call")[0] != '\0');
  return cell;
}

static gboolean
is_title (GtkWidget *widget, gpointer title)
{
  return GTK_IS_LABEL (widget) && g_str_equal (gtk_label_get_text (GTK_LABEL (widget)), title);
}

static gboolean
is_value (GtkWidget *widget, gpointer title)
{
  return GTK_IS_LABEL (widget) && gtk_label_get_text (GTK_LABEL (widget))[0] != '\0' &&
         !is_title (widget, title);
}

/* What stands beside the title: the first other text in what surrounds it. */
const char *
scenario_read_inspector (WindowFixture *fixture, const char *title)
{
  GtkWidget *inspector = grove_window_get_view (fixture->window, "inspector");
  GtkWidget *value = NULL;
  GtkWidget *around = grove_ui_test_find_if (inspector, is_title, (gpointer) title);

  for (; value == NULL && around != NULL && around != inspector && !GTK_IS_LIST_BOX (around);
       around = gtk_widget_get_parent (around))
    value = grove_ui_test_find_if (around, is_value, (gpointer) title);
  return value != NULL ? gtk_label_get_text (GTK_LABEL (value)) : "";
}

static gboolean
contains (GtkWidget *widget, gpointer text)
{
  return GTK_IS_LABEL (widget) && strstr (gtk_label_get_text (GTK_LABEL (widget)), text) != NULL;
}

gboolean
scenario_inspector_reads (WindowFixture *fixture, const char *title, const char *text)
{
  GtkWidget *inspector = grove_window_get_view (fixture->window, "inspector");
  GtkWidget *label = grove_ui_test_find_if (inspector, is_title, (gpointer) title);
  GtkWidget *row = label != NULL ? gtk_widget_get_ancestor (label, GTK_TYPE_LIST_BOX_ROW) : NULL;

  return label != NULL && grove_ui_test_find_if (row != NULL ? row : gtk_widget_get_parent (label),
                                                 contains, (gpointer) text) != NULL;
}

/* ---- Mailboxes ---------------------------------------------------------------------------------
 */

static gboolean
is_card_of_pid (GtkWidget *widget, gpointer pid)
{
  return GROVE_IS_MAILBOX_CARD (widget) &&
         g_strcmp0 (grove_mailbox_card_get_pid (GROVE_MAILBOX_CARD (widget)), pid) == 0;
}

static GtkWidget *
find_card (WindowFixture *fixture, const char *pid)
{
  return grove_ui_test_find_if (grove_window_get_view (fixture->window, "mailboxes"),
                                is_card_of_pid, (gpointer) pid);
}

gint64
scenario_read_mailbox_card (WindowFixture *fixture, const char *pid)
{
  GtkWidget *card = find_card (fixture, pid);

  return card != NULL ? grove_mailbox_card_get_n_messages (GROVE_MAILBOX_CARD (card)) : -1;
}

void
scenario_open_mailbox (WindowFixture *fixture, const char *pid)
{
  GtkWidget *card = NULL;

  grove_window_show_view (fixture->window, "mailboxes");
  SCENARIO_WAIT ((card = find_card (fixture, pid)) != NULL);
  grove_ui_test_settle (card);
  grove_ui_test_click (card, GROVE_UI_TEST_LEFT);
  SCENARIO_WAIT (
    grove_ui_test_find (GTK_WIDGET (fixture->window), GROVE_TYPE_MESSAGE_LIST, NULL, NULL) != NULL);
}

#define MESSAGE_COLUMNS 5 /* #, from, age, size, message */

typedef struct
{
  GHashTable *messages; /* number to text */
  guint       n_cells;
  int         number;
} Listing;

/* Cells come row by row, from left to right. */
static gboolean
note_cell (GtkWidget *widget, gpointer user_data)
{
  Listing    *listing = user_data;
  const char *text;

  if (!GTK_IS_INSCRIPTION (widget))
    return FALSE;
  text = gtk_inscription_get_text (GTK_INSCRIPTION (widget));
  if (listing->n_cells % MESSAGE_COLUMNS == 0)
    listing->number = text != NULL ? atoi (text) : -1;
  if (++listing->n_cells % MESSAGE_COLUMNS == 0 && text != NULL && listing->number >= 0)
    g_hash_table_insert (listing->messages, GINT_TO_POINTER (listing->number), g_strdup (text));
  return FALSE;
}

char *
scenario_read_messages (WindowFixture *fixture)
{
  GtkWidget *list =
    grove_ui_test_find (GTK_WIDGET (fixture->window), GROVE_TYPE_MESSAGE_LIST, NULL, NULL);
  g_autoptr (GHashTable) messages = g_hash_table_new_full (NULL, NULL, NULL, g_free);
  Listing  listing = { .messages = messages };
  GString *text = g_string_new (NULL);
  guint    n_found = 0;

  if (list != NULL)
    grove_ui_test_find_if (list, note_cell, &listing);
  for (int i = 0; n_found < g_hash_table_size (messages); i++)
    {
      const char *message = g_hash_table_lookup (messages, GINT_TO_POINTER (i));

      if (message == NULL)
        continue;
      n_found++;
      g_string_append_printf (text, "%s%s", text->len > 0 ? " " : "", message);
    }
  return g_string_free (text, FALSE);
}

/* ---- Sending -----------------------------------------------------------------------------------
 */

static GtkWidget *
type_message (WindowFixture *fixture, const char *message)
{
  GtkWindow *dialog = NULL;
  GtkWidget *field, *widget;

  grove_ui_test_key (GTK_WIDGET (fixture->window), GDK_KEY_m, GDK_CONTROL_MASK);
  SCENARIO_WAIT ((dialog = grove_ui_test_find_window (GROVE_TYPE_TERM_DIALOG)) != NULL);
  grove_ui_test_settle (GTK_WIDGET (dialog));
  field = grove_ui_test_find (GTK_WIDGET (dialog), GTK_TYPE_TEXT, NULL, NULL);
  g_assert_nonnull (field);
  grove_ui_test_click (field, GROVE_UI_TEST_LEFT);
  grove_ui_test_key (GTK_WIDGET (dialog), GDK_KEY_a, GDK_CONTROL_MASK);
  grove_ui_test_type (GTK_WIDGET (dialog), message);
  widget = GTK_WIDGET (dialog);
  /* It may be gone with that. */
  grove_ui_test_send_key (GDK_KEY_Return, 0);
  return widget;
}

void
scenario_send (WindowFixture *fixture, const char *message)
{
  g_autofree char *toast = g_strdup_printf ("Sent %s to ", message);

  type_message (fixture, message);
  SCENARIO_WAIT (grove_ui_test_find_window (GROVE_TYPE_TERM_DIALOG) == NULL);
  SCENARIO_WAIT (window_has_toast (fixture, toast));
}

void
scenario_send_bad (WindowFixture *fixture, const char *message, const char *complaint)
{
  GtkWidget *dialog = type_message (fixture, message);

  SCENARIO_WAIT (grove_ui_test_find_if (dialog, contains, (gpointer) complaint) != NULL);
  grove_ui_test_send_key (GDK_KEY_Escape, 0);
  SCENARIO_WAIT (grove_ui_test_find_window (GROVE_TYPE_TERM_DIALOG) == NULL);
}

/* ---- Killing -----------------------------------------------------------------------------------
 */

void
scenario_kill (WindowFixture *fixture, ScenarioKill kind)
{
  GtkWindow *dialog = NULL;
  GtkWidget *button;

  grove_ui_test_key (GTK_WIDGET (fixture->window), GDK_KEY_Delete, 0);
  if (kind == SCENARIO_PLAIN)
    return;
  SCENARIO_WAIT ((dialog = grove_ui_test_find_window (ADW_TYPE_MESSAGE_DIALOG)) != NULL);
  grove_ui_test_settle (GTK_WIDGET (dialog));
  button = grove_ui_test_find (GTK_WIDGET (dialog), GTK_TYPE_LABEL, "Kill", NULL);
  g_assert_nonnull (button);
  grove_ui_test_click (button, GROVE_UI_TEST_LEFT);
  SCENARIO_WAIT (grove_ui_test_find_window (ADW_TYPE_MESSAGE_DIALOG) == NULL);
}
