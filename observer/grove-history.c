/* SPDX-License-Identifier: MIT
 *
 * The mailbox of every process seen lately, over the last minute: a value a second, of which the
 * newest is the latest. A system keeps these for the rows somebody looks at; what it says takes the
 * place of what was seen here. One store a session, so that a sparkline goes on when another view
 * shows the same process. Bounded: past HISTORY_MAX processes the half that was seen longest ago is
 * forgotten.
 */
#include "observer/grove-observer-private.h"

#include <string.h>

#define HISTORY_MAX 4096
/* A process that was not seen for more seconds than this begins anew: nobody knows what it held. */
#define BRIDGED_MAX 6

typedef struct
{
  gint64  second; /* of the newest value */
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
compare_seconds (gconstpointer a, gconstpointer b)
{
  gint64 x = *(const gint64 *) a, y = *(const gint64 *) b;
  return (x > y) - (x < y);
}

static gboolean
is_older (gpointer key, gpointer value, gpointer user_data)
{
  return ((Entry *) value)->second < *(gint64 *) user_data;
}

static void
forget_half (GroveHistory *self)
{
  GArray        *seconds = g_array_new (FALSE, FALSE, sizeof (gint64));
  GHashTableIter iter;
  gpointer       value;
  g_hash_table_iter_init (&iter, self->entries);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    g_array_append_val (seconds, ((Entry *) value)->second);
  g_array_sort (seconds, compare_seconds);
  gint64 median = g_array_index (seconds, gint64, seconds->len / 2);
  g_hash_table_foreach_remove (self->entries, is_older, &median);
  g_array_unref (seconds);
  /* All were seen in one bucket: there is nothing to prefer. */
  if (g_hash_table_size (self->entries) >= HISTORY_MAX)
    g_hash_table_remove_all (self->entries);
}

/* Time went on by @n seconds in which nothing was heard: what it was last known to hold. */
static void
advance (Entry *entry, gint64 n)
{
  guint32 last = entry->values[entry->n - 1];
  for (gint64 i = 0; i < n; i++)
    {
      if (entry->n == GROVE_HISTORY_LENGTH)
        memmove (entry->values, entry->values + 1, sizeof entry->values - sizeof entry->values[0]);
      else
        entry->n++;
      entry->values[entry->n - 1] = last;
    }
  entry->second += n;
}

static Entry *
add_entry (GroveHistory *self, const char *pid)
{
  if (g_hash_table_size (self->entries) >= HISTORY_MAX)
    forget_half (self);
  Entry *entry = g_new0 (Entry, 1);
  g_hash_table_insert (self->entries, g_strdup (pid), entry);
  return entry;
}

void
_grove_history_push (GroveHistory *self, const char *pid, gint64 messages, gint64 second)
{
  Entry *entry = g_hash_table_lookup (self->entries, pid);
  if (entry == NULL)
    entry = add_entry (self, pid);
  if (entry->n == 0 || second > entry->second + BRIDGED_MAX + 1)
    {
      entry->n = 1;
      entry->second = second;
    }
  else if (second > entry->second)
    advance (entry, second - entry->second);
  entry->values[entry->n - 1] = (guint32) CLAMP (messages, 0, G_MAXUINT32);
}

void
_grove_history_take (
  GroveHistory *self, const char *pid, const guint32 *points, guint n, gint64 second)
{
  Entry *entry = g_hash_table_lookup (self->entries, pid);
  if (n == 0)
    return;
  if (entry == NULL)
    entry = add_entry (self, pid);
  gint64  newest = entry->n > 0 ? MAX (entry->second, second) : second;
  guint32 values[GROVE_HISTORY_LENGTH]; /* newest first */
  guint   n_values = 0;
  for (; n_values < GROVE_HISTORY_LENGTH; n_values++)
    {
      gint64 at = newest - n_values;
      if (at <= second && second - at < n)
        values[n_values] = points[n - 1 - (second - at)];
      else if (entry->n > 0 && at <= entry->second && entry->second - at < entry->n)
        values[n_values] = entry->values[entry->n - 1 - (entry->second - at)];
      else
        break;
    }
  if (n_values == 0)
    return;
  entry->second = newest;
  entry->n = n_values;
  for (guint i = 0; i < n_values; i++)
    entry->values[i] = values[n_values - 1 - i];
}

const guint32 *
_grove_history_get (GroveHistory *self, const char *pid, guint *ret_n, gint64 *ret_second)
{
  Entry *entry = g_hash_table_lookup (self->entries, pid);
  *ret_n = entry != NULL ? entry->n : 0;
  *ret_second = entry != NULL ? entry->second : 0;
  return entry != NULL ? entry->values : NULL;
}
