/* SPDX-License-Identifier: MIT
 *
 * The locks of the runtime and their ranks. A thread takes locks in rising rank only, and a process
 * holds none when it gives up its scheduler: both are checked where assertions are on. All of them
 * are held for a few hundred nanoseconds; what happens thousands of times a second takes none.
 */
#pragma once

#include <assert.h>
#include <pthread.h>
#include <stdbool.h>

enum grove_lock_rank
{
  GROVE_RANK_LEASE = 1, /* suspend-lease.c: what one observer suspends */
  GROVE_RANK_REGISTRY,  /* registry.c: names and who has them */
  GROVE_RANK_TABLE,     /* process-table.c: control blocks nobody uses */
  GROVE_RANK_INTERN,    /* intern.c: strings that live as long as the runtime */
  GROVE_RANK_EVENTS,    /* event.c: events of threads that are no scheduler */
  GROVE_RANK_CRASHES,   /* crash.c: the last reports */
  GROVE_RANK_LOG,       /* log.c: the last lines */
  GROVE_RANK_SYMBOLS,   /* symbol.c: addresses that processes want named */
  GROVE_RANK_BLOCKING,  /* io/blocking.c: work for threads of its own */
  GROVE_RANK_SOCKETS,   /* io/socket-table.c: places nobody uses */
  GROVE_RANK_DEPOT,     /* block.c: chains of free blocks; one lock a size */
};

struct grove_lock
{
  pthread_mutex_t      mutex;
  enum grove_lock_rank rank; /* set once */
};

#define GROVE_LOCK_INIT(lock_rank)                                                                 \
  {                                                                                                \
    PTHREAD_MUTEX_INITIALIZER, lock_rank                                                           \
  }

void _grove_lock (struct grove_lock *self);
void _grove_unlock (struct grove_lock *self);
/* Gives it up while it waits for @condition. */
void _grove_lock_wait (struct grove_lock *self, pthread_cond_t *condition);

/* Whether the calling thread holds any. */
bool _grove_lock_held (void);

/* The ranks the calling thread holds, a bit each. */
extern _Thread_local unsigned _grove_lock_ranks __attribute__ ((tls_model ("initial-exec")));

/* Aborts if the calling thread holds any. */
static inline void
_grove_lock_check_none (void)
{
  assert (_grove_lock_ranks == 0);
}
