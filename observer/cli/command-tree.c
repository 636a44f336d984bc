/* SPDX-License-Identifier: MIT
 *
 * grove tree: the supervision forest, once.
 */
#include "observer/cli/cli.h"

#include "observer/grove-tree-private.h"

#include <string.h>

#define DEPTH_MAX 16

static int   opt_depth = DEPTH_MAX;
static char *opt_metric;

const GOptionEntry cli_tree_entries[] = {
  { "depth", 'd', 0, G_OPTION_ARG_INT, &opt_depth, "Levels that are opened, 0 to 16 (16)", "N" },
  { "metric", 'm', 0, G_OPTION_ARG_STRING, &opt_metric,
    "What stands beside each process (messages)", "COLUMN" },
  { NULL },
};

static const char *
say_kind (GroveNodeKind kind)
{
  static const char *const kinds[] = { "application", "supervisor", "worker", "process" };
  return kinds[kind];
}

static struct json_object *
node_to_json (GroveTreeNode *node)
{
  struct json_object *object = json_object_new_object ();
  struct json_object *children = json_object_new_array ();
  json_object_object_add (object, "pid", json_object_new_string (grove_tree_node_get_pid (node)));
  json_object_object_add (object, "name", json_object_new_string (grove_tree_node_get_name (node)));
  json_object_object_add (object, "kind",
                          json_object_new_string (say_kind (grove_tree_node_get_kind (node))));
  json_object_object_add (object, "status",
                          json_object_new_string (grove_tree_node_get_status (node)));
  json_object_object_add (object, "strategy",
                          json_object_new_string (grove_tree_node_get_strategy (node)));
  json_object_object_add (object, "restarts",
                          json_object_new_int64 (grove_tree_node_get_restarts (node)));
  json_object_object_add (object, "metric",
                          json_object_new_double (grove_tree_node_get_metric (node)));
  json_object_object_add (object, "n_children",
                          json_object_new_int64 (grove_tree_node_get_n_children (node)));
  for (guint i = 0; i < grove_tree_node_get_n_loaded (node); i++)
    json_object_array_add (children, node_to_json (grove_tree_node_get_child (node, i)));
  json_object_object_add (object, "children", children);
  return object;
}

static void
show_json (Cli *cli, GroveTree *tree)
{
  struct json_object *document = json_object_new_object ();
  struct json_object *roots = json_object_new_array ();
  for (guint i = 0; i < grove_tree_get_n_roots (tree); i++)
    json_object_array_add (roots, node_to_json (grove_tree_get_root (tree, i)));
  json_object_object_add (document, "system",
                          json_object_new_string (grove_session_get_system_name (cli->session)));
  json_object_object_add (document, "metric", json_object_new_string (opt_metric));
  json_object_object_add (document, "roots", roots);
  cli_put_json (cli, document);
  json_object_put (document);
}

typedef struct
{
  Cli      *cli;
  CliGrid  *grid;
  GString  *rails; /* what stands before a node's name */
  CliColumn metric;
} Drawing;

static void
add_cells (Drawing *self, GroveTreeNode *node, const char *branch)
{
  const char      *name = grove_tree_node_get_name (node);
  const char      *strategy = grove_tree_node_get_strategy (node);
  const char      *status = grove_tree_node_get_status (node);
  guint            restarts = grove_tree_node_get_restarts (node);
  g_autofree char *first =
    g_strdup_printf ("%s%s%s", self->rails->str, branch,
                     name[0] != '\0' ? name : grove_tree_node_get_pid (node));
  g_autofree char    *times = restarts > 0 ? g_strdup_printf ("%u", restarts) : g_strdup ("");
  struct json_object *value = json_object_new_double (grove_tree_node_get_metric (node));
  CliStyle            style;
  g_autofree char    *metric =
    cli_column_say (&self->metric, value, grove_session_now_ns (self->cli->session), &style);
  json_object_put (value);
  cli_grid_add (self->grid, CLI_PLAIN, first);
  cli_grid_add (self->grid, CLI_DIM, grove_tree_node_get_pid (node));
  cli_grid_add (self->grid, CLI_PLAIN, say_kind (grove_tree_node_get_kind (node)));
  cli_grid_add (self->grid, cli_style_of_status (status), status);
  cli_grid_add (self->grid, CLI_PLAIN, strategy);
  cli_grid_add (self->grid, CLI_WARN, times);
  cli_grid_add (self->grid, style, metric);
}

static void
add_rest (Drawing *self, guint n_more, const char *branch)
{
  g_autofree char *text = g_strdup_printf ("%s%s%u more", self->rails->str, branch, n_more);
  cli_grid_add (self->grid, CLI_DIM, text);
  for (int i = 0; i < 6; i++)
    cli_grid_add (self->grid, CLI_PLAIN, "");
}

static void
add_node (Drawing *self, GroveTreeNode *node, const char *branch, const char *rail)
{
  gboolean utf8 = self->cli->utf8;
  gsize    length = self->rails->len;
  guint    n = grove_tree_node_get_n_loaded (node);
  guint    n_all = MAX (grove_tree_node_get_n_children (node), n);
  add_cells (self, node, branch);
  g_string_append (self->rails, rail);
  for (guint i = 0; i < n; i++)
    {
      gboolean last = i + 1 == n_all;
      add_node (self, grove_tree_node_get_child (node, i),
                last ? (utf8 ? "└─ " : "`- ") : (utf8 ? "├─ " : "|- "),
                last ? "   " : (utf8 ? "│  " : "|  "));
    }
  if (n_all > n)
    add_rest (self, n_all - n, utf8 ? "└─ " : "`- ");
  g_string_truncate (self->rails, length);
}

static void
show_text (Cli *cli, GroveTree *tree, struct json_object *declared)
{
  if (grove_tree_get_n_roots (tree) == 0)
    {
      cli_put (cli, "No process is supervised.\n");
      return;
    }
  g_autoptr (CliGrid) grid = cli_grid_new (cli);
  Drawing drawing = { .cli = cli, .grid = grid, .rails = g_string_new (NULL) };
  cli_column_init (&drawing.metric, cli, declared);
  cli_grid_add_column (grid, "name", CLI_LEFT | CLI_ELASTIC);
  cli_grid_add_column (grid, "pid", CLI_LEFT);
  cli_grid_add_column (grid, "kind", CLI_LEFT);
  cli_grid_add_column (grid, "status", CLI_LEFT);
  cli_grid_add_column (grid, "strategy", CLI_LEFT);
  cli_grid_add_column (grid, "restarts", CLI_RIGHT);
  cli_grid_add_column (grid, cli_column_get_title (&drawing.metric), CLI_RIGHT);
  for (guint i = 0; i < grove_tree_get_n_roots (tree); i++)
    add_node (&drawing, grove_tree_get_root (tree, i), "", "");
  cli_grid_print (grid, 0);
  g_string_free (drawing.rails, TRUE);
}

gboolean
cli_tree_load (Cli *cli, GroveTree *tree, GError **error)
{
  grove_tree_set_active (tree, TRUE);
  while ((grove_tree_get_loading (tree) || tree->building) &&
         grove_session_get_state (cli->session) == GROVE_SESSION_LIVE)
    g_main_context_iteration (NULL, TRUE);
  const gboolean done = !grove_tree_get_loading (tree) && !tree->building;
  return cli_wait (cli, &done, error);
}

/* The declaration of the metric; NULL and an error if there is no such number. */
static struct json_object *
find_metric (Cli *cli, const char *name, GError **error)
{
  struct json_object *columns = cli_table_columns (cli, "processes");
  g_autoptr (GString) names = g_string_new (NULL);
  for (gsize i = 0; columns != NULL && i < json_object_array_length (columns); i++)
    {
      struct json_object *column = json_object_array_get_idx (columns, i);
      const char         *type = _grove_json_text (column, "type");
      if (strcmp (type, "int") != 0 && strcmp (type, "real") != 0)
        continue;
      if (strcmp (_grove_json_text (column, "name"), name) == 0)
        return column;
      g_string_append_printf (names, "%s%s", names->len > 0 ? ", " : "",
                              _grove_json_text (column, "name"));
    }
  g_set_error (error, CLI_ERROR, CLI_USAGE, "“%s” is no metric\nThere are %s.", name, names->str);
  return NULL;
}

int
cli_run_tree (Cli *cli, int argc, char **argv)
{
  g_autoptr (GError) error = NULL;
  if (!cli_take_system (cli, argc, argv))
    return CLI_USAGE;
  if (opt_depth < 0 || opt_depth > DEPTH_MAX)
    return cli_complain_usage (cli, "--depth is 0 to %d, not %d", DEPTH_MAX, opt_depth);
  if (opt_metric == NULL)
    opt_metric = g_strdup ("messages");
  if (!cli_connect (cli, CLI_OBSERVE, &error) || !cli_can (cli, "tree.open", &error))
    return cli_complain (cli, error);
  struct json_object *declared = find_metric (cli, opt_metric, &error);
  if (declared == NULL)
    return cli_complain (cli, error);
  g_autoptr (GroveTree) tree = grove_tree_new (cli->session, (guint) opt_depth);
  grove_tree_set_metric (tree, opt_metric);
  if (!cli_tree_load (cli, tree, &error))
    return cli_complain (cli, error);
  if (cli->json)
    show_json (cli, tree);
  else
    show_text (cli, tree, declared);
  return CLI_OK;
}
