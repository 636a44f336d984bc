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
