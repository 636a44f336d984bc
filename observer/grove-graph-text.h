/* SPDX-License-Identifier: MIT
 *
 * The text of the supervision graph: layouts are dear to make and shown again every frame, so the
 * most recently used ones are kept.
 *
 * Threads: main thread only.
 */
#pragma once

#include <cairo.h>
#include <pango/pango.h>

G_BEGIN_DECLS

typedef enum
{
  GROVE_GRAPH_TEXT_NAME,
  GROVE_GRAPH_TEXT_STRONG,
  GROVE_GRAPH_TEXT_SMALL,
} GroveGraphTextStyle;

typedef struct _GroveGraphText GroveGraphText;

/* @context: gives the fonts; its settings are copied. */
GroveGraphText *grove_graph_text_new (PangoContext *context);
void            grove_graph_text_free (GroveGraphText *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (GroveGraphText, grove_graph_text_free)

/* How wide a text is at scale 1, not shortened. */
double grove_graph_text_measure (GroveGraphText *self, GroveGraphTextStyle style, const char *text);
/**
 * grove_graph_text_show:
 * @self: the cache
 * @cr: its source is the colour
 * @style: which font
 * @text: what
 * @x: the left edge
 * @y: the middle of the line
 * @width: shortened with an ellipsis beyond it, in units of @cr
 * @scale: 1 is the size of the desktop's text
 *
 * Threads: main thread only. Cost: of showing, when it was shown before.
 * Returns: how wide it came out, in units of @cr
 */
double grove_graph_text_show (GroveGraphText     *self,
                              cairo_t            *cr,
                              GroveGraphTextStyle style,
                              const char         *text,
                              double              x,
                              double              y,
                              double              width,
                              double              scale);

G_END_DECLS
