/* SPDX-License-Identifier: MIT
 *
 * See packet.h. The numbers are those of the distribution protocol.
 */
#include "runtime/beam/packet.h"

#define PASS_THROUGH 112
#define VERSION      131

/* Those that are followed by a message; the others here are asked for by no flag of ours. */
#define SEND        2
#define REG_SEND    6
#define SEND_TT     12
#define REG_SEND_TT 16

/* The term behind the version byte at *@at; steps over it. */
static bool
next_term (const uint8_t **at, const uint8_t *end, struct grove_term *ret_term)
{
  if (*at == end || **at != VERSION)
    return false;
  *ret_term = (struct grove_term){ .bytes = *at + 1 };
  if (grove_term_check (ret_term->bytes, (size_t) (end - ret_term->bytes), &ret_term->size) !=
      GROVE_OK)
    return false;
  *at = ret_term->bytes + ret_term->size;
  return true;
}

static bool
is_followed (struct grove_term control)
{
  struct grove_cursor cursor;
  struct grove_term   first;
  int64_t             operation;

  return grove_term_type (control) == GROVE_TERM_TUPLE && grove_cursor_init (&cursor, control) &&
         grove_cursor_next (&cursor, &first) && grove_term_int64 (first, &operation) &&
         (operation == SEND || operation == REG_SEND || operation == SEND_TT ||
          operation == REG_SEND_TT);
}

enum beam_packet
beam_packet_read (const uint8_t *bytes, size_t size, struct grove_term *ret_message)
{
  const uint8_t    *at = bytes + 1, *end = bytes + size;
  struct grove_term control;

  if (size < 2 || bytes[0] != PASS_THROUGH || !next_term (&at, end, &control) ||
      !is_followed (control) || end - at < 2 || *at != VERSION)
    return BEAM_PACKET_OTHER;
  *ret_message = (struct grove_term){ at + 1, (size_t) (end - at) - 1 };
  return next_term (&at, end, &control) && at == end ? BEAM_PACKET_MESSAGE : BEAM_PACKET_UNREADABLE;
}
