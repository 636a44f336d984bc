/* SPDX-License-Identifier: MIT
 *
 * Running from a seed: one scheduler, whose every choice is a function of the seed, and a clock
 * that moves with what processes do and not with the world. So an interleaving replays exactly,
 * timeouts included, for as long as nothing comes in from outside: no other thread, no real clock,
 * no file. Everything here but the two that say so belongs to the scheduler.
 */
#pragma once

#include "runtime/core/control.h"

struct grove_scheduler;

/* 0: the runtime does not run from a seed. Any thread. */
extern _Atomic uint64_t _grove_seed;

/* Before the first process is made; @seed 0 is what the environment's GROVE_SEED says. */
void _grove_seeded_init (uint64_t seed);
void _grove_seeded_finish (void);

/* The clock. Any thread. */
uint64_t _grove_seeded_now (void);
/* Nothing can run before @deadline_ns: it is that late. */
void _grove_seeded_jump (uint64_t deadline_ns);

/* From 0 to @n - 1. */
uint32_t _grove_seeded_draw (uint32_t n);
/* How long the next slice is. */
int32_t _grove_seeded_slice (void);
/* @process was left after @used reductions. */
void
_grove_seeded_account (struct grove_scheduler *self, struct grove_process *process, uint64_t used);

/* Two runs in which the same processes had the same slices have the same; also behind the end of a
 * run, until the next begins. */
uint64_t _grove_seeded_trace (void);
