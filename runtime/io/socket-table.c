/* SPDX-License-Identifier: MIT
 *
 * See socket-table.h. Each socket is looked after by one scheduler (core/poll.h), at first by that
 * of the process that made it, then by that of whoever waited last to read from it.
 *
 * Waiting: the waiter publishes its question and looks at `ready` after it; who announces sets
 * `ready` and looks for the question after it; both sequentially consistent, so that one sees the
 * other.
 */
#include "runtime/io/socket-table.h"

#include "runtime/core/lock.h"
#include "runtime/core/memory.h"
#include "runtime/core/question.h"
#include "runtime/core/scheduler.h"

#include <errno.h>
#include <string.h>
#include <sys/epoll.h>
#include <unistd.h>

#define CLOSED     (UINT64_C (1) << 31)
#define CHUNK      1024U
#define MAX_CHUNKS 1024U

/* Chunks stay for as long as the program runs. */
static struct
{
  struct grove_lock                     lock; /* guards all but the reading of `chunks` */
  _Atomic (struct grove_socket_place *) chunks[MAX_CHUNKS];
  uint32_t                              n_chunks;
  uint32_t                              first_free; /* index + 1; 0: none */
} table = { .lock = GROVE_LOCK_INIT (GROVE_RANK_SOCKETS) };

/* ---- Places ---------------------------------------------------------------------------------- */

static struct grove_socket_place *
place_at (uint32_t index)
{
  struct grove_socket_place *chunk;

  if (index >= CHUNK * MAX_CHUNKS)
    return NULL;
  chunk = atomic_load_explicit (&table.chunks[index / CHUNK], memory_order_acquire);
  return chunk != NULL ? &chunk[index % CHUNK] : NULL;
}

static void
add_chunk_locked (void)
{
  size_t                     size = CHUNK * sizeof (struct grove_socket_place);
  struct grove_socket_place *chunk = aligned_alloc (alignof (struct grove_socket_place), size);

  if (chunk == NULL)
    return;
  memset (chunk, 0, size);
  for (uint32_t i = CHUNK; i-- > 0;)
    {
      chunk[i].index = table.n_chunks * CHUNK + i;
      atomic_store (&chunk[i].word, (UINT64_C (1) << 32) | CLOSED);
      chunk[i].next_free = table.first_free;
      table.first_free = chunk[i].index + 1;
    }
  /* Release: pairs with place_at(). */
  atomic_store_explicit (&table.chunks[table.n_chunks++], chunk, memory_order_release);
}

static struct grove_socket_place *
take (void)
{
  struct grove_socket_place *self = NULL;

  _grove_lock (&table.lock);
  if (table.first_free == 0 && table.n_chunks < MAX_CHUNKS)
    add_chunk_locked ();
  if (table.first_free != 0)
    {
      self = place_at (table.first_free - 1);
      table.first_free = self->next_free;
    }
  _grove_unlock (&table.lock);
  return self;
}

static void
give (struct grove_socket_place *self)
{
  _grove_lock (&table.lock);
  self->next_free = table.first_free;
  table.first_free = self->index + 1;
  _grove_unlock (&table.lock);
}

static uint32_t
generation_of (struct grove_socket_place *self)
{
  return (uint32_t) (atomic_load (&self->word) >> 32);
}

static grove_socket
number_of (struct grove_socket_place *self)
{
  return (grove_socket) generation_of (self) << 32 | self->index;
}

/* ---- Waking ---------------------------------------------------------------------------------- */

static void
answer (struct grove_waiter *waiter)
{
  grove_ref question = atomic_exchange (&waiter->question, 0);

  /* When that one has just given up waiting, another process is asked for an answer to a question
   * that it did not put, which it ignores. */
  if (question != 0)
    _grove_question_answer (atomic_load (&waiter->pid), question, 0);
}

static void
announce (struct grove_socket_place *self, uint32_t directions)
{
  atomic_fetch_or (&self->ready, directions);
  if (directions & GROVE_DIRECTION_READ)
    answer (&self->reader);
  if (directions & GROVE_DIRECTION_WRITE)
    answer (&self->writer);
}

static void
on_events (uint64_t socket, uint32_t events)
{
  struct grove_socket_place *self = place_at ((uint32_t) socket);
  uint32_t                   directions = 0;

  /* Fetched before it was closed, perhaps; then at worst somebody looks once too often. */
  if (self == NULL || generation_of (self) != (uint32_t) (socket >> 32))
    return;
  if (events & (EPOLLIN | EPOLLRDHUP | EPOLLHUP | EPOLLERR))
    directions |= GROVE_DIRECTION_READ;
  if (events & (EPOLLOUT | EPOLLHUP | EPOLLERR))
    directions |= GROVE_DIRECTION_WRITE;
  announce (self, directions);
}

/* ---- Opening and closing --------------------------------------------------------------------- */

static struct grove_poll *
poll_of (struct grove_socket_place *self)
{
  return &_grove_runtime.schedulers[atomic_load (&self->poller)].poll;
}

/* The last user of a closed one has left. */
static void
put_away (struct grove_socket_place *self)
{
  uint64_t word = ((uint64_t) generation_of (self) + 1) << 32 | CLOSED;

  _grove_poll_remove (poll_of (self), self->fd);
  close (self->fd);
  if (self->path != NULL)
    unlink (self->path);
  free (self->path);
  self->path = NULL;
  atomic_store (&self->word, word);
  announce (self, GROVE_DIRECTION_READ | GROVE_DIRECTION_WRITE);
  give (self);
}

static void
release (struct grove_hold *hold)
{
  struct grove_socket_place *self =
    _grove_socket_enter (number_of ((struct grove_socket_place *) hold));

  _grove_socket_close (self);
  _grove_socket_leave (self);
}

static void
arrived (struct grove_hold *hold, grove_pid owner)
{
  atomic_store (&((struct grove_socket_place *) hold)->owner, owner);
}

static pthread_once_t once = PTHREAD_ONCE_INIT;

static void
init_once (void)
{
  _grove_poll_set_func (on_events);
}

enum grove_status
_grove_socket_new (int fd, bool is_socket, const char *path, grove_socket *ret_socket)
{
  struct grove_scheduler    *scheduler = _grove_scheduler_self;
  struct grove_socket_place *self;
  uint64_t                   generation;

  pthread_once (&once, init_once);
  self = take ();
  if (self == NULL)
    return GROVE_ERR_SYSTEM_LIMIT;
  generation = generation_of (self);
  atomic_store (&self->ready, 0);
  atomic_store (&self->poller, scheduler->id);
  atomic_store (&self->owner, grove_self ());
  atomic_store (&self->reader.pid, 0);
  atomic_store (&self->reader.question, 0);
  atomic_store (&self->writer.pid, 0);
  atomic_store (&self->writer.question, 0);
  self->fd = fd;
  self->is_socket = is_socket;
  if (!_grove_poll_add (&scheduler->poll, fd, generation << 32 | self->index))
    {
      give (self);
      return GROVE_ERR_IO;
    }
  self->path = path != NULL ? strdup (path) : NULL;
  self->hold.release = release;
  self->hold.arrived = arrived;
  /* Publishes all of it. */
  atomic_store (&self->word, generation << 32);
  _grove_hold_add (&self->hold);
  *ret_socket = generation << 32 | self->index;
  return GROVE_OK;
}

struct grove_socket_place *
_grove_socket_enter (grove_socket socket)
{
  struct grove_socket_place *self = place_at ((uint32_t) socket);
  uint64_t                   word = self != NULL ? atomic_load (&self->word) : CLOSED;

  do
    if (word >> 32 != socket >> 32 || (word & CLOSED) != 0)
      {
        errno = EBADF;
        return NULL;
      }
  while (!atomic_compare_exchange_weak (&self->word, &word, word + 1));
  return self;
}

void
_grove_socket_leave (struct grove_socket_place *self)
{
  int      saved_errno = errno;
  uint64_t word = atomic_fetch_sub (&self->word, 1) - 1;

  if ((uint32_t) word == CLOSED)
    put_away (self);
  errno = saved_errno;
}

void
_grove_socket_close (struct grove_socket_place *self)
{
  atomic_fetch_or (&self->word, CLOSED);
}

/* ---- Waiting --------------------------------------------------------------------------------- */

static bool
has_ended (grove_pid pid)
{
  struct grove_process *process = _grove_table_block (pid);

  return process == NULL || GROVE_GET (process->generation) != (uint32_t) (pid >> 32) ||
         GROVE_GET (process->state) == GROVE_STATE_EXITING;
}

/* False: another process has it. One that was killed in its wait does not count. */
static bool
claim (struct grove_waiter *waiter, grove_pid self)
{
  grove_pid other = 0;

  while (!atomic_compare_exchange_strong (&waiter->pid, &other, self))
    if (other != 0 && !has_ended (other))
      return false;
  return true;
}

/* The place may be another socket's by now, with a waiter of its own. */
static void
unclaim (struct grove_waiter *waiter, grove_pid self, grove_ref question)
{
  atomic_compare_exchange_strong (&waiter->question, &question, 0);
  atomic_compare_exchange_strong (&waiter->pid, &self, 0);
}

/* Has the caller's own scheduler look after it, so that nobody needs to wake that one. A new
 * descriptor of an epoll is announced at once if there is anything, so that nothing is lost. */
static bool
adopt (grove_socket socket)
{
  struct grove_scheduler    *scheduler = _grove_scheduler_self;
  struct grove_socket_place *self;
  bool                       added = true;

  self = _grove_socket_enter (socket);
  /* Closed: whoever looks again finds that out. */
  if (self == NULL)
    return true;
  if (atomic_load (&self->poller) != scheduler->id)
    {
      _grove_poll_remove (poll_of (self), self->fd);
      added = _grove_poll_add (&scheduler->poll, self->fd, socket);
      if (added)
        atomic_store (&self->poller, scheduler->id);
    }
  _grove_socket_leave (self);
  return added;
}

enum grove_status
_grove_socket_wait (grove_socket socket, enum grove_direction direction, uint64_t deadline_ns)
{
  struct grove_socket_place *self = place_at ((uint32_t) socket);
  struct grove_waiter *waiter = direction == GROVE_DIRECTION_READ ? &self->reader : &self->writer;
  grove_pid            pid = grove_self ();
  grove_ref            question;
  enum grove_status    status = GROVE_OK;
  int64_t              value;

  if (_grove_scheduler_self->deferring)
    return GROVE_ERR_TIMEOUT;
  if (!claim (waiter, pid))
    return GROVE_ERR_BUSY;
  question = _grove_question_new ();
  atomic_store (&waiter->question, question);
  if (direction == GROVE_DIRECTION_READ && !adopt (socket))
    status = GROVE_ERR_IO;
  else if (generation_of (self) == (uint32_t) (socket >> 32) &&
           (atomic_load (&self->ready) & direction) == 0 &&
           !_grove_question_wait (question, deadline_ns, &value))
    status = GROVE_ERR_TIMEOUT;
  _grove_question_drop ();
  unclaim (waiter, pid, question);
  return status;
}

uint64_t
_grove_socket_deadline (int64_t timeout_ns)
{
  if (timeout_ns == 0)
    return 0;
  return timeout_ns == GROVE_FOREVER ? UINT64_MAX : grove_now_ns () + (uint64_t) timeout_ns;
}
