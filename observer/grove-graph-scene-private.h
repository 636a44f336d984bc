/* SPDX-License-Identifier: MIT
 *
 * What grove-graph-scene.c, the scene as it is, and grove-graph-build.c, how it comes to be, share.
 */
#pragma once

#include "observer/grove-graph-scene.h"

G_BEGIN_DECLS

/* Texts are added and never changed, so a copy in a thread can read those that it has. */
GStringChunk **_grove_graph_strings_new (void);
void           _grove_graph_strings_unref (GStringChunk **strings);

/* 0: it did not. */
gint64      _grove_graph_scene_when_crashed (const GroveGraphScene *self, const char *id);
guint       _grove_graph_scene_look_up (const GroveGraphIndex *index,
                                        const GroveGraphNode  *nodes,
                                        const char            *id);
const char *_grove_graph_scene_get_id (gconstpointer nodes, guint number);

G_END_DECLS
