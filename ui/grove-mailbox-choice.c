/* SPDX-License-Identifier: MIT
 *
 * GroveMailboxChoice: two small tables, of the fullest mailboxes and of those that most is sent to,
 * and a memory of who was worth a card a moment ago, so that cards do not come and go with each
 * message.
 */
#include "ui/grove-mailbox-choice.h"

#include "observer/grove-process-table.h"
#include "ui/grove-mailbox-order.h"

#include <string.h>

#define RANKING_MS 500
/* Beside the fullest there are this many of those that most is sent to, so that one sees the wave
 * before it breaks. */
#define MAX_BUSY 7
/* A mailbox is worth a card when it holds this many messages, or any for this long: one that is
 * empty again before it can be read is only noise. */
#define NOTABLE    10
#define NOTABLE_US (3 * G_USEC_PER_SEC / 2)
/* One that has drained keeps its card this long: the next wave is often near. */
#define LINGER_US (12 * G_USEC_PER_SEC)
/* Who is looked at when there are more than cards: those that have one, and the fullest. */
#define CANDIDATES_MAX 64

/* What is remembered of a mailbox that holds messages, or did. */
typedef struct
{
  gint64   since_us;   /* since when it is not empty */
  gint64   last_us;    /* when it last held a message */
  gint64   n_messages; /* that it held then */
  gboolean notable;
} Record;

struct _GroveMailboxChoice
{
  GroveProcessTable *table;              /* the fullest */
  GroveProcessTable *busy;               /* those that most is sent to */
  GPtrArray         *slots, *busy_slots; /* GroveProcessItem: held so that the tables keep them */
  GHashTable        *records;            /* pid -> Record */
  GrovePins         *pins;
  void (*loading_changed) (gpointer user_data);
  gpointer user_data;
};

static Record *
get_record (GroveMailboxChoice *self, const char *pid)
{
  Record *record = g_hash_table_lookup (self->records, pid);

  if (record == NULL)
    {
      record = g_new0 (Record, 1);
      g_hash_table_insert (self->records, g_strdup (pid), record);
    }
  return record;
}

static void
note_full (GroveMailboxChoice *self, const GroveProcessRow *row, gint64 now_us)
{
  Record *record = get_record (self, row->pid);

  /* The ranking comes every half second: a gap of more means that it was empty between. */
  if (now_us - record->last_us > 2 * RANKING_MS * 1000)
    record->since_us = now_us;
  record->last_us = now_us;
  record->n_messages = row->messages;
  record->notable =
    record->notable || row->messages >= NOTABLE || now_us - record->since_us >= NOTABLE_US;
}

/* Who is busiest changes from second to second: one that has a card keeps it, and only places that
 * are free are given to others. */
static void
note_busy (GroveMailboxChoice *self, GHashTable *cards, gint64 now_us)
{
  guint n_cards = g_hash_table_size (cards);

  for (guint i = 0; i < self->busy_slots->len; i++)
    {
      const GroveProcessRow *row =
        grove_process_item_get_row (g_ptr_array_index (self->busy_slots, i));
      Record *record;

      if (row == NULL || row->messages_in_per_s < 0.5)
        continue;
      if (!g_hash_table_contains (cards, row->pid) && n_cards++ >= MAX_BUSY)
        continue;
      record = get_record (self, row->pid);
      record->last_us = now_us;
      record->n_messages = row->messages;
      record->notable = TRUE;
    }
}

/* One that may have a card. */
typedef struct
{
  const char *pid;
  gint64      fill;
  gboolean    has_card;
} Candidate;

static int
compare_candidates (gconstpointer a, gconstpointer b)
{
  const Candidate *x = a, *y = b;

  if (x->has_card != y->has_card)
    return x->has_card ? -1 : 1;
  return x->fill != y->fill ? (x->fill > y->fill ? -1 : 1) : strcmp (x->pid, y->pid);
}

/* The notable ones that hold messages now, or did a moment ago: those with cards, then the others,
 * the fullest first. */
static GArray *
list_candidates (GroveMailboxChoice *self, GHashTable *cards, gint64 now_us)
{
  GArray        *candidates = g_array_new (FALSE, FALSE, sizeof (Candidate));
  GHashTableIter iter;
  gpointer       key, value;

  g_hash_table_iter_init (&iter, self->records);
  while (g_hash_table_iter_next (&iter, &key, &value))
    {
      const Record   *record = value;
      const gint64    ago_us = now_us - record->last_us;
      const Candidate candidate = { .pid = key,
                                    .fill =
                                      ago_us <= 2 * RANKING_MS * 1000 ? record->n_messages : 0,
                                    .has_card = g_hash_table_contains (cards, key) };

      if (ago_us > LINGER_US)
        g_hash_table_iter_remove (&iter);
      else if (record->notable && !grove_pins_contain (self->pins, key))
        g_array_append_val (candidates, candidate);
    }
  g_array_sort (candidates, compare_candidates);
  return candidates;
}

/* When there are too many, the fullest; but who has a card keeps it until another clearly holds
 * more. */
static void
add_candidates (const GArray *candidates, GPtrArray *pids)
{
  gint64      fills[CANDIDATES_MAX] = { 0 };
  guint       order[CANDIDATES_MAX];
  const guint n = MIN (candidates->len, CANDIDATES_MAX);

  for (guint i = 0; i < n; i++)
    {
      fills[i] = g_array_index (candidates, Candidate, i).fill;
      order[i] = i;
    }
  grove_mailbox_order (fills, order, n, 0);
  for (guint i = 0; i < MIN (n, GROVE_MAILBOX_CARDS_MAX); i++)
    g_ptr_array_add (pids, g_strdup (g_array_index (candidates, Candidate, order[i]).pid));
}

GPtrArray *
grove_mailbox_choice_choose (GroveMailboxChoice *self, GHashTable *cards, gint64 now_us)
{
  GPtrArray *pids = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (GArray) candidates = NULL;

  for (guint i = 0; i < self->slots->len; i++)
    {
      const GroveProcessRow *row = grove_process_item_get_row (g_ptr_array_index (self->slots, i));

      if (row != NULL && row->messages > 0)
        note_full (self, row, now_us);
    }
  note_busy (self, cards, now_us);
  for (guint i = 0; i < grove_pins_get_n (self->pins); i++)
    g_ptr_array_add (pids, g_strdup (grove_pins_get (self->pins, i)));
  candidates = list_candidates (self, cards, now_us);
  add_candidates (candidates, pids);
  return pids;
}

gint64
grove_mailbox_choice_get_n_messages (GroveMailboxChoice *self, const char *pid)
{
  const Record *record = g_hash_table_lookup (self->records, pid);

  return record != NULL ? record->n_messages : 0;
}

static void
hold (GPtrArray *slots, GroveProcessTable *table, guint max)
{
  guint n = MIN (g_list_model_get_n_items (G_LIST_MODEL (table)), max);

  g_ptr_array_set_size (slots, 0);
  for (guint i = 0; i < n; i++)
    g_ptr_array_add (slots, g_list_model_get_item (G_LIST_MODEL (table), i));
}

static void
hold_slots (GroveMailboxChoice *self)
{
  hold (self->slots, self->table, GROVE_MAILBOX_CARDS_MAX);
  hold (self->busy_slots, self->busy, MAX_BUSY);
}

static void
on_loading (GroveMailboxChoice *self)
{
  self->loading_changed (self->user_data);
}

static GroveProcessTable *
follow (GroveMailboxChoice *self, GroveSession *session, const char *column, guint ms, guint n)
{
  GroveProcessTable *table = grove_process_table_new (session, ms);

  grove_process_table_set_sort (table, column, TRUE);
  grove_process_table_set_viewport (table, 0, n);
  g_signal_connect_swapped (table, "items-changed", G_CALLBACK (hold_slots), self);
  return table;
}

GroveMailboxChoice *
grove_mailbox_choice_new (GroveSession *session,
                          GrovePins    *pins,
                          void (*loading_changed) (gpointer user_data),
                          gpointer user_data)
{
  GroveMailboxChoice *self = g_new0 (GroveMailboxChoice, 1);

  self->slots = g_ptr_array_new_with_free_func (g_object_unref);
  self->busy_slots = g_ptr_array_new_with_free_func (g_object_unref);
  self->records = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  self->pins = g_object_ref (pins);
  self->loading_changed = loading_changed;
  self->user_data = user_data;
  self->table = follow (self, session, "messages", RANKING_MS, GROVE_MAILBOX_CARDS_MAX);
  self->busy = follow (self, session, "messages_in/s", RANKING_MS * 2, MAX_BUSY);
  g_signal_connect_swapped (self->table, "notify::loading", G_CALLBACK (on_loading), self);
  g_signal_connect_swapped (self->table, "notify::refusal", G_CALLBACK (on_loading), self);
  return self;
}

void
grove_mailbox_choice_free (GroveMailboxChoice *self)
{
  g_signal_handlers_disconnect_by_data (self->table, self);
  g_signal_handlers_disconnect_by_data (self->busy, self);
  g_ptr_array_unref (self->slots);
  g_ptr_array_unref (self->busy_slots);
  g_hash_table_unref (self->records);
  g_object_unref (self->pins);
  g_object_unref (self->table);
  g_object_unref (self->busy);
  g_free (self);
}

void
grove_mailbox_choice_set_active (GroveMailboxChoice *self, gboolean active)
{
  if (active)
    hold_slots (self);
  grove_process_table_set_active (self->table, active);
  grove_process_table_set_active (self->busy, active);
}

gboolean
grove_mailbox_choice_is_loading (GroveMailboxChoice *self)
{
  gboolean loading = FALSE;

  g_object_get (self->table, "loading", &loading, NULL);
  return loading;
}

void
grove_mailbox_choice_forget (GroveMailboxChoice *self)
{
  g_hash_table_remove_all (self->records);
}

const char *
grove_mailbox_choice_get_refusal (GroveMailboxChoice *self)
{
  return grove_table_get_refusal (GROVE_TABLE (self->table));
}
