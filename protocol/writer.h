/* SPDX-License-Identifier: MIT
 *
 * Writes compact JSON straight into a growing buffer; commas and colons are put by the writer.
 * Bytes that are not UTF-8, and NUL, become U+FFFD, so what is written always parses. Past its
 * limit a writer goes dead: it keeps what it has and grove_writer_ok() tells.
 *
 * Threads: any one thread at a time.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct grove_writer
{
  char    *bytes;
  size_t   size, capacity, limit; /* limit 0: none */
  uint64_t has_value;             /* bit d: depth d has a value already */
  uint32_t depth;
  bool     after_name, failed;
};

/**
 * grove_writer_init:
 * @limit: bytes it may grow to; 0: no limit
 *
 * Since: 0.1
 */
void grove_writer_init (struct grove_writer *self, size_t limit);

/* Frees what it holds. Since: 0.1 */
void grove_writer_finish (struct grove_writer *self);

/* Empties it, and keeps the memory. Since: 0.1 */
void grove_writer_clear (struct grove_writer *self);
/* Returns: false once it went past its limit. Since: 0.1 */
bool grove_writer_ok (const struct grove_writer *self);

/* Returns: what was written so far, NUL-terminated, until the next call. Since: 0.1 */
const char *grove_writer_text_of (struct grove_writer *self);

/* One value each, where a value may stand. Since: 0.1, as all below. */
void grove_writer_begin_object (struct grove_writer *self);
void grove_writer_end_object (struct grove_writer *self);
void grove_writer_begin_array (struct grove_writer *self);
void grove_writer_end_array (struct grove_writer *self);
void grove_writer_name (struct grove_writer *self, const char *name); /* plain ASCII */
void grove_writer_null (struct grove_writer *self);
void grove_writer_bool (struct grove_writer *self, bool value);
void grove_writer_int (struct grove_writer *self, int64_t value);     /* clamped to +-(2^53-1) */
void grove_writer_real (struct grove_writer *self, double value);     /* not finite: null */
void grove_writer_text (struct grove_writer *self, const char *text); /* NULL: null */
void grove_writer_text_size (struct grove_writer *self, const char *text, size_t size);
void grove_writer_raw (struct grove_writer *self, const char *json, size_t size); /* one value */

/* name + value in one call */
void grove_writer_member_int (struct grove_writer *self, const char *name, int64_t value);
void grove_writer_member_real (struct grove_writer *self, const char *name, double value);
void grove_writer_member_bool (struct grove_writer *self, const char *name, bool value);
void grove_writer_member_text (struct grove_writer *self, const char *name, const char *text);
