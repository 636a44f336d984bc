/* SPDX-License-Identifier: MIT
 *
 * The small programs of runtime/examples/: what each prints when it is run, and what an observer
 * sees of it, and can do, when it is run with --observe. Pids, references and times, which are not
 * the same every time, are compared as <pid>, #Ref and T.
 */
#include "tests/support/grove-system-test.h"

#include <signal.h>
#include <string.h>
#include <sys/wait.h>

#define MS              1000 /* in microseconds */
#define GIVE_UP_AFTER_S 50

/* ---- Running them ----------------------------------------------------------------------- */

struct program
{
  const char *name;
  const char *number; /* an argument; NULL: none */
  const char *output; /* what must be in it; NULL: see test_anatomy() */
};

/* Instead of a million. A process of ThreadSanitizer costs as much as a thread. */
#ifdef __SANITIZE_THREAD__
#  define MANY "200"
#else
#  define MANY "2000"
#endif

#define DOWN(reason) "{'DOWN',#Ref,process,<pid>," reason "}\n"

static const struct program programs[] = {
  { "spawn-and-die", NULL, "alive: yes\nhello, world\nit ended: " DOWN ("normal") "alive: no\n" },
  { "echo-worker", NULL,
    "the worker got: {<pid>,ping_1}\nthe worker got: {<pid>,ping_2}\n"
    "reply: {ok,pong}\nreply: {ok,pong}\n" },
  { "slow-worker", NULL,
    "the worker: [{status,waiting},{message_queue_len,4},"
    "{messages,[{<pid>,ping},{<pid>,ping},{<pid>,ping},{<pid>,ping}]}]\n"
    "reply: {ok,pong}\nreply: {ok,pong}\nreply: {ok,pong}\nreply: {ok,pong}\nreply: {ok,pong}\n" },
  { "dispatcher", NULL,
    "3 jobs begun, 0 messages wait for the dispatcher\n"
    "reply: {done,1}\nreply: {done,2}\nreply: {done,3}\n" },
  { "dead-letter", NULL,
    "it ended: " DOWN ("normal") "sending to it: done\n"
                                 "sending to a name nobody has: nobody has that name\nalive: no\n"
                                 "asked again: " DOWN ("noproc") },
  { "kill-top-supervisor", NULL,
    "the village has a baker: yes\nApplication village exited: killed\n"
    "the village has a baker: no\n" },
  { "anatomy", NULL, NULL },
  { "selective-receive", NULL,
    "the safe: [{status,waiting},"
    "{messages,[letter,{key,1111},{parcel,<<\"a teapot\">>}]}]\n"
    "opened with: {key,1234}\ninside: letter\ninside: {key,1111}\n"
    "inside: {parcel,<<\"a teapot\">>}\nit ended: " DOWN ("normal") },
  { "fairness", NULL,
    "a process for each core sums numbers without end\n"
    "100 of 100 answered, the last after T ms\n" },
  { "priority", NULL,
    "for every reduction of low, normal has 8\n"
    "a task of high priority beside them took T ms\n" },
  { "million", MANY,
    "one that waits takes N bytes\nspawned " MANY
    " in T s\nan echo beside them took T ms\nall " MANY " have left\n" },
  { "blocking", NULL,
    "while they wait: echo\na guest: {served,true}\na guest: {served,true}\n"
    "a guest: {served,true}\na guest: {served,true}\n" },
  { "secret-agent", NULL,
    "the agent heard: the geese fly south\nthe agent changes its priority: yes\n"
    "the agent changes its priority: no\nthe agent knows nothing of: moscow\n"
    "it ended: " DOWN ("mission_accomplished") },
  { "link", NULL,
    "the fragile one ended: " DOWN (
      "{oops,<<\"spilled the tea\">>}") "the careful one got: {'EXIT',<pid>,{oops,<<\"spilled the "
                                        "tea\">>}}\n"
                                        "the careful one ended: " DOWN ("normal") },
  { "counter", NULL,
    "10, 1 and 1: 12\nand 10000 callers at once: 10012\n"
    "1000 of 1000 counters have their own count\n" },
  { "self-healing", NULL,
    "the counter is at 12\nkilled, and there again: 11\nits sibling is the same: yes\n"
    "killed 2 times\nkilled 3 times\nkilled 4 times\nApplication counting exited: shutdown\n" },
  { "strategies", NULL,
    "one_for_one: {started,a}\none_for_one: {started,b}\none_for_one: {started,c}\n"
    "b is killed\none_for_one: {started,b}\n"
    "one_for_all: {started,a}\none_for_all: {started,b}\none_for_all: {started,c}\n"
    "b is killed\none_for_all: {stopped,c}\none_for_all: {stopped,a}\n"
    "one_for_all: {started,a}\none_for_all: {started,b}\none_for_all: {started,c}\n"
    "rest_for_one: {started,a}\nrest_for_one: {started,b}\nrest_for_one: {started,c}\n"
    "b is killed\nrest_for_one: {stopped,c}\n"
    "rest_for_one: {started,b}\nrest_for_one: {started,c}\n" },
  { "poison", NULL,
    "soup: delicious\namanita: the other process ended first\n"
    "the cook died of sigsegv in taste_amanita\nsoup: delicious\n" },
};

static char *
path_of (const char *name)
{
  return g_strconcat (EXAMPLES, name, NULL);
}

static char *
replaced (char *text, const char *pattern, const char *with)
{
  g_autoptr (GRegex) regex = g_regex_new (pattern, 0, 0, NULL);
  g_autofree char *old = text;
  char            *result;

  g_assert_nonnull (regex);
  result = g_regex_replace_literal (regex, old, -1, 0, with, 0, NULL);
  g_assert_nonnull (result);
  return result;
}

static char *
plain (char *text)
{
  text = replaced (text, "<0\\.\\d+\\.\\d+>", "<pid>");
  text = replaced (text, "#Ref<[\\d.]+>", "#Ref");
  text = replaced (text, "takes \\d+ bytes", "takes N bytes");
  return replaced (text, "\\d+\\.\\d+ (?=m?s\\b)", "T ");
}

static char *
run (const struct program *program)
{
  g_autofree char  *path = path_of (program->name), *errors = NULL;
  const char *const argv[] = { path, program->number, NULL };
  char             *output = NULL;

  g_assert_cmpint (grove_test_run (argv, NULL, &output, &errors), ==, 0);
  g_assert_cmpstr (errors, ==, "");
  return output;
}

static void
test_run (gconstpointer data)
{
  const struct program *program = data;
  g_autofree char      *output = plain (run (program));

  g_assert_cmpstr (output, ==, program->output);
}

static void
assert_line (const char *output, const char *pattern)
{
  g_autofree char *line = g_strdup_printf ("(?m)^%s$", pattern);

  if (!g_regex_match_simple (line, output, 0, 0))
    g_error ("no line like %s in:\n%s", pattern, output);
}

static void
test_anatomy (gconstpointer data)
{
  g_autofree char *output = run (data);

  assert_line (output, "info: {status,waiting}");
  assert_line (output, "info: {message_queue_len,2}");
  assert_line (output, "info: {initial_call,{patient,.*}}");
  assert_line (output, "info: {links,\\[<0\\.\\d+\\.\\d+>\\]}");
  assert_line (output, "info: {dictionary,\\[{favourite,{colour,green}}\\]}");
  assert_line (output, "info: {trap_exit,true}");
  assert_line (output, "info: {priority,normal}");
  assert_line (output, "stack: +[1-9]\\d* bytes");
  assert_line (output, "heap: +10\\d{4} bytes");
  assert_line (output, "mailbox: +[1-9]\\d* bytes for 2 messages");
  assert_line (output, "control block: +[1-9]\\d* bytes");
  assert_line (output, "pid: +8 bytes");
}

static void
test_bad_option (gconstpointer data)
{
  g_autofree char  *path = path_of ("echo-worker"), *output = NULL, *errors = NULL;
  const char *const argv[] = { path, data, NULL };

  g_assert_cmpint (grove_test_run (argv, NULL, &output, &errors), ==, 2);
  g_assert_cmpstr (output, ==, "");
  g_assert_true (g_str_has_prefix (errors, "Usage: "));
}

/* ---- Observing them --------------------------------------------------------------------- */

typedef struct
{
  GroveTestSystem *system;
  GroveTestWire   *wire;
} Fixture;

static void
set_up (Fixture *self, gconstpointer data)
{
  const struct program *program = data;
  g_autofree char      *path = path_of (program->name);
  g_autofree char      *socket_path = grove_test_socket_path (program->name);
  const char *const     argv[] = { path, "--observe", program->number, NULL };

  self->system = grove_test_system_start (program->name, argv);
  self->wire = grove_test_wire_connect (socket_path);
  json_object_put (grove_test_wire_open (self->wire, "control"));
}

/* Ctrl-C ends it, and nothing is left. */
static void
tear_down (Fixture *self, gconstpointer data)
{
  const struct program *program = data;
  g_autofree char      *socket_path = grove_test_socket_path (program->name);
  int                   status;

  grove_test_wire_free (self->wire);
  status = grove_test_system_end (self->system, SIGINT);
  g_assert_true (WIFEXITED (status));
  g_assert_cmpint (WEXITSTATUS (status), ==, 0);
  g_assert_false (g_file_test (socket_path, G_FILE_TEST_EXISTS));
}

static gint64
give_up_at (void)
{
  return g_get_monotonic_time () + GIVE_UP_AFTER_S * G_TIME_SPAN_SECOND;
}

/* Lets the program go on; what is waited for is asked for again after that. */
static void
give_way (gint64 deadline)
{
  g_assert_cmpint (g_get_monotonic_time (), <, deadline);
  g_usleep (5 * MS);
}

/* Waits until it has printed that. */
static void
await_output (Fixture *self, const char *text)
{
  const gint64 deadline = give_up_at ();

  for (;;)
    {
      g_autofree char *output = grove_test_system_read_output (self->system);

      if (strstr (output, text))
        return;
      give_way (deadline);
    }
}

static struct json_object *
get (Fixture *self, const char *pid)
{
  return grove_test_wire_call (self->wire, "process.get", NULL, "{\"pid\":\"%s\"}", pid);
}

static char *
find (Fixture *self, const char *name)
{
  const gint64 deadline = give_up_at ();
  char        *pid;

  while ((pid = grove_test_wire_find_pid (self->wire, name)) == NULL)
    give_way (deadline);
  return pid;
}

/* Waits until it waits with so many messages. */
static void
await_mailbox (Fixture *self, const char *pid, gint64 n_messages)
{
  const gint64 deadline = give_up_at ();
  gboolean     there = FALSE;

  while (!there)
    {
      struct json_object *is = get (self, pid);

      there = g_str_equal (grove_test_json_string (is, "status"), "waiting") &&
              grove_test_json_int (is, "messages") == n_messages;
      json_object_put (is);
      if (!there)
        give_way (deadline);
    }
}

static void
assert_messages (Fixture *self, const char *pid, const char *const *expected)
{
  struct json_object *answer =
    grove_test_wire_call (self->wire, "process.messages", NULL,
                          "{\"pid\":\"%s\",\"offset\":0,\"limit\":10,\"max_bytes\":200}", pid);
  struct json_object *list = grove_test_json_object (answer, "messages");

  g_assert_cmpint (json_object_array_length (list), ==, g_strv_length ((char **) expected));
  for (size_t i = 0; expected[i]; i++)
    {
      struct json_object *message = json_object_array_get_idx (list, i);
      g_autofree char    *text = plain (
           g_strdup (grove_test_json_string (grove_test_json_object (message, "term"), "text")));

      g_assert_cmpstr (text, ==, expected[i]);
    }
  json_object_put (answer);
}

/* Kills it and gives who took its place; NULL when nobody does. */
static char *
kill_process (Fixture *self, const char *pid)
{
  struct json_object *outcome = grove_test_wire_call (self->wire, "process.kill", NULL,
                                                      "{\"pid\":\"%s\",\"wait_ms\":5000}", pid);
  struct json_object *successor;
  char               *successor_pid = NULL;

  g_assert_cmpstr (grove_test_json_string (outcome, "outcome"), ==, "exited");
  if (json_object_object_get_ex (outcome, "successor", &successor) && successor != NULL)
    successor_pid = g_strdup (grove_test_json_string (successor, "pid"));
  json_object_put (outcome);
  return successor_pid;
}

static gint64
restarts_of (Fixture *self, const char *pid)
{
  struct json_object *is = get (self, pid);
  gint64              n = grove_test_json_int (grove_test_json_object (is, "child"), "restarts");

  json_object_put (is);
  return n;
}

static gint64
reductions_of (Fixture *self, const char *pid)
{
  struct json_object *is = get (self, pid);
  gint64              n = grove_test_json_int (is, "reductions");

  json_object_put (is);
  return n;
}

static void
set_priority (Fixture *self, const char *pid, const char *priority)
{
  json_object_put (grove_test_wire_call (self->wire, "process.set_priority", NULL,
                                         "{\"pid\":\"%s\",\"priority\":\"%s\"}", pid, priority));
}

/* Waits for a sample of the system in which the count of @member is as wanted. */
static void
await_sample (Fixture *self, gint64 sub, const char *member, gint64 low, gint64 high)
{
  gint64 value;

  do
    {
      struct json_object *sample = grove_test_wire_await (self->wire, "system.sample");
      g_autofree char    *ack =
        g_strdup_printf ("{\"jsonrpc\":\"2.0\",\"method\":\"system.ack\",\"params\":{\"sub\":"
                         "%" G_GINT64_FORMAT ",\"seq\":%" G_GINT64_FORMAT "}}",
                         sub, grove_test_json_int (sample, "seq"));

      value = grove_test_json_int (sample, member);
      grove_test_wire_send (self->wire, ack);
      json_object_put (sample);
    }
  while (value < low || value > high);
}

static gint64
watch (Fixture *self)
{
  struct json_object *answer =
    grove_test_wire_call (self->wire, "system.watch", NULL, "{\"interval_ms\":100}");
  gint64 sub = grove_test_json_int (answer, "sub");

  json_object_put (answer);
  return sub;
}

/* ---- What is seen ----------------------------------------------------------------------- */

/* It says how to open it, is there, and ends. */
static void
test_observe (Fixture *self, gconstpointer data)
{
  const struct program *program = data;
  g_autofree char      *line = g_strdup_printf ("Open it with: grove-observer %s\n", program->name);
  g_autofree char      *pid = find (self, "main");

  await_output (self, line);
  await_output (self, "Ctrl-C ends it.\n");
  g_assert_nonnull (pid);
}

static void
test_dead_process (Fixture *self, gconstpointer data)
{
  g_autoptr (GMatchInfo) match = NULL;
  g_autoptr (GRegex) regex = g_regex_new ("process,(<[\\d.]+>),normal}", 0, 0, NULL);
  g_autofree char    *output = NULL, *pid = NULL;
  struct json_object *error = NULL, *exited;

  await_output (self, ",normal}\n");
  output = grove_test_system_read_output (self->system);
  g_assert_true (g_regex_match (regex, output, 0, &match));
  pid = g_match_info_fetch (match, 1);
  g_assert_null (grove_test_wire_call (self->wire, "process.get", &error, "{\"pid\":\"%s\"}", pid));
  exited = grove_test_json_object (grove_test_json_object (error, "data"), "exited");
  g_assert_cmpstr (grove_test_json_string (exited, "reason"), ==, "normal");
  json_object_put (error);
}

static void
test_slow_worker (Fixture *self, gconstpointer data)
{
  static const char *const messages[] = { "{<pid>,ping}", "{<pid>,ping}", "{<pid>,ping}",
                                          "{<pid>,ping}", NULL };
  g_autofree char         *pid = find (self, "slow_worker");

  await_mailbox (self, pid, 4);
  assert_messages (self, pid, messages);
}

static void
test_selective_receive (Fixture *self, gconstpointer data)
{
  static const char *const messages[] = { "letter", "{key,1111}", "{parcel,<<\"a teapot\">>}",
                                          NULL };
  g_autofree char         *pid = find (self, "safe");

  await_mailbox (self, pid, 3);
  assert_messages (self, pid, messages);
}

static void
test_dispatcher (Fixture *self, gconstpointer data)
{
  const gint64     deadline = give_up_at ();
  g_autofree char *pid = find (self, "dispatcher");
  gint64           n_workers = 0;

  while (n_workers != 3)
    {
      struct json_object *opened =
        grove_test_wire_call (self->wire, "table.open", NULL,
                              "{\"table\":\"processes\",\"columns\":[\"pid\"],\"sort\":[],"
                              "\"filter\":[\"eq\",\"initial\",\"worker\"],"
                              "\"window\":{\"offset\":0,\"limit\":10},\"interval_ms\":1000}");

      n_workers = grove_test_json_int (opened, "matched");
      json_object_put (grove_test_wire_call (self->wire, "table.close", NULL,
                                             "{\"sub\":%" G_GINT64_FORMAT "}",
                                             grove_test_json_int (opened, "sub")));
      json_object_put (opened);
      if (n_workers != 3)
        give_way (deadline);
    }
  await_mailbox (self, pid, 0);
}

static void
test_anatomy_seen (Fixture *self, gconstpointer data)
{
  g_autofree char    *pid = find (self, "patient");
  struct json_object *is;

  await_mailbox (self, pid, 2);
  is = get (self, pid);
  g_assert_cmpstr (grove_test_json_string (is, "initial_call"), ==, "patient");
  g_assert_cmpint (grove_test_json_int (is, "heap_bytes"), >=, 100000);
  g_assert_cmpint (grove_test_json_int (is, "stack_bytes"), >, 0);
  g_assert_cmpint (grove_test_json_int (is, "mailbox_bytes"), >, 0);
  g_assert_cmpint (grove_test_json_int (is, "n_links"), ==, 1);
  g_assert_true (json_object_get_boolean (grove_test_json_object (is, "trap_exit")));
  json_object_put (is);
}

/* Whoever has the normal priority of the two does most of the work. */
static void
await_share (Fixture *self, const char *less, const char *more)
{
  const gint64 deadline = give_up_at ();
  /* In this order, and below in the other one: what is done between two answers speaks for it. */
  const gint64 more_before = reductions_of (self, more);
  const gint64 less_before = reductions_of (self, less);
  gint64       less_done, more_done;

  for (;;)
    {
      less_done = reductions_of (self, less) - less_before;
      more_done = reductions_of (self, more) - more_before;
      if (less_done + more_done > 5000000)
        break;
      give_way (deadline);
    }
  g_assert_cmpint (less_done, >, 0);
  g_assert_cmpint (more_done, >, 5 * less_done);
}

static void
test_priority (Fixture *self, gconstpointer data)
{
  g_autofree char *low = find (self, "low loop"), *normal = find (self, "normal loop");

  await_share (self, low, normal);
  set_priority (self, low, "normal");
  set_priority (self, normal, "low");
  await_share (self, normal, low);
}

static void
test_secret_agent (Fixture *self, gconstpointer data)
{
  g_autofree char    *pid = find (self, "agent"), *successor = NULL;
  struct json_object *is;

  set_priority (self, pid, "high");
  is = get (self, pid);
  g_assert_cmpstr (grove_test_json_string (is, "priority"), ==, "high");
  json_object_put (is);
  successor = kill_process (self, pid);
  g_assert_null (successor);
  await_output (self, ",killed}\n");
}

static void
test_million (Fixture *self, gconstpointer data)
{
  const struct program *program = data;
  const gint64          n = g_ascii_strtoll (program->number, NULL, 10), sub = watch (self);

  await_sample (self, sub, "processes", n, n + 10);
  await_sample (self, sub, "processes", 0, 10);
}

static void
test_top_supervisor (Fixture *self, gconstpointer data)
{
  g_autofree char    *pid = find (self, "village_sup");
  struct json_object *info;

  await_output (self, "the village has a baker: yes\n");
  g_assert_null (kill_process (self, pid));
  await_output (self, "Application village exited: killed\n");
  info = grove_test_wire_call (self->wire, "system.info", NULL, "{}");
  g_assert_cmpint (json_object_array_length (grove_test_json_object (info, "applications")), ==, 0);
  json_object_put (info);
  g_assert_null (grove_test_wire_find_pid (self->wire, "baker"));
}

static void
test_self_healing (Fixture *self, gconstpointer data)
{
  char            *pid = find (self, "counter");
  g_autofree char *sibling = find (self, "sibling"), *sibling_after = NULL;

  await_output (self, "the counter is at 12\n");
  for (int i = 1; i <= 3; i++)
    {
      char *successor = kill_process (self, pid);

      g_assert_cmpstr (successor, !=, pid);
      g_assert_cmpint (restarts_of (self, successor), ==, i);
      g_free (pid);
      pid = successor;
    }
  sibling_after = find (self, "sibling");
  g_assert_cmpstr (sibling, ==, sibling_after);

  /* More than its intensity allows. */
  g_assert_null (kill_process (self, pid));
  g_free (pid);
  await_output (self, "Application counting exited: shutdown\n");
}

/* The one of that name in that application. */
static char *
find_in (Fixture *self, const char *application, const char *name)
{
  struct json_object *opened =
    grove_test_wire_call (self->wire, "table.open", NULL,
                          "{\"table\":\"processes\",\"columns\":[\"pid\"],\"sort\":[],"
                          "\"filter\":[\"and\",[\"eq\",\"name\",\"%s\"],[\"eq\",\"app\",\"%s\"]],"
                          "\"window\":{\"offset\":0,\"limit\":2},\"interval_ms\":1000}",
                          name, application);
  struct json_object *update = grove_test_wire_await (self->wire, "table.update");
  struct json_object *rows = grove_test_json_object (update, "rows");
  char               *pid;

  g_assert_cmpint (json_object_array_length (rows), ==, 1);
  pid = g_strdup (
    json_object_get_string (json_object_array_get_idx (json_object_array_get_idx (rows, 0), 0)));
  json_object_put (update);
  json_object_put (grove_test_wire_call (self->wire, "table.close", NULL,
                                         "{\"sub\":%" G_GINT64_FORMAT "}",
                                         grove_test_json_int (opened, "sub")));
  json_object_put (opened);
  return pid;
}

struct victim
{
  const char *application;
  const char *output;
  gboolean    a_stays, c_stays;
};

static const struct victim victims[] = {
  { "one_for_one", "main got: {started,b}\n", TRUE, TRUE },
  { "one_for_all",
    "main got: {stopped,c}\nmain got: {stopped,a}\n"
    "main got: {started,a}\nmain got: {started,b}\nmain got: {started,c}\n",
    FALSE, FALSE },
  { "rest_for_one", "main got: {stopped,c}\nmain got: {started,b}\nmain got: {started,c}\n", TRUE,
    FALSE },
};

static void
test_strategies (Fixture *self, gconstpointer data)
{
  g_autoptr (GString) output = g_string_new ("rest_for_one: {started,c}\n");

  /* All that there is to see without anybody's doing. */
  await_output (self, "rest_for_one: {stopped,c}\nrest_for_one: {started,b}\n"
                      "rest_for_one: {started,c}\n");
  for (gsize i = 0; i < G_N_ELEMENTS (victims); i++)
    {
      const char      *application = victims[i].application;
      g_autofree char *a = find_in (self, application, "a"), *b = find_in (self, application, "b");
      g_autofree char *c = find_in (self, application, "c"), *successor = NULL;
      g_autofree char *a_after = NULL, *c_after = NULL;

      g_string_append (output, victims[i].output);
      successor = kill_process (self, b);
      g_assert_nonnull (successor);
      await_output (self, output->str);
      a_after = find_in (self, application, "a");
      c_after = find_in (self, application, "c");
      g_assert_cmpint (g_str_equal (a, a_after), ==, victims[i].a_stays);
      g_assert_cmpint (g_str_equal (c, c_after), ==, victims[i].c_stays);
      g_assert_cmpint (restarts_of (self, successor), ==, 2);
    }
}

/* Why a process ended that it has seen alive. */
static char *
await_reason (Fixture *self, const char *pid)
{
  const gint64        deadline = give_up_at ();
  struct json_object *error = NULL, *is;
  char               *reason;

  while ((is = grove_test_wire_call (self->wire, "process.get", &error, "{\"pid\":\"%s\"}", pid)))
    {
      json_object_put (is);
      give_way (deadline);
    }
  reason = g_strdup (
    grove_test_json_string (grove_test_json_object (grove_test_json_object (error, "data"),
                                                    "exited"),
                            "reason"));
  json_object_put (error);
  return reason;
}

static void
test_poison (Fixture *self, gconstpointer data)
{
  g_autofree char *pid = NULL, *reason = NULL;
  const gint64     sub = watch (self);

  await_sample (self, sub, "crashes", 1, G_MAXINT64);
  await_sample (self, sub, "restarts", 1, G_MAXINT64);
  await_output (self, "the cook died of sigsegv in taste_amanita\nsoup: delicious\n");
  pid = find (self, "cook");
  g_assert_cmpint (restarts_of (self, pid), >=, 1);
  reason = await_reason (self, pid); /* of the next amanita */
  assert_line (reason, "{{signal,sigsegv,0},\\[{taste_amanita,.*");
}

/* ---- The tests -------------------------------------------------------------------------- */

static const struct
{
  const char *name;
  void (*test) (Fixture *self, gconstpointer data);
} seen[] = {
  { "spawn-and-die", test_dead_process }, { "slow-worker", test_slow_worker },
  { "dispatcher", test_dispatcher },      { "kill-top-supervisor", test_top_supervisor },
  { "anatomy", test_anatomy_seen },       { "selective-receive", test_selective_receive },
  { "priority", test_priority },          { "million", test_million },
  { "secret-agent", test_secret_agent },  { "self-healing", test_self_healing },
  { "strategies", test_strategies },      { "poison", test_poison },
};

static void
add (const struct program *program)
{
  g_autofree char *run_path = g_strdup_printf ("/runtime/example-programs/%s/run", program->name);
  g_autofree char *path = g_strdup_printf ("/runtime/example-programs/%s/observe", program->name);
  g_autofree char *seen_path = g_strdup_printf ("/runtime/example-programs/%s/seen", program->name);

  g_test_add_data_func (run_path, program, program->output ? test_run : test_anatomy);
  g_test_add (path, Fixture, program, set_up, test_observe, tear_down);
  for (gsize i = 0; i < G_N_ELEMENTS (seen); i++)
    if (g_str_equal (seen[i].name, program->name))
      g_test_add (seen_path, Fixture, program, set_up, seen[i].test, tear_down);
}

int
main (int argc, char **argv)
{
  grove_test_runtime_directory_init ();
  g_test_init (&argc, &argv, NULL);
  for (gsize i = 0; i < G_N_ELEMENTS (programs); i++)
    add (&programs[i]);
  g_test_add_data_func ("/runtime/example-programs/bad-option/unknown", "--colour",
                        test_bad_option);
  g_test_add_data_func ("/runtime/example-programs/bad-option/zero", "0", test_bad_option);
  g_test_add_data_func ("/runtime/example-programs/bad-option/half-a-number", "1x",
                        test_bad_option);
  g_test_add_data_func ("/runtime/example-programs/bad-option/too-large", "99999999999999999999",
                        test_bad_option);
  return g_test_run ();
}
