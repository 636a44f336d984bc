/* SPDX-License-Identifier: MIT
 *
 * The mailbox of every process seen lately, over the last minute: GROVE_HISTORY_LENGTH buckets of
 * equal length, the newest holding the latest value. One store a session, so that a sparkline goes
 * on when another view shows the same process. Bounded: past HISTORY_MAX processes the half that
 * was seen longest ago is forgotten.
 */
#include "observer/grove-observer-private.h"

#include <string.h>

#define HISTORY_MAX 4096
#define BUCKET_US   (60 * G_USEC_PER_SEC / GROVE_HISTORY_LENGTH)
/* A process that was not seen for more buckets than this begins anew: nobody knows what it held. */
#define BRIDGED_MAX 2

typedef struct
{
  gint64  bucket; /* of the newest value */
  guint   n;
  guint32 values[GROVE_HISTORY_LENGTH]; /* oldest first */
} Entry;

struct grove_history
{
  GHashTable *entries; /* char *pid -> Entry */
};

GroveHistory *
_grove_history_new (void)
{
  GroveHistory *self = g_new0 (GroveHistory, 1);
  self->entries = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  return self;
}

void
_grove_history_free (GroveHistory *self)
{
  if (self == NULL)
    return;
  g_hash_table_unref (self->entries);
  g_free (self);
}

void
_grove_history_clear (GroveHistory *self)
{
  g_hash_table_remove_all (self->entries);
}

static int
compare_buckets (gconstpointer a, gconstpointer b)
{
  gint64 x = *(const gint64 *) a, y = *(const gint64 *) b;
  return (x > y) - (x < y);
}

static gboolean
is_older (gpointer key, gpointer value, gpointer user_data)
{
  return ((Entry *) value)->bucket < *(gint64 *) user_data;
}

static void
forget_half (GroveHistory *self)
{
  GArray        *buckets = g_array_new (FALSE, FALSE, sizeof (gint64));
  GHashTableIter iter;
  gpointer       value;
  g_hash_table_iter_init (&iter, self->entries);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    g_array_append_val (buckets, ((Entry *) value)->bucket);
  g_array_sort (buckets, compare_buckets);
  gint64 median = g_array_index (buckets, gint64, buckets->len / 2);
  g_hash_table_foreach_remove (self->entries, is_older, &median);
  g_array_unref (buckets);
  /* All were seen in one bucket: there is nothing to prefer. */
  if (g_hash_table_size (self->entries) >= HISTORY_MAX)
    g_hash_table_remove_all (self->entries);
}

/* Time went on by @n buckets in which the process was not seen: what it was last known to hold. */
static void
advance (Entry *entry, guint n)
{
  guint32 last = entry->values[entry->n - 1];
  for (guint i = 0; i < n; i++)
    {
      if (entry->n == GROVE_HISTORY_LENGTH)
        memmove (entry->values, entry->values + 1, sizeof entry->values - sizeof entry->values[0]);
      else
        entry->n++;
      entry->values[entry->n - 1] = last;
    }
}

void
_grove_history_push (GroveHistory *self, const char *pid, gint64 messages, gint64 now_us)
{
  Entry *entry = g_hash_table_lookup (self->entries, pid);
  gint64 bucket = now_us / BUCKET_US;
  if (entry == NULL)
    {
      if (g_hash_table_size (self->entries) >= HISTORY_MAX)
        forget_half (self);
      entry = g_new0 (Entry, 1);
      entry->n = 1;
      entry->bucket = bucket;
      g_hash_table_insert (self->entries, g_strdup (pid), entry);
    }
  else if (bucket > entry->bucket + BRIDGED_MAX + 1)
    {
      entry->n = 1;
      entry->bucket = bucket;
    }
  else if (bucket > entry->bucket)
    {
      advance (entry, (guint) (bucket - entry->bucket));
      entry->bucket = bucket;
    }
  entry->values[entry->n - 1] = (guint32) CLAMP (messages, 0, G_MAXUINT32);
}

const guint32 *
_grove_history_get (GroveHistory *self, const char *pid, guint *ret_n)
{
  Entry *entry = g_hash_table_lookup (self->entries, pid);
  *ret_n = entry != NULL ? entry->n : 0;
  return entry != NULL ? entry->values : NULL;
}
