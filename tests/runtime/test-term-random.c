/* SPDX-License-Identifier: MIT
 *
 * Random terms: see the header. All randomness about the value comes from one generator and all
 * about its form from another, so one seed can be written in several ways.
 */
#include "tests/runtime/test-term-random.h"

#include <string.h>

#define MAX_DEPTH 5

struct writer
{
  GRand               *values;
  GRand               *forms;
  enum random_form     form;
  struct grove_buffer *out;
};

static void write_term (struct writer *self, unsigned depth);

static void
put (struct writer *self, const void *bytes, size_t size)
{
  if (size > 0)
    memcpy (grove_buffer_extend (self->out, size), bytes, size);
}

static void
put_number (struct writer *self, uint64_t value, unsigned width)
{
  uint8_t *bytes = grove_buffer_extend (self->out, width);

  for (unsigned i = 0; i < width; i++)
    bytes[i] = (uint8_t) (value >> (8 * (width - 1 - i)));
}

static void
put_byte (struct writer *self, int byte)
{
  put_number (self, (uint8_t) byte, 1);
}

static bool
varied (struct writer *self, int one_in)
{
  return self->form == RANDOM_VARIED && g_rand_int_range (self->forms, 0, one_in) == 0;
}

static int
pick (struct writer *self, int n)
{
  return g_rand_int_range (self->values, 0, n);
}

/* ---- Leaves ---------------------------------------------------------------------------------- */

/* A sign and a magnitude, with zeros behind it when varied. */
static void
put_big (struct writer *self, bool negative, const uint8_t *magnitude, size_t size)
{
  size_t zeros = varied (self, 2) ? (size_t) g_rand_int_range (self->forms, 0, 4) : 0;

  if (size + zeros > 255 || varied (self, 3))
    {
      put_byte (self, 111);
      put_number (self, size + zeros, 4);
    }
  else
    {
      put_byte (self, 110);
      put_byte (self, (int) (size + zeros));
    }
  put_byte (self, negative);
  put (self, magnitude, size);
  while (zeros-- > 0)
    put_byte (self, 0);
}

static void
put_int64 (struct writer *self, int64_t value)
{
  uint8_t  bytes[8];
  uint64_t magnitude = value < 0 ? -(uint64_t) value : (uint64_t) value;
  size_t   n = 0;

  for (uint64_t rest = magnitude; rest != 0; rest >>= 8)
    bytes[n++] = (uint8_t) rest;
  if (varied (self, 3))
    put_big (self, value < 0, bytes, n);
  else if (value >= 0 && value < 256 && !varied (self, 3))
    {
      put_byte (self, 97);
      put_byte (self, (int) value);
    }
  else if (value >= INT32_MIN && value <= INT32_MAX)
    {
      put_byte (self, 98);
      put_number (self, (uint32_t) value, 4);
    }
  else
    put_big (self, value < 0, bytes, n);
}

static void
write_integer (struct writer *self)
{
  static const int64_t edges[] = { 0,         255,       256,       -1,        INT32_MAX, INT32_MIN,
                                   INT64_MAX, INT64_MIN, 1LL << 31, 1LL << 53, 42,        -256 };
  uint8_t              bytes[300];
  size_t               n;

  switch (pick (self, 5))
    {
    case 0:
      put_int64 (self, edges[pick (self, G_N_ELEMENTS (edges))]);
      break;
    case 1:
      n = 9 + (size_t) pick (self, pick (self, 8) == 0 ? 280 : 20);
      for (size_t i = 0; i < n; i++)
        bytes[i] = (uint8_t) (1 + pick (self, 255));
      put_big (self, pick (self, 2), bytes, n);
      break;
    case 2:
      put_int64 (self, (int64_t) ((uint64_t) g_rand_int (self->values) << 32 |
                                  g_rand_int (self->values)));
      break;
    default:
      put_int64 (self, pick (self, 40) - 5);
      break;
    }
}

static void
write_float (struct writer *self)
{
  static const double edges[] = {
    0.0,   1.0,        -1.0, 0.1,   1e22, 1e23, 9007199254740992.0, 5e-324, 1.7976931348623157e308,
    100.0, 123456.789, 1e-5, 255.0, 1e16
  };
  union
  {
    double   value;
    uint64_t bits;
  } number;
  char text[31] = { 0 };

  do
    switch (pick (self, 3))
      {
      case 0:
        number.value = edges[pick (self, G_N_ELEMENTS (edges))];
        break;
      case 1:
        number.value = (pick (self, 2000) - 1000) / 8.0;
        break;
      default:
        number.bits = (uint64_t) g_rand_int (self->values) << 32 | g_rand_int (self->values);
        break;
      }
  while ((number.bits >> 52 & 0x7ff) == 0x7ff);
  if (varied (self, 3))
    {
      put_byte (self, 99);
      g_ascii_formatd (text, sizeof text, "%.20e", number.value);
      put (self, text, sizeof text);
      return;
    }
  put_byte (self, 70);
  put_number (self, number.bits, 8);
}

static void
put_name (struct writer *self, const char *name)
{
  g_autofree char *latin1 = NULL;
  size_t           size = strlen (name);
  bool             small = size < 256;

  if (varied (self, 2))
    latin1 = g_convert (name, -1, "ISO-8859-1", "UTF-8", NULL, &size, NULL);
  if (latin1 == NULL)
    size = strlen (name);
  small = size < 256 && !varied (self, 3);
  put_byte (self, latin1 != NULL ? (small ? 115 : 100) : (small ? 119 : 118));
  put_number (self, size, small ? 1 : 2);
  put (self, latin1 != NULL ? latin1 : name, size);
}

static void
write_atom (struct writer *self)
{
  static const char *const names[] = { "ok",
                                       "error",
                                       "a",
                                       "b",
                                       "undefined",
                                       "hello world",
                                       "EXIT",
                                       "",
                                       "end",
                                       "caf\303\251",
                                       "\305\202\303\263d\305\272",
                                       "Elixir.Foo",
                                       "a@b",
                                       "it's",
                                       "nil",
                                       "true",
                                       "\346\274\242",
                                       "\303\200b",
                                       "x1",
                                       "_y",
                                       "maybe",
                                       "else",
                                       "and",
                                       "new\nline" };
  char                     name[4 * 255 + 1];
  size_t                   size = 0;

  if (pick (self, 12) != 0)
    {
      put_name (self, names[pick (self, G_N_ELEMENTS (names))]);
      return;
    }
  for (int n = pick (self, 200); n > 0; n--)
    size += (size_t) g_unichar_to_utf8 ((gunichar) (pick (self, 2) ? 'a' + pick (self, 26)
                                                                   : 0x3b1 + pick (self, 20)),
                                        name + size);
  name[size] = 0;
  put_name (self, name);
}

static void
write_binary (struct writer *self)
{
  static const char *const texts[] = {
    "",     "hello",       "tab\there", "quote\"", "back\\slash", "line\nend", "\303\251t\303\251",
    "#{x}", "\342\202\254"
  };
  uint8_t bytes[40];
  size_t  n;

  if (pick (self, 2) == 0)
    {
      const char *text = texts[pick (self, G_N_ELEMENTS (texts))];

      put_byte (self, 109);
      put_number (self, strlen (text), 4);
      put (self, text, strlen (text));
      return;
    }
  n = (size_t) pick (self, sizeof bytes);
  for (size_t i = 0; i < n; i++)
    bytes[i] = (uint8_t) pick (self, 256);
  if (n > 0 && pick (self, 3) == 0)
    {
      int bits = 1 + pick (self, 7);

      put_byte (self, 77);
      put_number (self, n, 4);
      put_byte (self, bits);
      bytes[n - 1] &= (uint8_t) (0xff00 >> bits);
      if (varied (self, 2))
        bytes[n - 1] |= (uint8_t) (0xff >> bits);
    }
  else if (n > 0 && varied (self, 3))
    {
      put_byte (self, 77);
      put_number (self, n, 4);
      put_byte (self, 8);
    }
  else
    {
      put_byte (self, 109);
      put_number (self, n, 4);
    }
  put (self, bytes, n);
}

static void
write_identifier (struct writer *self)
{
  static const char *const nodes[] = { "nonode@nohost", "a@host", "b@host" };
  const char              *node = nodes[pick (self, G_N_ELEMENTS (nodes))];
  uint32_t                 creation = 2 + (uint32_t) pick (self, 2);
  int                      n;

  switch (pick (self, 3))
    {
    case 0:
      put_byte (self, 88);
      put_name (self, node);
      put_number (self, (uint32_t) pick (self, 3), 4);
      put_number (self, (uint32_t) pick (self, 3), 4);
      put_number (self, creation, 4);
      break;
    case 1:
      put_byte (self, 90);
      n = 3;
      put_number (self, (uint32_t) n, 2);
      put_name (self, node);
      put_number (self, creation, 4);
      while (n-- > 0)
        put_number (self, (uint32_t) pick (self, 3), 4);
      break;
    default:
      put_byte (self, 89);
      put_name (self, node);
      put_number (self, (uint32_t) pick (self, 3), 4);
      put_number (self, creation, 4);
      break;
    }
}

/* ---- Containers ------------------------------------------------------------------------------ */

static void
write_tuple (struct writer *self, unsigned depth)
{
  int n = pick (self, 60) == 0 ? 250 + pick (self, 12) : pick (self, 5);

  if (n > 255 || varied (self, 3))
    {
      put_byte (self, 105);
      put_number (self, (uint32_t) n, 4);
    }
  else
    {
      put_byte (self, 104);
      put_byte (self, n);
    }
  while (n-- > 0)
    write_term (self, n > 10 ? MAX_DEPTH : depth);
}

/* A list of bytes. */
static void
write_string (struct writer *self)
{
  int  n = 1 + pick (self, 12), split = -1;
  bool printable = pick (self, 2), list = varied (self, 2);

  if (list && varied (self, 2))
    split = g_rand_int_range (self->forms, 1, n + 1);
  put_byte (self, list ? 108 : 107);
  put_number (self, (uint32_t) (split >= 0 ? split : n), list ? 4 : 2);
  for (int i = 0; i < n; i++)
    {
      int byte = printable ? 32 + pick (self, 95) : pick (self, 256);

      if (i == split)
        {
          put_byte (self, 108);
          put_number (self, (uint32_t) (n - split), 4);
        }
      if (list)
        put_byte (self, 97);
      put_byte (self, byte);
    }
  if (list)
    put_byte (self, 106);
}

static void
write_list (struct writer *self, unsigned depth)
{
  int n = 1 + pick (self, 5),
      split = varied (self, 3) ? g_rand_int_range (self->forms, 1, n + 1) : n;

  /* Its first element is no byte, so it is no string; and it has no list for a tail. */
  put_byte (self, 108);
  put_number (self, (uint32_t) split, 4);
  write_atom (self);
  for (int i = 1; i < n; i++)
    {
      if (i == split)
        {
          put_byte (self, 108);
          put_number (self, (uint32_t) (n - split), 4);
        }
      write_term (self, depth);
    }
  if (pick (self, 5) == 0)
    write_atom (self);
  else
    put_byte (self, 106);
}

/* The keys are counted up, and so in order; at most 32, since beyond that Erlang's order is its
 * own. */
static void
write_map (struct writer *self, unsigned depth)
{
  int n = pick (self, 12) == 0 ? pick (self, 33) : pick (self, 5), key = pick (self, 300) - 20;
  struct grove_buffer pairs[33] = { 0 }, *out = self->out;
  int                 kind = pick (self, 3);

  put_byte (self, 116);
  put_number (self, (uint32_t) n, 4);
  for (int i = 0; i < n; i++)
    {
      self->out = &pairs[i];
      key += 1 + pick (self, 50);
      if (kind == 0)
        put_int64 (self, key);
      else
        {
          char name[16];

          g_snprintf (name, sizeof name, "k%05d", key + 100);
          if (kind == 1)
            put_name (self, name);
          else
            {
              put_byte (self, 109);
              put_number (self, strlen (name), 4);
              put (self, name, strlen (name));
            }
        }
      write_term (self, depth);
    }
  self->out = out;
  if (self->form == RANDOM_VARIED)
    for (int i = n - 1; i > 0; i--)
      {
        int                 other = g_rand_int_range (self->forms, 0, i + 1);
        struct grove_buffer pair = pairs[i];

        pairs[i] = pairs[other];
        pairs[other] = pair;
      }
  for (int i = 0; i < n; i++)
    {
      put (self, pairs[i].bytes, pairs[i].size);
      grove_buffer_finish (&pairs[i]);
    }
}

static void
write_term (struct writer *self, unsigned depth)
{
  switch (pick (self, depth < MAX_DEPTH ? 14 : 8))
    {
    case 0:
    case 1:
      write_integer (self);
      break;
    case 2:
    case 3:
      write_atom (self);
      break;
    case 4:
      write_float (self);
      break;
    case 5:
      write_binary (self);
      break;
    case 6:
      write_identifier (self);
      break;
    case 7:
      put_byte (self, 106);
      break;
    case 8:
      write_string (self);
      break;
    case 9:
    case 10:
      write_list (self, depth + 1);
      break;
    case 11:
      write_map (self, depth + 1);
      break;
    default:
      write_tuple (self, depth + 1);
      break;
    }
}

void
random_term (GRand *values, GRand *forms, enum random_form form, struct grove_buffer *out)
{
  struct writer self = { values, forms, form, out };

  write_term (&self, 0);
}

guint32
random_seed (void)
{
  const char *text = g_getenv ("GROVE_SEED");
  guint32     seed = text != NULL ? (guint32) g_ascii_strtoull (text, NULL, 10) : g_random_int ();

  g_test_message ("GROVE_SEED=%u", seed);
  return seed;
}
