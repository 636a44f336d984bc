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
