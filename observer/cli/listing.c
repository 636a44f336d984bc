/* SPDX-License-Identifier: MIT
 *
 * What `grove ps` and the other listings have in common: choosing columns of a table, sorting, a
 * query, how many rows, once or again and again, as text or as JSON.
 */
#include "observer/cli/cli.h"

#include <math.h>
#include <string.h>

#define PAGE_MAX    512
#define COLUMNS_MAX 64
#define SORT_MAX    4
#define RATE_MS     1200 /* what it takes to know a rate */
#define TICK_MS     300
#define ONCE_MS     60000

char    *cli_opt_columns, *cli_opt_sort;
gint64   cli_opt_limit = -1;
gboolean cli_opt_watch, cli_opt_follow;
double   cli_opt_interval = 1;

typedef struct
{
  Cli                *cli;
  const CliListing   *listing;
  struct json_object *declared; /* borrowed */
  struct json_object *columns, *sort, *filter;
  CliColumn           shown[COLUMNS_MAX];
  guint               n_shown;
  gboolean            has_rates;
} Listing;

static char *
names_of (struct json_object *declared)
{
  GString *names = g_string_new (NULL);
  for (gsize i = 0; i < json_object_array_length (declared); i++)
    g_string_append_printf (names, "%s%s", i > 0 ? ", " : "",
                            _grove_json_text (json_object_array_get_idx (declared, i), "name"));
  return g_string_free (names, FALSE);
}

static struct json_object *
find_column (struct json_object *declared, const char *name)
{
  for (gsize i = 0; i < json_object_array_length (declared); i++)
    {
      struct json_object *column = json_object_array_get_idx (declared, i);
      if (strcmp (_grove_json_text (column, "name"), name) == 0)
        return column;
    }
  return NULL;
}

static gboolean
complain_of_column (Listing *self, const char *name, GError **error)
{
  g_autofree char *names = names_of (self->declared);
  g_set_error (error, CLI_ERROR, CLI_USAGE, "There is no column “%s”\nThe table %s has %s.", name,
               self->listing->table, names);
  return FALSE;
}

static gboolean
add_column (Listing *self, const char *name, gboolean must_be, GError **error)
{
  struct json_object *column = find_column (self->declared, name);
  if (column == NULL)
    return must_be ? complain_of_column (self, name, error) : TRUE;
  for (guint i = 0; i < self->n_shown; i++)
    if (strcmp (self->shown[i].name, name) == 0)
      return TRUE;
  if (self->n_shown == COLUMNS_MAX)
    return TRUE;
  CliColumn *shown = &self->shown[self->n_shown++];
  cli_column_init (shown, self->cli, column);
  self->has_rates = self->has_rates || shown->rate;
  json_object_array_add (self->columns, json_object_new_string (shown->name));
  return TRUE;
}

/* The key comes first, asked for or not. */
static gboolean
choose_columns (Listing *self, GError **error)
{
  const char *key = _grove_json_text (json_object_array_get_idx (self->declared, 0), "name");
  const char *wanted = cli_opt_columns != NULL ? cli_opt_columns : self->listing->columns;
  g_auto (GStrv) names = g_strsplit (wanted, ",", -1);
  self->columns = json_object_new_array ();
  if (!add_column (self, key, TRUE, error))
    return FALSE;
  if (strcmp (wanted, "all") == 0)
    {
      for (gsize i = 0; i < json_object_array_length (self->declared); i++)
        add_column (self, _grove_json_text (json_object_array_get_idx (self->declared, i), "name"),
                    TRUE, NULL);
      return TRUE;
    }
  for (char **name = names; *name != NULL; name++)
    if (!add_column (self, g_strstrip (*name), cli_opt_columns != NULL, error))
      return FALSE;
  return TRUE;
}

/* "messages" is the most first and "name" from A to Z; ":asc" and ":desc" say otherwise. */
static gboolean
choose_sort (Listing *self, GError **error)
{
  const char *wanted = cli_opt_sort != NULL ? cli_opt_sort : self->listing->sort;
  g_auto (GStrv) parts = g_strsplit (wanted, ",", -1);
  self->sort = json_object_new_array ();
  if (g_strv_length (parts) > SORT_MAX)
    {
      g_set_error (error, CLI_ERROR, CLI_USAGE, "--sort takes at most %d columns", SORT_MAX);
      return FALSE;
    }
  for (char **part = parts; *part != NULL; part++)
    {
      g_auto (GStrv) halves = g_strsplit (g_strstrip (*part), ":", 2);
      const char         *name = halves[0] != NULL ? halves[0] : "";
      const char         *way = halves[0] != NULL ? halves[1] : NULL;
      struct json_object *column = find_column (self->declared, name);
      if (column == NULL)
        return complain_of_column (self, name, error);
      if (way != NULL && strcmp (way, "asc") != 0 && strcmp (way, "desc") != 0)
        {
          g_set_error (error, CLI_ERROR, CLI_USAGE, "--sort is COLUMN:asc or COLUMN:desc, not “%s”",
                       *part);
          return FALSE;
        }
      if (way == NULL)
        way = strcmp (_grove_json_text (column, "type"), "text") == 0 ? "asc" : "desc";
      struct json_object *key = json_object_new_array ();
      json_object_array_add (key, json_object_new_string (name));
      json_object_array_add (key, json_object_new_string (way));
      json_object_array_add (self->sort, key);
    }
  return TRUE;
}

static gboolean
prepare (Listing *self, char **words, int n_words, GError **error)
{
  self->declared = cli_table_columns (self->cli, self->listing->table);
  if (self->declared == NULL || json_object_array_length (self->declared) == 0)
    {
      g_set_error (error, CLI_ERROR, CLI_REFUSED, "“%s” has no table of %s",
                   grove_session_get_system_name (self->cli->session), self->listing->table);
      return FALSE;
    }
  return choose_columns (self, error) && choose_sort (self, error) &&
         cli_parse_query (self->cli, self->listing->table, words, n_words, &self->filter, error);
}

static void
finish (Listing *self)
{
  json_object_put (self->columns);
  json_object_put (self->sort);
  json_object_put (self->filter);
}

static CliRows *
open_page (Listing *self, guint64 offset, guint limit, guint interval_ms, GError **error)
{
  CliQuery query = { .table = self->listing->table,
                     .columns = self->columns,
                     .sort = self->sort,
                     .filter = self->filter,
                     .of = self->listing->of,
                     .offset = offset,
                     .limit = limit,
                     .interval_ms = interval_ms };
  return cli_rows_open (self->cli, &query, error);
}

/* ---- As text, and as JSON -------------------------------------------------------------------- */

/* Rows that are shown together, possibly of more than one page. */
typedef struct
{
  GPtrArray  *rows; /* json arrays, counted */
  GHashTable *keys; /* those that are there already: a page may begin with the end of the last */
  guint64     total, matched, lost;
  gint64      now_ns;
} Picture;

static void
picture_init (Picture *self)
{
  self->rows = g_ptr_array_new_with_free_func (cli_json_unref);
  self->keys = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
}

static void
picture_finish (Picture *self)
{
  g_ptr_array_unref (self->rows);
  g_hash_table_unref (self->keys);
}

static void
picture_take (Picture *self, CliRows *rows, guint64 limit)
{
  for (guint i = 0; i < cli_rows_get_n (rows) && self->rows->len < limit; i++)
    {
      struct json_object *row = cli_rows_get (rows, i);
      if (row != NULL && g_hash_table_add (self->keys, g_strdup (json_object_get_string (
                                                         json_object_array_get_idx (row, 0)))))
        g_ptr_array_add (self->rows, json_object_get (row));
    }
  self->total = cli_rows_get_total (rows);
  self->matched = cli_rows_get_matched (rows);
  self->lost = cli_rows_get_lost (rows);
  self->now_ns = cli_rows_get_time_ns (rows);
}

/* The rows of what chats were asked for from the end. */
static struct json_object *
picture_get (const Listing *self, const Picture *picture, guint index)
{
  return picture->rows->pdata[self->listing->chats ? picture->rows->len - 1 - index : index];
}

static void
show_json (Listing *self, const Picture *picture)
{
  struct json_object *document = json_object_new_object ();
  struct json_object *rows = json_object_new_array ();
  for (guint i = 0; i < picture->rows->len; i++)
    json_object_array_add (rows, cli_row_to_json (self->columns, picture_get (self, picture, i)));
  json_object_object_add (document, "system",
                          json_object_new_string (
                            grove_session_get_system_name (self->cli->session)));
  json_object_object_add (document, "table", json_object_new_string (self->listing->table));
  json_object_object_add (document, "t", json_object_new_int64 (picture->now_ns));
  json_object_object_add (document, "epoch_ms", json_object_new_int64 (cli_epoch_ms (self->cli)));
  json_object_object_add (document, "lost", json_object_new_int64 ((gint64) picture->lost));
  json_object_object_add (document, "total", json_object_new_int64 ((gint64) picture->total));
  json_object_object_add (document, "matched", json_object_new_int64 ((gint64) picture->matched));
  json_object_object_add (document, "rows", rows);
  cli_put_json (self->cli, document);
  json_object_put (document);
}

static void
show_text (Listing *self, const Picture *picture)
{
  Cli *cli = self->cli;
  int  room = cli_opt_watch && cli->height > 0 ? MAX (cli->height - 3, 1) : 0;
  g_autoptr (CliGrid) grid = cli_grid_new (cli);
  cli_grid_add_columns (grid, self->shown, self->n_shown);
  for (guint i = 0; i < picture->rows->len; i++)
    cli_grid_add_row (grid, self->shown, self->n_shown, picture_get (self, picture, i),
                      picture->now_ns);
  cli_grid_print (grid, room);
  guint64 shown = picture->rows->len;
  if (room > 0 && shown > (guint64) room)
    shown = (guint64) room;
  if (shown < picture->matched)
    {
      g_autofree char *text =
        g_strdup_printf ("%" G_GUINT64_FORMAT " of %" G_GUINT64_FORMAT " shown%s\n", shown,
                         picture->matched, cli_opt_watch ? "" : "; --limit 0 shows all");
      cli_put_styled (cli, CLI_DIM, text);
    }
}

static void
show (Listing *self, const Picture *picture)
{
  if (self->cli->json)
    {
      show_json (self, picture);
      return;
    }
  if (cli_opt_watch)
    {
      cli_measure (self->cli);
      cli_begin_picture (self->cli);
    }
  show_text (self, picture);
}

/* ---- Once, and again and again --------------------------------------------------------------- */

static guint64
chosen_limit (void)
{
  if (cli_opt_limit == 0)
    return G_MAXUINT64;
  return cli_opt_limit > 0 ? (guint64) cli_opt_limit : PAGE_MAX;
}

/* A rate is the difference between two looks. */
static void
let_settle (CliRows *rows, GError **error)
{
  gint64 until = g_get_monotonic_time () + RATE_MS * 1000;
  for (gint64 left = RATE_MS; left > 0; left = (until - g_get_monotonic_time ()) / 1000)
    {
      g_autoptr (GError) problem = NULL;
      cli_rows_wait (rows, (guint) left, &problem);
      if (problem != NULL)
        {
          g_propagate_error (error, g_steal_pointer (&problem));
          return;
        }
    }
}

static gboolean
list_once (Listing *self, GError **error)
{
  Picture  picture = { 0 };
  guint64  limit = chosen_limit (), offset = 0;
  gboolean good = TRUE;
  picture_init (&picture);
  do
    {
      guint page = (guint) MIN (limit - offset, PAGE_MAX);
      g_autoptr (CliRows) rows =
        open_page (self, offset, page, self->has_rates ? TICK_MS : ONCE_MS, error);
      if (rows != NULL && self->has_rates && offset == 0)
        let_settle (rows, error);
      good = rows != NULL && (error == NULL || *error == NULL);
      if (good)
        picture_take (&picture, rows, limit);
      offset += page;
    }
  while (good && offset < limit && offset < picture.matched);
  if (good)
    show (self, &picture);
  picture_finish (&picture);
  return good;
}

static gboolean
list_on (Listing *self, GError **error)
{
  guint64 limit = cli_opt_limit < 0 && self->cli->height > 0 ? (guint64) self->cli->height
                                                             : MIN (chosen_limit (), PAGE_MAX);
  guint   interval_ms = (guint) lround (cli_opt_interval * 1000);
  g_autoptr (CliRows) rows = open_page (self, 0, (guint) MIN (limit, PAGE_MAX), interval_ms, error);
  if (rows == NULL)
    return FALSE;
  do
    {
      Picture picture = { 0 };
      picture_init (&picture);
      picture_take (&picture, rows, limit);
      show (self, &picture);
      picture_finish (&picture);
      if (!cli_flush ())
        return TRUE;
    }
  while (cli_rows_wait (rows, 0, error));
  return FALSE;
}

/* The number of the row that came last: rows are asked for from the end. */
static gint64
last_number (const Picture *picture)
{
  if (picture->rows->len == 0)
    return -1;
  return json_object_get_int64 (json_object_array_get_idx (picture->rows->pdata[0], 0));
}

static void
tell_lost (Listing *self, guint64 n)
{
  g_autofree char *text = g_strdup_printf ("%" G_GUINT64_FORMAT " came too fast to be told\n", n);
  cli_put_styled (self->cli, CLI_WARN, text);
}

/* What came since; a line each. */
static void
tell (Listing *self, CliGrid *grid, CliRows *rows, guint64 *n_lost)
{
  struct json_object *row;
  guint64             lost = cli_rows_get_lost (rows);
  while ((row = cli_rows_pop (rows)) != NULL)
    {
      if (self->cli->json)
        {
          struct json_object *object = cli_row_to_json (self->columns, row);
          json_object_object_add (object, "lost", json_object_new_int64 ((gint64) lost));
          cli_put_json (self->cli, object);
          json_object_put (object);
        }
      else
        cli_grid_add_row (grid, self->shown, self->n_shown, row, cli_rows_get_time_ns (rows));
      json_object_put (row);
    }
  if (!self->cli->json)
    cli_grid_print_more (grid);
  if (lost > *n_lost && !self->cli->json)
    tell_lost (self, lost - *n_lost);
  *n_lost = lost;
}

/* Those that are there first, then each that comes. */
static gboolean
list_and_follow (Listing *self, GError **error)
{
  Picture picture = { 0 };
  guint64 n_lost = 0;
  g_autoptr (CliGrid) grid = cli_grid_new (self->cli);
  struct json_object *unsorted = json_object_new_array ();
  CliQuery            query = { .table = self->listing->table,
                                .columns = self->columns,
                                .sort = unsorted,
                                .filter = self->filter,
                                .limit = PAGE_MAX,
                                .follow = TRUE,
                                .after = -1,
                                .interval_ms = 100 };
  cli_grid_add_columns (grid, self->shown, self->n_shown);
  picture_init (&picture);
  if (cli_opt_limit > 0)
    {
      g_autoptr (CliRows) there =
        open_page (self, 0, (guint) MIN (cli_opt_limit, PAGE_MAX), ONCE_MS, error);
      if (there != NULL)
        picture_take (&picture, there, (guint64) cli_opt_limit);
      for (guint i = 0; there != NULL && i < picture.rows->len; i++)
        if (self->cli->json)
          {
            struct json_object *object =
              cli_row_to_json (self->columns, picture_get (self, &picture, i));
            json_object_object_add (object, "lost", json_object_new_int64 (0));
            cli_put_json (self->cli, object);
            json_object_put (object);
          }
        else
          cli_grid_add_row (grid, self->shown, self->n_shown, picture_get (self, &picture, i),
                            picture.now_ns);
      query.after = last_number (&picture);
    }
  g_autoptr (CliRows) rows =
    error == NULL || *error == NULL ? cli_rows_open (self->cli, &query, error) : NULL;
  if (rows != NULL)
    {
      do
        tell (self, grid, rows, &n_lost);
      while (cli_flush () && cli_rows_wait (rows, 0, error));
    }
  picture_finish (&picture);
  json_object_put (unsorted);
  return FALSE;
}

static gboolean
options_make_sense (Cli *cli)
{
  if (cli_opt_limit < -1)
    cli_complain_usage (cli, "--limit is 0 (all) or more, not %" G_GINT64_FORMAT, cli_opt_limit);
  else if (!(cli_opt_interval >= 0.05 && cli_opt_interval <= 60))
    cli_complain_usage (cli, "--interval is 0.05 to 60 seconds, not %g", cli_opt_interval);
  else
    return TRUE;
  return FALSE;
}

int
cli_run_listing (Cli *cli, const CliListing *listing, char **words, int n_words)
{
  Listing self = { .cli = cli, .listing = listing };
  g_autoptr (GError) error = NULL;
  if (!options_make_sense (cli))
    return CLI_USAGE;
  if (cli->session == NULL && !cli_connect (cli, CLI_OBSERVE, &error))
    return cli_complain (cli, error);
  gboolean good =
    prepare (&self, words, n_words, &error) && (cli_opt_follow  ? list_and_follow (&self, &error)
                                                : cli_opt_watch ? list_on (&self, &error)
                                                                : list_once (&self, &error));
  finish (&self);
  /* Without an error it is the output that ended, which has been told of. */
  return good || error == NULL ? CLI_OK : cli_complain (cli, error);
}
