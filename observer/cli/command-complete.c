/* SPDX-License-Identifier: MIT
 *
 * grove __complete WORD...: what the last of the words after `grove` may become, a line each. The
 * shells' own files only ask this, so that all three complete alike, and what the program knows:
 * commands, options, systems, names of processes, columns, queries. It says nothing of errors.
 */
#include "observer/cli/cli.h"

#include "observer/grove-address.h"
#include "observer/grove-discovery.h"
#include "observer/grove-filter.h"

#include <string.h>

#define NAMES_MAX 512

typedef struct
{
  Cli              *cli;
  const CliCommand *command; /* NULL: it is not typed yet */
  guint             n_words; /* of its arguments, before the last */
  const char       *last;
} Completion;

/* A candidate that begins as what is typed. What is typed stands in a shell: no control characters.
 */
static void
offer (Completion *self, const char *prefix, const char *candidate)
{
  g_autofree char *whole = g_strconcat (prefix, candidate, NULL);
  g_autofree char *clean = cli_clean (whole);
  if (g_str_has_prefix (whole, self->last) && strcmp (clean, whole) == 0)
    cli_printf (self->cli, "%s\n", whole);
}

static void
offer_commands (Completion *self)
{
  for (const CliCommand *command = cli_commands; command->name != NULL; command++)
    if (!command->hidden)
      offer (self, "", command->name);
}

static void
offer_options (Completion *self, const GOptionEntry *entries)
{
  for (; entries != NULL && entries->long_name != NULL; entries++)
    offer (self, "--", entries->long_name);
}

static void
offer_systems (Completion *self)
{
  g_autoptr (GroveDiscovery) discovery = grove_discovery_new (NULL);
  guint n = g_list_model_get_n_items (G_LIST_MODEL (discovery));
  for (guint i = 0; i < n; i++)
    {
      g_autoptr (GroveSystem) system = g_list_model_get_item (G_LIST_MODEL (discovery), i);
      if (grove_system_get_live (system))
        offer (self, "", grove_system_get_name (system));
    }
  offer (self, "", "ssh:");
  offer (self, "", "exec:");
}

static void
offer_choices (Completion *self, const char *choices)
{
  g_auto (GStrv) all = g_strsplit (choices, "|", -1);
  for (char **one = all; *one != NULL; one++)
    offer (self, "", *one);
}

/* A password is not asked for while somebody types. */
static gboolean
connect_quietly (Completion *self)
{
  g_autofree char *target = cli_choose_system (self->cli, NULL);
  g_autoptr (GroveAddress) address = target != NULL ? grove_address_parse (target, NULL) : NULL;
  return address != NULL && address->path != NULL && cli_connect (self->cli, CLI_OBSERVE, NULL);
}

static void
offer_names (Completion *self, const char *table)
{
  if (!connect_quietly (self))
    return;
  struct json_object *columns = json_object_new_array ();
  struct json_object *sort = _grove_table_sort ("name", FALSE);
  struct json_object *filter = NULL;
  json_object_array_add (columns, json_object_new_string ("name"));
  if (self->last[0] != '\0')
    {
      filter = json_object_new_array ();
      json_object_array_add (filter, json_object_new_string ("prefix"));
      json_object_array_add (filter, json_object_new_string ("name"));
      json_object_array_add (filter, json_object_new_string (self->last));
    }
  CliQuery query = { .table = table,
                     .columns = columns,
                     .sort = sort,
                     .filter = filter,
                     .limit = NAMES_MAX,
                     .interval_ms = 60000 };
  g_autoptr (CliRows) rows = cli_rows_open (self->cli, &query, NULL);
  for (guint i = 0; rows != NULL && i < cli_rows_get_n (rows); i++)
    offer (self, "",
           json_object_get_string (json_object_array_get_idx (cli_rows_get (rows, i), 0)));
  json_object_put (columns);
  json_object_put (sort);
  json_object_put (filter);
}

static const char *
table_of (const Completion *self)
{
  return self->command != NULL && self->command->table != NULL ? self->command->table : "processes";
}

/* After a comma begins another. */
static void
offer_columns (Completion *self)
{
  const char      *comma = strrchr (self->last, ',');
  g_autofree char *before =
    comma != NULL ? g_strndup (self->last, (gsize) (comma - self->last) + 1) : g_strdup ("");
  struct json_object *columns =
    connect_quietly (self) ? cli_table_columns (self->cli, table_of (self)) : NULL;
  for (gsize i = 0; columns != NULL && i < json_object_array_length (columns); i++)
    offer (self, before, _grove_json_text (json_object_array_get_idx (columns, i), "name"));
}

static void
offer_query (Completion *self)
{
  GroveFilterScope scope = { table_of (self), NULL };
  gsize            start;
  if (connect_quietly (self))
    scope.columns = cli_table_columns (self->cli, scope.table);
  else if (strcmp (scope.table, "processes") != 0)
    return;
  /* A word may hold a whole query, in the shell's quotation marks. */
  g_auto (GStrv) offers = grove_filter_complete (&scope, self->last, &start);
  g_autofree char *before = g_strndup (self->last, start);
  for (char **one = offers; *one != NULL; one++)
    offer (self, before, *one);
}

/* By what the list of commands says of its arguments. */
static void
offer_argument (Completion *self)
{
  g_auto (GStrv) wanted = g_strsplit (self->command->arguments, " ", -1);
  guint n = g_strv_length (wanted);
  if (n == 0)
    return;
  guint index = MIN (self->n_words, n - 1);
  if (self->n_words >= n && !g_str_has_suffix (wanted[n - 1], "...") &&
      !g_str_has_suffix (wanted[n - 1], "...]"))
    return;
  const char *one = wanted[index];
  if (strstr (one, "QUERY") != NULL)
    offer_query (self);
  else if (strstr (one, "PROCESS") != NULL || strstr (one, "SUPERVISOR") != NULL)
    offer_names (self, "names");
  else if (strstr (one, "APPLICATION") != NULL)
    offer_names (self, "applications");
  else if (strstr (one, "SYSTEM") != NULL)
    offer_systems (self);
  else if (strchr (one, '|') != NULL)
    offer_choices (self, one);
}

/* ---- What has been typed --------------------------------------------------------------------- */

static const GOptionEntry *
find_option (const GOptionEntry *entries, const char *word)
{
  for (; entries != NULL && entries->long_name != NULL; entries++)
    if ((g_str_has_prefix (word, "--") && strcmp (word + 2, entries->long_name) == 0) ||
        (word[0] == '-' && entries->short_name != 0 && word[1] == entries->short_name &&
         word[2] == '\0'))
      return entries;
  return NULL;
}

/* The option that takes the word after it; NULL: it is none. */
static const GOptionEntry *
option_with_value (const Completion *self, const char *word)
{
  const GOptionEntry *entry = find_option (cli_common_entries, word);
  if (entry == NULL && self->command != NULL)
    entry = find_option (self->command->entries, word);
  return entry != NULL && entry->arg != G_OPTION_ARG_NONE ? entry : NULL;
}

static void
offer_value (Completion *self, const GOptionEntry *option)
{
  if (strcmp (option->long_name, "system") == 0)
    offer_systems (self);
  else if (strcmp (option->long_name, "color") == 0)
    offer_choices (self, "auto|always|never");
  else if (strcmp (option->long_name, "metric") == 0 && strcmp (self->command->name, "graph") == 0)
    offer_choices (self, "mailbox|memory|reductions|state");
  else if (strcmp (option->long_name, "columns") == 0 || strcmp (option->long_name, "sort") == 0 ||
           strcmp (option->long_name, "metric") == 0)
    offer_columns (self);
}

int
cli_run_complete (Cli *cli, int argc, char **argv)
{
  Completion          self = { .cli = cli, .last = argc > 0 ? argv[argc - 1] : "" };
  const GOptionEntry *option = NULL;
  for (int i = 0; i < argc - 1; i++)
    {
      if (option != NULL)
        {
          if (strcmp (option->long_name, "system") == 0)
            {
              g_free (cli->target);
              cli->target = g_strdup (argv[i]);
            }
          option = NULL;
        }
      else if (argv[i][0] == '-')
        option = option_with_value (&self, argv[i]);
      else if (self.command == NULL)
        {
          self.command = cli_find_command (argv[i]);
          if (self.command == NULL)
            return CLI_OK;
        }
      else
        self.n_words++;
    }
  if (!g_utf8_validate (self.last, -1, NULL))
    return CLI_OK;
  if (option != NULL)
    offer_value (&self, option);
  else if (self.last[0] == '-' &&
           (self.command == NULL || self.last[1] != '\0' || self.n_words == 0))
    {
      offer_options (&self, cli_common_entries);
      offer_options (&self, self.command != NULL ? self.command->entries : NULL);
    }
  else if (self.command == NULL)
    offer_commands (&self);
  else
    offer_argument (&self);
  return CLI_OK;
}
