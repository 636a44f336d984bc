/* SPDX-License-Identifier: MIT
 *
 * See envelope.h.
 */
#include "runtime/term/envelope.h"

#include "runtime/term/etf.h"

#define HEAD         "\x68\x03\x77\x09$gen_call\x68\x02" /* a tuple of 3, an atom, a tuple of 2 */
#define HEAD_SIZE    (sizeof HEAD - 1)
#define REF_OFFSET   (HEAD_SIZE + ETF_PID_SIZE)
#define WHOLE_SIZE   (REF_OFFSET + ETF_REFERENCE_SIZE)
#define WORDS_OFFSET (REF_OFFSET + ETF_REFERENCE_HEAD_SIZE)

_Static_assert(WHOLE_SIZE <= GROVE_ENVELOPE_SIZE, "it fits");

size_t
_grove_envelope_write (uint8_t bytes[GROVE_ENVELOPE_SIZE], grove_pid pid, grove_ref ref)
{
  memcpy (bytes, HEAD, HEAD_SIZE);
  etf_put_pid (bytes + HEAD_SIZE, pid);
  etf_put_ref (bytes + REF_OFFSET, ref);
  return WHOLE_SIZE;
}

bool
_grove_envelope_read (struct grove_term  term,
                      grove_pid         *ret_pid,
                      grove_ref         *ret_ref,
                      struct grove_term *ret_request)
{
  const uint8_t *words = term.bytes + WORDS_OFFSET;
  uint64_t       first;

  if (term.size <= WHOLE_SIZE || memcmp (term.bytes, HEAD, HEAD_SIZE) != 0 ||
      memcmp (term.bytes + REF_OFFSET, ETF_REFERENCE_HEAD, ETF_REFERENCE_HEAD_SIZE) != 0 ||
      !etf_get_own_pid (term.bytes + HEAD_SIZE, ETF_PID_SIZE, ret_pid))
    return false;
  first = etf_get32 (words + 4);
  if (etf_get32 (words) != etf_creation () || first >> ETF_FIRST_WORD_BITS != 0 ||
      etf_get32 (words + 12) >> (32 - ETF_FIRST_WORD_BITS) != 0)
    return false;
  *ret_ref = first | (uint64_t) etf_get32 (words + 8) << ETF_FIRST_WORD_BITS |
             (uint64_t) etf_get32 (words + 12) << (ETF_FIRST_WORD_BITS + 32);
  *ret_request = (struct grove_term){ term.bytes + WHOLE_SIZE, term.size - WHOLE_SIZE };
  return true;
}
