/* SPDX-License-Identifier: MIT
 *
 * The strict scan of one line before json-c reads it, in one pass: one object and nothing after it;
 * UTF-8 without overlong forms, surrogates or NUL; no control bytes; only double quotes; JSON's own
 * grammar of numbers, integers within 2^53-1, reals that are finite; no duplicate keys. (json-c
 * 0.16 lets all of these through, clamps big integers and cuts a key at \u0000.) What passes,
 * json-c parses.
 *
 * Threads: any thread; keeps nothing.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

struct grove_scan_limits
{
  unsigned depth;  /* objects and arrays in one another, the outermost counted */
  size_t   string; /* bytes of a string, escapes resolved */
};

enum grove_scan_fault
{
  GROVE_SCAN_SYNTAX,
  GROVE_SCAN_DEPTH,
  GROVE_SCAN_STRING,
};

struct grove_scan_error
{
  enum grove_scan_fault fault;
  size_t                at; /* the byte, from 0 */
  const char           *what;
};

/* False with *ret_error filled when the line is not what it has to be. */
bool grove_scan (const char                     *bytes,
                 size_t                          size,
                 const struct grove_scan_limits *limits,
                 struct grove_scan_error        *ret_error);
