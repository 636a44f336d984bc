/* SPDX-License-Identifier: MIT
 *
 * Starting and ending the export: one source, one server, one thread. The lock guards the one
 * instance there is; the serving thread itself takes no lock of the runtime.
 */
#include "runtime/export/export.h"

#include "runtime/core/runtime-private.h"
#include "runtime/core/thread.h"
#include "runtime/export/runtime-source.h"

#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static pthread_mutex_t             lock = PTHREAD_MUTEX_INITIALIZER;
static bool                        started;
static pthread_t                   thread;
static struct grove_runtime_source source;

static void *
serve (void *server)
{
  grove_protocol_server_run (server);
  return NULL;
}

static bool
start_thread (struct grove_protocol_server *server)
{
  if (!_grove_thread_start (&thread, serve, server))
    return false;
  pthread_setname_np (thread, "grove-export");
  return true;
}

/* What the environment adds to @options; false: a word there means nothing. */
static bool
restrict_options (struct grove_protocol_server_options *options, char **ret_error)
{
  const char *words = getenv ("GROVE_OBSERVE");

  while (words && *words)
    {
      const size_t n = strcspn (words, ",");

      if (n == strlen ("read-only") && strncmp (words, "read-only", n) == 0)
        options->read_only = true;
      else if (n == strlen ("no-payloads") && strncmp (words, "no-payloads", n) == 0)
        options->hide_payloads = true;
      else
        {
          if (asprintf (ret_error,
                        "GROVE_OBSERVE has \"%.*s\"; allowed are read-only and no-payloads, with a "
                        "comma between",
                        (int) (n < 64 ? n : 64), words) < 0)
            *ret_error = NULL;
          return false;
        }
      words += n + (words[n] == ',');
    }
  return true;
}

static enum grove_status
start_locked (const struct grove_export_options *options, char **ret_error)
{
  const char *name = options->name ? options->name : _grove_observe_name ();
  struct grove_protocol_server_options server_options = {
    .directory = options->directory,
    .read_only = options->read_only,
    .hide_payloads = options->hide_payloads,
  };
  struct grove_source           interface = { &_grove_runtime_source_ops, &source };
  struct grove_protocol_server *server = NULL;
  enum grove_listen             listening;

  if (!restrict_options (&server_options, ret_error))
    return GROVE_ERR_BADARG;
  if (!_grove_runtime_source_init (&source, name))
    {
      if (asprintf (ret_error, "cannot start serving observers: %s", strerror (errno)) < 0)
        *ret_error = NULL;
      return GROVE_ERR_IO;
    }

  listening = grove_protocol_server_new (&interface, name, &server_options, &server, ret_error);
  if (listening != GROVE_LISTEN_OK)
    {
      _grove_runtime_source_finish (&source);
      switch (listening)
        {
        case GROVE_LISTEN_BUSY:
          return GROVE_ERR_BUSY;
        case GROVE_LISTEN_BAD_NAME:
          return GROVE_ERR_BADARG;
        case GROVE_LISTEN_OK:
        case GROVE_LISTEN_FAILED:
        default:
          return GROVE_ERR_IO;
        }
    }

  source.server = server;
  if (!start_thread (server))
    {
      source.server = NULL;
      grove_protocol_server_free (server);
      _grove_runtime_source_finish (&source);
      *ret_error = strdup ("cannot start serving observers: no thread could be had");
      return GROVE_ERR_IO;
    }
  started = true;
  /* What is being read must not go away under the reader. */
  _grove_runtime_at_stop (grove_export_stop);
  return GROVE_OK;
}

enum grove_status
grove_export_start (const struct grove_export_options *options, char **ret_error)
{
  static const struct grove_export_options defaults;
  enum grove_status                        status;
  char                                    *error = NULL;

  if (!_grove_observe_running ())
    {
      status = GROVE_ERR_BADARG;
      error = strdup ("observers can be served once the runtime runs: call this in a process");
    }
  else
    {
      pthread_mutex_lock (&lock);
      if (started)
        {
          status = GROVE_ERR_BUSY;
          error = strdup ("this runtime serves observers already");
        }
      else
        status = start_locked (options ? options : &defaults, &error);
      pthread_mutex_unlock (&lock);
    }

  if (ret_error && status != GROVE_OK)
    *ret_error = error;
  else
    free (error);
  return status;
}

void
grove_export_stop (void)
{
  struct grove_protocol_server *server = NULL;

  pthread_mutex_lock (&lock);
  if (started)
    {
      server = source.server;
      grove_protocol_server_stop (server);
      pthread_join (thread, NULL);
      source.server = NULL;
      grove_protocol_server_free (server);
      _grove_runtime_source_finish (&source);
      started = false;
    }
  pthread_mutex_unlock (&lock);
}
