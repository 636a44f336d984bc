/* SPDX-License-Identifier: MIT
 *
 * What a call of a server is wrapped in: {'$gen_call', {Pid, Ref}, Request}. Each call writes it
 * and each server reads it, and as it is written here all of it but Pid, Ref and Request is always
 * the same bytes: no format is needed for either.
 */
#pragma once

#include "runtime/term/term.h"

/* At least what is in front of Request. */
#define GROVE_ENVELOPE_SIZE 96

/* Writes all that is in front of Request; returns how much it is. */
size_t _grove_envelope_write (uint8_t bytes[GROVE_ENVELOPE_SIZE], grove_pid pid, grove_ref ref);
/* False: @term is none that was written here; it may be one that is encoded in another way. */
bool _grove_envelope_read (struct grove_term  term,
                           grove_pid         *ret_pid,
                           grove_ref         *ret_ref,
                           struct grove_term *ret_request);
