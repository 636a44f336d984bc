/* SPDX-License-Identifier: MIT
 *
 * What a supervisor does when a child has ended: whether and which children are started again, how
 * often that may happen, and when it ends itself instead.
 */
#include "runtime/core/log-private.h"
#include "runtime/core/timer.h"
#include "runtime/otp/aftermath.h"
#include "runtime/otp/stop.h"
#include "runtime/otp/supervisor-private.h"

#include <string.h>

/* What became of an attempt to fill places again. */
enum outcome
{
  STARTED,
  FAILED, /* is tried again */
  GIVE_UP,
};

/* ---- Intensity -------------------------------------------------------------------------- */

/* Counts one restart; false: that is one more than the intensity allows. As in OTP the window is in
 * whole seconds of the monotonic clock and includes both its ends. */
static bool
count_restart (struct grove_supervisor *self)
{
  const uint64_t now_s = grove_now_ns () / 1000000000;
  size_t         n_old = 0;

  while (n_old < self->n_times && self->times[n_old] + self->period_s < now_s)
    n_old++;
  self->n_times -= n_old;
  if (n_old > 0)
    memmove (self->times, self->times + n_old, self->n_times * sizeof *self->times);
  if (self->n_times == self->times_capacity)
    {
      self->times_capacity = self->times_capacity ? self->times_capacity * 2 : 4;
      self->times = grove_realloc (self->times, self->times_capacity * sizeof *self->times);
    }
  self->times[self->n_times++] = now_s;
  _grove_supervision_restarted (grove_self (), (uint32_t) self->n_times);
  return self->n_times <= self->intensity;
}

static const struct grove_term no_reason = { NULL, 0 };

/* What a supervisor reports of @child, at the end of which @reason is. */
static void
report (enum grove_log_level      level,
        const struct grove_child *child,
        grove_pid                 pid,
        const char               *what,
        struct grove_term         reason)
{
  char text[GROVE_PID_TEXT_SIZE] = "";

  if (pid)
    grove_pid_print (pid, text);
  _grove_log_self (level, GROVE_LOG_SUPERVISOR, reason, "Supervisor: child %s%s%s %s", child->id,
                   pid ? " " : "", text, what);
}

/* What became of whoever ran there last. */
static void
tell (const struct grove_child *child, enum grove_outcome outcome)
{
  _grove_aftermath_add (child->last_pid, &(struct grove_aftermath){
                                           .outcome = outcome,
                                           .supervisor = grove_self (),
                                           .restarts = child->restarts,
                                         });
}

/* ---- Filling places again --------------------------------------------------------------- */

/* A failed start is tried again by a message to itself, so that requests get in between; and the
 * first few times only after 1, 2, 4, 8, 16 and 32 ms. What keeps a supervisor that was killed from
 * starting is mostly its old children, which have their names until they have had the time to end.
 */
#define MAX_DELAYS 6

static void
try_again_later (struct grove_child *child)
{
  int64_t delay_ns = 0;

  child->restarting = true;
  tell (child, GROVE_OUTCOME_PENDING);
  _grove_child_publish (child, child->last_pid);
  if (child->failures < MAX_DELAYS)
    delay_ns = INT64_C (1000000) << child->failures++;
  if (delay_ns == 0 ||
      grove_send_after (delay_ns, grove_self (), NULL, "{'$gen_cast', {try_again_restart, ~a}}",
                        child->id) != GROVE_OK)
    grove_cast (grove_self (), "{try_again_restart, ~a}", child->id);
}

static enum outcome
refill (struct grove_supervisor *self, struct grove_child *child)
{
  const bool        temporary = child->spec->restart == GROVE_TEMPORARY;
  enum grove_status status;

  child->restarts++;
  status = _grove_supervisor_start_place (self, child);
  if (status == GROVE_OK)
    {
      report (GROVE_LOG_INFO, child, child->pid, "was started again", no_reason);
      return STARTED;
    }
  child->restarts--;
  if (status == GROVE_IGNORED)
    {
      if (temporary || self->kind)
        _grove_children_remove (&self->children, child);
      else
        _grove_child_publish (child, child->last_pid);
      return STARTED;
    }
  report (GROVE_LOG_ERROR, child, 0, "could not be started: ", grove_buffer_term (self->buffer));
  try_again_later (child);
  return FAILED;
}

/* All that were started after @first, and @first itself, are stopped in reverse and started again
 * in order. Where one cannot be started the later ones stay down until that one has been tried
 * again. */
static enum outcome
refill_from (struct grove_supervisor *self, struct grove_child *first)
{
  struct grove_child *child = self->children.last;
  bool                more = true;

  while (more)
    {
      struct grove_child *previous = child->previous;
      const grove_pid     pid = child->pid;

      more = child != first;
      _grove_supervisor_stop_place (self, child);
      _grove_forget_exit (pid);
      /* One that is not restarted is not restarted by its siblings either. */
      if (child->spec->restart == GROVE_TEMPORARY)
        {
          if (child == first)
            first = child->next;
          _grove_children_remove (&self->children, child);
        }
      child = previous;
    }
  while (first)
    {
      child = first;
      first = child->next;
      if (refill (self, child) == FAILED)
        {
          for (; first; first = first->next)
            _grove_child_publish (first, first->last_pid);
          return FAILED;
        }
    }
  return STARTED;
}

static enum outcome
restart (struct grove_supervisor *self, struct grove_child *child)
{
  if (!count_restart (self))
    {
      child->restarting = false;
      tell (child, GROVE_OUTCOME_GAVE_UP);
      _grove_log_self (GROVE_LOG_ERROR, GROVE_LOG_SUPERVISOR, no_reason,
                       "Supervisor: gives up, more than %u restarts in %u s; the last child was %s",
                       self->intensity, self->period_s, child->id);
      _grove_child_publish (child, child->last_pid);
      return GIVE_UP;
    }
  switch (self->strategy)
    {
    case GROVE_ONE_FOR_ALL:
      return refill_from (self, self->children.first);
    case GROVE_REST_FOR_ONE:
      return refill_from (self, child);
    case GROVE_ONE_FOR_ONE:
    case GROVE_SIMPLE_ONE_FOR_ONE:
      break;
    }
  return refill (self, child);
}

static enum grove_next
end_with_shutdown (void)
{
  grove_server_stop_reason ("shutdown");
  return GROVE_STOP;
}

static enum grove_next
next_after (enum outcome outcome)
{
  return outcome == GIVE_UP ? end_with_shutdown () : GROVE_CONTINUE;
}

/* ---- Ends ------------------------------------------------------------------------------- */

static bool
is_shutdown (struct grove_term reason)
{
  return grove_term_is_atom (reason, "normal") || grove_term_is_atom (reason, "shutdown") ||
         grove_match (reason, "{shutdown, _}");
}

static bool
is_last_significant (const struct grove_supervisor *self)
{
  for (const struct grove_child *child = self->children.first; child; child = child->next)
    if (child->spec->significant && (child->pid || child->restarting))
      return false;
  return true;
}

/* Whether the end of a child that stays down ends its supervisor. */
static bool
takes_supervisor_along (const struct grove_supervisor *self, bool significant)
{
  switch (self->auto_shutdown)
    {
    case GROVE_AUTO_SHUTDOWN_ANY:
      return significant;
    case GROVE_AUTO_SHUTDOWN_ALL:
      return significant && is_last_significant (self);
    case GROVE_AUTO_SHUTDOWN_NEVER:
      break;
    }
  return false;
}

enum grove_next
_grove_supervisor_child_ended (struct grove_supervisor *self,
                               struct grove_child      *child,
                               struct grove_term        reason)
{
  const enum grove_restart kind = child->spec->restart;
  const bool               significant = child->spec->significant;

  _grove_children_set_pid (&self->children, child, 0);
  if (kind == GROVE_PERMANENT || !is_shutdown (reason))
    report (GROVE_LOG_ERROR, child, child->last_pid, "ended: ", reason);
  if (kind == GROVE_PERMANENT || (kind == GROVE_TRANSIENT && !is_shutdown (reason)))
    return next_after (restart (self, child));
  /* Nobody asks what followed a normal end. */
  if (!is_shutdown (reason))
    tell (child, GROVE_OUTCOME_LEFT);
  if (kind == GROVE_TEMPORARY || self->kind)
    _grove_children_remove (&self->children, child);
  else
    _grove_child_publish (child, child->last_pid);
  return takes_supervisor_along (self, significant) ? end_with_shutdown () : GROVE_CONTINUE;
}

enum grove_next
_grove_supervisor_try_again (struct grove_supervisor *self, struct grove_child *child)
{
  return next_after (restart (self, child));
}

void
_grove_supervisor_replace (struct grove_supervisor *self, struct grove_child *child)
{
  grove_pid pid = child->pid;

  _grove_supervisor_stop_place (self, child);
  _grove_forget_exit (pid);
  /* One that is started once only is not started again for anybody. */
  if (child->spec->restart == GROVE_TEMPORARY)
    _grove_children_remove (&self->children, child);
  else
    refill (self, child);
}
