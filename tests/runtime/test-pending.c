/* SPDX-License-Identifier: MIT
 *
 * Questions that wait: who gave up is not waited for, and many cost no more than a few.
 */
#include "runtime/export/runtime-source.h"

#include <glib.h>

/* Answered at its deadline and never before. */
struct question
{
  struct grove_pending pending;
  unsigned            *n_asked, *n_freed;
};

static bool
question_poll (struct grove_pending *pending, uint64_t now_ns)
{
  ++*((struct question *) pending)->n_asked;
  return now_ns >= pending->deadline_ns;
}

static void
question_free (struct grove_pending *pending)
{
  ++*((struct question *) pending)->n_freed;
  g_free (pending);
}

/* Nobody looks into a call here, so any address will do for one. */
static struct grove_call *
call_of (char *place)
{
  return (struct grove_call *) place;
}

static void
wait_long (struct grove_runtime_source *source, char *call, unsigned *n_asked, unsigned *n_freed)
{
  struct question *question = g_new0 (struct question, 1);

  question->pending.source = source;
  question->pending.call = call_of (call);
  question->pending.deadline_ns = UINT64_MAX;
  question->pending.poll = question_poll;
  question->pending.free = question_free;
  question->n_asked = n_asked;
  question->n_freed = n_freed;
  _grove_pending_wait (&question->pending);
}

static void
test_cancel (void)
{
  struct grove_runtime_source *source = g_new0 (struct grove_runtime_source, 1);
  char                         calls[3];
  unsigned                     n_asked = 0, n_freed = 0;

  g_assert_true (_grove_runtime_source_init (source, "test"));
  wait_long (source, &calls[0], &n_asked, &n_freed);
  wait_long (source, &calls[1], &n_asked, &n_freed);
  _grove_pending_dispatch (source);
  g_assert_cmpuint (n_asked, ==, 2);
  g_assert_cmpuint (source->n_waiting, ==, 2);

  _grove_runtime_source_ops.cancel (source, call_of (&calls[2]));
  _grove_pending_dispatch (source);
  g_assert_cmpuint (n_freed, ==, 0);

  _grove_runtime_source_ops.cancel (source, call_of (&calls[0]));
  _grove_pending_dispatch (source);
  g_assert_cmpuint (n_freed, ==, 1);
  g_assert_cmpuint (source->n_waiting, ==, 1);
  g_assert_true (source->waiting->call == call_of (&calls[1]));

  _grove_runtime_source_ops.cancel (source, call_of (&calls[1]));
  _grove_pending_dispatch (source);
  g_assert_cmpuint (n_freed, ==, 2);
  g_assert_cmpuint (source->period_ms, ==, 0);
  _grove_runtime_source_finish (source);
  g_free (source);
}

static void
test_many (void)
{
  struct grove_runtime_source *source = g_new0 (struct grove_runtime_source, 1);
  char                         calls[300];
  unsigned                     n_asked = 0, n_freed = 0;
  uint32_t                     few_ms;

  g_assert_true (_grove_runtime_source_init (source, "test"));
  wait_long (source, &calls[0], &n_asked, &n_freed);
  few_ms = source->period_ms;
  g_assert_cmpuint (few_ms, >, 0);
  for (unsigned i = 1; i < G_N_ELEMENTS (calls); i++)
    wait_long (source, &calls[i], &n_asked, &n_freed);
  g_assert_cmpuint (source->period_ms, >, few_ms);

  for (unsigned i = 1; i < G_N_ELEMENTS (calls); i++)
    _grove_runtime_source_ops.cancel (source, call_of (&calls[i]));
  _grove_pending_dispatch (source);
  g_assert_cmpuint (n_freed, ==, G_N_ELEMENTS (calls) - 1);
  g_assert_cmpuint (source->period_ms, ==, few_ms);

  /* What is left goes with the source; it was answered, or its address would be taken for a call.
   */
  source->waiting->call = NULL;
  _grove_runtime_source_finish (source);
  g_assert_cmpuint (n_freed, ==, G_N_ELEMENTS (calls));
  g_free (source);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/runtime/pending/cancel", test_cancel);
  g_test_add_func ("/runtime/pending/many", test_many);
  return g_test_run ();
}
