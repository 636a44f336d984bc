/* SPDX-License-Identifier: MIT
 *
 * See dictionary.h: a chained hash in the process's heap, whose pairs also hang together in the
 * order their keys were first put. A pair is one block, so that running out of heap happens before
 * anything is changed.
 */
#include "runtime/core/dictionary.h"

#include "runtime/core/bonds.h"
#include "runtime/core/dictionary-private.h"
#include "runtime/core/scheduler.h"
#include "runtime/term/etf.h"

#include <stdarg.h>
#include <string.h>

#define FIRST_BUCKETS 8
#define MAX_KEY_TEXT  (ETF_MAX_ATOM_BYTES + 3) /* an atom, encoded */

struct grove_dictionary_entry
{
  struct grove_dictionary_entry *chain; /* in its bucket */
  struct grove_dictionary_entry *next;  /* put later */
  struct grove_dictionary_entry *previous;
  uint64_t                       hash;
  size_t                         key_size;
  size_t                         value_size;
  uint8_t                        bytes[]; /* the key, then the value */
};

struct grove_dictionary
{
  struct grove_dictionary_entry **buckets;
  uint32_t                        n_buckets; /* a power of two */
  uint32_t                        n;
  struct grove_dictionary_entry  *first; /* grove_dictionary_entry.next */
  struct grove_dictionary_entry  *last;
};

/* ---- Keys ------------------------------------------------------------------------------------ */

/* Of ASCII alone, for an atom may be encoded in Latin-1 or in UTF-8. */
static uint64_t
hash_text (uint64_t hash, const char *bytes, size_t size)
{
  for (size_t i = 0; i < size; i++)
    if ((uint8_t) bytes[i] < 0x80)
      hash = (hash ^ (uint8_t) bytes[i]) * UINT64_C (0x100000001b3);
  return hash ^ hash >> 32;
}

static uint64_t
hash_number (uint64_t hash, uint64_t number)
{
  hash = (hash ^ number) * UINT64_C (0x9e3779b97f4a7c15);
  return hash ^ hash >> 32;
}

/* Equal terms have the same, however they are encoded; that is all that is asked of the rarer. */
static uint64_t
hash_of (struct grove_term key)
{
  uint64_t          hash = UINT64_C (0xcbf29ce484222325) + grove_term_type (key);
  uint64_t          number;
  int64_t           integer;
  struct grove_text text;
  struct grove_term element;

  if (grove_term_type (key) == GROVE_TERM_ATOM)
    {
      struct etf_atom atom = _grove_etf_atom (key.bytes);
      return hash_text (hash, atom.bytes, atom.size);
    }
  if (grove_term_binary (key, &text))
    return hash_text (hash, text.bytes, text.size);
  if (grove_term_int64 (key, &integer))
    return hash_number (hash, (uint64_t) integer);
  if (grove_term_pid (key, &number) || grove_term_ref (key, &number))
    return hash_number (hash, number);
  /* Of a tuple the last element tells most, as in {cache, 17}; it does not go deeper. */
  if (grove_term_type (key) == GROVE_TERM_TUPLE && grove_term_arity (key) > 0 &&
      grove_term_element (key, grove_term_arity (key) - 1, &element) &&
      grove_term_type (element) != GROVE_TERM_TUPLE)
    return hash * 31 + hash_of (element);
  return hash;
}

static size_t
build_key (uint8_t *bytes, const char *format, ...)
{
  size_t  size;
  va_list args;

  va_start (args, format);
  size = grove_build_into (bytes, MAX_KEY_TEXT, format, args);
  va_end (args);
  return size;
}

/* The atom @text in @bytes; false: it is none. */
static bool
key_of_text (const char *text, uint8_t bytes[MAX_KEY_TEXT], struct grove_term *ret_key)
{
  size_t size = text != NULL ? build_key (bytes, "~a", text) : 0;

  *ret_key = (struct grove_term){ bytes, size };
  return size > 0;
}

/* ---- The hash -------------------------------------------------------------------------------- */

static struct grove_dictionary *
dictionary_of (const struct grove_process *process)
{
  return process->bonds != NULL ? process->bonds->dictionary : NULL;
}

static struct grove_term
key_of (const struct grove_dictionary_entry *entry)
{
  return (struct grove_term){ entry->bytes, entry->key_size };
}

/* The link that holds the pair of @key, or where it would be; NULL: there is no dictionary. */
static struct grove_dictionary_entry **
find (struct grove_dictionary *self, struct grove_term key, uint64_t hash)
{
  struct grove_dictionary_entry **link;

  if (self == NULL)
    return NULL;
  link = &self->buckets[hash & (self->n_buckets - 1)];
  while (*link != NULL && ((*link)->hash != hash || !grove_term_equal (key_of (*link), key)))
    link = &(*link)->chain;
  return link;
}

static struct grove_dictionary *
make (struct grove_process *process)
{
  struct grove_bonds      *bonds = _grove_bonds (process);
  struct grove_dictionary *self;

  if (bonds->dictionary != NULL)
    return bonds->dictionary;
  self = grove_alloc (sizeof *self);
  *self = (struct grove_dictionary){ .n_buckets = FIRST_BUCKETS };
  self->buckets = grove_alloc (FIRST_BUCKETS * sizeof (struct grove_dictionary_entry *));
  memset (self->buckets, 0, FIRST_BUCKETS * sizeof (struct grove_dictionary_entry *));
  bonds->dictionary = self;
  return self;
}

static void
grow (struct grove_dictionary *self)
{
  uint32_t                        n = self->n_buckets * 2;
  struct grove_dictionary_entry **buckets =
    grove_alloc (n * sizeof (struct grove_dictionary_entry *));

  memset (buckets, 0, n * sizeof (struct grove_dictionary_entry *));
  for (struct grove_dictionary_entry *entry = self->first; entry != NULL; entry = entry->next)
    {
      struct grove_dictionary_entry **link = &buckets[entry->hash & (n - 1)];
      entry->chain = *link;
      *link = entry;
    }
  grove_free (self->buckets);
  self->buckets = buckets;
  self->n_buckets = n;
}

/* Where @entry hung in the order, there hangs @with, or nothing. */
static void
replace_in_order (struct grove_dictionary       *self,
                  struct grove_dictionary_entry *entry,
                  struct grove_dictionary_entry *with)
{
  struct grove_dictionary_entry *next = with != NULL ? with : entry->next;
  struct grove_dictionary_entry *previous = with != NULL ? with : entry->previous;

  if (with != NULL)
    {
      with->next = entry->next;
      with->previous = entry->previous;
    }
  if (entry->previous != NULL)
    entry->previous->next = next;
  else
    self->first = next;
  if (entry->next != NULL)
    entry->next->previous = previous;
  else
    self->last = previous;
}

/* A pair with room for its value. */
static struct grove_dictionary_entry *
new_entry (struct grove_term key, size_t value_size)
{
  struct grove_dictionary_entry *entry = grove_alloc (sizeof *entry + key.size + value_size);

  entry->key_size = key.size;
  entry->value_size = value_size;
  entry->hash = hash_of (key);
  memcpy (entry->bytes, key.bytes, key.size);
  return entry;
}

static void
put (struct grove_process *process, struct grove_dictionary_entry *entry)
{
  struct grove_dictionary        *self = make (process);
  struct grove_dictionary_entry **link = find (self, key_of (entry), entry->hash);
  struct grove_dictionary_entry  *old = *link;

  if (old != NULL)
    {
      entry->chain = old->chain;
      *link = entry;
      replace_in_order (self, old, entry);
      grove_free (old);
      return;
    }
  if (self->n >= self->n_buckets)
    {
      grow (self);
      link = &self->buckets[entry->hash & (self->n_buckets - 1)];
    }
  entry->chain = *link;
  *link = entry;
  entry->next = NULL;
  entry->previous = self->last;
  if (self->last != NULL)
    self->last->next = entry;
  else
    self->first = entry;
  self->last = entry;
  self->n++;
}

/* ---- For others ------------------------------------------------------------------------------ */

const struct grove_dictionary_entry *
_grove_dictionary_next (const struct grove_process          *process,
                        const struct grove_dictionary_entry *entry)
{
  const struct grove_dictionary *self = dictionary_of (process);

  if (entry != NULL)
    return entry->next;
  return self != NULL ? self->first : NULL;
}

uint32_t
_grove_dictionary_count (const struct grove_process *process)
{
  const struct grove_dictionary *self = dictionary_of (process);

  return self != NULL ? self->n : 0;
}

void
_grove_dictionary_pair (const struct grove_dictionary_entry *entry,
                        struct grove_term                   *ret_key,
                        struct grove_term                   *ret_value)
{
  *ret_key = key_of (entry);
  *ret_value = (struct grove_term){ entry->bytes + entry->key_size, entry->value_size };
}

/* ---- Public ---------------------------------------------------------------------------------- */

static enum grove_status
put_va (struct grove_process *self, struct grove_term key, const char *format, va_list args)
{
  struct grove_dictionary_entry *entry;
  size_t                         size;
  va_list                        again;

  va_copy (again, args);
  size = grove_build_into (NULL, 0, format, args);
  if (size > 0)
    {
      entry = new_entry (key, size);
      grove_build_into (entry->bytes + key.size, size, format, again);
      put (self, entry);
    }
  va_end (again);
  return size > 0 ? GROVE_OK : GROVE_ERR_SYNTAX;
}

enum grove_status
grove_put (const char *key, const char *format, ...)
{
  struct grove_process *self = _grove_process_require ();
  uint8_t               bytes[MAX_KEY_TEXT];
  struct grove_term     term;
  enum grove_status     status;
  va_list               args;

  if (!key_of_text (key, bytes, &term))
    return GROVE_ERR_BADARG;
  va_start (args, format);
  status = put_va (self, term, format, args);
  va_end (args);
  _grove_charge (1);
  return status;
}

enum grove_status
grove_put_term (struct grove_term key, struct grove_term value)
{
  struct grove_process          *self = _grove_process_require ();
  struct grove_dictionary_entry *entry;

  if (key.bytes == NULL || key.size == 0 || value.bytes == NULL || value.size == 0)
    return GROVE_ERR_BADARG;
  if (key.size > ETF_MAX_SIZE || value.size > ETF_MAX_SIZE)
    return GROVE_ERR_TOO_LARGE;
  entry = new_entry (key, value.size);
  memcpy (entry->bytes + key.size, value.bytes, value.size);
  put (self, entry);
  _grove_charge (1);
  return GROVE_OK;
}

bool
grove_get_term (struct grove_term key, struct grove_term *ret_value)
{
  struct grove_process           *self = _grove_process_require ();
  struct grove_dictionary_entry **link = NULL;
  struct grove_term               ignored;
  bool                            found;

  if (key.bytes != NULL && key.size > 0)
    link = find (dictionary_of (self), key, hash_of (key));
  found = link != NULL && *link != NULL;
  if (found && ret_value != NULL)
    _grove_dictionary_pair (*link, &ignored, ret_value);
  _grove_charge (1);
  return found;
}

bool
grove_get (const char *key, struct grove_term *ret_value)
{
  uint8_t           bytes[MAX_KEY_TEXT];
  struct grove_term term;

  _grove_process_require ();
  return key_of_text (key, bytes, &term) && grove_get_term (term, ret_value);
}

bool
grove_erase_term (struct grove_term key)
{
  struct grove_process           *self = _grove_process_require ();
  struct grove_dictionary        *dictionary = dictionary_of (self);
  struct grove_dictionary_entry **link = NULL;
  struct grove_dictionary_entry  *entry;

  if (key.bytes != NULL && key.size > 0)
    link = find (dictionary, key, hash_of (key));
  entry = link != NULL ? *link : NULL;
  if (entry != NULL)
    {
      *link = entry->chain;
      replace_in_order (dictionary, entry, NULL);
      dictionary->n--;
      grove_free (entry);
    }
  _grove_charge (1);
  return entry != NULL;
}

bool
grove_erase (const char *key)
{
  uint8_t           bytes[MAX_KEY_TEXT];
  struct grove_term term;

  _grove_process_require ();
  return key_of_text (key, bytes, &term) && grove_erase_term (term);
}
