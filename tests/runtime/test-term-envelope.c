/* SPDX-License-Identifier: MIT
 *
 * What calls are wrapped in, against the formats that say the same.
 */
#include "runtime/term/envelope.h"

#include <glib.h>
#include <string.h>

/* The envelope of a call with @request. */
static void
put_call (struct grove_buffer *out, grove_pid pid, grove_ref ref, const char *request)
{
  uint8_t             head[GROVE_ENVELOPE_SIZE];
  struct grove_buffer inner = { NULL };

  _grove_envelope_write (head, pid, ref);
  g_assert_cmpint (grove_build (&inner, "~a", request), ==, GROVE_OK);
  memcpy (grove_buffer_extend (out, sizeof head), head, sizeof head);
  memcpy (grove_buffer_extend (out, inner.size), grove_buffer_term (&inner).bytes, inner.size);
  grove_buffer_finish (&inner);
}

static void
test_same_as_format (void)
{
  for (unsigned i = 0; i < 10000; i++)
    {
      grove_pid           pid = (grove_pid) g_random_int () << 32 | g_random_int ();
      grove_ref           ref = (grove_ref) g_random_int () << 32 | g_random_int ();
      struct grove_buffer written = { NULL }, built = { NULL };
      grove_pid           read_pid = 0;
      grove_ref           read_ref = 0;
      struct grove_term   request;

      put_call (&written, pid, ref, "hi");
      g_assert_cmpint (grove_build (&built, "{'$gen_call', {~p, ~r}, hi}", pid, ref), ==, GROVE_OK);
      g_assert_cmpmem (grove_buffer_term (&written).bytes, written.size,
                       grove_buffer_term (&built).bytes, built.size);
      g_assert_true (
        _grove_envelope_read (grove_buffer_term (&built), &read_pid, &read_ref, &request));
      g_assert_cmpuint (read_pid, ==, pid);
      g_assert_cmpuint (read_ref, ==, ref);
      g_assert_true (grove_term_is_atom (request, "hi"));
      grove_buffer_finish (&written);
      grove_buffer_finish (&built);
    }
}

/* Whatever byte of what is always the same is another, it is none; nor is one that is cut. */
static void
test_others (void)
{
  struct grove_buffer written = { NULL };
  grove_pid           pid = 0, pid_read = 0;
  grove_ref           ref = 0, ref_read = 0;
  struct grove_term   request, whole;
  size_t              head;

  put_call (&written, 0x1122334455667788, 0x1122334455667788, "hi");
  whole = grove_buffer_term (&written);
  g_assert_true (_grove_envelope_read (whole, &pid, &ref, &request));
  head = whole.size - request.size;
  for (size_t size = 0; size <= head; size++)
    g_assert_false (
      _grove_envelope_read ((struct grove_term){ whole.bytes, size }, &pid, &ref, &request));
  for (size_t i = 0; i < head; i++)
    {
      uint8_t *bytes = (uint8_t *) (uintptr_t) whole.bytes;
      bytes[i] ^= 0x80;
      if (_grove_envelope_read (whole, &pid_read, &ref_read, &request))
        g_assert_true (pid_read != pid || ref_read != ref);
      bytes[i] ^= 0x80;
    }
  grove_buffer_finish (&written);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/runtime/term/envelope/same-as-format", test_same_as_format);
  g_test_add_func ("/runtime/term/envelope/others", test_others);
  return g_test_run ();
}
