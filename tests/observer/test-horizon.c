/* SPDX-License-Identifier: MIT
 *
 * The last minutes of a mailbox: how what the system says and what was seen before are joined.
 */
#include "observer/grove-horizon.h"

static void
take (GroveHorizon *horizon, guint n, guint32 value, gint64 end_s)
{
  guint32 values[60];

  for (guint i = 0; i < n; i++)
    values[i] = value;
  grove_horizon_take (horizon, values, n, end_s);
}

static void
test_grows (void)
{
  GroveHorizon horizon = { 0 };

  take (&horizon, 10, 7, 1000);
  g_assert_cmpuint (horizon.n, ==, 10);
  g_assert_cmpuint (grove_horizon_get (&horizon, 0), ==, 7);
  /* The same minute again, a second later: only one is new. */
  take (&horizon, 10, 9, 1001);
  g_assert_cmpuint (horizon.n, ==, 11);
  g_assert_cmpuint (grove_horizon_get (&horizon, 0), ==, 7);
  g_assert_cmpuint (grove_horizon_get (&horizon, 1), ==, 9);
  /* More of the past than was known. */
  take (&horizon, 60, 3, 1001);
  g_assert_cmpuint (horizon.n, ==, 60);
  g_assert_cmpuint (grove_horizon_get (&horizon, 0), ==, 3);
  for (gint64 at = 1002; at < 1600; at++)
    take (&horizon, 60, (guint32) at, at);
  g_assert_cmpuint (horizon.n, ==, GROVE_HORIZON_LENGTH);
  g_assert_cmpuint (grove_horizon_get (&horizon, GROVE_HORIZON_LENGTH - 1), ==, 1599);
  g_assert_cmpuint (grove_horizon_get_peak (&horizon), ==, 1599);
}

static void
test_gaps (void)
{
  GroveHorizon horizon = { 0 };

  take (&horizon, 5, 7, 1000);
  /* Nothing was heard for 20 seconds: it is drawn as if nothing had changed. */
  take (&horizon, 1, 2, 1021);
  g_assert_cmpuint (horizon.n, ==, 26);
  g_assert_cmpuint (grove_horizon_get (&horizon, 24), ==, 7);
  g_assert_cmpuint (grove_horizon_get (&horizon, 25), ==, 2);
  /* For minutes: nobody knows. */
  take (&horizon, 3, 1, 1500);
  g_assert_cmpuint (horizon.n, ==, 3);
  /* A clock that jumps back is that of another run; one that is late is not. */
  take (&horizon, 3, 4, 1498);
  g_assert_cmpuint (horizon.n, ==, 5);
  g_assert_cmpuint (grove_horizon_get (&horizon, 4), ==, 1);
  take (&horizon, 3, 5, 10);
  g_assert_cmpuint (horizon.n, ==, 3);
  g_assert_cmpuint (grove_horizon_get (&horizon, 0), ==, 5);
  take (&horizon, 0, 5, 11);
  g_assert_cmpuint (horizon.n, ==, 3);
}

static void
test_bands (void)
{
  g_assert_cmpfloat (grove_horizon_get_level (0, 0, 100, 1000), ==, 0);
  g_assert_cmpfloat_with_epsilon (grove_horizon_get_level (50, 0, 100, 1000), 0.5, 1e-9);
  g_assert_cmpfloat (grove_horizon_get_level (50, 1, 100, 1000), ==, 0);
  g_assert_cmpfloat (grove_horizon_get_level (550, 0, 100, 1000), ==, 1);
  g_assert_cmpfloat_with_epsilon (grove_horizon_get_level (550, 1, 100, 1000), 0.5, 1e-9);
  g_assert_cmpfloat (grove_horizon_get_level (G_MAXUINT32, 2, 100, 1000), ==, 1);
  /* Limits that are the same. */
  g_assert_cmpfloat (grove_horizon_get_level (100, 1, 100, 100), ==, 0);
  g_assert_cmpfloat (grove_horizon_get_level (101, 1, 100, 100), ==, 1);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/observer/horizon/grows", test_grows);
  g_test_add_func ("/observer/horizon/gaps", test_gaps);
  g_test_add_func ("/observer/horizon/bands", test_bands);
  return g_test_run ();
}
