/* SPDX-License-Identifier: MIT
 *
 * The colours that painted widgets use, taken from the style sheets (`grove_*` and libadwaita's
 * named colours), cached, and looked up again when the style turns dark, light or high-contrast.
 *
 * Threads: main thread only.
 */
#pragma once

#include "observer/grove-colours.h"
#include "observer/grove-process-item.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

typedef struct
{
  GdkRGBA  accent, success, warning, error, purple, orange, teal;
  GdkRGBA  fg;     /* text */
  GdkRGBA  dim;    /* secondary text */
  GdkRGBA  idle;   /* the dot of what waits */
  GdkRGBA  track;  /* the empty part of a bar */
  GdkRGBA  line;   /* edges of a graph, opaque over view */
  GdkRGBA  grid;   /* chart lines */
  GdkRGBA  border; /* round cards */
  GdkRGBA  view;   /* behind tables and graphs */
  GdkRGBA  card;   /* a node or card on the view, opaque */
  GdkRGBA  window;
  GdkRGBA  popover;
  GdkRGBA  steps[GROVE_COLOUR_STEPS]; /* of the colour map that is preferred */
  gboolean dark;

  GroveColours colours; /* all of them once more, for painters that know no toolkit */
} GrovePalette;

/* Borrowed; valid until control returns to the main loop. */
const GrovePalette *grove_palette_get (GtkWidget *widget);

/* Mailboxes are colour-coded alike everywhere, from as many messages on as the preferences say. */
const GdkRGBA *grove_palette_get_mailbox (const GrovePalette *self, gint64 n_messages);
const GdkRGBA *grove_palette_get_state (const GrovePalette *self, GroveProcessState state);
/* How full a mailbox looks, 0..1: logarithmic, full at 65,536. */
double grove_palette_get_mailbox_level (gint64 n_messages);

static inline GdkRGBA
grove_rgba_from_colour (GroveColour colour)
{
  return (GdkRGBA){ colour.red, colour.green, colour.blue, colour.alpha };
}

static inline GdkRGBA
grove_rgba_fade (GdkRGBA colour, double alpha)
{
  colour.alpha *= (float) alpha;
  return colour;
}

/* A filled rectangle with round corners, as render nodes. */
void grove_snapshot_append_round_rect (GtkSnapshot   *snapshot,
                                       const GdkRGBA *colour,
                                       float          x,
                                       float          y,
                                       float          width,
                                       float          height,
                                       float          radius);

G_END_DECLS
