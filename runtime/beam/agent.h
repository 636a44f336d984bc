/* SPDX-License-Identifier: MIT
 *
 * The agent on the node, from here: loading it, asking it, hearing from it. It answers in any
 * order; every question is answered, if only by the end of the link.
 *
 * Threads: one.
 */
#pragma once

#include "protocol/source.h"
#include "runtime/beam/link.h"

struct beam_agent;

/* What became of a question. Borrowed while the function runs. */
struct beam_answer
{
  bool              ok;
  struct grove_term result; /* if ok */
  const char       *data;   /* if not: a JSON object that says more, or NULL */
  enum grove_error  code;   /* if not */
  const char       *text;   /* one sentence for people */
};

typedef void (*beam_answered) (const struct beam_answer *answer, void *user_data);

/**
 * beam_agent_start:
 * @link: longer lived than the agent
 * @as_source: also to a node that could load it compiled
 * @ret_hello: (out): what the agent said of its node, a map; owned by the agent
 * @ret_trouble: (out): one sentence for people
 *
 * Loads the agent's module into the node, unless it is there, and starts it.
 *
 * Returns: (transfer full): NULL when it failed
 * Blocks: some round trips, up to 20 s in all
 */
struct beam_agent *beam_agent_start (struct beam_link    *link,
                                     bool                 as_source,
                                     struct grove_term   *ret_hello,
                                     struct beam_trouble *ret_trouble);

/* Has it leave the node, and answers what was still asked. @self: (nullable) (transfer full) */
void beam_agent_stop (struct beam_agent *self);

/**
 * beam_agent_ask:
 * @params: a map with binaries as keys; copied
 *
 * Returns: a number for beam_agent_forget()
 */
uint64_t beam_agent_ask (struct beam_agent *self,
                         const char        *method,
                         struct grove_term  params,
                         beam_answered      answered,
                         void              *user_data);

/* Nobody waits for that answer any more: it is answered now, with GROVE_ERROR_CANCELLED. */
void beam_agent_forget (struct beam_agent *self, uint64_t id);

/* Takes in what came. False: the link is over, and all questions are answered with why;
 * *ret_trouble (transfer full) has it too. */
bool beam_agent_turn (struct beam_agent *self, struct beam_trouble *ret_trouble);

/* @happened: what the agent tells without being asked, {happened, KIND, WHAT}; borrowed while it
 * runs, from beam_agent_turn() */
void beam_agent_when_happened (struct beam_agent *self,
                               void (*happened) (struct grove_text kind,
                                                 struct grove_term what,
                                                 void             *user_data),
                               void *user_data);
