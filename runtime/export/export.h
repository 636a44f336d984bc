/* SPDX-License-Identifier: MIT
 *
 * Being observed: opens this runtime's socket, $XDG_RUNTIME_DIR/grove/NAME.sock (without that
 * variable /tmp/grove-UID/NAME.sock), in a directory of mode 0700, itself 0600. One thread of its
 * own serves all observers; none of them can slow, stop or grow the runtime.
 */
#pragma once

#include "runtime/status.h"

#include <stdbool.h>

GROVE_BEGIN_DECLS

struct grove_export_options
{
  const char *name;          /* NULL: the runtime's name */
  const char *directory;     /* NULL: the one above */
  bool        read_only;     /* refuse the role `control` */
  bool        hide_payloads; /* withhold what is in messages, states and dictionaries */
};

/**
 * grove_export_start:
 * @options: (nullable): not kept
 * @ret_error: (out) (optional) (transfer full): what went wrong, for people; free()
 *
 * Opens the socket. Who runs the program may restrict it further by the environment variable
 * GROVE_OBSERVE, a list with commas of `read-only` and `no-payloads`. It is closed by
 * grove_export_stop(), and when the runtime stops.
 *
 * Threads: any thread, after grove_run() has begun; in practice the first process.
 * Blocks: shortly, for the file system. Cost: a thread, and none to processes until observed.
 * Errors: GROVE_ERR_BUSY (a live system has that name, or it was started), GROVE_ERR_IO,
 * GROVE_ERR_BADARG (the name, a word in GROVE_OBSERVE, or no runtime runs); with NULL for
 * @ret_error they are told all the same Returns: GROVE_OK or an error Since: 0.1
 */
GROVE_PUBLIC enum grove_status
grove_export_start (const struct grove_export_options *options, char **ret_error) GROVE_NODISCARD;

/**
 * grove_export_stop:
 *
 * Closes every session and removes the socket; of no effect when not started.
 *
 * Threads: any thread. Blocks: until what is being answered is. Cost: O(sessions).
 * Errors: none
 * Since: 0.1
 */
GROVE_PUBLIC void grove_export_stop (void);

GROVE_END_DECLS
