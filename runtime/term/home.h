/* SPDX-License-Identifier: MIT
 *
 * Which node's pids, references and ports are printed as "ours", without the name of a node: this
 * runtime's own, unless what is printed came from another and is shown to people who look at that.
 */
#pragma once

#include <stdint.h>

/* For what this thread prints from now on. @node is borrowed; NULL: this runtime again. */
void _grove_term_set_home (const char *node, uint32_t creation);
