/* SPDX-License-Identifier: MIT
 *
 * What the small examples share, so that each of them is about one idea: the command line, being
 * observed, and printing a term.
 */
#pragma once

#include "runtime/grove.h"

#define EXAMPLE_MS INT64_C (1000000) /* in nanoseconds */

/* Runs @first as the first process, registered as `main`. The program ends when it returns. With
 * --observe the program opens itself for grove-observer as @name before that, and goes on after it,
 * printing what messages `main` gets, until Ctrl-C; --observe=read-only and --observe=no-payloads
 * restrict what observers may. Returns what main() is to return. */
int example_main (int argc, char **argv, const char *name, grove_entry first);

/* Whether --observe was given. */
bool example_observed (void);
/* For what an observed example does again and again: waits so long, and is true; else false. */
bool example_again (uint64_t ms);
/* For an observed example where something would be over before one has seen it: waits so long, or
 * as many milliseconds as the command line says. */
void example_pause (long usual_ms);
/* The number on the command line; without one @usual. */
long example_number (long usual);

/* Prints a line of @what and the term in Erlang's syntax. */
void example_show (const char *what, struct grove_term term);
/* Receives a message, prints it likewise, and frees it. */
void example_show_next (const char *what);
