/* SPDX-License-Identifier: MIT
 *
 * What the pool and its manager share. Private to otp/.
 */
#pragma once

#include "runtime/otp/pool.h"

#define GROVE_POOL_NAME_SIZE 56
#define GROVE_POOL_MAX       100000

/* The manager's start argument. */
struct grove_pool_limits
{
  char     workers[GROVE_CHILD_ID_SIZE]; /* the name of their supervisor */
  unsigned size, max_overflow;
};

extern const struct grove_server_callbacks _grove_pool_manager;
