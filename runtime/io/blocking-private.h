/* SPDX-License-Identifier: MIT
 *
 * Work that blocks, for the runtime itself; and what tests see of the threads.
 */
#pragma once

#include "runtime/io/blocking.h"

struct grove_blocking_view
{
  uint32_t n_threads;
  uint32_t n_idle;
  uint32_t n_waiting; /* pieces of work in line */
};

/* grove_blocking() for one that has noted where its caller waits. */
enum grove_status _grove_blocking_run (void (*work) (void *data),
                                       void  *data,
                                       size_t size,
                                       void (*drop) (void *data),
                                       int64_t timeout_ns) GROVE_NODISCARD;

/* Any thread. */
struct grove_blocking_view _grove_blocking_look (void);
