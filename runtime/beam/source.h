/* SPDX-License-Identifier: MIT
 *
 * A BEAM node as a grove_source: every question goes to the agent, and is answered when it answers.
 *
 * Threads: the server's.
 */
#pragma once

#include "protocol/source.h"
#include "runtime/beam/agent.h"

struct beam_source;

/**
 * beam_source_new:
 * @agent: (transfer full): longer lived than no source; its descriptor is that of @link
 * @hello: what the agent said of itself; copied
 *
 * Returns: (transfer full)
 */
struct beam_source *
beam_source_new (struct beam_link *link, struct beam_agent *agent, struct grove_term hello);
/* Has the agent leave. @self: (nullable) (transfer full) */
void beam_source_free (struct beam_source *self);

/* For the protocol's server; valid as long as the source. */
const struct grove_source *beam_source_get (const struct beam_source *self);

/* Once the link is over: why; BEAM_FINE before. Borrowed. */
const struct beam_trouble *beam_source_trouble (const struct beam_source *self);

/* @over: called when the link is over. */
void
beam_source_when_over (struct beam_source *self, void (*over) (void *user_data), void *user_data);

/* What the node calls itself, whatever it was reached by. Borrowed. */
const char *beam_source_name (const struct beam_source *self);

/* @told: the nodes it is connected to, a list of binaries, now and at each change; borrowed while
 * it runs, from the source's dispatch(). Once a source. */
void beam_source_follow_peers (struct beam_source *self,
                               void (*told) (struct grove_term names, void *user_data),
                               void *user_data);
