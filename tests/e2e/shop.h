/* SPDX-License-Identifier: MIT
 *
 * The demo shop as the end-to-end tests know it: how it is started, and which of its processes play
 * a part in them.
 */
#pragma once

#include "tests/support/grove-system-test.h"

G_BEGIN_DECLS

#define SHOP "shop"
/* A server that does nothing by itself, one of six. */
#define SHOP_COUNTER            "counter_visits"
#define SHOP_COUNTER_SUPERVISOR "counter_sup"
/* Whose mailbox fills and drains in waves. */
#define SHOP_SLOW "packer"

/* Starts grove-shop under its own name, and waits for its socket. */
GroveTestSystem *shop_start (void);
/* Ends it as Ctrl-C does; it must end well and take its socket away. */
void shop_stop (GroveTestSystem *self);
/* A session of the tests' own with the shop. */
GroveTestWire *shop_connect (const char *role);

/* process.get. (transfer full) */
struct json_object *shop_get (GroveTestWire *wire, const char *pid);
/* How often the child that @pid is was restarted. */
gint64 shop_get_restarts (GroveTestWire *wire, const char *pid);

G_END_DECLS
