/* SPDX-License-Identifier: MIT
 *
 * Files of certificates and keys: what is taken, and in which words what is not is refused.
 */
#include "observer/grove-pem.h"

#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define CERTIFICATE "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n"
#define TRUSTED     "-----BEGIN TRUSTED CERTIFICATE-----\nMIIB\n-----END TRUSTED CERTIFICATE-----\n"
#define KEY         "-----BEGIN EC PRIVATE KEY-----\r\nMHcC\r\n-----END EC PRIVATE KEY-----\r\n"
#define LOCKED_KEY                                                                                 \
  "-----BEGIN ENCRYPTED PRIVATE KEY-----\nMIIB\n-----END ENCRYPTED PRIVATE KEY-----\n"
#define OLD_LOCKED_KEY                                                                             \
  "-----BEGIN RSA PRIVATE KEY-----\nProc-Type: 4,ENCRYPTED\n-----END RSA PRIVATE KEY-----\n"

#define BOTH (GROVE_PEM_CERTIFICATE | GROVE_PEM_KEY)

typedef struct
{
  const char   *name;
  const char   *content; /* NULL: a folder */
  GrovePemParts parts;
  const char   *complaint; /* NULL: it is taken */
} Case;

static const Case cases[] = {
  { "certificate", CERTIFICATE, GROVE_PEM_CERTIFICATE, NULL },
  { "trusted", TRUSTED, GROVE_PEM_CERTIFICATE, NULL },
  { "text-before", "subject=/CN=shop\n" CERTIFICATE, GROVE_PEM_CERTIFICATE, NULL },
  { "both", CERTIFICATE KEY, BOTH, NULL },
  { "key", KEY, GROVE_PEM_KEY, NULL },
  { "key-only", KEY, BOTH, "There is no certificate in “%s”, only a key." },
  { "certificate-only", CERTIFICATE, BOTH, "There is no private key in “%s”." },
  { "locked", LOCKED_KEY, GROVE_PEM_KEY, "is locked with a passphrase" },
  { "locked-old", OLD_LOCKED_KEY, GROVE_PEM_KEY, "is locked with a passphrase" },
  { "locked-beside", LOCKED_KEY CERTIFICATE, GROVE_PEM_CERTIFICATE, NULL },
  { "der", "\x30\x82\x01\x0a", GROVE_PEM_CERTIFICATE, "“%s” is in DER." },
  { "letter", "Dear Sir,\n-----BEGINNING-----\n", GROVE_PEM_CERTIFICATE, "“%s” is not in PEM" },
  { "request", "-----BEGIN CERTIFICATE REQUEST-----\nMIIB\n-----END CERTIFICATE REQUEST-----\n",
    GROVE_PEM_CERTIFICATE, "“%s” is not in PEM" },
  { "empty", "", GROVE_PEM_KEY, "“%s” is not in PEM" },
  { "folder", NULL, GROVE_PEM_KEY, "“%s” is no file." },
};

static void
assert_said (const GError *error, const char *complaint, const char *name)
{
  g_auto (GStrv) parts = g_strsplit (complaint, "%s", 2);
  g_autofree char *expected = g_strjoinv (name, parts);

  if (strstr (error->message, expected) == NULL)
    g_error ("“%s” was to be in “%s”", expected, error->message);
}

static void
test_case (gconstpointer data)
{
  const Case *one = data;
  g_autoptr (GError) error = NULL;
  g_autofree char *directory = g_dir_make_tmp (NULL, NULL);
  g_autofree char *path = g_build_filename (directory, one->name, NULL);
  gboolean         good;

  if (one->content == NULL)
    g_assert_cmpint (g_mkdir (path, 0700), ==, 0);
  else
    g_assert_true (g_file_set_contents (path, one->content, -1, NULL));
  good = grove_pem_check (path, one->parts, &error);
  g_assert_cmpint (good, ==, one->complaint == NULL);
  if (!good)
    assert_said (error, one->complaint, one->name);
  g_assert_cmpint (g_remove (path), ==, 0);
  g_assert_cmpint (g_rmdir (directory), ==, 0);
}

/* None of them is waited for, or read. */
static void
test_not_a_file (void)
{
  g_autoptr (GError) none = NULL, device = NULL, pipe = NULL, large = NULL;
  g_autofree char *directory = g_dir_make_tmp (NULL, NULL);
  g_autofree char *path = g_build_filename (directory, "one", NULL);
  g_autofree char *below = g_build_filename (path, "below", NULL);

  g_assert_false (grove_pem_check (path, GROVE_PEM_KEY, &none));
  assert_said (none, "There is no file “%s”.", "one");
  g_assert_false (grove_pem_check ("/dev/zero", GROVE_PEM_KEY, &device));
  assert_said (device, "“%s” is no file.", "zero");
  g_assert_cmpint (mkfifo (path, 0600), ==, 0);
  g_assert_false (grove_pem_check (path, GROVE_PEM_KEY, &pipe));
  assert_said (pipe, "“%s” is no file.", "one");
  g_assert_false (grove_pem_check (below, GROVE_PEM_KEY, NULL));
  g_assert_cmpint (g_remove (path), ==, 0);

  g_assert_true (g_file_set_contents (path, KEY, -1, NULL));
  g_assert_cmpint (truncate (path, 5 << 20), ==, 0);
  g_assert_false (grove_pem_check (path, GROVE_PEM_KEY, &large));
  assert_said (large, "“%s” is too large", "one");
  g_assert_cmpint (g_remove (path), ==, 0);
  g_assert_cmpint (g_rmdir (directory), ==, 0);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *path = g_strconcat ("/observer/pem/", cases[i].name, NULL);

      g_test_add_data_func (path, &cases[i], test_case);
    }
  g_test_add_func ("/observer/pem/not-a-file", test_not_a_file);
  return g_test_run ();
}
