/* SPDX-License-Identifier: MIT
 *
 * The screen of grove top: the system's figures, the table, and one line for what is said and
 * typed. Columns that a narrow screen has no room for are left out from the right.
 */
#include "observer/cli/top.h"

#include <curses.h>
#include <string.h>

#define HEAD_LINES 3 /* above the titles */
#define TEXT_WIDTH 18

static int
attribute_of (CliStyle style)
{
  switch (style)
    {
    case CLI_PLAIN:
      return A_NORMAL;
    case CLI_BOLD:
      return A_BOLD;
    case CLI_DIM:
      return A_DIM;
    case CLI_GOOD:
    case CLI_BUSY:
    case CLI_WARN:
    case CLI_NAME:
      return has_colors () ? (int) COLOR_PAIR (style) : A_NORMAL;
    case CLI_BAD:
      return has_colors () ? (int) COLOR_PAIR (style) | A_BOLD : A_BOLD;
    }
  return A_NORMAL;
}

/* What does not fit is cut; all that is said on the screen goes through here. */
static void
put_at (Top *self, int y, int x, int width, int attributes, const char *text)
{
  if (width <= 0 || y < 0 || y >= LINES || x >= COLS)
    return;
  g_autofree char *clean = cli_clean (text);
  g_autofree char *cut = cli_cut (clean, MIN (width, COLS - x), self->cli->utf8);
  g_autofree char *native = cli_to_locale (cut);
  attrset (attributes);
  mvaddstr (y, x, native);
  attrset (A_NORMAL);
}

int
_top_measure_rows (void)
{
  return CLAMP (LINES - HEAD_LINES - 2, 1, TOP_ROWS_MAX);
}

/* ---- Above the table ------------------------------------------------------------------------- */

static char *
say_load (const GroveSample *sample)
{
  GString *text = g_string_new (NULL);
  for (guint i = 0; i < MIN (sample->n_schedulers, 16); i++)
    {
      g_autofree char *one = cli_say_percent (sample->scheduler_utilisation[i]);
      g_string_append_printf (text, "%s%s", i > 0 ? " " : "", one);
    }
  return g_string_free (text, FALSE);
}

static void
draw_figures (Top *self)
{
  const GroveSample *sample = grove_session_get_sample (self->cli->session);
  const char        *name = grove_session_get_system_name (self->cli->session);
  if (sample == NULL)
    {
      put_at (self, 0, 0, COLS, A_BOLD, name);
      return;
    }
  g_autofree char *load = say_load (sample);
  g_autofree char *memory = cli_say_bytes (sample->memory_total);
  g_autofree char *heaps = cli_say_bytes (sample->memory_heaps);
  g_autofree char *mailboxes = cli_say_bytes (sample->memory_mailboxes);
  g_autofree char *reductions = cli_say_count (sample->reductions_per_s);
  g_autofree char *messages = cli_say_count (sample->messages_per_s);
  g_autofree char *spawns = cli_say_count (sample->spawns_per_s);
  g_autofree char *exits = cli_say_count (sample->exits_per_s);
  g_autofree char *first =
    g_strdup_printf ("%s  %" G_GINT64_FORMAT " processes  run queue %" G_GINT64_FORMAT
                     "  schedulers %s",
                     name, sample->n_processes, sample->run_queue, load);
  g_autofree char *second =
    g_strdup_printf ("memory %s (heaps %s, mailboxes %s)  %s messages/s  %s reds/s  %s spawns/s  "
                     "%s exits/s",
                     memory, heaps, mailboxes, messages, reductions, spawns, exits);
  put_at (self, 0, 0, COLS, A_BOLD, first);
  put_at (self, 1, 0, COLS, A_NORMAL, second);
}

static void
draw_question (Top *self)
{
  guint64          matched = cli_rows_get_matched (self->rows);
  g_autofree char *text =
    g_strdup_printf ("%" G_GUINT64_FORMAT " of %" G_GUINT64_FORMAT "%s%s%s", matched,
                     cli_rows_get_total (self->rows), self->query[0] != '\0' ? "  / " : "",
                     self->query, self->paused ? "  [paused]" : "");
  put_at (self, 2, 0, COLS, attribute_of (self->paused ? CLI_WARN : CLI_DIM), text);
}

/* ---- The table ------------------------------------------------------------------------------- */

/* How wide a column is; texts share what the others leave. */
static int
width_of (const CliColumn *column)
{
  if (strcmp (column->name, "pid") == 0)
    return 11;
  if (strcmp (column->name, "status") == 0)
    return 9;
  return column->numeric ? 8 : TEXT_WIDTH;
}

/* How many columns there is room for. */
static guint
count_columns (const Top *self, int *ret_spare)
{
  int   left = COLS;
  guint n = 0;
  while (n < self->n_shown && left >= width_of (&self->shown[n]))
    left -= width_of (&self->shown[n++]) + 1;
  *ret_spare = MAX (left + 1, 0);
  return MAX (n, 1);
}

static void
draw_cell (Top *self, int y, int x, int width, gboolean right, int attributes, const char *text)
{
  g_autofree char *clean = cli_clean (text);
  int              own = MIN (cli_text_width (clean), width);
  put_at (self, y, right ? x + width - own : x, width, attributes, clean);
}

static void
draw_line (Top *self, int y, struct json_object *row, guint n, int spare, gboolean selected)
{
  int x = 0;
  for (guint i = 0; i < n; i++)
    {
      const CliColumn *column = &self->shown[i];
      int              width = width_of (column) + (i == 1 ? spare : 0);
      CliStyle         style = CLI_BOLD;
      g_autofree char *text = NULL;
      int              attributes;
      if (row != NULL)
        text = cli_column_say (column, json_object_array_get_idx (row, i),
                               cli_rows_get_time_ns (self->rows), &style);
      else
        {
          g_autofree char *title = g_ascii_strup (cli_column_get_title (column), -1);
          text = g_strconcat (title, i != self->sort ? "" : (self->descending ? "-" : "+"), NULL);
        }
      attributes = selected ? (int) A_REVERSE : attribute_of (style);
      if (selected)
        mvhline (y, x, ' ' | A_REVERSE, MIN (width + 1, COLS - x));
      draw_cell (self, y, x, width, column->numeric, row != NULL ? attributes : (int) A_UNDERLINE,
                 text);
      x += width + 1;
    }
}

static void
draw_table (Top *self)
{
  int     spare;
  guint   n = count_columns (self, &spare);
  guint64 offset = cli_rows_get_offset (self->rows);
  draw_line (self, HEAD_LINES, NULL, n, spare, FALSE);
  for (int i = 0; i < self->height; i++)
    {
      /* What came may still be of another place. */
      guint64 index = self->first + (guint64) i;
      if (index < offset || index - offset >= cli_rows_get_n (self->rows))
        continue;
      struct json_object *row = cli_rows_get (self->rows, (guint) (index - offset));
      if (row != NULL)
        draw_line (self, HEAD_LINES + 1 + i, row, n, spare, (guint) i == self->cursor);
    }
}

/* ---- The last line, and help ----------------------------------------------------------------- */

static void
draw_last (Top *self)
{
  g_autofree char *text = NULL;
  g_autofree char *who = self->target.pid != NULL ? cli_process_describe (&self->target) : NULL;
  int              attributes = A_BOLD;
  switch (self->mode)
    {
    case TOP_FILTER:
      text = g_strdup_printf ("/ %s_   %s", self->input->str,
                              self->message != NULL ? self->message : "");
      break;
    case TOP_REASON:
      text = g_strdup_printf ("Reason for %s to exit: %s_", who, self->input->str);
      break;
    case TOP_CONFIRM:
      text = g_strdup_printf ("%s (y/n)", self->message);
      break;
    case TOP_LIST:
    case TOP_HELP:
      if (self->message != NULL)
        text = g_strdup (self->message);
      else
        text = g_strdup ("q quit  ? help  / query  <> sort  r reverse  k kill  x exit  e restart"
                         "  s suspend");
      attributes = attribute_of (self->message != NULL ? self->message_style : CLI_DIM);
      break;
    }
  put_at (self, LINES - 1, 0, COLS, attributes, text);
}

static void
draw_help (Top *self)
{
  static const char *const lines[] = {
    "Up Down PgUp PgDn Home End   move",
    "< >       sort by the column to the left, to the right",
    "n m c M   sort by name, messages, reductions/s, memory",
    "r         turn the order round",
    "/         a query: messages>100 app:shop name~conn; Tab completes",
    "k         kill                 x   exit with a reason",
    "e         restart              s u suspend, resume",
    "+ -       raise, lower the priority",
    "space     pause                q   quit",
    "",
    "Any key goes back.",
  };
  for (guint i = 0; i < G_N_ELEMENTS (lines); i++)
    put_at (self, HEAD_LINES + 1 + (int) i, 2, COLS - 2, A_NORMAL, lines[i]);
}

void
_top_draw (Top *self)
{
  erase ();
  if (LINES < 6 || COLS < 20)
    {
      put_at (self, 0, 0, COLS, A_NORMAL, "too small");
      refresh ();
      return;
    }
  draw_figures (self);
  draw_question (self);
  if (self->mode == TOP_HELP)
    draw_help (self);
  else
    draw_table (self);
  draw_last (self);
  refresh ();
}
