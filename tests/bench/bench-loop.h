/* SPDX-License-Identifier: MIT
 *
 * Two loops, each compiled twice, see bench-loop.c.
 */
#pragma once

#include <stdint.h>

uint64_t bench_tight_loop_plain (uint64_t n);
uint64_t bench_tight_loop_instrumented (uint64_t n);
uint64_t bench_sort_loop_plain (uint64_t n);
uint64_t bench_sort_loop_instrumented (uint64_t n);
