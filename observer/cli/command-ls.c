/* SPDX-License-Identifier: MIT
 *
 * grove ls: the systems of this machine, and its Erlang nodes.
 */
#include "observer/cli/cli.h"

#include "observer/grove-discovery.h"
#include "observer/grove-node-list.h"

/* What there is not is left out. */
static void
put_text (struct json_object *one, const char *name, const char *text)
{
  if (text != NULL)
    json_object_object_add (one, name, json_object_new_string (text));
}

static void
put_systems_json (Cli *cli, GListModel *systems, GListModel *nodes, const char *directory)
{
  struct json_object *document = json_object_new_object ();
  struct json_object *list = json_object_new_array ();
  for (guint i = 0; i < g_list_model_get_n_items (systems); i++)
    {
      g_autoptr (GroveSystem) system = g_list_model_get_item (systems, i);
      struct json_object *one = json_object_new_object ();
      json_object_object_add (one, "name", json_object_new_string (grove_system_get_name (system)));
      json_object_object_add (one, "path", json_object_new_string (grove_system_get_path (system)));
      json_object_object_add (one, "live",
                              json_object_new_boolean (grove_system_get_live (system)));
      put_text (one, "trouble", grove_system_get_trouble (system));
      put_text (one, "cluster", grove_system_get_cluster (system));
      json_object_array_add (list, one);
    }
  struct json_object *others = json_object_new_array ();
  for (guint i = 0; i < g_list_model_get_n_items (nodes); i++)
    {
      g_autoptr (GroveNode) node = g_list_model_get_item (nodes, i);
      struct json_object *one = json_object_new_object ();
      json_object_object_add (one, "name", json_object_new_string (grove_node_get_name (node)));
      json_object_object_add (one, "target", json_object_new_string (grove_node_get_target (node)));
      json_object_array_add (others, one);
    }
  json_object_object_add (document, "directory", json_object_new_string (directory));
  json_object_object_add (document, "systems", list);
  json_object_object_add (document, "nodes", others);
  cli_put_json (cli, document);
  json_object_put (document);
}

static void
set_true (gboolean *done)
{
  *done = TRUE;
}

/* Those epmd knows now. */
static GroveNodeList *
find_nodes (void)
{
  GroveNodeList *nodes = grove_node_list_new ();
  gboolean       looked = FALSE;
  g_signal_connect_swapped (nodes, "looked", G_CALLBACK (set_true), &looked);
  grove_node_list_watch (nodes);
  while (!looked)
    g_main_context_iteration (NULL, TRUE);
  grove_node_list_unwatch (nodes);
  g_signal_handlers_disconnect_by_data (nodes, &looked);
  return nodes;
}

static void
add_nodes (CliGrid *grid, GListModel *nodes)
{
  for (guint i = 0; i < g_list_model_get_n_items (nodes); i++)
    {
      g_autoptr (GroveNode) node = g_list_model_get_item (nodes, i);
      cli_grid_add (grid, CLI_NAME, grove_node_get_name (node));
      cli_grid_add (grid, CLI_GOOD, "live");
      cli_grid_add (grid, CLI_PLAIN, grove_node_get_target (node));
    }
}

static void
add_system (CliGrid *grid, GroveSystem *system)
{
  const char *trouble = grove_system_get_trouble (system);
  gboolean    live = grove_system_get_live (system);
  cli_grid_add (grid, live ? CLI_NAME : CLI_DIM, grove_system_get_name (system));
  cli_grid_add (grid, live ? CLI_GOOD : CLI_DIM, live ? "live" : trouble != NULL ? "away" : "dead");
  cli_grid_add (grid, live ? CLI_PLAIN : CLI_DIM,
                trouble != NULL ? trouble : grove_system_get_path (system));
}

int
cli_run_ls (Cli *cli, int argc, char **argv)
{
  if (!cli_check_arguments (cli, argc, argv, 0, 0))
    return CLI_USAGE;
  g_autoptr (GroveDiscovery) discovery = grove_discovery_new (NULL);
  g_autoptr (GroveNodeList) nodes = find_nodes ();
  GListModel *systems = G_LIST_MODEL (discovery);
  if (cli->json)
    {
      put_systems_json (cli, systems, G_LIST_MODEL (nodes),
                        grove_discovery_get_directory (discovery));
      return CLI_OK;
    }
  if (g_list_model_get_n_items (systems) == 0 &&
      g_list_model_get_n_items (G_LIST_MODEL (nodes)) == 0)
    {
      cli_printf (cli, "No system is running here (looked in %s).\n",
                  grove_discovery_get_directory (discovery));
      return CLI_OK;
    }
  g_autoptr (CliGrid) grid = cli_grid_new (cli);
  cli_grid_add_column (grid, "name", CLI_LEFT);
  cli_grid_add_column (grid, "state", CLI_LEFT);
  cli_grid_add_column (grid, "address", CLI_LEFT);
  for (guint i = 0; i < g_list_model_get_n_items (systems); i++)
    {
      g_autoptr (GroveSystem) system = g_list_model_get_item (systems, i);
      add_system (grid, system);
    }
  add_nodes (grid, G_LIST_MODEL (nodes));
  cli_grid_print (grid, 0);
  return CLI_OK;
}
