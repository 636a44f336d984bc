/* SPDX-License-Identifier: MIT
 *
 * Tests of runtime/term against libei, Erlang's library for C, where it is installed: it reads what
 * we read and has the same values, reads what we write, and we read what it writes. Half of the
 * terms are as Erlang writes them, half in any other encoding that reads as them.
 */
#include "tests/runtime/test-term-random.h"

#ifdef HAVE_EI
#  include <ei.h>
#  include <math.h>
#  include <string.h>

#  define N_TERMS 3000

/* libei's reading of some bytes, and what it writes for what it has read. */
struct reader
{
  const char *bytes;
  int         at;
  ei_x_buff   written;
};

static void copy_term (struct reader *self);

static struct grove_term
read_since (const struct reader *self, int start)
{
  return (struct grove_term){ (const uint8_t *) self->bytes + start, (size_t) (self->at - start) };
}

/* ---- Leaves ---------------------------------------------------------------------------------- */

static void
copy_big (struct reader *self, int size)
{
  erlang_big *big = ei_alloc_big ((size_t) size);

  g_assert_nonnull (big);
  g_assert_cmpint (ei_decode_big (self->bytes, &self->at, big), ==, 0);
  g_assert_cmpint (ei_x_encode_big (&self->written, big), ==, 0);
  ei_free_big (big);
}

static void
copy_integer (struct reader *self, int size)
{
  int       start = self->at;
  long long value;
  int64_t   ours;

  if (ei_decode_longlong (self->bytes, &self->at, &value) == 0)
    {
      g_assert_true (grove_term_int64 (read_since (self, start), &ours));
      g_assert_cmpint (ours, ==, value);
      g_assert_cmpint (ei_x_encode_longlong (&self->written, value), ==, 0);
    }
  else
    {
      self->at = start;
      copy_big (self, size);
      g_assert_cmpint (grove_term_type (read_since (self, start)), ==, GROVE_TERM_INTEGER);
    }
}

static void
copy_float (struct reader *self)
{
  int    start = self->at;
  double value, ours;

  g_assert_cmpint (ei_decode_double (self->bytes, &self->at, &value), ==, 0);
  g_assert_true (grove_term_double (read_since (self, start), &ours));
  g_assert_cmpfloat (ours, ==, value);
  g_assert_true (signbit (ours) == signbit (value));
  g_assert_cmpint (ei_x_encode_double (&self->written, value), ==, 0);
}

static void
copy_atom (struct reader *self)
{
  int               start = self->at;
  char              name[MAXATOMLEN_UTF8];
  struct grove_text ours;

  g_assert_cmpint (ei_decode_atom_as (self->bytes, &self->at, name, sizeof name, ERLANG_UTF8, NULL,
                                      NULL),
                   ==, 0);
  g_assert_true (grove_term_is_atom (read_since (self, start), name));
  if (grove_term_atom (read_since (self, start), &ours))
    g_assert_cmpmem (ours.bytes, ours.size, name, strlen (name));
  g_assert_cmpint (ei_x_encode_atom_as (&self->written, name, ERLANG_UTF8, ERLANG_UTF8), ==, 0);
}

static void
copy_binary (struct reader *self, int size)
{
  int               start = self->at;
  g_autofree char  *bytes = g_malloc ((gsize) size + 1);
  struct grove_text ours;
  long              n;

  g_assert_cmpint (ei_decode_binary (self->bytes, &self->at, bytes, &n), ==, 0);
  g_assert_true (grove_term_binary (read_since (self, start), &ours));
  g_assert_cmpmem (ours.bytes, ours.size, bytes, n);
  g_assert_cmpint (ei_x_encode_binary (&self->written, bytes, (int) n), ==, 0);
}

static void
copy_bits (struct reader *self)
{
  const char  *bits;
  unsigned int offset;
  size_t       n;

  g_assert_cmpint (ei_decode_bitstring (self->bytes, &self->at, &bits, &offset, &n), ==, 0);
  g_assert_cmpint (ei_x_encode_bitstring (&self->written, bits, offset, n), ==, 0);
}

static void
copy_identifier (struct reader *self, int type)
{
  erlang_pid  pid;
  erlang_ref  ref;
  erlang_port port;

  if (type == ERL_PID_EXT || type == ERL_NEW_PID_EXT)
    {
      g_assert_cmpint (ei_decode_pid (self->bytes, &self->at, &pid), ==, 0);
      g_assert_cmpint (ei_x_encode_pid (&self->written, &pid), ==, 0);
    }
  else if (type == ERL_NEW_REFERENCE_EXT || type == ERL_NEWER_REFERENCE_EXT)
    {
      g_assert_cmpint (ei_decode_ref (self->bytes, &self->at, &ref), ==, 0);
      g_assert_cmpint (ei_x_encode_ref (&self->written, &ref), ==, 0);
    }
  else
    {
      g_assert_true (type == ERL_PORT_EXT || type == ERL_NEW_PORT_EXT || type == ERL_V4_PORT_EXT);
      g_assert_cmpint (ei_decode_port (self->bytes, &self->at, &port), ==, 0);
      g_assert_cmpint (ei_x_encode_port (&self->written, &port), ==, 0);
    }
}

/* ---- Containers ------------------------------------------------------------------------------ */

static void
copy_tuple (struct reader *self)
{
  int start = self->at, n;

  g_assert_cmpint (ei_decode_tuple_header (self->bytes, &self->at, &n), ==, 0);
  g_assert_cmpint (ei_x_encode_tuple_header (&self->written, n), ==, 0);
  for (int i = 0; i < n; i++)
    copy_term (self);
  g_assert_cmpuint (grove_term_arity (read_since (self, start)), ==, (size_t) n);
}

static void
copy_list (struct reader *self)
{
  int n;

  g_assert_cmpint (ei_decode_list_header (self->bytes, &self->at, &n), ==, 0);
  if (n == 0)
    {
      g_assert_cmpint (ei_x_encode_empty_list (&self->written), ==, 0);
      return;
    }
  g_assert_cmpint (ei_x_encode_list_header (&self->written, n), ==, 0);
  for (int i = 0; i <= n; i++)
    copy_term (self);
}

static void
copy_string (struct reader *self, int size)
{
  g_autofree char *text = g_malloc ((gsize) size + 1);

  g_assert_cmpint (ei_decode_string (self->bytes, &self->at, text), ==, 0);
  g_assert_cmpint (ei_x_encode_string_len (&self->written, text, size), ==, 0);
}

static void
copy_map (struct reader *self)
{
  int n;

  g_assert_cmpint (ei_decode_map_header (self->bytes, &self->at, &n), ==, 0);
  g_assert_cmpint (ei_x_encode_map_header (&self->written, n), ==, 0);
  for (int i = 0; i < 2 * n; i++)
    copy_term (self);
}

static void
copy_term (struct reader *self)
{
  int type, size;

  g_assert_cmpint (ei_get_type (self->bytes, &self->at, &type, &size), ==, 0);
  switch (type)
    {
    case ERL_SMALL_INTEGER_EXT:
    case ERL_INTEGER_EXT:
    case ERL_SMALL_BIG_EXT:
    case ERL_LARGE_BIG_EXT:
      copy_integer (self, size);
      break;
    case ERL_FLOAT_EXT:
    case NEW_FLOAT_EXT:
      copy_float (self);
      break;
    case ERL_ATOM_EXT:
    case ERL_SMALL_ATOM_EXT:
    case ERL_ATOM_UTF8_EXT:
    case ERL_SMALL_ATOM_UTF8_EXT:
      copy_atom (self);
      break;
    case ERL_BINARY_EXT:
      copy_binary (self, size);
      break;
    case ERL_BIT_BINARY_EXT:
      copy_bits (self);
      break;
    case ERL_SMALL_TUPLE_EXT:
    case ERL_LARGE_TUPLE_EXT:
      copy_tuple (self);
      break;
    case ERL_NIL_EXT:
    case ERL_LIST_EXT:
      copy_list (self);
      break;
    case ERL_STRING_EXT:
      copy_string (self, size);
      break;
    case ERL_MAP_EXT:
      copy_map (self);
      break;
    default:
      copy_identifier (self, type);
    }
}

/* ---- The whole ------------------------------------------------------------------------------- */

/* libei reads all of @term, finds the values in it that we find, and what it writes is that term to
 * us. */
static void
assert_agrees (struct grove_term term)
{
  struct reader     reader = { .bytes = (const char *) term.bytes };
  struct grove_term written;

  g_assert_cmpint (ei_x_new (&reader.written), ==, 0);
  copy_term (&reader);
  g_assert_cmpint (reader.at, ==, (int) term.size);
  written =
    (struct grove_term){ (const uint8_t *) reader.written.buff, (size_t) reader.written.index };
  g_assert_cmpint (grove_term_check (written.bytes, written.size, NULL), ==, GROVE_OK);
  g_assert_true (grove_term_equal (term, written));
  g_assert_cmpint (grove_term_compare (term, written), ==, 0);
  ei_x_free (&reader.written);
}

/* What we write ourselves: read from our own text, and built into a tuple. */
static void
assert_writes (struct grove_term term)
{
  static char         text[1 << 20];
  struct grove_buffer parsed = { NULL }, built = { NULL };
  bool                truncated;
  size_t size = grove_term_print (term, GROVE_SYNTAX_ERLANG, 256, text, sizeof text, &truncated);

  g_assert_cmpint (grove_build (&built, "{~t, #{1.5 => ~t}, [~t, ~l | x]}", term, term, term,
                                INT64_MIN),
                   ==, GROVE_OK);
  assert_agrees (grove_buffer_term (&built));
  grove_buffer_finish (&built);
  if (truncated || strstr (text, "Pid<") || strstr (text, "Ref<") || strstr (text, "Port<") ||
      grove_term_parse (text, size, &parsed, NULL, NULL) != GROVE_OK)
    {
      grove_buffer_finish (&parsed);
      return;
    }
  g_assert_true (grove_term_equal (term, grove_buffer_term (&parsed)));
  assert_agrees (grove_buffer_term (&parsed));
  grove_buffer_finish (&parsed);
}
#endif

static void
test_agrees (void)
{
#ifdef HAVE_EI
  guint32 seed = random_seed ();

  for (guint32 i = 0; i < N_TERMS; i++)
    {
      g_autoptr (GRand) values = g_rand_new_with_seed (seed + i);
      g_autoptr (GRand) forms = g_rand_new_with_seed (i);
      struct grove_buffer out = { NULL };

      random_term (values, forms, i % 2 == 0 ? RANDOM_CANONICAL : RANDOM_VARIED, &out);
      assert_agrees (grove_buffer_term (&out));
      assert_writes (grove_buffer_term (&out));
      grove_buffer_finish (&out);
    }
#else
  g_test_skip ("libei is not installed");
#endif
}

int
main (int argc, char **argv)
{
#ifdef HAVE_EI
  ei_init ();
#endif
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/runtime/term/ei/agrees", test_agrees);
  return g_test_run ();
}
