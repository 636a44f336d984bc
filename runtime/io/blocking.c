/* SPDX-License-Identifier: MIT
 *
 * Threads for work that blocks, see blocking.h. A piece of work is a job in memory of its own,
 * which the process and the thread both know. Its state says who frees it: whoever of the two comes
 * last. The process holds it (hold.h), so that its end is a way of coming.
 */
#include "runtime/io/blocking.h"

#include "runtime/core/hold.h"
#include "runtime/core/lock.h"
#include "runtime/core/memory.h"
#include "runtime/core/question.h"
#include "runtime/core/runtime-private.h"
#include "runtime/core/scheduler.h"
#include "runtime/core/thread.h"
#include "runtime/io/blocking-private.h"

#include <errno.h>
#include <string.h>
#include <time.h>

#define MAX_WAITING 10000U
#define MAX_SIZE    65536U
#define IDLE_NS     UINT64_C (1000000000)
#define LOW_TURNS   8 /* as schedulers do it */

enum state
{
  UNDER_WAY,
  DONE,
  ABANDONED, /* by its process */
};

struct job
{
  struct grove_hold hold; /* first */
  struct job       *next; /* in line */
  _Atomic unsigned  state;
  void (*work) (void *data);
  void (*drop) (void *data);
  grove_pid pid;
  grove_ref question;
  int       error; /* errno as @work left it */
  alignas (16) uint8_t data[];
};

struct worker
{
  pthread_t      thread;
  struct worker *next;
};

struct line
{
  struct job *first, **last;
};

static struct
{
  struct grove_lock lock; /* guards the rest */
  pthread_cond_t    more; /* there is work in line, or `stopping` */
  pthread_cond_t    gone; /* a thread has left */
  struct line       normal, low;
  uint32_t          n_waiting;
  uint32_t          n_threads;
  uint32_t          n_idle;
  unsigned          passed_over;
  bool              stopping;
  struct worker    *left; /* to be joined */
} pool = { .lock = GROVE_LOCK_INIT (GROVE_RANK_BLOCKING) };

static pthread_once_t pool_once = PTHREAD_ONCE_INIT;

/* ---- Jobs ------------------------------------------------------------------------------------ */

static void
job_drop (struct job *job)
{
  if (job->drop != NULL)
    job->drop (job->data);
  free (job);
}

/* The process does not want it any more. True: it was done, and is the caller's to free. */
static bool
abandon (struct job *job)
{
  unsigned state = UNDER_WAY;

  /* Acquire, release: each side sees what the other did to the data before. */
  return !atomic_compare_exchange_strong (&job->state, &state, ABANDONED);
}

static void
job_release (struct grove_hold *hold)
{
  struct job *job = (struct job *) hold;

  if (abandon (job))
    job_drop (job);
}

static void
job_finish (struct job *job, bool begin)
{
  grove_pid pid = job->pid;
  grove_ref question = job->question;
  unsigned  state = UNDER_WAY;

  if (begin && atomic_load (&job->state) == UNDER_WAY)
    {
      errno = 0;
      job->work (job->data);
      job->error = errno;
    }
  /* From here on it is the process's, which may have freed it when it is answered. */
  if (atomic_compare_exchange_strong (&job->state, &state, DONE))
    _grove_question_answer (pid, question, 0);
  else
    job_drop (job);
}

/* ---- Threads --------------------------------------------------------------------------------- */

static struct job *
take_from (struct line *line)
{
  struct job *job = line->first;

  line->first = job->next;
  if (line->first == NULL)
    line->last = &line->first;
  pool.n_waiting--;
  return job;
}

/* NULL: there is none. */
static struct job *
take_locked (void)
{
  if (pool.n_waiting == 0)
    return NULL;
  if (pool.normal.first == NULL || (pool.low.first != NULL && ++pool.passed_over >= LOW_TURNS))
    {
      pool.passed_over = 0;
      return take_from (&pool.low);
    }
  return take_from (&pool.normal);
}

/* Waits for work; false: there was none for long, or never will be. */
static bool
wait_locked (void)
{
  struct timespec until;
  uint64_t        until_ns = grove_now_ns () + IDLE_NS;
  int             error = 0;

  until.tv_sec = (time_t) (until_ns / 1000000000);
  until.tv_nsec = (long) (until_ns % 1000000000);
  pool.n_idle++;
  while (pool.n_waiting == 0 && !pool.stopping && error != ETIMEDOUT)
    error = pthread_cond_timedwait (&pool.more, &pool.lock.mutex, &until);
  pool.n_idle--;
  return pool.n_waiting > 0;
}

static void *
worker_thread (void *data)
{
  struct worker *self = data;

  _grove_lock (&pool.lock);
  for (;;)
    {
      struct job *job = take_locked ();
      bool        begin = !pool.stopping;

      if (job == NULL && !wait_locked ())
        break;
      if (job == NULL)
        continue;
      _grove_unlock (&pool.lock);
      job_finish (job, begin);
      _grove_lock (&pool.lock);
    }
  pool.n_threads--;
  self->next = pool.left;
  pool.left = self;
  pthread_cond_signal (&pool.gone);
  _grove_unlock (&pool.lock);
  return NULL;
}

static void
join_all (struct worker *worker)
{
  while (worker != NULL)
    {
      struct worker *next = worker->next;
      pthread_join (worker->thread, NULL);
      free (worker);
      worker = next;
    }
}

static bool
start_worker_locked (void)
{
  struct worker *worker = _grove_malloc (sizeof *worker);
  bool           started = _grove_thread_start (&worker->thread, worker_thread, worker);

  if (started)
    pool.n_threads++;
  else
    free (worker);
  return started;
}

/* The work that is under way comes to its end, that in line is not begun. Jobs are freed with their
 * processes. */
static void
stop (void)
{
  struct worker *left;

  _grove_lock (&pool.lock);
  pool.stopping = true;
  pthread_cond_broadcast (&pool.more);
  while (pool.n_threads > 0)
    pthread_cond_wait (&pool.gone, &pool.lock.mutex);
  left = pool.left;
  pool.left = NULL;
  pool.stopping = false;
  _grove_unlock (&pool.lock);
  join_all (left);
}

static void
init_once (void)
{
  pthread_condattr_t monotonic;

  pthread_condattr_init (&monotonic);
  pthread_condattr_setclock (&monotonic, CLOCK_MONOTONIC);
  pthread_cond_init (&pool.more, &monotonic);
  pthread_condattr_destroy (&monotonic);
  pthread_cond_init (&pool.gone, NULL);
  pool.normal.last = &pool.normal.first;
  pool.low.last = &pool.low.first;
  _grove_runtime_at_stop (stop);
}

/* ---- Asking ---------------------------------------------------------------------------------- */

static bool
submit (struct job *job, bool low)
{
  struct line   *line = low ? &pool.low : &pool.normal;
  struct worker *left;
  bool           accepted;

  _grove_lock (&pool.lock);
  accepted = !pool.stopping && pool.n_waiting < MAX_WAITING;
  if (accepted && pool.n_waiting >= pool.n_idle && pool.n_threads < _grove_runtime.max_blocking)
    accepted = start_worker_locked () || pool.n_threads > 0;
  if (accepted)
    {
      job->next = NULL;
      *line->last = job;
      line->last = &job->next;
      pool.n_waiting++;
      pthread_cond_signal (&pool.more);
    }
  left = pool.left;
  pool.left = NULL;
  _grove_unlock (&pool.lock);
  join_all (left);
  return accepted;
}

static struct job *
job_new (void (*work) (void *data), const void *data, size_t size, void (*drop) (void *data))
{
  grove_ref   question = _grove_question_new ();
  struct job *job = _grove_malloc (sizeof *job + size);

  job->hold.release = job_release;
  job->hold.arrived = NULL;
  atomic_init (&job->state, UNDER_WAY);
  job->work = work;
  job->drop = drop;
  job->pid = grove_self ();
  job->question = question;
  job->error = 0;
  if (size > 0)
    memcpy (job->data, data, size);
  return job;
}

enum grove_status
_grove_blocking_run (
  void (*work) (void *data), void *data, size_t size, void (*drop) (void *data), int64_t timeout_ns)
{
  struct grove_process *self = _grove_process_require ();
  uint64_t              deadline =
    timeout_ns == GROVE_FOREVER ? UINT64_MAX : grove_now_ns () + (uint64_t) timeout_ns;
  bool        low = (uint32_t) GROVE_GET (self->priority) == GROVE_PRIORITY_LOW;
  struct job *job;
  int64_t     answer;
  bool        answered;
  int         error;

  if (work == NULL || (data == NULL && size > 0) || size > MAX_SIZE || timeout_ns < 0 ||
      _grove_scheduler_self->deferring)
    return GROVE_ERR_BADARG;
  pthread_once (&pool_once, init_once);
  job = job_new (work, data, size, drop);
  _grove_hold_add (&job->hold);
  if (!submit (job, low))
    {
      _grove_hold_remove (&job->hold);
      free (job);
      return GROVE_ERR_SYSTEM_LIMIT;
    }
  answered = _grove_question_wait (job->question, deadline, &answer);
  /* First: who abandons it has it no more. */
  _grove_hold_remove (&job->hold);
  if (!answered && !abandon (job))
    {
      _grove_charge (1);
      return GROVE_ERR_TIMEOUT;
    }
  if (size > 0)
    memcpy (data, job->data, size);
  error = job->error;
  free (job);
  errno = error;
  _grove_charge (1);
  return GROVE_OK;
}

enum grove_status
grove_blocking (
  void (*work) (void *data), void *data, size_t size, void (*drop) (void *data), int64_t timeout_ns)
{
  struct grove_process *self = _grove_process_require ();

  GROVE_SET (self->where, (uintptr_t) __builtin_return_address (0));
  return _grove_blocking_run (work, data, size, drop, timeout_ns);
}

struct grove_blocking_view
_grove_blocking_look (void)
{
  struct grove_blocking_view view;

  _grove_lock (&pool.lock);
  view = (struct grove_blocking_view){ pool.n_threads, pool.n_idle, pool.n_waiting };
  _grove_unlock (&pool.lock);
  return view;
}
