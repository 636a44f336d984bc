/* SPDX-License-Identifier: MIT
 *
 * Choosing a window among rows of which no more is kept than what orders them. An entry is a few
 * 64-bit words, compared one after the other: of each sort key its value, turned so that it orders
 * as an unsigned number (of a text its first eight bytes, and its address, to compare the rest),
 * and last the row's number. For one numeric sort key these are 16 bytes a row.
 *
 * Entries are gathered in piles. Of a pile only the first k can matter: whenever twice as many are
 * there, quickselect throws the worse part away, and from then on nearly every row of a big table
 * is refused by one comparison. (A heap does more for a row that gets in, and in the worst order,
 * which is that of processes by age, all do.) A window that is anchored needs two piles, of what
 * comes before the anchor and what comes after, wherever it is.
 *
 * Threads: any one thread at a time.
 */
#include "protocol/query.h"

#include "protocol/memory.h"

#include <stdlib.h>

#define SHALLOW_MAX 1100
#define GATHER_MIN  2048
#define MAX_WORDS   (2 * GROVE_SORT_KEYS + 1)

struct pile
{
  uint64_t *words; /* n entries */
  size_t    n, capacity;
  size_t    k;    /* as many are wanted */
  int       sign; /* 1: the first ones, -1: the last ones */
  bool      cut;  /* the (k-1)-th is the worst that can still matter */
};

struct grove_ranking
{
  struct grove_sort_key  sort[GROVE_SORT_KEYS];
  enum grove_column_type types[GROVE_SORT_KEYS];
  size_t                 n_sort;
  size_t                 n_words; /* of an entry */
  uint64_t               offset;
  uint32_t               limit, spare, anchor_row;

  uint64_t    matched;
  struct pile pile;   /* from the front, or from the anchor on */
  struct pile before; /* the anchor */
  bool        anchored;
  uint64_t    anchor[MAX_WORDS];
  uint64_t    n_before;
};

/* ---- Entries ----------------------------------------------------------------------------------
 */

static uint64_t
word_of_real (double real)
{
  uint64_t word;

  if (real != real)
    return 0;
  real += 0.0; /* -0.0 sorts as 0.0 */
  memcpy (&word, &real, sizeof word);
  return word >> 63 ? ~word : word | UINT64_C (1) << 63;
}

static uint64_t
word_of_text (const char *text)
{
  uint64_t word = 0;

  for (size_t i = 0; text[i] != '\0' && i < 8; i++)
    word |= (uint64_t) (unsigned char) text[i] << (56 - 8 * i);
  return word;
}

/* The words of the @key-th sort key of rows [first, end). */
static void
make_words (const struct grove_ranking *self,
            const struct grove_columns *columns,
            size_t                      key,
            size_t                      first,
            size_t                      end,
            uint64_t                   *words)
{
  const void    *values = columns->values[self->sort[key].column];
  const uint64_t turn = self->sort[key].descending ? UINT64_MAX : 0;

  if (self->sort[key].column == 0)
    for (size_t i = first; i < end; i++)
      *words++ = columns->keys[i] ^ turn;
  else if (self->types[key] == GROVE_COLUMN_TEXT)
    for (size_t i = first; i < end; i++)
      *words++ = word_of_text (((const char *const *) values)[i]) ^ turn;
  else if (self->types[key] == GROVE_COLUMN_REAL)
    for (size_t i = first; i < end; i++)
      *words++ = word_of_real (((const double *) values)[i]) ^ turn;
  else
    for (size_t i = first; i < end; i++)
      *words++ = (uint64_t) ((const int64_t *) values)[i] ^ UINT64_C (1) << 63 ^ turn;
}

static bool
has_address (const struct grove_ranking *self, size_t key)
{
  return self->types[key] == GROVE_COLUMN_TEXT && self->sort[key].column != 0;
}

static uint64_t
address_of (const struct grove_ranking *self,
            const struct grove_columns *columns,
            size_t                      key,
            size_t                      i)
{
  return (uintptr_t) ((const char *const *) columns->values[self->sort[key].column])[i];
}

static void
make_entry (const struct grove_ranking *self,
            const struct grove_columns *columns,
            size_t                      i,
            uint64_t                   *entry)
{
  for (size_t key = 0; key < self->n_sort; key++)
    {
      make_words (self, columns, key, i, i + 1, entry++);
      if (has_address (self, key))
        *entry++ = address_of (self, columns, key, i);
    }
  *entry = columns->keys[i];
}

static int
compare_addresses (uint64_t a, uint64_t b)
{
  return a == b ? 0 : strcmp ((const char *) (uintptr_t) a, (const char *) (uintptr_t) b);
}

/* Of two whose first words are equal. */
static int
compare_rest (const struct grove_ranking *self, const uint64_t *a, const uint64_t *b)
{
  size_t at = 0;

  for (size_t key = 0; key < self->n_sort; key++)
    {
      if (a[at] != b[at])
        return a[at] < b[at] ? -1 : 1;
      at++;
      if (has_address (self, key))
        {
          const int order = compare_addresses (a[at], b[at]);

          at++;
          if (order != 0)
            return self->sort[key].descending ? -order : order;
        }
    }
  return a[at] < b[at] ? -1 : a[at] > b[at];
}

static inline int
compare (const struct grove_ranking *self, const uint64_t *a, const uint64_t *b)
{
  if (a[0] != b[0])
    return a[0] < b[0] ? -1 : 1;
  return compare_rest (self, a, b);
}

static int
compare_entries (const void *a, const void *b, void *ranking)
{
  return compare (ranking, a, b);
}

/* ---- Piles ------------------------------------------------------------------------------------
 */

static void
pile_init (struct pile *self, size_t k, int sign)
{
  self->k = k;
  self->sign = sign;
}

static inline uint64_t *
entry_of (const struct grove_ranking *ranking, const struct pile *self, size_t i)
{
  return self->words + i * ranking->n_words;
}

static inline void
copy_entry (const struct grove_ranking *ranking, uint64_t *to, const uint64_t *from)
{
  for (size_t i = 0; i < ranking->n_words; i++)
    to[i] = from[i];
}

static inline void
swap_entries (const struct grove_ranking *ranking, uint64_t *a, uint64_t *b)
{
  for (size_t i = 0; i < ranking->n_words; i++)
    {
      const uint64_t kept = a[i];

      a[i] = b[i];
      b[i] = kept;
    }
}

/* Whether @a is better: nearer to the end of the order that the pile keeps. */
static inline bool
is_before (const struct grove_ranking *ranking,
           const struct pile          *self,
           const uint64_t             *a,
           const uint64_t             *b)
{
  return compare (ranking, a, b) * self->sign < 0;
}

/* Arranges [first, end) so that the one that belongs at @nth is there, the better before it. */
static void
quickselect (
  const struct grove_ranking *ranking, struct pile *self, size_t first, size_t end, size_t nth)
{
  uint64_t pivot[MAX_WORDS];

  while (end - first > 1)
    {
      const size_t last = end - 1, middle = first + (last - first) / 2;
      uint64_t    *a = entry_of (ranking, self, first);
      uint64_t    *m = entry_of (ranking, self, middle);
      uint64_t    *z = entry_of (ranking, self, last);
      size_t       i = first, j = last;

      if (is_before (ranking, self, m, a))
        swap_entries (ranking, m, a);
      if (is_before (ranking, self, z, a))
        swap_entries (ranking, z, a);
      if (is_before (ranking, self, z, m))
        swap_entries (ranking, z, m);
      copy_entry (ranking, pivot, m);
      for (;;)
        {
          while (is_before (ranking, self, entry_of (ranking, self, i), pivot))
            i++;
          while (is_before (ranking, self, pivot, entry_of (ranking, self, j)))
            j--;
          if (i >= j)
            break;
          swap_entries (ranking, entry_of (ranking, self, i++), entry_of (ranking, self, j--));
        }
      if (nth <= j)
        end = j + 1;
      else
        first = j + 1;
    }
}

static uint64_t *
next_entry (const struct grove_ranking *ranking, struct pile *self)
{
  if (self->n == self->capacity)
    {
      self->capacity = self->capacity == 0 ? 64 : self->capacity * 2;
      self->words =
        grove_must_resize (self->words, self->capacity, ranking->n_words * sizeof *self->words);
    }
  return entry_of (ranking, self, self->n);
}

/* What no entry that is worse than it can get in with; NULL: all can. */
static inline const uint64_t *
pile_worst (const struct grove_ranking *ranking, const struct pile *self)
{
  return self->cut ? entry_of (ranking, self, self->k - 1) : NULL;
}

/* Leaves the k that matter. */
static void
pile_cut (const struct grove_ranking *ranking, struct pile *self)
{
  if (self->n <= self->k)
    return;
  if (self->k > 0)
    quickselect (ranking, self, 0, self->n, self->k - 1);
  self->n = self->k;
  self->cut = self->k > 0;
}

/* The entry was made behind the last, and is not worse than the worst. */
static void
pile_keep (const struct grove_ranking *ranking, struct pile *self)
{
  const size_t room = self->k * 2 > GATHER_MIN ? self->k * 2 : GATHER_MIN;

  if (++self->n >= room)
    pile_cut (ranking, self);
}

static void
pile_put (const struct grove_ranking *ranking, struct pile *self, const uint64_t *entry)
{
  const uint64_t *worst = pile_worst (ranking, self);

  if (self->k == 0 || (worst != NULL && !is_before (ranking, self, entry, worst)))
    return;
  copy_entry (ranking, next_entry (ranking, self), entry);
  pile_keep (ranking, self);
}

/* ---- The ranking ------------------------------------------------------------------------------
 */

struct grove_ranking *
grove_ranking_new (const struct grove_table_query *query,
                   const struct grove_table       *table,
                   uint32_t                        spare)
{
  struct grove_ranking *self = grove_must_zero (sizeof *self);
  const uint64_t        k = query->offset + query->limit + spare;

  self->offset = query->offset;
  self->limit = query->limit;
  self->anchor_row = query->anchor_row;
  self->spare = spare;
  self->n_words = 1;
  for (size_t i = 0; i < query->n_sort; i++)
    {
      const uint32_t column = query->sort[i].column;

      /* No two rows have one key, and those equal in all else go by it: nothing behind matters. */
      if (column == 0 && !query->sort[i].descending)
        break;
      self->sort[i] = query->sort[i];
      self->types[i] = table->columns[column].type;
      self->n_sort = i + 1;
      self->n_words += has_address (self, i) ? 2 : 1;
      if (column == 0)
        break;
    }
  pile_init (&self->pile, k < query->offset || k > SIZE_MAX / 256 ? SIZE_MAX / 256 : (size_t) k, 1);
  return self;
}

void
grove_ranking_free (struct grove_ranking *self)
{
  if (self == NULL)
    return;
  free (self->pile.words);
  free (self->before.words);
  free (self);
}

uint64_t
grove_ranking_columns (const struct grove_ranking *self)
{
  uint64_t columns = 0;

  for (size_t i = 0; i < self->n_sort; i++)
    if (self->sort[i].column != 0)
      columns |= UINT64_C (1) << self->sort[i].column;
  return columns;
}

bool
grove_ranking_is_deep (const struct grove_ranking *self)
{
  return self->pile.k > SHALLOW_MAX;
}

void
grove_ranking_set_anchor (struct grove_ranking       *self,
                          const struct grove_columns *columns,
                          size_t                      row)
{
  make_entry (self, columns, row, self->anchor);
  self->anchored = true;
  pile_init (&self->pile, (size_t) self->limit + self->spare, 1);
  pile_init (&self->before, self->anchor_row, -1);
}

static uint64_t
key_of (const struct grove_ranking *self, const uint64_t *entry)
{
  return entry[self->n_words - 1];
}

/* The anchor's own place is the one it had when it was set, wherever it may have gone since. */
static void
offer_anchored (struct grove_ranking *self, const uint64_t *entry)
{
  if (key_of (self, entry) == key_of (self, self->anchor))
    return;
  if (compare (self, entry, self->anchor) < 0)
    {
      self->n_before++;
      pile_put (self, &self->before, entry);
    }
  else
    pile_put (self, &self->pile, entry);
}

/* Whether a row can get in before @worst, by its first word, and by what is cheap to tell behind
 * it: many have one and the same value. */
static inline bool
may_matter (const struct grove_ranking *self,
            const struct grove_columns *columns,
            size_t                      i,
            uint64_t                    word,
            const uint64_t             *worst)
{
  if (word != worst[0] || self->n_sort > 1)
    return word <= worst[0];
  if (self->n_words == 3 && address_of (self, columns, 0, i) != worst[1])
    return true;
  return columns->keys[i] < worst[self->n_words - 1];
}

static void
offer_plain (struct grove_ranking *self, const struct grove_columns *columns, const bool *accepted)
{
  struct pile *pile = &self->pile;
  uint64_t     made[GROVE_COLUMNS_ROWS];
  uint64_t    *entry;

  if (self->n_sort > 0)
    make_words (self, columns, 0, 0, columns->n, made);

  const uint64_t *words = self->n_sort > 0 ? made : columns->keys;
  const uint64_t *worst = pile_worst (self, pile);

  for (size_t i = 0; i < columns->n; i++)
    {
      self->matched += accepted[i];
      if (!accepted[i] || (worst != NULL && !may_matter (self, columns, i, words[i], worst)))
        continue;
      entry = next_entry (self, pile);
      make_entry (self, columns, i, entry);
      worst = pile_worst (self, pile);
      if (worst == NULL || compare (self, entry, worst) < 0)
        pile_keep (self, pile);
      worst = pile_worst (self, pile);
    }
}

void
grove_ranking_offer (struct grove_ranking       *self,
                     const struct grove_columns *columns,
                     const bool                 *accepted)
{
  uint64_t entry[MAX_WORDS];

  if (!self->anchored)
    {
      offer_plain (self, columns, accepted);
      return;
    }
  for (size_t i = 0; i < columns->n; i++)
    if (accepted[i])
      {
        self->matched++;
        make_entry (self, columns, i, entry);
        offer_anchored (self, entry);
      }
}

uint64_t
grove_ranking_matched (const struct grove_ranking *self)
{
  return self->matched;
}

/* Sorts what is in the pile from its @first-th on, at most @n, and copies the keys. */
static size_t
take_keys (struct grove_ranking *self, struct pile *pile, uint64_t first, size_t n, uint64_t *keys)
{
  if (n == 0 || first >= pile->n)
    return 0;
  if (n > pile->n - first)
    n = pile->n - (size_t) first;
  if (first > 0)
    quickselect (self, pile, 0, pile->n, (size_t) first);
  if (first + n < pile->n)
    quickselect (self, pile, (size_t) first, pile->n, (size_t) first + n - 1);
  qsort_r (entry_of (self, pile, (size_t) first), n, self->n_words * sizeof *pile->words,
           compare_entries, self);
  for (size_t i = 0; i < n; i++)
    keys[i] = key_of (self, entry_of (self, pile, (size_t) first + i));
  return n;
}

size_t
grove_ranking_window (struct grove_ranking *self, uint64_t *ret_keys, uint64_t *ret_offset)
{
  const size_t wanted = (size_t) self->limit + self->spare;
  size_t       n;

  if (!self->anchored)
    {
      *ret_offset = self->offset;
      return self->limit > 0 ? take_keys (self, &self->pile, self->offset, wanted, ret_keys) : 0;
    }
  pile_cut (self, &self->before);
  n = take_keys (self, &self->before, 0, self->before.n, ret_keys);
  *ret_offset = self->n_before - n;
  if (n < wanted)
    ret_keys[n++] = key_of (self, self->anchor);
  return n + take_keys (self, &self->pile, 0, wanted - n, ret_keys + n);
}

struct sorted
{
  const struct grove_ranking *ranking;
  const uint64_t             *entries;
};

static int
compare_rows (const void *a, const void *b, void *data)
{
  const struct sorted *sorted = data;
  const size_t         n_words = sorted->ranking->n_words;

  return compare (sorted->ranking, sorted->entries + *(const uint32_t *) a * n_words,
                  sorted->entries + *(const uint32_t *) b * n_words);
}

size_t
grove_ranking_sort (const struct grove_ranking *self,
                    const struct grove_columns *columns,
                    const bool                 *accepted,
                    uint32_t                   *ret_rows)
{
  uint64_t      entries[GROVE_COLUMNS_ROWS * MAX_WORDS];
  struct sorted sorted = { self, entries };
  size_t        n = 0;

  for (size_t i = 0; i < columns->n; i++)
    if (accepted[i])
      {
        make_entry (self, columns, i, entries + i * self->n_words);
        ret_rows[n++] = (uint32_t) i;
      }
  qsort_r (ret_rows, n, sizeof *ret_rows, compare_rows, &sorted);
  return n;
}
