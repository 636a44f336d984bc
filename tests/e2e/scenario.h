/* SPDX-License-Identifier: MIT
 *
 * Scenarios: what people do with Grove, each a test under its own name. A real program runs, a real
 * window is open on it, and what is so is asked over a second session that shares no code with the
 * window's. This is how they are started, and what is asked and read in them.
 */
#pragma once

#include "tests/e2e/window.h"

G_BEGIN_DECLS

/* Nothing here takes as long; a machine that is busy with other things is forgiven. */
#define SCENARIO_PATIENCE_MS     120000
#define SCENARIO_WAIT(condition) GROVE_WAIT (condition, SCENARIO_PATIENCE_MS)

typedef struct
{
  const char *name;    /* the test is /e2e/scenario/NAME */
  const char *program; /* its path */
  const char *system;  /* what it is observed as */
  const char *arguments[8];
  void (*test) (WindowFixture *fixture);
} Scenario;

/* One of the small programs of runtime/examples/; @number: its argument, or NULL. */
#define SCENARIO_EXAMPLE(scenario, example, number, function)                                      \
  {                                                                                                \
    .name = (scenario), .program = EXAMPLES example, .system = (example),                          \
    .arguments = { "--observe", (number) }, .test = (function),                                    \
  }

/* For main(). Each starts its program, opens a window on it, and in the end closes the window and
 * ends the program, which must end well. */
int scenario_main (int argc, char **argv, const Scenario *scenarios, gsize n_scenarios);

/* ---- What the program says --------------------------------------------------------------------
 */

void scenario_await_output (WindowFixture *fixture, const char *text);
/* How often it has printed that. */
guint scenario_count_output (WindowFixture *fixture, const char *text);
/* The first group of what it printed that matches; waits for it. (transfer full) */
char *scenario_match_output (WindowFixture *fixture, const char *pattern);

/* ---- What is so, over the second session ------------------------------------------------------
 */

/* The rows of a table; @columns: "\"pid\",\"name\"", @filter: a filter's array or NULL. At most
 * 512. (transfer full) */
struct json_object *scenario_get_rows (WindowFixture *fixture,
                                       const char    *table,
                                       const char    *columns,
                                       const char    *filter);
/* Waits until some table has a row that the filter lets through, and gives the first. (transfer
 * full) */
struct json_object *scenario_await_row (WindowFixture *fixture,
                                        const char    *table,
                                        const char    *columns,
                                        const char    *filter);
/* A cell of a row, borrowed. */
const char *scenario_get_cell (struct json_object *row, gsize column);
/* What the server in it says its state is. (transfer full) */
char *scenario_get_state (WindowFixture *fixture, const char *pid);
/* How many processes the filter lets through. */
gint64 scenario_count (WindowFixture *fixture, const char *filter);
/* The pid of the one process that it lets through, NULL: none or several. (transfer full) */
char *scenario_find (WindowFixture *fixture, const char *filter);
/* The pid of who has that name; waits for it. (transfer full) */
char *scenario_await_pid (WindowFixture *fixture, const char *name);

gint64   scenario_get_int (WindowFixture *fixture, const char *pid, const char *member);
char    *scenario_get_text (WindowFixture *fixture, const char *pid, const char *member);
gboolean scenario_is (WindowFixture *fixture, const char *pid, const char *member, const char *is);
/* Whether a member that is true or false is true. */
gboolean scenario_is_set (WindowFixture *fixture, const char *pid, const char *member);
gboolean scenario_is_gone (WindowFixture *fixture, const char *pid);
/* Why it ended, which it must have. (transfer full) */
char *scenario_get_exit_reason (WindowFixture *fixture, const char *pid);
/* The messages in its mailbox, oldest first, as one text with spaces between. (transfer full) */
char *scenario_get_messages (WindowFixture *fixture, const char *pid);

/* ---- What a person sees and does --------------------------------------------------------------
 */

/* Filters the table so that it shows @pid alone, selects it, and opens the inspector. Returns the
 * cell clicked. */
GtkWidget *scenario_inspect (WindowFixture *fixture, const char *filter, const char *pid);
/* Whether the inspector reads @text, or more, beside that title. */
gboolean scenario_inspector_reads (WindowFixture *fixture, const char *title, const char *text);
/* What stands there; "" without such a title. Borrowed, of the moment. */
const char *scenario_read_inspector (WindowFixture *fixture, const char *title);
/* Opens the mailboxes, and there the messages of @pid. */
void scenario_open_mailbox (WindowFixture *fixture, const char *pid);
/* How many messages its card says it holds, -1: there is no card. */
gint64 scenario_read_mailbox_card (WindowFixture *fixture, const char *pid);
/* The messages that are listed, oldest first, with spaces between. (transfer full) */
char *scenario_read_messages (WindowFixture *fixture);
/* Ctrl+M on what is selected; types @message and sends it. */
void scenario_send (WindowFixture *fixture, const char *message);
/* The same with what is no term: the dialog says that, in words with @complaint in them, and stays
 * until it is closed with Escape. */
void scenario_send_bad (WindowFixture *fixture, const char *message, const char *complaint);
/* Presses Delete on what is selected, and confirms where the window asks. */
typedef enum
{
  SCENARIO_PLAIN,      /* it does not ask */
  SCENARIO_SUPERVISOR, /* it must */
} ScenarioKill;
void scenario_kill (WindowFixture *fixture, ScenarioKill kind);

G_END_DECLS
