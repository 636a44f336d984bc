/* SPDX-License-Identifier: MIT
 *
 * GroveGraph: links and monitors over the tree: of whom they are asked, as which curves they are
 * drawn, and the same in words.
 *
 * The edges of the tree are links too, and are left out here: they are drawn already.
 */
#include "ui/grove-graph-private.h"

#include <glib/gi18n.h>
#include <string.h>

#define ARCS_MAX  400
#define WORDS_MAX 8 /* ends that are named */
/* Who is in sight is asked for when one has come to rest. */
#define SETTLE_MS 200

static gboolean
is_edge (const GroveGraphScene *scene, guint a, guint b)
{
  return scene->places[a].parent == b || scene->places[b].parent == a;
}

/* In folds many ties have the same two ends. */
static gboolean
has_arc (const GArray *arcs, const GroveGraphArc *arc)
{
  for (guint i = 0; i < arcs->len; i++)
    {
      const GroveGraphArc *other = &g_array_index (arcs, GroveGraphArc, i);

      if (other->from == arc->from && other->to == arc->to && other->monitor == arc->monitor)
        return TRUE;
    }
  return FALSE;
}

static void
add_arc (GroveGraph *self, GArray *arcs, const GroveTie *tie)
{
  const GroveGraphArc arc = {
    .from = grove_graph_model_locate (self->model, self->scene, tie->from),
    .to = grove_graph_model_locate (self->model, self->scene, tie->to),
    .monitor = tie->kind == GROVE_TIE_MONITOR,
  };

  if (arc.from == GROVE_GRAPH_NONE || arc.to == GROVE_GRAPH_NONE || arc.from == arc.to ||
      is_edge (self->scene, arc.from, arc.to) || has_arc (arcs, &arc))
    return;
  g_array_append_val (arcs, arc);
}

static gboolean
same_arcs (const GArray *a, const GArray *b)
{
  return a->len == b->len &&
         (a->len == 0 || memcmp (a->data, b->data, a->len * sizeof (GroveGraphArc)) == 0);
}

static void
update_arcs (GroveGraph *self)
{
  GArray     *arcs = g_array_new (FALSE, TRUE, sizeof (GroveGraphArc));
  const guint n = grove_link_web_get_n_ties (self->web);

  for (guint i = 0; i < n && arcs->len < ARCS_MAX; i++)
    {
      const GroveTie tie = grove_link_web_get_tie (self->web, i);

      add_arc (self, arcs, &tie);
    }
  if (same_arcs (arcs, self->arcs))
    {
      g_array_unref (arcs);
      return;
    }
  g_array_unref (self->arcs);
  self->arcs = arcs;
  _grove_graph_redraw (self);
  _grove_graph_queue_describe (self);
  g_signal_emit_by_name (self, "changed");
}

/* The numbers of nodes are others after a build. */
void
_grove_graph_renew_arcs (GroveGraph *self)
{
  update_arcs (self);
  _grove_graph_queue_links (self);
}

static void
collect_in_sight (GroveGraph *self, GPtrArray *pids)
{
  const GroveGraphRect view =
    grove_graph_turn (self->scene,
                      (GroveGraphRect){ 0, 0, self->camera.width, self->camera.height });

  self->n_in_sight = 0;
  for (guint level = 0; level < self->scene->n_levels; level++)
    {
      const GroveGraphRange range =
        grove_graph_camera_get_range (&self->camera, self->scene, level);

      for (guint i = range.begin; i < range.end; i++)
        {
          const GroveGraphNode *node = &self->scene->nodes[i];
          const GroveGraphRect  rect =
            grove_graph_camera_get_screen_rect (&self->camera, self->scene, i, G_MAXINT64);

          if (!grove_graph_node_is_process (node) || rect.x + rect.width < 0 ||
              rect.y + rect.height < 0 || rect.x > view.width || rect.y > view.height)
            continue;
          self->n_in_sight++;
          if (pids->len < GROVE_LINK_WEB_MAX)
            g_ptr_array_add (pids, (gpointer) node->id);
        }
    }
}

static void
choose_pids (GroveGraph *self)
{
  g_autoptr (GPtrArray) pids = g_ptr_array_new ();
  const guint cursor = _grove_graph_get_cursor (self);

  self->n_in_sight = 0;
  if (self->links != GROVE_GRAPH_LINKS_NONE && cursor != GROVE_GRAPH_NONE &&
      grove_graph_node_is_process (&self->scene->nodes[cursor]))
    g_ptr_array_add (pids, (gpointer) self->scene->nodes[cursor].id);
  if (self->links == GROVE_GRAPH_LINKS_IN_SIGHT)
    collect_in_sight (self, pids);
  grove_link_web_set_pids (self->web, (const char *const *) pids->pdata, pids->len);
  g_signal_emit_by_name (self, "changed");
}

static gboolean
on_settled (gpointer user_data)
{
  GroveGraph *self = user_data;

  self->links_timer = 0;
  choose_pids (self);
  return G_SOURCE_REMOVE;
}

void
_grove_graph_queue_links (GroveGraph *self)
{
  if (self->links != GROVE_GRAPH_LINKS_NONE && self->links_timer == 0 &&
      gtk_widget_get_mapped (GTK_WIDGET (self)))
    self->links_timer = g_timeout_add (SETTLE_MS, on_settled, self);
}

void
_grove_graph_update_links (GroveGraph *self)
{
  const gboolean active =
    self->links != GROVE_GRAPH_LINKS_NONE && gtk_widget_get_mapped (GTK_WIDGET (self));

  grove_link_web_set_active (self->web, active);
  if (active)
    _grove_graph_queue_links (self);
  else
    g_clear_handle_id (&self->links_timer, g_source_remove);
}

void
_grove_graph_init_links (GroveGraph *self)
{
  self->arcs = g_array_new (FALSE, TRUE, sizeof (GroveGraphArc));
  self->links = GROVE_GRAPH_LINKS_SELECTED;
  self->web = grove_link_web_new (self->session);
  g_signal_connect_swapped (self->web, "changed", G_CALLBACK (update_arcs), self);
}

void
_grove_graph_dispose_links (GroveGraph *self)
{
  g_clear_handle_id (&self->links_timer, g_source_remove);
  if (self->web != NULL)
    g_signal_handlers_disconnect_by_data (self->web, self);
  g_clear_object (&self->web);
}

GroveGraphLinks
grove_graph_get_links (GroveGraph *self)
{
  g_return_val_if_fail (GROVE_IS_GRAPH (self), GROVE_GRAPH_LINKS_NONE);
  return self->links;
}

void
grove_graph_set_links (GroveGraph *self, GroveGraphLinks links)
{
  g_return_if_fail (GROVE_IS_GRAPH (self));
  if (self->links == links)
    return;
  self->links = links;
  if (links == GROVE_GRAPH_LINKS_NONE)
    choose_pids (self);
  _grove_graph_update_links (self);
}

GArray *
grove_graph_dup_arcs (GroveGraph *self)
{
  g_return_val_if_fail (GROVE_IS_GRAPH (self), NULL);
  return g_array_copy (self->arcs);
}

/* ---- In words -----------------------------------------------------------------------------------
 */

static void
append_name (GString *text, guint n, const char *name, const char *pid)
{
  if (n >= WORDS_MAX)
    return;
  g_string_append (text, n == 0 ? " " : ", ");
  g_string_append (text, name[0] != '\0' ? name : pid);
}

/* "Links: a, b and 3 more." of one process; nothing if there are none. */
static void
append_ends (GroveGraph *self, GString *text, const char *pid, int which, const char *title)
{
  const guint n = grove_link_web_get_n_ties (self->web);
  guint       found = 0;

  for (guint i = 0; i < n; i++)
    {
      const GroveTie tie = grove_link_web_get_tie (self->web, i);
      const gboolean from = g_str_equal (tie.from, pid), to = g_str_equal (tie.to, pid);
      gboolean       wanted = FALSE;

      if (which == 0)
        wanted = tie.kind == GROVE_TIE_LINK && (from || to);
      else
        wanted = tie.kind == GROVE_TIE_MONITOR && (which == 1 ? from : to);
      if (!wanted)
        continue;
      if (found == 0)
        g_string_append_printf (text, "%s%s", text->len > 0 ? " " : "", title);
      append_name (text, found, from ? tie.to_name : tie.from_name, from ? tie.to : tie.from);
      found++;
    }
  if (found > WORDS_MAX)
    g_string_append_printf (text, ngettext (" and %u more", " and %u more", found - WORDS_MAX),
                            found - WORDS_MAX);
  if (found > 0)
    g_string_append_c (text, '.');
}

char *
_grove_graph_describe_links (GroveGraph *self, const char *pid)
{
  GString *text = g_string_new (NULL);

  if (self->links != GROVE_GRAPH_LINKS_NONE)
    {
      append_ends (self, text, pid, 0, _ ("Links:"));
      append_ends (self, text, pid, 1, _ ("Monitors:"));
      append_ends (self, text, pid, 2, _ ("Monitored by:"));
    }
  return g_string_free (text, FALSE);
}

char *
grove_graph_describe_overlay (GroveGraph *self)
{
  g_return_val_if_fail (GROVE_IS_GRAPH (self), NULL);
  if (self->links == GROVE_GRAPH_LINKS_IN_SIGHT && self->n_in_sight > GROVE_LINK_WEB_MAX)
    return g_strdup_printf (_ ("of %u of the %u processes in sight"), GROVE_LINK_WEB_MAX,
                            self->n_in_sight);
  if (self->arcs->len >= ARCS_MAX)
    return g_strdup_printf (_ ("the first %u"), ARCS_MAX);
  return self->arcs->len > 0 ? g_strdup ("") : NULL;
}
