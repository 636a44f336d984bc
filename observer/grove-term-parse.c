/* SPDX-License-Identifier: MIT
 *
 * Reads a printed term, Erlang's or Elixir's, as a tree to be folded. It is of no use to know
 * which of the two it is: what both write alike means the same, and what one alone writes is not
 * anything else in the other. What it does not understand is no tree, and the text stands.
 */
#include "observer/grove-observer-private.h"

#include <string.h>

#define NODES_MAX     1024
#define DEPTH_MAX     48
#define NODE_TEXT_MAX 1024

/* After what is only the beginning of a binary. */
#define MORE_OF_IT " <> ..."

typedef struct
{
  const char   *at;
  GArray       *nodes; /* GroveTermNode */
  GStringChunk *texts;
  guint         depth;
} Parser;

static gboolean parse_value (Parser *self);

/* ---- Nodes --------------------------------------------------------------------------------------
 */

static guint
begin (Parser *self, GroveTermKind kind)
{
  const GroveTermNode node = { .kind = kind };

  g_array_append_val (self->nodes, node);
  return self->nodes->len - 1;
}

/* What stands from @start up to here is what node @index says. */
static void
say (Parser *self, guint index, const char *start)
{
  GroveTermNode   *node = &g_array_index (self->nodes, GroveTermNode, index);
  const gsize      length = (gsize) (self->at - start);
  g_autofree char *text = g_strndup (start, length);
  g_autofree char *copy = g_malloc (MIN (length, NODE_TEXT_MAX) + 1);

  _grove_copy_text (copy, MIN (length, NODE_TEXT_MAX) + 1, text);
  node->text = g_string_chunk_insert (self->texts, copy);
  node->truncated = length > NODE_TEXT_MAX;
}

static gboolean
leaf (Parser *self, GroveTermKind kind, const char *start)
{
  say (self, begin (self, kind), start);
  return self->nodes->len <= NODES_MAX;
}

/* ---- Words --------------------------------------------------------------------------------------
 */

static void
skip_space (Parser *self)
{
  self->at += strspn (self->at, " \t\r\n");
}

static gboolean
take (Parser *self, const char *token)
{
  if (!g_str_has_prefix (self->at, token))
    return FALSE;
  self->at += strlen (token);
  return TRUE;
}

/* Past the quote that closes the one here. */
static gboolean
skip_quoted (Parser *self)
{
  const char quote = *self->at++;

  for (; *self->at != '\0'; self->at++)
    {
      if (*self->at == '\\' && self->at[1] != '\0')
        self->at++;
      else if (*self->at == quote)
        {
          self->at++;
          return TRUE;
        }
    }
  return FALSE;
}

/* Past the > that closes the < here; what is quoted in between may hold either. */
static gboolean
skip_angles (Parser *self)
{
  guint open = 0;

  while (*self->at != '\0')
    {
      if (*self->at == '"')
        {
          if (!skip_quoted (self))
            return FALSE;
          continue;
        }
      if (*self->at == '<')
        open++;
      /* The arrow of a map in it closes nothing. */
      else if (*self->at == '>' && self->at[-1] != '=' && --open == 0)
        {
          self->at++;
          return TRUE;
        }
      self->at++;
    }
  return FALSE;
}

static void
skip_word (Parser *self)
{
  while (*self->at != '\0' && strchr (" \t\r\n,[]{}()|\"'<>=:", *self->at) == NULL)
    self->at++;
}

/* `key: ` as Elixir writes it, in a list or a map. Stays where it is if there is none. */
static gboolean
take_key (Parser *self)
{
  const char *start = self->at;

  if (*self->at == '"' ? skip_quoted (self) : g_ascii_isalpha (*self->at) || *self->at == '_')
    {
      skip_word (self);
      if (self->at > start && self->at[0] == ':' && g_ascii_isspace (self->at[1]))
        {
          self->at++;
          return TRUE;
        }
    }
  self->at = start;
  return FALSE;
}

/* ---- What holds others --------------------------------------------------------------------------
 */

/* `a: 1` in a list is a pair. */
static gboolean
parse_element (Parser *self)
{
  const char *start = self->at;
  guint       pair, key;

  if (!take_key (self))
    return parse_value (self);
  pair = begin (self, GROVE_TERM_KIND_TUPLE);
  key = begin (self, GROVE_TERM_KIND_ATOM);
  say (self, key, start);
  skip_space (self);
  if (!parse_value (self))
    return FALSE;
  say (self, pair, start);
  g_array_index (self->nodes, GroveTermNode, pair).n = 2;
  return TRUE;
}

/* Dots where something is left out stand for a key and its value. */
static gboolean
parse_association (Parser *self)
{
  const char *start = self->at;

  if (g_str_has_prefix (self->at, "..."))
    {
      self->at += 3;
      return leaf (self, GROVE_TERM_KIND_OTHER, start) && leaf (self, GROVE_TERM_KIND_OTHER, start);
    }
  if (take_key (self))
    {
      if (!leaf (self, GROVE_TERM_KIND_ATOM, start))
        return FALSE;
    }
  else
    {
      if (!parse_value (self))
        return FALSE;
      skip_space (self);
      if (!take (self, "=>"))
        return FALSE;
    }
  skip_space (self);
  return parse_value (self);
}

/* Up to @close; what opened it is behind us, and began at @start. */
static gboolean
parse_elements (Parser *self, GroveTermKind kind, const char *start, const char *close)
{
  const guint index = begin (self, kind);
  guint       n = 0;
  gboolean    improper = FALSE, tail = FALSE;

  if (++self->depth > DEPTH_MAX)
    return FALSE;
  for (skip_space (self); !take (self, close); skip_space (self))
    {
      /* After a tail nothing follows, and there is something before it. */
      if (improper)
        return FALSE;
      tail = n > 0 && kind == GROVE_TERM_KIND_LIST && take (self, "|");
      if (n > 0 && !tail && !take (self, ","))
        return FALSE;
      skip_space (self);
      if (!(kind == GROVE_TERM_KIND_MAP ? parse_association (self) : parse_element (self)) ||
          self->nodes->len > NODES_MAX)
        return FALSE;
      n += kind == GROVE_TERM_KIND_MAP ? 2 : 1;
      improper = tail;
    }
  self->depth--;
  say (self, index, start);
  g_array_index (self->nodes, GroveTermNode, index).n = n;
  g_array_index (self->nodes, GroveTermNode, index).improper = improper;
  return TRUE;
}

/* ---- Values -------------------------------------------------------------------------------------
 */

/* `#Ref<0.1.2.3>` and its like; `#{` is a map. */
static gboolean
parse_hash (Parser *self)
{
  const char   *start = self->at;
  GroveTermKind kind = GROVE_TERM_KIND_OTHER;

  if (take (self, "#{"))
    return parse_elements (self, GROVE_TERM_KIND_MAP, start, "}");
  if (g_str_has_prefix (start, "#PID<"))
    kind = GROVE_TERM_KIND_PID;
  else if (g_str_has_prefix (start, "#Ref"))
    kind = GROVE_TERM_KIND_REFERENCE;
  else if (g_str_has_prefix (start, "#Port"))
    kind = GROVE_TERM_KIND_PORT;
  else if (g_str_has_prefix (start, "#Fun"))
    kind = GROVE_TERM_KIND_FUN;
  self->at++;
  skip_word (self);
  return *self->at == '<' && skip_angles (self) && leaf (self, kind, start);
}

/* `%{a: 1}`, `%Name{a: 1}`. */
static gboolean
parse_percent (Parser *self)
{
  const char *start = self->at++;

  skip_word (self);
  return take (self, "{") && parse_elements (self, GROVE_TERM_KIND_MAP, start, "}");
}

static gboolean
parse_angles (Parser *self)
{
  const char    *start = self->at;
  const gboolean binary = g_str_has_prefix (start, "<<");

  if (!skip_angles (self))
    return FALSE;
  (void) take (self, MORE_OF_IT);
  return leaf (self, binary ? GROVE_TERM_KIND_BINARY : GROVE_TERM_KIND_PID, start);
}

static gboolean
parse_number (Parser *self)
{
  const char *start = self->at;
  gsize       length;

  skip_word (self);
  length = (gsize) (self->at - start);
  /* A range: 1..10//3. */
  if (g_strstr_len (start, (gssize) length, "..") != NULL)
    return leaf (self, GROVE_TERM_KIND_OTHER, start);
  return leaf (self,
               memchr (start, '.', length) != NULL ? GROVE_TERM_KIND_FLOAT
                                                   : GROVE_TERM_KIND_INTEGER,
               start);
}

/* A word: an atom of Erlang's, a module of Elixir's; `fun m:f/1`. */
static gboolean
parse_word (Parser *self)
{
  const char   *start = self->at;
  GroveTermKind kind = GROVE_TERM_KIND_ATOM;

  if (take (self, "fun "))
    {
      kind = GROVE_TERM_KIND_FUN;
      skip_word (self);
      if (take (self, ":"))
        skip_word (self);
    }
  else
    skip_word (self);
  return self->at > start && leaf (self, kind, start);
}

/* ~c"text", ~D[2026-01-31], ~r/expression/i. */
static gboolean
parse_sigil (Parser *self)
{
  const char *start = self->at++;
  char        close;

  while (g_ascii_isalpha (*self->at))
    self->at++;
  if (*self->at == '"')
    return skip_quoted (self) && leaf (self, GROVE_TERM_KIND_BINARY, start);
  if (*self->at != '[' && *self->at != '/')
    return FALSE;
  close = *self->at == '[' ? ']' : '/';
  for (self->at++; *self->at != close; self->at++)
    if (*self->at == '\0' || (*self->at == '\\' && *++self->at == '\0'))
      return FALSE;
  for (self->at++; g_ascii_isalpha (*self->at);)
    self->at++;
  return leaf (self, GROVE_TERM_KIND_OTHER, start);
}

/* MapSet.new([1, 2]) is to be folded like the list in it. */
static gboolean
parse_set (Parser *self)
{
  const char *start = self->at;
  const guint index = self->nodes->len;

  if (!take (self, "MapSet.new([") || !parse_elements (self, GROVE_TERM_KIND_LIST, start, "]") ||
      !take (self, ")"))
    return FALSE;
  say (self, index, start);
  return TRUE;
}

static gboolean
parse_value (Parser *self)
{
  const char *start = self->at;

  switch (*start)
    {
    case '{':
      self->at++;
      return parse_elements (self, GROVE_TERM_KIND_TUPLE, start, "}");
    case '[':
      self->at++;
      return parse_elements (self, GROVE_TERM_KIND_LIST, start, "]");
    case '#':
      return parse_hash (self);
    case '%':
      return parse_percent (self);
    case '<':
      return parse_angles (self);
    case '"':
      if (!skip_quoted (self))
        return FALSE;
      (void) take (self, MORE_OF_IT);
      return leaf (self, GROVE_TERM_KIND_BINARY, start);
    case '\'':
      return skip_quoted (self) && leaf (self, GROVE_TERM_KIND_ATOM, start);
    case '~':
      return parse_sigil (self);
    case ':':
      self->at++;
      if (*self->at != '"')
        return parse_word (self) && (say (self, self->nodes->len - 1, start), TRUE);
      return skip_quoted (self) && leaf (self, GROVE_TERM_KIND_ATOM, start);
    default:
      if (g_ascii_isdigit (*start) || (*start == '-' && g_ascii_isdigit (start[1])))
        return parse_number (self);
      if (take (self, "..."))
        return leaf (self, GROVE_TERM_KIND_OTHER, start);
      if (g_str_has_prefix (start, "MapSet.new("))
        return parse_set (self);
      return (g_ascii_isalpha (*start) || *start == '_' || (guchar) *start >= 0x80) &&
             parse_word (self);
    }
}

GArray *
_grove_term_parse (const char *text, GStringChunk *texts)
{
  Parser self = { .at = text,
                  .nodes = g_array_new (FALSE, FALSE, sizeof (GroveTermNode)),
                  .texts = texts };

  skip_space (&self);
  if (parse_value (&self) && (skip_space (&self), *self.at == '\0') && self.nodes->len <= NODES_MAX)
    return self.nodes;
  g_array_unref (self.nodes);
  return NULL;
}
