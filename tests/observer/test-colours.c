/* SPDX-License-Identifier: MIT
 *
 * The colour maps: that one tells their steps apart, also when one sees no red, no green or no
 * blue, and that what alarms is furthest from the ground.
 */
#include "observer/grove-colours.h"

#include <math.h>

/* How colours look to whoever lacks one kind of cone: Machado, Oliveira and Fernandes (2009), of
 * linear light. */
static const struct
{
  const char *name;
  double      matrix[3][3];
} sights[] = {
  { "all three", { { 1, 0, 0 }, { 0, 1, 0 }, { 0, 0, 1 } } },
  { "no red",
    { { 0.152286, 1.052583, -0.204868 },
      { 0.114503, 0.786281, 0.099216 },
      { -0.003882, -0.048116, 1.051998 } } },
  { "no green",
    { { 0.367322, 0.860646, -0.227968 },
      { 0.280085, 0.672501, 0.047413 },
      { -0.011820, 0.042940, 0.968881 } } },
  { "no blue",
    { { 1.255528, -0.076749, -0.178779 },
      { -0.078411, 0.930809, 0.147602 },
      { 0.004733, 0.691367, 0.303900 } } },
};

static double
linear (double value)
{
  return value <= 0.04045 ? value / 12.92 : pow ((value + 0.055) / 1.055, 2.4);
}

/* CIE L*, 0 to 100, of a colour as somebody sees it. */
static double
get_lightness (const GroveColour *colour, const double matrix[3][3])
{
  static const double weights[] = { 0.2126, 0.7152, 0.0722 };
  const double rgb[] = { linear (colour->red), linear (colour->green), linear (colour->blue) };
  double       y = 0;

  for (int i = 0; i < 3; i++)
    y += weights[i] *
         CLAMP (matrix[i][0] * rgb[0] + matrix[i][1] * rgb[1] + matrix[i][2] * rgb[2], 0, 1);
  return y > 216.0 / 24389 ? 116 * cbrt (y) - 16 : y * 24389 / 27;
}

static void
test_steps (gconstpointer data)
{
  const GroveColourMap map = GPOINTER_TO_UINT (data);

  g_test_summary (
    "From calm to alarm each step is clearly lighter, or clearly darker, than the one "
    "before, for everybody, and further from the ground");
  for (int dark = 0; dark < 2; dark++)
    for (gsize sight = 0; sight < G_N_ELEMENTS (sights); sight++)
      {
        GroveColours colours;
        double       last;

        if (dark)
          grove_colours_init_dark (&colours);
        else
          grove_colours_init_light (&colours);
        grove_colours_set_map (&colours, map);
        last = get_lightness (&colours.steps[1], sights[sight].matrix);
        for (int i = 2; i < GROVE_COLOUR_STEPS; i++)
          {
            const double lightness = get_lightness (&colours.steps[i], sights[sight].matrix);

            g_test_message ("%s, %s, step %d: %.1f, then %.1f", dark ? "dark" : "light",
                            sights[sight].name, i, last, lightness);
            g_assert_cmpfloat (dark ? lightness - last : last - lightness, >=, 7);
            last = lightness;
          }
      }
}

static void
test_names (void)
{
  for (guint i = 0; i < GROVE_N_COLOUR_MAPS; i++)
    g_assert_cmpuint (grove_colour_map_from_name (grove_colour_map_get_name (i)), ==, i);
  g_assert_cmpuint (grove_colour_map_from_name ("rainbow"), ==, GROVE_COLOUR_MAP_STANDARD);
  g_assert_cmpuint (grove_colour_map_from_name (NULL), ==, GROVE_COLOUR_MAP_STANDARD);
}

static void
test_standard (void)
{
  GroveColours colours;

  g_test_summary ("The standard map is made of the style sheet's colours");
  grove_colours_init_light (&colours);
  g_assert_cmpmem (&colours.steps[1], sizeof (GroveColour), &colours.accent, sizeof (GroveColour));
  g_assert_cmpmem (&colours.steps[5], sizeof (GroveColour), &colours.error, sizeof (GroveColour));
  grove_colours_set_map (&colours, GROVE_COLOUR_MAP_COLOUR_BLIND);
  g_assert_cmpfloat (colours.steps[5].red, !=, colours.error.red);
  grove_colours_set_map (&colours, GROVE_COLOUR_MAP_STANDARD);
  g_assert_cmpmem (&colours.steps[5], sizeof (GroveColour), &colours.error, sizeof (GroveColour));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  for (guint map = GROVE_COLOUR_MAP_COLOUR_BLIND; map < GROVE_N_COLOUR_MAPS; map++)
    {
      g_autofree char *path =
        g_strdup_printf ("/observer/colours/steps/%s", grove_colour_map_get_name (map));

      g_test_add_data_func (path, GUINT_TO_POINTER (map), test_steps);
    }
  g_test_add_func ("/observer/colours/names", test_names);
  g_test_add_func ("/observer/colours/standard", test_standard);
  return g_test_run ();
}
