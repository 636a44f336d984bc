/* SPDX-License-Identifier: MIT
 *
 * What a packet of the distribution holds: a control message, and the message to a process that may
 * follow it. libei reads them only from a node that it trusts (it takes lengths as they come, and
 * copies by them), so after the handshake this does.
 *
 * Threads: any thread.
 */
#pragma once

#include "runtime/term/term.h"

#include <stdbool.h>

enum beam_packet
{
  BEAM_PACKET_OTHER,      /* no message: a link, a monitor, or nothing that makes sense */
  BEAM_PACKET_MESSAGE,    /* checked */
  BEAM_PACKET_UNREADABLE, /* a message that grove_term_check() does not take; its bytes are there */
};

/**
 * beam_packet_read:
 * @bytes: without the length before it
 * @ret_message: (out): unless it is BEAM_PACKET_OTHER; borrowed from @bytes
 */
enum beam_packet
beam_packet_read (const uint8_t *bytes, size_t size, struct grove_term *ret_message);
