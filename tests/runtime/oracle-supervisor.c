/* SPDX-License-Identifier: MIT
 *
 * The facts about supervisors, see oracle-otp.c.
 */
#include "oracle-otp.h"

#include <string.h>

#define MAX_CHILDREN 3

/* ---- Starting -------------------------------------------------------------------------------- */

/* A supervisor whose children's arguments are kept while it starts. */
struct plan
{
  struct grove_supervisor_spec spec;
  struct grove_child_spec      children[MAX_CHILDREN];
  struct probe                 probes[MAX_CHILDREN];
};

static struct plan
plan (void)
{
  return (struct plan){ .spec = GROVE_SUPERVISOR_DEFAULTS };
}

static struct grove_child_spec *
add (struct plan *self, const char *id, enum probe_kind kind, enum grove_restart restart)
{
  size_t i = self->spec.n_children++;

  self->probes[i].kind = kind;
  memcpy (self->probes[i].id, id, strlen (id) + 1);
  self->children[i] = (struct grove_child_spec) GROVE_CHILD_DEFAULTS;
  self->children[i].id = self->probes[i].id;
  self->children[i].start = probe_start;
  self->children[i].restart = restart;
  return &self->children[i];
}

/* `a` to `c`, permanent. */
static void
add_many (struct plan *self, size_t n)
{
  static const char *const ids[] = { "a", "b", "c" };

  for (size_t i = 0; i < n; i++)
    add (self, ids[i], PROBE_CHILD, GROVE_PERMANENT);
}

static enum grove_status
start (struct plan *self, grove_pid *ret_pid, struct grove_buffer *ret_reason)
{
  self->spec.children = self->children;
  for (size_t i = 0; i < self->spec.n_children; i++)
    {
      self->children[i].arg = &self->probes[i];
      self->children[i].arg_size = sizeof self->probes[i];
    }
  return grove_supervisor_start (&self->spec, ret_pid, ret_reason);
}

/* What its children tell of their start comes into the mailbox. */
static grove_pid
started (struct plan *self)
{
  grove_pid pid;

  grove_assert (start (self, &pid, NULL) == GROVE_OK);
  return pid;
}

/* What there is to hear of it then. */
static struct grove_term
shut_down (grove_pid supervisor)
{
  grove_exit_process (supervisor, "shutdown");
  return collect_after (supervisor);
}

/* ---- Looking --------------------------------------------------------------------------------- */

/* [Id, ...] of the children that @cursor is about to come to; [{Id, Pid}, ...] if @with_pids. */
static void
put_ids (struct grove_buffer *out, struct grove_cursor *cursor, bool with_pids)
{
  struct grove_buffer others = { NULL };
  struct grove_term   child, id, pid;

  if (!grove_cursor_next (cursor, &child))
    {
      grove_assert (grove_build (out, "[]") == GROVE_OK);
      return;
    }
  grove_assert (grove_match (child, "{~t, ~t, _, _}", &id, &pid));
  put_ids (&others, cursor, with_pids);
  if (with_pids)
    grove_assert (grove_build (out, "[{~t, ~t} | ~t]", id, pid, grove_buffer_term (&others)) ==
                  GROVE_OK);
  else
    grove_assert (grove_build (out, "[~t | ~t]", id, grove_buffer_term (&others)) == GROVE_OK);
  grove_buffer_finish (&others);
}

static void
put_children (struct grove_buffer *out, grove_pid supervisor, bool with_pids)
{
  struct grove_message *reply;
  struct grove_cursor   cursor;

  grove_assert (grove_call (supervisor, GROVE_FOREVER, &reply, "which_children") == GROVE_OK);
  grove_assert (grove_cursor_init (&cursor, grove_message_term (reply)));
  put_ids (out, &cursor, with_pids);
  grove_message_free (reply);
}

static void
put_count (struct grove_buffer *out, grove_pid supervisor)
{
  struct grove_message *reply;

  grove_assert (grove_call (supervisor, GROVE_FOREVER, &reply, "count_children") == GROVE_OK);
  grove_assert (grove_build (out, "~t", grove_message_term (reply)) == GROVE_OK);
  grove_message_free (reply);
}

struct search
{
  const char *id;
  grove_pid   pid;
};

static void
find (const struct grove_child_info *child, void *user_data)
{
  struct search *search = user_data;

  if (strcmp (child->id, search->id) == 0)
    search->pid = child->pid;
}

/* 0: it does not run. */
static grove_pid
child_of (grove_pid supervisor, const char *id)
{
  struct search search = { .id = id };

  grove_assert (grove_supervisor_which_children (supervisor, find, &search) == GROVE_OK);
  return search.pid;
}

/* Waits until the supervisor has done what it does about the end of @child, in whose place another
 * stands then, or nobody. */
static void
settled (grove_pid supervisor, const char *id, grove_pid child)
{
  while (child_of (supervisor, id) == child)
    grove_yield ();
}

/* The same, after it was killed. */
static void
kill_child (grove_pid supervisor, const char *id)
{
  grove_pid child = child_of (supervisor, id);

  grove_exit_process (child, "kill");
  settled (supervisor, id, child);
}

/* ---- P: what they do about an end ------------------------------------------------------------ */

static void
order (void)
{
  struct plan         abc = plan ();
  struct grove_buffer text = { NULL };
  grove_pid           pid;

  add_many (&abc, 3);
  pid = started (&abc);
  say ("P01 start order", "~t", collect ());
  put_children (&text, pid, false);
  say ("P02 which_children ids", "~t", grove_buffer_term (&text));
  text.size = 0;
  put_count (&text, pid);
  say ("P03 count", "~t", grove_buffer_term (&text));
  grove_buffer_finish (&text);
  say ("P04 stop order + sup exit", "~t", shut_down (pid));
}

static void
say_strategy (const char *fact, enum grove_strategy strategy)
{
  struct plan abc = plan ();
  grove_pid   pid;

  abc.spec.strategy = strategy;
  add_many (&abc, 3);
  pid = started (&abc);
  collect ();
  kill_child (pid, "b");
  say (fact, "~t", collect ());
  shut_down (pid);
}

static void
intensities (void)
{
  struct plan         zero = plan (), one = plan ();
  struct grove_buffer first = { NULL };
  grove_pid           pid;

  zero.spec.intensity = 0;
  add_many (&zero, 1);
  pid = started (&zero);
  collect ();
  grove_exit_process (child_of (pid, "a"), "kill");
  say ("P07 intensity 0, one crash", "~t", collect_after (pid));
  add_many (&one, 1);
  pid = started (&one);
  collect ();
  kill_child (pid, "a");
  put_all (&first);
  grove_exit_process (child_of (pid, "a"), "kill");
  say ("P08 intensity 1: first, second crash", "{~t, ~t}", grove_buffer_term (&first),
       collect_after (pid));
  grove_buffer_finish (&first);
}

static void
failing (void)
{
  struct plan         ab = plan ();
  struct grove_buffer reason = { NULL };
  grove_pid           pid;

  add_many (&ab, 1);
  add (&ab, "b", PROBE_FAILING, GROVE_PERMANENT);
  grove_assert (start (&ab, &pid, &reason) == GROVE_ERR_EXITED);
  say ("P09 second child fails to start", "{{error, ~t}, ~t}", grove_buffer_term (&reason),
       collect ());
  grove_buffer_finish (&reason);
}

static const char *
answer (enum grove_status status)
{
  return status == GROVE_OK            ? "ok"
         : status == GROVE_ERR_NO_NAME ? "not_found"
         : status == GROVE_ERR_BADARG  ? "badarg"
                                       : "other";
}

/* As Erlang has it: ok, or {error, Reason}. */
static void
put_answer (struct grove_buffer *out, enum grove_status status)
{
  if (status == GROVE_OK)
    grove_assert (grove_build (out, "ok") == GROVE_OK);
  else
    grove_assert (grove_build (out, "{error, ~a}", answer (status)) == GROVE_OK);
}

/* @pid: has an `a`, which does not run. */
static void
administration (grove_pid pid)
{
  struct grove_buffer answers[5] = { { NULL } };
  grove_pid           again;

  put_answer (&answers[0], grove_supervisor_terminate_child (pid, "a"));
  put_answer (&answers[1], grove_supervisor_terminate_child (pid, "a"));
  put_answer (&answers[2], grove_supervisor_delete_child (pid, "a"));
  put_answer (&answers[3], grove_supervisor_restart_child (pid, "a", &again));
  put_answer (&answers[4], grove_supervisor_terminate_child (pid, "zzz"));
  say ("P12 terminate twice / delete / restart missing", "{~t, ~t, ~t, ~t, ~t}",
       grove_buffer_term (&answers[0]), grove_buffer_term (&answers[1]),
       grove_buffer_term (&answers[2]), grove_buffer_term (&answers[3]),
       grove_buffer_term (&answers[4]));
  for (unsigned i = 0; i < 5; i++)
    grove_buffer_finish (&answers[i]);
}

static void
kinds_of_restart (void)
{
  struct plan         ab = plan ();
  struct grove_buffer told = { NULL }, children = { NULL };
  grove_pid           pid, child;

  add (&ab, "a", PROBE_CHILD, GROVE_TRANSIENT);
  add (&ab, "b", PROBE_CHILD, GROVE_TEMPORARY);
  pid = started (&ab);
  collect ();
  kill_child (pid, "b");
  put_all (&told);
  put_children (&children, pid, false);
  say ("P10 temporary killed: which", "{~t, ~t}", grove_buffer_term (&told),
       grove_buffer_term (&children));
  told.size = children.size = 0;
  child = child_of (pid, "a");
  grove_cast (child, "{stop, normal}");
  settled (pid, "a", child);
  put_all (&told);
  put_children (&children, pid, true);
  say ("P11 transient normal: which", "{~t, ~t}", grove_buffer_term (&told),
       grove_buffer_term (&children));
  grove_buffer_finish (&told);
  grove_buffer_finish (&children);
  administration (pid);
  shut_down (pid);
}

static void
significant (void)
{
  struct plan ab = plan ();
  grove_pid   pid;

  ab.spec.auto_shutdown = GROVE_AUTO_SHUTDOWN_ANY;
  add (&ab, "a", PROBE_CHILD, GROVE_TRANSIENT)->significant = true;
  add (&ab, "b", PROBE_CHILD, GROVE_PERMANENT);
  pid = started (&ab);
  collect ();
  grove_cast (child_of (pid, "a"), "{stop, normal}");
  say ("P13 significant transient normal", "~t", collect_after (pid));
}

/* ---- P: what they are asked ------------------------------------------------------------------ */

/* {error, {Kind, What}}, of {What, _} only the first. */
static struct grove_term
put_refusal (struct grove_buffer *out, struct plan *self)
{
  struct grove_buffer reason = { NULL };
  struct grove_term   kind, what, first;
  grove_pid           pid;

  grove_assert (start (self, &pid, &reason) == GROVE_ERR_BADARG);
  grove_assert (grove_match (grove_buffer_term (&reason), "{~t, ~t}", &kind, &what));
  if (grove_match (what, "{~t, _}", &first))
    what = first;
  grove_assert (grove_build (out, "{error, {~t, ~t}}", kind, what) == GROVE_OK);
  grove_buffer_finish (&reason);
  return grove_buffer_term (out);
}

static void
refusals (void)
{
  struct grove_buffer text[6] = { { NULL } };
  struct grove_term   term[6];
  struct plan         plans[6];

  for (unsigned i = 0; i < 6; i++)
    plans[i] = plan ();
  add (&plans[0], "a", PROBE_CHILD, GROVE_TRANSIENT)->significant = true;
  plans[1].spec.auto_shutdown = GROVE_AUTO_SHUTDOWN_ANY;
  add (&plans[1], "a", PROBE_CHILD, GROVE_PERMANENT)->significant = true;
  plans[2].spec.strategy = (enum grove_strategy) 17;
  plans[3].spec.period_s = 0;
  add (&plans[4], "a", PROBE_CHILD, GROVE_PERMANENT);
  add (&plans[4], "a", PROBE_CHILD, GROVE_PERMANENT);
  plans[5].spec.strategy = GROVE_SIMPLE_ONE_FOR_ONE;
  for (unsigned i = 0; i < 6; i++)
    term[i] = put_refusal (&text[i], &plans[i]);
  say ("P14 bad combos", "[~t, ~t, ~t, ~t, ~t, ~t]", term[0], term[1], term[2], term[3], term[4],
       term[5]);
  for (unsigned i = 0; i < 6; i++)
    grove_buffer_finish (&text[i]);
}

static void
dynamic (void)
{
  const struct probe  k1 = { .kind = PROBE_CHILD, .id = "k1" };
  struct plan         any = plan ();
  struct grove_buffer ids = { NULL }, count = { NULL }, answers[5] = { { NULL } };
  grove_pid           pid, child, again;

  any.spec.strategy = GROVE_SIMPLE_ONE_FOR_ONE;
  add (&any, "x", PROBE_CHILD, GROVE_TEMPORARY);
  pid = started (&any);
  grove_assert (grove_supervisor_start_dynamic (pid, &k1, sizeof k1, &child, NULL) == GROVE_OK);
  collect ();
  put_children (&ids, pid, false);
  put_count (&count, pid);
  put_answer (&answers[0], grove_supervisor_terminate_child (pid, "x"));
  put_answer (&answers[1], grove_supervisor_terminate_dynamic (pid, child));
  put_answer (&answers[2], grove_supervisor_terminate_dynamic (pid, child));
  put_answer (&answers[3], grove_supervisor_restart_child (pid, "x", &again));
  put_answer (&answers[4], grove_supervisor_delete_child (pid, "x"));
  say ("P15 s1f1 which/count/terminate by id/pid/again", "{~t, ~t, ~t, ~t, ~t, ~t, ~t}",
       grove_buffer_term (&ids), grove_buffer_term (&count), grove_buffer_term (&answers[0]),
       grove_buffer_term (&answers[1]), grove_buffer_term (&answers[2]),
       grove_buffer_term (&answers[3]), grove_buffer_term (&answers[4]));
  for (unsigned i = 0; i < 5; i++)
    grove_buffer_finish (&answers[i]);
  grove_buffer_finish (&ids);
  grove_buffer_finish (&count);
  shut_down (pid);
}

/* The value of @key in a dictionary. */
static struct grove_term
value_of (struct grove_term dictionary, const char *key)
{
  struct grove_cursor cursor;
  struct grove_term   pair, name, value;

  grove_assert (grove_match (dictionary, "{dictionary, ~t}", &pair) &&
                grove_cursor_init (&cursor, pair));
  while (grove_cursor_next (&cursor, &pair))
    if (grove_match (pair, "{~t, ~t}", &name, &value) && grove_term_is_atom (name, key))
      return value;
  grove_assert (!"a key that is there");
  return dictionary;
}

static void
origins (void)
{
  struct plan           a = plan ();
  struct grove_message *dictionary;
  struct grove_term     term;
  grove_pid             pid, parent = 0, first = 0;

  add_many (&a, 1);
  pid = started (&a);
  grove_assert (grove_process_info (child_of (pid, "a"), "dictionary", &dictionary) == GROVE_OK);
  term = grove_message_term (dictionary);
  grove_assert (grove_match (value_of (term, "$ancestors"), "[~p, ~p]", &parent, &first));
  say ("P16 supervisor registered ancestors", "{[~a, ~a], ~t}", boolean (parent == pid),
       boolean (first == grove_self ()), value_of (term, "$initial_call"));
  grove_message_free (dictionary);
  shut_down (pid);
}

static void
stubborn (void)
{
  struct plan       a = plan ();
  struct grove_term told;
  uint64_t          began_ns;
  grove_pid         pid;

  add (&a, "a", PROBE_STUBBORN, GROVE_PERMANENT)->shutdown_ms = 50;
  pid = started (&a);
  collect ();
  began_ns = grove_now_ns ();
  told = shut_down (pid);
  say ("P17 shutdown timeout 50ms stubborn child", "{~t, ~a}", told,
       boolean (grove_now_ns () - began_ns >= 50 * MILLISECOND_NS));
}

void
supervisors (void)
{
  order ();
  say_strategy ("P05 rest_for_one kill b", GROVE_REST_FOR_ONE);
  say_strategy ("P06 one_for_all kill b", GROVE_ONE_FOR_ALL);
  intensities ();
  failing ();
  kinds_of_restart ();
  significant ();
  refusals ();
  dynamic ();
  origins ();
  stubborn ();
}
