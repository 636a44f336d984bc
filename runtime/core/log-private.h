/* SPDX-License-Identifier: MIT
 *
 * The log inside the runtime: writing of somebody else than the caller, with a term behind the
 * text. The term is kept as it is where it has room, and printed for who reads it.
 */
#pragma once

#include "runtime/core/log.h"
#include "runtime/core/observe.h"

/* Whom a line is about. @name may be NULL, else it lives as long as the runtime. @term: printed
 * behind the text; without bytes there is none. */
struct grove_log_about
{
  enum grove_log_level  level;
  enum grove_log_source source;
  grove_pid             pid;
  const char           *name;
  struct grove_term     term;
};

/* "Process PID (NAME) @what: ", and the term. @what: static. Nothing is formatted before somebody
 * reads it: crashes may come by the hundred thousand. Any thread. */
void _grove_log_process (const struct grove_log_about *about, const char *what);
/* By a process, of itself. @term: as above. */
void _grove_log_self (enum grove_log_level  level,
                      enum grove_log_source source,
                      struct grove_term     term,
                      const char           *format,
                      ...) __attribute__ ((format (printf, 4, 5)));
void _grove_log_clear (void);
