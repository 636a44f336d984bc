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

/* What a value is coloured by, from harmless to alarming. */
typedef enum
{
  GROVE_COLOUR_MAP_STANDARD, /* blue, green, yellow, orange, red */
  /* From yellow green to violet, on a dark ground the other way: each step is lighter, or darker,
   * than the one before, so that who sees fewer colours tells them apart too. */
  GROVE_COLOUR_MAP_COLOUR_BLIND,
  GROVE_N_COLOUR_MAPS,
} GroveColourMap;

#define GROVE_COLOUR_STEPS 6 /* off, then calm to alarm: GroveGraphBand */

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
  GroveColour steps[GROVE_COLOUR_STEPS]; /* of the colour map */
  gboolean    dark;
} GroveColours;

/**
 * grove_colours_derive:
 * @card: what a card's colour is, possibly translucent
 * @strength: 1; more for a high contrast
 *
 * Makes those that follow from the others: dim, idle, track, line, grid, border, card, and the
 * steps of the standard map.
 *
 * Since: 0.1
 */
void grove_colours_derive (GroveColours *self, GroveColour card, double strength);

/* Takes the steps of another map. Since: 0.1 */
void grove_colours_set_map (GroveColours *self, GroveColourMap map);

/* "standard", "colour-blind"; what is no name of one is the first. Since: 0.1 */
const char    *grove_colour_map_get_name (GroveColourMap map);
GroveColourMap grove_colour_map_from_name (const char *name);

/* A light and a dark set. Since: 0.1 */
void grove_colours_init_light (GroveColours *self);
void grove_colours_init_dark (GroveColours *self);

G_END_DECLS
