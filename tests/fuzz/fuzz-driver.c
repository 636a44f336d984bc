/* SPDX-License-Identifier: MIT
 *
 * Gives the files of a corpus to a fuzzer one by one, so that what was found once is tried in every
 * ordinary test run. Each argument is a file or a directory of them. With libFuzzer this file is
 * not linked: it brings a main() of its own.
 *
 * The corpus is also cut and changed a little in ways that are the same in every run: at each of
 * its first bytes, or with --places N first, at so many places all over each file (or none), for
 * fuzzers that take their time.
 */
#include "tests/fuzz/fuzz.h"

#include <glib.h>
#include <stdlib.h>
#include <string.h>

#define FIRST_BYTES 256

static gsize n_places = G_MAXSIZE; /* as it is: at each of the first bytes */

/* A copy of exactly that size, so that a sanitizer sees any step beyond it. */
static void
feed (const uint8_t *bytes, gsize size)
{
  g_autofree uint8_t *copy = g_malloc (MAX (size, 1));

  if (size > 0)
    memcpy (copy, bytes, size);
  LLVMFuzzerTestOneInput (copy, size);
}

static void
feed_variants (uint8_t *bytes, gsize size)
{
  g_autoptr (GRand) random = g_rand_new_with_seed ((guint32) size);
  gsize step = 1, end = MIN (size, FIRST_BYTES);

  feed (bytes, size);
  if (n_places == 0)
    return;
  if (n_places != G_MAXSIZE)
    {
      step = size / n_places + 1;
      end = size;
    }
  for (gsize n = step / 2; n < end; n += step)
    {
      feed (bytes, n);
      for (int i = 0; i < 4; i++)
        {
          uint8_t before = bytes[n];

          bytes[n] = i == 0 ? 0xff : (uint8_t) g_rand_int (random);
          feed (bytes, size);
          bytes[n] = before;
        }
    }
}

static guint
feed_file (const char *path)
{
  g_autofree char *bytes = NULL;
  gsize            size;

  if (g_file_test (path, G_FILE_TEST_IS_DIR) || !g_file_get_contents (path, &bytes, &size, NULL))
    return 0;
  feed_variants ((uint8_t *) bytes, size);
  return 1;
}

static guint
feed_directory (const char *path)
{
  g_autoptr (GDir) directory = g_dir_open (path, 0, NULL);
  const char *name;
  guint       n = 0;

  while (directory != NULL && (name = g_dir_read_name (directory)) != NULL)
    {
      g_autofree char *file = g_build_filename (path, name, NULL);

      n += feed_file (file);
    }
  return n;
}

int
main (int argc, char **argv)
{
  int first = 1;

  if (argc > 2 && strcmp (argv[1], "--places") == 0)
    {
      n_places = strtoul (argv[2], NULL, 10);
      first = 3;
    }
  for (int i = first; i < argc; i++)
    {
      guint n =
        g_file_test (argv[i], G_FILE_TEST_IS_DIR) ? feed_directory (argv[i]) : feed_file (argv[i]);

      /* A corpus that is not found would be a test that cannot fail. */
      if (n == 0)
        {
          g_printerr ("no corpus in %s\n", argv[i]);
          return 1;
        }
      g_print ("%u files of %s\n", n, argv[i]);
    }
  return argc > first ? 0 : 1;
}
