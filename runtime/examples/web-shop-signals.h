/* SPDX-License-Identifier: MIT
 *
 * Being told to end, by Ctrl-C or by another program.
 */
#pragma once

/* To be called when the runtime runs: SIGINT and SIGTERM stop it from now on. */
void shop_signals_take (void);
