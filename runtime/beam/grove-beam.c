/* SPDX-License-Identifier: MIT
 *
 * grove-beam: joins a running Erlang or Elixir node, and serves Grove's protocol about it on
 * standard input and output. Observers start it for the target beam:NODE. It ends with its input,
 * and leaves the node as it found it.
 */
#include "protocol/server.h"
#include "runtime/beam/cookie.h"
#include "runtime/beam/epmd.h"
#include "runtime/beam/source.h"
#include "runtime/beam/standard-io.h"

#include <getopt.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define STEP_MS 5000

static const char help[] =
  "usage: grove-beam [OPTION...] NODE\n"
  "       grove-beam --list [--json] [HOST]\n"
  "\n"
  "Joins the Erlang or Elixir node NODE (name@host) as a hidden node, and speaks Grove's protocol "
  "about\n"
  "it on standard input and output. `grove -s beam:NODE` and `grove-observer beam:NODE` start it.\n"
  "\n"
  "  --cookie-file FILE    holds the cookie; else Erlang's own places: ~/.erlang.cookie\n"
  "  --cookie-stdin        the cookie is the first line of the input, before the protocol\n"
  "  --port PORT           where the node listens, without asking epmd\n"
  "  --tls                 the cluster's distribution speaks TLS\n"
  "  --tls-ca FILE         the authorities that are trusted, in PEM; else the system's\n"
  "  --tls-cert FILE       our certificate, in PEM\n"
  "  --tls-key FILE        its key, if it is not in the same file\n"
  "  --read-only           look, and change nothing\n"
  "  --no-payloads         do not show what messages, states and dictionaries hold\n"
  "  --list                the nodes epmd knows on HOST, or on this machine\n"
  "  --json                the list as JSON\n"
  "  --help, --version\n";

static struct grove_protocol_server *server;
static bool                          as_source;

static void
on_signal (int number)
{
  grove_protocol_server_stop (server);
}

/* Without a goodbye, which would say that the system was shut down in order: whoever reads our
 * output sees it end, and shows what we say of it. */
static void
end_of_link (void *source)
{
  const struct beam_trouble *trouble = beam_source_trouble (source);

  (void) fprintf (stderr, "%s\n", trouble->text);
  _exit ((int) trouble->kind);
}

struct listing
{
  const char *host;
  bool        json;
  unsigned    n;
};

/* Anybody on the machine can tell epmd of a node, under any name. */
static void
print_node (const char *alive, int port, void *user_data)
{
  struct listing  *self = user_data;
  struct beam_name name;
  char             text[2 * BEAM_NAME_SIZE];

  (void) snprintf (text, sizeof text, "%s@%s", alive, self->host);
  if (!beam_name_parse (text, &name))
    return;
  if (self->json)
    (void) printf ("%s{\"name\":\"%s\",\"port\":%d}", self->n > 0 ? "," : "", text, port);
  else
    (void) printf ("%s\n", text);
  self->n++;
}

static int
list (const char *host, bool json)
{
  char           here[BEAM_NAME_SIZE];
  struct listing listing = { host, json, 0 };
  enum beam_epmd outcome;

  if (host == NULL)
    {
      if (gethostname (here, sizeof here) != 0)
        (void) snprintf (here, sizeof here, "localhost");
      here[sizeof here - 1] = '\0';
      here[strcspn (here, ".")] = '\0';
      listing.host = here;
      host = "localhost";
    }
  if (json)
    (void) fputs ("{\"nodes\":[", stdout);
  outcome = beam_epmd_list (host, STEP_MS, print_node, &listing);
  if (json)
    (void) puts ("]}");
  switch (outcome)
    {
    case BEAM_EPMD_OK:
      return EXIT_SUCCESS;
    case BEAM_EPMD_NO_HOST:
      (void) fprintf (stderr, "grove-beam: the host \"%s\" cannot be found\n", host);
      return BEAM_NO_HOST;
    case BEAM_EPMD_SILENT:
    case BEAM_EPMD_NO_NODE:
    default:
      (void) fprintf (stderr, "grove-beam: nothing answers at %s port %d (epmd)\n", host,
                      beam_epmd_own_port ());
      return BEAM_NO_EPMD;
    }
}

static int
serve (struct beam_source *source, const struct grove_protocol_server_options *options)
{
  struct sigaction on = { .sa_handler = on_signal };
  const int        fd = beam_stdio_socket ();

  if (fd < 0)
    {
      perror ("grove-beam");
      return BEAM_TROUBLE;
    }
  server = grove_protocol_server_new_on (beam_source_get (source), fd, options);
  (void) sigaction (SIGINT, &on, NULL);
  (void) sigaction (SIGTERM, &on, NULL);
  (void) sigaction (SIGHUP, &on, NULL);
  beam_source_when_over (source, end_of_link, source);
  grove_protocol_server_run (server);
  return EXIT_SUCCESS;
}

static int
observe (const struct beam_link_options             *options,
         const struct grove_protocol_server_options *serving)
{
  struct beam_trouble trouble = { BEAM_FINE };
  struct beam_link   *link = beam_link_connect (options, &trouble);
  struct beam_agent  *agent = NULL;
  struct grove_term   hello;
  int                 status;

  if (link != NULL)
    agent = beam_agent_start (link, as_source, &hello, &trouble);
  if (agent != NULL)
    {
      struct beam_source *source = beam_source_new (link, agent, hello);

      status = serve (source, serving);
      beam_source_free (source);
      grove_protocol_server_free (server);
    }
  else
    {
      (void) fprintf (stderr, "%s\n", trouble.text);
      status = (int) trouble.kind;
    }
  beam_link_close (link);
  return status;
}

/* With the cookie from the input, which is read first. */
static int
observe_with (struct beam_link_options                   *options,
              const struct grove_protocol_server_options *serving)
{
  char                cookie[BEAM_COOKIE_SIZE];
  struct beam_trouble trouble;
  int                 status;

  if (!beam_cookie_take (STDIN_FILENO, cookie, &trouble))
    {
      (void) fprintf (stderr, "%s\n", trouble.text);
      return (int) trouble.kind;
    }
  options->cookie = cookie;
  status = observe (options, serving);
  explicit_bzero (cookie, sizeof cookie);
  return status;
}

static int
complain (const char *what)
{
  (void) fprintf (stderr, "grove-beam: %s (see --help)\n", what);
  return BEAM_USAGE;
}

int
main (int argc, char **argv)
{
  enum
  {
    COOKIE_FILE = 256,
    COOKIE_STDIN,
    PORT,
    TLS,
    TLS_CA,
    TLS_CERT,
    TLS_KEY,
    READ_ONLY,
    NO_PAYLOADS,
    LIST,
    AGENT_SOURCE,
    JSON,
    HELP,
    VERSION,
  };
  static const struct option known[] = {
    { "cookie-file", required_argument, NULL, COOKIE_FILE },
    { "cookie-stdin", no_argument, NULL, COOKIE_STDIN },
    { "port", required_argument, NULL, PORT },
    { "tls", no_argument, NULL, TLS },
    { "tls-ca", required_argument, NULL, TLS_CA },
    { "tls-cert", required_argument, NULL, TLS_CERT },
    { "tls-key", required_argument, NULL, TLS_KEY },
    { "read-only", no_argument, NULL, READ_ONLY },
    { "no-payloads", no_argument, NULL, NO_PAYLOADS },
    { "list", no_argument, NULL, LIST },
    /* As to a node that is older, for tests. */
    { "agent-source", no_argument, NULL, AGENT_SOURCE },
    { "json", no_argument, NULL, JSON },
    { "help", no_argument, NULL, HELP },
    { "version", no_argument, NULL, VERSION },
    { NULL, 0, NULL, 0 },
  };
  struct beam_link_options             options = { .timeout_ms = STEP_MS };
  struct grove_protocol_server_options serving = { .read_only = false };
  struct beam_tls                      tls = { NULL };
  bool                                 lists = false, json = false, takes_cookie = false;
  char                                *end;
  long                                 port;
  int                                  option;

  (void) signal (SIGPIPE, SIG_IGN);
  while ((option = getopt_long (argc, argv, "", known, NULL)) != -1)
    switch (option)
      {
      case COOKIE_FILE:
        options.cookie_file = optarg;
        break;
      case COOKIE_STDIN:
        takes_cookie = true;
        break;
      case PORT:
        port = strtol (optarg, &end, 10);
        options.port = (int) port;
        if (*end != '\0' || port < 1 || port > 65535)
          return complain ("a port is a number from 1 to 65535");
        break;
      case TLS:
        options.tls = &tls;
        break;
      case TLS_CA:
        tls.authorities = optarg;
        options.tls = &tls;
        break;
      case TLS_CERT:
        tls.certificate = optarg;
        options.tls = &tls;
        break;
      case TLS_KEY:
        tls.key = optarg;
        options.tls = &tls;
        break;
      case AGENT_SOURCE:
        as_source = true;
        break;
      case READ_ONLY:
        serving.read_only = true;
        break;
      case NO_PAYLOADS:
        serving.hide_payloads = true;
        break;
      case LIST:
        lists = true;
        break;
      case JSON:
        json = true;
        break;
      case HELP:
        (void) fputs (help, stdout);
        return EXIT_SUCCESS;
      case VERSION:
        (void) puts ("grove-beam " GROVE_VERSION);
        return EXIT_SUCCESS;
      default:
        return BEAM_USAGE;
      }
  if (lists && argc - optind <= 1)
    return list (argv[optind], json);
  if (argc - optind != 1)
    return complain ("it wants the name of one node");
  if (!beam_name_parse (argv[optind], &options.name))
    return complain ("a node's name is written name@host");
  return takes_cookie ? observe_with (&options, &serving) : observe (&options, &serving);
}
