/* SPDX-License-Identifier: MIT
 *
 * The commands on processes in words.
 */
#include "ui/grove-command-words.h"

#include <glib/gi18n.h>

#define MAX_NAMED 6

static const GroveCommandWords commands[] = {
  { "kill", GROVE_COMMAND_KILL, N_ ("_Kill"), N_ ("It ends at once and cannot prevent it."),
    N_ ("Each ends at once and cannot prevent it.") },
  { "exit", GROVE_COMMAND_EXIT, N_ ("_Exit"), N_ ("It is told to exit."),
    N_ ("Each is told to exit.") },
  { "restart", GROVE_COMMAND_RESTART, N_ ("_Restart"), N_ ("It is restarted by its supervisor."),
    N_ ("Each is restarted by its supervisor.") },
  { "priority", GROVE_COMMAND_SET_PRIORITY, N_ ("_Change"), N_ ("It gets another priority."),
    N_ ("Each gets another priority.") },
  { "suspend", GROVE_COMMAND_SUSPEND, N_ ("_Suspend"),
    N_ ("It stands still until it is resumed, or you leave the system."),
    N_ ("Each stands still until it is resumed, or you leave the system.") },
  { "resume", GROVE_COMMAND_RESUME, N_ ("_Resume"), N_ ("It runs again."),
    N_ ("Each runs again.") },
  { "send", GROVE_COMMAND_SEND, N_ ("_Send"), N_ ("It gets the message, from no process."),
    N_ ("Each gets the message, from no process.") },
};

static const GroveTermQuestion exit_question = {
  .title = N_ ("Exit with Reason"),
  .prompt = N_ ("Reason, as a term"),
  .text = "shutdown",
  .example =
    N_ ("For example shutdown, normal or {bad_thing, 42}. A process that traps exits gets it as "
        "a message and may go on."),
  .empty = N_ ("A reason is needed, for example shutdown."),
  .button = N_ ("_Exit"),
  .destructive = TRUE,
};

static const GroveTermQuestion send_question = {
  .title = N_ ("Send Message"),
  .prompt = N_ ("Message, as a term"),
  .text = "",
  .example =
    N_ ("For example stop, {whisper, <<\"hi\">>} or [1, 2.5, #{a => \"b\"}]. It joins those that "
        "wait in the mailbox."),
  .empty = N_ ("A message is needed, for example {ping, 1}."),
  .button = N_ ("_Send"),
};

const GroveCommandWords *
grove_command_words_find (const char *action)
{
  for (gsize i = 0; i < G_N_ELEMENTS (commands); i++)
    if (g_str_equal (commands[i].action, action))
      return &commands[i];
  return NULL;
}

gboolean
grove_command_words_is_destructive (const GroveCommandWords *self)
{
  return self->command == GROVE_COMMAND_KILL || self->command == GROVE_COMMAND_EXIT ||
         self->command == GROVE_COMMAND_RESTART;
}

const GroveTermQuestion *
grove_command_words_get_term (const GroveCommandWords *self)
{
  switch (self->command)
    {
    case GROVE_COMMAND_EXIT:
      return &exit_question;
    case GROVE_COMMAND_SEND:
      return &send_question;
    case GROVE_COMMAND_KILL:
    case GROVE_COMMAND_RESTART:
    case GROVE_COMMAND_SET_PRIORITY:
    case GROVE_COMMAND_SUSPEND:
    case GROVE_COMMAND_RESUME:
      return NULL;
    }
  g_assert_not_reached ();
}

char *
grove_command_words_say_done (GroveCommand command, guint n, guint total)
{
  switch (command)
    {
    case GROVE_COMMAND_KILL:
      return g_strdup_printf (_ ("Killed %u of %u processes"), n, total);
    case GROVE_COMMAND_EXIT:
      return g_strdup_printf (_ ("Told to exit: %u of %u processes"), n, total);
    case GROVE_COMMAND_RESTART:
      return g_strdup_printf (_ ("Restarted %u of %u processes"), n, total);
    case GROVE_COMMAND_SET_PRIORITY:
      return g_strdup_printf (_ ("Changed the priority of %u of %u processes"), n, total);
    case GROVE_COMMAND_SUSPEND:
      return g_strdup_printf (_ ("Suspended %u of %u processes"), n, total);
    case GROVE_COMMAND_RESUME:
      return g_strdup_printf (_ ("Resumed %u of %u processes"), n, total);
    case GROVE_COMMAND_SEND:
      return g_strdup_printf (_ ("Sent it to %u of %u processes"), n, total);
    }
  g_assert_not_reached ();
}

char *
grove_command_words_say_question (GroveCommand command, guint n)
{
  if (command == GROVE_COMMAND_KILL)
    return g_strdup_printf (ngettext ("Kill This Process?", "Kill %u Processes?", n), n);
  if (command == GROVE_COMMAND_RESTART)
    return g_strdup_printf (ngettext ("Restart This Process?", "Restart %u Processes?", n), n);
  if (command == GROVE_COMMAND_SUSPEND)
    return g_strdup_printf (ngettext ("Suspend This Process?", "Suspend %u Processes?", n), n);
  return g_strdup_printf (ngettext ("Change Priority of This Process?",
                                    "Change Priority of %u Processes?", n),
                          n);
}

static char *
describe_targets (GPtrArray *targets)
{
  GString *text = g_string_new (NULL);

  for (guint i = 0; i < targets->len && i < MAX_NAMED; i++)
    {
      g_autofree char *one = grove_target_describe (g_ptr_array_index (targets, i));

      g_string_append_printf (text, "%s%s", i > 0 ? "\n" : "", one);
    }
  if (targets->len > MAX_NAMED)
    {
      guint more = targets->len - MAX_NAMED;

      g_string_append_c (text, '\n');
      g_string_append_printf (text, ngettext ("and %u more", "and %u more", more), more);
    }
  return g_string_free (text, FALSE);
}

static void
add_sentence (GString *text, const char *sentence)
{
  g_string_append_printf (text, " %s", sentence);
}

char *
grove_command_words_say_consequences (const GroveCommandWords *self, GPtrArray *targets)
{
  g_autofree char *who = describe_targets (targets);
  GString         *text = g_string_new (who);
  guint            supervisors = 0, systems = 0;

  for (guint i = 0; i < targets->len; i++)
    {
      const GroveTarget *target = g_ptr_array_index (targets, i);

      supervisors += target->supervisor;
      systems += target->system;
    }
  g_string_append_printf (text, "\n\n%s",
                          _ (targets->len == 1 ? self->follows : self->follows_each));
  if (self->command == GROVE_COMMAND_SUSPEND && supervisors > 0)
    add_sentence (text, _ ("Nothing is restarted below a supervisor that stands still."));
  if (!grove_command_words_is_destructive (self))
    return g_string_free (text, FALSE);
  if (supervisors > 0)
    add_sentence (text,
                  targets->len == 1
                    ? _ ("It is a supervisor: every process below ends with it.")
                    : _ ("There are supervisors among them: every process below ends with them."));
  if (targets->len == 1 && !((GroveTarget *) g_ptr_array_index (targets, 0))->known)
    add_sentence (text, _ ("What it is was not heard yet: others may depend on it."));
  if (systems > 0)
    add_sentence (text,
                  targets->len == 1
                    ? _ ("It belongs to the system itself, which may not work without it.")
                    : _ ("Some belong to the system itself, which may not work without them."));
  if (targets->len > 1 && self->command == GROVE_COMMAND_EXIT)
    add_sentence (text, _ ("Supervisors start them again, and give up if that happens more often "
                           "than their intensity allows."));
  return g_string_free (text, FALSE);
}
