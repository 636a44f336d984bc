/* SPDX-License-Identifier: MIT
 *
 * A shell: a process of the system that reads commands from the terminal (standard input and
 * output) and carries them out as that process: `self` is its pid, what is sent to it is in its
 * mailbox until `flush`, and what it links to can take it along. Its supervisor then starts
 * another, with a new pid, which goes on with the next line. `help` lists the commands.
 *
 * When standard input is a terminal there is a prompt, and lines can be edited; else commands are
 * read as they are, a line each, and nothing but answers is written. The end of the input ends the
 * shell, normally, and not the system.
 *
 * Limits: 8,192 bytes a line, 65,536 bytes of answer, 500 lines of history. There is one terminal,
 * so there is one shell at a time.
 */
#pragma once

#include "runtime/otp/supervisor.h"

GROVE_BEGIN_DECLS

/* What `spawn NAME [TERM]` can start. */
struct grove_shell_function
{
  const char *name;                         /* an atom */
  const char *help;                         /* a line for `help spawn`; may be NULL */
  void (*run) (struct grove_term argument); /* the atom `undefined` when none was given */
};

struct grove_shell_options
{
  const char                        *name;      /* registered; NULL: "shell" */
  const struct grove_shell_function *functions; /* static storage; NULL when there are none */
  size_t                             n_functions;
};

/**
 * grove_shell_spec:
 * @options: (nullable): must live until the supervisor has copied the specification
 *
 * The shell as a child of a supervisor of the program's own: with the id `shell`, transient, so
 * that one that crashes or is killed is replaced and one that has come to the end of its input is
 * not. Starting it answers GROVE_ERR_BUSY when another shell has the terminal.
 *
 * Threads: any thread. Blocks: no. Cost: O(1).
 * Errors: none
 * Returns: the specification
 * Since: 0.1
 */
GROVE_PUBLIC struct grove_child_spec grove_shell_spec (const struct grove_shell_options *options);

/**
 * grove_shell_start:
 * @options: (nullable): static storage
 *
 * Starts the application `shell`, with the supervisor `shell_sup` and the shell below it, which is
 * restarted up to ten times in ten seconds. Killed more often than that, the application ends, and
 * the system goes on without a shell.
 *
 * Threads: owner process only. Blocks: yes, until the shell has started. Cost: three processes.
 * Errors: those of grove_application_start()
 * Returns: GROVE_OK or an error
 * Since: 0.1
 */
GROVE_PUBLIC enum grove_status
grove_shell_start (const struct grove_shell_options *options) GROVE_NODISCARD;

GROVE_END_DECLS
