/* SPDX-License-Identifier: MIT
 *
 * Starting and stopping the runtime. There is one runtime in an operating-system process.
 */
#pragma once

#include "runtime/core/process.h"

struct grove_options
{
  const char *name;          /* the system's name, for observers; NULL: the program's */
  unsigned    n_schedulers;  /* 0: one a core */
  uint32_t    max_processes; /* 0: 4,194,304 */
  uint32_t    budget;        /* reductions a slice; 0: 2000 */
};

/**
 * grove_run:
 * @options: (nullable): NULL for the defaults
 * @main: the first process; the runtime stops when it ends
 *
 * Runs schedulers until the first process ends or grove_stop() is called, then ends every process
 * and returns.
 *
 * Threads: main thread only, once at a time.
 * Errors: GROVE_ERR_SYSTEM_LIMIT when the address space or threads cannot be had
 * Blocks: until the runtime has stopped.
 * Returns: GROVE_OK
 * Since: 0.1
 */
GROVE_PUBLIC enum grove_status
grove_run (const struct grove_options *options, grove_entry main, void *arg) GROVE_NODISCARD;

/**
 * grove_stop:
 *
 * Asks a running runtime to stop, and does not wait for it. The handler of a signal must not be
 * compiled as process code: it could be pre-empted within whatever the signal interrupted.
 *
 * Threads: any thread; async-signal-safe.
 * Since: 0.1
 */
GROVE_PUBLIC void grove_stop (void);
