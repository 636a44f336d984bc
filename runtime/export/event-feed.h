/* SPDX-License-Identifier: MIT
 *
 * What happened to processes, gathered from the rings of the schedulers into one, in the order of
 * time as well as the clocks go, and numbered. It is gathered while somebody looks, often enough
 * that the rings seldom overflow, but never for more than a hundredth of a processor; what is
 * overwritten before has numbers too, which nobody gets.
 *
 * Server thread only.
 */
#pragma once

#include "runtime/core/observe.h"

#define GROVE_KEPT_EVENTS 32768

struct grove_kept_event
{
  uint64_t    seq; /* among all events there ever were, from 1 */
  uint64_t    at_ns;
  grove_pid   pid;
  uint64_t    a, b;      /* see observe.h */
  const char *name;      /* what the process was called then; as long as the runtime, or NULL */
  int32_t     scheduler; /* -1: outside */
  enum grove_event_kind kind;
};

struct grove_event_feed
{
  struct grove_event_cursor cursor;
  uint64_t                  last;     /* the number of the newest, lost or not */
  uint64_t                  n;        /* kept so far; the last GROVE_KEPT_EVENTS of them are here */
  uint64_t                  asked_ns; /* when somebody last looked */
  uint32_t                  period_ms; /* of the timer; 0: it does not run */
  struct grove_event       *batch;
  struct grove_kept_event   events[GROVE_KEPT_EVENTS]; /* the n-th lies at n % GROVE_KEPT_EVENTS */
};
