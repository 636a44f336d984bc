/* SPDX-License-Identifier: MIT
 *
 * The words for what is wrong with an Erlang node, or with the way to it: what happened, and what
 * to try. What grove-beam said itself is English, and shown where it tells more.
 */
#include "observer/grove-session-private.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#define TRY_TLS N_ ("If its cluster speaks TLS, connect with TLS: see “More” where you connect.")

static char *
first_line (const char *said)
{
  return g_strndup (said, strcspn (said, "\n"));
}

static void
describe_way (int status, const char *node, const char *said, char **title, char **detail)
{
  const char      *at = strchr (node, '@');
  const char      *host = at != NULL ? at + 1 : node;
  g_autofree char *alive = at != NULL ? g_strndup (node, (gsize) (at - node)) : g_strdup (node);
  switch (status)
    {
    case GROVE_NODE_TROUBLE_NO_HOST:
      *title = g_strdup_printf (_ ("There is no machine “%s”"), host);
      *detail =
        g_strdup_printf (_ ("Its name leads to no address from here. Check how it is written; "
                            "%s@ADDRESS works too, whatever the node calls itself."),
                         alive);
      break;
    case GROVE_NODE_TROUBLE_NO_EPMD:
      *title = g_strdup_printf (_ ("No Erlang node is found on “%s”"), host);
      *detail = g_strdup (_ ("epmd, which tells where nodes listen, does not answer there. Is the "
                             "node running, and does the firewall let one through? A node without "
                             "epmd is reached with the port it listens on."));
      break;
    case GROVE_NODE_TROUBLE_NO_NODE:
      *title = g_strdup_printf (_ ("There is no node “%s” on “%s”"), alive, host);
      *detail = g_strdup_printf (_ ("epmd runs there, and does not know it. Is it running, and is "
                                    "its name right? “grove-beam --list %s” lists those there "
                                    "are."),
                                 host);
      break;
    case GROVE_NODE_TROUBLE_UNREACHED:
      *title = g_strdup_printf (_ ("“%s” cannot be reached"), node);
      *detail = g_strdup_printf (_ ("It said: %s"), said);
      break;
    case GROVE_NODE_TROUBLE_SILENT:
      *title = g_strdup_printf (_ ("“%s” does not answer"), node);
      *detail = g_strdup_printf (_ ("It accepts connections and then says nothing: it is suspended "
                                    "or overloaded. %s"),
                                 _ (TRY_TLS));
      break;
    case GROVE_NODE_TROUBLE_CLOSED:
    default:
      *title = g_strdup_printf (_ ("“%s” closed the connection at once"), node);
      *detail = g_strdup_printf (_ ("%s If it does not, the node may be at its limit of processes "
                                    "or ports."),
                                 _ (TRY_TLS));
      break;
    }
}

static void
describe_entry (int status, const char *node, const char *said, char **title, char **detail)
{
  switch (status)
    {
    case GROVE_NODE_TROUBLE_NO_COOKIE:
      *title = g_strdup_printf (_ ("There is no cookie for “%s”"), node);
      *detail = g_strdup_printf (_ ("Type it where you connect. It said: %s"), said);
      break;
    case GROVE_NODE_TROUBLE_COOKIE:
      *title = g_strdup_printf (_ ("“%s” does not take the cookie"), node);
      *detail = g_strdup (_ ("It must be the one the node was started with: what was given with "
                             "-setcookie, what stands in the file .erlang.cookie of the user "
                             "who runs it, or in releases/COOKIE of a release. Type it where you "
                             "connect, or name a file that "
                             "holds it: beam:node@host?cookie-file=FILE"));
      break;
    case GROVE_NODE_TROUBLE_NOT_ALLOWED:
      *title = g_strdup_printf (_ ("“%s” does not let this observer in"), node);
      *detail = g_strdup_printf (_ ("It said: %s"), said);
      break;
    case GROVE_NODE_TROUBLE_TLS:
      *title = g_strdup_printf (_ ("No secure connection to “%s”"), node);
      *detail = g_strdup_printf (_ ("It said: %s"), said);
      break;
    case GROVE_NODE_TROUBLE_FULL:
      *title = g_strdup_printf (_ ("“%s” has no room for another observer"), node);
      *detail = g_strdup_printf (_ ("%s Close another observer, then try again."), said);
      break;
    case GROVE_NODE_TROUBLE_TOO_OLD:
      *title = g_strdup_printf (_ ("“%s” runs too old an Erlang"), node);
      *detail = g_strdup_printf (_ ("It said: %s"), said);
      break;
    case GROVE_NODE_TROUBLE_REFUSED:
    default:
      *title = g_strdup_printf (_ ("“%s” refused to be observed"), node);
      *detail = g_strdup_printf (_ ("It said: %s"), said);
      break;
    }
}

static void
describe_end (int status, const char *node, char **title, char **detail)
{
  if (status == GROVE_NODE_TROUBLE_HUNG)
    {
      *title = g_strdup_printf (_ ("“%s” stopped answering"), node);
      *detail = g_strdup (_ ("Nothing came for 10 seconds: the node is suspended or overloaded, or "
                             "the network between is cut. Trying to reach it again."));
      return;
    }
  *title = g_strdup_printf (_ ("The connection to “%s” was lost"), node);
  *detail = g_strdup (_ ("The node stopped, crashed, or disconnected this observer. What is shown "
                         "is its last state. A window connects again as soon as it is back."));
}

gboolean
_grove_node_trouble_describe (
  int status, const char *node, const char *said, char **ret_title, char **ret_detail)
{
  g_autofree char *line = first_line (said != NULL ? said : "");
  switch (status)
    {
    case GROVE_NODE_TROUBLE_NO_HOST:
    case GROVE_NODE_TROUBLE_NO_EPMD:
    case GROVE_NODE_TROUBLE_NO_NODE:
    case GROVE_NODE_TROUBLE_UNREACHED:
    case GROVE_NODE_TROUBLE_SILENT:
    case GROVE_NODE_TROUBLE_CLOSED:
      describe_way (status, node, line, ret_title, ret_detail);
      return TRUE;
    case GROVE_NODE_TROUBLE_NO_COOKIE:
    case GROVE_NODE_TROUBLE_COOKIE:
    case GROVE_NODE_TROUBLE_NOT_ALLOWED:
    case GROVE_NODE_TROUBLE_TLS:
    case GROVE_NODE_TROUBLE_FULL:
    case GROVE_NODE_TROUBLE_TOO_OLD:
    case GROVE_NODE_TROUBLE_REFUSED:
      describe_entry (status, node, line, ret_title, ret_detail);
      return TRUE;
    case GROVE_NODE_TROUBLE_LOST:
    case GROVE_NODE_TROUBLE_HUNG:
      describe_end (status, node, ret_title, ret_detail);
      return TRUE;
    default:
      return FALSE;
    }
}

gboolean
_grove_node_trouble_stays (int status)
{
  switch (status)
    {
    case GROVE_NODE_TROUBLE_NO_COOKIE:
    case GROVE_NODE_TROUBLE_COOKIE: /* each attempt is an error in the node's log */
    case GROVE_NODE_TROUBLE_NOT_ALLOWED:
    case GROVE_NODE_TROUBLE_TLS:
    case GROVE_NODE_TROUBLE_TOO_OLD:
      return TRUE;
    default:
      return FALSE;
    }
}
