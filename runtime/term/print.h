/* SPDX-License-Identifier: MIT
 *
 * What the files that print terms share: a text of limited size, and what single values look like
 * in it. Once it is full nothing more is added, and printing may stop.
 */
#pragma once

#include "runtime/term/etf.h"

struct printer
{
  char             *text;
  size_t            room; /* without the NUL */
  size_t            size;
  enum grove_syntax syntax;
  unsigned          max_depth;
  bool              full;
  bool              truncated;
};

static inline bool
is_elixir (const struct printer *self)
{
  return self->syntax == GROVE_SYNTAX_ELIXIR;
}

/* What the shells take for text, as far as control characters go. */
static inline bool
is_text_control (uint32_t character)
{
  return (character >= '\b' && character <= '\r') || character == 033;
}

void _grove_printer_put (struct printer *self, const char *text, size_t size);
void _grove_printer_put_text (struct printer *self, const char *text);
void _grove_printer_put_number (struct printer *self, uint64_t value);
/* Something is left out here. */
void _grove_printer_put_dots (struct printer *self);
/* A character between quotes that are @quote; @next follows it, 0 for none. */
void _grove_printer_put_quoted_character (struct printer *self,
                                          uint32_t        character,
                                          uint32_t        next,
                                          char            quote);

void _grove_printer_put_atom (struct printer *self, struct etf_atom atom);
/* An atom without its colon, as Elixir has it in keys and for functions. */
void _grove_printer_put_name (struct printer *self, struct etf_atom atom);
/* Can Elixir write it `key:`? */
bool _grove_printer_is_key (struct grove_term term);
void _grove_printer_put_bits (struct printer *self, struct etf_bits bits);
/* A pid, a port or a reference. */
void _grove_printer_put_identifier (struct printer *self, struct grove_term term);
void _grove_printer_put_fun (struct printer *self, struct grove_term term);

/* In print.c, for what holds others. */
void _grove_printer_put_term (struct printer *self, struct grove_term term, unsigned depth);
/* The key of %{key: 1} and [key: 1]. */
void _grove_printer_put_key (struct printer *self, struct grove_term key);
/* What somebody had shortened says so with an atom: in place of an item, for the rest of what a map
 * has, or before the beginning of a binary. */
bool _grove_printer_is_more (struct grove_term term);
/* Is it a module's name as Elixir writes it? */
bool _grove_printer_is_module (struct grove_term term);
/* Text without quotes; what is not safe to show is escaped. */
void _grove_printer_put_plain (struct printer *self, const char *text, size_t size);
/* @map as Elixir's inspect() writes the struct that it is; false, and nothing written, if it is
 * none.
 */
bool _grove_printer_put_struct (struct printer *self, struct grove_term map, unsigned depth);
