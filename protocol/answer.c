/* SPDX-License-Identifier: MIT
 *
 * Answers to table queries from rows in memory.
 *
 * Threads: see answer.h.
 */
#include "protocol/answer.h"

#include <inttypes.h>
#include <stdio.h>

/* What a follower gets at once: it fits into a message with all that is around it. */
#define FOLLOW_BYTES ((size_t) 524288)
#define NUMBER_SIZE  24

static void
write_value (struct grove_writer *writer, const struct grove_value *value)
{
  switch (value->type)
    {
    case GROVE_COLUMN_INT:
      grove_writer_int (writer, value->u.integer);
      break;
    case GROVE_COLUMN_REAL:
      grove_writer_real (writer, value->u.real);
      break;
    case GROVE_COLUMN_BOOL:
      grove_writer_bool (writer, value->u.integer != 0);
      break;
    case GROVE_COLUMN_TEXT:
    default:
      grove_writer_text (writer, value->u.text);
      break;
    }
}

static size_t
write_row (struct grove_rows              *rows,
           const struct grove_table_query *query,
           const char                     *key,
           const void                     *row,
           grove_row_value                 value,
           void                           *user_data)
{
  struct grove_writer *writer = grove_rows_begin (rows, key);
  struct grove_value   cell;

  for (size_t i = 0; i < query->n_columns; i++)
    {
      value (row, query->columns[i], user_data, &cell);
      write_value (writer, &cell);
    }
  grove_rows_end (rows);
  return writer->size;
}

void
grove_answer_row (struct grove_rows              *rows,
                  const struct grove_table_query *query,
                  const char                     *key,
                  const void                     *row,
                  grove_row_value                 value,
                  void                           *user_data)
{
  (void) write_row (rows, query, key, row, value, user_data);
}

/* The first row with a number above @after. */
static size_t
first_after (const struct grove_numbered *numbered, uint64_t after)
{
  size_t first = 0, end = numbered->n;

  while (first < end)
    {
      size_t middle = first + (end - first) / 2;

      if (numbered->number (middle, numbered->user_data) <= after)
        first = middle + 1;
      else
        end = middle;
    }
  return first;
}

static void
answer_follower (struct grove_rows              *rows,
                 const struct grove_table_query *query,
                 const struct grove_numbered    *numbered,
                 uint64_t                        now_ns)
{
  /* Who is further than the last: the source began anew, or it wants none of these. */
  uint64_t after = query->after < numbered->last ? query->after : numbered->last;
  uint64_t position = numbered->last, matched = 0, n_written = 0;
  size_t   first = first_after (numbered, after), size = 0, n_passed = numbered->n - first;

  for (size_t i = first; i < numbered->n; i++)
    {
      const void *row = numbered->row (i, numbered->user_data);
      uint64_t    number = numbered->number (i, numbered->user_data);
      char        key[NUMBER_SIZE];

      if (!grove_filter_accepts (query->filter, row, numbered->value, numbered->user_data))
        continue;
      matched++;
      if (n_written == query->limit || size > FOLLOW_BYTES)
        {
          /* The first that is left for later. */
          if (matched == n_written + 1)
            {
              position = number - 1;
              n_passed = i - first;
            }
          continue;
        }
      (void) snprintf (key, sizeof key, "%" PRIu64, number);
      size = write_row (rows, query, key, row, numbered->value, numbered->user_data);
      n_written++;
    }
  grove_rows_lost (rows, position - after - n_passed, position);
  grove_rows_done (rows, numbered->n, matched, now_ns);
}

/* A selection copies its rows: of these it gets where they are. */
struct reference
{
  const void *row;
  size_t      i; /* rises with its number */
};

static void
reference_value (const void *row, uint32_t column, void *user_data, struct grove_value *ret)
{
  const struct grove_numbered *numbered = user_data;

  numbered->value (((const struct reference *) row)->row, column, numbered->user_data, ret);
}

static int
compare_numbers (const void *a, const void *b)
{
  const struct reference *ra = a, *rb = b;

  return ra->i < rb->i ? -1 : ra->i > rb->i;
}

static void
write_numbered (struct grove_rows              *rows,
                const struct grove_table_query *query,
                const struct grove_numbered    *numbered,
                size_t                          i)
{
  const void *row = numbered->row (i, numbered->user_data);
  char        key[NUMBER_SIZE];

  (void) snprintf (key, sizeof key, "%" PRIu64, numbered->number (i, numbered->user_data));
  (void) write_row (rows, query, key, row, numbered->value, numbered->user_data);
}

/* Sorted by number, up or down: the rows have that order, and nothing has to be compared. Returns
 * how many the filter accepts. */
static uint64_t
answer_in_order (struct grove_rows              *rows,
                 const struct grove_table_query *query,
                 const struct grove_numbered    *numbered)
{
  const bool downwards = query->n_sort > 0 && query->sort[0].descending;
  uint64_t   matched = 0;

  for (size_t n = 0; n < numbered->n; n++)
    {
      const size_t i = downwards ? numbered->n - 1 - n : n;

      if (query->filter == NULL)
        {
          if (n >= query->offset && n - query->offset < query->limit)
            write_numbered (rows, query, numbered, i);
          else if (n >= query->offset)
            return numbered->n;
        }
      else if (!grove_filter_accepts (query->filter, numbered->row (i, numbered->user_data),
                                      numbered->value, numbered->user_data))
        continue;
      else if (matched >= query->offset && matched - query->offset < query->limit)
        write_numbered (rows, query, numbered, i);
      matched++;
    }
  return matched;
}

static uint64_t
answer_sorted (struct grove_rows              *rows,
               const struct grove_table_query *query,
               const struct grove_numbered    *numbered)
{
  struct grove_selection *selection =
    grove_selection_new (query, sizeof (struct reference), reference_value, compare_numbers,
                         (void *) numbered);
  const void **window;
  size_t       n;
  uint64_t     matched;

  for (size_t i = 0; i < numbered->n; i++)
    {
      const struct reference reference = { numbered->row (i, numbered->user_data), i };

      grove_selection_offer (selection, &reference);
    }
  n = grove_selection_window (selection, &window);
  for (size_t i = 0; i < n; i++)
    write_numbered (rows, query, numbered, ((const struct reference *) window[i])->i);
  matched = grove_selection_matched (selection);
  grove_selection_tell_anchor (selection, rows);
  grove_selection_free (selection);
  return matched;
}

void
grove_answer_numbered (struct grove_rows              *rows,
                       const struct grove_table_query *query,
                       const struct grove_numbered    *numbered,
                       uint64_t                        now_ns)
{
  uint64_t matched;

  if (query->follows)
    {
      answer_follower (rows, query, numbered, now_ns);
      return;
    }
  if ((query->n_sort == 0 || query->sort[0].column == 0) && query->keys == NULL &&
      query->anchor[0] == '\0')
    matched = answer_in_order (rows, query, numbered);
  else
    matched = answer_sorted (rows, query, numbered);
  grove_rows_lost (rows, numbered->last - numbered->n, numbered->last);
  grove_rows_done (rows, numbered->n, matched, now_ns);
}
