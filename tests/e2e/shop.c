/* SPDX-License-Identifier: MIT
 *
 * Starting, asking and stopping the shop.
 */
#include "tests/e2e/shop.h"

#include <signal.h>
#include <sys/wait.h>

GroveTestSystem *
shop_start (void)
{
  const char *const argv[] = { GROVE_SHOP_PROGRAM, NULL };

  return grove_test_system_start (SHOP, argv);
}

void
shop_stop (GroveTestSystem *self)
{
  g_autofree char *socket_path = grove_test_socket_path (SHOP);
  int              status = grove_test_system_end (self, SIGINT);

  g_assert_true (WIFEXITED (status));
  g_assert_cmpint (WEXITSTATUS (status), ==, 0);
  g_assert_false (g_file_test (socket_path, G_FILE_TEST_EXISTS));
}

GroveTestWire *
shop_connect (const char *role)
{
  g_autofree char *socket_path = grove_test_socket_path (SHOP);
  GroveTestWire   *wire = grove_test_wire_connect (socket_path);

  json_object_put (grove_test_wire_open (wire, role));
  return wire;
}

struct json_object *
shop_get (GroveTestWire *wire, const char *pid)
{
  return grove_test_wire_call (wire, "process.get", NULL, "{\"pid\":\"%s\"}", pid);
}

gint64
shop_get_restarts (GroveTestWire *wire, const char *pid)
{
  struct json_object *info = shop_get (wire, pid);
  gint64 restarts = grove_test_json_int (grove_test_json_object (info, "child"), "restarts");

  json_object_put (info);
  return restarts;
}
