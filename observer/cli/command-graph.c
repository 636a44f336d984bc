/* SPDX-License-Identifier: MIT
 *
 * grove graph: the supervision tree as a picture, as the window would draw it.
 */
#include "observer/cli/cli.h"

#include "observer/grove-picture.h"

#include <string.h>

#define DEPTH_MAX 16

static char    *opt_output, *opt_metric;
static int      opt_depth = DEPTH_MAX;
static gboolean opt_dark;

const GOptionEntry cli_graph_entries[] = {
  { "output", 'o', 0, G_OPTION_ARG_FILENAME, &opt_output, "FILE.svg, FILE.png or FILE.pdf",
    "FILE" },
  { "metric", 'm', 0, G_OPTION_ARG_STRING, &opt_metric,
    "What the colours say: mailbox, memory, reductions or state (mailbox)", "METRIC" },
  { "depth", 'd', 0, G_OPTION_ARG_INT, &opt_depth, "Levels that are opened, 0 to 16 (16)", "N" },
  { "dark", 0, 0, G_OPTION_ARG_NONE, &opt_dark, "On a dark ground", NULL },
  { NULL },
};

static gboolean
choose_format (const char *path, GrovePictureFormat *ret_format)
{
  static const char *const endings[] = {
    [GROVE_PICTURE_SVG] = ".svg",
    [GROVE_PICTURE_PNG] = ".png",
    [GROVE_PICTURE_PDF] = ".pdf",
  };
  for (guint i = 0; i < G_N_ELEMENTS (endings); i++)
    if (g_str_has_suffix (path, endings[i]) && strlen (path) > strlen (endings[i]))
      {
        *ret_format = (GrovePictureFormat) i;
        return TRUE;
      }
  return FALSE;
}

static gboolean
choose_metric (const char *name, GroveGraphMetric *ret_metric)
{
  for (guint i = 0; i < GROVE_GRAPH_N_METRICS; i++)
    if (name == NULL || strcmp (name, grove_graph_metric_get_name (i)) == 0)
      {
        *ret_metric = (GroveGraphMetric) i;
        return TRUE;
      }
  return FALSE;
}

static void
say (Cli *cli, const GrovePictureFacts *facts)
{
  g_autofree char *path = g_filename_display_name (opt_output);
  if (cli->json)
    {
      struct json_object *document = json_object_new_object ();
      json_object_object_add (document, "file", json_object_new_string (path));
      json_object_object_add (document, "width", json_object_new_double (facts->width));
      json_object_object_add (document, "height", json_object_new_double (facts->height));
      json_object_object_add (document, "scale", json_object_new_double (facts->scale));
      json_object_object_add (document, "nodes", json_object_new_int64 (facts->n_nodes));
      cli_put_json (cli, document);
      json_object_put (document);
      return;
    }
  g_autofree char *clean = cli_clean (path);
  cli_printf (cli, "%s: %.0f by %.0f, %u nodes%s\n", clean, facts->width, facts->height,
              facts->n_nodes, facts->scale < 1 ? ", smaller than life" : "");
}

int
cli_run_graph (Cli *cli, int argc, char **argv)
{
  g_autoptr (GError) error = NULL;
  GrovePictureFormat format;
  GrovePictureFacts  facts;
  GroveGraphMetric   metric;
  GroveColours       colours;
  if (!cli_take_system (cli, argc, argv))
    return CLI_USAGE;
  if (opt_output == NULL || !choose_format (opt_output, &format))
    return cli_complain_usage (cli, "it takes -o FILE.svg, FILE.png or FILE.pdf");
  if (!choose_metric (opt_metric, &metric))
    return cli_complain_usage (cli, "--metric is mailbox, memory, reductions or state, not “%s”",
                               opt_metric);
  if (opt_depth < 0 || opt_depth > DEPTH_MAX)
    return cli_complain_usage (cli, "--depth is 0 to %d, not %d", DEPTH_MAX, opt_depth);
  if (!cli_connect (cli, CLI_OBSERVE, &error) || !cli_can (cli, "tree.open", &error))
    return cli_complain (cli, error);
  g_autoptr (GroveTree) tree = grove_tree_new (cli->session, (guint) opt_depth);
  grove_tree_set_metric (tree, grove_graph_metric_get_column (metric));
  if (opt_dark)
    grove_colours_init_dark (&colours);
  else
    grove_colours_init_light (&colours);
  if (!cli_tree_load (cli, tree, &error))
    return cli_complain (cli, error);
  if (grove_tree_get_n_roots (tree) == 0)
    {
      g_set_error (&error, CLI_ERROR, CLI_REFUSED,
                   "No process is supervised, so there is no tree to draw");
      return cli_complain (cli, error);
    }
  if (!grove_picture_save (tree, metric, &colours, format, opt_output, &facts, &error))
    return cli_complain (cli, error);
  say (cli, &facts);
  return CLI_OK;
}
