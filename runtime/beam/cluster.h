/* SPDX-License-Identifier: MIT
 *
 * Several nodes served by one program, each on a socket of its own where systems of Grove are
 * found: a process for each, which this one starts, hears, starts again, and takes along at its
 * end.
 *
 * Threads: one.
 */
#pragma once

#include "runtime/beam/join.h"

/* So many nodes at most. */
#define BEAM_CLUSTER_MAX 64

/**
 * beam_cluster_serve:
 * @joining: its name counts for nothing
 * @names: 1 to BEAM_CLUSTER_MAX
 * @follow: also those that they are connected to
 *
 * Returns: an exit status
 * Blocks: until a signal ends it
 */
int beam_cluster_serve (const struct beam_joining *joining,
                        const struct beam_name    *names,
                        size_t                     n,
                        bool                       follow);
