/* SPDX-License-Identifier: MIT
 *
 * Compiling formats, and finding the compiled one again.
 *
 * The table of all formats is guarded by a mutex and only grows, up to a limit; behind that formats
 * are compiled for one use. In front of it each thread has a small table of its own, indexed by the
 * address of the text. Where the text is a constant of the program its address says it all;
 * elsewhere it is compared, for it may lie in a buffer that was used again.
 */
#include "runtime/term/compiler.h"
#include "runtime/term/constant.h"
#include "runtime/term/flat.h"

#include <pthread.h>
#include <stdlib.h>

#define N_BUCKETS   512
#define MAX_FORMATS 4096

bool
_grove_compiler_fail (struct compiler *self, const char *message)
{
  return _grove_lex_fail (&self->lexer, self->lexer.position, message);
}

/* ---- Emitting -------------------------------------------------------------------------------- */

struct format_op *
_grove_compiler_op (struct grove_buffer *program, struct format_op op)
{
  return memcpy (grove_buffer_extend (program, sizeof op), &op, sizeof op);
}

static struct format_op *
op_at (struct grove_buffer *program, size_t offset)
{
  return (void *) (program->bytes + offset);
}

/* Adds @size bytes to what building writes. */
static size_t
add_build_literal (struct compiler *self, const void *bytes, size_t size)
{
  size_t            offset = self->build_literals.size;
  struct format_op *last = NULL;

  memcpy (grove_buffer_extend (&self->build_literals, size), bytes, size);
  if (self->fuse && self->build.size > 0)
    last = op_at (&self->build, self->build.size - sizeof *last);
  if (last != NULL && last->kind == FORMAT_LITERAL && last->offset + last->size == offset)
    last->size += (uint32_t) size;
  else
    _grove_compiler_op (&self->build, (struct format_op){ .kind = FORMAT_LITERAL,
                                                          .offset = offset,
                                                          .size = (uint32_t) size });
  self->fuse = true;
  return offset;
}

static void
add_match_literal (struct compiler *self, struct grove_term term)
{
  size_t offset = self->match_literals.size;

  memcpy (grove_buffer_extend (&self->match_literals, term.size), term.bytes, term.size);
  _grove_compiler_op (&self->match, (struct format_op){ .kind = FORMAT_LITERAL,
                                                        .offset = (uint32_t) offset,
                                                        .size = (uint32_t) term.size });
}

static void
add_literal_term (struct compiler *self, struct grove_term term)
{
  add_build_literal (self, term.bytes, term.size);
  add_match_literal (self, term);
}

static void
add_directive (struct compiler *self, enum format_op_kind kind)
{
  _grove_compiler_op (&self->build, (struct format_op){ .kind = (uint8_t) kind });
  _grove_compiler_op (&self->match, (struct format_op){ .kind = (uint8_t) kind });
  self->n_directives++;
}

/* ---- Folding --------------------------------------------------------------------------------- */

/* Where a container began, so that one without directives can be turned into a literal. */
struct mark
{
  size_t           build_literals, match_literals, build, match;
  struct format_op last; /* the building op before it, which literals may have been joined to */
  size_t           n_directives;
  size_t           n_maps;
  bool             fuse;
};

static struct mark
mark (struct compiler *self)
{
  struct mark now = {
    .build_literals = self->build_literals.size,
    .match_literals = self->match_literals.size,
    .build = self->build.size,
    .match = self->match.size,
    .n_directives = self->n_directives,
    .n_maps = self->n_maps,
    .fuse = self->fuse,
  };

  if (self->build.size > 0)
    now.last = *op_at (&self->build, self->build.size - sizeof now.last);
  /* What is folded must be found in instructions of its own. */
  self->fuse = false;
  return now;
}

/* The container since @start stays as it is: its first literal may follow the one before it. */
static void
join (struct compiler *self, const struct mark *start)
{
  struct format_op *first, *last;

  if (!start->fuse || start->build == 0 || self->build.size <= start->build)
    return;
  first = op_at (&self->build, start->build);
  last = op_at (&self->build, start->build - sizeof *last);
  if (first->kind != FORMAT_LITERAL || last->kind != FORMAT_LITERAL ||
      last->offset + last->size != first->offset)
    return;
  last->size += first->size;
  self->build.size -= sizeof *first;
  memmove (first, first + 1, self->build.size - start->build);
}

/* The container since @start is complete. If it is constant, builds it now. */
static bool
fold (struct compiler *self, const struct mark *start)
{
  struct grove_buffer   folded = { 0 };
  struct format_program program;
  enum grove_status     status;
  size_t                size;

  if (self->n_directives != start->n_directives)
    {
      join (self, start);
      return true;
    }
  program.ops = op_at (&self->build, start->build);
  program.n_ops = (self->build.size - start->build) / sizeof *program.ops;
  status = _grove_format_run (&program, self->build_literals.bytes, NULL, 0, NULL, &size);
  if (status == GROVE_OK)
    {
      grove_buffer_extend (&folded, size);
      status = _grove_format_run (&program, self->build_literals.bytes, folded.bytes, folded.size,
                                  NULL, &size);
    }
  if (status != GROVE_OK)
    {
      grove_buffer_finish (&folded);
      return _grove_compiler_fail (self, "the same key twice");
    }
  /* A list can have become a string, which is shorter. */
  folded.size = size;
  self->build_literals.size = start->build_literals;
  self->build.size = start->build;
  if (self->build.size > 0)
    *op_at (&self->build, self->build.size - sizeof start->last) = start->last;
  self->fuse = start->fuse;
  add_build_literal (self, folded.bytes, folded.size);
  /* As a pattern a map is more than its value: it lets other keys pass. Not so as a key. */
  if (self->n_maps == start->n_maps || self->in_key > 0)
    {
      self->match_literals.size = start->match_literals;
      self->match.size = start->match;
      add_match_literal (self, grove_buffer_term (&folded));
    }
  grove_buffer_finish (&folded);
  return true;
}

/* ---- Names ----------------------------------------------------------------------------------- */

static bool
is_name_byte (char byte)
{
  return (byte >= 'A' && byte <= 'Z') || (byte >= 'a' && byte <= 'z') ||
         (byte >= '0' && byte <= '9') || byte == '_' || byte == '@';
}

/* How long the variable's name is that comes next; 0: none does. A single `_` is none. */
static size_t
name_size (struct compiler *self)
{
  char        first = _grove_lex_peek (&self->lexer);
  const char *text = self->lexer.text + self->lexer.position;
  size_t      size = 0, room = self->lexer.size - self->lexer.position;

  if (first != '_' && (first < 'A' || first > 'Z'))
    return 0;
  while (size < room && is_name_byte (text[size]))
    size++;
  return size == 1 && first == '_' ? 0 : size;
}

/* ---- Containers ------------------------------------------------------------------------------ */

static bool
compile_tuple (struct compiler *self, unsigned depth)
{
  struct mark start = mark (self);
  uint8_t     head[2] = { ETF_SMALL_TUPLE, 0 };
  size_t      match = self->match.size, head_at, n = 0;

  head_at = add_build_literal (self, head, sizeof head) + 1;
  _grove_compiler_op (&self->match, (struct format_op){ .kind = FORMAT_TUPLE });
  if (!_grove_lex_take (&self->lexer, "}"))
    {
      do
        if (++n > FORMAT_MAX_ARITY)
          return _grove_compiler_fail (self, "too many elements");
        else if (!_grove_compiler_term (self, depth))
          return false;
      while (_grove_lex_take (&self->lexer, ","));
      if (!_grove_lex_take (&self->lexer, "}"))
        return _grove_compiler_fail (self, "',' or '}' expected");
    }
  self->build_literals.bytes[head_at] = (uint8_t) n;
  op_at (&self->match, match)->n = (uint16_t) n;
  return fold (self, &start);
}

/* What follows the bar. A pattern cannot bind it with ~t: the rest of a list is no term by itself
 * that a view could show. */
static bool
compile_tail (struct compiler *self, unsigned depth, bool *flat)
{
  size_t size;

  size = name_size (self);
  if (size > 0 && self->lexer.text[self->lexer.position] != '_')
    return _grove_compiler_fail (self, "the rest of a list cannot be bound; _ passes it");
  self->lexer.position += size;
  if (size > 0 || _grove_lex_take (&self->lexer, "_"))
    {
      self->build_status = GROVE_ERR_SYNTAX;
      self->n_directives++;
      _grove_compiler_op (&self->match, (struct format_op){ .kind = FORMAT_ANY });
      return true;
    }
  if (_grove_lex_take (&self->lexer, "~t"))
    {
      self->match_status = GROVE_ERR_SYNTAX;
      self->n_directives++;
      _grove_compiler_op (&self->build, (struct format_op){ .kind = FORMAT_LIST_TAIL });
      return true;
    }
  if (_grove_lex_peek (&self->lexer) == '"')
    return _grove_compiler_fail (self, "a string cannot be a tail in a format");
  /* Anything else makes the list improper. */
  *flat = false;
  self->fuse = false;
  if (!_grove_compiler_term (self, depth))
    return false;
  _grove_compiler_op (&self->build, (struct format_op){ .kind = FORMAT_LIST_END });
  return true;
}

/* Can an element be a byte, so that the list could be a string? Only the running program knows. */
static bool
may_be_byte (const struct compiler *self, const struct format_op *op, size_t n_ops)
{
  if (n_ops != 1)
    return false;
  if (op->kind == FORMAT_LITERAL)
    return op->size == 2 && self->build_literals.bytes[op->offset] == ETF_SMALL_INTEGER;
  return op->kind == FORMAT_INT || op->kind == FORMAT_INT64 || op->kind == FORMAT_UINT64 ||
         op->kind == FORMAT_TERM;
}

/* Elements up to the end of the list, across [a | [b, c]], which is [a, b, c]. */
static bool
compile_elements (struct compiler *self, unsigned depth, size_t *n, bool *flat)
{
  for (;;)
    {
      do
        {
          size_t at = self->build.size;

          self->fuse = false;
          if (++*n > FORMAT_MAX_ARITY)
            return _grove_compiler_fail (self, "too many elements");
          if (!_grove_compiler_term (self, depth))
            return false;
          *flat = *flat && may_be_byte (self, op_at (&self->build, at),
                                        (self->build.size - at) / sizeof (struct format_op));
        }
      while (_grove_lex_take (&self->lexer, ","));
      if (!_grove_lex_take (&self->lexer, "|"))
        break;
      if (!_grove_lex_take (&self->lexer, "["))
        return compile_tail (self, depth, flat) &&
               (_grove_lex_take (&self->lexer, "]") || _grove_compiler_fail (self, "']' expected"));
      if (depth >= FORMAT_MAX_DEPTH)
        return _grove_compiler_fail (self, "nested too deep");
      if (_grove_lex_take (&self->lexer, "]"))
        break;
      /* The inner list's closing bracket ends the elements, the outer one's follows. */
      if (!compile_elements (self, depth + 1, n, flat))
        return false;
      return _grove_lex_take (&self->lexer, "]") || _grove_compiler_fail (self, "']' expected");
    }
  _grove_compiler_op (&self->build, (struct format_op){ .kind = FORMAT_LIST_NIL });
  _grove_compiler_op (&self->match, (struct format_op){ .kind = FORMAT_LIST_NIL });
  return _grove_lex_take (&self->lexer, "]") ||
         _grove_compiler_fail (self, "',', '|' or ']' expected");
}

static bool
compile_list (struct compiler *self, unsigned depth)
{
  static const uint8_t nil = ETF_NIL;
  struct mark          start = mark (self);
  size_t               build = self->build.size, match = self->match.size, n = 0;
  bool                 flat = true;

  if (_grove_lex_take (&self->lexer, "]"))
    {
      add_literal_term (self, (struct grove_term){ &nil, 1 });
      return true;
    }
  _grove_compiler_op (&self->build, (struct format_op){ .kind = FORMAT_LIST });
  _grove_compiler_op (&self->match, (struct format_op){ .kind = FORMAT_LIST });
  if (!compile_elements (self, depth, &n, &flat))
    return false;
  op_at (&self->build, build)->n = op_at (&self->match, match)->n = (uint16_t) n;
  op_at (&self->build, build)->flat = flat;
  self->fuse = false;
  return fold (self, &start);
}

static bool
compile_map (struct compiler *self, unsigned depth)
{
  struct mark start = mark (self);
  size_t      build = self->build.size, match = self->match.size, n = 0;

  self->n_maps++;
  _grove_compiler_op (&self->build, (struct format_op){ .kind = FORMAT_MAP });
  _grove_compiler_op (&self->match, (struct format_op){ .kind = FORMAT_MAP });
  if (!_grove_lex_take (&self->lexer, "}"))
    {
      do
        {
          size_t           key = self->match.size;
          struct format_op op;

          if (++n > FORMAT_MAX_ARITY)
            return _grove_compiler_fail (self, "too many keys");
          self->in_key++;
          if (!_grove_compiler_term (self, depth))
            return false;
          self->in_key--;
          op = *op_at (&self->match, key);
          if (op.kind != FORMAT_LITERAL)
            self->match_status = GROVE_ERR_SYNTAX;
          if (!_grove_lex_take (&self->lexer, "=>") && !_grove_lex_take (&self->lexer, ":="))
            return _grove_compiler_fail (self, "'=>' expected");
          if (!_grove_compiler_term (self, depth))
            return false;
        }
      while (_grove_lex_take (&self->lexer, ","));
      if (!_grove_lex_take (&self->lexer, "}"))
        return _grove_compiler_fail (self, "',' or '}' expected");
    }
  _grove_compiler_op (&self->build, (struct format_op){ .kind = FORMAT_MAP_END });
  op_at (&self->build, build)->n = op_at (&self->match, match)->n = (uint16_t) n;
  self->fuse = false;
  return fold (self, &start);
}

/* ---- Terms ----------------------------------------------------------------------------------- */

bool
_grove_compiler_directive (struct compiler *self, enum format_op_kind *ret_kind)
{
  static const struct
  {
    const char         *text;
    enum format_op_kind kind;
  } directives[] = {
    { "~i", FORMAT_INT },  { "~l", FORMAT_INT64 }, { "~u", FORMAT_UINT64 }, { "~f", FORMAT_DOUBLE },
    { "~p", FORMAT_PID },  { "~r", FORMAT_REF },   { "~t", FORMAT_TERM },   { "~a", FORMAT_ATOM },
    { "~s", FORMAT_TEXT }, { "~b", FORMAT_BYTES },
  };

  if (self->n_directives >= FORMAT_MAX_DIRECTIVES)
    return _grove_compiler_fail (self, "too many directives");
  for (size_t i = 0; i < sizeof directives / sizeof *directives; i++)
    if (_grove_lex_take (&self->lexer, directives[i].text))
      {
        *ret_kind = directives[i].kind;
        return true;
      }
  return _grove_compiler_fail (self, "no such directive");
}

bool
_grove_compiler_variable (struct compiler *self, size_t *ret_index)
{
  size_t size = name_size (self);
  size_t start = self->lexer.position;

  if (size == 0)
    return false;
  self->lexer.position += size;
  for (size_t i = 0; i < self->n_variables; i++)
    if (self->variables[i].size == size &&
        memcmp (self->lexer.text + self->variables[i].start, self->lexer.text + start, size) == 0)
      {
        *ret_index = i;
        return true;
      }
  *ret_index = self->n_variables;
  if (self->n_variables < FORMAT_MAX_VARIABLES)
    self->variables[self->n_variables] = (struct format_variable){ start, size };
  return true;
}

/* A variable, by itself or in front of the pattern it is bound to as well. The first time it takes
 * its value, from then on it must have that value. */
static bool
compile_variable (struct compiler *self, unsigned depth, size_t index)
{
  bool first = index == self->n_variables;

  if (index == FORMAT_MAX_VARIABLES)
    return _grove_compiler_fail (self, "too many variables");
  self->build_status = GROVE_ERR_SYNTAX;
  self->n_directives++;
  self->n_variables += first;
  _grove_compiler_op (&self->match, (struct format_op){ .kind = first ? FORMAT_BIND : FORMAT_SAME,
                                                        .n = (uint16_t) index });
  if (_grove_lex_take (&self->lexer, "="))
    return _grove_compiler_term (self, depth + 1);
  _grove_compiler_op (&self->match, (struct format_op){ .kind = FORMAT_ANY });
  return true;
}

static bool
compile_directive (struct compiler *self)
{
  bool                pinned = _grove_lex_take (&self->lexer, "^");
  enum format_op_kind kind;

  if (!_grove_compiler_directive (self, &kind))
    return false;
  if (!pinned)
    {
      add_directive (self, kind);
      return true;
    }
  self->build_status = GROVE_ERR_SYNTAX;
  self->n_directives++;
  self->takes_values = true;
  _grove_compiler_op (&self->match,
                      (struct format_op){ .kind = FORMAT_PINNED, .n = (uint16_t) kind });
  return true;
}

bool
_grove_compiler_term (struct compiler *self, unsigned depth)
{
  struct grove_buffer literal = { 0 };
  size_t              variable;

  if (depth >= FORMAT_MAX_DEPTH)
    return _grove_compiler_fail (self, "nested too deep");
  if (_grove_compiler_variable (self, &variable))
    return compile_variable (self, depth, variable);
  switch (_grove_lex_peek (&self->lexer))
    {
    case '{':
      _grove_lex_take (&self->lexer, "{");
      return compile_tuple (self, depth + 1);
    case '[':
      _grove_lex_take (&self->lexer, "[");
      return compile_list (self, depth + 1);
    case '#':
      return _grove_lex_take (&self->lexer, "#{") ? compile_map (self, depth + 1)
                                                  : _grove_compiler_fail (self, "'#{' expected");
    case '~':
    case '^':
      return compile_directive (self);
    case '_':
      _grove_lex_take (&self->lexer, "_");
      self->build_status = GROVE_ERR_SYNTAX;
      self->n_directives++;
      _grove_compiler_op (&self->match, (struct format_op){ .kind = FORMAT_ANY });
      return true;
    default:
      if (_grove_lex_scalar (&self->lexer, &literal))
        add_literal_term (self, grove_buffer_term (&literal));
      grove_buffer_finish (&literal);
      return self->lexer.message == NULL;
    }
}

/* Behind the term: nothing, or a guard. */
static bool
compile_end (struct compiler *self)
{
  if (_grove_lex_take (&self->lexer, "when"))
    {
      if (self->lexer.position < self->lexer.size &&
          is_name_byte (self->lexer.text[self->lexer.position]))
        return _grove_compiler_fail (self, "the end or `when` expected");
      self->build_status = GROVE_ERR_SYNTAX;
      return _grove_guard_compile (self);
    }
  return _grove_lex_peek (&self->lexer) == 0 || _grove_compiler_fail (self, "the end expected");
}

static struct format *
compile (const char *text, size_t size)
{
  struct compiler self = { .lexer = { .text = text, .size = size }, .fuse = true };
  struct format  *format = calloc (1, sizeof *format);

  if (format == NULL)
    abort ();
  format->text = strdup (text);
  if (format->text == NULL)
    abort ();
  if (size > FORMAT_MAX_SIZE)
    self.build_status = self.match_status = GROVE_ERR_TOO_LARGE;
  else if (!_grove_compiler_term (&self, 0) || !compile_end (&self))
    self.build_status = self.match_status = GROVE_ERR_SYNTAX;
  format->build_status = self.build_status;
  format->match_status = self.match_status;
  format->build_literals = self.build_literals.bytes;
  format->match_literals = self.match_literals.bytes;
  format->build.ops = (void *) self.build.bytes;
  format->build.n_ops = self.build.size / sizeof (struct format_op);
  format->match.ops = (void *) self.match.bytes;
  format->match.n_ops = self.match.size / sizeof (struct format_op);
  format->flat_bound =
    format->build_status == GROVE_OK ? _grove_flat_bound (&format->build) : SIZE_MAX;
  if (format->flat_bound != SIZE_MAX)
    format->flat = _grove_flat_new (&format->build, format->build_literals, format->flat_bound);
  format->guard.ops = (void *) self.guard.bytes;
  format->guard.n_ops = self.guard.size / sizeof (struct format_op);
  format->extended = self.takes_values || self.n_variables > 0 || self.guard.size > 0;
  return format;
}

void
_grove_format_free (const struct format *self)
{
  struct format *format = (struct format *) self;

  free (format->text);
  free (format->flat);
  free (format->build_literals);
  free (format->match_literals);
  free (format->build.ops);
  free (format->match.ops);
  free (format->guard.ops);
  free (format);
}

/* ---- Finding --------------------------------------------------------------------------------- */

static pthread_mutex_t formats_lock = PTHREAD_MUTEX_INITIALIZER;
static struct format  *formats[N_BUCKETS]; /* under the lock */
static size_t          n_formats;          /* under the lock */

_Thread_local struct format_recent _grove_format_recent[FORMAT_N_RECENT];

static uint64_t
hash_text (const char *text)
{
  uint64_t hash = 14695981039346656037u;

  for (; *text != 0; text++)
    hash = (hash ^ (uint8_t) *text) * 1099511628211u;
  return hash;
}

static __attribute__ ((noinline)) const struct format *
find (const char *text)
{
  uint64_t        hash = hash_text (text);
  struct format **bucket = &formats[hash % N_BUCKETS];
  struct format  *format;

  pthread_mutex_lock (&formats_lock);
  for (format = *bucket; format != NULL; format = format->next)
    if (format->hash == hash && strcmp (format->text, text) == 0)
      break;
  if (format == NULL)
    {
      format = compile (text, strlen (text));
      format->hash = hash;
      format->cached = n_formats < MAX_FORMATS;
      if (format->cached)
        {
          format->next = *bucket;
          *bucket = format;
          n_formats++;
        }
    }
  pthread_mutex_unlock (&formats_lock);
  return format;
}

const struct format *
_grove_format_find (const char *text)
{
  struct format_recent *recent;
  const struct format  *format;

  /* No text is a text that does not parse. */
  if (text == NULL)
    text = "";
  recent = _grove_format_recent_of (text);
  format = recent->format;
  if (format != NULL && strcmp (format->text, text) == 0)
    return format;
  format = find (text);
  if (format->cached)
    {
      recent->format = format;
      recent->constant = _grove_is_constant (text) ? text : NULL;
    }
  return format;
}
