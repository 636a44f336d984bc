/* SPDX-License-Identifier: MIT
 *
 * From the observer's tree to the graph's scene: walks it, folds alike siblings, keeps the colours
 * up to date, and finds what a search is after. It remembers which folds a person has opened.
 *
 * A scene is built in steps, between which the main loop turns and the tree may change; until the
 * last one shows it, it is what it was. What changes later, and needs nothing to move, is patched.
 *
 * Threads: main thread only. It keeps the tree's nodes alive while the scene shows them, nothing
 * else.
 */
#pragma once

#include "observer/grove-graph-camera.h"
#include "observer/grove-tree.h"

G_BEGIN_DECLS

typedef struct _GroveGraphModel GroveGraphModel;

GroveGraphModel *grove_graph_model_new (GroveTree *tree);
void             grove_graph_model_free (GroveGraphModel *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (GroveGraphModel, grove_graph_model_free)

/* A build; what was begun before is dropped. */
void grove_graph_model_begin (GroveGraphModel *self, GroveGraphScene *scene);
/* Goes on until that time, give or take some milliseconds; TRUE: only end() is left. */
gboolean grove_graph_model_step (GroveGraphModel *self, GroveGraphScene *scene, gint64 until_us);
/* Shows it; the rest as for grove_graph_scene_end(). */
void grove_graph_model_end (GroveGraphModel *self,
                            GroveGraphScene *scene,
                            const char      *anchor,
                            gint64           now_us,
                            GroveGraphMotion motion,
                            double          *ret_dy);
/* The build under way, if one is, is of no use. */
void grove_graph_model_drop (GroveGraphModel *self, GroveGraphScene *scene);

/**
 * grove_graph_model_patch:
 * @self: a model
 * @scene: what it built last; no other build is under way
 * @now_us: g_get_monotonic_time()
 * @ret_changed: (element-type guint): gets the nodes that say something else now
 *
 * Takes over what the tree has changed since, where that moves nothing: who was restarted, what
 * supervisors count, who comes and goes in a fold.
 *
 * Threads: main thread only. Cost: O(siblings of what changed).
 * Returns: FALSE if only a build will do
 */
gboolean grove_graph_model_patch (GroveGraphModel *self,
                                  GroveGraphScene *scene,
                                  gint64           now_us,
                                  GArray          *ret_changed);

/**
 * grove_graph_model_refresh:
 * @self: a model
 * @scene: what it built last
 * @camera: what is in sight
 * @metric: what the colours say
 * @ret_seen: (optional) (element-type guint): gets the nodes in sight that look different now
 *
 * Takes over the present values.
 *
 * Threads: main thread only. Cost: O(nodes).
 * Returns: whether anywhere, in sight or not, a colour is another one
 */
gboolean grove_graph_model_refresh (GroveGraphModel        *self,
                                    GroveGraphScene        *scene,
                                    const GroveGraphCamera *camera,
                                    GroveGraphMetric        metric,
                                    GArray                 *ret_seen);

/* Roots are named by what they are called: who starts an application again goes on to see it, or
 * not. When none would be left, all are shown. Takes effect with the next build. */
void     grove_graph_model_set_root_shown (GroveGraphModel *self, const char *name, gboolean shown);
gboolean grove_graph_model_is_root_shown (GroveGraphModel *self, const char *name);
void     grove_graph_model_show_all_roots (GroveGraphModel *self);
guint    grove_graph_model_get_n_shown_roots (GroveGraphModel *self);
/* What the root above a process is called; NULL when the tree does not have it. (transfer none) */
const char *grove_graph_model_get_root_of (GroveGraphModel *self, const char *pid);

/* Folds are named by the id of their node, or of any member's "fold". */
void grove_graph_model_open_fold (GroveGraphModel *self, const char *fold);
void grove_graph_model_close_fold (GroveGraphModel *self, const char *fold);
/* The node that stands for a process: its own, or the closed fold that hides it. GROVE_GRAPH_NONE
 * when it is not drawn. Cost: O(1). */
guint grove_graph_model_locate (GroveGraphModel *self, GroveGraphScene *scene, const char *pid);
/* The closed fold that hides a process, NULL when it is in the scene or in no fold. (transfer none)
 */
const char *
grove_graph_model_find_fold (GroveGraphModel *self, GroveGraphScene *scene, const char *pid);

/**
 * grove_graph_model_search:
 * @self: a model
 * @scene: what it built last
 * @text: what is looked for, without regard to case
 * @ret_marks: (out) (transfer full): for each node of the scene, whether it or a member of it was
 *   found; NULL when @text is empty
 *
 * Threads: main thread only. Cost: O(nodes).
 * Returns: (transfer full) (element-type GroveTreeNode): those whose name or pid contains @text,
 * from top to bottom as drawn
 */
GPtrArray *grove_graph_model_search (GroveGraphModel       *self,
                                     const GroveGraphScene *scene,
                                     const char            *text,
                                     guint8               **ret_marks);

G_END_DECLS
