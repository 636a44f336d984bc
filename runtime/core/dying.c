/* SPDX-License-Identifier: MIT
 *
 * See dying.h.
 */
#include "runtime/core/dying.h"

#include "runtime/core/block.h"
#include "runtime/core/bonds.h"
#include "runtime/core/heap.h"
#include "runtime/core/hold.h"
#include "runtime/core/mailbox.h"
#include "runtime/core/memory.h"
#include "runtime/core/registry.h"
#include "runtime/core/runtime.h"
#include "runtime/core/suspend-private.h"

/* What a step may spend, and on what: about 50 us together. A message to somebody costs more the
 * longer the reason is that it carries. */
#define STEP_BUDGET    2000
#define COST_OF_SIGNAL 4
#define COST_OF_HOLD   40 /* a system call or two */
#define BYTES_A_UNIT   512

/* The releases run as the process, on the scheduler's stack: its own frames may be anywhere. They
 * are not pre-empted, but counted like any slice. */
static bool
run_releases (struct grove_scheduler *self, struct grove_dying *dying, int32_t *left)
{
  struct grove_bonds *bonds = dying->process->bonds;
  int32_t             left_of_slice = _grove_reductions_left;

  if (bonds == NULL || bonds->defers == NULL)
    return true;
  self->current = dying->process;
  self->deferring = true;
  _grove_reductions_left = *left;
  while (bonds->defers != NULL && (_grove_reductions_left > 0 || _grove_runtime.ending))
    {
      struct grove_defer *defer = bonds->defers;
      bonds->defers = defer->next;
      _grove_reductions_left -= COST_OF_SIGNAL;
      /* The process, or the release before, may have ended in a function the runtime called. */
      dying->process->no_preempt = 0;
      /* One that ends "its process" ends itself; the next goes on here. */
      if (setjmp (self->escape) == 0)
        defer->release (defer->data);
    }
  self->deferring = false;
  self->current = NULL;
  *left = _grove_reductions_left;
  /* Heirs have what the process left of its slice, not of this. */
  _grove_reductions_left = left_of_slice;
  return bonds->defers == NULL;
}

static bool
release_holds (struct grove_process *process, int32_t *left)
{
  while (*left > 0)
    {
      if (!_grove_hold_release_one (process))
        return true;
      *left -= COST_OF_HOLD;
    }
  return false;
}

static bool
turn_round (struct grove_dying *dying, int32_t *left)
{
  while (dying->unordered != NULL)
    {
      struct grove_message *signal = dying->unordered;
      if (--*left < 0)
        return false;
      dying->unordered = signal->next;
      signal->next = dying->ordered;
      dying->ordered = signal;
    }
  return true;
}

static bool
refuse (struct grove_process *process, struct grove_message **list, int32_t *left)
{
  while (*list != NULL)
    {
      struct grove_message *signal = *list;
      bool                  is_message = signal->kind == GROVE_SIGNAL_MESSAGE;
      if (*left <= 0)
        return false;
      *left -= is_message ? 1 : COST_OF_SIGNAL;
      *list = signal->next;
      if (is_message)
        GROVE_ADD (process->removed, _grove_message_count (signal));
      _grove_signal_refuse ((grove_pid) signal->generation << 32 | process->index, signal);
    }
  return true;
}

/* What somebody is told who is in a place of a table of the dying. */
typedef void (*tell_func) (struct grove_dying *dying, const struct grove_relation *place);

/* All are told the same, so that a large reason is there once for all of them. */
static void
tell_linked (struct grove_dying *dying, const struct grove_relation *place)
{
  if (!_grove_relation_is_link (place))
    return;
  if (dying->exit == NULL)
    dying->exit =
      _grove_signal_new_exit (GROVE_SIGNAL_LINK_EXIT, _grove_process_pid (dying->process),
                              dying->ending.reason);
  _grove_signal_send (place->key,
                      _grove_signal_copy (dying->exit, _grove_signal_term (dying->exit)));
}

static void
tell_watcher (struct grove_dying *dying, const struct grove_relation *place)
{
  _grove_signal_send (place->value,
                      _grove_signal_new_down (place->key, _grove_process_pid (dying->process),
                                              dying->ending.reason));
}

static void
tell_watched (struct grove_dying *dying, const struct grove_relation *place)
{
  struct grove_message *signal = _grove_signal_new (GROVE_SIGNAL_DEMONITOR, 0, place->key);

  signal->sender = _grove_process_pid (dying->process);
  _grove_signal_send (place->value, signal);
}

static void
tell_target (struct grove_dying *dying, const struct grove_relation *place)
{
  _grove_suspend_tell (_grove_process_pid (dying->process), place->key, GROVE_SIGNAL_RESUME);
}

static void
tell_suspender (struct grove_dying *dying, const struct grove_relation *place)
{
  _grove_suspend_tell (_grove_process_pid (dying->process), place->key, GROVE_SIGNAL_SUSPEND_GONE);
}

static bool
tell (struct grove_dying           *dying,
      const struct grove_relations *relations,
      tell_func                     one,
      int32_t                       cost,
      int32_t                      *left)
{
  while (dying->place < relations->capacity)
    {
      const struct grove_relation *place = &relations->places[dying->place];
      if (*left <= 0)
        return false;
      dying->place++;
      *left -= 1;
      if (place->key != 0)
        {
          one (dying, place);
          *left -= cost;
        }
    }
  dying->place = 0;
  return true;
}

static bool
tell_suspension (struct grove_dying *dying, int32_t *left)
{
  struct grove_process    *process = dying->process;
  struct grove_suspension *suspension = process->bonds != NULL ? process->bonds->suspension : NULL;

  if (suspension == NULL)
    return true;
  if (dying->phase == GROVE_DYING_TARGETS)
    return tell (dying, &suspension->targets, tell_target, COST_OF_SIGNAL, left);
  _grove_suspend_end (process);
  return tell (dying, &suspension->by, tell_suspender, COST_OF_SIGNAL, left);
}

static bool
tell_bonds (struct grove_dying *dying, int32_t *left)
{
  const struct grove_bonds *bonds = dying->process->bonds;
  int32_t                   cost = COST_OF_SIGNAL;

  /* Nobody is left to hear it when the runtime stops. */
  if (bonds == NULL || _grove_runtime.ending)
    return true;
  if (dying->phase == GROVE_DYING_WATCHED)
    return tell (dying, &bonds->monitors, tell_watched, cost, left);
  if (dying->phase == GROVE_DYING_LINKS)
    return tell (dying, &bonds->links, tell_linked, cost, left);
  cost += (int32_t) (dying->ending.reason.size / BYTES_A_UNIT);
  return tell (dying, &bonds->monitored_by, tell_watcher, cost, left);
}

/* What others can see of it. */
static void
leave_sight (struct grove_scheduler *self, struct grove_process *process, struct grove_term reason)
{
  _grove_process_account (self, process, reason);
  _grove_registry_forget (process);
  if (!_grove_runtime.ending)
    _grove_timers_end (process);
}

struct grove_message *
_grove_dying_close_inqueue (struct grove_process *process)
{
  uintptr_t in =
    atomic_exchange_explicit (&process->inqueue, GROVE_IN_CLOSED, memory_order_acq_rel);

  return in > GROVE_IN_SPECIAL ? (struct grove_message *) in : NULL;
}

void
_grove_dying_give_back (struct grove_scheduler *self, struct grove_process *process)
{
  if (_grove_process_pid (process) == _grove_runtime.main)
    grove_stop ();
  _grove_table_give (&self->near, process);
}

static void
gone (struct grove_scheduler *self, struct grove_dying *dying)
{
  struct grove_process *process = dying->process;

  _grove_bonds_free (process);
  free (dying->ending.owned);
  if (dying->exit != NULL)
    _grove_block_free (dying->exit);
  if (dying->ending.block != NULL)
    _grove_block_free (dying->ending.block);
  _grove_dying_give_back (self, process);
}

/* False: the budget is spent. */
static bool
do_phase (struct grove_scheduler *self, struct grove_dying *dying, int32_t *left)
{
  struct grove_process *process = dying->process;

  switch (dying->phase)
    {
    case GROVE_DYING_RELEASES:
      return run_releases (self, dying, left);
    case GROVE_DYING_HOLDS:
      return release_holds (process, left);
    case GROVE_DYING_TARGETS:
    case GROVE_DYING_SUSPENDERS:
      return tell_suspension (dying, left);
    case GROVE_DYING_NAME:
      leave_sight (self, process, dying->ending.reason);
      dying->unordered = _grove_dying_close_inqueue (process);
      return true;
    case GROVE_DYING_LEFTOVER:
      return refuse (process, &dying->ending.leftover, left);
    case GROVE_DYING_TURNED:
      return turn_round (dying, left);
    case GROVE_DYING_REFUSED:
      return refuse (process, &dying->ordered, left);
    case GROVE_DYING_LINKS:
    case GROVE_DYING_WATCHERS:
    case GROVE_DYING_WATCHED:
      return tell_bonds (dying, left);
    case GROVE_DYING_MAILBOX:
      return _grove_mailbox_free (process, left);
    case GROVE_DYING_HEAP:
      return _grove_heap_free_all (process, left);
    case GROVE_DYING_GONE:
      break;
    }
  abort ();
}

/* @phase, or the first behind it that has anything to do: most processes have nothing of what most
 * phases are for. */
static enum grove_dying_phase
next_phase (const struct grove_dying *dying, enum grove_dying_phase phase)
{
  bool bound = dying->process->bonds != NULL;

  if (phase < GROVE_DYING_NAME && !bound)
    return GROVE_DYING_NAME;
  if (phase > GROVE_DYING_NAME && phase < GROVE_DYING_LINKS && dying->ending.leftover == NULL &&
      dying->unordered == NULL && dying->ordered == NULL)
    phase = GROVE_DYING_LINKS;
  if (phase >= GROVE_DYING_LINKS && phase < GROVE_DYING_MAILBOX && !bound)
    phase = GROVE_DYING_MAILBOX;
  return phase;
}

/* True: it is gone. */
static bool
step (struct grove_scheduler *self, struct grove_dying *dying)
{
  int32_t left = _grove_runtime.ending ? INT32_MAX : STEP_BUDGET;

  dying->phase = next_phase (dying, dying->phase);
  while (do_phase (self, dying, &left))
    if ((dying->phase = next_phase (dying, dying->phase + 1)) == GROVE_DYING_GONE)
      {
        gone (self, dying);
        return true;
      }
    /* What takes for ever when the runtime stops may take several times for ever. */
    else if (_grove_runtime.ending)
      left = INT32_MAX;
  return false;
}

/* Does the first step, and keeps the rest, if any, for later ones. */
static void
begin (struct grove_scheduler *self, struct grove_dying dying)
{
  struct grove_dying *rest;

  if (step (self, &dying))
    return;
  rest = _grove_malloc (sizeof *rest);
  *rest = dying;
  *self->dying_last = rest;
  self->dying_last = &rest->next;
}

void
_grove_dying_begin (struct grove_scheduler    *self,
                    struct grove_process      *process,
                    const struct grove_ending *ending)
{
  begin (self, (struct grove_dying){
                 .process = process, .ending = *ending, .phase = GROVE_DYING_RELEASES });
}

void
_grove_dying_refuse (struct grove_scheduler *self,
                     struct grove_process   *process,
                     struct grove_message   *unordered)
{
  begin (self, (struct grove_dying){
                 .process = process, .unordered = unordered, .phase = GROVE_DYING_TURNED });
}

void
_grove_dying_step (struct grove_scheduler *self)
{
  struct grove_dying *dying = self->dying;

  /* It took a slice's time. */
  self->ticks = 0;
  if (!step (self, dying))
    return;
  self->dying = dying->next;
  if (self->dying == NULL)
    self->dying_last = &self->dying;
  free (dying);
}
