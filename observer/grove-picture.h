/* SPDX-License-Identifier: MIT
 *
 * A picture of the supervision graph as a file, drawn without a display: the window's own painter
 * on a page that is as large as the graph, and what the colours say at its foot.
 *
 * Threads: main thread only, but for grove_picture_draw().
 */
#pragma once

#include "observer/grove-colours.h"
#include "observer/grove-graph-scene.h"
#include "observer/grove-tree.h"

G_BEGIN_DECLS

typedef enum
{
  GROVE_PICTURE_SVG,
  GROVE_PICTURE_PNG,
  GROVE_PICTURE_PDF,
} GrovePictureFormat;

typedef struct
{
  double width, height; /* pixels, or points */
  double scale;         /* 1 unless it would have been too large */
  guint  n_nodes;       /* drawn: alike siblings are one */
} GrovePictureFacts;

/**
 * grove_picture_draw:
 * @scene: complete and coloured; nobody else may have it meanwhile
 * @metric: what the colours say
 * @arcs: (array length=n_arcs) (nullable): links and monitors to draw over it
 * @ret_facts: (out) (optional): what came of it
 *
 * Pictures of pixels are at most 16,384 wide and high and 64 million in all, pages of a PDF 14,400
 * points; what is larger is drawn smaller.
 *
 * Threads: any thread
 * Returns: (transfer full): the file's bytes; NULL on an error
 * Since: 0.1
 */
GBytes *grove_picture_draw (const GroveGraphScene *scene,
                            GroveGraphMetric       metric,
                            const GroveColours    *colours,
                            GrovePictureFormat     format,
                            const GroveGraphArc   *arcs,
                            guint                  n_arcs,
                            GrovePictureFacts     *ret_facts,
                            GError               **error);

/**
 * grove_picture_save:
 * @tree: as far as it is loaded
 * @metric: what the colours say
 * @path: written as a whole or not at all
 * @ret_facts: (out) (optional): what came of it
 *
 * Draws all of a tree as one finds it when one comes to it.
 *
 * Returns: FALSE on an error; no file is then left behind
 * Since: 0.1
 */
gboolean grove_picture_save (GroveTree          *tree,
                             GroveGraphMetric    metric,
                             const GroveColours *colours,
                             GrovePictureFormat  format,
                             const char         *path,
                             GrovePictureFacts  *ret_facts,
                             GError            **error);

G_END_DECLS
