/* SPDX-License-Identifier: MIT
 *
 * The params of a request to the agent: a map with binaries as keys, written as it grows, so that
 * nothing typed by a person becomes an atom.
 */
#include "runtime/beam/source-private.h"

#include "runtime/beam/must.h"

#include <stdlib.h>
#include <string.h>

#define MAP_TAG    116
#define MAP_HEADER 5

void
beam_params_begin (struct beam_params *self)
{
  uint8_t *header;

  memset (self, 0, sizeof *self);
  header = grove_buffer_extend (&self->bytes, MAP_HEADER);
  memset (header, 0, MAP_HEADER);
  header[0] = MAP_TAG;
}

static void
add_key (struct beam_params *self, const char *key)
{
  beam_must (grove_build (&self->bytes, "~s", key) == GROVE_OK);
  self->n++;
}

void
beam_params_text (struct beam_params *self, const char *key, const char *text)
{
  add_key (self, key);
  beam_must (grove_build (&self->bytes, "~s", text) == GROVE_OK);
}

void
beam_params_int (struct beam_params *self, const char *key, int64_t value)
{
  add_key (self, key);
  beam_must (grove_build (&self->bytes, "~l", value) == GROVE_OK);
}

void
beam_params_term (struct beam_params *self, const char *key, struct grove_term term)
{
  add_key (self, key);
  memcpy (grove_buffer_extend (&self->bytes, term.size), term.bytes, term.size);
}

struct grove_term
beam_params_end (struct beam_params *self)
{
  for (unsigned i = 0; i < 4; i++)
    self->bytes.bytes[1 + i] = (uint8_t) (self->n >> (24 - 8 * i));
  return grove_buffer_term (&self->bytes);
}

void
beam_params_finish (struct beam_params *self)
{
  grove_buffer_finish (&self->bytes);
}
