/* SPDX-License-Identifier: MIT
 *
 * A picture of the supervision graph as a file, drawn without a display: the window's own painter
 * on a page that is as large as the graph.
 *
 * Threads: main thread only.
 */
#pragma once

#include "observer/grove-colours.h"
#include "observer/grove-graph-metric.h"
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
 * grove_picture_save:
 * @tree: as far as it is loaded
 * @metric: what the colours say
 * @path: written as a whole or not at all
 * @ret_facts: (out) (optional): what came of it
 *
 * Pictures of pixels are at most 16,384 wide and high and 64 million in all, pages of a PDF 14,400
 * points; what is larger is drawn smaller.
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
