/* SPDX-License-Identifier: MIT
 *
 * Checking bytes from outside. Every length is compared with what is left before it is used, and
 * the nesting is kept in an array: nothing here recurses.
 */
#include "runtime/term/etf.h"

#include <math.h>

/* A container that is being read. */
struct level
{
  uint64_t       remaining; /* terms still to come in it */
  const uint8_t *start;
  const uint8_t *end; /* where it must end; NULL: anywhere */
  uint8_t        tag;
  uint8_t        key_maps; /* maps it is inside a key of */
};

struct check
{
  const uint8_t *at;
  const uint8_t *end;
  unsigned       depth; /* levels in use */
  struct level   levels[ETF_MAX_DEPTH + 1];
};

static size_t
left (const struct check *self)
{
  return (size_t) (self->end - self->at);
}

/* Takes @size bytes, NULL if there are not so many. */
static const uint8_t *
take (struct check *self, uint64_t size)
{
  const uint8_t *bytes = self->at;

  if (size > left (self))
    return NULL;
  self->at += size;
  return bytes;
}

static enum grove_status
check_atom (struct check *self)
{
  const uint8_t *head = take (self, 2);
  const char    *name;
  size_t         size, characters;
  bool           small;

  if (head == NULL || !etf_is_atom_tag (head[0]))
    return GROVE_ERR_SYNTAX;
  small = head[0] == ETF_SMALL_ATOM_UTF8 || head[0] == ETF_SMALL_ATOM;
  if (!small && take (self, 1) == NULL)
    return GROVE_ERR_SYNTAX;
  size = small ? head[1] : etf_get16 (head + 1);
  name = (const char *) take (self, size);
  if (name == NULL)
    return GROVE_ERR_SYNTAX;
  characters = size;
  if ((head[0] == ETF_SMALL_ATOM_UTF8 || head[0] == ETF_ATOM_UTF8) &&
      !_grove_utf8_count (name, size, &characters))
    return GROVE_ERR_SYNTAX;
  return characters > ETF_MAX_ATOM_CHARS ? GROVE_ERR_TOO_LARGE : GROVE_OK;
}

/* A node's name and @size bytes. */
static enum grove_status
check_identifier (struct check *self, size_t size)
{
  enum grove_status status = check_atom (self);

  if (status == GROVE_OK && take (self, size) == NULL)
    status = GROVE_ERR_SYNTAX;
  return status;
}

static enum grove_status
check_reference (struct check *self, size_t creation_size)
{
  const uint8_t *head = take (self, 2);
  size_t         n_words;

  if (head == NULL)
    return GROVE_ERR_SYNTAX;
  n_words = etf_get16 (head);
  if (n_words == 0 || n_words > 5)
    return GROVE_ERR_SYNTAX;
  return check_identifier (self, creation_size + 4 * n_words);
}

/* "-1.50000000000000000000e+00", with zeros up to 31 bytes. */
static bool
is_old_float (const uint8_t *text)
{
  const uint8_t *at = text, *end = text + 31;
  const uint8_t *digits;

  while (at < end && *at == ' ')
    at++;
  if (at < end && *at == '-')
    at++;
  digits = at;
  while (at < end && *at >= '0' && *at <= '9')
    at++;
  if (at == digits || at == end || *at++ != '.')
    return false;
  digits = at;
  while (at < end && *at >= '0' && *at <= '9')
    at++;
  if (at == digits)
    return false;
  if (at < end && (*at == 'e' || *at == 'E'))
    {
      at++;
      if (at < end && (*at == '+' || *at == '-'))
        at++;
      digits = at;
      while (at < end && *at >= '0' && *at <= '9')
        at++;
      if (at == digits || at - digits > 4)
        return false;
    }
  while (at < end && *at == 0)
    at++;
  return at == end && text[30] == 0;
}

static enum grove_status
check_float (struct check *self, const uint8_t *bytes, size_t size)
{
  if (take (self, size) == NULL || (bytes[0] == ETF_FLOAT && !is_old_float (bytes + 1)) ||
      !isfinite (_grove_etf_double (bytes)))
    return GROVE_ERR_SYNTAX;
  return GROVE_OK;
}

/* Lengths of @width bytes; @extra bytes follow the length, and then what it counts. */
static enum grove_status
check_counted (struct check *self, size_t width, size_t extra)
{
  const uint8_t *head = take (self, width);
  uint64_t       size;

  if (head == NULL)
    return GROVE_ERR_SYNTAX;
  size = width == 1 ? head[0] : width == 2 ? etf_get16 (head) : etf_get32 (head);
  return take (self, size + extra) == NULL ? GROVE_ERR_SYNTAX : GROVE_OK;
}

static enum grove_status
check_bits (struct check *self, const uint8_t *bytes)
{
  struct etf_bits   bits;
  enum grove_status status = check_counted (self, 4, 1);

  if (status != GROVE_OK)
    return status;
  bits = _grove_etf_bits (bytes);
  if ((bits.size == 0) != (bytes[5] == 0) || bytes[5] > 8)
    return GROVE_ERR_SYNTAX;
  return GROVE_OK;
}

static enum grove_status
check_sign (struct check *self, const uint8_t *bytes, size_t width)
{
  enum grove_status status = check_counted (self, width, 1);

  if (status == GROVE_OK && bytes[1 + width] > 1)
    status = GROVE_ERR_SYNTAX;
  return status;
}

static enum grove_status
check_export (struct check *self)
{
  enum grove_status status = check_atom (self);
  const uint8_t    *arity;

  if (status == GROVE_OK)
    status = check_atom (self);
  if (status != GROVE_OK)
    return status;
  arity = take (self, 2);
  return arity == NULL || arity[0] != ETF_SMALL_INTEGER ? GROVE_ERR_SYNTAX : GROVE_OK;
}

/* Opens a container of @n terms. Each takes a byte at least, which bounds all loops over them. */
static enum grove_status
push (struct check *self, const uint8_t *start, uint64_t n, const uint8_t *end)
{
  const struct level *above = &self->levels[self->depth - 1];
  struct level       *level;

  if (n > left (self))
    return GROVE_ERR_SYNTAX;
  if (self->depth > ETF_MAX_DEPTH)
    return GROVE_ERR_TOO_LARGE;
  level = &self->levels[self->depth++];
  *level = (struct level){ n, start, end, start[0], above->key_maps };
  /* Its count went down already, so in a map an odd rest means that this is a key. Comparing keys
   * costs a factor for each map inside them. */
  if (above->tag == ETF_MAP && above->remaining % 2 == 1 && ++level->key_maps > ETF_MAX_KEY_MAPS)
    return GROVE_ERR_TOO_LARGE;
  return GROVE_OK;
}

static enum grove_status
push_container (struct check *self, const uint8_t *start)
{
  size_t         width = start[0] == ETF_SMALL_TUPLE ? 1 : 4;
  const uint8_t *head = take (self, width);
  uint64_t       n;

  if (head == NULL)
    return GROVE_ERR_SYNTAX;
  n = width == 1 ? head[0] : etf_get32 (head);
  if (start[0] == ETF_LIST && n == 0)
    return GROVE_ERR_SYNTAX;
  return push (self, start, start[0] == ETF_LIST ? n + 1 : start[0] == ETF_MAP ? 2 * n : n, NULL);
}

/* A function carries its module, two integers, its creator and what it closes over; nobody here
 * looks inside, but other readers of the same bytes do. */
static enum grove_status
push_fun (struct check *self, const uint8_t *start)
{
  const uint8_t *head = take (self, 4 + 1 + 16 + 4 + 4);
  uint32_t       size;

  if (head == NULL)
    return GROVE_ERR_SYNTAX;
  size = etf_get32 (head);
  if (size < 29 || size - 29 > left (self) || left (self) == 0 || !etf_is_atom_tag (*self->at))
    return GROVE_ERR_SYNTAX;
  return push (self, start, 4 + (uint64_t) etf_get32 (head + 25), head + size);
}

static enum grove_status
check_one (struct check *self)
{
  const uint8_t *start = self->at;

  if (start == self->end)
    return GROVE_ERR_SYNTAX;
  if (etf_is_atom_tag (start[0]))
    return check_atom (self);
  self->at++;
  switch ((enum etf_tag) start[0])
    {
    case ETF_SMALL_INTEGER:
      return take (self, 1) == NULL ? GROVE_ERR_SYNTAX : GROVE_OK;
    case ETF_INTEGER:
      return take (self, 4) == NULL ? GROVE_ERR_SYNTAX : GROVE_OK;
    case ETF_NIL:
      return GROVE_OK;
    case ETF_NEW_FLOAT:
      return check_float (self, start, 8);
    case ETF_FLOAT:
      return check_float (self, start, 31);
    case ETF_STRING:
      return check_counted (self, 2, 0);
    case ETF_BINARY:
      return check_counted (self, 4, 0);
    case ETF_BIT_BINARY:
      return check_bits (self, start);
    case ETF_SMALL_BIG:
      return check_sign (self, start, 1);
    case ETF_LARGE_BIG:
      return check_sign (self, start, 4);
    case ETF_PID:
      return check_identifier (self, 9);
    case ETF_NEW_PID:
    case ETF_V4_PORT:
      return check_identifier (self, 12);
    case ETF_PORT:
      return check_identifier (self, 5);
    case ETF_NEW_PORT:
      return check_identifier (self, 8);
    case ETF_NEW_REFERENCE:
      return check_reference (self, 1);
    case ETF_NEWER_REFERENCE:
      return check_reference (self, 4);
    case ETF_EXPORT:
      return check_export (self);
    case ETF_NEW_FUN:
      return push_fun (self, start);
    case ETF_SMALL_TUPLE:
    case ETF_LARGE_TUPLE:
    case ETF_LIST:
    case ETF_MAP:
      return push_container (self, start);
    case ETF_ATOM:
    case ETF_SMALL_ATOM:
    case ETF_ATOM_UTF8:
    case ETF_SMALL_ATOM_UTF8:
    default:
      return GROVE_ERR_SYNTAX;
    }
}

/* All in @level was read. */
static enum grove_status
close_level (const struct check *self, const struct level *level)
{
  if (level->end != NULL && self->at != level->end)
    return GROVE_ERR_SYNTAX;
  if (level->tag == ETF_MAP &&
      !_grove_etf_keys_unique (level->start + 5, etf_get32 (level->start + 1)))
    return GROVE_ERR_SYNTAX;
  return GROVE_OK;
}

enum grove_status
grove_term_check (const void *bytes, size_t size, size_t *ret_size)
{
  struct check      self;
  enum grove_status status = GROVE_OK;

  if (size == 0 || bytes == NULL)
    return GROVE_ERR_SYNTAX;
  self.at = bytes;
  self.end = self.at + size;
  self.depth = 1;
  self.levels[0] = (struct level){ .remaining = 1 };
  while (self.depth > 0 && status == GROVE_OK)
    {
      struct level *level = &self.levels[self.depth - 1];

      if (level->remaining > 0)
        {
          level->remaining--;
          status = check_one (&self);
          continue;
        }
      status = close_level (&self, level);
      self.depth--;
    }
  if (status == GROVE_OK && ret_size == NULL && self.at != self.end)
    status = GROVE_ERR_SYNTAX;
  if (status == GROVE_OK && ret_size != NULL)
    *ret_size = size - left (&self);
  return status;
}
