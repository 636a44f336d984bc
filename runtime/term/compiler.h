/* SPDX-License-Identifier: MIT
 *
 * The compiler of formats, for the files it is spread over: format.c has the pattern, guard.c what
 * follows `when`.
 */
#pragma once

#include "runtime/term/format.h"
#include "runtime/term/lex.h"

struct format_variable
{
  size_t start; /* of its name in the text */
  size_t size;
};

struct compiler
{
  struct lexer        lexer;
  struct grove_buffer build_literals;
  struct grove_buffer match_literals;
  struct grove_buffer build; /* of struct format_op */
  struct grove_buffer match;
  struct grove_buffer guard;
  enum grove_status   build_status;
  enum grove_status   match_status;
  size_t              n_directives;
  size_t              n_maps;
  unsigned            in_key; /* the keys that this is in */
  bool                fuse;   /* the next literal may be joined to the one before */
  bool                takes_values;

  struct format_variable variables[FORMAT_MAX_VARIABLES];
  size_t                 n_variables;
};

/* @message must be static. Always false. */
bool              _grove_compiler_fail (struct compiler *self, const char *message);
struct format_op *_grove_compiler_op (struct grove_buffer *program, struct format_op op);

/* One term of the pattern, or a constant of the guard. */
bool _grove_compiler_term (struct compiler *self, unsigned depth);
/* The kind of the directive that comes next, which is taken. */
bool _grove_compiler_directive (struct compiler *self, enum format_op_kind *ret_kind);
/* Takes a variable's name if one comes next: true, and which it is; n_variables: a new one. */
bool _grove_compiler_variable (struct compiler *self, size_t *ret_index);

/* What follows `when`, up to the end. */
bool _grove_guard_compile (struct compiler *self);
