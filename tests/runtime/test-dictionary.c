/* SPDX-License-Identifier: MIT
 *
 * The process dictionary. The number in a test's name is the behaviour's in the conformance list.
 */
#include "runtime/core/dictionary.h"

#include "tests/runtime/core-test.h"

#include <stdatomic.h>
#include <string.h>

static bool
value_is (const char *key, const char *text)
{
  struct grove_term value;
  char              printed[256];

  if (!grove_get (key, &value))
    return false;
  grove_term_print (value, GROVE_SYNTAX_ERLANG, 16, printed, sizeof printed, NULL);
  return strcmp (printed, text) == 0;
}

static void
test_put_get_erase (void *arg)
{
  struct grove_term value = { NULL };

  (void) arg;
  g_assert_false (grove_get ("key", &value));
  g_assert_false (grove_erase ("key"));
  g_assert_null (value.bytes);
  g_assert_cmpint (grove_put ("key", "{order, ~i, ~s}", 17, "tea"), ==, GROVE_OK);
  g_assert_true (value_is ("key", "{order,17,<<\"tea\">>}"));
  g_assert_true (grove_get ("key", NULL));
  g_assert_cmpint (grove_put ("key", "other"), ==, GROVE_OK);
  g_assert_true (value_is ("key", "other"));
  g_assert_false (grove_get ("ke", NULL));
  g_assert_true (grove_erase ("key"));
  g_assert_false (grove_erase ("key"));
  g_assert_false (grove_get ("key", NULL));
}

/* Keys are terms, the same where Erlang says that they are. */
static void
test_terms (void *arg)
{
  static const char *const keys[] = { "1",   "1.0",     "one",         "{cache, 1}",   "{cache, 2}",
                                      "[1]", "\"abc\"", "<<\"one\">>", "#{a => 1}",    "{}",
                                      "[]",  "-1",      "{1, {2}}",    "'caf\xc3\xa9'" };
  struct grove_buffer      buffers[G_N_ELEMENTS (keys)] = { 0 };
  struct grove_buffer      value = { NULL };
  static const uint8_t     latin1[] = { 100, 0, 4, 'c', 'a', 'f', 0xe9 };
  struct grove_term        got;
  int                      n;

  (void) arg;
  for (unsigned i = 0; i < G_N_ELEMENTS (keys); i++)
    {
      value.size = 0;
      g_assert_cmpint (grove_build (&buffers[i], keys[i]), ==, GROVE_OK);
      g_assert_cmpint (grove_build (&value, "~i", i), ==, GROVE_OK);
      g_assert_cmpint (grove_put_term (grove_buffer_term (&buffers[i]), grove_buffer_term (&value)),
                       ==, GROVE_OK);
    }
  for (unsigned i = 0; i < G_N_ELEMENTS (keys); i++)
    {
      g_assert_true (grove_get_term (grove_buffer_term (&buffers[i]), &got));
      g_assert_true (grove_match (got, "~i", &n));
      g_assert_cmpint (n, ==, i);
    }
  /* However it is encoded. */
  g_assert_true (grove_get_term ((struct grove_term){ latin1, sizeof latin1 }, &got));
  g_assert_true (grove_match (got, "~i", &n));
  g_assert_cmpint (n, ==, G_N_ELEMENTS (keys) - 1);
  g_assert_true (grove_erase ("one"));
  for (unsigned i = 0; i < G_N_ELEMENTS (keys); i++)
    {
      g_assert_cmpint (grove_erase_term (grove_buffer_term (&buffers[i])), ==,
                       strcmp (keys[i], "one") != 0);
      grove_buffer_finish (&buffers[i]);
    }
  grove_buffer_finish (&value);
}

/* Against a table of GLib, over many keys; the heap is as it was when all are erased. */
static void
test_random (void *arg)
{
  GRand                      *rand = g_rand_new_with_seed (g_test_rand_int ());
  int                         model[300];
  struct grove_process_sample before, after;

  (void) arg;
  for (unsigned i = 0; i < G_N_ELEMENTS (model); i++)
    model[i] = -1;
  g_assert_true (_grove_observe_process (grove_self (), &before));
  for (int round = 0; round < 20000; round++)
    {
      int  k = g_rand_int_range (rand, 0, G_N_ELEMENTS (model));
      int  got;
      char key[16];

      g_snprintf (key, sizeof key, "key %d", k);
      switch (g_rand_int_range (rand, 0, 3))
        {
        case 0:
          g_assert_cmpint (grove_put (key, "~i", round), ==, GROVE_OK);
          model[k] = round;
          break;
        case 1:
          g_assert_cmpint (grove_erase (key), ==, model[k] != -1);
          model[k] = -1;
          break;
        default:
          {
            struct grove_term value;
            g_assert_cmpint (grove_get (key, &value), ==, model[k] != -1);
            if (model[k] != -1)
              {
                g_assert_true (grove_match (value, "~i", &got));
                g_assert_cmpint (got, ==, model[k]);
              }
          }
        }
    }
  for (unsigned k = 0; k < G_N_ELEMENTS (model); k++)
    {
      char key[16];
      g_snprintf (key, sizeof key, "key %u", k);
      grove_erase (key);
    }
  g_assert_true (_grove_observe_process (grove_self (), &after));
  /* But for the table itself. */
  g_assert_cmpuint (after.heap_bytes - before.heap_bytes, <, 8192);
  g_rand_free (rand);
}

static void
test_bad (void *arg)
{
  char                    long_key[2000];
  const struct grove_term none = { NULL, 0 };
  struct grove_term       value;

  (void) arg;
  memset (long_key, 'k', sizeof long_key);
  long_key[sizeof long_key - 1] = '\0';
  g_assert_cmpint (grove_put (NULL, "ok"), ==, GROVE_ERR_BADARG);
  g_assert_cmpint (grove_put (long_key, "ok"), ==, GROVE_ERR_BADARG);
  g_assert_cmpint (grove_put ("\xff", "ok"), ==, GROVE_ERR_BADARG);
  g_assert_cmpint (grove_put ("key", "{"), ==, GROVE_ERR_SYNTAX);
  g_assert_cmpint (grove_put_term (none, none), ==, GROVE_ERR_BADARG);
  g_assert_false (grove_get (NULL, &value));
  g_assert_false (grove_get ("\xff", &value));
  g_assert_false (grove_get_term (none, &value));
  g_assert_false (grove_erase (NULL));
  g_assert_false (grove_erase (long_key));
  g_assert_false (grove_erase_term (none));
  g_assert_false (grove_get ("key", &value));
}

/* The value comes from the dictionary itself. */
static void
test_borrowed (void *arg)
{
  struct grove_term value;

  (void) arg;
  g_assert_cmpint (grove_put ("a", "{x, 1}"), ==, GROVE_OK);
  g_assert_true (grove_get ("a", &value));
  g_assert_cmpint (grove_put ("a", "[~t]", value), ==, GROVE_OK);
  g_assert_true (value_is ("a", "[{x,1}]"));
  g_assert_true (grove_get ("a", &value));
  g_assert_cmpint (grove_put_term (value, value), ==, GROVE_OK);
  g_assert_true (grove_get_term (value, &value));
  g_assert_cmpint (grove_put ("a", "ok"), ==, GROVE_OK);
}

static void
has_its_own (void *arg)
{
  g_assert_false (grove_get ("private", NULL));
  g_assert_cmpint (grove_put ("private", "child"), ==, GROVE_OK);
  grove_send (core_arg_pid (arg), "ready");
  core_idle (NULL);
}

/* Counts the pairs. */
static void
count_pairs (struct grove_inspection *view, void *user_data)
{
  unsigned         *n = user_data;
  struct grove_term key, value;

  while (_grove_inspection_dictionary (view, *n, &key, &value))
    (*n)++;
  /* Back again. */
  g_assert_true (*n == 0 || _grove_inspection_dictionary (view, 0, &key, &value));
}

static _Atomic int n_looked;

static void
looked (enum grove_status status, void *user_data)
{
  (void) status;
  (void) user_data;
  atomic_fetch_add (&n_looked, 1);
}

static unsigned
n_pairs (grove_pid pid)
{
  static unsigned n;
  int             before = atomic_load (&n_looked);

  n = 0;
  _grove_observe_inspect (pid, count_pairs, looked, &n);
  while (atomic_load (&n_looked) == before)
    grove_yield ();
  return n;
}

/* 108: nobody else's, neither of another nor of the next that has the same block. */
static void
test_private (void *arg)
{
  grove_pid pid, next;

  (void) arg;
  g_assert_cmpint (grove_put ("private", "mine"), ==, GROVE_OK);
  pid = _grove_process_spawn_on (1, has_its_own, core_pid_arg (grove_self ()));
  core_expect ("ready");
  g_assert_true (value_is ("private", "mine"));
  g_assert_cmpuint (n_pairs (pid), ==, 1);
  grove_exit_process (pid, "kill");
  core_until_gone (pid);
  for (int i = 0; i < 200; i++)
    {
      next = _grove_process_spawn_on (1, has_its_own, core_pid_arg (grove_self ()));
      core_expect ("ready");
      grove_exit_process (next, "kill");
      core_until_gone (next);
    }
  g_assert_true (value_is ("private", "mine"));
}

static void
test_seen (void *arg)
{
  (void) arg;
  g_assert_cmpuint (n_pairs (grove_self ()), ==, 0);
  for (int i = 0; i < 100; i++)
    {
      char key[16];
      g_snprintf (key, sizeof key, "k%d", i);
      g_assert_cmpint (grove_put (key, "~i", i), ==, GROVE_OK);
    }
  g_assert_cmpuint (n_pairs (grove_self ()), ==, 100);
}

/* Counts for the heap's limit, and leaves nothing behind when that is passed. */
static void
fills (void *arg)
{
  (void) arg;
  for (int i = 0;; i++)
    {
      char key[16];
      g_snprintf (key, sizeof key, "k%d", i);
      grove_put (key, "{some, value, ~i}", i);
    }
}

static void
test_limit (void *arg)
{
  struct grove_spawn_options options = GROVE_SPAWN_DEFAULTS;
  grove_pid                  pid;

  (void) arg;
  options.monitor = true;
  options.max_heap_bytes = 100000;
  g_assert_cmpint (grove_spawn_opt (fills, &options, &pid, NULL), ==, GROVE_OK);
  core_expect ("{'DOWN', _, process, _, heap_limit}");
}

int
main (int argc, char **argv)
{
  static const struct core_case cases[] = {
    { "/runtime/dictionary/put-get-erase-108", test_put_get_erase },
    { "/runtime/dictionary/terms", test_terms },
    { "/runtime/dictionary/random", test_random },
    { "/runtime/dictionary/bad", test_bad },
    { "/runtime/dictionary/borrowed", test_borrowed },
    { "/runtime/dictionary/private-108", test_private },
    { "/runtime/dictionary/seen", test_seen },
    { "/runtime/dictionary/limit-106", test_limit },
  };

  return core_main (argc, argv, cases, G_N_ELEMENTS (cases));
}
