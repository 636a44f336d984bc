/* SPDX-License-Identifier: MIT
 *
 * Suspending from outside. A lease stands where a process would as the suspender, with a number
 * that is no process's. It keeps counts as a process does, behind a lock. Nobody tells a lease that
 * a process has ended: what is left over from those is thrown out when there is much of it.
 */
#include "runtime/core/lock.h"
#include "runtime/core/memory.h"
#include "runtime/core/observe.h"
#include "runtime/core/process-table.h"
#include "runtime/core/scheduler.h"
#include "runtime/core/suspend-private.h"

#include <string.h>

#define PRUNE_FROM 64U

struct grove_lease
{
  struct grove_lock      lock;
  grove_pid              id;     /* its number above, index 0 below */
  struct grove_relations counts; /* pid -> how often */
  uint32_t               prune_at;
};

static _Atomic uint32_t n_leases;

static bool
lives (grove_pid pid)
{
  struct grove_process *process = _grove_table_block (pid);

  return process != NULL &&
         atomic_load_explicit (&process->generation, memory_order_acquire) ==
           (uint32_t) (pid >> 32) &&
         atomic_load_explicit (&process->state, memory_order_acquire) != GROVE_STATE_FREE;
}

struct grove_lease *
_grove_lease_new (void)
{
  struct grove_lease *self = _grove_malloc (sizeof *self);

  *self = (struct grove_lease){
    .lock = GROVE_LOCK_INIT (GROVE_RANK_LEASE),
    .id = (grove_pid) (atomic_fetch_add (&n_leases, 1) + 1) << 32,
    .prune_at = PRUNE_FROM,
  };
  return self;
}

static void
prune_locked (struct grove_lease *self)
{
  struct grove_relations old = self->counts;

  self->counts = (struct grove_relations){ 0 };
  for (uint32_t i = 0; i < old.capacity; i++)
    if (old.places[i].key != 0 && lives (old.places[i].key))
      _grove_relations_put (&self->counts, old.places[i].key, old.places[i].value);
  _grove_relations_finish (&old);
  self->prune_at = 2 * self->counts.n > PRUNE_FROM ? 2 * self->counts.n : PRUNE_FROM;
}

static struct grove_message *
signal_of (const struct grove_lease *self, enum grove_signal_kind kind, size_t size)
{
  struct grove_message *signal = _grove_signal_new (kind, size, 0);

  signal->sender = self->id;
  return signal;
}

static void
resume_locked (struct grove_lease *self, grove_pid pid)
{
  _grove_signal_send (pid, signal_of (self, GROVE_SIGNAL_RESUME, 0));
}

void
_grove_lease_end (struct grove_lease *self)
{
  if (self == NULL)
    return;
  _grove_lock (&self->lock);
  for (uint32_t i = 0; i < self->counts.capacity; i++)
    if (self->counts.places[i].key != 0)
      resume_locked (self, self->counts.places[i].key);
  _grove_relations_finish (&self->counts);
  _grove_unlock (&self->lock);
  free (self);
}

enum grove_status
_grove_observe_suspend (struct grove_lease *self,
                        grove_pid           pid,
                        void (*done) (enum grove_status status, void *user_data),
                        void *user_data)
{
  struct grove_suspend_request request = { done, user_data };
  struct grove_message        *signal = signal_of (self, GROVE_SIGNAL_SUSPEND, sizeof request);
  enum grove_status            status = GROVE_OK;
  struct grove_relation       *relation;

  memcpy (_grove_signal_bytes (signal), &request, sizeof request);
  _grove_lock (&self->lock);
  if (!_grove_signal_try_send (pid, signal))
    {
      _grove_block_free (signal);
      status = GROVE_ERR_NOPROC;
    }
  else
    {
      if (self->counts.n >= self->prune_at)
        prune_locked (self);
      relation = _grove_relations_find (&self->counts, pid);
      _grove_relations_put (&self->counts, pid, relation != NULL ? relation->value + 1 : 1);
    }
  _grove_unlock (&self->lock);
  return status;
}

enum grove_status
_grove_observe_resume (struct grove_lease *self, grove_pid pid)
{
  enum grove_status      status = GROVE_ERR_NOPROC;
  struct grove_relation *relation;

  _grove_lock (&self->lock);
  relation = _grove_relations_find (&self->counts, pid);
  if (relation != NULL && lives (pid))
    {
      status = GROVE_OK;
      if (--relation->value == 0)
        {
          _grove_relations_remove (&self->counts, pid);
          resume_locked (self, pid);
        }
    }
  else if (relation != NULL)
    _grove_relations_remove (&self->counts, pid);
  else if (lives (pid))
    status = GROVE_ERR_BADARG;
  _grove_unlock (&self->lock);
  return status;
}

uint32_t
_grove_lease_count (struct grove_lease *self, grove_pid pid)
{
  struct grove_relation *relation;
  uint32_t               count = 0;

  _grove_lock (&self->lock);
  relation = _grove_relations_find (&self->counts, pid);
  if (relation != NULL && lives (pid))
    count = (uint32_t) relation->value;
  _grove_unlock (&self->lock);
  return count;
}

uint32_t
_grove_lease_size (struct grove_lease *self)
{
  uint32_t n = 0;

  _grove_lock (&self->lock);
  for (uint32_t i = 0; i < self->counts.capacity; i++)
    n += self->counts.places[i].key != 0 && lives (self->counts.places[i].key);
  _grove_unlock (&self->lock);
  return n;
}
