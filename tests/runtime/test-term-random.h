/* SPDX-License-Identifier: MIT
 *
 * Random terms for the tests of runtime/term. The bytes are written here, byte by byte, and not
 * with the code under test.
 */
#pragma once

#include "runtime/term/term.h"

#include <glib.h>

enum random_form
{
  RANDOM_CANONICAL, /* what Erlang's term_to_binary writes */
  RANDOM_VARIED,    /* the same values, in any encoding that reads as them */
};

/* One term is drawn from @values; @form only decides how it is written. */
void random_term (GRand *values, GRand *forms, enum random_form form, struct grove_buffer *out);

/* GROVE_SEED, or a new seed; printed, so that a failure can be repeated. */
guint32 random_seed (void);
