/* SPDX-License-Identifier: MIT
 *
 * Colours that painters paint with, without a toolkit: the windows fill them in from the style
 * sheets, a picture that is drawn without a display takes one of the two sets here, which are the
 * style sheets' own.
 *
 * Threads: any thread.
 */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef struct
{
  float red, green, blue, alpha;
} GroveColour;

typedef struct
{
  GroveColour accent, success, warning, error, purple, orange, teal;
  GroveColour fg;     /* text */
  GroveColour dim;    /* secondary text */
  GroveColour idle;   /* the dot of what waits */
  GroveColour track;  /* the empty part of a bar */
  GroveColour line;   /* edges of a graph, opaque over view */
  GroveColour grid;   /* chart lines */
  GroveColour border; /* round cards */
  GroveColour view;   /* behind tables and graphs */
  GroveColour card;   /* a node or card on the view, opaque */
  GroveColour window;
  GroveColour popover;
  gboolean    dark;
} GroveColours;

/**
 * grove_colours_derive:
 * @card: what a card's colour is, possibly translucent
 * @strength: 1; more for a high contrast
 *
 * Makes those that follow from fg and view: dim, idle, track, line, grid, border and card.
 *
 * Since: 0.1
 */
void grove_colours_derive (GroveColours *self, GroveColour card, double strength);

/* A light and a dark set. Since: 0.1 */
void grove_colours_init_light (GroveColours *self);
void grove_colours_init_dark (GroveColours *self);

G_END_DECLS
