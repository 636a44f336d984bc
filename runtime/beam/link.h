/* SPDX-License-Identifier: MIT
 *
 * A link to one node: we join its distribution as a hidden node, under one of a few fixed names,
 * and exchange terms with its processes. Connecting waits; afterwards nothing does.
 *
 * Threads: one.
 */
#pragma once

#include "runtime/beam/name.h"
#include "runtime/beam/packet.h"
#include "runtime/beam/trouble.h"
#include "runtime/term/term.h"

#include <stdio.h>

#include <ei.h>
#include <stdbool.h>
#include <stdint.h>

struct beam_link;

/* Files in PEM. */
struct beam_tls
{
  const char *authorities; /* NULL: those the system trusts */
  const char *certificate; /* ours; NULL: none */
  const char *key;         /* of our certificate; NULL: it is in the same file */
};

struct beam_link_options
{
  struct beam_name       name;
  int                    port;        /* 0: ask epmd */
  const char            *cookie;      /* NULL: from a file */
  const char            *cookie_file; /* NULL: where it usually is */
  const struct beam_tls *tls;         /* NULL: none */
  int                    timeout_ms;  /* of each step */
};

/**
 * beam_link_connect:
 * @ret_trouble: (out): what is wrong and what to try, in whole sentences
 *
 * Returns: (transfer full): NULL when it failed; free with beam_link_close()
 * Blocks: for some steps, each up to @options' timeout_ms
 */
struct beam_link *
beam_link_connect (const struct beam_link_options *options, struct beam_trouble *ret_trouble);

/* @self: (nullable) (transfer full) */
void beam_link_close (struct beam_link *self);

/* Readable when beam_link_turn() has something to do. */
int beam_link_fd (const struct beam_link *self);

/* From now on something should come at least that often: else the link is taken to be over. */
void beam_link_expect (struct beam_link *self, int silent_ms);

/* For how long nothing has come, once something is expected. */
uint64_t beam_link_silent_ns (const struct beam_link *self);

/* Moves what the connection takes and gives. False: the link is over; *ret_trouble
 * says why. What came before is still there to be received. */
bool beam_link_turn (struct beam_link *self, struct beam_trouble *ret_trouble);

/**
 * beam_link_receive:
 * @ret_term: (out): the next message; borrowed until the next beam_link_turn()
 *
 * Returns: BEAM_PACKET_OTHER when none is there
 */
enum beam_packet beam_link_receive (struct beam_link *self, struct grove_term *ret_term);

/* Our own pid, as messages hold it; borrowed. */
struct grove_term beam_link_self (const struct beam_link *self);

/* @to: a pid of that node, as one of its messages held it. @message: copied into what is sent next.
 * False: no such pid. */
bool beam_link_send (struct beam_link *self, struct grove_term to, struct grove_term message);

/**
 * beam_link_call:
 * @arguments: a list
 * @ret_result: (out): borrowed until the next call here
 * @ret_trouble: (out)
 *
 * Has the node's rpc server apply a function, and waits for what it gives.
 *
 * Blocks: up to @timeout_ms
 */
bool beam_link_call (struct beam_link    *self,
                     const char          *module,
                     const char          *function,
                     struct grove_term    arguments,
                     int                  timeout_ms,
                     struct grove_term   *ret_result,
                     struct beam_trouble *ret_trouble);
