/* SPDX-License-Identifier: MIT
 *
 * Writing where nobody may read any more. Private to runtime/.
 */
#pragma once

#include <sys/types.h>

/* write(), but a pipe or socket without reader is the error EPIPE only: the signal that it raises
 * is taken back. Any thread. */
ssize_t _grove_write_quietly (int fd, const void *bytes, size_t size);
