/* SPDX-License-Identifier: MIT
 *
 * Bringing the agent's module to a node: compiled, where the node is no older than the Erlang that
 * compiled it, else as source for the node's own compiler.
 *
 * Threads: one.
 */
#pragma once

#include "runtime/beam/link.h"

/**
 * beam_agent_load:
 * @as_source: also to a node that could load it compiled
 * @ret_trouble: (out)
 *
 * Nothing is loaded into a node that is too old, or that would need a compiler and has none.
 *
 * Blocks: some round trips; as source, half a second of the node more
 */
bool beam_agent_load (struct beam_link *link, bool as_source, struct beam_trouble *ret_trouble);
