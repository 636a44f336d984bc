/* SPDX-License-Identifier: MIT
 *
 * What followed when a child ended: who took its place, or that nobody did. Supervisors write it
 * when they have decided; export/ reads it. The last GROVE_AFTERMATHS are kept, of the present run
 * of the runtime. All functions: any thread. Private to runtime/.
 */
#pragma once

#include "runtime/core/process.h"

#define GROVE_AFTERMATHS 4096

enum grove_outcome
{
  GROVE_OUTCOME_PENDING,   /* the supervisor tries to start it again */
  GROVE_OUTCOME_RESTARTED, /* as `successor` */
  GROVE_OUTCOME_LEFT,      /* such a child is not started again */
  GROVE_OUTCOME_GAVE_UP,   /* too many restarts: the supervisor ends */
};

struct grove_aftermath
{
  enum grove_outcome outcome;
  grove_pid          supervisor;
  grove_pid          successor; /* 0 unless it was restarted */
  uint64_t           at_ns;
  uint32_t           restarts; /* of that child, since its supervisor started */
};

/* Of @dead; what was known of it is forgotten. Sets at_ns itself. */
void _grove_aftermath_add (grove_pid dead, const struct grove_aftermath *aftermath);
/* false: nobody said anything, or it is not known any more. */
bool _grove_aftermath_find (grove_pid dead, struct grove_aftermath *ret_aftermath);
/* What was said before this may be forgotten; 0: nothing is. */
uint64_t _grove_aftermath_since_ns (void);
