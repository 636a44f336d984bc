/* SPDX-License-Identifier: MIT
 *
 * The system's log: the last lines that the runtime and the program wrote, for whoever observes. In
 * it are crashes, what supervisors did about them, the ends of applications, and what a program
 * says with grove_log(). Nothing is printed, unless the program asks for it: see
 * grove_options.log_stderr.
 */
#pragma once

#include "runtime/status.h"

GROVE_BEGIN_DECLS

enum grove_log_level
{
  GROVE_LOG_DEBUG = 1,
  GROVE_LOG_INFO,
  GROVE_LOG_NOTICE,
  GROVE_LOG_WARNING,
  GROVE_LOG_ERROR,
};

/**
 * grove_log:
 * @level: any other than those above does nothing
 * @format: as for printf
 *
 * Adds a line to the log, of which the last 1,024 are kept. It is cut at 479 bytes, and control
 * characters become spaces.
 *
 * ```c
 * grove_log (GROVE_LOG_NOTICE, "%d orders are waiting", 7);
 * ```
 *
 * Threads: any thread.
 * Blocks: no; with log_stderr as long as writing there does
 * Cost: that of printf, and a copy under a lock that is held for less than a microsecond
 * Errors: none
 * Since: 0.1
 */
GROVE_PUBLIC void grove_log (enum grove_log_level level, const char *format, ...)
  __attribute__ ((format (printf, 2, 3)));

GROVE_END_DECLS
