/* SPDX-License-Identifier: MIT
 *
 * What the small examples share; see the header.
 */
#include "example.h"

#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MAX_NUMBER 10000000

/* Set by main() before the runtime starts, but for @failed, which the first process sets. */
static struct
{
  const char *name;
  grove_entry first;
  bool        observed;
  bool        read_only, hide_payloads;
  long        number; /* 0: none was given */
  bool        failed;
  sigset_t    signals;
} example;

bool
example_observed (void)
{
  return example.observed;
}

bool
example_again (uint64_t ms)
{
  if (example.observed)
    grove_sleep_ms (ms);
  return example.observed;
}

void
example_pause (long usual_ms)
{
  if (example.observed)
    grove_sleep_ms ((uint64_t) example_number (usual_ms));
}

long
example_number (long usual)
{
  return example.number > 0 ? example.number : usual;
}

void
example_show (const char *what, struct grove_term term)
{
  char text[1024];

  grove_term_print (term, GROVE_SYNTAX_ERLANG, 8, text, sizeof text, NULL);
  printf ("%s: %s\n", what, text);
}

void
example_show_next (const char *what)
{
  struct grove_message *message;

  if (grove_receive (GROVE_FOREVER, &message) != GROVE_OK)
    return;
  example_show (what, grove_message_term (message));
  grove_message_free (message);
}

/* The signals are blocked in every thread and taken by this one, so that nothing is done inside a
 * handler. */
static void *
wait_for_ctrl_c (void *arg)
{
  int number;

  while (sigwait (&example.signals, &number) == 0)
    grove_stop ();
  return NULL;
}

static bool
open_for_observers (void)
{
  const struct grove_export_options options = {
    .read_only = example.read_only,
    .hide_payloads = example.hide_payloads,
  };
  char     *error = NULL;
  pthread_t thread;

  if (pthread_create (&thread, NULL, wait_for_ctrl_c, NULL) != 0)
    return false;
  pthread_detach (thread);
  if (grove_export_start (&options, &error) == GROVE_OK)
    {
      printf ("Open it with: grove-observer %s\nCtrl-C ends it.\n\n", example.name);
      return true;
    }
  fprintf (stderr, "%s: %s\n", example.name, error ? error : "cannot be observed");
  free (error);
  return false;
}

static void
run_first (void *arg)
{
  if (grove_register ("main", grove_self ()) != GROVE_OK ||
      (example.observed && !open_for_observers ()))
    {
      example.failed = true;
      return;
    }
  example.first (NULL);
  while (example.observed)
    example_show_next ("main got");
}

/* @words: what is behind --observe. */
static bool
parse_observe (const char *words)
{
  example.observed = true;
  example.read_only = strcmp (words, "=read-only") == 0;
  example.hide_payloads = strcmp (words, "=no-payloads") == 0;
  if (strcmp (words, "=read-only,no-payloads") == 0)
    example.read_only = example.hide_payloads = true;
  return *words == '\0' || example.read_only || example.hide_payloads;
}

static bool
parse_arguments (int argc, char **argv)
{
  for (int i = 1; i < argc; i++)
    {
      char *end;

      errno = 0;
      if (strncmp (argv[i], "--observe", strlen ("--observe")) == 0)
        {
          if (!parse_observe (argv[i] + strlen ("--observe")))
            return false;
        }
      else if ((example.number = strtol (argv[i], &end, 10)) < 1 || *end || errno ||
               example.number > MAX_NUMBER)
        return false;
    }
  return true;
}

int
example_main (int argc, char **argv, const char *name, grove_entry first)
{
  struct grove_options options = { .name = name };
  enum grove_status    status;

  example.name = name;
  example.first = first;
  if (!parse_arguments (argc, argv))
    {
      fprintf (stderr,
               "Usage: %s [--observe[=read-only|=no-payloads|=read-only,no-payloads]] [NUMBER]\n",
               argv[0]);
      return 2;
    }
  /* A line is seen when it is printed, also by who reads it from a pipe. */
  setvbuf (stdout, NULL, _IOLBF, 0);
  if (example.observed)
    {
      sigemptyset (&example.signals);
      sigaddset (&example.signals, SIGINT);
      sigaddset (&example.signals, SIGTERM);
      pthread_sigmask (SIG_BLOCK, &example.signals, NULL);
    }
  status = grove_run (&options, run_first, NULL);
  if (status != GROVE_OK)
    fprintf (stderr, "%s: cannot run: %s\n", name, grove_status_text (status));
  return status != GROVE_OK || example.failed;
}
