/* SPDX-License-Identifier: MIT
 *
 * What the files of the shell share: the shell itself, the answer to a command, and the arguments
 * of a line. All of it is used by the shell's process only, and lies in its heap.
 */
#pragma once

#include "runtime/core/observe.h"
#include "runtime/shell/shell.h"
#include "runtime/shell/terminal.h"

#define SHELL_ANSWER_SIZE  65536
#define SHELL_TERM_SIZE    4096 /* of one printed term */
#define SHELL_TERM_DEPTH   16
#define SHELL_MAX_MONITORS 256
#define SHELL_NAME_SIZE    256
#define SHELL_TIMEOUT_MS   5000
#define SHELL_MAX_MS       3600000
#define SHELL_MS           INT64_C (1000000)

struct shell_monitor
{
  grove_pid pid;
  grove_ref ref;
};

struct shell
{
  const struct grove_shell_function *functions;
  size_t                             n_functions;
  bool                               done; /* after this command */
  size_t                             n_monitors;
  struct shell_monitor               monitors[SHELL_MAX_MONITORS];
  bool                               cut; /* the answer was */
  size_t                             answer_size;
  char                               answer[SHELL_ANSWER_SIZE];
};

/* ---- The answer: answer.c -------------------------------------------------------------------- */

void _grove_shell_say (struct shell *self, const char *format, ...)
  __attribute__ ((format (printf, 2, 3)));
/* In Erlang's syntax, at most SHELL_TERM_SIZE bytes. */
void _grove_shell_say_term (struct shell *self, struct grove_term term);
/* A name as an atom, in quotes where it must have them. */
void _grove_shell_say_name (struct shell *self, const char *name);
void _grove_shell_say_pid (struct shell *self, grove_pid pid);
/* Pid, and its name if it has one. */
void _grove_shell_say_process (struct shell *self, grove_pid pid);
/* Writes it, and begins anew. false: nobody reads it. */
bool _grove_shell_show (struct shell *self);

/* ---- The arguments of a line: arguments.c ---------------------------------------------------- */

struct shell_line
{
  struct shell *shell;
  const char   *command;
  const char   *text;
  size_t        size;
  size_t        at; /* what has been taken */
};

/* Each takes an argument. false: it is not there or not right, and that has been said. */
bool _grove_line_word (struct shell_line *self,
                       const char        *wanted,
                       const char       **ret_word,
                       size_t            *ret_size);
/* A pid, or the name of a process. */
bool _grove_line_process (struct shell_line *self, grove_pid *ret_pid);
bool _grove_line_pid (struct shell_line *self, grove_pid *ret_pid);
/* An atom. */
bool _grove_line_name (struct shell_line *self, const char *wanted, char ret_name[SHELL_NAME_SIZE]);
/* What is left is one term. It lies in the process's heap. */
bool _grove_line_term (struct shell_line *self, struct grove_term *ret_term);
/* What is left is one term, or one and a number of milliseconds. */
bool _grove_line_term_and_ms (struct shell_line *self,
                              struct grove_term *ret_term,
                              int64_t           *ret_timeout_ms);
/* Milliseconds, or *ret_ms as it is when nothing is left. */
bool _grove_line_optional_ms (struct shell_line *self, int64_t *ret_ms);
/* Whether nothing is left. */
bool _grove_line_at_end (struct shell_line *self);
/* Nothing is left, else that is the error. */
bool _grove_line_end (struct shell_line *self);
/* Says what is wrong, and points at it. */
void _grove_line_error (struct shell_line *self, size_t position, const char *format, ...)
  __attribute__ ((format (printf, 3, 4)));
/* What the runtime answered to a command; nothing for GROVE_OK. false: an error. */
bool _grove_line_status (struct shell_line *self, enum grove_status status);

/* ---- Commands --------------------------------------------------------------------------------
 */

struct shell_command
{
  const char *name;
  const char *arguments;
  const char *help;
  void (*run) (struct shell_line *line);
};

extern const struct shell_command _grove_shell_process_commands[];
extern const struct shell_command _grove_shell_message_commands[];
extern const struct shell_command _grove_shell_server_commands[];
/* Each ends with a command without a name. */

void _grove_shell_run (struct shell *self, const char *text, size_t size);
void _grove_shell_complete (const char        *text,
                            size_t             size,
                            struct candidates *ret_candidates,
                            void              *user_data);

/* Calls @visit for all processes, in turns, until it returns false. */
void _grove_shell_each_process (bool (*visit) (const struct grove_process_sample *sample,
                                               void                              *user_data),
                                void *user_data);
