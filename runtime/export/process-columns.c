/* SPDX-License-Identifier: MIT
 *
 * See process-columns.h. Rates are differences between two looks at the same process at least 0.9 s
 * apart; the earlier look is kept by table slot, in 24 bytes, only for processes whose rate
 * somebody asked for.
 *
 * Server thread only.
 */
#include "runtime/export/process-columns.h"

#include "runtime/export/runtime-source.h"

#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#define RATE_SPAN_MS 900

#define WANTS(column) ((wanted >> GROVE_COLUMN_PROCESSES_##column & 1) != 0)
#define FIELD(field)  GROVE_BATCH_BIT (GROVE_BATCH_##field)

/* Counters are kept in their low 32 bits: what passes between two looks is far less. */
struct grove_rate
{
  uint32_t generation; /* plus 1: 0 is none */
  uint32_t at_ms;
  uint32_t reductions, received;
  float    reductions_s, received_s;
};

/* Texts of pids that stay where they are, while they are compared. */
struct pid_text
{
  grove_pid pid;
  char     *text;
};

struct grove_pid_texts
{
  struct pid_text *places; /* by hash of the pid; 0: free */
  size_t           n, capacity;
};

/* ---- Texts of pids ----------------------------------------------------------------------------
 */

static struct pid_text *
place_of (const struct grove_pid_texts *self, grove_pid pid)
{
  size_t at = (size_t) ((pid ^ pid >> 32) * UINT64_C (0x9E3779B97F4A7C15) >> 32);

  for (;; at++)
    {
      struct pid_text *place = &self->places[at & (self->capacity - 1)];

      if (place->pid == pid || place->pid == 0)
        return place;
    }
}

static void
make_room (struct grove_pid_texts *self)
{
  struct grove_pid_texts bigger = { .capacity = self->capacity ? self->capacity * 2 : 64 };

  if (self->capacity != 0 && self->n * 2 < self->capacity)
    return;
  bigger.n = self->n;
  bigger.places = calloc (bigger.capacity, sizeof *bigger.places);
  if (!bigger.places)
    abort ();
  for (size_t i = 0; i < self->capacity; i++)
    if (self->places[i].pid)
      *place_of (&bigger, self->places[i].pid) = self->places[i];
  free (self->places);
  *self = bigger;
}

static const char *
text_of (struct grove_pid_texts *self, grove_pid pid)
{
  struct pid_text *place;

  if (!pid)
    return "";
  make_room (self);
  place = place_of (self, pid);
  if (!place->pid)
    {
      place->pid = pid;
      place->text = malloc (GROVE_PID_TEXT_SIZE);
      if (!place->text)
        abort ();
      grove_pid_print (pid, place->text);
      self->n++;
    }
  return place->text;
}

void
_grove_process_columns_forget (struct grove_process_columns *self)
{
  struct grove_pid_texts *texts = self->supervisor_texts;

  if (!texts)
    return;
  for (size_t i = 0; i < texts->capacity; i++)
    free (texts->places[i].text);
  free (texts->places);
  free (texts);
  self->supervisor_texts = NULL;
}

/* ---- Rates ------------------------------------------------------------------------------------
 */

static bool
have_rates (struct grove_process_columns *self)
{
  void *memory;

  if (self->rates)
    return true;
  self->n_rates = _grove_observe_capacity ();
  memory = mmap (NULL, self->n_rates * sizeof *self->rates, PROT_READ | PROT_WRITE,
                 MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  if (memory != MAP_FAILED)
    self->rates = memory;
  return self->rates != NULL;
}

/* Nearly all of a million wait, and dividing is what takes time. */
static inline float
per_second (uint32_t n, uint32_t passed_ms)
{
  return n == 0 ? 0 : (float) n * 1000.0f / (float) passed_ms;
}

static inline void
look_at (
  struct grove_rate *rate, grove_pid pid, uint32_t now_ms, uint32_t reductions, uint32_t received)
{
  const uint32_t generation = (uint32_t) (pid >> 32) + 1;
  const uint32_t passed_ms = now_ms - rate->at_ms;

  if (rate->generation != generation)
    *rate = (struct grove_rate){ generation, now_ms, reductions, received, 0, 0 };
  else if (passed_ms >= RATE_SPAN_MS)
    {
      rate->reductions_s = per_second (reductions - rate->reductions, passed_ms);
      rate->received_s = per_second (received - rate->received, passed_ms);
      rate->at_ms = now_ms;
      rate->reductions = reductions;
      rate->received = received;
    }
}

static void
make_rates (struct grove_process_columns *self)
{
  const struct grove_process_batch *batch = &self->batch;
  const uint32_t                    now_ms = (uint32_t) (grove_now_ns () / 1000000);

  if (!have_rates (self))
    {
      memset (self->messages_in_s, 0, batch->n * sizeof *self->messages_in_s);
      memset (self->reductions_s, 0, batch->n * sizeof *self->reductions_s);
      return;
    }
  for (size_t i = 0; i < batch->n; i++)
    {
      struct grove_rate *rate = &self->rates[(uint32_t) batch->pid[i]];

      look_at (rate, batch->pid[i], now_ms, (uint32_t) batch->reductions[i],
               (uint32_t) batch->n_received[i]);
      self->messages_in_s[i] = (double) rate->received_s;
      self->reductions_s[i] = (double) rate->reductions_s;
    }
}

/* One that was spawned after the clock was read is new, not of the future. */
static void
make_ages (struct grove_process_columns *self)
{
  const int64_t now_ns = (int64_t) grove_now_ns ();

  for (size_t i = 0; i < self->batch.n; i++)
    self->ages[i] = now_ns > self->batch.started_ns[i] ? now_ns - self->batch.started_ns[i] : 0;
}

/* ---- Names ------------------------------------------------------------------------------------
 */

static void
make_pids (struct grove_process_columns *self)
{
  for (size_t i = 0; i < self->batch.n; i++)
    {
      grove_pid_print (self->batch.pid[i], self->pid_texts[i]);
      self->pids[i] = self->pid_texts[i];
    }
}

/* Names are interned for the life of the runtime, so they need no copy. */
static void
make_apps (struct grove_process_columns *self)
{
  for (size_t i = 0; i < self->batch.n; i++)
    {
      const grove_pid group = self->batch.group[i];
      const size_t    at = (group ^ group >> 32) % GROVE_APP_MEMO;

      if (!self->app_memo[at].name || self->app_memo[at].group != group)
        {
          self->app_memo[at].group = group;
          self->app_memo[at].name = _grove_application_name (group);
        }
      self->apps[i] = self->app_memo[at].name;
    }
}

static void
make_currents (struct grove_process_columns *self)
{
  for (size_t i = 0; i < self->batch.n; i++)
    {
      const struct grove_process_sample sample = { .where = self->batch.where[i] };
      const size_t                      at = (sample.where ^ sample.where >> 8) % GROVE_WHERE_MEMO;
      struct grove_frame                frame;

      if (!self->where_memo[at].function || self->where_memo[at].where != sample.where)
        {
          _grove_observe_where (&sample, &frame);
          self->where_memo[at].where = sample.where;
          self->where_memo[at].function = frame.function;
        }
      self->currents[i] = self->where_memo[at].function;
    }
}

static void
make_supervision (struct grove_process_columns *self)
{
  if (!self->supervisor_texts)
    self->supervisor_texts = calloc (1, sizeof *self->supervisor_texts);
  if (!self->supervisor_texts)
    abort ();
  for (size_t i = 0; i < self->batch.n; i++)
    {
      struct grove_supervision_node node;
      grove_pid                     parent;
      const bool found = _grove_supervision_find (self->batch.pid[i], &parent, &node);

      self->supervisors[i] = text_of (self->supervisor_texts, found ? parent : 0);
      self->restarts[i] = found ? node.restarts : 0;
    }
}

static void
make_words (struct grove_process_columns *self, uint64_t wanted)
{
  for (size_t i = 0; WANTS (STATUS) && i < self->batch.n; i++)
    self->statuses[i] = _grove_status_name ((enum grove_process_status) self->batch.status[i]);
  for (size_t i = 0; WANTS (PRIORITY) && i < self->batch.n; i++)
    self->priorities[i] = _grove_priority_name ((enum grove_priority) self->batch.priority[i]);
}

/* ---- All of them ------------------------------------------------------------------------------
 */

uint32_t
_grove_process_columns_fields (uint64_t wanted)
{
  static const uint32_t fields[GROVE_N_COLUMNS_PROCESSES] = {
    [GROVE_COLUMN_PROCESSES_NAME] = FIELD (NAME),
    [GROVE_COLUMN_PROCESSES_STATUS] = FIELD (STATUS),
    [GROVE_COLUMN_PROCESSES_MESSAGES] = FIELD (MAILBOX),
    [GROVE_COLUMN_PROCESSES_MESSAGES_IN_S] = FIELD (RECEIVED) | FIELD (REDUCTIONS),
    [GROVE_COLUMN_PROCESSES_MAILBOX_BYTES] = FIELD (MAILBOX),
    [GROVE_COLUMN_PROCESSES_REDUCTIONS] = FIELD (REDUCTIONS),
    [GROVE_COLUMN_PROCESSES_REDUCTIONS_S] = FIELD (RECEIVED) | FIELD (REDUCTIONS),
    [GROVE_COLUMN_PROCESSES_MEMORY] = FIELD (MEMORY),
    [GROVE_COLUMN_PROCESSES_HEAP] = FIELD (HEAP),
    [GROVE_COLUMN_PROCESSES_STACK] = FIELD (STACK),
    [GROVE_COLUMN_PROCESSES_PRIORITY] = FIELD (PRIORITY),
    [GROVE_COLUMN_PROCESSES_INITIAL] = FIELD (INITIAL),
    [GROVE_COLUMN_PROCESSES_CURRENT] = FIELD (WHERE),
    [GROVE_COLUMN_PROCESSES_APP] = FIELD (GROUP),
    [GROVE_COLUMN_PROCESSES_STARTED_NS] = FIELD (STARTED),
    [GROVE_COLUMN_PROCESSES_SCHEDULER] = FIELD (SCHEDULER),
    [GROVE_COLUMN_PROCESSES_LINKS] = FIELD (LINKS),
    [GROVE_COLUMN_PROCESSES_TRAP_EXIT] = FIELD (TRAP_EXIT),
    [GROVE_COLUMN_PROCESSES_SYSTEM] = FIELD (SYSTEM),
    [GROVE_COLUMN_PROCESSES_AGE] = FIELD (STARTED),
  };
  uint32_t all = 0;

  for (size_t column = 0; column < GROVE_N_COLUMNS_PROCESSES; column++)
    if (wanted >> column & 1)
      all |= fields[column];
  return all;
}

void
_grove_process_columns_make (struct grove_process_columns *self, uint64_t wanted)
{
  self->columns.n = self->batch.n;
  for (size_t i = 0; i < self->batch.n; i++)
    self->keys[i] = _grove_process_key (self->batch.pid[i]);
  if (WANTS (PID))
    make_pids (self);
  if (WANTS (STATUS) || WANTS (PRIORITY))
    make_words (self, wanted);
  if (WANTS (MESSAGES_IN_S) || WANTS (REDUCTIONS_S))
    make_rates (self);
  if (WANTS (AGE))
    make_ages (self);
  if (WANTS (CURRENT))
    make_currents (self);
  if (WANTS (APP))
    make_apps (self);
  if (WANTS (SUPERVISOR) || WANTS (RESTARTS))
    make_supervision (self);
}

void
_grove_process_columns_init (struct grove_process_columns *self)
{
  const void **values = self->values;

  memset (self, 0, sizeof *self);
  values[GROVE_COLUMN_PROCESSES_PID] = self->pids;
  values[GROVE_COLUMN_PROCESSES_NAME] = self->batch.name;
  values[GROVE_COLUMN_PROCESSES_STATUS] = self->statuses;
  values[GROVE_COLUMN_PROCESSES_MESSAGES] = self->batch.n_messages;
  values[GROVE_COLUMN_PROCESSES_MESSAGES_IN_S] = self->messages_in_s;
  values[GROVE_COLUMN_PROCESSES_MAILBOX_BYTES] = self->batch.mailbox_bytes;
  values[GROVE_COLUMN_PROCESSES_REDUCTIONS] = self->batch.reductions;
  values[GROVE_COLUMN_PROCESSES_REDUCTIONS_S] = self->reductions_s;
  values[GROVE_COLUMN_PROCESSES_MEMORY] = self->batch.memory_bytes;
  values[GROVE_COLUMN_PROCESSES_HEAP] = self->batch.heap_bytes;
  values[GROVE_COLUMN_PROCESSES_STACK] = self->batch.stack_bytes;
  values[GROVE_COLUMN_PROCESSES_PRIORITY] = self->priorities;
  values[GROVE_COLUMN_PROCESSES_INITIAL] = self->batch.initial;
  values[GROVE_COLUMN_PROCESSES_CURRENT] = self->currents;
  values[GROVE_COLUMN_PROCESSES_APP] = self->apps;
  values[GROVE_COLUMN_PROCESSES_SUPERVISOR] = self->supervisors;
  values[GROVE_COLUMN_PROCESSES_RESTARTS] = self->restarts;
  values[GROVE_COLUMN_PROCESSES_STARTED_NS] = self->batch.started_ns;
  values[GROVE_COLUMN_PROCESSES_SCHEDULER] = self->batch.scheduler;
  values[GROVE_COLUMN_PROCESSES_LINKS] = self->batch.n_links;
  values[GROVE_COLUMN_PROCESSES_TRAP_EXIT] = self->batch.trap_exit;
  values[GROVE_COLUMN_PROCESSES_SYSTEM] = self->batch.system;
  values[GROVE_COLUMN_PROCESSES_AGE] = self->ages;
  for (size_t i = 0; i < GROVE_N_COLUMNS_PROCESSES; i++)
    grove_assert (values[i]);
  self->columns.keys = self->keys;
  self->columns.values = values;
}

void
_grove_process_columns_begin (struct grove_process_columns *self)
{
  memset (self->app_memo, 0, sizeof self->app_memo);
}

void
_grove_process_columns_finish (struct grove_process_columns *self)
{
  _grove_process_columns_forget (self);
  if (self->rates)
    munmap (self->rates, self->n_rates * sizeof *self->rates);
  self->rates = NULL;
}
