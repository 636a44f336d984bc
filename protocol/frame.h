/* SPDX-License-Identifier: MIT
 *
 * Cuts a stream of bytes into lines. A line that arrived in one piece is not copied; one that is
 * longer than the limit is thrown away up to its LF without being kept, and reported once.
 *
 * Threads: any one thread at a time.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

struct grove_frame
{
  size_t limit; /* of a line, its LF not counted; may be changed between lines */
  char  *bytes;
  size_t size, capacity;
  size_t n_thrown; /* of the line being thrown away; 0: none is */
};

enum grove_frame_event
{
  GROVE_FRAME_MORE,     /* all bytes were taken */
  GROVE_FRAME_LINE,     /* *ret_line, valid until the next call */
  GROVE_FRAME_TOO_LONG, /* *ret_size is how long it was */
};

void grove_frame_init (struct grove_frame *self, size_t limit);
void grove_frame_finish (struct grove_frame *self);

/* Takes from *bytes up to the end of a line, and moves *bytes and *size on. Call it until it says
 * MORE. */
enum grove_frame_event grove_frame_next (struct grove_frame *self,
                                         const char        **bytes,
                                         size_t             *size,
                                         const char        **ret_line,
                                         size_t             *ret_size);
