/* SPDX-License-Identifier: MIT
 *
 * The oracle: prints facts about processes, each in one line, as oracle.escript prints them of
 * Erlang. It uses what any program may use: the public headers. In what is printed `pid` stands for
 * a process in a message, 'STACK' for a stack, and <0.0.0> for any other process.
 *
 * "Collecting" waits until whatever the fact is about is over, and takes all messages then.
 */
#include "oracle-say.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- Processes ------------------------------------------------------------------------------- */

static grove_pid teller; /* the first process, to which the others send */

static void
idle (void *arg)
{
  (void) arg;
  for (;;)
    grove_sleep_ms (3600000);
}

static grove_pid
spawn_monitored (grove_entry entry, grove_ref *ret_monitor)
{
  struct grove_spawn_options options = GROVE_SPAWN_DEFAULTS;
  grove_pid                  pid;

  options.monitor = true;
  grove_assert (grove_spawn_opt (entry, &options, &pid, ret_monitor) == GROVE_OK);
  return pid;
}

/* How a process ends that runs @entry. */
static struct grove_term
end_of (grove_entry entry)
{
  grove_ref monitor;

  spawn_monitored (entry, &monitor);
  return down_reason (monitor);
}

static grove_pid
dead_process (void)
{
  grove_pid pid = grove_spawn (idle, NULL);

  grove_exit_process (pid, "kill");
  grove_assert (!grove_is_alive (pid));
  return pid;
}

static void
ends (void *arg)
{
  (void) arg;
}

static void
exits_x (void *arg)
{
  (void) arg;
  grove_exit ("x");
}

static void
exits_kill (void *arg)
{
  (void) arg;
  grove_exit ("kill");
}

static void
sends_itself_normal (void *arg)
{
  (void) arg;
  grove_exit_process (grove_self (), "normal");
  idle (NULL);
}

static void
sends_itself_die (void *arg)
{
  (void) arg;
  grove_exit_process (grove_self (), "die");
  idle (NULL);
}

/* Passes on the first message it gets. */
static void
traps (void *arg)
{
  struct grove_message *message;

  (void) arg;
  grove_trap_exit (true);
  grove_send (teller, "ready");
  if (grove_receive (GROVE_FOREVER, &message) == GROVE_OK)
    grove_send (teller, "{got, ~t}", grove_message_term (message));
}

static void
throws (void *arg)
{
  (void) arg;
  grove_throw ("t");
}

static void
raises (void *arg)
{
  (void) arg;
  grove_raise ("badarith");
}

/* ---- E: exits -------------------------------------------------------------------------------- */

static void
has_idle_child (void *arg)
{
  (void) arg;
  grove_send (teller, "{pid, ~p}", grove_spawn_link (idle, NULL));
  idle (NULL);
}

static void
has_child_that_exits_kill (void *arg)
{
  (void) arg;
  grove_spawn_link (exits_kill, NULL);
  idle (NULL);
}

static void
sends_two_and_exits (void *arg)
{
  (void) arg;
  grove_send (teller, "m1");
  grove_send (teller, "m2");
  grove_exit ("x");
}

/* What a trapping process gets from grove_exit_process(). */
static void
say_trapped (const char *fact, const char *reason, bool sender)
{
  grove_pid             pid = grove_spawn (traps, NULL);
  struct grove_message *message;
  struct grove_term     term;
  grove_pid             from = 0;

  await ("ready");
  grove_exit_process (pid, reason);
  grove_assert (grove_receive_pattern (30 * SECOND_NS, &message, "{got, ~t}", &term) == GROVE_OK);
  if (sender)
    say (fact, "~a",
         grove_match (term, "{'EXIT', ~p, boom}", &from) && from == teller ? "sender_is_caller"
                                                                           : "no");
  else
    {
      struct grove_buffer shown = { NULL };
      put_message (&shown, term);
      say (fact, "~t", grove_buffer_term (&shown));
      grove_buffer_finish (&shown);
    }
  grove_message_free (message);
}

static void
exits_of_one (void)
{
  grove_pid pid = grove_spawn (idle, NULL);
  grove_ref monitor;

  grove_exit_process (pid, "normal");
  say ("E01 exit(P,normal) other, no trap: alive", "~a", boolean (grove_is_alive (pid)));
  grove_exit_process (pid, "kill");
  say ("E02 exit(self(),normal) no trap", "~t", end_of (sends_itself_normal));
  pid = spawn_monitored (traps, &monitor);
  await ("ready");
  grove_exit_process (pid, "kill");
  say ("E03 exit(P,kill) while trapping: DOWN", "~t", down_reason (monitor));
  spawn_monitored (has_idle_child, &monitor);
  grove_exit_process (await_pid (), "kill");
  say ("E04 link chain A<-B non trap, exit(A,kill): B DOWN", "~t", down_reason (monitor));
  say ("E05 exit/1 with reason kill, linked non-trap: DOWN", "~t",
       end_of (has_child_that_exits_kill));
}

static void
exits_of_linked (void)
{
  struct grove_spawn_options options = GROVE_SPAWN_DEFAULTS;
  grove_pid                  pid;
  grove_ref                  monitor;

  grove_trap_exit (true);
  say ("E06 exit/1 kill, linked trapper msg", "~t",
       collect_after (grove_spawn_link (exits_kill, NULL)));
  say_trapped ("E07 exit(P,Reason) to trapper: msg has sender", "boom", true);
  say_trapped ("E08 exit(P,normal) to trapper", "normal", false);
  say ("E09 spawn_link normal exit, trapper", "~t", collect_after (grove_spawn_link (ends, NULL)));
  say ("E10 child sends m1,m2 then exits; trapper sees", "~t",
       collect_after (grove_spawn_link (sends_two_and_exits, NULL)));
  options.link = true;
  options.monitor = true;
  grove_assert (grove_spawn_opt (exits_x, &options, &pid, &monitor) == GROVE_OK);
  say ("E11 link+monitor same child, order seen", "~t", collect_after (pid));
  pid = spawn_monitored (idle, &monitor);
  grove_exit_process (pid, "first");
  grove_exit_process (pid, "second");
  say ("E12 exit twice: first wins", "~t", down_reason (monitor));
  say ("E13 uncaught throw", "~t", end_of (throws));
  say ("E14 error badarith", "~t", end_of (raises));
  say ("E15 fun returns", "~t", end_of (ends));
  say ("E16 catch exit(self(),die)", "~t", end_of (sends_itself_die));
}

/* ---- L: links -------------------------------------------------------------------------------- */

static void
links_to_dead (void *arg)
{
  (void) arg;
  grove_send (teller, "{linked, ~t}", outcome (grove_link (dead_process ()), "true"));
}

static void
links_to_itself (void *arg)
{
  enum grove_status     status = grove_link (grove_self ());
  struct grove_message *links;

  (void) arg;
  grove_assert (grove_process_info (grove_self (), "links", &links) == GROVE_OK);
  grove_send (teller, "{~a, ~t}", boolean (status == GROVE_OK), grove_message_term (links));
}

static size_t
n_links (grove_pid pid)
{
  struct grove_message *answer;
  struct grove_term     links;
  size_t                n;

  grove_assert (grove_process_info (pid, "links", &answer) == GROVE_OK);
  grove_assert (grove_match (grove_message_term (answer), "{links, ~t}", &links));
  n = grove_term_arity (links);
  grove_message_free (answer);
  return n;
}

static void
links (void)
{
  grove_pid             dead = dead_process ();
  grove_pid             pid;
  enum grove_status     status = grove_link (dead);
  struct grove_message *message;
  struct grove_term     term;

  say ("L01 link(dead) trapping", "{~t, ~t}", outcome (status, "true"), collect_after (dead));
  grove_spawn (links_to_dead, NULL);
  grove_assert (grove_receive_pattern (30 * SECOND_NS, &message, "{linked, ~t}", &term) ==
                GROVE_OK);
  say ("L02 link(dead) not trapping", "~t", term);
  grove_message_free (message);
  /* In one that has a link, as Erlang's has. */
  pid = grove_spawn_link (links_to_itself, NULL);
  grove_assert (grove_receive_pattern (30 * SECOND_NS, &message, "{_, {links, _}}") == GROVE_OK);
  say ("L03 link(self())", "~t", grove_message_term (message));
  grove_message_free (message);
  collect_after (pid);
  pid = grove_spawn (idle, NULL);
  grove_assert (grove_link (pid) == GROVE_OK && grove_link (pid) == GROVE_OK);
  grove_unlink (pid);
  grove_exit_process (pid, "kill");
  say ("L04 double link, one unlink, then kill: msgs", "~t", collect_after (pid));
  grove_unlink (dead);
  say ("L05 unlink(dead)", "{ok, true}");
  pid = grove_spawn (idle, NULL);
  grove_assert (grove_link (pid) == GROVE_OK && grove_link (pid) == GROVE_OK);
  say ("L06 links list length after double link", "~i", (int) n_links (pid));
  grove_unlink (pid);
  grove_exit_process (pid, "kill");
}

/* ---- M: monitors ----------------------------------------------------------------------------- */

static void
monitors (void)
{
  grove_pid             dead = dead_process ();
  grove_pid             pid;
  grove_ref             monitor;
  struct grove_message *message;
  struct grove_term     object, reason;
  bool                  info;

  monitor = grove_monitor (dead);
  say ("M01 monitor(dead)", "~t", down_reason (monitor));
  grove_assert (grove_monitor_name ("nosuch", NULL, &monitor) == GROVE_OK);
  grove_assert (grove_receive_pattern (30 * SECOND_NS, &message, "{'DOWN', _, process, ~t, ~t}",
                                       &object, &reason) == GROVE_OK);
  say ("M02 monitor unregistered name", "{~a, ~t}",
       boolean (grove_term_type (object) == GROVE_TERM_TUPLE), reason);
  grove_message_free (message);
  monitor = grove_monitor (grove_self ());
  say ("M03 monitor(self())", "{~a, ~t}", boolean (monitor != 0), collect ());
  pid = grove_spawn (idle, NULL);
  for (int i = 0; i < 3; i++)
    grove_monitor (pid);
  grove_exit_process (pid, "x");
  say ("M04 three monitors one death: DOWN count", "~i",
       (int) grove_term_arity (collect_after (pid)));
  for (int flush = 0; flush < 2; flush++)
    {
      pid = spawn_monitored (ends, &monitor);
      while (grove_is_alive (pid))
        grove_yield ();
      /* The DOWN is there when this is: they come from one sender. */
      for (struct grove_process_figures figures; grove_process_figures (pid, &figures) == GROVE_OK;)
        grove_yield ();
      grove_assert (!grove_is_alive (pid));
      info = grove_demonitor (monitor, flush != 0);
      say (flush ? "M06 demonitor [flush,info] after death"
                 : "M05 demonitor info/flush after death",
           "{~a, ~t}", boolean (info), collect ());
    }
  grove_demonitor (grove_make_ref (), false);
  say ("M07 demonitor(unknown ref)", "{ok, true}");
}

/* ---- R: names -------------------------------------------------------------------------------- */

static void
names (void)
{
  grove_pid dead = dead_process ();
  grove_pid pid = grove_spawn (idle, NULL);
  grove_ref monitor;

  grove_assert (grove_register ("nm", pid) == GROVE_OK);
  say ("R01 register dup name", "~t", outcome (grove_register ("nm", grove_self ()), "true"));
  say ("R02 second name for same pid", "~t", outcome (grove_register ("nm2", pid), "true"));
  say ("R03 register undefined", "~t",
       outcome (grove_register ("undefined", grove_self ()), "true"));
  say ("R04 register dead pid", "~t", outcome (grove_register ("nm3", dead), "true"));
  grove_assert (grove_monitor_name ("nm", NULL, &monitor) == GROVE_OK);
  grove_exit_process (pid, "kill");
  {
    struct grove_term reason = down_reason (monitor);
    say ("R05 name free when DOWN arrives", "{~t, ~a}", reason,
         grove_whereis ("nm") == 0 ? "undefined" : "taken");
  }
  say ("R06 unregister unknown", "~t", outcome (grove_unregister ("nosuch"), "true"));
  say ("R07 send to unknown name", "~t", outcome (grove_send_name ("nosuch", "x"), "x"));
  say ("R08 send to dead pid", "~t", outcome (grove_send (dead, "x"), "x"));
}

/* ---- I: information -------------------------------------------------------------------------- */

static void
say_info (const char *fact, grove_pid pid, const char *items)
{
  struct grove_message *answer;
  enum grove_status     status = grove_process_info (pid, items, &answer);

  if (status == GROVE_OK)
    {
      say (fact, "~t", grove_message_term (answer));
      grove_message_free (answer);
    }
  else if (status == GROVE_ERR_NOPROC)
    say (fact, "undefined");
  else
    say (fact, "~t", outcome (status, "undefined"));
}

static void
say_keys (const char *fact)
{
  struct grove_message *answer;
  struct grove_cursor   cursor;
  struct grove_term     pair, key;
  char                  text[64];

  grove_assert (grove_process_info (grove_self (), NULL, &answer) == GROVE_OK);
  printf ("%s: ", fact);
  grove_cursor_init (&cursor, grove_message_term (answer));
  for (int i = 0; grove_cursor_next (&cursor, &pair); i++)
    {
      grove_assert (grove_term_element (pair, 0, &key));
      grove_term_print (key, GROVE_SYNTAX_ERLANG, 2, text, sizeof text, NULL);
      printf ("%c%s", i == 0 ? '[' : ',', text);
    }
  printf ("]\n");
  grove_message_free (answer);
}

static const char *
priority_name (enum grove_priority priority)
{
  static const char *const names[] = { "low", "normal", "high", "max" };

  return names[priority];
}

static void
information (void)
{
  enum grove_priority first, second;

  say_info ("I01 process_info(dead)", dead_process (), NULL);
  say_info ("I02 registered_name none (single)", grove_self (), "registered_name");
  say_info ("I03 registered_name none (list)", grove_self (), "[registered_name]");
  say_info ("I04 bad item", grove_self (), "nonsense");
  say_keys ("I05 keys of process_info/1");
  grove_assert (grove_set_priority (GROVE_PRIORITY_HIGH, &first) == GROVE_OK);
  grove_assert (grove_set_priority (GROVE_PRIORITY_NORMAL, &second) == GROVE_OK);
  say ("I06 priority set returns old", "{~a, ~a}", priority_name (first), priority_name (second));
  say ("I07 bad priority", "~t",
       outcome (grove_set_priority ((enum grove_priority) 17, NULL), "normal"));
}

/* ---- S: selective receive -------------------------------------------------------------------- */

static void
receiving (void)
{
  struct grove_message *message, *length;
  bool                  timeout;

  grove_send (grove_self (), "a");
  grove_send (grove_self (), "b");
  grove_send (grove_self (), "c");
  grove_assert (grove_receive_pattern (GROVE_FOREVER, &message, "c") == GROVE_OK);
  say ("S01 selective receive order", "[~t | ~t]", grove_message_term (message), collect ());
  grove_message_free (message);
  grove_send (grove_self (), "a");
  timeout = grove_receive_pattern (0, &message, "zzz") == GROVE_ERR_TIMEOUT;
  grove_assert (grove_process_info (grove_self (), "message_queue_len", &length) == GROVE_OK);
  say ("S02 after 0 leaves non-matching", "{~a, ~t, ~t}", timeout ? "timeout" : "z",
       grove_message_term (length), collect ());
  grove_message_free (length);
}

/* ---- T: timers ------------------------------------------------------------------------------- */

static void
timers (void)
{
  grove_pid             dead = dead_process ();
  grove_ref             timer = 0, got = 0;
  struct grove_message *message;
  enum grove_status     status;
  int64_t               left;

  say ("T01 cancel unknown", "~a",
       grove_cancel_timer (grove_make_ref ()) == GROVE_NO_TIMER ? "false" : "true");
  grove_assert (grove_send_after (SECOND_NS, grove_self (), &timer, "x") == GROVE_OK);
  left = grove_cancel_timer (timer);
  say ("T02 cancel pending is int", "~a", boolean (left != GROVE_NO_TIMER && left > 0));
  grove_assert (grove_start_timer (SECOND_NS / 1000, grove_self (), &timer, "hi") == GROVE_OK);
  grove_assert (grove_receive_pattern (30 * SECOND_NS, &message, "{timeout, ~r, hi}", &got) ==
                GROVE_OK);
  say ("T03 start_timer msg shape", "~a", got == timer ? "ok" : "no");
  grove_message_free (message);
  say ("T04 negative time", "~t",
       outcome (grove_send_after (-1, grove_self (), &timer, "x"), "true"));
  timer = 0;
  status = grove_send_after (SECOND_NS / 100, dead, &timer, "x");
  say ("T05 timer to dead pid", "~a", boolean (status == GROVE_OK && timer != 0));
  grove_assert (grove_send_after (SECOND_NS / 1000, grove_self (), &timer, "x") == GROVE_OK);
  await ("x");
  say ("T06 read_timer fired", "~a", grove_read_timer (timer) == GROVE_NO_TIMER ? "false" : "true");
}

/* ---- U: suspending --------------------------------------------------------------------------- */

static grove_pid suspended;

static void
suspends_twice (void *arg)
{
  (void) arg;
  grove_assert (grove_suspend (suspended, 0) == GROVE_OK);
  grove_assert (grove_suspend (suspended, 0) == GROVE_OK);
}

static void
until_waiting (grove_pid pid)
{
  struct grove_process_figures figures;

  do
    {
      grove_yield ();
      grove_assert (grove_process_figures (pid, &figures) == GROVE_OK);
    }
  while (figures.status != GROVE_STATUS_WAITING);
}

static void
put_info (struct grove_buffer *out, grove_pid pid, const char *items)
{
  struct grove_message *answer;

  grove_assert (grove_process_info (pid, items, &answer) == GROVE_OK);
  grove_assert (grove_build (out, "~t", grove_message_term (answer)) == GROVE_OK);
  grove_message_free (answer);
}

static void
suspending (void)
{
  struct grove_buffer status[3] = { 0 };
  struct grove_buffer queue = { NULL };

  suspended = grove_spawn (idle, NULL);
  until_waiting (suspended);
  for (int i = 0; i < 2; i++)
    grove_assert (grove_suspend (suspended, 0) == GROVE_OK);
  put_info (&status[0], suspended, "status");
  for (int i = 1; i < 3; i++)
    {
      grove_assert (grove_resume (suspended) == GROVE_OK);
      put_info (&status[i], suspended, "status");
    }
  say ("U01 suspend counts", "{~t, ~t, ~t, ~t}", grove_buffer_term (&status[0]),
       grove_buffer_term (&status[1]), grove_buffer_term (&status[2]),
       outcome (grove_resume (suspended), "true"));
  for (int i = 0; i < 3; i++)
    grove_buffer_finish (&status[i]);
  end_of (suspends_twice);
  say_info ("U02 suspender dies releases", suspended, "status");
  grove_exit_process (suspended, "kill");
  suspended = grove_spawn (idle, NULL);
  grove_assert (grove_suspend (suspended, 0) == GROVE_OK);
  grove_send (suspended, "x");
  grove_send (suspended, "y");
  put_info (&queue, suspended, "[status, message_queue_len]");
  grove_exit_process (suspended, "kill");
  say ("U03 messages queue while suspended", "{~t, ~a}", grove_buffer_term (&queue),
       boolean (grove_is_alive (suspended)));
  grove_buffer_finish (&queue);
  say ("U04 suspend self", "~t", outcome (grove_suspend (grove_self (), 0), "true"));
}

/* ---- A: aliases ------------------------------------------------------------------------------ */

static void
send_alias (grove_ref alias, const char *atom)
{
  struct grove_buffer term = { NULL };

  grove_assert (grove_build (&term, "~a", atom) == GROVE_OK);
  grove_send_alias (grove_self (), alias, grove_buffer_term (&term));
  grove_buffer_finish (&term);
}

static void
aliases (void)
{
  struct grove_monitor_options options = { .alias = GROVE_ALIAS_REPLY_DEMONITOR };
  struct grove_buffer          before = { NULL };
  grove_ref                    alias = grove_alias ();
  grove_pid                    pid;

  send_alias (alias, "x1");
  put_all (&before);
  grove_unalias (alias);
  send_alias (alias, "x2");
  say ("A01 alias before/after unalias", "{~t, ~t}", grove_buffer_term (&before), collect ());
  grove_buffer_finish (&before);
  grove_assert (grove_alias_opt (GROVE_ALIAS_REPLY, &alias) == GROVE_OK);
  send_alias (alias, "y1");
  send_alias (alias, "y2");
  say ("A02 reply alias delivers once", "~t", collect ());
  pid = grove_spawn (idle, NULL);
  grove_assert (grove_monitor_opt (pid, &options, &alias) == GROVE_OK);
  send_alias (alias, "r1");
  send_alias (alias, "r2");
  grove_exit_process (pid, "kill");
  say ("A03 monitor alias reply_demonitor", "~t", collect_after (pid));
}

static void
tell (void *arg)
{
  (void) arg;
  teller = grove_self ();
  exits_of_one ();
  exits_of_linked ();
  links ();
  monitors ();
  names ();
  information ();
  receiving ();
  timers ();
  suspending ();
  aliases ();
}

int
main (void)
{
  const struct grove_options options = { .name = "oracle", .n_schedulers = 2 };

  return grove_run (&options, tell, NULL) == GROVE_OK ? EXIT_SUCCESS : EXIT_FAILURE;
}
