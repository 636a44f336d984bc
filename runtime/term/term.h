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
 *   Name        match only: a variable; where it comes again it must be the same value
 *   Name = ...  match only: the same, of what matches the pattern behind it
 *   ^~x         match only: equal (=:=) to a value that is given, as for building, not bound
 * When matching each directive takes a pointer to what it binds, and fails to match when the value
 * does not fit it; NULL checks and binds nothing. When building it takes the value. Binaries follow
 * Erlang: <<"abc">> is a byte a character, <<"caf\xc3\xa9"/utf8>> is UTF-8.
 *   Tails: when building, a ~t that is a list continues the list. When matching, ~t is not
 *   possible, since the rest of a list has no bytes of its own to view: `_` passes it, and struct
 *   grove_cursor walks it; anything else matches the tail of an improper list.
 *   Maps: in a pattern further keys may be present, and keys are constants. When building a key
 *   that comes twice is an error; keys are put in Erlang's order.
 *   Guards: a pattern may end in Erlang's `when`: `,` `;` `andalso` `orelse` `not` and brackets,
 * comparisons == /= =:= =/= < =< > >= of variables, constants, given values (~i ~l ~u ~f ~p ~r ~t),
 * length() tuple_size() map_size() byte_size(), and the tests is_integer() is_float() is_number()
 * is_atom() is_boolean() is_binary() is_bitstring() is_list() is_tuple() is_map() is_pid()
 * is_reference() is_function() is_port(). There is no arithmetic: that is C's. Values are arguments
 * in the order they stand in, among the pointers.
 * A list that turns out to hold only bytes is written as a string, as Erlang does it. A format has
 * at most 4096 bytes, 64 directives, 32 variables, 32 levels, 255 elements a container. A bad one
 * never matches.
 */
#pragma once

#include "runtime/status.h"

#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>

GROVE_BEGIN_DECLS

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

/**
 * grove_buffer_finish:
 * @self: (nullable)
 *
 * Frees what it holds; it is then empty, and may be used again.
 *
 * Threads: any thread. Blocks: no. Cost: O(1).
 * Errors: none
 * Since: 0.1
 */
GROVE_PUBLIC void grove_buffer_finish (struct grove_buffer *self);

/**
 * grove_buffer_extend:
 * @n: bytes more, which are then counted in
 *
 * Threads: any thread. Blocks: no. Cost: O(@n), amortised.
 * Errors: none; the program ends when there is no memory
 * Returns: where they are to be written, borrowed until the buffer grows again
 * Since: 0.1
 */
GROVE_PUBLIC uint8_t *grove_buffer_extend (struct grove_buffer *self, size_t n);

/* What was built, if it is one term; borrowed until the buffer grows again. */
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
 * ```c
 * static const uint8_t bytes[] = { 97, 42, 97 };
 * size_t               size;
 *
 * grove_assert (grove_term_check (bytes, 2, NULL) == GROVE_OK);
 * grove_assert (grove_term_check (bytes, 3, NULL) == GROVE_ERR_SYNTAX);
 * grove_assert (grove_term_check (bytes, 3, &size) == GROVE_OK && size == 2);
 * ```
 *
 * Threads: any thread. Blocks: no. Cost: O(size).
 * Errors: GROVE_ERR_SYNTAX (NULL too), GROVE_ERR_TOO_LARGE
 * Returns: GROVE_OK or an error
 * Since: 0.1
 */
GROVE_PUBLIC enum grove_status
grove_term_check (const void *bytes, size_t size, size_t *ret_size) GROVE_NODISCARD;

/**
 * grove_term_type:
 * @term: no bytes: GROVE_TERM_INVALID
 *
 * Threads: any thread. Blocks: no. Cost: O(1).
 * Errors: none
 * Returns: what kind of value it is, whatever the encoding
 * Since: 0.1
 */
GROVE_PUBLIC enum grove_term_type grove_term_type (struct grove_term term);

/**
 * grove_term_equal:
 *
 * Erlang's =:=, so 1 and 1.0 differ; which of its encodings a value comes in makes no difference.
 *
 * Threads: any thread. Blocks: no. Cost: O(size of both).
 * Errors: none
 * Returns: whether they are the same value; no bytes equal no bytes only
 * Since: 0.1
 */
GROVE_PUBLIC bool grove_term_equal (struct grove_term a, struct grove_term b);

/**
 * grove_term_compare:
 *
 * Erlang's standard order:
 * number < atom < reference < fun < port < pid < tuple < map < list < bits
 * What has no bytes comes before all.
 *
 * Threads: any thread. Blocks: no. Cost: O(size of both).
 * Errors: none
 * Returns: below, at or above 0
 * Since: 0.1
 */
GROVE_PUBLIC int grove_term_compare (struct grove_term a, struct grove_term b);

/**
 * grove_term_int64:
 * @term: any; no bytes are no value
 * @ret_value: (out) (optional): untouched when false
 *
 * The value of an integer; grove_term_uint64() for those that are not negative.
 *
 * Threads: any thread. Blocks: no. Cost: O(1).
 * Errors: none
 * Returns: whether the term is of that type and fits
 * Since: 0.1
 */
GROVE_PUBLIC bool grove_term_int64 (struct grove_term term, int64_t *ret_value);
GROVE_PUBLIC bool grove_term_uint64 (struct grove_term term, uint64_t *ret_value);

/**
 * grove_term_double:
 * @ret_value: (out) (optional): untouched when false
 *
 * Floats only; an integer is none.
 *
 * Threads: any thread. Blocks: no. Cost: O(1).
 * Errors: none
 * Returns: whether it is one
 * Since: 0.1
 */
GROVE_PUBLIC bool grove_term_double (struct grove_term term, double *ret_value);

/**
 * grove_term_pid:
 * @ret_value: (out) (optional): untouched when false
 *
 * The pid, and with grove_term_ref() the reference, of this run of the runtime only.
 *
 * Threads: any thread. Blocks: no. Cost: O(1).
 * Errors: none
 * Returns: whether it is one
 * Since: 0.1
 */
GROVE_PUBLIC bool grove_term_pid (struct grove_term term, grove_pid *ret_value);
GROVE_PUBLIC bool grove_term_ref (struct grove_term term, grove_ref *ret_value);

/**
 * grove_term_atom:
 * @ret_text: (out) (optional): UTF-8, borrowed from the term, no NUL at its end
 *
 * The name of an atom.
 *
 * Threads: any thread. Blocks: no. Cost: O(1).
 * Errors: none
 * Returns: whether it is one; false too for one that came in Latin-1 and is not ASCII: it has no
 * UTF-8 to view
 * Since: 0.1
 */
GROVE_PUBLIC bool grove_term_atom (struct grove_term term, struct grove_text *ret_text);

/**
 * grove_term_binary:
 * @ret_text: (out) (optional): the bytes, borrowed from the term, no NUL at their end
 *
 * Threads: any thread. Blocks: no. Cost: O(1).
 * Errors: none
 * Returns: whether it is a binary of whole bytes
 * Since: 0.1
 */
GROVE_PUBLIC bool grove_term_binary (struct grove_term term, struct grove_text *ret_text);

/**
 * grove_term_is_atom:
 * @name: (nullable): UTF-8; any encoding of the atom is recognised
 *
 * Threads: any thread. Blocks: no. Cost: O(size of the name).
 * Errors: none
 * Returns: whether it is that atom
 * Since: 0.1
 */
GROVE_PUBLIC bool grove_term_is_atom (struct grove_term term, const char *name);

/**
 * grove_term_arity:
 *
 * Threads: any thread. Blocks: no. Cost: O(1) for a tuple, O(size) for a list.
 * Errors: none
 * Returns: the elements of a tuple or a list; 0 for anything else
 * Since: 0.1
 */
GROVE_PUBLIC size_t grove_term_arity (struct grove_term term);

/**
 * grove_term_element:
 * @index: from 0, in a tuple; lists and maps are walked with grove_cursor_next() or matched
 * @ret_element: (out) (optional): borrowed from the term; untouched when false
 *
 * Threads: any thread. Blocks: no. Cost: O(size of what stands before it).
 * Errors: none
 * Returns: whether it is a tuple with that many elements
 * Since: 0.1
 */
GROVE_PUBLIC bool
grove_term_element (struct grove_term term, size_t index, struct grove_term *ret_element);

/**
 * grove_term_get:
 * @key: compared as grove_term_equal() does
 * @ret_value: (out) (optional): borrowed from @map; untouched when false
 *
 * ```c
 * struct grove_buffer map = { NULL }, key = { NULL };
 * struct grove_term   value;
 *
 * grove_assert (grove_build (&map, "#{apples => 3, pears => ~i}", 4) == GROVE_OK);
 * grove_assert (grove_build (&key, "pears") == GROVE_OK);
 * grove_assert (grove_term_get (grove_buffer_term (&map), grove_buffer_term (&key), &value));
 * grove_assert (grove_match (value, "4"));
 * grove_buffer_finish (&map);
 * grove_buffer_finish (&key);
 * ```
 *
 * Threads: any thread. Blocks: no. Cost: O(size of the map).
 * Errors: none
 * Returns: whether it is a map with that key
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

/**
 * grove_cursor_init:
 * @self: (out): before the first element of @term
 *
 * ```c
 * struct grove_buffer list = { NULL };
 * struct grove_cursor cursor;
 * struct grove_term   element;
 * int64_t             number, sum = 0;
 *
 * grove_assert (grove_build (&list, "[1, ~i, 1000]", 20) == GROVE_OK);
 * if (grove_cursor_init (&cursor, grove_buffer_term (&list)))
 *   while (grove_cursor_next (&cursor, &element))
 *     if (grove_term_int64 (element, &number))
 *       sum += number;
 * grove_assert (sum == 1021);
 * grove_buffer_finish (&list);
 * ```
 *
 * Threads: any thread. Blocks: no. Cost: O(1).
 * Errors: none
 * Returns: false when there are no elements; the cursor is then at its end
 * Since: 0.1
 */
GROVE_PUBLIC bool grove_cursor_init (struct grove_cursor *self, struct grove_term term);

/**
 * grove_cursor_next:
 * @ret_element: (out): borrowed from the term; a byte of a string from static storage
 *
 * Threads: any thread, a cursor by one at a time. Blocks: no. Cost: O(size of the element).
 * Errors: none
 * Returns: false at the end; @ret_element is then untouched
 * Since: 0.1
 */
GROVE_PUBLIC bool grove_cursor_next (struct grove_cursor *self, struct grove_term *ret_element);

/**
 * grove_cursor_tail:
 * @self: at its end
 * @ret_tail: (out): T of an improper list [a | T], borrowed; untouched when false
 *
 * Threads: any thread. Blocks: no. Cost: O(1).
 * Errors: none
 * Returns: false when the list is proper, or @self not at its end
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
 * ```c
 * struct grove_buffer out = { NULL };
 * struct grove_text   name;
 * double              price;
 *
 * grove_assert (grove_build (&out, "{item, #{name => ~s, price => ~f}}", "pear", 0.5) == GROVE_OK);
 * grove_assert (grove_match (grove_buffer_term (&out), "{item, #{price => ~f}}", &price));
 * grove_assert (grove_match (grove_buffer_term (&out), "{item, #{name => ~s}}", &name));
 * grove_assert (price < 0.6 && name.size == 4);
 * grove_assert (grove_build (&out, "{item,") == GROVE_ERR_SYNTAX);
 * grove_buffer_finish (&out);
 * ```
 *
 * Threads: any thread, each with a buffer of its own. Blocks: no. Cost: O(size), some 20 ns.
 * Errors: GROVE_ERR_SYNTAX, GROVE_ERR_TOO_LARGE (an atom of over 255 characters, a term of over 1
 * GiB)
 * Returns: GROVE_OK or an error
 * Since: 0.1
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
 * Threads: any thread. Blocks: no. Cost: O(size).
 * Errors: those of grove_build(), all told as 0
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
 * ```c
 * struct grove_buffer order = { NULL };
 * struct grove_text   item;
 * int                 id, limit = 10;
 *
 * grove_assert (grove_build (&order, "{order, ~i, ~s, 3}", 17, "pears") == GROVE_OK);
 * grove_assert (grove_match (grove_buffer_term (&order), "{order, ~i, ~s, _}", &id, &item));
 * grove_assert (id == 17 && item.size == 5);
 * grove_assert (grove_match (grove_buffer_term (&order), "{order, ^~i, _, N} when N < ~i",
 *                            17, limit));
 * grove_assert (!grove_match (grove_buffer_term (&order), "{_, N, _, N}"));
 * grove_buffer_finish (&order);
 * ```
 *
 * Threads: any thread. Blocks: no. Cost: O(size of the term at most), some 20 ns.
 * Errors: none
 * Returns: whether it has that shape
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
 * ```c
 * struct grove_buffer out = { NULL };
 * char                text[64];
 * bool                cut;
 *
 * grove_assert (grove_build (&out, "{ok, <<\"pear\">>, [1, 2 | x]}") == GROVE_OK);
 * grove_term_print (grove_buffer_term (&out), GROVE_SYNTAX_ERLANG, 16, text, sizeof text, &cut);
 * grove_assert (strcmp (text, "{ok,<<\"pear\">>,[1,2|x]}") == 0 && !cut);
 * grove_term_print (grove_buffer_term (&out), GROVE_SYNTAX_ELIXIR, 16, text, sizeof text, &cut);
 * grove_assert (strcmp (text, "{:ok, \"pear\", [1, 2 | :x]}") == 0);
 * grove_buffer_finish (&out);
 * ```
 *
 * Threads: any thread. Blocks: no. Cost: O(what is shown).
 * Errors: none; a @capacity of 0 writes nothing
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
 * ```c
 * struct grove_buffer out = { NULL };
 * const char         *message;
 * size_t              position;
 *
 * grove_assert (grove_term_parse ("{a, [1}", 7, &out, &position, &message) == GROVE_ERR_SYNTAX);
 * grove_assert (position == 6);
 * grove_assert (grove_term_parse ("{a, [1]}.", 9, &out, NULL, NULL) == GROVE_OK);
 * grove_buffer_finish (&out);
 * ```
 *
 * Threads: any thread, each with a buffer of its own. Blocks: no. Cost: O(size); for an integer of
 * n digits O(n^2), at most 2,500 digits.
 * Errors: GROVE_ERR_SYNTAX, GROVE_ERR_TOO_LARGE
 * Returns: GROVE_OK or an error
 * Since: 0.1
 */
GROVE_PUBLIC enum grove_status grove_term_parse (const char          *text,
                                                 size_t               size,
                                                 struct grove_buffer *out,
                                                 size_t              *ret_position,
                                                 const char         **ret_message) GROVE_NODISCARD;

#define GROVE_PID_TEXT_SIZE 32

/**
 * grove_pid_print:
 * @text: (out): "<0.INDEX.GENERATION>" and a NUL
 *
 * Threads: any thread. Blocks: no. Cost: O(1).
 * Errors: none
 * Since: 0.1
 */
GROVE_PUBLIC void grove_pid_print (grove_pid pid, char text[GROVE_PID_TEXT_SIZE]);

/**
 * grove_pid_parse:
 * @text: (nullable): what grove_pid_print() writes, all of it
 * @size: of @text, in bytes
 * @ret_pid: (out) (optional): untouched when false; no process need have it
 *
 * ```c
 * char      text[GROVE_PID_TEXT_SIZE];
 * grove_pid pid;
 *
 * grove_pid_print (grove_self (), text);
 * grove_assert (grove_pid_parse (text, strlen (text), &pid) && pid == grove_self ());
 * grove_assert (!grove_pid_parse ("<1.2>", 5, &pid));
 * ```
 *
 * Threads: any thread. Blocks: no. Cost: O(1).
 * Errors: none
 * Returns: whether it is the text of a pid
 * Since: 0.1
 */
GROVE_PUBLIC bool grove_pid_parse (const char *text, size_t size, grove_pid *ret_pid);

/**
 * grove_term_set_creation:
 * @creation: random, never 0; set once when the runtime starts
 *
 * What tells the pids of this run from those of an earlier one, inside encoded terms. The runtime
 * sets it; grove_term_creation() is what it set.
 *
 * Threads: any thread; it is set before there are others. Blocks: no. Cost: O(1).
 * Errors: none
 * Returns: grove_term_creation(): that number, 0 before there was a runtime
 * Since: 0.1
 */
GROVE_PUBLIC void     grove_term_set_creation (uint32_t creation);
GROVE_PUBLIC uint32_t grove_term_creation (void);

GROVE_END_DECLS
