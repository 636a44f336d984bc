/* SPDX-License-Identifier: MIT
 *
 * grove system: what a system is, and its figures, once or as they change.
 */
#include "observer/cli/cli.h"

#include <math.h>

#define SAMPLES_MAX 12

static gboolean opt_watch;
static double   opt_interval = 1;

const GOptionEntry cli_system_entries[] = {
  { "watch", 'w', 0, G_OPTION_ARG_NONE, &opt_watch, "Again and again", NULL },
  { "interval", 'i', 0, G_OPTION_ARG_DOUBLE, &opt_interval, "So often, with --watch (1)",
    "SECONDS" },
  { NULL },
};

typedef struct
{
  struct json_object *sample;
  gboolean            fresh;
} Watch;

static struct json_object *
open_params (gpointer owner)
{
  struct json_object *params = json_object_new_object ();
  json_object_object_add (params, "interval_ms",
                          json_object_new_int64 (opt_watch ? lround (opt_interval * 1000) : 250));
  return params;
}

static gboolean
updated (gpointer owner, struct json_object *params, const char **ret_reason)
{
  Watch *self = owner;
  json_object_put (self->sample);
  self->sample = json_object_get (params);
  self->fresh = TRUE;
  return TRUE;
}

static void
put_line (Cli *cli, const char *label, char *text)
{
  g_autofree char *padded = g_strdup_printf ("%-14s ", label);
  g_autofree char *clean = cli_clean (text);
  cli_put_styled (cli, CLI_BOLD, padded);
  cli_printf (cli, "%s\n", clean);
  g_free (text);
}

static char *
say_schedulers (struct json_object *schedulers)
{
  GString *text = g_string_new (NULL);
  gsize    n = schedulers != NULL ? json_object_array_length (schedulers) : 0;
  for (gsize i = 0; i < n; i++)
    {
      g_autofree char *one =
        cli_say_percent (json_object_get_double (json_object_array_get_idx (schedulers, i)));
      g_string_append_printf (text, "%s%s", i > 0 ? " " : "", one);
    }
  return g_string_free (text, FALSE);
}

static char *
say_names (struct json_object *names)
{
  GString *text = g_string_new (NULL);
  gsize    n = names != NULL ? json_object_array_length (names) : 0;
  for (gsize i = 0; i < n; i++)
    g_string_append_printf (text, "%s%s", i > 0 ? ", " : "",
                            json_object_get_string (json_object_array_get_idx (names, i)));
  return g_string_free (text, FALSE);
}

/* What a system does not count it does not say. */
static void
put_rate (Cli *cli, struct json_object *sample, const char *label, const char *member)
{
  if (!json_object_object_get_ex (sample, member, NULL))
    return;
  g_autofree char *rate = cli_say_count (_grove_json_real (sample, member, 0));
  put_line (cli, label, g_strdup_printf ("%s/s", rate));
}

/* Of files, ports and sockets. */
static void
put_byte_rate (Cli *cli, struct json_object *sample, const char *label, const char *member)
{
  if (!json_object_object_get_ex (sample, member, NULL))
    return;
  g_autofree char *bytes = cli_say_bytes ((gint64) _grove_json_real (sample, member, 0));
  put_line (cli, label, g_strdup_printf ("%s/s", bytes));
}

static void
put_memory (Cli *cli, struct json_object *memory)
{
  static const char *const kinds[] = { "heaps",  "stacks", "mailboxes", "control", "binaries",
                                       "tables", "code",   "atoms",     "rest" };
  g_autofree char         *total = cli_say_bytes (_grove_json_int (memory, "total", 0));
  GString                 *text = g_string_new (total);
  const char              *between = ": ";
  for (guint i = 0; i < G_N_ELEMENTS (kinds); i++)
    {
      const gint64     n_bytes = _grove_json_int (memory, kinds[i], 0);
      g_autofree char *bytes = cli_say_bytes (n_bytes);
      if (n_bytes == 0)
        continue;
      g_string_append_printf (text, "%s%s %s", between, kinds[i], bytes);
      between = ", ";
    }
  put_line (cli, "memory", g_string_free (text, FALSE));
}

/* A system that was looked at only later knows of no spawns, and of what happened since. */
static void
put_totals (Cli *cli, struct json_object *sample)
{
  const gint64 n_crashes = _grove_json_int (sample, "crashes", 0);
  const gint64 n_restarts = _grove_json_int (sample, "restarts", 0);
  if (!json_object_object_get_ex (sample, "spawns", NULL))
    put_line (cli, "while observed",
              g_strdup_printf ("%" G_GINT64_FORMAT " crashes, %" G_GINT64_FORMAT " restarts",
                               n_crashes, n_restarts));
  else
    put_line (cli, "since start",
              g_strdup_printf ("%" G_GINT64_FORMAT " spawns, %" G_GINT64_FORMAT
                               " exits, %" G_GINT64_FORMAT " crashes, %" G_GINT64_FORMAT
                               " restarts",
                               _grove_json_int (sample, "spawns", 0),
                               _grove_json_int (sample, "exits", 0), n_crashes, n_restarts));
}

static void
show_text (Cli *cli, struct json_object *info, struct json_object *sample)
{
  struct json_object *observing = _grove_json_object (sample, "observing");
  put_line (cli, "system",
            g_strdup_printf ("%s %s (%s, process %" G_GINT64_FORMAT ")",
                             _grove_json_text (info, "name"), _grove_json_text (info, "version"),
                             _grove_json_text (info, "kind"), _grove_json_int (info, "os_pid", 0)));
  put_line (cli, "up", cli_say_duration (_grove_json_int (info, "uptime_ns", 0)));
  put_line (cli, "applications", say_names (_grove_json_array (info, "applications")));
  put_line (cli, "processes",
            g_strdup_printf ("%" G_GINT64_FORMAT " of %" G_GINT64_FORMAT,
                             _grove_json_int (sample, "processes", 0),
                             _grove_json_int (sample, "max_processes", 0)));
  put_line (cli, "schedulers", say_schedulers (_grove_json_array (sample, "schedulers")));
  put_line (cli, "run queue",
            g_strdup_printf ("%" G_GINT64_FORMAT, _grove_json_int (sample, "run_queue", 0)));
  put_memory (cli, _grove_json_object (sample, "memory"));
  put_rate (cli, sample, "reductions", "reductions/s");
  put_rate (cli, sample, "messages", "messages/s");
  put_rate (cli, sample, "spawns", "spawns/s");
  put_rate (cli, sample, "exits", "exits/s");
  put_byte_rate (cli, sample, "read", "bytes_in/s");
  put_byte_rate (cli, sample, "written", "bytes_out/s");
  put_totals (cli, sample);
  if (observing != NULL)
    {
      g_autofree char *cost = cli_say_percent (_grove_json_real (observing, "cpu", 0));
      gint64           n_sessions = _grove_json_int (observing, "sessions", 0);
      put_line (cli, "observing",
                g_strdup_printf ("%" G_GINT64_FORMAT " session%s, %s of a core", n_sessions,
                                 n_sessions == 1 ? "" : "s", cost));
    }
}

static void
show (Cli *cli, struct json_object *info, struct json_object *sample)
{
  if (cli->json)
    {
      struct json_object *document = json_object_new_object ();
      struct json_object *figures = json_object_new_object ();
      json_object_object_foreach (sample, key, value)
      {
        /* The subscription's own. */
        if (g_strcmp0 (key, "sub") != 0 && g_strcmp0 (key, "seq") != 0)
          json_object_object_add (figures, key, json_object_get (value));
      }
      json_object_object_add (document, "info", json_object_get (info));
      json_object_object_add (document, "sample", figures);
      cli_put_json (cli, document);
      json_object_put (document);
      return;
    }
  if (opt_watch)
    cli_begin_picture (cli);
  show_text (cli, info, sample);
}

/* What observing costs is a rate too, and there as soon as those are known. */
static gboolean
has_rates (struct json_object *sample)
{
  return json_object_object_get_ex (sample, "observing", NULL) ||
         _grove_json_real (sample, "reductions/s", 0) > 0;
}

static gboolean
watch (Cli *cli, GError **error)
{
  static const GroveSubscriptionKind kind = {
    .open_method = "system.watch",
    .close_method = "system.unwatch",
    .ack_method = "system.ack",
    .update = "system.sample",
    .open_params = open_params,
    .updated = updated,
  };
  Watch              self = { 0 };
  GroveSubscription *subscription = _grove_subscription_new (cli->session, &kind, &self);
  gboolean           good, enough = FALSE;
  guint              n = 0;
  _grove_subscription_set_wanted (subscription, TRUE);
  do
    {
      self.fresh = FALSE;
      struct json_object *info = NULL;
      good = cli_wait (cli, &self.fresh, error) &&
             (info = cli_call (cli, "system.info", NULL, NULL, error)) != NULL;
      n++;
      /* Rates are known from the second sample on. That one comes with the system's own tick, which
       * may be a moment after the first: only the third tells of a whole interval, of a system far
       * away a later one. */
      enough = n >= 3 && (n == SAMPLES_MAX || has_rates (self.sample));
      if (good && (opt_watch || enough))
        show (cli, info, self.sample);
      json_object_put (info);
    }
  while (good && (opt_watch || !enough) && cli_flush ());
  _grove_subscription_free (subscription);
  json_object_put (self.sample);
  return good;
}

int
cli_run_system (Cli *cli, int argc, char **argv)
{
  g_autoptr (GError) error = NULL;
  if (!cli_take_system (cli, argc, argv))
    return CLI_USAGE;
  if (!(opt_interval >= 0.1 && opt_interval <= 60))
    return cli_complain_usage (cli, "--interval is 0.1 to 60 seconds, not %g", opt_interval);
  if (!cli_connect (cli, CLI_OBSERVE, &error) || !cli_can (cli, "system.watch", &error) ||
      !watch (cli, &error))
    return cli_complain (cli, error);
  return CLI_OK;
}
