/* SPDX-License-Identifier: MIT
 *
 * Terms on the wire: {"text":...,"size":...,"truncated":...}, and with a "tree" of nodes that can
 * be folded when it is asked for. Terms of a process are copied while it holds still and written
 * afterwards, so that what costs time costs the server's thread.
 *
 * A term that is too large to be copied is printed on the spot, as far as is asked for, and has no
 * tree: printing stops where the text is full, so it takes no longer for being large.
 */
#pragma once

#include "protocol/schema.h"
#include "protocol/source.h"
#include "runtime/term/term.h"

/* Nothing larger is copied out of a process that holds still. */
#define GROVE_STORED_TERM ((size_t) GROVE_LIMIT_STORED_TERM)
/* An answer's terms end here: with what is around them it still is a message. */
#define GROVE_TERMS_END ((size_t) 700000)

/* What was copied. All zero: nothing, with room for nothing. */
struct grove_term_store
{
  uint8_t *bytes;
  size_t   used, size;
};

struct grove_stored_term
{
  size_t place, n_bytes;
  size_t size;      /* of the term */
  bool   printed;   /* the bytes are its text */
  bool   truncated; /* and not all of it */
};

/* Room for @n terms shown with @style, at most 1 MiB. */
void _grove_term_store_init (struct grove_term_store       *self,
                             size_t                         n,
                             const struct grove_term_style *style);
void _grove_term_store_finish (struct grove_term_store *self);
/* false: there is no more room; some hundred bytes a microsecond, no memory is allocated. */
bool _grove_term_store_take (struct grove_term_store       *self,
                             struct grove_term              term,
                             const struct grove_term_style *style,
                             struct grove_stored_term      *ret_stored);

/* One JSON value each. */
void _grove_write_term (struct grove_writer           *writer,
                        struct grove_term              term,
                        const struct grove_term_style *style);
/* A term of @size bytes, of which @term is what there is. */
void _grove_write_term_part (struct grove_writer           *writer,
                             struct grove_term              term,
                             size_t                         size,
                             const struct grove_term_style *style);
void _grove_write_stored_term (struct grove_writer            *writer,
                               const struct grove_term_store  *store,
                               const struct grove_stored_term *stored,
                               const struct grove_term_style  *style);

/* Reads what a person typed for @param into @ret_term, or fails @call with -32602 and where. */
bool _grove_source_parse (struct grove_call   *call,
                          const char          *param,
                          const char          *text,
                          struct grove_buffer *ret_term);

/* Of terms that come with an answer: Erlang's text, a kilobyte. */
extern const struct grove_term_style _grove_plain_style;
