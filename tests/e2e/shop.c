/* SPDX-License-Identifier: MIT
 *
 * Starting, asking and stopping the shop.
 */
#include "tests/e2e/shop.h"

GroveTestSystem *
shop_start (void)
{
  const char *const argv[] = { GROVE_SHOP_PROGRAM, NULL };

  return grove_test_system_start (SHOP, argv);
}

void
shop_stop (GroveTestSystem *self)
{
  grove_test_system_stop (self, SHOP);
}

GroveTestWire *
shop_connect (const char *role)
{
  return grove_test_wire_connect_to (SHOP, role);
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
