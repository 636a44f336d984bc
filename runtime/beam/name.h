/* SPDX-License-Identifier: MIT
 *
 * The name of an Erlang node, alive@host, as a person types it.
 *
 * Threads: any thread.
 */
#pragma once

#include <stdbool.h>

#define BEAM_NAME_SIZE 256

struct beam_name
{
  char node[BEAM_NAME_SIZE];  /* shop@prod-3 */
  char alive[BEAM_NAME_SIZE]; /* shop */
  char host[BEAM_NAME_SIZE];  /* prod-3; whether names are long or short follows from it */
};

/**
 * beam_name_parse:
 * @text: alive@host; alive is letters, digits, `_` and `-`, as Erlang has it; host is a name or an
 *   address, without white space
 *
 * Returns: false when it is no such name, or longer than 255 bytes
 */
bool beam_name_parse (const char *text, struct beam_name *ret_name);
