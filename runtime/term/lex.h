/* SPDX-License-Identifier: MIT
 *
 * Erlang's scalar syntax, which formats and typed terms share: numbers, characters, atoms, strings
 * and binaries, each encoded into a buffer as it is read. On an error the position and a message
 * that a person can act on are kept, and everything returns false from then on.
 */
#pragma once

#include "runtime/term/etf.h"

struct lexer
{
  const char       *text;
  size_t            size;
  size_t            position; /* of the next byte; after an error, of what is wrong */
  const char       *message;  /* NULL: no error */
  enum grove_status status;
};

/* @message must be static. Always false. */
bool _grove_lex_fail (struct lexer *self, size_t position, const char *message);

/* Passes white space and comments. */
void _grove_lex_space (struct lexer *self);
/* The next byte that is no space, 0 at the end. */
char _grove_lex_peek (struct lexer *self);
/* Takes @token if it comes next. */
bool _grove_lex_take (struct lexer *self, const char *token);

/* A number, character, atom, string or binary; whatever else comes is an error. */
bool _grove_lex_scalar (struct lexer *self, struct grove_buffer *out);
