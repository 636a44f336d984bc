/* SPDX-License-Identifier: MIT
 *
 * What follows `when` in a match format, by Erlang's rules: `,` and `andalso`, `;` and `orelse`,
 * `not`, comparisons and tests of types. A guard is compiled into instructions in prefix order: an
 * operator, then its operands. Asking for the length of what is no list fails the alternative it
 * stands in, and does no other harm.
 */
#include "runtime/term/compiler.h"

enum guard_op
{
  /* Below are the directives, whose value is the next that was given. */
  GUARD_VARIABLE = 64, /* @n */
  GUARD_CONSTANT,      /* @size bytes of match_literals from @offset */
  GUARD_ANY_OF,        /* two alternatives follow: a failure in one is no more than false */
  GUARD_OR,
  GUARD_AND,
  GUARD_NOT,
  GUARD_IS_TRUE,
  GUARD_SAME, /* two operands follow these */
  GUARD_NOT_SAME,
  GUARD_EQUAL,
  GUARD_NOT_EQUAL,
  GUARD_AT_MOST,
  GUARD_AT_LEAST,
  GUARD_LESS,
  GUARD_GREATER,
  GUARD_TYPE,   /* @n: a bit a type; an operand follows these */
  GUARD_LENGTH, /* of a list */
  GUARD_TUPLE_SIZE,
  GUARD_MAP_SIZE,
  GUARD_BYTE_SIZE,
};

enum verdict
{
  VERDICT_FALSE,
  VERDICT_TRUE,
  VERDICT_FAILED, /* what it asks has no answer */
};

#define TYPE(type) (1u << GROVE_TERM_##type)
#define BOOLEAN    1u /* GROVE_TERM_INVALID is no type */

_Static_assert((int) FORMAT_MAP_END < (int) GUARD_VARIABLE, "directives keep their numbers here");
_Static_assert(GROVE_TERM_PORT < 16, "a bit a type, in 16");

/* ---- Compiling ------------------------------------------------------------------------------- */

static bool compile_alternatives (struct compiler *self, unsigned depth);

static void
add (struct compiler *self, enum guard_op kind, unsigned n)
{
  _grove_compiler_op (&self->guard,
                      (struct format_op){ .kind = (uint8_t) kind, .n = (uint16_t) n });
}

/* Puts an operator in front of what was compiled since @at. */
static void
put_before (struct compiler *self, size_t at, enum guard_op kind)
{
  struct format_op *ops;

  add (self, kind, 0);
  ops = (void *) (self->guard.bytes + at);
  memmove (ops + 1, ops, self->guard.size - at - sizeof *ops);
  *ops = (struct format_op){ .kind = (uint8_t) kind };
}

/* Takes a word if it comes next and is a whole one. */
static bool
take_word (struct compiler *self, const char *word)
{
  size_t before = self->lexer.position;
  char   next;

  if (!_grove_lex_take (&self->lexer, word))
    return false;
  next = self->lexer.position < self->lexer.size ? self->lexer.text[self->lexer.position] : 0;
  if (!(next >= 'a' && next <= 'z') && !(next >= 'A' && next <= 'Z') &&
      !(next >= '0' && next <= '9') && next != '_' && next != '@')
    return true;
  self->lexer.position = before;
  return false;
}

/* Takes the name of a function and the bracket behind it. */
static bool
take_function (struct compiler *self, const char *name)
{
  size_t before = self->lexer.position;

  if (take_word (self, name) && _grove_lex_take (&self->lexer, "("))
    return true;
  self->lexer.position = before;
  return false;
}

static bool
compile_constant (struct compiler *self, unsigned depth)
{
  size_t            match = self->match.size;
  size_t            n_directives = self->n_directives;
  struct format_op *op;

  if (!_grove_compiler_term (self, depth))
    return false;
  op = (void *) (self->match.bytes + match);
  if (self->match.size - match != sizeof *op || op->kind != FORMAT_LITERAL ||
      self->n_directives != n_directives)
    return _grove_compiler_fail (self, "a constant expected");
  self->match.size = match;
  _grove_compiler_op (&self->guard, (struct format_op){ .kind = GUARD_CONSTANT,
                                                        .offset = op->offset,
                                                        .size = op->size });
  return true;
}

static bool
compile_value (struct compiler *self)
{
  enum format_op_kind kind;

  if (!_grove_compiler_directive (self, &kind))
    return false;
  if (kind == FORMAT_ATOM || kind == FORMAT_TEXT || kind == FORMAT_BYTES)
    return _grove_compiler_fail (self, "in a guard only ~i, ~l, ~u, ~f, ~p, ~r and ~t");
  self->n_directives++;
  self->takes_values = true;
  _grove_compiler_op (&self->guard, (struct format_op){ .kind = (uint8_t) kind });
  return true;
}

static bool
compile_operand (struct compiler *self, unsigned depth)
{
  static const struct
  {
    const char   *name;
    enum guard_op kind;
  } functions[] = {
    { "length", GUARD_LENGTH },
    { "tuple_size", GUARD_TUPLE_SIZE },
    { "map_size", GUARD_MAP_SIZE },
    { "byte_size", GUARD_BYTE_SIZE },
  };
  size_t variable;

  if (depth >= FORMAT_MAX_DEPTH)
    return _grove_compiler_fail (self, "nested too deep");
  if (_grove_compiler_variable (self, &variable))
    {
      if (variable == self->n_variables)
        return _grove_compiler_fail (self, "the pattern does not bind that variable");
      add (self, GUARD_VARIABLE, (unsigned) variable);
      return true;
    }
  for (size_t i = 0; i < sizeof functions / sizeof *functions; i++)
    if (take_function (self, functions[i].name))
      {
        add (self, functions[i].kind, 0);
        return compile_operand (self, depth + 1) &&
               (_grove_lex_take (&self->lexer, ")") || _grove_compiler_fail (self, "')' expected"));
      }
  if (_grove_lex_peek (&self->lexer) == '~')
    return compile_value (self);
  return compile_constant (self, depth);
}

static bool
compile_comparison (struct compiler *self, unsigned depth)
{
  /* Longer ones first. */
  static const struct
  {
    const char   *text;
    enum guard_op kind;
  } operators[] = {
    { "=:=", GUARD_SAME },     { "=/=", GUARD_NOT_SAME }, { "==", GUARD_EQUAL },
    { "/=", GUARD_NOT_EQUAL }, { "=<", GUARD_AT_MOST },   { ">=", GUARD_AT_LEAST },
    { "<", GUARD_LESS },       { ">", GUARD_GREATER },
  };
  size_t at = self->guard.size;

  if (!compile_operand (self, depth))
    return false;
  for (size_t i = 0; i < sizeof operators / sizeof *operators; i++)
    if (_grove_lex_take (&self->lexer, operators[i].text))
      {
        put_before (self, at, operators[i].kind);
        return compile_operand (self, depth);
      }
  put_before (self, at, GUARD_IS_TRUE);
  return true;
}

static bool
compile_test (struct compiler *self, unsigned depth)
{
  static const struct
  {
    const char *name;
    unsigned    types;
  } tests[] = {
    { "is_integer", TYPE (INTEGER) },
    { "is_float", TYPE (FLOAT) },
    { "is_number", TYPE (INTEGER) | TYPE (FLOAT) },
    { "is_atom", TYPE (ATOM) },
    { "is_boolean", BOOLEAN },
    { "is_binary", TYPE (BINARY) },
    { "is_bitstring", TYPE (BINARY) | TYPE (BITSTRING) },
    { "is_list", TYPE (LIST) },
    { "is_tuple", TYPE (TUPLE) },
    { "is_map", TYPE (MAP) },
    { "is_pid", TYPE (PID) },
    { "is_reference", TYPE (REFERENCE) },
    { "is_function", TYPE (FUN) },
    { "is_port", TYPE (PORT) },
  };

  if (depth >= FORMAT_MAX_DEPTH)
    return _grove_compiler_fail (self, "nested too deep");
  if (take_word (self, "not"))
    {
      add (self, GUARD_NOT, 0);
      return compile_test (self, depth + 1);
    }
  if (_grove_lex_take (&self->lexer, "("))
    return compile_alternatives (self, depth + 1) &&
           (_grove_lex_take (&self->lexer, ")") || _grove_compiler_fail (self, "')' expected"));
  for (size_t i = 0; i < sizeof tests / sizeof *tests; i++)
    if (take_function (self, tests[i].name))
      {
        add (self, GUARD_TYPE, tests[i].types);
        return compile_operand (self, depth + 1) &&
               (_grove_lex_take (&self->lexer, ")") || _grove_compiler_fail (self, "')' expected"));
      }
  return compile_comparison (self, depth);
}

static bool
compile_and (struct compiler *self, unsigned depth)
{
  size_t at = self->guard.size;

  if (!compile_test (self, depth))
    return false;
  while (take_word (self, "andalso"))
    {
      put_before (self, at, GUARD_AND);
      if (!compile_test (self, depth))
        return false;
    }
  return true;
}

/* Inside brackets and between the commas. */
static bool
compile_alternatives (struct compiler *self, unsigned depth)
{
  size_t at = self->guard.size;

  if (!compile_and (self, depth))
    return false;
  while (take_word (self, "orelse"))
    {
      put_before (self, at, GUARD_OR);
      if (!compile_and (self, depth))
        return false;
    }
  return true;
}

static bool
compile_conjunction (struct compiler *self)
{
  size_t at = self->guard.size;

  if (!compile_alternatives (self, 0))
    return false;
  while (_grove_lex_take (&self->lexer, ","))
    {
      put_before (self, at, GUARD_AND);
      if (!compile_alternatives (self, 0))
        return false;
    }
  return true;
}

bool
_grove_guard_compile (struct compiler *self)
{
  size_t at = self->guard.size;

  if (!compile_conjunction (self))
    return false;
  while (_grove_lex_take (&self->lexer, ";"))
    {
      put_before (self, at, GUARD_ANY_OF);
      if (!compile_conjunction (self))
        return false;
    }
  return _grove_lex_peek (&self->lexer) == 0 || _grove_compiler_fail (self, "the end expected");
}

/* ---- Asking ---------------------------------------------------------------------------------- */

struct guard
{
  const struct format_op   *op; /* the next */
  const uint8_t            *literals;
  const struct grove_term  *variables;
  const union format_value *values; /* the next */
};

/* What an operand is when it is no view: a number, a pid or a reference. */
struct operand
{
  struct grove_term term;
  uint8_t           bytes[ETF_PID_SIZE + ETF_REFERENCE_SIZE + ETF_MAX_INT64_SIZE];
};

static bool evaluate_operand (struct guard *self, struct operand *ret_operand);

/* How large a term is, by what is asked of it; UINT64_MAX: it is not of that kind. */
static uint64_t
size_of (enum guard_op kind, struct grove_term term)
{
  struct grove_cursor cursor;
  struct grove_term   element;
  struct grove_text   text;

  switch ((int) kind)
    {
    case GUARD_LENGTH:
      /* The length of an improper list is not asked for. */
      if (grove_term_type (term) != GROVE_TERM_LIST)
        return UINT64_MAX;
      if (grove_cursor_init (&cursor, term))
        while (grove_cursor_next (&cursor, &element))
          ;
      return grove_cursor_tail (&cursor, &element) ? UINT64_MAX : grove_term_arity (term);
    case GUARD_TUPLE_SIZE:
      return grove_term_type (term) == GROVE_TERM_TUPLE ? grove_term_arity (term) : UINT64_MAX;
    case GUARD_MAP_SIZE:
      return term.bytes[0] == ETF_MAP ? etf_get32 (term.bytes + 1) : UINT64_MAX;
    default:
      return grove_term_binary (term, &text) ? text.size : UINT64_MAX;
    }
}

static bool
evaluate_size (struct guard *self, enum guard_op kind, struct operand *ret_operand)
{
  uint64_t size;

  if (!evaluate_operand (self, ret_operand))
    return false;
  size = size_of (kind, ret_operand->term);
  if (size == UINT64_MAX)
    return false;
  ret_operand->term =
    (struct grove_term){ ret_operand->bytes, _grove_etf_put_uint64 (ret_operand->bytes, size) };
  return true;
}

static bool
evaluate_value (const struct format_op *op, const union format_value *value, struct operand *ret)
{
  uint64_t bits;

  ret->term = (struct grove_term){ ret->bytes, 0 };
  switch ((int) op->kind)
    {
    case FORMAT_INT:
      ret->term.size = _grove_etf_put_int64 (ret->bytes, value->integer);
      return true;
    case FORMAT_INT64:
      ret->term.size = _grove_etf_put_int64 (ret->bytes, value->int64);
      return true;
    case FORMAT_UINT64:
      ret->term.size = _grove_etf_put_uint64 (ret->bytes, value->uint64);
      return true;
    case FORMAT_DOUBLE:
      memcpy (&bits, &value->number, sizeof bits);
      ret->bytes[0] = ETF_NEW_FLOAT;
      etf_put64 (ret->bytes + 1, bits);
      ret->term.size = 9;
      return __builtin_isfinite (value->number);
    case FORMAT_PID:
      etf_put_pid (ret->bytes, value->pid);
      ret->term.size = ETF_PID_SIZE;
      return true;
    case FORMAT_REF:
      etf_put_ref (ret->bytes, value->ref);
      ret->term.size = ETF_REFERENCE_SIZE;
      return true;
    default:
      ret->term = value->term;
      return value->term.size > 0;
    }
}

/* Takes the operand's instructions, whether it can be answered or not. */
static bool
evaluate_operand (struct guard *self, struct operand *ret_operand)
{
  const struct format_op *op = self->op++;

  switch ((int) op->kind)
    {
    case GUARD_VARIABLE:
      ret_operand->term = self->variables[op->n];
      return true;
    case GUARD_CONSTANT:
      ret_operand->term = (struct grove_term){ self->literals + op->offset, op->size };
      return true;
    case GUARD_LENGTH:
    case GUARD_TUPLE_SIZE:
    case GUARD_MAP_SIZE:
    case GUARD_BYTE_SIZE:
      return evaluate_size (self, (enum guard_op) op->kind, ret_operand);
    default:
      return evaluate_value (op, self->values++, ret_operand);
    }
}

static bool
holds (enum guard_op kind, struct grove_term a, struct grove_term b)
{
  switch ((int) kind)
    {
    case GUARD_SAME:
      return grove_term_equal (a, b);
    case GUARD_NOT_SAME:
      return !grove_term_equal (a, b);
    case GUARD_EQUAL:
      return grove_term_compare (a, b) == 0;
    case GUARD_NOT_EQUAL:
      return grove_term_compare (a, b) != 0;
    case GUARD_AT_MOST:
      return grove_term_compare (a, b) <= 0;
    case GUARD_AT_LEAST:
      return grove_term_compare (a, b) >= 0;
    case GUARD_LESS:
      return grove_term_compare (a, b) < 0;
    default:
      return grove_term_compare (a, b) > 0;
    }
}

static enum verdict
evaluate_type (unsigned types, struct grove_term term)
{
  if (types == BOOLEAN)
    return grove_term_is_atom (term, "true") || grove_term_is_atom (term, "false") ? VERDICT_TRUE
                                                                                   : VERDICT_FALSE;
  return types >> grove_term_type (term) & 1 ? VERDICT_TRUE : VERDICT_FALSE;
}

/* Both sides are gone through, whatever the first says: what is asked has no effects, and the
 * instructions and values must be passed. What the second would have failed at is then forgotten.
 */
static enum verdict
evaluate (struct guard *self)
{
  const struct format_op *op = self->op++;
  enum guard_op           kind = (enum guard_op) op->kind;
  enum verdict            first, second;
  struct operand          a, b;
  bool                    answered;

  switch ((int) kind)
    {
    case GUARD_ANY_OF:
    case GUARD_OR:
    case GUARD_AND:
      first = evaluate (self);
      second = evaluate (self);
      if (kind == GUARD_ANY_OF)
        return first == VERDICT_TRUE ? first : second;
      if (first == VERDICT_FAILED)
        return first;
      return first == (kind == GUARD_OR ? VERDICT_TRUE : VERDICT_FALSE) ? first : second;
    case GUARD_NOT:
      first = evaluate (self);
      return first == VERDICT_FAILED ? first : first == VERDICT_TRUE ? VERDICT_FALSE : VERDICT_TRUE;
    case GUARD_IS_TRUE:
      if (!evaluate_operand (self, &a) || evaluate_type (BOOLEAN, a.term) != VERDICT_TRUE)
        return VERDICT_FAILED;
      return grove_term_is_atom (a.term, "true") ? VERDICT_TRUE : VERDICT_FALSE;
    case GUARD_TYPE:
      return evaluate_operand (self, &a) ? evaluate_type (op->n, a.term) : VERDICT_FAILED;
    default:
      answered = evaluate_operand (self, &a);
      answered = evaluate_operand (self, &b) && answered;
      if (!answered)
        return VERDICT_FAILED;
      return holds (kind, a.term, b.term) ? VERDICT_TRUE : VERDICT_FALSE;
    }
}

bool
_grove_guard_holds (const struct format      *format,
                    const struct grove_term  *variables,
                    const union format_value *values)
{
  struct guard self = { format->guard.ops, format->match_literals, variables, values };

  return evaluate (&self) == VERDICT_TRUE;
}
