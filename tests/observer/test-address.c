/* SPDX-License-Identifier: MIT
 *
 * Addresses: what each kind becomes, and what is none.
 */
#include "observer/grove-address.h"

#include <string.h>

typedef struct
{
  const char *name;
  const char *text;
  const char *system; /* what it is called at first */
  const char *path;   /* of a socket, NULL: a command */
  const char *argv;   /* its words with | between */
} Good;

static const Good goods[] = {
  { "name", "shop", "shop", "/run/test/grove/shop.sock", NULL },
  { "path", "./a/shop.sock", "shop", "./a/shop.sock", NULL },
  { "path-without-ending", "/tmp/shop", "shop", "/tmp/shop", NULL },
  { "ssh", "ssh:host/shop", "shop", NULL, "ssh|-T|host|grove|dial-stdio|shop" },
  { "ssh-user", "ssh:ada@host.example/shop", "shop", NULL,
    "ssh|-T|ada@host.example|grove|dial-stdio|shop" },
  { "ssh-name-with-at", "ssh:host/shop@1", "shop@1", NULL, "ssh|-T|host|grove|dial-stdio|shop@1" },
  { "ssh-only-one", "ssh:host", "host", NULL, "ssh|-T|host|grove|dial-stdio" },
  { "ssh-six", "ssh:fe80::1%eth0/shop", "shop", NULL, "ssh|-T|fe80::1%eth0|grove|dial-stdio|shop" },
  { "beam", "beam:shop@prod-3", "shop@prod-3", NULL, "grove-beam|shop@prod-3" },
  { "beam-tls", "beam:shop@fe80::1?tls&ca=/a%20b.pem&cert=c&key=d&port=9100&cookie-file=-e",
    "shop@fe80::1", NULL,
    "grove-beam|--tls|--tls-ca=/a b.pem|--tls-cert=c|--tls-key=d|--port=9100|--cookie-file=-e|"
    "shop@fe80::1" },
  { "exec", "exec:kubectl exec -i 'my pod' -- grove dial-stdio", "kubectl", NULL,
    "kubectl|exec|-i|my pod|--|grove|dial-stdio" },
  { "exec-path", "exec:/usr/bin/cat", "cat", NULL, "/usr/bin/cat" },
};

static void
test_good (gconstpointer user_data)
{
  const Good *good = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GroveAddress) address = grove_address_parse (good->text, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (address->text, ==, good->text);
  g_assert_cmpstr (address->name, ==, good->system);
  g_assert_cmpstr (address->path, ==, good->path);
  g_autofree char *argv = address->argv != NULL ? g_strjoinv ("|", address->argv) : NULL;
  g_assert_cmpstr (argv, ==, good->argv);
}

static const char *const bads[] = {
  "",
  ".hidden",
  "a b",
  "a\nb",
  "\xff",
  "ssh:",
  "ssh:/shop",
  "ssh:@host/a",
  "ssh:-o/shop",
  "ssh:-l@host/shop",
  "ssh:a/",
  "ssh:a/b c",
  "ssh:a/$(b)",
  "ssh:a;b/shop",
  "ssh:a/../b",
  "ssh:a b/c",
  "ssh:a@b@c/shop",
  "exec:",
  "exec:   ",
  "exec:'a",
  "beam:@host",
  "beam:a b@c",
  "beam:-x@host",
  "beam:",
  "beam:a@b?tls=1",
  "beam:a@b?port",
  "beam:a@b?port=",
  "beam:a@b?tls&&",
  "beam:a@b?x=1",
  "beam:a@b?ca=%zz",
  "beam:a@b/c",
};

/* The first line says what is wrong, the second what is allowed. */
static void
test_bad (gconstpointer user_data)
{
  g_autoptr (GError) error = NULL;
  g_assert_null (grove_address_parse (user_data, &error));
  g_assert_error (error, GROVE_ADDRESS_ERROR, 0);
  g_auto (GStrv) lines = g_strsplit (error->message, "\n", -1);
  g_assert_cmpuint (g_strv_length (lines), ==, 2);
  g_assert_true (g_utf8_validate (error->message, -1, NULL));
  g_assert_nonnull (strstr (lines[1], "ssh:[user@]host/name"));
}

/* As `iex --sname shop` calls itself on this machine. */
static void
test_node_here (void)
{
  g_auto (GStrv) host = g_strsplit (g_get_host_name (), ".", 2);
  g_autofree char *node = g_strconcat ("shop@", host[0], NULL);
  g_autoptr (GroveAddress) address = grove_address_parse ("beam:shop?port=9100", NULL);
  g_assert_nonnull (address);
  g_assert_cmpstr (address->node, ==, node);
  g_assert_cmpstr (address->name, ==, node);
}

static void
test_too_long (void)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *text = g_strnfill (5000, 'a');
  g_assert_null (grove_address_parse (text, &error));
  g_assert_nonnull (strstr (error->message, "longer"));
}

static void
test_another_ssh (void)
{
  g_setenv ("GROVE_SSH", "ssh -p 2222 -F '/my files/config'", TRUE);
  g_autoptr (GroveAddress) address = grove_address_parse ("ssh:host/shop", NULL);
  g_autofree char *argv = g_strjoinv ("|", address->argv);
  g_assert_cmpstr (argv, ==, "ssh|-p|2222|-F|/my files/config|-T|host|grove|dial-stdio|shop");
  g_setenv ("GROVE_SSH", "ssh '", TRUE);
  g_assert_null (grove_address_parse ("ssh:host/shop", NULL));
  g_unsetenv ("GROVE_SSH");
}

int
main (int argc, char **argv)
{
  g_setenv ("XDG_RUNTIME_DIR", "/run/test", TRUE);
  g_unsetenv ("GROVE_SSH");
  g_test_init (&argc, &argv, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (goods); i++)
    {
      g_autofree char *path = g_strdup_printf ("/observer/address/good/%s", goods[i].name);
      g_test_add_data_func (path, &goods[i], test_good);
    }
  for (guint i = 0; i < G_N_ELEMENTS (bads); i++)
    {
      g_autofree char *path = g_strdup_printf ("/observer/address/bad/%u", i);
      g_test_add_data_func (path, bads[i], test_bad);
    }
  g_test_add_func ("/observer/address/node-here", test_node_here);
  g_test_add_func ("/observer/address/too-long", test_too_long);
  g_test_add_func ("/observer/address/another-ssh", test_another_ssh);
  return g_test_run ();
}
