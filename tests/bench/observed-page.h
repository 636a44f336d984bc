/* SPDX-License-Identifier: MIT
 *
 * The page that an observed system shares with who started it.
 */
#pragma once

#include <stdalign.h>
#include <stdatomic.h>
#include <stdint.h>

#define MAX_WORKERS 16

struct observed_page
{
  _Atomic int      pace; /* enum observed_pace */
  _Atomic uint64_t target;
  _Atomic uint64_t condemned, ended_ns;
  struct
  {
    alignas (64) _Atomic uint64_t n;
  } work[MAX_WORKERS];
};
