/* SPDX-License-Identifier: MIT
 *
 * The small hash of a process's bonds, against a simple model.
 */
#include "runtime/core/relation.h"

#include <glib.h>

static void
test_relation_random (void)
{
  struct grove_relations relations = { 0 };
  uint64_t               model[200] = { 0 }; /* value by key - 1; 0: not there */
  guint32                seed = g_test_rand_int ();
  GRand                 *rand = g_rand_new_with_seed (seed);
  unsigned               n = 0;

  g_test_message ("seed %u", seed);
  for (unsigned step = 0; step < 200000; step++)
    {
      unsigned               index = (unsigned) g_rand_int_range (rand, 0, 200);
      uint64_t               key = (uint64_t) (index + 1) << (index % 3 * 20);
      struct grove_relation *found = _grove_relations_find (&relations, key);

      g_assert_cmpint (found != NULL, ==, model[index] != 0);
      if (found != NULL)
        g_assert_cmpuint (found->value, ==, model[index]);
      /* Grows and shrinks in turn. */
      if (g_rand_int_range (rand, 0, 100) < (step / 1000 % 2 == 0 ? 70 : 30))
        {
          n += model[index] == 0;
          model[index] = step + 1;
          _grove_relations_put (&relations, key, step + 1);
        }
      else
        {
          g_assert_cmpint (_grove_relations_remove (&relations, key), ==, model[index] != 0);
          n -= model[index] != 0;
          model[index] = 0;
        }
      g_assert_cmpuint (relations.n, ==, n);
    }
  _grove_relations_finish (&relations);
  g_rand_free (rand);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/runtime/relation/random", test_relation_random);
  return g_test_run ();
}
