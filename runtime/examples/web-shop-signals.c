/* SPDX-License-Identifier: MIT
 *
 * Handlers of signals; see the header. Not compiled as process code: a handler must not be
 * pre-empted within whatever it interrupted.
 */
#include "web-shop-signals.h"
#include "web-shop-database.h"

#include <signal.h>

static void
stop (int number)
{
  (void) number;
  shop_database_hurry ();
  grove_stop ();
}

void
shop_signals_take (void)
{
  struct sigaction action = { .sa_handler = stop, .sa_flags = SA_RESTART };

  sigaction (SIGINT, &action, NULL);
  sigaction (SIGTERM, &action, NULL);
}
