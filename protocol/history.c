/* SPDX-License-Identifier: MIT
 *
 * Series in a hash table of chains; once a second those that nobody watched for a while go.
 *
 * Threads: the server's.
 */
#include "protocol/history.h"

#include "protocol/memory.h"

#include <stdio.h>

#define BUCKETS 4096

struct grove_series
{
  struct grove_series *next; /* in its bucket */
  uint32_t             table, column;
  char                 key[GROVE_HISTORY_KEY_SIZE];
  uint64_t             last;  /* second of the newest point */
  uint64_t             until; /* second up to which it is remembered */
  size_t               n;
  double               points[GROVE_HISTORY_POINTS]; /* by second */
};

struct grove_history
{
  struct grove_series *buckets[BUCKETS];
  size_t               n;
  uint64_t             swept; /* second */
};

struct grove_history *
grove_history_new (void)
{
  return grove_must_zero (sizeof (struct grove_history));
}

/* Forgets what need not be remembered in @second any more. */
static void
sweep (struct grove_history *self, uint64_t second)
{
  for (size_t i = 0; i < BUCKETS && self->n > 0; i++)
    {
      struct grove_series **link = &self->buckets[i];

      while (*link != NULL)
        {
          struct grove_series *series = *link;

          if (series->until >= second)
            {
              link = &series->next;
              continue;
            }
          *link = series->next;
          free (series);
          self->n--;
        }
    }
}

void
grove_history_free (struct grove_history *self)
{
  if (self == NULL)
    return;
  sweep (self, UINT64_MAX);
  free (self);
}

static struct grove_series **
bucket_of (struct grove_history *self, uint32_t table, uint32_t column, const char *key)
{
  uint64_t hash = UINT64_C (14695981039346656037) ^ ((uint64_t) table << 32 | column);

  for (; *key != '\0'; key++)
    hash = (hash ^ (unsigned char) *key) * UINT64_C (1099511628211);
  return &self->buckets[(hash ^ hash >> 32) % BUCKETS];
}

static struct grove_series *
find (struct grove_history *self, uint32_t table, uint32_t column, const char *key)
{
  struct grove_series **bucket = bucket_of (self, table, column, key);
  struct grove_series  *series = *bucket;

  while (series != NULL &&
         (series->table != table || series->column != column || strcmp (series->key, key) != 0))
    series = series->next;
  if (series != NULL || self->n == GROVE_HISTORY_SERIES || strlen (key) >= sizeof series->key)
    return series;
  series = grove_must_zero (sizeof *series);
  series->table = table;
  series->column = column;
  (void) snprintf (series->key, sizeof series->key, "%s", key);
  series->next = *bucket;
  *bucket = series;
  self->n++;
  return series;
}

static double
point_at (const struct grove_series *self, uint64_t second)
{
  return self->points[second % GROVE_HISTORY_POINTS];
}

const struct grove_series *
grove_history_note (struct grove_history *self,
                    uint32_t              table,
                    uint32_t              column,
                    const char           *key,
                    uint64_t              second,
                    double                value,
                    uint64_t              patience)
{
  struct grove_series *series;
  double               before;

  if (second != self->swept)
    {
      self->swept = second;
      sweep (self, second);
    }
  series = find (self, table, column, key);
  if (series == NULL)
    return NULL;
  if (series->until < second + patience)
    series->until = second + patience;
  if (series->n > 0 && second <= series->last)
    return series;
  before = series->n > 0 ? point_at (series, series->last) : value;
  if (series->n == 0)
    series->last = second - 1;
  /* At most a sweep's patience away, so this is short. */
  while (series->last < second)
    {
      series->last++;
      series->points[series->last % GROVE_HISTORY_POINTS] = series->last == second ? value : before;
      if (series->n < GROVE_HISTORY_POINTS)
        series->n++;
    }
  return series;
}

size_t
grove_series_count (const struct grove_series *self, uint64_t after)
{
  const uint64_t n = self->last > after ? self->last - after : 0;

  return n < self->n ? (size_t) n : self->n;
}

bool
grove_series_is_flat (const struct grove_series *self, size_t n)
{
  if (n >= self->n)
    return false;
  for (size_t i = 0; i < n; i++)
    if (point_at (self, self->last - i) != point_at (self, self->last - n))
      return false;
  return true;
}

void
grove_series_write (const struct grove_series *self, size_t n, struct grove_writer *writer)
{
  grove_writer_begin_array (writer);
  for (size_t i = n; i-- > 0;)
    grove_writer_real (writer, point_at (self, self->last - i));
  grove_writer_end_array (writer);
}
