/* SPDX-License-Identifier: MIT
 *
 * What a call of a server is wrapped in: {'$gen_call', {Pid, Ref}, Request}. Each call writes it
 * and each server reads it, and as it is written here all of it but Pid, Ref and Request is always
 * the same bytes: no format is needed for either.
 */
#pragma once

#include "runtime/term/etf.h"

/* A tuple of 3, an atom, a tuple of 2; up to the numbers of the pid, and behind them. */
#define GROVE_ENVELOPE_HEAD "\x68\x03\x77\x09$gen_call\x68\x02" ETF_PID_HEAD
#define GROVE_ENVELOPE_NECK ETF_REFERENCE_HEAD

enum
{
  GROVE_ENVELOPE_PID = sizeof GROVE_ENVELOPE_HEAD - 1, /* where the numbers of the pid are */
  GROVE_ENVELOPE_NECK_AT = GROVE_ENVELOPE_PID + ETF_PID_SIZE - ETF_PID_HEAD_SIZE,
  GROVE_ENVELOPE_REF = GROVE_ENVELOPE_NECK_AT + ETF_REFERENCE_HEAD_SIZE,
  /* What is in front of Request. */
  GROVE_ENVELOPE_SIZE = GROVE_ENVELOPE_NECK_AT + ETF_REFERENCE_SIZE,
};

/* Writes all that is in front of Request: GROVE_ENVELOPE_SIZE bytes. */
static inline void
_grove_envelope_write (uint8_t *bytes, grove_pid pid, grove_ref ref)
{
  memcpy (bytes, GROVE_ENVELOPE_HEAD, GROVE_ENVELOPE_PID);
  etf_put_pid_words (bytes + GROVE_ENVELOPE_PID, pid);
  memcpy (bytes + GROVE_ENVELOPE_NECK_AT, GROVE_ENVELOPE_NECK, ETF_REFERENCE_HEAD_SIZE);
  etf_put_ref_words (bytes + GROVE_ENVELOPE_REF, ref);
}

/* False: @term is none that was written here; it may be one that is encoded in another way. */
static inline bool
_grove_envelope_read (struct grove_term  term,
                      grove_pid         *ret_pid,
                      grove_ref         *ret_ref,
                      struct grove_term *ret_request)
{
  const uint8_t *bytes = term.bytes;

  if (term.size <= GROVE_ENVELOPE_SIZE ||
      memcmp (bytes, GROVE_ENVELOPE_HEAD, GROVE_ENVELOPE_PID) != 0 ||
      memcmp (bytes + GROVE_ENVELOPE_NECK_AT, GROVE_ENVELOPE_NECK, ETF_REFERENCE_HEAD_SIZE) != 0 ||
      !etf_get_pid_words (bytes + GROVE_ENVELOPE_PID, ret_pid) ||
      !etf_get_ref_words (bytes + GROVE_ENVELOPE_REF, ret_ref))
    return false;
  *ret_request =
    (struct grove_term){ bytes + GROVE_ENVELOPE_SIZE, term.size - GROVE_ENVELOPE_SIZE };
  return true;
}
