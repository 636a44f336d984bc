/* SPDX-License-Identifier: MIT
 *
 * Formats, compiled. A format becomes two programs: one that builds, where all that is constant is
 * encoded already and lies together, and one that matches, with an instruction for each term.
 *
 * Compiled formats are never freed or changed, so any thread may use them.
 */
#pragma once

#include "runtime/term/etf.h"

#define FORMAT_MAX_SIZE       4096
#define FORMAT_MAX_DEPTH      32
#define FORMAT_MAX_ARITY      255
#define FORMAT_MAX_DIRECTIVES 64
#define FORMAT_MAX_VARIABLES  32

enum format_op_kind
{
  FORMAT_LITERAL, /* build: bytes. match: one term */
  FORMAT_INT,
  FORMAT_INT64,
  FORMAT_UINT64,
  FORMAT_DOUBLE,
  FORMAT_PID,
  FORMAT_REF,
  FORMAT_TERM,
  FORMAT_ATOM,
  FORMAT_TEXT,
  FORMAT_BYTES,
  FORMAT_ANY,       /* match only */
  FORMAT_BIND,      /* match: the term that follows is variable @n from now on */
  FORMAT_SAME,      /* match: the term that follows must be what variable @n is */
  FORMAT_PINNED,    /* match: equal to the next argument, which is of the kind @n */
  FORMAT_TUPLE,     /* @n terms follow */
  FORMAT_LIST,      /* @n terms follow; match: and the tail */
  FORMAT_LIST_NIL,  /* build: ends a list; match: it must end here */
  FORMAT_LIST_TAIL, /* build: the tail is the next argument */
  FORMAT_LIST_END,  /* build: ends a list whose tail was written */
  FORMAT_MAP,       /* @n pairs follow */
  FORMAT_MAP_END,   /* build: puts the pairs in order */
};

struct format_op
{
  uint8_t  kind; /* enum format_op_kind */
  bool     flat; /* FORMAT_LIST: it may turn out to be a string */
  uint16_t n;
  uint32_t offset; /* of a literal */
  uint32_t size;
};

struct format_program
{
  struct format_op *ops;
  size_t            n_ops;
};

struct format
{
  struct format        *next; /* in its bucket */
  uint64_t              hash;
  char                 *text;
  uint8_t              *build_literals;
  uint8_t              *match_literals;
  struct format_program build;
  struct format_program match;
  struct format_program guard;
  enum grove_status     build_status; /* GROVE_OK, or why it cannot be used so */
  enum grove_status     match_status;
  struct format_flat   *flat;       /* see flat.h; NULL: it is not flat */
  size_t                flat_bound; /* SIZE_MAX likewise */
  bool                  extended;   /* matching: variables, values that are given or a guard */
  bool                  cached;
};

/* The formats a thread used last, by the address of their text. */
#define FORMAT_N_RECENT 256
struct format_recent
{
  const char          *constant; /* the text, where it cannot change; else NULL */
  const struct format *format;
};
extern _Thread_local struct format_recent _grove_format_recent[FORMAT_N_RECENT];

static inline struct format_recent *
_grove_format_recent_of (const char *text)
{
  uintptr_t address = (uintptr_t) text;

  return &_grove_format_recent[(address ^ address >> 8) % FORMAT_N_RECENT];
}

/* A value on its way from or to an argument. */
union format_value
{
  int               integer;
  int64_t           int64;
  uint64_t          uint64;
  double            number;
  grove_pid         pid;
  grove_ref         ref;
  struct grove_term term;
  struct grove_text text;
};

/* Never NULL. */
const struct format *_grove_format_find (const char *text);

/* The same; for a constant of the program, which most formats are, a comparison of pointers. */
static inline const struct format *
_grove_format_get (const char *text)
{
  const struct format_recent *recent = _grove_format_recent_of (text);

  return recent->constant == text && text != NULL ? recent->format : _grove_format_find (text);
}

/* Frees one that found no room in the cache. */
void _grove_format_free (const struct format *self);

static inline void
_grove_format_release (const struct format *self)
{
  if (!self->cached)
    _grove_format_free (self);
}

/* A va_list that can be handed on by address. */
struct format_args
{
  va_list list;
};

/* Takes a value of that kind from @args, as building does. false: NULL for a text. */
bool _grove_format_take (enum format_op_kind kind,
                         struct format_args *args,
                         union format_value *ret_value);

/* Whether the guard holds. @values: those of its directives, in order. */
bool _grove_guard_holds (const struct format      *format,
                         const struct grove_term  *variables,
                         const union format_value *values);

/* Runs a building program into @bytes, as far as it fits. @args may be NULL when all is literal.
 * Returns GROVE_OK and the size it needs, or an error. */
enum grove_status _grove_format_run (const struct format_program *program,
                                     const uint8_t               *literals,
                                     uint8_t                     *bytes,
                                     size_t                       capacity,
                                     struct format_args          *args,
                                     size_t                      *ret_size);
