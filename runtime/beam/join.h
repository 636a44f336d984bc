/* SPDX-License-Identifier: MIT
 *
 * Joining a node, with all that it takes to observe it: a link, an agent there, a source here.
 *
 * Threads: one.
 */
#pragma once

#include "protocol/server.h"
#include "runtime/beam/source.h"

struct beam_joining
{
  struct beam_link_options             link;
  struct grove_protocol_server_options serving;
  bool                                 as_source; /* the agent, even to a node that needs not */
};

struct beam_joined
{
  struct beam_link   *link;
  struct beam_source *source;
};

/**
 * beam_join:
 * @ret_joined: (out): for beam_leave()
 * @ret_trouble: (out): what is wrong when it fails
 *
 * Blocks: as beam_link_connect() and beam_agent_start()
 */
bool beam_join (const struct beam_joining *joining,
                struct beam_joined        *ret_joined,
                struct beam_trouble       *ret_trouble);

/* Has the agent leave, and ends the link. */
void beam_leave (struct beam_joined *self);
