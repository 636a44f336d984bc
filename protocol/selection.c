/* SPDX-License-Identifier: MIT
 *
 * Choosing the window [offset, offset + limit) of a sorted table in one scan. Only the first
 * k = offset + limit rows of the order can matter. While k is small they are kept in a heap with
 * the worst on top, and nearly every row of a big table is turned away by one comparison with it;
 * for a deeper window rows are gathered and a quickselect throws the worse part away whenever twice
 * k are there. The table is never sorted, only the window is.
 *
 * Each kept row has a 64-bit rank that orders like its first sort key (for texts: their first eight
 * bytes), so most comparisons are one of integers.
 *
 * Threads: any one thread at a time.
 */
#include "protocol/query.h"

#include "protocol/memory.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define HEAP_MAX   1024
#define GATHER_MIN 4096

struct entry
{
  uint64_t rank;
  size_t   slot; /* of the row in `rows` */
};

struct grove_selection
{
  struct grove_sort_key      sort[GROVE_SORT_KEYS];
  size_t                     n_sort;
  const struct grove_filter *filter;
  uint64_t                   offset;
  uint64_t                   limit;
  size_t                     row_size;
  grove_row_value            value;
  int (*key_compare) (const void *, const void *);
  void *user_data;

  uint64_t      total, matched;
  size_t        k; /* rows that can matter */
  bool          heap, ordered;
  struct entry *entries; /* those past n own a free slot each */
  size_t        n, n_slots, capacity;
  char         *rows;
  bool          bounded; /* gathering: entries[k - 1] is the worst that can still matter */
  const void  **window;
  size_t        n_window;

  const char *const *keys; /* those that are wanted, and no others; NULL: a window */
  size_t             n_keys;
  const char       **sorted_keys;
  char               anchor[GROVE_SOURCE_PID_SIZE]; /* "": none */
  uint32_t           anchor_row;
  bool               anchored; /* it was found, and `offset` is where the window is for it */
};

static int
compare_texts (const void *a, const void *b)
{
  return strcmp (*(const char *const *) a, *(const char *const *) b);
}

static void
keep_keys (struct grove_selection *self, const struct grove_table_query *query)
{
  if (query->keys == NULL)
    return;
  self->keys = query->keys;
  self->n_keys = query->n_keys;
  self->filter = NULL;
  self->sorted_keys = grove_must_resize (NULL, self->n_keys, sizeof *self->sorted_keys);
  for (size_t i = 0; i < self->n_keys; i++)
    self->sorted_keys[i] = self->keys[i];
  qsort (self->sorted_keys, self->n_keys, sizeof *self->sorted_keys, compare_texts);
}

struct grove_selection *
grove_selection_new (const struct grove_table_query *query,
                     size_t                          row_size,
                     grove_row_value                 value,
                     int (*key_compare) (const void *, const void *),
                     void *user_data)
{
  struct grove_selection *self = grove_must_zero (sizeof *self);
  uint64_t                k = query->offset + query->limit;

  memcpy (self->sort, query->sort, sizeof self->sort);
  self->n_sort = query->n_sort;
  self->filter = query->filter;
  self->offset = query->offset;
  self->limit = query->limit;
  self->row_size = row_size;
  self->value = value;
  self->key_compare = key_compare;
  self->user_data = user_data;
  keep_keys (self, query);
  memcpy (self->anchor, query->anchor, sizeof self->anchor);
  self->anchor_row = query->anchor_row;
  /* Where the anchor is, and so what matters, is not known before all are there. */
  if (self->keys != NULL || self->anchor[0] != '\0')
    k = SIZE_MAX / 4;
  self->k = k < query->offset || k > SIZE_MAX / 4 ? SIZE_MAX / 4 : (size_t) k;
  self->heap = self->k <= HEAP_MAX;
  return self;
}

void
grove_selection_free (struct grove_selection *self)
{
  if (self == NULL)
    return;
  free (self->entries);
  free (self->rows);
  free (self->window);
  free (self->sorted_keys);
  free (self);
}

static const void *
row_of (const struct grove_selection *self, const struct entry *entry)
{
  return self->rows + entry->slot * self->row_size;
}

/* Of NaN and text beyond its first bytes the rank says nothing wrong, only less. */
static uint64_t
rank_of (const struct grove_selection *self, const void *row)
{
  struct grove_value value;
  uint64_t           rank = 0;

  /* The key column sorts by key_compare alone ("<0.9.0>" before "<0.10.0>"). */
  if (self->n_sort == 0 || self->sort[0].column == 0)
    return 0;
  self->value (row, self->sort[0].column, self->user_data, &value);
  switch (value.type)
    {
    case GROVE_COLUMN_INT:
    case GROVE_COLUMN_BOOL:
      rank = (uint64_t) value.u.integer ^ (UINT64_C (1) << 63);
      break;
    case GROVE_COLUMN_REAL:
      if (value.u.real == value.u.real)
        {
          double real = value.u.real + 0.0; /* -0.0 sorts as 0.0 */

          memcpy (&rank, &real, sizeof rank);
          rank = rank >> 63 ? ~rank : rank | UINT64_C (1) << 63;
        }
      break;
    case GROVE_COLUMN_TEXT:
    default:
      for (size_t i = 0; value.u.text != NULL && value.u.text[i] != '\0' && i < 8; i++)
        rank |= (uint64_t) (unsigned char) value.u.text[i] << (56 - 8 * i);
      break;
    }
  return self->sort[0].descending ? ~rank : rank;
}

static int
compare_values (const struct grove_value *a, const struct grove_value *b)
{
  switch (a->type)
    {
    case GROVE_COLUMN_INT:
    case GROVE_COLUMN_BOOL:
      return a->u.integer < b->u.integer ? -1 : a->u.integer > b->u.integer;
    case GROVE_COLUMN_REAL:
      if (a->u.real != a->u.real || b->u.real != b->u.real)
        return (a->u.real == a->u.real) - (b->u.real == b->u.real);
      return a->u.real < b->u.real ? -1 : a->u.real > b->u.real;
    case GROVE_COLUMN_TEXT:
    default:
      return strcmp (a->u.text != NULL ? a->u.text : "", b->u.text != NULL ? b->u.text : "");
    }
}

static int
compare_rows (const struct grove_selection *self,
              uint64_t                      rank_a,
              const void                   *a,
              uint64_t                      rank_b,
              const void                   *b)
{
  if (rank_a != rank_b)
    return rank_a < rank_b ? -1 : 1;
  for (size_t i = 0; i < self->n_sort; i++)
    {
      struct grove_value value_a, value_b;
      int                order;

      if (self->sort[i].column == 0)
        order = self->key_compare (a, b);
      else
        {
          self->value (a, self->sort[i].column, self->user_data, &value_a);
          self->value (b, self->sort[i].column, self->user_data, &value_b);
          order = compare_values (&value_a, &value_b);
        }
      if (order != 0)
        return self->sort[i].descending ? -order : order;
    }
  return self->key_compare (a, b);
}

static int
compare_entries (const void *a, const void *b, void *user_data)
{
  const struct grove_selection *self = user_data;
  const struct entry           *ea = a, *eb = b;

  return compare_rows (self, ea->rank, row_of (self, ea), eb->rank, row_of (self, eb));
}

/* Nearly always the ranks differ, and no row has to be looked at. */
static inline bool
before (const struct grove_selection *self, const struct entry *a, const struct entry *b)
{
  if (a->rank != b->rank)
    return a->rank < b->rank;
  return compare_rows (self, a->rank, row_of (self, a), b->rank, row_of (self, b)) < 0;
}

static void
swap (struct entry *a, struct entry *b)
{
  struct entry kept = *a;

  *a = *b;
  *b = kept;
}

static void
sift_up (struct grove_selection *self, size_t i)
{
  while (i > 0)
    {
      size_t parent = (i - 1) / 2;

      if (!before (self, &self->entries[parent], &self->entries[i]))
        break;
      swap (&self->entries[i], &self->entries[parent]);
      i = parent;
    }
}

static void
sift_down (struct grove_selection *self)
{
  size_t i = 0;

  for (;;)
    {
      size_t worst = i, child = 2 * i + 1;

      for (size_t c = child; c < child + 2 && c < self->n; c++)
        if (before (self, &self->entries[worst], &self->entries[c]))
          worst = c;
      if (worst == i)
        break;
      swap (&self->entries[i], &self->entries[worst]);
      i = worst;
    }
}

/* Arranges entries[first, end) so that the one that belongs at @nth is there, the smaller before
 * it. */
static void
quickselect (struct grove_selection *self, size_t first, size_t end, size_t nth)
{
  struct entry *e = self->entries;

  while (end - first > 1)
    {
      size_t       last = end - 1, middle = first + (last - first) / 2;
      size_t       i = first, j = last;
      struct entry pivot;

      if (before (self, &e[middle], &e[first]))
        swap (&e[middle], &e[first]);
      if (before (self, &e[last], &e[first]))
        swap (&e[last], &e[first]);
      if (before (self, &e[last], &e[middle]))
        swap (&e[last], &e[middle]);
      pivot = e[middle];
      for (;;)
        {
          while (before (self, &e[i], &pivot))
            i++;
          while (before (self, &pivot, &e[j]))
            j--;
          if (i >= j)
            break;
          swap (&e[i++], &e[j--]);
        }
      if (nth <= j)
        end = j + 1;
      else
        first = j + 1;
    }
}

/* The entry after the last, with a slot of its own for a row. */
static struct entry *
next_entry (struct grove_selection *self)
{
  if (self->n == self->capacity)
    {
      self->capacity = self->capacity == 0 ? 64 : self->capacity * 2;
      self->entries = grove_must_resize (self->entries, self->capacity, sizeof *self->entries);
      self->rows = grove_must_resize (self->rows, self->capacity, self->row_size);
    }
  if (self->n == self->n_slots)
    {
      self->entries[self->n].slot = self->n;
      self->n_slots++;
    }
  return &self->entries[self->n];
}

static void
put (struct grove_selection *self, struct entry *entry, uint64_t rank, const void *row)
{
  entry->rank = rank;
  memcpy (self->rows + entry->slot * self->row_size, row, self->row_size);
}

static void
gather (struct grove_selection *self, uint64_t rank, const void *row)
{
  size_t room = self->k > GATHER_MIN ? self->k * 2 : GATHER_MIN * 2;

  if (self->bounded)
    {
      const struct entry *worst = &self->entries[self->k - 1];

      if (compare_rows (self, rank, row, worst->rank, row_of (self, worst)) > 0)
        return;
    }
  put (self, next_entry (self), rank, row);
  self->n++;
  if (self->n == room)
    {
      quickselect (self, 0, self->n, self->k - 1);
      self->n = self->k;
      self->bounded = true;
    }
}

/* The key of a row as it travels. */
static const char *
key_text (const struct grove_selection *self, const void *row, char *text, size_t size)
{
  struct grove_value value;

  self->value (row, 0, self->user_data, &value);
  if (value.type == GROVE_COLUMN_TEXT)
    return value.u.text != NULL ? value.u.text : "";
  (void) snprintf (text, size, "%" PRId64, value.u.integer);
  return text;
}

static bool
is_wanted (const struct grove_selection *self, const void *row)
{
  char        text[32];
  const char *key = key_text (self, row, text, sizeof text);

  return bsearch (&key, self->sorted_keys, self->n_keys, sizeof *self->sorted_keys,
                  compare_texts) != NULL;
}

void
grove_selection_offer (struct grove_selection *self, const void *row)
{
  uint64_t rank;

  self->total++;
  if (!grove_filter_accepts (self->filter, row, self->value, self->user_data))
    return;
  if (self->keys != NULL && !is_wanted (self, row))
    return;
  self->matched++;
  if (self->k == 0)
    return;
  rank = rank_of (self, row);
  if (!self->heap)
    {
      gather (self, rank, row);
      return;
    }
  if (self->n < self->k)
    {
      put (self, next_entry (self), rank, row);
      sift_up (self, self->n++);
      return;
    }
  if (rank > self->entries[0].rank)
    return;
  if (compare_rows (self, rank, row, self->entries[0].rank, row_of (self, &self->entries[0])) < 0)
    {
      put (self, &self->entries[0], rank, row);
      sift_down (self);
    }
}

/* The rows of the wanted keys, in the order of those. */
static void
take_keys (struct grove_selection *self)
{
  size_t n = 0;

  for (size_t i = 0; i < self->n_keys; i++)
    for (size_t e = n; e < self->n; e++)
      {
        char text[32];

        if (strcmp (key_text (self, row_of (self, &self->entries[e]), text, sizeof text),
                    self->keys[i]) != 0)
          continue;
        swap (&self->entries[n++], &self->entries[e]);
        break;
      }
  self->n = n;
  self->offset = 0;
  self->limit = n;
}

/* Puts the window where its anchor has its place. */
static void
find_anchor (struct grove_selection *self)
{
  struct entry anchor;
  uint64_t     n_before = 0;
  char         text[32];
  size_t       at = 0;

  while (at < self->n &&
         strcmp (key_text (self, row_of (self, &self->entries[at]), text, sizeof text),
                 self->anchor) != 0)
    at++;
  if (at == self->n)
    return;
  anchor = self->entries[at];
  for (size_t i = 0; i < self->n; i++)
    n_before += i != at && before (self, &self->entries[i], &anchor);
  self->anchored = true;
  self->offset = n_before > self->anchor_row ? n_before - self->anchor_row : 0;
}

size_t
grove_selection_window (struct grove_selection *self, const void ***ret_rows)
{
  size_t first, n;

  if (!self->ordered && self->keys != NULL)
    take_keys (self);
  else if (!self->ordered && self->anchor[0] != '\0')
    find_anchor (self);
  first = self->offset < self->n ? (size_t) self->offset : self->n;
  n = self->n - first;
  if (n > self->limit)
    n = (size_t) self->limit;
  if (!self->ordered)
    {
      if (n > 0 && first > 0)
        quickselect (self, 0, self->n, first);
      if (n > 0 && first + n < self->n)
        quickselect (self, first, self->n, first + n - 1);
      if (n > 1 && self->keys == NULL)
        qsort_r (self->entries + first, n, sizeof *self->entries, compare_entries, self);
      self->window = grove_must_resize (NULL, n, sizeof *self->window);
      for (size_t i = 0; i < n; i++)
        self->window[i] = row_of (self, &self->entries[first + i]);
      self->n_window = n;
      self->ordered = true;
    }
  *ret_rows = self->window;
  return self->n_window;
}

void
grove_selection_tell_anchor (const struct grove_selection *self, struct grove_rows *rows)
{
  if (self->anchored)
    grove_rows_anchored (rows, self->offset);
}

uint64_t
grove_selection_total (const struct grove_selection *self)
{
  return self->total;
}

uint64_t
grove_selection_matched (const struct grove_selection *self)
{
  return self->matched;
}
