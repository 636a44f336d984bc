/* SPDX-License-Identifier: MIT
 *
 * The terminal: standard input and output as one process at a time has them. What was read and is
 * not yet a line that was handed out stays when that process ends, for the next one.
 *
 * All functions: owner process only, of the process that has claimed it. Reading and writing wait
 * as sockets do, parked; the modes of the descriptors, which others share, are not changed. Private
 * to shell/.
 */
#pragma once

#include "runtime/core/process.h"

#define GROVE_LINE_SIZE 8192 /* the longest line, without its end */

/* What could stand where the cursor is. */
#define GROVE_MAX_CANDIDATES 64
struct candidates
{
  size_t n;
  char   words[GROVE_MAX_CANDIDATES][64];
};

struct completer
{
  void (*complete) (const char *text, size_t size, struct candidates *ret, void *user_data);
  void *user_data;
};

enum terminal_line
{
  TERMINAL_LINE,
  TERMINAL_LINE_TOO_LONG, /* thrown away as a whole */
  TERMINAL_END,
};

/* Who had it before, in this run of the runtime, and did not leave it: 0 for none. false: another
 * process has it. It is given back when the caller ends. */
bool _grove_terminal_claim (grove_pid *ret_before);
/* Whether somebody has it; any process. */
bool _grove_terminal_taken (void);
/* There will be no successor to speak of. */
void _grove_terminal_leave (void);
/* Whether there is a person. */
bool _grove_terminal_interactive (void);

/* @line: room for GROVE_LINE_SIZE + 1 bytes; it ends in a NUL. */
enum terminal_line
_grove_terminal_read_line (char *line, size_t *ret_size, const struct completer *completer);
/* false: nobody reads it any more. */
bool _grove_terminal_write (const char *text, size_t size);

/* For edit.c: the next byte; -1 at the end. */
int _grove_terminal_byte (void);

/* ---- edit.c: editing a line ------------------------------------------------------------------ */

/* false: there is no library for that, or no terminal that it knows. */
bool _grove_edit_open (void);
/* Back to how the terminal was, wherever in editing it is left. */
void               _grove_edit_close (void);
enum terminal_line _grove_edit_line (const char             *prompt,
                                     char                   *line,
                                     size_t                 *ret_size,
                                     const struct completer *completer);
