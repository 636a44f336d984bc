/* SPDX-License-Identifier: MIT
 *
 * The timeouts of processes that wait, see timers.h.
 */
#include "runtime/core/memory.h"
#include "runtime/core/scheduler.h"
#include "runtime/core/timers.h"

static void
list_add (struct grove_timeouts *self, struct grove_timeout_chunk *chunk)
{
  chunk->previous = NULL;
  chunk->next = self->with_room;
  if (chunk->next != NULL)
    chunk->next->previous = chunk;
  self->with_room = chunk;
}

static void
list_remove (struct grove_timeouts *self, struct grove_timeout_chunk *chunk)
{
  if (chunk->previous != NULL)
    chunk->previous->next = chunk->next;
  else
    self->with_room = chunk->next;
  if (chunk->next != NULL)
    chunk->next->previous = chunk->previous;
}

static void
add_chunk (struct grove_timeouts *self)
{
  struct grove_timeout_chunk *chunk = _grove_malloc (sizeof *chunk);

  while (self->hint < self->n_chunks && self->chunks[self->hint] != NULL)
    self->hint++;
  if (self->hint == self->n_chunks)
    {
      uint32_t n = self->n_chunks == 0 ? 8 : self->n_chunks * 2;
      self->chunks = _grove_realloc (self->chunks, n * sizeof (struct grove_timeout_chunk *));
      while (self->n_chunks < n)
        self->chunks[self->n_chunks++] = NULL;
    }
  chunk->index = self->hint;
  chunk->n = 0;
  chunk->free = 0;
  for (uint32_t i = 0; i < GROVE_TIMEOUT_CHUNK; i++)
    chunk->timeouts[i].next = i + 1;
  self->chunks[chunk->index] = chunk;
  list_add (self, chunk);
}

static uint32_t
take (struct grove_timeouts *self, struct grove_timeout **ret_timeout)
{
  struct grove_timeout_chunk *chunk;
  uint32_t                    place;

  if (self->with_room == NULL)
    add_chunk (self);
  chunk = self->with_room;
  place = chunk->free;
  chunk->free = chunk->timeouts[place].next;
  if (++chunk->n == GROVE_TIMEOUT_CHUNK)
    list_remove (self, chunk);
  *ret_timeout = &chunk->timeouts[place];
  return chunk->index * GROVE_TIMEOUT_CHUNK + place;
}

static void
give (struct grove_timeouts *self, uint32_t number)
{
  struct grove_timeout_chunk *chunk = self->chunks[number / GROVE_TIMEOUT_CHUNK];
  uint32_t                    place = number % GROVE_TIMEOUT_CHUNK;

  chunk->timeouts[place].next = chunk->free;
  chunk->free = place;
  if (chunk->n-- == GROVE_TIMEOUT_CHUNK)
    list_add (self, chunk);
  if (chunk->n > 0 || (chunk->next == NULL && chunk->previous == NULL))
    return;
  list_remove (self, chunk);
  self->chunks[chunk->index] = NULL;
  if (chunk->index < self->hint)
    self->hint = chunk->index;
  free (chunk);
}

void
_grove_timers_add (struct grove_timers *self, struct grove_process *process, uint64_t deadline_ns)
{
  struct grove_timeout *timeout;

  process->timer = take (&self->timeouts, &timeout);
  timeout->user = false;
  timeout->process = process;
  _grove_wheel_add (&self->wheel, &timeout->wheel, deadline_ns);
}

static struct grove_timeout *
timeout_of (struct grove_timers *self, const struct grove_process *process)
{
  return &self->timeouts.chunks[process->timer / GROVE_TIMEOUT_CHUNK]
            ->timeouts[process->timer % GROVE_TIMEOUT_CHUNK];
}

void
_grove_timers_remove (struct grove_timers *self, struct grove_process *process)
{
  if (process->timer == GROVE_NO_TIMEOUT)
    return;
  _grove_wheel_remove (&timeout_of (self, process)->wheel);
  give (&self->timeouts, process->timer);
  process->timer = GROVE_NO_TIMEOUT;
}

void
_grove_timeout_expire (struct grove_timers *self, struct grove_timeout *timeout)
{
  struct grove_process *process = timeout->process;

  give (&self->timeouts, process->timer);
  process->timer = GROVE_NO_TIMEOUT;
  process->timed_out = true;
  /* A signal that came at this moment the process looks at first. */
  if (GROVE_GET (process->state) == GROVE_STATE_WAITING)
    _grove_process_make_runnable (process);
}

void
_grove_timeouts_finish (struct grove_timers *self)
{
  for (uint32_t i = 0; i < self->timeouts.n_chunks; i++)
    free (self->timeouts.chunks[i]);
  free (self->timeouts.chunks);
  self->timeouts = (struct grove_timeouts){ .chunks = NULL };
}
