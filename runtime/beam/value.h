/* SPDX-License-Identifier: MIT
 *
 * The agent's answers as JSON: maps become objects, lists arrays, binaries texts, atoms texts but
 * for true, false and null. {term, T, Size} and {text, Binary, Size} become terms of the protocol.
 *
 * Threads: one.
 */
#pragma once

#include "protocol/source.h"
#include "runtime/term/term.h"

/* Writes one value. @style: of the terms in it. */
void beam_write_json (struct grove_writer           *writer,
                      struct grove_term              term,
                      const struct grove_term_style *style);

/* The name of a member, which @key is. The agent's are short atoms of ASCII without anything to
 * escape; false: nothing is written of any other. */
bool beam_write_name (struct grove_writer *writer, struct grove_term key);

/* The value of @key, an atom, in a map; false: there is none. */
bool    beam_map_get (struct grove_term map, const char *key, struct grove_term *ret_value);
int64_t beam_map_int (struct grove_term map, const char *key);
/* Of something that is counted: never negative. */
uint64_t beam_map_count (struct grove_term map, const char *key);
void     beam_map_text (struct grove_term map, const char *key, char *text, size_t size);

/* @a - @b, or the nearest to it that there is: what a node says may be any number. */
int64_t beam_minus (int64_t a, int64_t b);
