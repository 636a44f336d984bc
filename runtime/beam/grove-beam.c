/* SPDX-License-Identifier: MIT
 *
 * grove-beam: joins a running Erlang or Elixir node, and serves Grove's protocol about it on
 * standard input and output. Observers start it for the target beam:NODE. It ends with its input,
 * and leaves the node as it found it. Or it serves several of them, for all observers here.
 */
#include "runtime/beam/cluster.h"
#include "runtime/beam/cookie.h"
#include "runtime/beam/epmd.h"
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
  "       grove-beam --serve [--cluster] [OPTION...] NODE...\n"
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
  "  --serve               serve each NODE on a socket where observers of this user find it, "
  "until\n"
  "                        this is ended; a node that goes is joined again when it is back\n"
  "  --cluster             those too that they are connected to, as they come and go\n"
  "  --list                the nodes epmd knows on HOST, or on this machine\n"
  "  --json                the list as JSON\n"
  "  --help, --version\n";

static struct grove_protocol_server *server;

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
observe (const struct beam_joining *joining)
{
  struct beam_trouble trouble = { BEAM_FINE };
  struct beam_joined  joined;
  int                 status;

  if (!beam_join (joining, &joined, &trouble))
    {
      (void) fprintf (stderr, "%s\n", trouble.text);
      return (int) trouble.kind;
    }
  status = serve (joined.source, &joining->serving);
  beam_leave (&joined);
  grove_protocol_server_free (server);
  return status;
}

static int
complain (const char *what)
{
  (void) fprintf (stderr, "grove-beam: %s (see --help)\n", what);
  return BEAM_USAGE;
}

struct request
{
  struct beam_joining joining;
  struct beam_tls     tls;
  struct beam_name    names[BEAM_CLUSTER_MAX];
  size_t              n;
  bool                serves, clusters, lists, json, takes_cookie;
};

static int
serve_all (const struct request *self)
{
  return beam_cluster_serve (&self->joining, self->names, self->n, self->clusters);
}

static int
observe_one (const struct request *self)
{
  return observe (&self->joining);
}

/* With the cookie from the input, if it comes from there: that is read first. */
static int
with_cookie (struct request *self, int (*then) (const struct request *self))
{
  char                cookie[BEAM_COOKIE_SIZE];
  struct beam_trouble trouble;
  int                 status;

  if (!self->takes_cookie)
    return then (self);
  if (!beam_cookie_take (STDIN_FILENO, cookie, &trouble))
    {
      (void) fprintf (stderr, "%s\n", trouble.text);
      return (int) trouble.kind;
    }
  self->joining.link.cookie = cookie;
  status = then (self);
  explicit_bzero (cookie, sizeof cookie);
  return status;
}

/* Returns: 0, or an exit status after a complaint. */
static int
take_names (struct request *self, char *const *names, int n)
{
  if (self->clusters && !self->serves)
    return complain ("--cluster is for --serve");
  if (!self->serves && n != 1)
    return complain ("it wants the name of one node");
  if (n < 1 || n > BEAM_CLUSTER_MAX)
    return complain ("it serves 1 to 64 nodes");
  if (self->joining.link.port != 0 && (n > 1 || self->clusters))
    return complain ("a port is that of one node");
  for (int i = 0; i < n; i++)
    if (!beam_name_parse (names[i], &self->names[self->n++]))
      return complain ("a node's name is written name@host");
  self->joining.link.name = self->names[0];
  return 0;
}

/* Returns: -1 to go on, or an exit status. */
static int
take_options (struct request *self, int argc, char **argv)
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
    SERVE,
    CLUSTER,
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
    { "serve", no_argument, NULL, SERVE },
    { "cluster", no_argument, NULL, CLUSTER },
    { "list", no_argument, NULL, LIST },
    /* As to a node that is older, for tests. */
    { "agent-source", no_argument, NULL, AGENT_SOURCE },
    { "json", no_argument, NULL, JSON },
    { "help", no_argument, NULL, HELP },
    { "version", no_argument, NULL, VERSION },
    { NULL, 0, NULL, 0 },
  };
  struct beam_link_options *link = &self->joining.link;
  struct beam_tls          *tls = &self->tls;
  char                     *end;
  long                      port;
  int                       option;

  while ((option = getopt_long (argc, argv, "", known, NULL)) != -1)
    switch (option)
      {
      case COOKIE_FILE:
        link->cookie_file = optarg;
        break;
      case COOKIE_STDIN:
        self->takes_cookie = true;
        break;
      case PORT:
        port = strtol (optarg, &end, 10);
        link->port = (int) port;
        if (*end != '\0' || port < 1 || port > 65535)
          return complain ("a port is a number from 1 to 65535");
        break;
      case TLS:
        link->tls = tls;
        break;
      case TLS_CA:
        tls->authorities = optarg;
        link->tls = tls;
        break;
      case TLS_CERT:
        tls->certificate = optarg;
        link->tls = tls;
        break;
      case TLS_KEY:
        tls->key = optarg;
        link->tls = tls;
        break;
      case AGENT_SOURCE:
        self->joining.as_source = true;
        break;
      case READ_ONLY:
        self->joining.serving.read_only = true;
        break;
      case NO_PAYLOADS:
        self->joining.serving.hide_payloads = true;
        break;
      case SERVE:
        self->serves = true;
        break;
      case CLUSTER:
        self->clusters = true;
        break;
      case LIST:
        self->lists = true;
        break;
      case JSON:
        self->json = true;
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
  return -1;
}

int
main (int argc, char **argv)
{
  static struct request self = { .joining.link.timeout_ms = STEP_MS };
  int                   status;

  (void) signal (SIGPIPE, SIG_IGN);
  status = take_options (&self, argc, argv);
  if (status >= 0)
    return status;
  if (self.lists && argc - optind <= 1)
    return list (argv[optind], self.json);
  status = take_names (&self, argv + optind, argc - optind);
  if (status != 0)
    return status;
  return with_cookie (&self, self.serves ? serve_all : observe_one);
}
