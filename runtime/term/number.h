/* SPDX-License-Identifier: MIT
 *
 * Numbers as text, as Erlang writes them.
 */
#pragma once

#include "runtime/term/etf.h"

/* Magnitudes of more bytes are not written out: nobody reads them, and it takes quadratic time. */
#define NUMBER_MAX_BYTES 1024
#define NUMBER_TEXT_SIZE 2480 /* a sign and the digits of NUMBER_MAX_BYTES */
#define FLOAT_TEXT_SIZE  40

/* Bytes written, with no NUL; 0 if the integer is beyond NUMBER_MAX_BYTES. */
size_t _grove_number_print_integer (const uint8_t *bytes, char text[NUMBER_TEXT_SIZE]);
/* The shortest text that reads back as the same float. */
size_t _grove_number_print_float (double value, char text[FLOAT_TEXT_SIZE]);
