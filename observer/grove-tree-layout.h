/* SPDX-License-Identifier: MIT
 *
 * Where the nodes of a forest stand: the tidy layout of van der Ploeg (2014), linear time, left to
 * right, nodes of different heights. Pure geometry: knows neither processes nor pixels of a screen.
 */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef struct
{
  guint  parent; /* index, G_MAXUINT for a root */
  guint  depth;
  guint  first_child, n_children; /* the children stand together in the array, in order */
  float  width, height;           /* given */
  float  x, y;                    /* found: left edge, centre */
} GroveLayoutNode;

typedef struct
{
  float level_gap;   /* between a parent's right edge and its children's left */
  float sibling_gap; /* between neighbours of one parent */
  float cousin_gap;  /* between neighbours of different parents */
  float root_gap;
} GroveLayoutStyle;

/* @nodes: parents before children, breadth first; fills x and y, top left of all at 0,0. */
void grove_tree_layout (GroveLayoutNode        *nodes,
                        guint                   n,
                        const GroveLayoutStyle *style,
                        float                  *ret_width,
                        float                  *ret_height);

G_END_DECLS
