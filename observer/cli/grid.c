/* SPDX-License-Identifier: MIT
 *
 * A table of text: columns as wide as what stands in them, until the terminal is too narrow; then
 * the elastic ones give way, the widest first. Without a terminal nothing is cut.
 */
#include "observer/cli/cli.h"

#define GAP         2
#define NARROWEST   6 /* an elastic column does not become narrower */
#define COLUMNS_MAX 64

struct cell
{
  char    *text; /* as it may be shown */
  int      width;
  CliStyle style;
};

struct column
{
  char *title;
  int   flags;
  int   width;
};

struct CliGrid
{
  Cli          *cli;
  guint         n_columns;
  struct column columns[COLUMNS_MAX];
  GArray       *cells; /* struct cell, row by row */
  gboolean      begun; /* the titles were printed */
};

CliGrid *
cli_grid_new (Cli *cli)
{
  CliGrid *self = g_new0 (CliGrid, 1);
  self->cli = cli;
  self->cells = g_array_new (FALSE, FALSE, sizeof (struct cell));
  return self;
}

void
cli_grid_free (CliGrid *self)
{
  if (self == NULL)
    return;
  for (guint i = 0; i < self->n_columns; i++)
    g_free (self->columns[i].title);
  for (guint i = 0; i < self->cells->len; i++)
    g_free (g_array_index (self->cells, struct cell, i).text);
  g_array_unref (self->cells);
  g_free (self);
}

void
cli_grid_add_column (CliGrid *self, const char *title, int flags)
{
  g_return_if_fail (self->n_columns < COLUMNS_MAX);
  struct column *column = &self->columns[self->n_columns++];
  column->title = g_utf8_strup (title, -1);
  column->flags = flags;
  column->width = cli_text_width (column->title);
}

void
cli_grid_add (CliGrid *self, CliStyle style, const char *text)
{
  struct cell    cell = { cli_clean (text), 0, style };
  struct column *column = &self->columns[self->cells->len % self->n_columns];
  cell.width = cli_text_width (cell.text);
  column->width = MAX (column->width, cell.width);
  g_array_append_val (self->cells, cell);
}

void
cli_grid_add_count (CliGrid *self, gint64 n)
{
  g_autofree char *text = g_strdup_printf ("%" G_GINT64_FORMAT, n);
  cli_grid_add (self, n == 0 ? CLI_DIM : CLI_PLAIN, text);
}

static int
total_width (const CliGrid *self)
{
  int width = -GAP;
  for (guint i = 0; i < self->n_columns; i++)
    width += self->columns[i].width + GAP;
  return width;
}

static void
fit (CliGrid *self, int width)
{
  for (int excess = total_width (self) - width; excess > 0; excess--)
    {
      struct column *widest = NULL;
      for (guint i = 0; i < self->n_columns; i++)
        {
          struct column *column = &self->columns[i];
          if ((column->flags & CLI_ELASTIC) != 0 && column->width > NARROWEST &&
              (widest == NULL || column->width > widest->width))
            widest = column;
        }
      if (widest == NULL)
        return;
      widest->width--;
    }
}

static void
put_spaces (Cli *cli, int n)
{
  if (n > 0)
    cli_printf (cli, "%*s", n, "");
}

static void
put_cell (CliGrid *self, guint index, const char *text, int width, CliStyle style)
{
  const struct column *column = &self->columns[index];
  gboolean             last = index + 1 == self->n_columns;
  g_autofree char     *cut =
    width > column->width ? cli_cut (text, column->width, self->cli->utf8) : g_strdup (text);
  int pad = column->width - MIN (width, column->width);
  if ((column->flags & CLI_RIGHT) != 0)
    put_spaces (self->cli, pad);
  cli_put_styled (self->cli, style, cut);
  if ((column->flags & CLI_RIGHT) == 0 && !last)
    put_spaces (self->cli, pad);
  cli_put (self->cli, last ? "\n" : "  ");
}

static void
put_titles (CliGrid *self)
{
  for (guint i = 0; i < self->n_columns; i++)
    put_cell (self, i, self->columns[i].title, cli_text_width (self->columns[i].title), CLI_BOLD);
}

static void
put_rows (CliGrid *self, guint n)
{
  for (guint i = 0; i < n * self->n_columns; i++)
    {
      const struct cell *cell = &g_array_index (self->cells, struct cell, i);
      put_cell (self, i % self->n_columns, cell->text, cell->width, cell->style);
    }
}

void
cli_grid_print (CliGrid *self, int max_rows)
{
  guint n_rows = self->n_columns > 0 ? self->cells->len / self->n_columns : 0;
  if (max_rows > 0 && n_rows > (guint) max_rows)
    n_rows = (guint) max_rows;
  if (self->cli->width > 0)
    fit (self, self->cli->width);
  put_titles (self);
  put_rows (self, n_rows);
}

void
cli_grid_print_more (CliGrid *self)
{
  if (self->cli->width > 0)
    fit (self, self->cli->width);
  if (!self->begun)
    put_titles (self);
  self->begun = TRUE;
  put_rows (self, self->cells->len / self->n_columns);
  for (guint i = 0; i < self->cells->len; i++)
    g_free (g_array_index (self->cells, struct cell, i).text);
  g_array_set_size (self->cells, 0);
}
