/* SPDX-License-Identifier: MIT
 *
 * Measures what runs on every tick: choosing a window of a million rows, encoding it, and the scan
 * of what comes in. Each figure is the best of a few
 * rounds, in CPU time, so that a busy machine does not show in it. With an argument: rows, in
 * thousands.
 */
#include "protocol/query.h"
#include "protocol/scan.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define ROUNDS 5

struct row
{
  uint64_t number;
  int64_t  messages, memory, reductions;
  double   rate;
};

static const struct grove_column columns[] = {
  { "pid", GROVE_COLUMN_TEXT, "" },
  { "messages", GROVE_COLUMN_INT, "" },
  { "memory", GROVE_COLUMN_INT, "bytes" },
  { "reductions", GROVE_COLUMN_INT, "" },
  { "reductions/s", GROVE_COLUMN_REAL, "1/s" },
};

static double
now (void)
{
  struct timespec time;

  clock_gettime (CLOCK_THREAD_CPUTIME_ID, &time);
  return (double) time.tv_sec + (double) time.tv_nsec / 1e9;
}

static void
value_of (const void *data, uint32_t column, void *user_data, struct grove_value *ret)
{
  const struct row *row = data;

  ret->type = columns[column].type;
  switch (column)
    {
    case 1:
      ret->u.integer = row->messages;
      break;
    case 2:
      ret->u.integer = row->memory;
      break;
    case 3:
      ret->u.integer = row->reductions;
      break;
    case 4:
      ret->u.real = row->rate;
      break;
    default:
      ret->u.text = "";
      break;
    }
}

static int
compare (const void *a, const void *b)
{
  const struct row *ra = a, *rb = b;

  return ra->number < rb->number ? -1 : ra->number > rb->number;
}

static double
select_window (const struct row *rows, size_t n, uint64_t offset, const struct grove_filter *filter)
{
  struct grove_table_query query = { .offset = offset, .limit = 60, .n_sort = 1, .filter = filter };
  double                   best = 1e9;

  query.sort[0].column = 2;
  query.sort[0].descending = true;
  for (int round = 0; round < ROUNDS; round++)
    {
      double                  start = now (), took;
      struct grove_selection *selection =
        grove_selection_new (&query, sizeof (struct row), value_of, compare, NULL);
      const void **window;

      for (size_t i = 0; i < n; i++)
        grove_selection_offer (selection, &rows[i]);
      if (grove_selection_window (selection, &window) == 0 && n > offset)
        abort ();
      took = now () - start;
      if (took < best)
        best = took;
      grove_selection_free (selection);
    }
  return best;
}

/* 60 rows of 12 cells, as a process table has them. */
static double
encode (void)
{
  struct grove_writer writer;
  double              best = 1e9;

  grove_writer_init (&writer, 0);
  for (int round = 0; round < 2000; round++)
    {
      double start = now (), took;

      grove_writer_clear (&writer);
      grove_writer_begin_array (&writer);
      for (int i = 0; i < 60; i++)
        {
          grove_writer_begin_array (&writer);
          grove_writer_text (&writer, "<0.12345.0>");
          grove_writer_text (&writer, "connection");
          grove_writer_text (&writer, "waiting");
          grove_writer_int (&writer, i);
          grove_writer_real (&writer, i * 12.5);
          grove_writer_int (&writer, 123456);
          grove_writer_int (&writer, 1234567890 + i);
          grove_writer_real (&writer, 98765.4);
          grove_writer_int (&writer, 4096);
          grove_writer_text (&writer, "normal");
          grove_writer_text (&writer, "shop");
          grove_writer_bool (&writer, false);
          grove_writer_end_array (&writer);
        }
      grove_writer_end_array (&writer);
      took = now () - start;
      if (took < best)
        best = took;
    }
  grove_writer_finish (&writer);
  return best;
}

/* Megabytes a second through the scan, of messages as servers send them. */
static double
scan (void)
{
  const struct grove_scan_limits limits = { .depth = 16, .string = 1 << 20 };
  struct grove_writer            writer;
  double                         best = 1e9;
  size_t                         size;

  grove_writer_init (&writer, 0);
  grove_writer_begin_object (&writer);
  grove_writer_name (&writer, "rows");
  grove_writer_begin_array (&writer);
  for (int i = 0; i < 8000; i++)
    {
      grove_writer_begin_array (&writer);
      grove_writer_text (&writer, "<0.12345.0>");
      grove_writer_text (&writer, "a_connection_of_the_shop");
      grove_writer_text (&writer, "waiting");
      grove_writer_int (&writer, i * 1000);
      grove_writer_real (&writer, i * 12.5);
      grove_writer_int (&writer, 1234567890);
      grove_writer_bool (&writer, true);
      grove_writer_end_array (&writer);
    }
  grove_writer_end_array (&writer);
  grove_writer_end_object (&writer);
  size = writer.size;
  for (int round = 0; round < 20; round++)
    {
      struct grove_scan_error error;
      double                  start = now (), took;

      if (!grove_scan (writer.bytes, writer.size, &limits, &error))
        abort ();
      took = now () - start;
      if (took < best)
        best = took;
    }
  grove_writer_finish (&writer);
  return (double) size / best / 1e6;
}

int
main (int argc, char **argv)
{
  size_t      n = (argc > 1 ? strtoul (argv[1], NULL, 10) : 1000) * 1000;
  struct row *rows = calloc (n, sizeof *rows);
  uint64_t    state = 88172645463325252;

  if (rows == NULL)
    return 1;
  for (size_t i = 0; i < n; i++)
    {
      state ^= state << 13;
      state ^= state >> 7;
      state ^= state << 17;
      rows[i].number = i;
      rows[i].memory = (int64_t) (state >> 40);
    }
  printf ("bench table-top-60 %.2f ms\n", select_window (rows, n, 0, NULL) * 1e3);
  printf ("bench table-middle-60 %.2f ms\n", select_window (rows, n, n / 2, NULL) * 1e3);
  printf ("bench encode-60x12 %.2f us\n", encode () * 1e6);
  printf ("bench strict-scan %.0f MB/s\n", scan ());
  free (rows);
  return 0;
}
