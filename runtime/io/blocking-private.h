/* SPDX-License-Identifier: MIT
 *
 * What tests see of the threads for work that blocks.
 */
#pragma once

#include <stdint.h>

struct grove_blocking_view
{
  uint32_t n_threads;
  uint32_t n_idle;
  uint32_t n_waiting; /* pieces of work in line */
};

/* Any thread. */
struct grove_blocking_view _grove_blocking_look (void);
