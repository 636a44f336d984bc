/* SPDX-License-Identifier: MIT
 *
 * Pools: a fixed number of long-lived workers, each lent to one process at a time. A pool is a
 * supervisor with two children: the supervisor of the workers, which starts those again that end,
 * and the manager, which lends them, first come, first served. A process that ends without giving
 * its worker back has given it back; a worker that ends is replaced.
 */
#pragma once

#include "runtime/otp/supervisor.h"

GROVE_BEGIN_DECLS

struct grove_pool_spec
{
  const char *name;      /* 1 to 55 bytes; the pool's processes are registered under it */
  unsigned    size;      /* workers there always are: 1 to 100,000 */
  unsigned max_overflow; /* that are started beyond those while all are lent, and stopped again */
  /* Starts a worker, linked to the caller: as a child of a supervisor. */
  enum grove_status (*start) (const void *arg, grove_pid *ret_pid, struct grove_buffer *ret_reason);
  const void *arg; /* copied when arg_size > 0, else it must outlive the pool */
  size_t      arg_size;
  uint32_t    shutdown_ms; /* of a worker, as in struct grove_child_spec */
  unsigned    intensity; /* restarts of workers within @period_s before the whole pool is restarted,
                            once, and then given up */
  unsigned period_s;     /* at least 1 */
};

#define GROVE_POOL_DEFAULTS                                                                        \
  {                                                                                                \
    .size = 10, .shutdown_ms = 5000, .intensity = 20, .period_s = 10                               \
  }

/**
 * grove_pool_start:
 * @spec: copied, but for what it says of its members
 * @ret_pid: (out): the pool's supervisor, linked to the caller: a child of type GROVE_SUPERVISOR
 * @ret_reason: (optional): why a worker failed is appended
 *
 * Returns when all workers have started.
 *
 * Threads: owner process only. Blocks: yes. Cost: that of its workers.
 * Errors: GROVE_ERR_EXITED (a worker failed), GROVE_ERR_NAME_TAKEN, GROVE_ERR_BADARG
 * Returns: GROVE_OK or an error
 * Since: 0.1
 */
GROVE_PUBLIC enum grove_status grove_pool_start (const struct grove_pool_spec *spec,
                                                 grove_pid                    *ret_pid,
                                                 struct grove_buffer *ret_reason) GROVE_NODISCARD;

/**
 * grove_pool_checkout:
 * @pool: its name
 * @timeout_ns: nanoseconds; 0: only if one is free; GROVE_FOREVER waits
 * @ret_worker: (out): the caller's until grove_pool_checkin(), or until the caller ends
 *
 * Threads: owner process only. Blocks: yes, until a worker is free. Cost: a call.
 * Errors: GROVE_ERR_TIMEOUT, GROVE_ERR_NO_NAME (there is no such pool), GROVE_ERR_EXITED (it has
 * ended meanwhile), GROVE_ERR_BADARG
 * Returns: GROVE_OK or an error
 * Since: 0.1
 */
GROVE_PUBLIC enum grove_status
grove_pool_checkout (const char *pool, int64_t timeout_ns, grove_pid *ret_worker) GROVE_NODISCARD;

/**
 * grove_pool_checkin:
 * @pool: its name; a pool that is gone hears nothing
 * @worker: of grove_pool_checkout(); any other has no effect
 *
 * Threads: owner process only. Blocks: no. Cost: a message.
 * Errors: none
 * Since: 0.1
 */
GROVE_PUBLIC void grove_pool_checkin (const char *pool, grove_pid worker);

/**
 * grove_pool_transaction:
 * @pool: its name
 * @timeout_ns: as for grove_pool_checkout()
 * @work: called with the worker; whatever happens in it, the worker is given back
 * @arg: for @work
 *
 * Threads: owner process only. Blocks: yes, until a worker is free. Cost: a call, and @work.
 * Errors: as grove_pool_checkout(); @work has not been called then
 * Returns: GROVE_OK or an error
 * Since: 0.1
 */
GROVE_PUBLIC enum grove_status grove_pool_transaction (const char *pool,
                                                       int64_t     timeout_ns,
                                                       void (*work) (grove_pid worker, void *arg),
                                                       void *arg) GROVE_NODISCARD;

struct grove_pool_status
{
  uint64_t free;     /* workers that nobody has */
  uint64_t lent;     /* workers that somebody has */
  uint64_t overflow; /* of both, those beyond the pool's size */
  uint64_t waiting;  /* processes that wait for one */
};

/**
 * grove_pool_status:
 * @pool: its name
 * @ret_status: (out): untouched when there is an error
 *
 * Threads: owner process only. Blocks: yes. Cost: a call.
 * Errors: GROVE_ERR_NO_NAME, GROVE_ERR_EXITED, GROVE_ERR_BADARG
 * Returns: GROVE_OK or an error
 * Since: 0.1
 */
GROVE_PUBLIC enum grove_status
grove_pool_status (const char *pool, struct grove_pool_status *ret_status) GROVE_NODISCARD;

GROVE_END_DECLS
