/* SPDX-License-Identifier: MIT
 *
 * Values: Erlang's terms in the External Term Format, what Erlang itself writes on the wire. A term
 * is a view into bytes somebody else owns; nothing here keeps or frees them. Building writes into a
 * buffer; matching takes a term apart and binds views into it.
 *
 * Threads: any thread, a buffer by one at a time. Nothing here waits. Errors, where none are named:
 * none.
 *
 * Formats, for building and matching alike (compiled once, cached):
 *   atoms        ok  'hello world'        integers  42  -1  16#ff      floats  1.5
 *   tuples       {a, B}                   lists     [a, b]  [a | T]    maps    #{k => v}
 *   strings      "abc" (a list of code points, as in Erlang)           <<"abc">> (a binary)
 *   ~i int    ~l int64_t    ~u uint64_t    ~f double    ~p grove_pid    ~r grove_ref
 *   ~t struct grove_term
 *   ~a atom     build: const char *          match: struct grove_text * (bytes, not terminated)
 *   ~s binary   build: const char *          match: struct grove_text *
 *   ~b binary   build: const void *, size_t  match: struct grove_text *
 *   _           match only: anything
 * When matching each directive takes a pointer to what it binds, and fails to match when the value
 * does not fit it; NULL checks and binds nothing. When building it takes the value. Binaries follow
 * Erlang: <<"abc">> is a byte a character, <<"caf\xc3\xa9"/utf8>> is UTF-8.
 *   Tails: when building, a ~t that is a list continues the list. When matching, ~t is not
 *   possible, since the rest of a list has no bytes of its own to view: `_` passes it, and struct
 *   grove_cursor walks it; anything else matches the tail of an improper list.
 *   Maps: in a pattern further keys may be present, and keys are constants. When building a key
 *   that comes twice is an error; keys are put in Erlang's order.
 * A list that turns out to hold only bytes is written as a string, as Erlang does it. A format has
 * at most 4096 bytes, 64 directives, 32 levels, 255 elements a container. A bad one never matches.
 */
#pragma once

#include "runtime/status.h"

#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>

/* A process identifier: generation in the high, table index in the low 32 bits. 0 is no process. */
typedef uint64_t grove_pid;
/* A unique reference. 0 is none. */
typedef uint64_t grove_ref;

/* A view of one term, without the leading version byte 131. */
struct grove_term
{
  const uint8_t *bytes;
  size_t         size;
};

struct grove_text
{
  const char *bytes;
  size_t      size;
};

/* Grows with realloc(), and aborts when memory is out: what others can size is capped before.
 * Zero-initialised is empty. */
struct grove_buffer
{
  uint8_t *bytes;
  size_t   size;
  size_t   capacity;
};

/* Frees what it holds; it is then empty, and may be used again. Since: 0.1 */
GROVE_PUBLIC void grove_buffer_finish (struct grove_buffer *self);

/* Returns: room for @n more bytes, which are then counted in; borrowed. Since: 0.1 */
GROVE_PUBLIC uint8_t *grove_buffer_extend (struct grove_buffer *self, size_t n);
static inline struct grove_term
grove_buffer_term (const struct grove_buffer *self)
{
  return (struct grove_term){ self->bytes, self->size };
}

enum grove_term_type
{
  GROVE_TERM_INVALID,
  GROVE_TERM_INTEGER, /* of any size */
  GROVE_TERM_FLOAT,
  GROVE_TERM_ATOM,
  GROVE_TERM_BINARY,
  GROVE_TERM_BITSTRING,
  GROVE_TERM_LIST, /* the empty one too */
  GROVE_TERM_TUPLE,
  GROVE_TERM_MAP,
  GROVE_TERM_PID,
  GROVE_TERM_REFERENCE,
  GROVE_TERM_FUN,  /* opaque */
  GROVE_TERM_PORT, /* opaque */
};

/* ---- Reading --------------------------------------------------------------------------------- */

/**
 * grove_term_check:
 * @bytes: from outside
 * @ret_size: (out) (optional): bytes used; without it trailing bytes are an error
 *
 * Checks that there is exactly one well-formed term, nesting at most 256, maps in keys of maps at
 * most 4 deep. No version byte, no compression, no atom cache. Everything else here may be called
 * only on terms that were built here or passed this.
 *
 * Cost: O(size)
 * Errors: GROVE_ERR_SYNTAX, GROVE_ERR_TOO_LARGE
 * Since: 0.1
 */
GROVE_PUBLIC enum grove_status
grove_term_check (const void *bytes, size_t size, size_t *ret_size) GROVE_NODISCARD;

/* Returns: what kind of value it is, whatever the encoding. Since: 0.1 */
GROVE_PUBLIC enum grove_term_type grove_term_type (struct grove_term term);

/**
 * grove_term_equal:
 *
 * Erlang's =:=, so 1 and 1.0 differ; which of its encodings a value comes in makes no difference.
 *
 * Since: 0.1
 */
GROVE_PUBLIC bool grove_term_equal (struct grove_term a, struct grove_term b);

/**
 * grove_term_compare:
 *
 * Erlang's standard order:
 * number < atom < reference < fun < port < pid < tuple < map < list < bits
 *
 * Returns: below, at or above 0
 * Since: 0.1
 */
GROVE_PUBLIC int grove_term_compare (struct grove_term a, struct grove_term b);

/**
 * grove_term_int64:
 * @ret_value: (out): untouched when false
 *
 * Returns: whether the term is of that type and fits, as for all that follow
 * Since: 0.1
 */
GROVE_PUBLIC bool grove_term_int64 (struct grove_term term, int64_t *ret_value);
GROVE_PUBLIC bool grove_term_uint64 (struct grove_term term, uint64_t *ret_value);

/* Floats only; an integer is none. Since: 0.1 */
GROVE_PUBLIC bool grove_term_double (struct grove_term term, double *ret_value);
/* Of this run of the runtime only. Since: 0.1 */
GROVE_PUBLIC bool grove_term_pid (struct grove_term term, grove_pid *ret_value);
GROVE_PUBLIC bool grove_term_ref (struct grove_term term, grove_ref *ret_value);

/**
 * grove_term_atom:
 * @ret_text: (out): UTF-8, borrowed from the term, no NUL at its end
 *
 * False too for an atom that came in Latin-1 and is not ASCII: it has no UTF-8 to view.
 *
 * Since: 0.1
 */
GROVE_PUBLIC bool grove_term_atom (struct grove_term term, struct grove_text *ret_text);

/* @ret_text: (out): borrowed from the term. Since: 0.1 */
GROVE_PUBLIC bool grove_term_binary (struct grove_term term, struct grove_text *ret_text);

/* @name: UTF-8; any encoding of the atom is recognised. Since: 0.1 */
GROVE_PUBLIC bool grove_term_is_atom (struct grove_term term, const char *name);

/**
 * grove_term_arity:
 *
 * Returns: the elements of a tuple or a list; 0 for anything else
 * Cost: O(1) for a tuple, O(size) for a list
 * Since: 0.1
 */
GROVE_PUBLIC size_t grove_term_arity (struct grove_term term);

/**
 * grove_term_element:
 * @index: from 0, in a tuple; lists and maps are walked with grove_cursor_next() or matched
 * @ret_element: (out): borrowed from the term
 *
 * Cost: O(size of what stands before it)
 * Since: 0.1
 */
GROVE_PUBLIC bool
grove_term_element (struct grove_term term, size_t index, struct grove_term *ret_element);

/**
 * grove_term_get:
 * @key: compared as grove_term_equal() does
 * @ret_value: (out): borrowed from @map
 *
 * Cost: O(size of the map)
 * Since: 0.1
 */
GROVE_PUBLIC bool
grove_term_get (struct grove_term map, struct grove_term key, struct grove_term *ret_value);

/* Walks what is inside a term, in O(its size): the elements of a list or a tuple, the keys and
 * values of a map in turn. */
struct grove_cursor
{
  const uint8_t *next;
  uint64_t       remaining;
  enum
  {
    GROVE_CURSOR_END,
    GROVE_CURSOR_ELEMENTS,
    GROVE_CURSOR_LIST,
    GROVE_CURSOR_STRING,
  } kind;
};

/* Returns: false when there are no elements; the cursor is then at its end. Since: 0.1 */
GROVE_PUBLIC bool grove_cursor_init (struct grove_cursor *self, struct grove_term term);

/* @ret_element: (out): borrowed from the term. Returns: false at the end. Since: 0.1 */
GROVE_PUBLIC bool grove_cursor_next (struct grove_cursor *self, struct grove_term *ret_element);

/**
 * grove_cursor_tail:
 * @self: at its end
 * @ret_tail: (out): T of an improper list [a | T], borrowed
 *
 * Returns: false when the list is proper
 * Since: 0.1
 */
GROVE_PUBLIC bool grove_cursor_tail (const struct grove_cursor *self, struct grove_term *ret_tail);

/* ---- Building and matching ------------------------------------------------------------------- */

/**
 * grove_build:
 * @out: the term is appended; as it was when there is an error
 * @format: see above; the values follow. NULL for a text, a name that is no UTF-8 and a float that
 * is not finite are errors
 *
 * grove_build_va() takes a va_list.
 *
 * Threads: any thread, each with a buffer of its own.
 * Errors: GROVE_ERR_SYNTAX, GROVE_ERR_TOO_LARGE (an atom of over 255 characters, a term of over 1
 * GiB) Since: 0.1
 */
GROVE_PUBLIC enum grove_status grove_build (struct grove_buffer *out, const char *format, ...);
GROVE_PUBLIC enum grove_status
grove_build_va (struct grove_buffer *out, const char *format, va_list args);

/**
 * grove_build_into:
 * @bytes: written only when the term fits in @capacity
 *
 * What grove_send() uses to write into the message itself.
 *
 * Returns: the size it needs, whether it fits or not; 0 on an error
 * Since: 0.1
 */
GROVE_PUBLIC size_t grove_build_into (void       *bytes,
                                      size_t      capacity,
                                      const char *format,
                                      va_list     args);

/**
 * grove_match:
 * @format: see above; pointers to bind follow
 *
 * Binds only when the whole matches; texts and terms are borrowed from @term. grove_match_va()
 * takes a va_list. A format that cannot be read never matches.
 *
 * Threads: any thread.
 * Since: 0.1
 */
GROVE_PUBLIC bool grove_match (struct grove_term term, const char *format, ...);
GROVE_PUBLIC bool grove_match_va (struct grove_term term, const char *format, va_list args);

/* ---- Text ------------------------------------------------------------------------------------ */

enum grove_syntax
{
  GROVE_SYNTAX_ERLANG,
  GROVE_SYNTAX_ELIXIR,
};

/**
 * grove_term_print:
 * @max_depth: what is nested deeper is shown as "..."
 * @text: at most @capacity - 1 bytes and a NUL; UTF-8 is never cut in a character
 * @ret_truncated: (out) (optional): whether anything was left out
 *
 * What comes out has no control characters and none that change the direction of text. Erlang's
 * text of terms without references, ports, functions and bitstrings reads back with
 * grove_term_parse(). A pid, reference or port that is not this runtime's is shown with its node:
 * #Pid<a@host.12.0>.
 *
 * Returns: the bytes written
 * Since: 0.1
 */
GROVE_PUBLIC size_t grove_term_print (struct grove_term term,
                                      enum grove_syntax syntax,
                                      unsigned          max_depth,
                                      char             *text,
                                      size_t            capacity,
                                      bool             *ret_truncated);

/**
 * grove_term_parse:
 * @text: Erlang syntax as a person types it, a trailing dot allowed; pids are written <0.12.0>
 * @out: the term is appended; as it was when there is an error
 * @ret_position: (out) (optional): the byte where it went wrong
 * @ret_message: (out) (optional): how; static
 *
 * Reads one term, at most 64 KiB of text, nesting 64.
 *
 * Errors: GROVE_ERR_SYNTAX, GROVE_ERR_TOO_LARGE
 * Since: 0.1
 */
GROVE_PUBLIC enum grove_status grove_term_parse (const char          *text,
                                                 size_t               size,
                                                 struct grove_buffer *out,
                                                 size_t              *ret_position,
                                                 const char         **ret_message) GROVE_NODISCARD;

#define GROVE_PID_TEXT_SIZE 32

/* Writes "<0.INDEX.GENERATION>". Since: 0.1 */
GROVE_PUBLIC void grove_pid_print (grove_pid pid, char text[GROVE_PID_TEXT_SIZE]);

/* Returns: false when it is not the text of a pid. Since: 0.1 */
GROVE_PUBLIC bool grove_pid_parse (const char *text, size_t size, grove_pid *ret_pid);

/**
 * grove_term_set_creation:
 * @creation: random, never 0; set once when the runtime starts
 *
 * What tells the pids of this run from those of an earlier one, inside encoded terms.
 *
 * Since: 0.1
 */
GROVE_PUBLIC void     grove_term_set_creation (uint32_t creation);
GROVE_PUBLIC uint32_t grove_term_creation (void);
