/* SPDX-License-Identifier: MIT
 *
 * The two sets of colours: those of ui/style.css and ui/style-dark.css, on libadwaita's grounds. A
 * test of the windows holds them equal.
 */
#include "observer/grove-colours.h"

#include <string.h>

static GroveColour
hex (guint32 rgb, double alpha)
{
  return (GroveColour){ (float) (rgb >> 16 & 0xff) / 255.0f, (float) (rgb >> 8 & 0xff) / 255.0f,
                        (float) (rgb & 0xff) / 255.0f, (float) alpha };
}

static GroveColour
fade (GroveColour colour, double alpha)
{
  colour.alpha *= (float) alpha;
  return colour;
}

/* @top painted over @bottom, as one opaque colour: translucent lines add up where they cross. */
static GroveColour
blend (GroveColour bottom, GroveColour top)
{
  float a = top.alpha;

  return (GroveColour){ bottom.red * (1 - a) + top.red * a, bottom.green * (1 - a) + top.green * a,
                        bottom.blue * (1 - a) + top.blue * a, 1 };
}

void
grove_colours_derive (GroveColours *self, GroveColour card, double strength)
{
  self->card = blend (self->view, card);
  self->dim = fade (self->fg, MIN (0.55 * strength, 1.0));
  self->idle = fade (self->fg, MIN (0.30 * strength, 1.0));
  self->track = fade (self->fg, 0.08 * strength);
  self->grid = fade (self->fg, 0.07 * strength);
  self->border = fade (self->fg, 0.13 * strength);
  self->line = blend (self->view, fade (self->fg, 0.24 * strength));
  grove_colours_set_map (self, GROVE_COLOUR_MAP_STANDARD);
}

/* From calm to alarm on a light ground and on a dark one, of the map called viridis: what alarms is
 * what is furthest from the ground. */
static const guint32 colour_blind[2][GROVE_COLOUR_STEPS - 1] = {
  { 0x8fd744, 0x35b779, 0x21918c, 0x3b528b, 0x440154 },
  { 0x3b528b, 0x21918c, 0x35b779, 0x8fd744, 0xfde725 },
};

void
grove_colours_set_map (GroveColours *self, GroveColourMap map)
{
  const GroveColour standard[] = { self->accent, self->success, self->warning, self->orange,
                                   self->error };

  self->steps[0] = self->idle;
  for (guint i = 1; i < GROVE_COLOUR_STEPS; i++)
    self->steps[i] = map == GROVE_COLOUR_MAP_COLOUR_BLIND
                       ? hex (colour_blind[self->dark ? 1 : 0][i - 1], 1)
                       : standard[i - 1];
}

static const char *const map_names[GROVE_N_COLOUR_MAPS] = {
  [GROVE_COLOUR_MAP_STANDARD] = "standard",
  [GROVE_COLOUR_MAP_COLOUR_BLIND] = "colour-blind",
};

const char *
grove_colour_map_get_name (GroveColourMap map)
{
  g_return_val_if_fail (map < GROVE_N_COLOUR_MAPS, NULL);
  return map_names[map];
}

GroveColourMap
grove_colour_map_from_name (const char *name)
{
  for (guint i = 0; i < GROVE_N_COLOUR_MAPS; i++)
    if (name != NULL && strcmp (map_names[i], name) == 0)
      return i;
  return GROVE_COLOUR_MAP_STANDARD;
}

void
grove_colours_init_light (GroveColours *self)
{
  *self = (GroveColours){
    .accent = hex (0x3584e4, 1),
    .success = hex (0x2eae6e, 1),
    .warning = hex (0xe5a50a, 1),
    .error = hex (0xe01b24, 1),
    .purple = hex (0x9141ac, 1),
    .orange = hex (0xff7800, 1),
    .teal = hex (0x1b9e8a, 1),
    .fg = hex (0x000000, 0.8),
    .window = hex (0xfafafa, 1),
    .view = hex (0xffffff, 1),
    .popover = hex (0xffffff, 1),
  };
  grove_colours_derive (self, hex (0xffffff, 1), 1);
}

void
grove_colours_init_dark (GroveColours *self)
{
  *self = (GroveColours){
    .accent = hex (0x62a0ea, 1),
    .success = hex (0x57c98b, 1),
    .warning = hex (0xcd9309, 1),
    .error = hex (0xc01c28, 1),
    .purple = hex (0xb77ad1, 1),
    .orange = hex (0xff8f2e, 1),
    .teal = hex (0x5bc8af, 1),
    .fg = hex (0xffffff, 1),
    .window = hex (0x242424, 1),
    .view = hex (0x1e1e1e, 1),
    .popover = hex (0x383838, 1),
    .dark = TRUE,
  };
  grove_colours_derive (self, hex (0xffffff, 0.08), 1);
}
