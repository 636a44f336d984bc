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
  double x, y;                    /* found: left edge, centre; a million rows are past a float */
} GroveLayoutNode;

typedef struct
{
  float level_gap;   /* between a parent's right edge and its children's left */
  float sibling_gap; /* between neighbours of one parent */
  float cousin_gap;  /* between neighbours of different parents */
  float root_gap;
} GroveLayoutStyle;

/**
 * grove_tree_layout:
 * @nodes: (array length=n): parents before children, breadth first, the roots at the front
 * @n: how many
 * @style: the gaps
 * @ret_width: (out) (optional): of the whole picture
 * @ret_height: (out) (optional): of the whole picture
 *
 * Fills x and y, the top left corner of all at 0,0. The order of siblings is kept, no two nodes
 * come nearer than the gaps, a parent stands midway between its first and its last child, equal
 * subtrees are drawn equally, and a mirrored forest gives the mirrored picture.
 *
 * Threads: any thread. Blocks: no. Cost: O(n), and O(n) memory for the time of the call; the C
 * stack does not grow with the depth.
 */
void grove_tree_layout (GroveLayoutNode        *nodes,
                        guint                   n,
                        const GroveLayoutStyle *style,
                        double                 *ret_width,
                        double                 *ret_height);

G_END_DECLS
