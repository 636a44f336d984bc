/* SPDX-License-Identifier: MIT
 *
 * grove-web-shop: a web server whose connections and requests are processes, and whose database
 * workers are a pool. This file is the command line, the first process and the tree.
 */
#include "web-shop.h"
#include "stopper.h"
#include "web-shop-database.h"
#include "web-shop-http.h"

#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

struct shop_settings shop_settings = {
  .name = "web-shop",
  .host = "127.0.0.1",
  .idle_ns = 60000 * SHOP_MS,
  .header_ns = 10000 * SHOP_MS,
  .body_ns = 30000 * SHOP_MS,
  .request_ns = 40000 * SHOP_MS,
  .pool_ns = 2000 * SHOP_MS,
};
struct shop_counters shop_counters;

static int exit_code = 0; /* set by processes, read when the runtime has stopped */

/* ---- The command line ----------------------------------------------------------------------- */

static void
print_help (void)
{
  puts ("Usage: grove-web-shop [OPTION...]\n"
        "A web shop, to be looked at with a browser and with grove-observer.\n"
        "\n"
        "  --port N             where to listen (any that is free, and printed)\n"
        "  --host HOST          on which address (127.0.0.1)\n"
        "  --db FILE            the database; it is made when it is not there (one for this run)\n"
        "  --memory             orders are kept in memory, not in a database\n"
        "  --observe            let grove-observer look, and print where\n"
        "  --name NAME          what observers know it as (web-shop)\n"
        "  --directory DIR      where its socket for observers is ($XDG_RUNTIME_DIR/grove)\n"
        "  --requests-log       print a line for each request\n"
        "  --schedulers N       run on N threads (one a core)\n"
        "  --idle-timeout MS    for a connection without a request (60000)\n"
        "  --header-timeout MS  for the header of a request to come (10000)\n"
        "  --body-timeout MS    for its body (30000)\n"
        "  --request-timeout MS for a request to be answered (40000)\n"
        "  --pool-timeout MS    for a database worker to be free (2000)\n"
        "  --help               this text\n"
        "\n"
        "Ctrl-C ends it.");
}

static bool
parse_number (const char *option, const char *text, long low, long high, long *ret_value)
{
  char *end;
  long  value;

  errno = 0;
  value = strtol (text, &end, 10);
  if (errno || end == text || *end || value < low || value > high)
    {
      fprintf (stderr, "grove-web-shop: --%s wants a number from %ld to %ld, not \"%s\"\n", option,
               low, high, text);
      return false;
    }
  *ret_value = value;
  return true;
}

static bool
parse_ms (const char *option, const char *text, int64_t *ret_ns)
{
  long ms;

  if (!parse_number (option, text, 1, 3600000, &ms))
    return false;
  *ret_ns = ms * SHOP_MS;
  return true;
}

enum option_number
{
  OPTION_PORT = 1,
  OPTION_HOST,
  OPTION_DB,
  OPTION_MEMORY,
  OPTION_OBSERVE,
  OPTION_NAME,
  OPTION_DIRECTORY,
  OPTION_LOG,
  OPTION_SCHEDULERS,
  OPTION_IDLE,
  OPTION_HEADER,
  OPTION_BODY,
  OPTION_REQUEST,
  OPTION_POOL,
  OPTION_HELP,
};

static const struct option options[] = {
  { "port", required_argument, NULL, OPTION_PORT },
  { "host", required_argument, NULL, OPTION_HOST },
  { "db", required_argument, NULL, OPTION_DB },
  { "memory", no_argument, NULL, OPTION_MEMORY },
  { "observe", no_argument, NULL, OPTION_OBSERVE },
  { "name", required_argument, NULL, OPTION_NAME },
  { "directory", required_argument, NULL, OPTION_DIRECTORY },
  { "requests-log", no_argument, NULL, OPTION_LOG },
  { "schedulers", required_argument, NULL, OPTION_SCHEDULERS },
  { "idle-timeout", required_argument, NULL, OPTION_IDLE },
  { "header-timeout", required_argument, NULL, OPTION_HEADER },
  { "body-timeout", required_argument, NULL, OPTION_BODY },
  { "request-timeout", required_argument, NULL, OPTION_REQUEST },
  { "pool-timeout", required_argument, NULL, OPTION_POOL },
  { "help", no_argument, NULL, OPTION_HELP },
  { 0 },
};

static bool
take_number (int option, const char *name, const char *text)
{
  struct shop_settings *self = &shop_settings;
  long                  number = 0;

  switch (option)
    {
    case OPTION_PORT:
      if (!parse_number (name, text, 0, 65535, &number))
        return false;
      self->port = (uint16_t) number;
      return true;
    case OPTION_SCHEDULERS:
      return parse_number (name, text, 1, 63, &self->n_schedulers);
    case OPTION_IDLE:
      return parse_ms (name, text, &self->idle_ns);
    case OPTION_HEADER:
      return parse_ms (name, text, &self->header_ns);
    case OPTION_BODY:
      return parse_ms (name, text, &self->body_ns);
    case OPTION_REQUEST:
      return parse_ms (name, text, &self->request_ns);
    default:
      return parse_ms (name, text, &self->pool_ns);
    }
}

static bool
take_option (int option, const char *name)
{
  struct shop_settings *self = &shop_settings;

  switch (option)
    {
    case OPTION_HOST:
      self->host = optarg;
      return true;
    case OPTION_DB:
      self->database = optarg;
      return true;
    case OPTION_MEMORY:
      self->in_memory = true;
      return true;
    case OPTION_OBSERVE:
      self->observe = true;
      return true;
    case OPTION_NAME:
      self->name = optarg;
      return true;
    case OPTION_DIRECTORY:
      self->directory = optarg;
      return true;
    case OPTION_LOG:
      self->log_requests = true;
      return true;
    default:
      return take_number (option, name, optarg);
    }
}

/* false: *ret_code is what to end with. */
static bool
parse_options (int argc, char **argv, int *ret_code)
{
  int option, index = 0;

  *ret_code = 2;
  opterr = 0;
  while ((option = getopt_long (argc, argv, ":", options, &index)) != -1)
    if (option == OPTION_HELP)
      {
        print_help ();
        *ret_code = 0;
        return false;
      }
    else if (option == ':' || option == '?')
      {
        fprintf (stderr, "grove-web-shop: %s: %s; see --help\n", argv[optind - 1],
                 option == ':' ? "it wants a value" : "there is no such option");
        return false;
      }
    else if (!take_option (option, options[index].name))
      return false;
  if (optind < argc)
    {
      fprintf (stderr, "grove-web-shop: one argument too many: %s; see --help\n", argv[optind]);
      return false;
    }
  return true;
}

/* ---- The tree -------------------------------------------------------------------------------- */

static enum grove_status
start_dynamic (const char *name,
               enum grove_status (*start) (const void *, grove_pid *, struct grove_buffer *),
               size_t               max,
               uint32_t             shutdown_ms,
               grove_pid           *ret_pid,
               struct grove_buffer *ret_reason)
{
  const struct grove_child_spec child = {
    .id = name,
    .start = start,
    .restart = GROVE_TEMPORARY,
    .type = GROVE_WORKER,
    .shutdown_ms = shutdown_ms,
  };
  const struct grove_supervisor_spec spec = {
    .name = name,
    .strategy = GROVE_SIMPLE_ONE_FOR_ONE,
    .intensity = 1,
    .period_s = 5,
    .children = &child,
    .n_children = 1,
    .max_children = max,
  };

  return grove_supervisor_start (&spec, ret_pid, ret_reason);
}

static enum grove_status
start_request_sup (const void *arg, grove_pid *ret_pid, struct grove_buffer *ret_reason)
{
  (void) arg;
  return start_dynamic (SHOP_REQUEST_SUP, shop_request_start, SHOP_MAX_REQUESTS, 1000, ret_pid,
                        ret_reason);
}

static enum grove_status
start_connection_sup (const void *arg, grove_pid *ret_pid, struct grove_buffer *ret_reason)
{
  (void) arg;
  return start_dynamic (SHOP_CONNECTION_SUP, shop_connection_start, SHOP_MAX_CONNECTIONS, 1000,
                        ret_pid, ret_reason);
}

#define SUPERVISOR(name, function)                                                                 \
  {                                                                                                \
    .id = (name), .start = (function), .restart = GROVE_PERMANENT, .type = GROVE_SUPERVISOR,       \
    .shutdown_ms = GROVE_SHUTDOWN_INFINITY                                                         \
  }
#define WORKER(name, function)                                                                     \
  {                                                                                                \
    .id = (name), .start = (function), .restart = GROVE_PERMANENT, .type = GROVE_WORKER,           \
    .shutdown_ms = 1000                                                                            \
  }

/* Each finds the others by their names, so that none has to be started again with another. */
static enum grove_status
start_top (const void *arg, grove_pid *ret_pid, struct grove_buffer *ret_reason)
{
  static const struct grove_child_spec children[] = {
    SUPERVISOR (SHOP_POOL, shop_pool_start),
    SUPERVISOR (SHOP_REQUEST_SUP, start_request_sup),
    SUPERVISOR (SHOP_CONNECTION_SUP, start_connection_sup),
    WORKER ("listener", shop_listener_start),
    WORKER ("acceptor", shop_acceptor_start),
  };
  static const struct grove_supervisor_spec spec = {
    .name = "web_shop_sup",
    .strategy = GROVE_ONE_FOR_ONE,
    .intensity = 10,
    .period_s = 10,
    .children = children,
    .n_children = sizeof children / sizeof *children,
  };

  (void) arg;
  return grove_supervisor_start (&spec, ret_pid, ret_reason);
}

/* ---- The first process ---------------------------------------------------------------------- */

static void
application_exited (const char *name, const char *reason)
{
  fprintf (stderr, "Application %s exited: %s\n", name, reason);
  exit_code = 1;
}

/* Where export.h says that the socket is. */
static void
print_place (void)
{
  const char *runtime_directory = getenv ("XDG_RUNTIME_DIR");

  printf ("web-shop: serving as %s at ", shop_settings.name);
  if (shop_settings.directory)
    printf ("%s", shop_settings.directory);
  else if (runtime_directory && runtime_directory[0] == '/')
    printf ("%s/grove", runtime_directory);
  else
    printf ("/tmp/grove-%u", (unsigned) geteuid ());
  printf ("/%s.sock\n", shop_settings.name);
}

static bool
start_export (void)
{
  const struct grove_export_options export_options = {
    .name = shop_settings.name,
    .directory = shop_settings.directory,
  };
  char *error = NULL;

  if (grove_export_start (&export_options, &error) == GROVE_OK)
    {
      print_place ();
      return true;
    }
  fprintf (stderr, "grove-web-shop: %s\n", error ? error : "cannot be observed");
  free (error);
  return false;
}

/* Asks for an order: then the file is there, with all that belongs in it, or it has been said why
 * not. The shop runs all the same. */
static void
open_database (void)
{
  struct grove_message *reply;
  grove_pid             worker;

  if (grove_pool_checkout (SHOP_POOL, GROVE_FOREVER, &worker) != GROVE_OK)
    return;
  if (grove_call (worker, GROVE_FOREVER, &reply, "{order, 1}") == GROVE_OK)
    grove_message_free (reply);
  grove_pool_checkin (SHOP_POOL, worker);
}

static bool
start_stopper (void)
{
  if (stopper_start (shop_database_hurry))
    return true;
  fprintf (stderr, "grove-web-shop: cannot start a thread\n");
  return false;
}

static void
web_shop (void *arg)
{
  static const struct grove_application_spec application = {
    .name = "web_shop",
    .type = GROVE_APPLICATION_PERMANENT,
    .start = start_top,
    .exited = application_exited,
  };
  grove_pid master;

  (void) arg;
  if (!start_stopper () || grove_register ("web_shop_main", grove_self ()) != GROVE_OK ||
      grove_application_start (&application, &master) != GROVE_OK ||
      (shop_settings.observe && !start_export ()))
    {
      exit_code = 1;
      return;
    }
  open_database ();
  printf ("web-shop: listening on http://%s:%u/\n", shop_settings.host, shop_settings.port);
  fflush (stdout);
  for (;;)
    {
      struct grove_message *message;

      if (grove_receive (GROVE_FOREVER, &message) == GROVE_OK)
        grove_message_free (message);
    }
}

/* ---- The program ----------------------------------------------------------------------------- */

static char temporary[4096]; /* the folder of a database that is for this run only; or "" */

static bool
make_temporary (void)
{
  static char path[sizeof temporary + 16];
  const char *folder = getenv ("TMPDIR");
  int         n;

  n = snprintf (temporary, sizeof temporary, "%s/grove-web-shop-XXXXXX", folder ? folder : "/tmp");
  if (n >= (int) sizeof temporary || !mkdtemp (temporary))
    {
      fprintf (stderr, "grove-web-shop: cannot make a folder for the database: %s\n",
               strerror (errno));
      temporary[0] = '\0';
      return false;
    }
  snprintf (path, sizeof path, "%s/shop.db", temporary);
  shop_settings.database = path;
  return true;
}

static void
remove_temporary (void)
{
  static const char *const endings[] = { "", "-wal", "-shm", "-journal" };

  if (!temporary[0])
    return;
  for (size_t i = 0; i < sizeof endings / sizeof *endings; i++)
    {
      char path[sizeof temporary + 32];

      snprintf (path, sizeof path, "%s/shop.db%s", temporary, endings[i]);
      unlink (path);
    }
  rmdir (temporary);
}

/* A descriptor for each connection: as many as we may have. */
static void
allow_connections (void)
{
  struct rlimit limit;

  if (getrlimit (RLIMIT_NOFILE, &limit) == 0)
    {
      limit.rlim_cur = limit.rlim_max;
      setrlimit (RLIMIT_NOFILE, &limit);
    }
}

int
main (int argc, char **argv)
{
  struct grove_options runtime = { 0 };
  enum grove_status    status;
  int                  code;

  if (!parse_options (argc, argv, &code))
    return code;
  allow_connections ();
  shop_http_set_up ();
  if (!shop_settings.in_memory && !shop_settings.database && !make_temporary ())
    return 1;
  stopper_block_signals ();
  runtime.name = shop_settings.name;
  runtime.n_schedulers = (unsigned) shop_settings.n_schedulers;
  status = grove_run (&runtime, web_shop, NULL);
  grove_export_stop ();
  stopper_end ();
  remove_temporary ();
  if (status != GROVE_OK)
    {
      fprintf (stderr, "grove-web-shop: cannot run: %s\n", grove_status_text (status));
      return 1;
    }
  return exit_code;
}
