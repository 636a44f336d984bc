/* SPDX-License-Identifier: MIT
 *
 * Pids and references of this runtime: how they are encoded, and the text of a pid. The creation
 * tells the pids of this run from those of an earlier one; it is written once, before any term is
 * built, and read by all threads.
 */
#include "runtime/term/etf.h"

_Atomic uint32_t _grove_etf_creation = 1;

void
grove_term_set_creation (uint32_t creation)
{
  atomic_store_explicit (&_grove_etf_creation, creation, memory_order_relaxed);
}

uint32_t
grove_term_creation (void)
{
  return etf_creation ();
}

static bool
is_ours (const struct etf_identifier *identifier)
{
  return identifier->creation == etf_creation () && identifier->node.size == ETF_NODE_SIZE &&
         memcmp (identifier->node.bytes, ETF_NODE, ETF_NODE_SIZE) == 0;
}

bool
grove_term_pid (struct grove_term term, grove_pid *ret_value)
{
  struct etf_identifier identifier;

  if (ret_value != NULL && etf_get_own_pid (term.bytes, term.size, ret_value))
    return true;
  if (term.size == 0 || (term.bytes[0] != ETF_NEW_PID && term.bytes[0] != ETF_PID))
    return false;
  _grove_etf_identifier (term.bytes, &identifier);
  if (!is_ours (&identifier))
    return false;
  if (ret_value != NULL)
    *ret_value = identifier.id;
  return true;
}

bool
grove_term_ref (struct grove_term term, grove_ref *ret_value)
{
  struct etf_identifier identifier;
  uint32_t              low, middle, high;

  if (term.size == 0 ||
      (term.bytes[0] != ETF_NEWER_REFERENCE && term.bytes[0] != ETF_NEW_REFERENCE))
    return false;
  _grove_etf_identifier (term.bytes, &identifier);
  if (!is_ours (&identifier) || identifier.n_words != 3)
    return false;
  low = etf_get32 (identifier.words);
  middle = etf_get32 (identifier.words + 4);
  high = etf_get32 (identifier.words + 8);
  if (low >> ETF_FIRST_WORD_BITS != 0 || high >> (32 - ETF_FIRST_WORD_BITS) != 0)
    return false;
  if (ret_value != NULL)
    *ret_value = low | (uint64_t) middle << ETF_FIRST_WORD_BITS |
                 (uint64_t) high << (ETF_FIRST_WORD_BITS + 32);
  return true;
}

void
grove_pid_print (grove_pid pid, char text[GROVE_PID_TEXT_SIZE])
{
  snprintf (text, GROVE_PID_TEXT_SIZE, "<0.%u.%u>", (unsigned) pid, (unsigned) (pid >> 32));
}

/* Decimal, no sign, no leading zeros: one pid has one text. */
static bool
parse_number (const char **text, const char *end, uint32_t *ret_value)
{
  const char *start = *text;
  uint64_t    value = 0;

  while (*text < end && **text >= '0' && **text <= '9')
    {
      value = value * 10 + (uint64_t) (**text - '0');
      if (value > UINT32_MAX)
        return false;
      *text += 1;
    }
  if (*text == start || (*start == '0' && *text - start > 1))
    return false;
  *ret_value = (uint32_t) value;
  return true;
}

bool
grove_pid_parse (const char *text, size_t size, grove_pid *ret_pid)
{
  const char *end = text + size;
  uint32_t    index, generation;

  if (text == NULL || size < 3 || memcmp (text, "<0.", 3) != 0)
    return false;
  text += 3;
  if (!parse_number (&text, end, &index) || text == end || *text++ != '.' ||
      !parse_number (&text, end, &generation) || end - text != 1 || *text != '>')
    return false;
  if (ret_pid != NULL)
    *ret_pid = (uint64_t) generation << 32 | index;
  return true;
}
