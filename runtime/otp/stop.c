/* SPDX-License-Identifier: MIT
 *
 * Stopping a process; see the header. Watched by a monitor and not by the link, so that a process
 * that unlinked itself cannot keep its supervisor waiting.
 */
#include "runtime/otp/stop.h"

void
_grove_stop_process (grove_pid pid, uint32_t shutdown_ms)
{
  const bool    patient = shutdown_ms == GROVE_SHUTDOWN_INFINITY;
  const int64_t wait_ns = patient ? GROVE_FOREVER : (int64_t) shutdown_ms * 1000000;
  /* Nothing is sent to the alias: it marks where in the mailbox the DOWN can be at the earliest. */
  grove_ref             mark = grove_alias ();
  grove_ref             monitor = grove_monitor (pid);
  struct grove_message *message;
  enum grove_status     status = GROVE_ERR_TIMEOUT;

  grove_unlink (pid);
  if (shutdown_ms != GROVE_SHUTDOWN_KILL)
    {
      grove_exit_process (pid, "shutdown");
      status = grove_receive_alias (mark, monitor, wait_ns, &message);
    }
  if (status != GROVE_OK)
    {
      grove_exit_process (pid, "kill");
      status = grove_receive_alias (mark, monitor, GROVE_FOREVER, &message);
    }
  if (status == GROVE_OK)
    grove_message_free (message);
  grove_unalias (mark);
}

/* The caller watches nobody else: each DOWN is one of theirs. False: the time was up first. */
static bool
await_ends (size_t *n_left, uint64_t deadline_ns)
{
  while (*n_left > 0)
    {
      struct grove_message *message;
      uint64_t              now_ns = grove_now_ns ();
      int64_t               wait_ns = GROVE_FOREVER;

      if (deadline_ns != UINT64_MAX)
        wait_ns = deadline_ns > now_ns ? (int64_t) (deadline_ns - now_ns) : 0;
      if (grove_receive_pattern (wait_ns, &message, "{'DOWN', _, process, _, _}") != GROVE_OK)
        return false;
      grove_message_free (message);
      (*n_left)--;
    }
  return true;
}

void
_grove_stop_processes (const grove_pid *pids, size_t n, uint32_t shutdown_ms)
{
  const bool     patient = shutdown_ms == GROVE_SHUTDOWN_INFINITY;
  const uint64_t now_ns = grove_now_ns ();
  const uint64_t deadline_ns = patient ? UINT64_MAX : now_ns + (uint64_t) shutdown_ms * 1000000;
  size_t         n_left = n;

  for (size_t i = 0; i < n; i++)
    {
      grove_monitor (pids[i]);
      grove_unlink (pids[i]);
    }
  for (size_t i = 0; i < n; i++)
    grove_exit_process (pids[i], shutdown_ms == GROVE_SHUTDOWN_KILL ? "kill" : "shutdown");
  if (shutdown_ms != GROVE_SHUTDOWN_KILL && await_ends (&n_left, deadline_ns))
    return;
  for (size_t i = 0; i < n; i++)
    grove_exit_process (pids[i], "kill");
  await_ends (&n_left, UINT64_MAX);
}

static bool
match_exit_of (struct grove_term term, void *user_data)
{
  const grove_pid *pid = user_data;
  grove_pid        from;

  return grove_match (term, "{'EXIT', ~p, _}", &from) && from == *pid;
}

void
_grove_forget_exit (grove_pid pid)
{
  struct grove_message *message;

  if (grove_receive_match (match_exit_of, &pid, 0, &message) == GROVE_OK)
    grove_message_free (message);
}
