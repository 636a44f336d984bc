/* SPDX-License-Identifier: MIT
 *
 * grove-shop: runs the shop until it is told to stop. This file is the command line and the first
 * process; the shop itself is in shop-*.c.
 */
#include "shop.h"
#include "stopper.h"

#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

struct options
{
  const char *name;
  const char *directory;
  bool        read_only, hide_payloads;
  long        seconds; /* 0: until told to stop */
  long        n_schedulers;
  bool        shell;
};

static int exit_code = 0; /* set by the first process */

/* ---- The command line ------------------------------------------------------------------- */

static void
print_help (void)
{
  puts ("Usage: grove-shop [OPTION...]\n"
        "A small shop that is alive by itself, to be looked at with grove-observer.\n"
        "\n"
        "  --name NAME        what observers know it as (shop)\n"
        "  --directory DIR    where its socket is ($XDG_RUNTIME_DIR/grove)\n"
        "  --read-only        observers may look, but change nothing\n"
        "  --no-payloads      observers do not see what messages and states hold\n"
        "  --seconds N        end after N seconds\n"
        "  --schedulers N     run on N threads (one a core)\n"
        "  --shell            read commands from the terminal\n"
        "  --help             this text\n"
        "\n"
        "Ctrl-C ends it.");
}

static bool
parse_number (const char *option, const char *text, long max, long *ret_value)
{
  char *end;
  long  value;

  errno = 0;
  value = strtol (text, &end, 10);
  if (errno || end == text || *end || value < 1 || value > max)
    {
      fprintf (stderr, "grove-shop: --%s wants a number from 1 to %ld, not \"%s\"\n", option, max,
               text);
      return false;
    }
  *ret_value = value;
  return true;
}

/* false: *ret_code is what to end with. */
static bool
parse_options (int argc, char **argv, struct options *self, int *ret_code)
{
  static const struct option names[] = {
    { "name", required_argument, NULL, 'n' },
    { "directory", required_argument, NULL, 'd' },
    { "read-only", no_argument, NULL, 'r' },
    { "no-payloads", no_argument, NULL, 'o' },
    { "seconds", required_argument, NULL, 's' },
    { "schedulers", required_argument, NULL, 'p' },
    { "shell", no_argument, NULL, 'i' },
    { "help", no_argument, NULL, 'h' },
    { 0 },
  };
  int option;

  *ret_code = 2;
  opterr = 0;
  while ((option = getopt_long (argc, argv, ":", names, NULL)) != -1)
    switch (option)
      {
      case 'n':
        self->name = optarg;
        break;
      case 'd':
        self->directory = optarg;
        break;
      case 'r':
        self->read_only = true;
        break;
      case 'o':
        self->hide_payloads = true;
        break;
      case 's':
        if (!parse_number ("seconds", optarg, 1000000, &self->seconds))
          return false;
        break;
      case 'p':
        if (!parse_number ("schedulers", optarg, 256, &self->n_schedulers))
          return false;
        break;
      case 'i':
        self->shell = true;
        break;
      case 'h':
        print_help ();
        *ret_code = 0;
        return false;
      case ':':
        fprintf (stderr, "grove-shop: %s wants a value; see --help\n", argv[optind - 1]);
        return false;
      default:
        if (optopt)
          fprintf (stderr, "grove-shop: no such option: -%c; see --help\n", optopt);
        else
          fprintf (stderr, "grove-shop: no such option: %s; see --help\n", argv[optind - 1]);
        return false;
      }
  if (optind < argc)
    {
      fprintf (stderr, "grove-shop: one argument too many: %s; see --help\n", argv[optind]);
      return false;
    }
  return true;
}

/* ---- The first process ------------------------------------------------------------------ */

static void
application_exited (const char *name, const char *reason)
{
  fprintf (stderr, "Application %s exited: %s\n", name, reason);
}

static bool
start_applications (void)
{
  /* In the order in which they know each other's names; any of them can do without the others. */
  static const struct grove_application_spec applications[] = {
    { .name = "billing", .start = shop_billing_start, .exited = application_exited },
    { .name = "warehouse", .start = shop_warehouse_start, .exited = application_exited },
    { .name = "shop", .start = shop_web_start, .exited = application_exited },
  };

  for (size_t i = 0; i < sizeof applications / sizeof applications[0]; i++)
    {
      grove_pid master;

      /* So that an observer can start again what it has stopped. */
      if (grove_application_load (&applications[i]) != GROVE_OK ||
          grove_application_start (&applications[i], &master) != GROVE_OK)
        return false;
    }
  return true;
}

/* Where export.h says that the socket is. */
static void
print_place (const struct options *options)
{
  const char *runtime_directory = getenv ("XDG_RUNTIME_DIR");

  printf ("shop: serving as %s at ", options->name);
  if (options->directory)
    printf ("%s", options->directory);
  else if (runtime_directory && runtime_directory[0] == '/')
    printf ("%s/grove", runtime_directory);
  else
    printf ("/tmp/grove-%u", (unsigned) geteuid ());
  printf ("/%s.sock\n", options->name);
  fflush (stdout);
}

static bool
start_export (const struct options *options)
{
  const struct grove_export_options export_options = {
    .name = options->name,
    .directory = options->directory,
    .read_only = options->read_only,
    .hide_payloads = options->hide_payloads,
  };
  char *error = NULL;

  if (grove_export_start (&export_options, &error) == GROVE_OK)
    {
      print_place (options);
      return true;
    }
  fprintf (stderr, "grove-shop: %s\n", error ? error : "cannot be observed");
  free (error);
  return false;
}

/* ---- The program ------------------------------------------------------------------------ */

static bool
start_stopper (void)
{
  if (stopper_start (NULL))
    return true;
  fprintf (stderr, "grove-shop: cannot start a thread\n");
  return false;
}

static void
shop_main (void *arg)
{
  const struct options *options = arg;

  if (!start_stopper () || grove_register ("shop_main", grove_self ()) != GROVE_OK ||
      !start_applications ())
    {
      exit_code = 1;
      return;
    }
  if (!start_export (options))
    {
      exit_code = 1;
      return;
    }
  if (options->shell && shop_shell_start () != GROVE_OK)
    {
      fprintf (stderr, "grove-shop: the shell cannot start\n");
      exit_code = 1;
      return;
    }
  if (options->seconds > 0)
    shop_wait_ms ((int) (options->seconds * 1000));
  else
    for (;;)
      shop_wait_ms (3600 * 1000);
}

int
main (int argc, char **argv)
{
  struct options       options = { .name = "shop" };
  struct grove_options runtime = { 0 };
  enum grove_status    status;
  int                  code;

  if (!parse_options (argc, argv, &options, &code))
    return code;

  stopper_block_signals ();
  runtime.name = options.name;
  runtime.n_schedulers = (unsigned) options.n_schedulers;
  status = grove_run (&runtime, shop_main, &options);
  grove_export_stop ();
  stopper_end ();
  if (status != GROVE_OK)
    {
      fprintf (stderr, "grove-shop: cannot run: %s\n", grove_status_text (status));
      return 1;
    }
  return exit_code;
}
