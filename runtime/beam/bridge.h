/* SPDX-License-Identifier: MIT
 *
 * A process that serves one node of many on a socket of its own, for as long as its link lasts, and
 * tells the one that started it how that goes, in packets: what it is about, one byte, and a text.
 *
 * Threads: one.
 */
#pragma once

#include "protocol/place.h"
#include "runtime/beam/join.h"

enum beam_word
{
  BEAM_WORD_NAME = 'n',    /* what the node calls itself; it waits to be told what to be called */
  BEAM_WORD_UP = 'u',      /* it serves */
  BEAM_WORD_PEERS = 'p',   /* the nodes it is connected to, with a space behind each */
  BEAM_WORD_TROUBLE = 't', /* why it ends: a kind in two digits, a space and a sentence */
};

/* Of a packet, with a NUL at the end that is no part of it. */
#define BEAM_PACKET_SIZE 32768

/**
 * beam_bridge_run:
 * @parent: who is to be told; its end is ours
 * @fd: (transfer full): the way there, a socket of packets
 *
 * Returns: an exit status; it may also end the process
 * Blocks: until the link or the parent ends, or a signal comes
 */
int beam_bridge_run (const struct beam_joining *joining, int parent, int fd);
