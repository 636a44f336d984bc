/* SPDX-License-Identifier: MIT
 *
 * See source.h. Tables and samples have files of their own.
 */
#include "runtime/beam/source-private.h"

#include "runtime/beam/value.h"
#include "runtime/term/home.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

const struct grove_term_style beam_plain_style = { .max_bytes = 1024 };

/* A question whose answer is a call's. */
struct grove_pending
{
  struct beam_source     *source;
  struct grove_call      *call;
  struct grove_term_style style;
  uint64_t                id;
  struct grove_pending   *next;
};

/* The processes one session suspends. */
struct grove_source_lease
{
  struct beam_source *source;
  char (*pids)[GROVE_SOURCE_PID_SIZE];
  uint32_t n;
};

uint64_t
beam_now_ns (void)
{
  struct timespec now;

  clock_gettime (CLOCK_MONOTONIC, &now);
  return (uint64_t) now.tv_sec * UINT64_C (1000000000) + (uint64_t) now.tv_nsec;
}

void
beam_source_set_clock (struct beam_source *self, int64_t node_ns)
{
  if (node_ns >= 0 && node_ns < INT64_MAX / 2)
    self->offset_ns = node_ns - (int64_t) beam_now_ns ();
}

/* ---- Who it is
 * -----------------------------------------------------------------------------------
 */

static const char *
name (void *self)
{
  return ((struct beam_source *) self)->name;
}

static const char *
instance (void *self)
{
  return ((struct beam_source *) self)->instance;
}

static uint64_t
now_ns (void *data)
{
  const struct beam_source *self = data;

  return (uint64_t) ((int64_t) beam_now_ns () + self->offset_ns);
}

static uint64_t
silent_ns (void *data)
{
  const struct beam_source *self = data;

  return beam_link_silent_ns (self->link);
}

static const char *
absent (void *self, const char *method)
{
  return "grove-beam cannot do this yet";
}

static int
get_fd (void *data)
{
  const struct beam_source *self = data;

  return self->trouble.kind == BEAM_FINE ? beam_link_fd (self->link) : -1;
}

static void
dispatch (void *data)
{
  struct beam_source *self = data;

  if (self->trouble.kind == BEAM_FINE && !beam_agent_turn (self->agent, &self->trouble) &&
      self->over != NULL)
    self->over (self->over_data);
}

/* ---- Calls
 * ---------------------------------------------------------------------------------------
 */

static void
unlist (struct grove_pending *pending)
{
  struct grove_pending **at = &pending->source->pending;

  while (*at != pending)
    at = &(*at)->next;
  *at = pending->next;
}

static void
answered (const struct beam_answer *answer, void *user_data)
{
  struct grove_pending *pending = user_data;

  unlist (pending);
  if (answer->ok)
    {
      /* The node's pids are "<0.83.0>" for who looks at it. */
      _grove_term_set_home (pending->source->name, pending->source->creation);
      beam_write_json (grove_call_begin (pending->call), answer->result, &pending->style);
      _grove_term_set_home (NULL, 0);
      grove_call_end (pending->call);
    }
  else
    grove_call_fail (pending->call, answer->code, answer->data, "%s", answer->text);
  free (pending);
}

void
beam_source_pass (struct beam_source            *self,
                  struct grove_call             *call,
                  const char                    *method,
                  struct beam_params            *params,
                  const struct grove_term_style *style)
{
  struct grove_pending *pending = malloc (sizeof *pending);

  if (pending == NULL)
    abort ();
  *pending = (struct grove_pending){ self, call, *style, 0, self->pending };
  self->pending = pending;
  pending->id = beam_agent_ask (self->agent, method, beam_params_end (params), answered, pending);
  beam_params_finish (params);
}

static void
cancel (void *data, struct grove_call *call)
{
  struct beam_source *self = data;

  for (struct grove_pending *pending = self->pending; pending != NULL; pending = pending->next)
    if (pending->call == call)
      {
        beam_agent_forget (self->agent, pending->id);
        return;
      }
}

static void
begin (struct beam_params *params, const char *pid, const struct grove_expect *expect)
{
  beam_params_begin (params);
  beam_params_text (params, "pid", pid);
  if (expect != NULL && expect->name != NULL)
    beam_params_text (params, "expect_name", expect->name);
}

static void
process_get (void *self, struct grove_call *call, const char *pid)
{
  struct beam_params params;

  begin (&params, pid, NULL);
  beam_source_pass (self, call, "process", &params, &beam_plain_style);
}

static void
process_messages (void                          *self,
                  struct grove_call             *call,
                  const char                    *pid,
                  uint64_t                       offset,
                  uint32_t                       limit,
                  const struct grove_term_style *style)
{
  struct beam_params params;

  begin (&params, pid, NULL);
  beam_params_int (&params, "offset", (int64_t) offset);
  beam_params_int (&params, "limit", limit);
  beam_params_int (&params, "costly", style->costly);
  beam_source_pass (self, call, "messages", &params, style);
}

static void
process_dictionary (void                          *self,
                    struct grove_call             *call,
                    const char                    *pid,
                    uint64_t                       offset,
                    uint32_t                       limit,
                    const struct grove_term_style *style)
{
  struct beam_params params;

  begin (&params, pid, NULL);
  beam_params_int (&params, "offset", (int64_t) offset);
  beam_params_int (&params, "limit", limit);
  beam_source_pass (self, call, "dictionary", &params, style);
}

static void
process_state (void                          *self,
               struct grove_call             *call,
               const char                    *pid,
               const struct grove_term_style *style,
               uint32_t                       timeout_ms)
{
  struct beam_params params;

  begin (&params, pid, NULL);
  beam_params_int (&params, "timeout_ms", timeout_ms);
  beam_source_pass (self, call, "state", &params, style);
}

static void
process_stack (void *self, struct grove_call *call, const char *pid, uint32_t limit)
{
  struct beam_params params;

  begin (&params, pid, NULL);
  beam_params_int (&params, "limit", limit);
  beam_source_pass (self, call, "stack", &params, &beam_plain_style);
}

static void
process_exit (void                      *self,
              struct grove_call         *call,
              const char                *pid,
              const struct grove_expect *expect,
              const char                *reason,
              uint32_t                   wait_ms)
{
  struct beam_params params;

  begin (&params, pid, expect);
  if (reason != NULL)
    beam_params_text (&params, "reason", reason);
  beam_params_int (&params, "wait_ms", wait_ms);
  beam_source_pass (self, call, "exit", &params, &beam_plain_style);
}

static void
process_restart (void                      *self,
                 struct grove_call         *call,
                 const char                *pid,
                 const struct grove_expect *expect,
                 uint32_t                   wait_ms)
{
  struct beam_params params;

  begin (&params, pid, expect);
  beam_source_pass (self, call, "restart", &params, &beam_plain_style);
}

static void
process_set_priority (void                      *self,
                      struct grove_call         *call,
                      const char                *pid,
                      const struct grove_expect *expect,
                      const char                *priority)
{
  struct beam_params params;

  begin (&params, pid, expect);
  beam_params_text (&params, "priority", priority);
  beam_source_pass (self, call, "priority", &params, &beam_plain_style);
}

static void
process_gc (void *self, struct grove_call *call, const char *pid, const struct grove_expect *expect)
{
  struct beam_params params;

  begin (&params, pid, expect);
  beam_source_pass (self, call, "gc", &params, &beam_plain_style);
}

static void
process_send (void                      *self,
              struct grove_call         *call,
              const char                *pid,
              const struct grove_expect *expect,
              const char                *message)
{
  struct beam_params params;

  begin (&params, pid, expect);
  beam_params_text (&params, "message", message);
  beam_source_pass (self, call, "send", &params, &beam_plain_style);
}

static void
crash_get (void *data, struct grove_call *call, uint64_t seq, bool hide_payloads)
{
  struct beam_source *self = data;

  beam_happened_tell_crash (self->happened, call, seq, hide_payloads);
}

static void
supervisor_info (
  void *self, struct grove_call *call, const char *pid, uint64_t offset, uint32_t limit)
{
  struct beam_params params;

  begin (&params, pid, NULL);
  beam_params_int (&params, "offset", (int64_t) offset);
  beam_params_int (&params, "limit", limit);
  beam_source_pass (self, call, "supervisor", &params, &beam_plain_style);
}

static void
supervisor_act (void                        *self,
                struct grove_call           *call,
                const char                  *pid,
                const struct grove_expect   *expect,
                enum grove_supervisor_action action,
                const char                  *child,
                uint32_t                     wait_ms)
{
  static const char *const actions[] = { "start_child", "terminate_child", "restart_child",
                                         "delete_child" };
  struct beam_params       params;

  begin (&params, pid, expect);
  beam_params_text (&params, "action", actions[action]);
  if (child != NULL)
    beam_params_text (&params, "child", child);
  beam_params_int (&params, "wait_ms", wait_ms);
  beam_source_pass (self, call, "supervise", &params, &beam_plain_style);
}

static void
application_start (
  void *self, struct grove_call *call, const char *name, const char *type, uint32_t wait_ms)
{
  struct beam_params params;

  beam_params_begin (&params);
  beam_params_text (&params, "name", name);
  if (type != NULL)
    beam_params_text (&params, "type", type);
  beam_params_int (&params, "wait_ms", wait_ms);
  beam_source_pass (self, call, "start_application", &params, &beam_plain_style);
}

static void
application_stop (void *self, struct grove_call *call, const char *name, uint32_t wait_ms)
{
  struct beam_params params;

  beam_params_begin (&params);
  beam_params_text (&params, "name", name);
  beam_params_int (&params, "wait_ms", wait_ms);
  beam_source_pass (self, call, "stop_application", &params, &beam_plain_style);
}

/* ---- Suspending
 * ----------------------------------------------------------------------------------
 */

static struct grove_source_lease *
lease_new (void *self)
{
  struct grove_source_lease *lease = calloc (1, sizeof *lease);

  if (lease == NULL)
    abort ();
  lease->source = self;
  return lease;
}

static uint32_t
lease_count (void *self, struct grove_source_lease *lease)
{
  return lease->n;
}

static uint32_t
find_leased (const struct grove_source_lease *lease, const char *pid)
{
  uint32_t i = 0;

  while (i < lease->n && strcmp (lease->pids[i], pid) != 0)
    i++;
  return i;
}

static void
pass_on (struct grove_source_lease *lease,
         struct grove_call         *call,
         const char                *method,
         const char                *pid,
         const struct grove_expect *expect)
{
  struct beam_params params;

  begin (&params, pid, expect);
  beam_source_pass (lease->source, call, method, &params, &beam_plain_style);
}

static void
process_suspend (void                      *self,
                 struct grove_call         *call,
                 struct grove_source_lease *lease,
                 const char                *pid,
                 const struct grove_expect *expect)
{
  if (find_leased (lease, pid) == lease->n)
    {
      lease->pids = realloc (lease->pids, (lease->n + 1) * sizeof *lease->pids);
      if (lease->pids == NULL)
        abort ();
      (void) snprintf (lease->pids[lease->n++], sizeof *lease->pids, "%s", pid);
    }
  pass_on (lease, call, "suspend", pid, expect);
}

static void
process_resume (void                      *self,
                struct grove_call         *call,
                struct grove_source_lease *lease,
                const char                *pid,
                const struct grove_expect *expect)
{
  const uint32_t at = find_leased (lease, pid);

  if (at < lease->n)
    memmove (lease->pids[at], lease->pids[--lease->n], sizeof *lease->pids);
  pass_on (lease, call, "resume", pid, expect);
}

static void
ignore (const struct beam_answer *answer, void *user_data)
{
}

static void
lease_end (void *data, struct grove_source_lease *lease)
{
  struct beam_source *self = data;

  for (uint32_t i = 0; i < lease->n; i++)
    {
      struct beam_params params;

      begin (&params, lease->pids[i], NULL);
      (void) beam_agent_ask (self->agent, "resume", beam_params_end (&params), ignore, NULL);
      beam_params_finish (&params);
    }
  free (lease->pids);
  free (lease);
}

/* ---- Itself
 * --------------------------------------------------------------------------------------
 */

static struct grove_source_ops ops = {
  .kind = "beam",
  .version = GROVE_VERSION,
  .tables = beam_tables,
  .name = name,
  .instance = instance,
  .now_ns = now_ns,
  .silent_ns = silent_ns,
  .absent = absent,
  .get_fd = get_fd,
  .dispatch = dispatch,
  .cancel = cancel,
  .system_info = beam_system_info,
  .system_sample = beam_system_sample,
  .table_query = beam_table_query,
  .tree_children = beam_tree_children,
  .tree_revision = beam_tree_revision,
  .tree_metrics = beam_tree_metrics,
  .process_get = process_get,
  .process_messages = process_messages,
  .process_dictionary = process_dictionary,
  .process_state = process_state,
  .process_sample = beam_process_sample,
  .process_stack = process_stack,
  .process_exit = process_exit,
  .crash_get = crash_get,
  .process_restart = process_restart,
  .process_set_priority = process_set_priority,
  .process_gc = process_gc,
  .process_send = process_send,
  .supervisor_info = supervisor_info,
  .supervisor_act = supervisor_act,
  .application_start = application_start,
  .application_stop = application_stop,
  .lease_new = lease_new,
  .lease_end = lease_end,
  .lease_count = lease_count,
  .process_suspend = process_suspend,
  .process_resume = process_resume,
};

static void
happened (struct grove_text kind, struct grove_term what, void *data)
{
  struct beam_source *self = data;

  if (self->told_peers != NULL && kind.size == 5 && memcmp (kind.bytes, "peers", 5) == 0)
    self->told_peers (what, self->peers_data);
  else
    beam_happened_take (self->happened, kind, what);
}

/* Elixir runs there: its version is told. */
static bool
speaks_elixir (struct grove_term hello)
{
  struct grove_term version;
  struct grove_text text;

  return beam_map_get (hello, "elixir", &version) && grove_term_binary (version, &text);
}

struct beam_source *
beam_source_new (struct beam_link *link, struct beam_agent *agent, struct grove_term hello)
{
  struct beam_source *self = calloc (1, sizeof *self);

  if (self == NULL)
    abort ();
  ops.n_tables = beam_n_tables;
  self->base = (struct grove_source){ &ops, self, speaks_elixir (hello) };
  self->link = link;
  self->agent = agent;
  memcpy (grove_buffer_extend (&self->hello, hello.size), hello.bytes, hello.size);
  /* It may have been reached under another host's name, or another form of it. */
  beam_map_text (hello, "node", self->name, sizeof self->name);
  (void) snprintf (self->instance, sizeof self->instance, "%llx-%llx",
                   (unsigned long long) beam_map_int (hello, "creation"),
                   (unsigned long long) beam_map_int (hello, "os_pid"));
  self->creation = (uint32_t) beam_map_int (hello, "creation");
  beam_source_set_clock (self, beam_map_int (hello, "now"));
  self->tree = beam_tree_new ();
  self->happened = beam_happened_new (self->base.elixir);
  beam_agent_when_happened (agent, happened, self);
  beam_sample_ask (self);
  return self;
}

void
beam_source_free (struct beam_source *self)
{
  if (self == NULL)
    return;
  beam_agent_stop (self->agent);
  beam_watched_free (self);
  beam_tree_free (self->tree);
  beam_happened_free (self->happened);
  grove_buffer_finish (&self->hello);
  grove_buffer_finish (&self->sample);
  grove_buffer_finish (&self->before);
  free (self);
}

const struct grove_source *
beam_source_get (const struct beam_source *self)
{
  return &self->base;
}

const struct beam_trouble *
beam_source_trouble (const struct beam_source *self)
{
  return &self->trouble;
}

void
beam_source_when_over (struct beam_source *self, void (*over) (void *user_data), void *user_data)
{
  self->over = over;
  self->over_data = user_data;
}

const char *
beam_source_name (const struct beam_source *self)
{
  return self->name;
}

void
beam_source_follow_peers (struct beam_source *self,
                          void (*told) (struct grove_term names, void *user_data),
                          void *user_data)
{
  struct beam_params params;

  self->told_peers = told;
  self->peers_data = user_data;
  beam_params_begin (&params);
  (void) beam_agent_ask (self->agent, "peers", beam_params_end (&params), ignore, NULL);
  beam_params_finish (&params);
}
