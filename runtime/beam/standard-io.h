/* SPDX-License-Identifier: MIT
 *
 * Standard input and output as one socket, which the protocol's server wants: itself where both are
 * one already, as observers have it; else one between, which a thread copies to and from.
 */
#pragma once

/* Returns: (transfer full): -1 with errno set. Once a program. */
int beam_stdio_socket (void);
