/* SPDX-License-Identifier: MIT
 *
 * grove messages: what is in a mailbox, oldest first. Reading takes nothing out.
 */
#include "observer/cli/cli.h"

#define PAGE_MAX  200
#define BYTES_MAX 8192

static gint64   opt_offset, opt_limit = 50, opt_bytes = 512;
static gboolean opt_costly;

const GOptionEntry cli_messages_entries[] = {
  { "offset", 0, 0, G_OPTION_ARG_INT64, &opt_offset, "Begin with the N-th, counted from 0 (0)",
    "N" },
  { "limit", 'n', 0, G_OPTION_ARG_INT64, &opt_limit, "At most N messages; 0: all (50)", "N" },
  { "bytes", 'b', 0, G_OPTION_ARG_INT64, &opt_bytes, "At most N bytes of each, 16 to 8192 (512)",
    "N" },
  { "costly", 0, 0, G_OPTION_ARG_NONE, &opt_costly,
    "Read also a mailbox that can only be copied as a whole", NULL },
  CLI_SYNTAX_ENTRIES,
  { NULL },
};

static void
show_message (CliGrid *grid, struct json_object *message)
{
  struct json_object *term = _grove_json_object (message, "term");
  struct json_object *from = _grove_json_object (message, "from");
  g_autofree char    *age = cli_say_duration (_grove_json_int (message, "age_ns", 0));
  g_autofree char    *size = cli_say_bytes (_grove_json_int (message, "size", 0));
  g_autofree char    *text = g_strdup_printf ("%s%s", _grove_json_text (term, "text"),
                                           _grove_json_boolean (term, "truncated") ? " ..." : "");
  const char         *sender =
    from != NULL ? _grove_json_text (from, "pid") : _grove_json_text (message, "from");
  cli_grid_add_count (grid, _grove_json_int (message, "index", 0));
  cli_grid_add (grid, CLI_PLAIN, sender);
  cli_grid_add (grid, CLI_PLAIN, age);
  cli_grid_add (grid, CLI_PLAIN, size);
  cli_grid_add (grid, CLI_PLAIN, text);
}

static void
show_text (Cli *cli, struct json_object *messages, gint64 total)
{
  g_autoptr (CliGrid) grid = cli_grid_new (cli);
  gsize n = json_object_array_length (messages);
  if (total == 0)
    {
      cli_put (cli, "No messages are waiting.\n");
      return;
    }
  cli_grid_add_column (grid, "#", CLI_RIGHT);
  cli_grid_add_column (grid, "from", CLI_LEFT);
  cli_grid_add_column (grid, "age", CLI_RIGHT);
  cli_grid_add_column (grid, "size", CLI_RIGHT);
  cli_grid_add_column (grid, "message", CLI_LEFT | CLI_ELASTIC);
  for (gsize i = 0; i < n; i++)
    show_message (grid, json_object_array_get_idx (messages, i));
  cli_grid_print (grid, 0);
  if ((gint64) n < total)
    {
      g_autofree char *text = g_strdup_printf ("%" G_GSIZE_FORMAT " of %" G_GINT64_FORMAT
                                               " shown; see --offset and --limit\n",
                                               n, total);
      cli_put_styled (cli, CLI_DIM, text);
    }
}

/* Page by page; the mailbox lives on meanwhile. */
static gboolean
fetch (Cli                *cli,
       const CliProcess   *process,
       struct json_object *ret_messages,
       gint64             *ret_total,
       GError            **error)
{
  gint64 limit = opt_limit > 0 ? opt_limit : G_MAXINT64, n = 0, page;
  do
    {
      struct json_object *params = json_object_new_object ();
      json_object_object_add (params, "offset", json_object_new_int64 (opt_offset + n));
      json_object_object_add (params, "limit", json_object_new_int64 (MIN (limit - n, PAGE_MAX)));
      json_object_object_add (params, "max_bytes", json_object_new_int64 (opt_bytes));
      if (opt_costly)
        json_object_object_add (params, "costly", json_object_new_boolean (TRUE));
      struct json_object *result = cli_call_about (cli, "process.messages", process, params, error);
      if (result == NULL)
        return FALSE;
      struct json_object *messages = _grove_json_array (result, "messages");
      *ret_total = _grove_json_int (result, "total", 0);
      struct json_object *cost = _grove_json_object (result, "cost");
      if (cost != NULL)
        {
          g_set_error (error, CLI_ERROR, CLI_REFUSED, "%s.\n--costly reads them all the same.",
                       _grove_json_text (cost, "text"));
          json_object_put (result);
          return FALSE;
        }
      page = messages != NULL ? (gint64) json_object_array_length (messages) : 0;
      for (gint64 i = 0; i < page; i++)
        json_object_array_add (ret_messages,
                               json_object_get (json_object_array_get_idx (messages, (gsize) i)));
      json_object_put (result);
      n += page;
    }
  while (page > 0 && n < limit && opt_offset + n < *ret_total);
  return TRUE;
}

static void
show (Cli *cli, const CliProcess *process, struct json_object *messages, gint64 total)
{
  if (!cli->json)
    {
      show_text (cli, messages, total);
      return;
    }
  struct json_object *document = json_object_new_object ();
  json_object_object_add (document, "pid", json_object_new_string (process->pid));
  json_object_object_add (document, "name", json_object_new_string (process->name));
  json_object_object_add (document, "total", json_object_new_int64 (total));
  json_object_object_add (document, "offset", json_object_new_int64 (opt_offset));
  json_object_object_add (document, "messages", json_object_get (messages));
  cli_put_json (cli, document);
  json_object_put (document);
}

int
cli_run_messages (Cli *cli, int argc, char **argv)
{
  g_autoptr (GError) error = NULL;
  g_auto (CliProcess) process = { 0 };
  if (!cli_check_arguments (cli, argc, argv, 1, 1))
    return CLI_USAGE;
  if (opt_offset < 0 || opt_limit < 0)
    return cli_complain_usage (cli, "--offset and --limit are 0 or more");
  if (opt_bytes < 16 || opt_bytes > BYTES_MAX)
    return cli_complain_usage (cli, "--bytes is 16 to %d, not %" G_GINT64_FORMAT, BYTES_MAX,
                               opt_bytes);
  if (opt_costly && (opt_limit == 0 || opt_limit > PAGE_MAX))
    return cli_complain_usage (cli, "with --costly each page is a copy of all: --limit is 1 to %d",
                               PAGE_MAX);
  if (!cli_connect (cli, CLI_OBSERVE, &error) || !cli_can (cli, "process.messages", &error) ||
      !cli_process_find (cli, argv[0], &process, &error))
    return cli_complain (cli, error);
  struct json_object *messages = json_object_new_array ();
  gint64              total = 0;
  gboolean            good = fetch (cli, &process, messages, &total, &error);
  if (good)
    show (cli, &process, messages, total);
  json_object_put (messages);
  return good ? CLI_OK : cli_complain (cli, error);
}
