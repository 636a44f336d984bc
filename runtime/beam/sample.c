/* SPDX-License-Identifier: MIT
 *
 * What changes all the time: the node as a whole, and processes that are watched. The protocol
 * wants these at once, so the last answer is told and the next one asked for; what nobody wants any
 * more is not asked for any longer.
 *
 * Threads: the server's.
 */
#include "runtime/beam/source-private.h"

#include "runtime/beam/must.h"
#include "runtime/beam/value.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Samples are taken this far apart at least; a process nobody asked about for so long is forgotten.
 */
#define SPAN_NS    UINT64_C (200000000)
#define FORGET_NS  UINT64_C (30000000000)
#define SAMPLE_MAX ((size_t) 1 << 20)
/* What observing costs is told over so long at least. */
#define COSTS_NS 3000000000.0
/* What may be unknown of a schedulers' list. */
#define MAX_SCHEDULERS 256

/* What is larger than any sample is none. */
static void
keep (struct grove_buffer *buffer, struct grove_term term)
{
  buffer->size = 0;
  if (term.size <= SAMPLE_MAX && grove_term_type (term) == GROVE_TERM_MAP)
    memcpy (grove_buffer_extend (buffer, term.size), term.bytes, term.size);
}

/* ---- The node
 * ------------------------------------------------------------------------------------
 */

/* The sums that the cost is told by. */
static void
note_costs (struct beam_source *self)
{
  const struct grove_term now = grove_buffer_term (&self->sample);
  const struct beam_costs costs = {
    .t = beam_map_int (now, "t"),
    .cpu_ms = beam_map_int (now, "cpu_ms"),
    .reductions = beam_map_int (now, "reductions"),
    .ours = beam_map_int (now, "cost_reductions"),
    .handler_ns = beam_map_int (now, "cost_ns"),
  };

  if (self->costs_then.t == 0)
    self->costs_then = self->costs_since = costs;
  else if ((double) costs.t - (double) self->costs_then.t >= COSTS_NS)
    {
      self->costs_since = self->costs_then;
      self->costs_then = costs;
    }
  self->costs = costs;
}

static void
sampled (const struct beam_answer *answer, void *user_data)
{
  struct beam_source *self = user_data;
  struct grove_buffer oldest = self->before;

  self->sampling = false;
  if (!answer->ok)
    return;
  self->before = self->sample;
  self->sample = oldest;
  keep (&self->sample, answer->result);
  note_costs (self);
  beam_source_set_clock (self, beam_map_int (answer->result, "t"));
}

void
beam_sample_ask (struct beam_source *self)
{
  struct beam_params params;

  if (self->sampling)
    return;
  self->sampling = true;
  self->sampled_ns = beam_now_ns ();
  beam_params_begin (&params);
  (void) beam_agent_ask (self->agent, "sample", beam_params_end (&params), sampled, self);
  beam_params_finish (&params);
}

static double
change_of (struct grove_term now, struct grove_term before, const char *key)
{
  return (double) beam_minus (beam_map_int (now, key), beam_map_int (before, key));
}

static double
rate (struct grove_term now, struct grove_term before, const char *key)
{
  const double passed_s = change_of (now, before, "t") / 1e9;
  const double change = change_of (now, before, key);

  return before.size > 0 && passed_s > 0 && change > 0 ? round (change / passed_s * 10) / 10 : 0;
}

/* Of [Active, Total], the part of the time since @before. */
static double
share_of (struct grove_term now, struct grove_term before)
{
  int64_t active = 0, total = 0, old_active = 0, old_total = 0;

  if (!grove_match (now, "[~l, ~l]", &active, &total) ||
      !grove_match (before, "[~l, ~l]", &old_active, &old_total) || total <= old_total)
    return 0;
  return fmin (fmax ((double) beam_minus (active, old_active) /
                       (double) beam_minus (total, old_total),
                     0),
               1);
}

/* Each scheduler's share of the time since the sample before, of [[Active, Total], ...]. */
static void
write_schedulers (struct grove_writer *writer, struct grove_term now, struct grove_term before)
{
  struct grove_term   list, old_list, pair, old_pair;
  struct grove_cursor cursor, old_cursor;
  bool                has_old =
    beam_map_get (before, "wall", &old_list) && grove_cursor_init (&old_cursor, old_list);

  grove_writer_name (writer, "schedulers");
  grove_writer_begin_array (writer);
  if (beam_map_get (now, "wall", &list) && grove_cursor_init (&cursor, list))
    while (grove_cursor_next (&cursor, &pair))
      {
        has_old = has_old && grove_cursor_next (&old_cursor, &old_pair);
        grove_writer_real (writer, has_old ? round (share_of (pair, old_pair) * 1000) / 1000 : 0);
      }
  grove_writer_end_array (writer);
}

/* What the agent costs the node: of the time that the node's threads had from the machine the part
 * that its reductions are of all, and the time that its handler takes in those who log. Over some
 * seconds, since that time is known in milliseconds. */
static void
write_observing (struct grove_writer *writer, const struct beam_source *self)
{
  const struct beam_costs *now = &self->costs, *since = &self->costs_since;
  const double             passed_ns = (double) now->t - (double) since->t;
  const double             cpu_ns = ((double) now->cpu_ms - (double) since->cpu_ms) * 1e6;
  const double             handler_ns = (double) now->handler_ns - (double) since->handler_ns;
  const double             ours = (double) now->ours - (double) since->ours;
  const double             all = (double) now->reductions - (double) since->reductions;
  const double             share = all > 0 ? fmin (fmax (ours, 0) / all, 1) * fmax (cpu_ns, 0) : 0;

  if (passed_ns <= 0)
    return;
  grove_writer_name (writer, "observing");
  grove_writer_begin_object (writer);
  grove_writer_member_real (writer, "cpu",
                            round ((fmax (handler_ns, 0) + share) / passed_ns * 10000) / 10000);
  grove_writer_member_int (writer, "sessions",
                           beam_map_int (grove_buffer_term (&self->sample), "observers"));
  grove_writer_end_object (writer);
}

/* Stacks, mailboxes and control blocks are in what the BEAM says of heaps. */
static void
write_memory (struct grove_writer *writer, struct grove_term now)
{
  static const char *const kinds[] = { "total", "heaps", "binaries", "tables",
                                       "code",  "atoms", "rest" };
  static const char *const in_heaps[] = { "stacks", "mailboxes", "control" };
  struct grove_term        memory;
  const bool               known = beam_map_get (now, "memory", &memory);

  grove_writer_name (writer, "memory");
  grove_writer_begin_object (writer);
  for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++)
    grove_writer_member_int (writer, kinds[i], known ? beam_map_int (memory, kinds[i]) : 0);
  for (size_t i = 0; i < sizeof in_heaps / sizeof in_heaps[0]; i++)
    grove_writer_member_int (writer, in_heaps[i], 0);
  grove_writer_end_object (writer);
}

void
beam_system_sample (void *data, struct grove_writer *writer)
{
  struct beam_source *self = data;
  struct grove_term   now = grove_buffer_term (&self->sample);
  struct grove_term   before = grove_buffer_term (&self->before);

  if (beam_now_ns () - self->sampled_ns >= SPAN_NS)
    beam_sample_ask (self);
  grove_writer_member_int (writer, "t", beam_map_int (now, "t"));
  grove_writer_member_int (writer, "processes", beam_map_int (now, "processes"));
  grove_writer_member_int (writer, "max_processes", beam_map_int (now, "max_processes"));
  grove_writer_member_int (writer, "run_queue", beam_map_int (now, "run_queue"));
  write_schedulers (writer, now, before);
  write_memory (writer, now);
  grove_writer_member_real (writer, "reductions/s", rate (now, before, "reductions"));
  grove_writer_member_int (writer, "crashes", (int64_t) beam_happened_crashes (self->happened));
  grove_writer_member_int (writer, "restarts", (int64_t) beam_happened_restarts (self->happened));
  grove_writer_member_real (writer, "collections/s", rate (now, before, "collections"));
  grove_writer_member_real (writer, "bytes_in/s", rate (now, before, "bytes_in"));
  grove_writer_member_real (writer, "bytes_out/s", rate (now, before, "bytes_out"));
  write_observing (writer, self);
}

struct info_question
{
  struct beam_source *source;
  struct grove_call  *call;
};

static void
informed (const struct beam_answer *answer, void *user_data)
{
  struct info_question *question = user_data;
  struct beam_source   *self = question->source;
  struct grove_writer  *writer;
  struct grove_term     hello = grove_buffer_term (&self->hello), applications;
  char                  release[16];

  if (!answer->ok)
    {
      grove_call_fail (question->call, answer->code, NULL, "%s", answer->text);
      free (question);
      return;
    }
  beam_map_text (hello, "otp", release, sizeof release);
  writer = grove_call_begin (question->call);
  grove_writer_begin_object (writer);
  grove_writer_member_text (writer, "name", self->name);
  grove_writer_member_text (writer, "version", release);
  grove_writer_member_text (writer, "kind", "beam");
  grove_writer_member_text (writer, "instance", self->instance);
  grove_writer_member_int (writer, "os_pid", beam_map_int (hello, "os_pid"));
  grove_writer_member_int (writer, "schedulers", beam_map_int (answer->result, "schedulers"));
  grove_writer_member_int (writer, "uptime_ns", beam_map_int (answer->result, "uptime_ns"));
  grove_writer_member_int (writer, "word_size", beam_map_int (answer->result, "word_size"));
  grove_writer_member_int (writer, "max_processes", beam_map_int (answer->result, "max_processes"));
  grove_writer_name (writer, "applications");
  if (beam_map_get (answer->result, "applications", &applications))
    beam_write_json (writer, applications, &beam_plain_style);
  else
    grove_writer_null (writer);
  grove_writer_end_object (writer);
  grove_call_end (question->call);
  free (question);
}

void
beam_system_info (void *data, struct grove_call *call)
{
  struct beam_source   *self = data;
  struct info_question *question = malloc (sizeof *question);
  struct beam_params    params;

  if (question == NULL)
    abort ();
  *question = (struct info_question){ self, call };
  beam_params_begin (&params);
  (void) beam_agent_ask (self->agent, "info", beam_params_end (&params), informed, question);
  beam_params_finish (&params);
}

/* ---- Processes that are watched
 * ------------------------------------------------------------------
 */

static void
watched_answered (const struct beam_answer *answer, void *user_data)
{
  struct beam_watched *watched = user_data;

  watched->asking = false;
  if (answer->ok)
    keep (&watched->sample, answer->result);
  else if (answer->code == GROVE_ERROR_INVALID_PARAMS || answer->code == GROVE_ERROR_NO_PROCESS)
    {
      watched->sample.size = 0;
      beam_must (grove_build (&watched->sample, "#{t => ~l, exited => null}",
                              (int64_t) beam_now_ns () + watched->source->offset_ns) == GROVE_OK);
    }
}

static void
ask_watched (struct beam_watched *watched)
{
  struct beam_params params;

  if (watched->asking)
    return;
  watched->asking = true;
  beam_params_begin (&params);
  beam_params_text (&params, "pid", watched->pid);
  (void) beam_agent_ask (watched->source->agent, "watch", beam_params_end (&params),
                         watched_answered, watched);
  beam_params_finish (&params);
}

static void
forget_old (struct beam_source *self)
{
  for (struct beam_watched **at = &self->watched; *at != NULL;)
    {
      struct beam_watched *watched = *at;

      if (watched->asking || beam_now_ns () - watched->used_ns < FORGET_NS)
        {
          at = &watched->next;
          continue;
        }
      *at = watched->next;
      grove_buffer_finish (&watched->sample);
      free (watched);
    }
}

static struct beam_watched *
find_watched (struct beam_source *self, const char *pid)
{
  struct beam_watched *watched;

  for (watched = self->watched; watched != NULL; watched = watched->next)
    if (strcmp (watched->pid, pid) == 0)
      return watched;
  forget_old (self);
  watched = calloc (1, sizeof *watched);
  if (watched == NULL)
    abort ();
  (void) snprintf (watched->pid, sizeof watched->pid, "%s", pid);
  watched->source = self;
  watched->next = self->watched;
  self->watched = watched;
  return watched;
}

/* What the node says besides would be in the way of what the server says. */
static const char *const members[] = { "name",       "status",       "priority",
                                       "messages",   "heap_bytes",   "stack_bytes",
                                       "reductions", "memory_bytes", "trap_exit" };

bool
beam_process_sample (void                        *data,
                     const char                  *pid,
                     struct grove_writer         *writer,
                     struct grove_process_counts *ret_counts)
{
  struct beam_source  *self = data;
  struct beam_watched *watched = find_watched (self, pid);
  struct grove_term    sample = grove_buffer_term (&watched->sample), value;

  watched->used_ns = beam_now_ns ();
  ask_watched (watched);
  memset (ret_counts, 0, sizeof *ret_counts);
  if (sample.size == 0)
    {
      grove_writer_member_int (writer, "t", (int64_t) beam_now_ns () + self->offset_ns);
      return true;
    }
  grove_writer_member_int (writer, "t", beam_map_int (sample, "t"));
  for (size_t i = 0; i < sizeof members / sizeof members[0]; i++)
    if (beam_map_get (sample, members[i], &value))
      {
        grove_writer_name (writer, members[i]);
        beam_write_json (writer, value, &beam_plain_style);
      }
  if (beam_map_get (sample, "exited", &value))
    beam_happened_write_end (self->happened, pid, writer);
  ret_counts->at_ns = (uint64_t) beam_map_int (sample, "t");
  ret_counts->reductions = (uint64_t) beam_map_int (sample, "reductions");
  return !beam_map_get (sample, "exited", &value);
}

void
beam_watched_free (struct beam_source *self)
{
  while (self->watched != NULL)
    {
      struct beam_watched *watched = self->watched;

      self->watched = watched->next;
      grove_buffer_finish (&watched->sample);
      free (watched);
    }
}
