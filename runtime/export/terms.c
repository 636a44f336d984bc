/* SPDX-License-Identifier: MIT
 *
 * See terms.h. The nodes of a tree are written in one list, each before what is in it: JSON's own
 * nesting is limited, and who folds wants lines anyway. How many of a node's children are shown is
 * settled when it is written, out of what is left for all, so that those that are promised come.
 */
#include "runtime/export/terms.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define STORE_MAX  ((size_t) 1 << 20)
#define TEXT_DEPTH 12

/* Of a node's text: leaves, and what has nodes of its own. */
#define LEAF_TEXT   256
#define BRANCH_TEXT 80

const struct grove_term_style _grove_plain_style = { .max_bytes = 1024 };

static enum grove_syntax
syntax_of (const struct grove_term_style *style)
{
  return style->elixir ? GROVE_SYNTAX_ELIXIR : GROVE_SYNTAX_ERLANG;
}

/* ---- Copying -----------------------------------------------------------------------------------
 */

void
_grove_term_store_init (struct grove_term_store       *self,
                        size_t                         n,
                        const struct grove_term_style *style)
{
  size_t each = GROVE_STORED_TERM > style->max_bytes ? GROVE_STORED_TERM : style->max_bytes + 1;

  self->used = 0;
  self->size = n * each < STORE_MAX ? n * each : STORE_MAX;
  self->bytes = malloc (self->size);
  if (!self->bytes)
    abort ();
}

void
_grove_term_store_finish (struct grove_term_store *self)
{
  free (self->bytes);
}

bool
_grove_term_store_take (struct grove_term_store       *self,
                        struct grove_term              term,
                        const struct grove_term_style *style,
                        struct grove_stored_term      *ret_stored)
{
  const size_t room = self->size - self->used;

  *ret_stored = (struct grove_stored_term){ .place = self->used, .size = term.size };
  if (term.size <= GROVE_STORED_TERM)
    {
      if (term.size > room)
        return false;
      memcpy (self->bytes + self->used, term.bytes, term.size);
      ret_stored->n_bytes = term.size;
    }
  else
    {
      if (style->max_bytes + 1 > room)
        return false;
      ret_stored->printed = true;
      ret_stored->n_bytes =
        grove_term_print (term, syntax_of (style), TEXT_DEPTH, (char *) self->bytes + self->used,
                          style->max_bytes + 1, &ret_stored->truncated);
    }
  self->used += ret_stored->n_bytes;
  return true;
}

/* ---- As a tree ---------------------------------------------------------------------------------
 */

struct tree
{
  struct grove_writer *writer;
  enum grove_syntax    syntax;
  size_t               n_left; /* nodes that may still be promised */
};

static const char *
kind_of (struct grove_term term)
{
  switch (grove_term_type (term))
    {
    case GROVE_TERM_INTEGER:
      return "integer";
    case GROVE_TERM_FLOAT:
      return "float";
    case GROVE_TERM_ATOM:
      return "atom";
    case GROVE_TERM_BINARY:
      return "binary";
    case GROVE_TERM_BITSTRING:
      return "bitstring";
    case GROVE_TERM_LIST:
      return "list";
    case GROVE_TERM_TUPLE:
      return "tuple";
    case GROVE_TERM_MAP:
      return "map";
    case GROVE_TERM_PID:
      return "pid";
    case GROVE_TERM_REFERENCE:
      return "reference";
    case GROVE_TERM_FUN:
      return "fun";
    case GROVE_TERM_PORT:
      return "port";
    case GROVE_TERM_INVALID:
    default:
      return "invalid";
    }
}

/* What is in @term: elements, keys and values; and what an improper list ends with. */
static size_t
count (struct grove_term term, struct grove_term *ret_tail, bool *ret_improper)
{
  struct grove_cursor cursor;
  struct grove_term   element;
  size_t              n = 0;

  *ret_improper = false;
  if (!grove_cursor_init (&cursor, term))
    return 0;
  while (grove_cursor_next (&cursor, &element))
    n++;
  *ret_improper =
    grove_term_type (term) == GROVE_TERM_LIST && grove_cursor_tail (&cursor, ret_tail);
  return n;
}

/* Text that reads as text is a leaf, though it is a list of numbers. */
static bool
is_string (const char *text, bool truncated, struct grove_term term)
{
  return grove_term_type (term) == GROVE_TERM_LIST && !truncated &&
         (text[0] == '"' || text[0] == '\'');
}

static void
write_node (struct tree *self, struct grove_term term, unsigned depth)
{
  struct grove_writer *writer = self->writer;
  struct grove_cursor  cursor;
  struct grove_term    element, tail;
  char                 text[LEAF_TEXT + 1];
  bool                 truncated, improper = false;
  size_t               n, n_all, n_shown, size;

  size = grove_term_print (term, self->syntax, 3, text, sizeof text, &truncated);
  n = is_string (text, truncated, term) ? 0 : count (term, &tail, &improper);
  if (n > 0)
    size = grove_term_print (term, self->syntax, 3, text, BRANCH_TEXT + 1, &truncated);
  n_all = n + improper;
  n_shown = n < GROVE_LIMIT_TERM_WIDTH ? n : GROVE_LIMIT_TERM_WIDTH;
  if (depth == GROVE_LIMIT_TERM_LEVELS || n_shown + 1 > self->n_left ||
      writer->size > GROVE_TERMS_END)
    n_shown = 0;
  improper = improper && n_shown == n;
  n_shown += improper;
  self->n_left -= n_shown;

  grove_writer_begin_object (writer);
  grove_writer_member_text (writer, "kind", kind_of (term));
  grove_writer_name (writer, "text");
  grove_writer_text_size (writer, text, size);
  if (n_shown > 0)
    grove_writer_member_int (writer, "n", (int64_t) n_shown);
  if (n_all > n_shown)
    grove_writer_member_int (writer, "left_out", (int64_t) (n_all - n_shown));
  if (improper)
    grove_writer_member_bool (writer, "improper", true);
  if (n == 0 && truncated)
    grove_writer_member_bool (writer, "truncated", true);
  grove_writer_end_object (writer);

  if (n_shown == 0 || !grove_cursor_init (&cursor, term))
    return;
  for (size_t i = improper; i < n_shown && grove_cursor_next (&cursor, &element); i++)
    write_node (self, element, depth + 1);
  if (improper)
    write_node (self, tail, depth + 1);
}

static void
write_tree (struct grove_writer           *writer,
            struct grove_term              term,
            const struct grove_term_style *style)
{
  struct tree tree = { .writer = writer,
                       .syntax = syntax_of (style),
                       .n_left = GROVE_LIMIT_TERM_NODES - 1 };

  grove_writer_name (writer, "tree");
  grove_writer_begin_array (writer);
  write_node (&tree, term, 1);
  grove_writer_end_array (writer);
}

/* ---- As a value --------------------------------------------------------------------------------
 */

static void
write_text (
  struct grove_writer *writer, const char *text, size_t length, size_t size, bool truncated)
{
  grove_writer_name (writer, "text");
  grove_writer_text_size (writer, text, length);
  grove_writer_member_int (writer, "size", (int64_t) size);
  grove_writer_member_bool (writer, "truncated", truncated);
}

void
_grove_write_term (struct grove_writer           *writer,
                   struct grove_term              term,
                   const struct grove_term_style *style)
{
  _grove_write_term_part (writer, term, term.size, style);
}

void
_grove_write_term_part (struct grove_writer           *writer,
                        struct grove_term              term,
                        size_t                         size,
                        const struct grove_term_style *style)
{
  char  *text = malloc ((size_t) style->max_bytes + 1);
  bool   truncated;
  size_t length;

  if (!text)
    abort ();
  length =
    grove_term_print (term, syntax_of (style), TEXT_DEPTH, text, style->max_bytes + 1, &truncated);
  grove_writer_begin_object (writer);
  write_text (writer, text, length, size, truncated);
  if (style->tree)
    write_tree (writer, term, style);
  grove_writer_end_object (writer);
  free (text);
}

void
_grove_write_stored_term (struct grove_writer            *writer,
                          const struct grove_term_store  *store,
                          const struct grove_stored_term *stored,
                          const struct grove_term_style  *style)
{
  const uint8_t *bytes = store->bytes + stored->place;

  if (!stored->printed)
    {
      _grove_write_term (writer, (struct grove_term){ bytes, stored->n_bytes }, style);
      return;
    }
  grove_writer_begin_object (writer);
  write_text (writer, (const char *) bytes, stored->n_bytes, stored->size, stored->truncated);
  grove_writer_end_object (writer);
}

bool
_grove_source_parse (struct grove_call   *call,
                     const char          *param,
                     const char          *text,
                     struct grove_buffer *ret_term)
{
  size_t      position = 0;
  const char *why = NULL;
  char        data[64];

  if (grove_term_parse (text, strlen (text), ret_term, &position, &why) == GROVE_OK)
    return true;
  snprintf (data, sizeof data, "{\"param\":\"%s\",\"position\":%zu}", param, position);
  grove_call_fail (call, GROVE_ERROR_INVALID_PARAMS, data, "%s is no term: %s, at byte %zu", param,
                   why ? why : "it cannot be read", position);
  grove_buffer_finish (ret_term);
  return false;
}
