/* SPDX-License-Identifier: MIT
 *
 * The words for what went wrong with a connection: one line that says what happened, and a few that
 * say what to do about it. In one place, so that no two cases read alike.
 */
#include "observer/grove-session-private.h"

#include <glib/gi18n-lib.h>
#include <string.h>
#include <unistd.h>

static char *
directory_of (const char *path)
{
  return path != NULL ? g_path_get_dirname (path) : g_strdup ("");
}

static void
describe_refusal (GroveTrouble trouble,
                  const char  *name,
                  const char  *path,
                  const char  *fact,
                  char       **title,
                  char       **detail)
{
  g_autofree char *directory = directory_of (path);
  switch ((int) trouble)
    {
    case GROVE_TROUBLE_BAD_ADDRESS:
      {
        const char *line = strchr (fact, '\n'); /* what is wrong, and what is allowed */
        *title = line != NULL ? g_strndup (fact, (gsize) (line - fact)) : g_strdup (fact);
        *detail = g_strdup (line != NULL ? line + 1 : "");
        break;
      }
    case GROVE_TROUBLE_NO_COMMAND:
      *title = g_strdup_printf (_ ("Cannot run what leads to “%s”"), name);
      *detail = g_strdup_printf (_ ("Tried: %s. %s."), path != NULL ? path : "", fact);
      break;
    case GROVE_TROUBLE_COMMAND:
      *title = g_strdup_printf (_ ("“%s” cannot be reached"), name);
      *detail = g_strdup_printf (_ ("Tried: %s. It said: %s"), path != NULL ? path : "", fact);
      break;
    case GROVE_TROUBLE_NO_SYSTEM:
      *title = g_strdup_printf (_ ("There is no system “%s”"), name);
      *detail =
        g_strdup_printf (_ ("Looked in %s. Start the system, then try again; or choose another "
                            "that runs."),
                         directory);
      break;
    case GROVE_TROUBLE_STALE:
      *title = g_strdup_printf (_ ("“%s” is not running"), name);
      *detail =
        g_strdup_printf (_ ("Its socket %s is still there, but nobody answers: the system ended "
                            "without cleaning up. Start it again, then try again."),
                         path);
      break;
    case GROVE_TROUBLE_PERMISSION:
      *title = g_strdup_printf (_ ("No permission to observe “%s”"), name);
      *detail =
        g_strdup_printf (_ ("%s may be opened only by the user who runs the system. Run the "
                            "observer as that user."),
                         path);
      break;
    case GROVE_TROUBLE_NO_SOCKET:
      *title = g_strdup_printf (_ ("“%s” is not a socket"), name);
      *detail =
        g_strdup_printf (_ ("%s is something else. Give the path of a system’s socket; it ends "
                            "in .sock."),
                         path);
      break;
    case GROVE_TROUBLE_REJECTED:
      *title = g_strdup_printf (_ ("“%s” closed the door"), name);
      *detail =
        g_strdup (_ ("It ended the connection without a word. Systems let in only the user who "
                     "runs them, and root."));
      break;
    case GROVE_TROUBLE_FULL:
      *title = g_strdup_printf (_ ("“%s” has no room for another observer"), name);
      *detail = g_strdup_printf (_ ("%s Close another observer, then try again."), fact);
      break;
    case GROVE_TROUBLE_SILENT:
      *title = g_strdup_printf (_ ("“%s” does not answer"), name);
      *detail =
        g_strdup_printf (_ ("%s took the connection but said nothing for 5 seconds. The system "
                            "may be stopped in a debugger, or it is no Grove system."),
                         path);
      break;
    case GROVE_TROUBLE_NOT_GROVE:
      *title = g_strdup_printf (_ ("“%s” does not speak Grove’s protocol"), name);
      *detail =
        g_strdup_printf (_ ("%s What listens on %s is another kind of program."), fact, path);
      break;
    case GROVE_TROUBLE_VERSION:
      *title = g_strdup_printf (_ ("“%s” is of another version"), name);
      *detail =
        g_strdup_printf (_ ("It speaks version %s of the protocol, this observer version 1. "
                            "Use an observer and a system of the same release."),
                         fact);
      break;
    case GROVE_TROUBLE_NOT_OPENED:
      *title = g_strdup_printf (_ ("“%s” refused the session"), name);
      *detail = g_strdup_printf (_ ("It said: %s"), fact);
      break;
    default:
      *title = g_strdup_printf (_ ("Cannot connect to “%s”"), name);
      *detail = g_strdup_printf ("%s: %s", path != NULL ? path : name, fact);
      break;
    }
}

static void
describe_loss (
  GroveTrouble trouble, const char *name, const char *fact, char **title, char **detail)
{
  switch ((int) trouble)
    {
    case GROVE_TROUBLE_COMMAND_LOST:
      *title = g_strdup_printf (_ ("The way to “%s” broke off"), name);
      *detail =
        g_strdup_printf (_ ("What it went through said: %s. Trying to reach it again."), fact);
      break;
    case GROVE_TROUBLE_HUNG:
      *title = g_strdup_printf (_ ("“%s” stopped answering"), name);
      *detail = g_strdup (_ ("Nothing came for 10 seconds. It may be stopped in a debugger, or the "
                             "machine is overloaded. Trying to reach it again."));
      break;
    case GROVE_TROUBLE_SHUTDOWN:
      *title = g_strdup_printf (_ ("“%s” was shut down"), name);
      *detail =
        g_strdup (_ ("What is shown is its last state. A window connects again as soon as the "
                     "system is back."));
      break;
    case GROVE_TROUBLE_SLOW:
      *title = g_strdup_printf (_ ("“%s” hung up: the observer was too slow"), name);
      *detail = g_strdup (_ ("This observer did not read what it had asked for in time. Connecting "
                             "again."));
      break;
    case GROVE_TROUBLE_ERRORS:
      *title = g_strdup_printf (_ ("“%s” hung up: it did not understand the observer"), name);
      *detail = g_strdup_printf (_ ("It said: %s"), fact);
      break;
    case GROVE_TROUBLE_LIMIT:
      *title = g_strdup_printf (_ ("“%s” hung up: a limit was reached"), name);
      *detail = g_strdup_printf (_ ("It said: %s"), fact);
      break;
    case GROVE_TROUBLE_GOODBYE:
      *title = g_strdup_printf (_ ("“%s” hung up"), name);
      *detail = g_strdup_printf (_ ("It said: %s"), fact);
      break;
    case GROVE_TROUBLE_BROKEN:
      *title = g_strdup_printf (_ ("“%s” broke the protocol"), name);
      *detail =
        g_strdup_printf (_ ("%s The connection was ended, since what it says cannot be relied "
                            "on. Use an observer and a system of the same release."),
                         fact);
      break;
    default:
      *title = g_strdup_printf (_ ("The connection to “%s” was lost"), name);
      *detail =
        g_strdup (_ ("The system ended without a goodbye; it may have crashed. What is shown is "
                     "its last state. A window connects again as soon as it is back."));
      break;
    }
}

void
_grove_trouble_describe (GroveTrouble trouble,
                         const char  *system_name,
                         const char  *place,
                         const char  *fact,
                         char       **ret_title,
                         char       **ret_detail)
{
  if (fact == NULL || fact[0] == '\0')
    fact = _ ("It gave no reason.");
  if (trouble >= GROVE_TROUBLE_LOST)
    describe_loss (trouble, system_name, fact, ret_title, ret_detail);
  else
    describe_refusal (trouble, system_name, place, fact, ret_title, ret_detail);
}

char *
_grove_trouble_of_inspection (const GError *error)
{
  switch (error->code)
    {
    case GROVE_CODE_NO_PROCESS:
      return g_strdup (_ ("The process has ended"));
    case GROVE_CODE_FORBIDDEN:
      return g_strdup (_ ("The system keeps to itself what messages and states hold"));
    case GROVE_PROTOCOL_ERROR_LOST:
      return g_strdup (_ ("The connection is lost"));
    default:
      {
        /* What the system says of it begins small, and means the process it was asked of. */
        char begin[8] = { 0 };
        if (error->message[0] == '\0')
          return g_strdup (_ ("The system cannot do that"));
        g_unichar_to_utf8 (g_unichar_toupper (g_utf8_get_char (error->message)), begin);
        return g_strconcat (begin, g_utf8_next_char (error->message), NULL);
      }
    }
}

char *
_grove_trouble_of_subscription (const GError *error, const char *system_name)
{
  g_autofree char *said = g_strdup (error->message);
  if (g_str_has_suffix (said, "."))
    said[strlen (said) - 1] = '\0';
  switch (error->code)
    {
    case GROVE_CODE_LIMIT:
    case GROVE_CODE_BUSY:
      return g_strdup_printf (_ ("“%s” answers no more questions at once: %s. Close a view or a "
                                 "window on it that you do not need, and ask again."),
                              system_name, said);
    case GROVE_CODE_FORBIDDEN:
      return g_strdup_printf (_ ("“%s” does not let this observer see it: %s. Who runs it decides "
                                 "what may be seen."),
                              system_name, said);
    case GROVE_CODE_NO_PROCESS:
      return g_strdup (_ ("The process it belongs to has ended."));
    case GROVE_CODE_NOT_REACHED:
    case GROVE_CODE_SHUTTING_DOWN:
      return g_strdup_printf (_ ("“%s” cannot tell it now: %s. Ask again in a while."), system_name,
                              said);
    default:
      return g_strdup_printf (_ ("“%s” cannot tell it: %s. It may be of another release than this "
                                 "observer."),
                              system_name, said);
    }
}
