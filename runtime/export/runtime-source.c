/* SPDX-License-Identifier: MIT
 *
 * The runtime's grove_source: who it is, the system as a whole, the supervision forest. Tables,
 * single processes and commands have files of their own; see runtime-source.h.
 *
 * Server thread only.
 */
#include "runtime/export/runtime-source.h"

#include "protocol/schema.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/random.h>
#include <sys/timerfd.h>
#include <unistd.h>

#define SAMPLE_SPAN_NS UINT64_C (200000000)

const char *
_grove_status_name (enum grove_process_status status)
{
  switch (status)
    {
    case GROVE_STATUS_RUNNABLE:
      return "runnable";
    case GROVE_STATUS_RUNNING:
      return "running";
    case GROVE_STATUS_WAITING:
      return "waiting";
    case GROVE_STATUS_SUSPENDED:
      return "suspended";
    case GROVE_STATUS_EXITING:
    default:
      return "exiting";
    }
}

const char *
_grove_priority_name (enum grove_priority priority)
{
  static const char *const names[] = { "low", "normal", "high", "max" };

  return priority <= GROVE_PRIORITY_MAX ? names[priority] : "normal";
}

const char *
_grove_sample_name (const struct grove_process_sample *sample)
{
  return sample->name[0] ? sample->name : sample->label;
}

void
_grove_write_process (struct grove_writer *writer, grove_pid pid)
{
  struct grove_process_sample sample;
  char                        text[GROVE_PID_TEXT_SIZE];

  if (!pid)
    {
      grove_writer_null (writer);
      return;
    }
  grove_pid_print (pid, text);
  grove_writer_begin_object (writer);
  grove_writer_member_text (writer, "pid", text);
  grove_writer_member_text (writer, "name",
                            _grove_observe_process (pid, &sample) ? _grove_sample_name (&sample)
                                                                  : "");
  grove_writer_end_object (writer);
}

bool
_grove_write_end (struct grove_writer *writer, grove_pid pid)
{
  struct grove_end end;
  char             text[GROVE_PID_TEXT_SIZE];
  const grove_pid  successor = _grove_supervision_successor (pid);

  if (!_grove_observe_end (pid, &end))
    {
      grove_writer_null (writer);
      return false;
    }
  grove_writer_begin_object (writer);
  grove_writer_member_text (writer, "reason", end.reason);
  grove_writer_member_int (writer, "ended_ns", (int64_t) end.ended_ns);
  grove_writer_member_text (writer, "name", end.name);
  if (successor)
    {
      grove_pid_print (successor, text);
      grove_writer_member_text (writer, "successor", text);
    }
  grove_writer_end_object (writer);
  return true;
}

void
_grove_source_fail_gone (struct grove_call *call, grove_pid pid)
{
  struct grove_end    end;
  struct grove_writer data;
  char                text[GROVE_PID_TEXT_SIZE];
  bool                known;

  grove_writer_init (&data, 0);
  grove_writer_begin_object (&data);
  grove_writer_name (&data, "exited");
  known = _grove_write_end (&data, pid) && _grove_observe_end (pid, &end);
  grove_writer_end_object (&data);

  grove_pid_print (pid, text);
  if (known)
    grove_call_fail (call, GROVE_ERROR_NO_PROCESS, grove_writer_text_of (&data),
                     "%s is no longer there: it ended with %s", text, end.reason);
  else
    grove_call_fail (call, GROVE_ERROR_NO_PROCESS, NULL, "there is no process %s", text);
  grove_writer_finish (&data);
}

void
_grove_source_fail_not_reached (struct grove_call *call, grove_pid pid)
{
  char text[GROVE_PID_TEXT_SIZE];

  grove_pid_print (pid, text);
  grove_call_fail (call, GROVE_ERROR_NOT_REACHED, NULL,
                   "%s did not come to a point where it can be read within 2 s: it is in one long "
                   "call",
                   text);
}

void
_grove_source_fail_busy (struct grove_call *call, grove_pid target)
{
  char text[GROVE_PID_TEXT_SIZE];

  grove_pid_print (target, text);
  grove_call_fail (call, GROVE_ERROR_BUSY, "{\"retry_after_ms\":1000}",
                   "%s has not answered what it was asked before, or too many questions are under "
                   "way",
                   text);
}

bool
_grove_source_find (struct grove_call           *call,
                    const char                  *pid_text,
                    struct grove_process_sample *ret_sample)
{
  grove_pid pid;

  if (!grove_pid_parse (pid_text, strlen (pid_text), &pid))
    {
      grove_call_fail (call, GROVE_ERROR_INVALID_PARAMS, NULL,
                       "pid is \"%s\"; a pid looks like <0.123.0>", pid_text);
      return false;
    }
  if (!_grove_observe_process (pid, ret_sample) || ret_sample->status == GROVE_STATUS_EXITING)
    {
      _grove_source_fail_gone (call, pid);
      return false;
    }
  return true;
}

/* ---- Who it is ---------------------------------------------------------------------------------
 */

static const char *
source_name (void *self)
{
  return ((struct grove_runtime_source *) self)->name;
}

static const char *
source_instance (void *self)
{
  return ((struct grove_runtime_source *) self)->instance;
}

static uint64_t
source_now_ns (void *self)
{
  return grove_now_ns ();
}

static const char *
source_absent (void *self, const char *method)
{
  static const struct
  {
    const char *method, *why;
  } reasons[] = {
    { "process.step", "a process is suspended or it runs: letting it take one message at a time "
                      "comes with the debugger" },
    { "process.break", "holding a process at a message, or before it crashes, comes with the "
                       "debugger" },
    { "trace.start", "what processes send and receive is not traced over the wire yet: that comes "
                     "with the debugger" },
  };

  for (size_t i = 0; i < sizeof reasons / sizeof reasons[0]; i++)
    if (strcmp (reasons[i].method, method) == 0)
      return reasons[i].why;
  return NULL;
}

static int
source_get_fd (void *self)
{
  return ((struct grove_runtime_source *) self)->epoll_fd;
}

static void
source_dispatch (void *data)
{
  struct grove_runtime_source *self = data;
  uint64_t                     count;

  (void) !read (self->wake_fd, &count, sizeof count);
  (void) !read (self->timer_fd, &count, sizeof count);
  if (read (self->events_fd, &count, sizeof count) == sizeof count)
    _grove_source_pump_events (self);
  _grove_pending_dispatch (self);
  _grove_source_process_walk (self);
}

static void
source_cancel (void *self, struct grove_call *call)
{
  _grove_pending_cancel (self, call);
}

static void
system_info (void *data, struct grove_call *call)
{
  struct grove_runtime_source  *self = data;
  struct grove_writer          *writer = grove_call_begin (call);
  struct grove_runtime_sample   runtime;
  struct grove_supervision_node roots[64];
  size_t                        n = 0, total = 0;

  _grove_observe_counts (&runtime, NULL, 0);
  grove_writer_begin_object (writer);
  grove_writer_member_text (writer, "name", self->name);
  grove_writer_member_text (writer, "version", GROVE_VERSION);
  grove_writer_member_text (writer, "kind", "grove");
  grove_writer_member_text (writer, "instance", self->instance);
  grove_writer_member_int (writer, "os_pid", getpid ());
  grove_writer_member_int (writer, "schedulers", runtime.n_schedulers);
  grove_writer_member_int (writer, "uptime_ns", (int64_t) (runtime.now_ns - runtime.started_ns));
  grove_writer_member_int (writer, "word_size", sizeof (void *));
  grove_writer_member_int (writer, "max_processes", runtime.max_processes);
  grove_writer_name (writer, "applications");
  grove_writer_begin_array (writer);
  if (_grove_supervision_children (0, 0, roots, 64, &n, &total))
    for (size_t i = 0; i < n; i++)
      grove_writer_text (writer, roots[i].id);
  grove_writer_end_array (writer);
  grove_writer_end_object (writer);
  grove_call_end (call);
}

/* ---- The system over time ----------------------------------------------------------------------
 */

/* To a thousandth: finer is noise, and it would travel with seventeen digits. */
static double
rounded (double value)
{
  return round (value * 1000) / 1000;
}

static double
rate (uint64_t now, uint64_t before, double passed_s)
{
  return now > before && passed_s > 0 ? (double) (now - before) / passed_s : 0;
}

/* All who watch share one look, at most every 0.2 s; the rates are those since the look before. */
static void
look (struct grove_runtime_source *self)
{
  struct grove_runtime_sample   now;
  struct grove_scheduler_sample schedulers[256];
  const uint64_t cpu_ns = self->server ? grove_protocol_server_cpu_ns (self->server) : 0;
  const uint64_t n_restarts = _grove_supervision_restarts ();
  double         passed_s;

  if (self->last.runtime.now_ns && grove_now_ns () - self->last.runtime.now_ns < SAMPLE_SPAN_NS)
    return;
  _grove_observe_runtime (&now, schedulers, 256);
  passed_s =
    self->last.runtime.now_ns ? (double) (now.now_ns - self->last.runtime.now_ns) / 1e9 : 0;
  for (unsigned i = 0; i < now.n_schedulers && i < 256; i++)
    {
      const double share =
        rate (schedulers[i].busy_ns, self->last.schedulers[i].busy_ns, passed_s) / 1e9;

      self->last.utilisation[i] = share > 1 ? 1 : share;
      self->last.schedulers[i] = schedulers[i];
    }
  self->last.reductions_s = rate (now.reductions, self->last.runtime.reductions, passed_s);
  self->last.messages_s = rate (now.n_messages_sent, self->last.runtime.n_messages_sent, passed_s);
  self->last.spawns_s = rate (now.n_spawned, self->last.runtime.n_spawned, passed_s);
  self->last.crashes_s = rate (now.n_crashed, self->last.runtime.n_crashed, passed_s);
  self->last.restarts_s = rate (n_restarts, self->last.n_restarts, passed_s);
  self->last.n_restarts = n_restarts;
  self->last.exits_s = rate (now.n_exited, self->last.runtime.n_exited, passed_s);
  self->last.cpu = rate (cpu_ns, self->last.cpu_ns, passed_s) / 1e9;
  self->last.cpu_ns = cpu_ns;
  self->last.runtime = now;
}

static void
system_sample (void *data, struct grove_writer *writer)
{
  struct grove_runtime_source       *self = data;
  const struct grove_runtime_sample *runtime = &self->last.runtime;
  uint64_t                           run_queue = 0;

  look (self);
  grove_writer_member_int (writer, "t", (int64_t) runtime->now_ns);
  grove_writer_member_int (writer, "processes", (int64_t) runtime->n_processes);
  grove_writer_member_int (writer, "max_processes", runtime->max_processes);
  for (unsigned i = 0; i < runtime->n_schedulers && i < 256; i++)
    run_queue += self->last.schedulers[i].run_queue;
  grove_writer_member_int (writer, "run_queue", (int64_t) run_queue);

  grove_writer_name (writer, "schedulers");
  grove_writer_begin_array (writer);
  for (unsigned i = 0; i < runtime->n_schedulers && i < 256; i++)
    grove_writer_real (writer, rounded (self->last.utilisation[i]));
  grove_writer_end_array (writer);

  grove_writer_name (writer, "memory");
  grove_writer_begin_object (writer);
  grove_writer_member_int (writer, "total",
                           (int64_t) (runtime->heap_bytes + runtime->stack_bytes +
                                      runtime->mailbox_bytes + runtime->control_bytes));
  grove_writer_member_int (writer, "heaps", (int64_t) runtime->heap_bytes);
  grove_writer_member_int (writer, "stacks", (int64_t) runtime->stack_bytes);
  grove_writer_member_int (writer, "mailboxes", (int64_t) runtime->mailbox_bytes);
  grove_writer_member_int (writer, "control", (int64_t) runtime->control_bytes);
  grove_writer_end_object (writer);

  grove_writer_member_real (writer, "reductions/s", rounded (self->last.reductions_s));
  grove_writer_member_real (writer, "messages/s", rounded (self->last.messages_s));
  grove_writer_member_real (writer, "spawns/s", rounded (self->last.spawns_s));
  grove_writer_member_real (writer, "exits/s", rounded (self->last.exits_s));
  grove_writer_member_real (writer, "crashes/s", rounded (self->last.crashes_s));
  grove_writer_member_real (writer, "restarts/s", rounded (self->last.restarts_s));
  grove_writer_member_int (writer, "spawns", (int64_t) runtime->n_spawned);
  grove_writer_member_int (writer, "exits", (int64_t) runtime->n_exited);
  grove_writer_member_int (writer, "crashes", (int64_t) runtime->n_crashed);
  grove_writer_member_int (writer, "restarts", (int64_t) self->last.n_restarts);

  grove_writer_name (writer, "observing");
  grove_writer_begin_object (writer);
  grove_writer_member_real (writer, "cpu", rounded (self->last.cpu));
  grove_writer_member_int (writer, "sessions",
                           self->server ? grove_protocol_server_sessions (self->server) : 0);
  grove_writer_end_object (writer);
}

/* ---- The supervision forest --------------------------------------------------------------------
 */

static bool
tree_parent (const char *pid, grove_pid *ret_parent)
{
  *ret_parent = 0;
  return !pid || grove_pid_parse (pid, strlen (pid), ret_parent);
}

static uint64_t
tree_revision (void *data, const char *pid)
{
  grove_pid parent;

  return tree_parent (pid, &parent) ? _grove_supervision_revision_of (parent) : 0;
}

static void
tree_children (void *data, const char *pid, uint32_t limit, struct grove_nodes *nodes)
{
  static const char *const       kinds[] = { "application", "supervisor", "worker" };
  struct grove_supervision_node *children;
  struct grove_tree_node         node;
  struct grove_process_sample    sample;
  const uint64_t                 revision = tree_revision (data, pid);
  grove_pid                      parent;
  size_t                         n = 0, total = 0;

  children = calloc (limit ? limit : 1, sizeof *children);
  if (!children)
    abort ();
  if (!tree_parent (pid, &parent) ||
      !_grove_supervision_children (parent, 0, children, limit, &n, &total))
    {
      free (children);
      grove_nodes_gone (nodes);
      return;
    }

  for (size_t i = 0; i < n; i++)
    {
      const struct grove_supervision_node *child = &children[i];
      const bool alive = child->pid && _grove_observe_process (child->pid, &sample);

      /* A child that is not running has no process to show; the next revision brings it back. */
      if (!child->pid)
        {
          total--;
          continue;
        }
      memset (&node, 0, sizeof node);
      node.handle = child->pid;
      grove_pid_print (child->pid, node.pid);
      if (child->replaces)
        grove_pid_print (child->replaces, node.replaces);
      node.kind = kinds[child->kind];
      snprintf (node.name, sizeof node.name, "%s",
                alive && _grove_sample_name (&sample)[0] ? _grove_sample_name (&sample)
                                                         : child->id);
      node.n_children = child->n_children;
      node.status = alive ? _grove_status_name (sample.status) : "exiting";
      node.strategy = child->strategy;
      node.restarts = child->restarts;
      node.intensity = child->intensity;
      node.period_s = child->period_s;
      node.recent_restarts = child->recent_restarts;
      grove_nodes_add (nodes, &node);
    }
  free (children);
  grove_nodes_done (nodes, total, revision);
}

/* ---- Being one ---------------------------------------------------------------------------------
 */

const struct grove_source_ops _grove_runtime_source_ops = {
  .kind = "grove",
  .version = GROVE_VERSION,
  .tables = grove_schema_tables,
  .n_tables = GROVE_TABLE_SESSIONS, /* that one the server has itself */
  .name = source_name,
  .instance = source_instance,
  .now_ns = source_now_ns,
  .absent = source_absent,
  .get_fd = source_get_fd,
  .dispatch = source_dispatch,
  .cancel = source_cancel,
  .system_info = system_info,
  .system_sample = system_sample,
  .table_query = _grove_source_table_query,
  .tree_children = tree_children,
  .tree_revision = tree_revision,
  .tree_metrics = _grove_source_tree_metrics,
  .process_get = _grove_source_process_get,
  .process_messages = _grove_source_process_messages,
  .process_state = _grove_source_process_state,
  .process_dictionary = _grove_source_process_dictionary,
  .process_sample = _grove_source_process_sample,
  .process_stack = _grove_source_process_stack,
  .process_exit = _grove_source_process_exit,
  .process_restart = _grove_source_process_restart,
  .process_set_priority = _grove_source_process_set_priority,
  .process_gc = _grove_source_process_gc,
  .process_send = _grove_source_process_send,
  .supervisor_info = _grove_source_supervisor_info,
  .supervisor_act = _grove_source_supervisor_act,
  .application_start = _grove_source_application_start,
  .application_stop = _grove_source_application_stop,
  .crash_get = _grove_source_crash_get,
  .lease_new = _grove_source_lease_new,
  .lease_end = _grove_source_lease_end,
  .lease_count = _grove_source_lease_count,
  .process_suspend = _grove_source_process_suspend,
  .process_resume = _grove_source_process_resume,
};

bool
_grove_runtime_source_init (struct grove_runtime_source *self, const char *name)
{
  struct epoll_event event = { .events = EPOLLIN };
  uint8_t            random[16];

  memset (self, 0, sizeof *self);
  _grove_process_scan_init (&self->scan);
  snprintf (self->name, sizeof self->name, "%s", name);
  if (getrandom (random, sizeof random, 0) != sizeof random)
    return false;
  for (size_t i = 0; i < sizeof random; i++)
    snprintf (self->instance + 2 * i, 3, "%02x", random[i]);

  self->epoll_fd = epoll_create1 (EPOLL_CLOEXEC);
  self->wake_fd = eventfd (0, EFD_CLOEXEC | EFD_NONBLOCK);
  self->timer_fd = timerfd_create (CLOCK_MONOTONIC, TFD_CLOEXEC | TFD_NONBLOCK);
  self->events_fd = timerfd_create (CLOCK_MONOTONIC, TFD_CLOEXEC | TFD_NONBLOCK);
  if (self->epoll_fd < 0 || self->wake_fd < 0 || self->timer_fd < 0 || self->events_fd < 0 ||
      epoll_ctl (self->epoll_fd, EPOLL_CTL_ADD, self->wake_fd, &event) != 0 ||
      epoll_ctl (self->epoll_fd, EPOLL_CTL_ADD, self->timer_fd, &event) != 0 ||
      epoll_ctl (self->epoll_fd, EPOLL_CTL_ADD, self->events_fd, &event) != 0)
    {
      const int error = errno;

      _grove_runtime_source_finish (self);
      errno = error;
      return false;
    }
  return true;
}

void
_grove_runtime_source_finish (struct grove_runtime_source *self)
{
  _grove_pending_drop (self);
  if (self->epoll_fd >= 0)
    close (self->epoll_fd);
  if (self->wake_fd >= 0)
    close (self->wake_fd);
  if (self->timer_fd >= 0)
    close (self->timer_fd);
  if (self->events_fd >= 0)
    close (self->events_fd);
  _grove_process_scan_finish (&self->scan);
  _grove_source_forget_crashes (self);
  _grove_source_forget_events (self);
  _grove_source_forget_lines (self);
}
