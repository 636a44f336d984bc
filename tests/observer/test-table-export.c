/* SPDX-License-Identifier: MIT
 *
 * A table as a text: page after page, each row once, quoted as the format wants it; and what
 * becomes of it when the system goes.
 */
#include "observer/grove-csv.h"
#include "observer/grove-process-table.h"
#include "observer/grove-table-export.h"

#include "peer.h"

#include <string.h>

typedef struct
{
  Peer              *peer;
  GroveSession      *session;
  GroveProcessTable *table;
  GroveTableExport *export;
  GString *text;
  guint    n_pieces;
  gint64   n_rows; /* -1: not over */
  char    *error;
} Fixture;

static void
set_up (Fixture *self, gconstpointer data)
{
  self->peer = peer_new ("shop");
  self->session = grove_session_new ();
  self->table = grove_process_table_new (self->session, 100);
  self->text = g_string_new (NULL);
  self->n_rows = -1;
  peer_listen (self->peer);
  peer_bring_live (self->peer, self->session, "run-1");
}

static void
tear_down (Fixture *self, gconstpointer data)
{
  grove_table_export_free (self->export);
  g_string_free (self->text, TRUE);
  g_free (self->error);
  g_assert_finalize_object (self->table);
  g_assert_finalize_object (self->session);
  peer_free (self->peer);
}

static void
on_piece (GBytes *piece, double part, gpointer user_data)
{
  Fixture *self = user_data;
  g_string_append_len (self->text, g_bytes_get_data (piece, NULL),
                       (gssize) g_bytes_get_size (piece));
  self->n_pieces++;
}

static void
on_end (guint64 n_rows, const GError *error, gpointer user_data)
{
  Fixture *self = user_data;
  self->n_rows = (gint64) n_rows;
  self->error = g_strdup (error != NULL ? error->message : NULL);
}

static void
begin (Fixture *self, GroveExportFormat format)
{
  self->export =
    grove_table_export_new (GROVE_TABLE (self->table), format, NULL, 0, on_piece, on_end, self);
}

/* @n rows from @first on, of @matched in all. */
static void
say_page (Fixture *self, int seq, int rev, guint first, guint n, guint matched)
{
  g_autoptr (GString) rows = g_string_new (NULL);
  g_autoptr (GString) order = g_string_new (NULL);
  for (guint i = first; i < first + n; i++)
    {
      g_autofree char *pid = g_strdup_printf ("<0.%u.0>", i);
      g_autofree char *row = peer_row (pid, i == 1 ? "a, b" : i == 2 ? "=1+1" : "x", i);
      /* And what only this system has. */
      row[strlen (row) - 1] = '\0';
      g_string_append_printf (rows, "%s%s,42]", i > first ? "," : "", row);
      g_string_append_printf (order, "%s'%s'", i > first ? "," : "", pid);
    }
  peer_say (self->peer,
            "{'jsonrpc':'2.0','method':'table.update','params':{'sub':9,'seq':%d,'rev':%d,'t':1,"
            "'total':%u,'matched':%u,'offset':%u,'order':[%s],'rows':[%s],'skipped':0}}",
            seq, rev, matched, matched, first, order->str, rows->str);
}

static void
test_pages (Fixture *self, gconstpointer data)
{
  begin (self, GROVE_EXPORT_CSV);
  peer_open_table (self->peer, 9);
  say_page (self, 1, 0, 0, 4, 6);
  WAIT_FOR (self->n_pieces == 1);
  /* The next page begins with the last row of this one, wherever that is by then. */
  grove_table_export_next (self->export);
  struct json_object *set = peer_expect (self->peer, "table.set"), *anchor = NULL, *key = NULL;
  g_assert_true (json_object_object_get_ex (peer_params (set), "anchor", &anchor));
  g_assert_true (json_object_object_get_ex (anchor, "key", &key));
  g_assert_cmpstr (json_object_get_string (key), ==, "<0.3.0>");
  peer_reply (self->peer, set, "{'rev':1}");
  say_page (self, 2, 1, 3, 3, 6);
  WAIT_FOR (self->n_pieces == 2);
  grove_table_export_next (self->export);
  WAIT_FOR (self->n_rows == 6);
  g_assert_null (self->error);
  g_auto (GStrv) lines = g_strsplit (self->text->str, "\r\n", -1);
  g_assert_cmpuint (g_strv_length (lines), ==, 8);
  g_assert_true (g_str_has_prefix (lines[0], "pid,name,"));
  g_assert_true (g_str_has_prefix (lines[2], "<0.1.0>,\"a, b\","));
  g_assert_true (g_str_has_prefix (lines[3], "<0.2.0>,\"'=1+1\","));
  g_assert_true (g_str_has_prefix (lines[6], "<0.5.0>,x,"));
  g_assert_true (g_str_has_suffix (lines[0], ",shoe_size"));
  g_assert_true (g_str_has_suffix (lines[6], ",42"));
}

static void
test_nothing (Fixture *self, gconstpointer data)
{
  begin (self, GROVE_EXPORT_JSON);
  peer_open_table (self->peer, 9);
  say_page (self, 1, 0, 0, 0, 0);
  WAIT_FOR (self->n_pieces == 1);
  grove_table_export_next (self->export);
  WAIT_FOR (self->n_rows == 0);
  struct json_object *array = json_tokener_parse (self->text->str);
  g_assert_true (json_object_is_type (array, json_type_array));
  json_object_put (array);
}

static void
test_lost (Fixture *self, gconstpointer data)
{
  begin (self, GROVE_EXPORT_CSV);
  peer_open_table (self->peer, 9);
  say_page (self, 1, 0, 0, 4, 6);
  WAIT_FOR (self->n_pieces == 1);
  peer_leave (self->peer);
  WAIT_FOR (self->n_rows >= 0);
  g_assert_cmpstr (self->error, ==, "the connection to the system was lost");
}

static void
test_paused (Fixture *self, gconstpointer data)
{
  grove_session_set_paused (self->session, TRUE);
  begin (self, GROVE_EXPORT_CSV);
  g_assert_cmpint (self->n_rows, ==, -1);
  WAIT_FOR (self->n_rows == 0);
  g_assert_nonnull (strstr (self->error, "paused"));
}

/* What a table calculator would compute is a text for it; numbers stay numbers. */
static void
test_formulas (Fixture *self, gconstpointer data)
{
  static const struct
  {
    const char *text;
    gboolean    is_text;
    const char *field;
  } cases[] = {
    { "=HYPERLINK(1)", TRUE, "\"'=HYPERLINK(1)\"" },
    { "+1", TRUE, "\"'+1\"" },
    { "-1", TRUE, "\"'-1\"" },
    { "@SUM(1)", TRUE, "\"'@SUM(1)\"" },
    { "\t=1", TRUE, "\"'\t=1\"" },
    { "-1", FALSE, "-1" },
    { "a=b", TRUE, "a=b" },
    { "say \"=1\", twice", TRUE, "\"say \"\"=1\"\", twice\"" },
    { "", TRUE, "" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GString) line = g_string_new (NULL);

      grove_csv_append (line, cases[i].text, cases[i].is_text);
      g_assert_cmpstr (line->str, ==, cases[i].field);
    }
}

#define ADD(name, func)                                                                            \
  g_test_add ("/observer/table-export/" name, Fixture, NULL, set_up, func, tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  ADD ("pages", test_pages);
  ADD ("formulas", test_formulas);
  ADD ("nothing", test_nothing);
  ADD ("lost", test_lost);
  ADD ("paused", test_paused);
  return g_test_run ();
}
