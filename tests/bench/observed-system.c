/* SPDX-License-Identifier: MIT
 *
 * The systems that bench-observers observes. Each is a child process with a runtime of its own; the
 * two share a page, in which the system counts its work and is told whether to work.
 */
#include "observed.h"

#include "runtime/grove.h"

#include <dirent.h>
#include <signal.h>
#include <stdalign.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define MAX_WORKERS 16
#define BATCH       100 /* round trips between two messages to one of the million */
#define SUPERVISORS 100

struct page
{
  _Atomic int      busy;
  _Atomic uint64_t target;
  struct
  {
    alignas (64) _Atomic uint64_t n;
  } work[MAX_WORKERS];
};

struct observed
{
  pid_t        pid;
  struct page *page;
  char         directory[64];
  char         socket[128];
};

/* In the child. */
static struct page *page;
static int          ready_fd;
static const char  *directory;
static grove_pid   *pids;

static void
say_ready (void)
{
  const struct grove_export_options options = { .name = "bench", .directory = directory };
  char                             *error = NULL;

  if (grove_export_start (&options, &error) != GROVE_OK || write (ready_fd, "r", 1) != 1)
    {
      fprintf (stderr, "%s\n", error != NULL ? error : "the bench is gone");
      abort ();
    }
}

static struct grove_message *
receive (void)
{
  struct grove_message *message;

  if (grove_receive (GROVE_FOREVER, &message) != GROVE_OK)
    abort ();
  return message;
}

static void
rest (void)
{
  while (!atomic_load_explicit (&page->busy, memory_order_relaxed))
    grove_sleep_ms (5);
}

/* ---- A million --------------------------------------------------------------------------------
 */

static void
takes (void *arg)
{
  (void) arg;
  for (;;)
    grove_message_free (receive ());
}

static void
pongs (void *arg)
{
  (void) arg;
  for (;;)
    {
      struct grove_message *message = receive ();
      grove_pid             from;

      if (!grove_match (grove_message_term (message), "{~p, ping}", &from))
        abort ();
      grove_message_free (message);
      grove_send (from, "pong");
    }
}

static void
pings (void *arg)
{
  const size_t me = (size_t) (uintptr_t) arg;
  uint64_t     random = 88172645463325252 + me;
  grove_pid    peer = grove_spawn (pongs, NULL);

  for (;;)
    {
      rest ();
      for (int i = 0; i < BATCH; i++)
        {
          grove_send (peer, "{~p, ping}", grove_self ());
          grove_message_free (receive ());
        }
      random ^= random << 13;
      random ^= random >> 7;
      random ^= random << 17;
      grove_send (pids[random % OBSERVED_PROCESSES], "news");
      atomic_fetch_add_explicit (&page->work[me].n, BATCH, memory_order_relaxed);
    }
}

static void
run_million (void *arg)
{
  (void) arg;
  pids = malloc (OBSERVED_PROCESSES * sizeof *pids);
  if (pids == NULL)
    abort ();
  for (size_t i = 0; i < OBSERVED_PROCESSES; i++)
    pids[i] = grove_spawn (takes, NULL);
  for (size_t i = 0; i < grove_schedulers () && i < MAX_WORKERS; i++)
    grove_spawn (pings, (void *) (uintptr_t) i);
  say_ready ();
  takes (NULL);
}

/* ---- A mailbox --------------------------------------------------------------------------------
 */

/* Has a long mailbox, and takes from its front as fast as it adds to its end. */
static void
hoards (void *arg)
{
  (void) arg;
  for (int i = 0; i < OBSERVED_MESSAGES; i++)
    grove_send (grove_self (), "{order, ~i, \"a jumper, two sizes too small\"}", i);
  atomic_store (&page->target, grove_self ());
  for (uint64_t n = 1;; n++)
    {
      rest ();
      grove_send (grove_self (), "{order, 1, \"another of the same kind\"}");
      grove_message_free (receive ());
      atomic_store_explicit (&page->work[0].n, n, memory_order_relaxed);
    }
}

static void
run_mailbox (void *arg)
{
  (void) arg;
  grove_spawn (hoards, NULL);
  while (atomic_load (&page->target) == 0)
    grove_sleep_ms (1);
  say_ready ();
  takes (NULL);
}

/* ---- A tree -----------------------------------------------------------------------------------
 */

static enum grove_status
start_child (const void *arg, grove_pid *ret_pid, struct grove_buffer *ret_reason)
{
  (void) arg;
  (void) ret_reason;
  *ret_pid = grove_spawn_link (takes, NULL);
  return GROVE_OK;
}

static enum grove_status
start_shop (const void *arg, grove_pid *ret_pid, struct grove_buffer *ret_reason)
{
  static struct grove_child_spec children[OBSERVED_CHILDREN / SUPERVISORS];
  struct grove_supervisor_spec   spec = GROVE_SUPERVISOR_DEFAULTS;
  const size_t                   n = sizeof children / sizeof *children;

  (void) arg;
  for (size_t i = 0; i < n; i++)
    {
      children[i] = (struct grove_child_spec) GROVE_CHILD_DEFAULTS;
      children[i].start = start_child;
    }
  spec.children = children;
  spec.n_children = n;
  return grove_supervisor_start (&spec, ret_pid, ret_reason);
}

static enum grove_status
start_top (const void *arg, grove_pid *ret_pid, struct grove_buffer *ret_reason)
{
  struct grove_child_spec      children[SUPERVISORS];
  struct grove_supervisor_spec spec = GROVE_SUPERVISOR_DEFAULTS;

  (void) arg;
  for (size_t i = 0; i < SUPERVISORS; i++)
    {
      children[i] = (struct grove_child_spec) GROVE_CHILD_DEFAULTS;
      children[i].start = start_shop;
      children[i].type = GROVE_SUPERVISOR;
      children[i].shutdown_ms = GROVE_SHUTDOWN_INFINITY;
    }
  spec.children = children;
  spec.n_children = SUPERVISORS;
  return grove_supervisor_start (&spec, ret_pid, ret_reason);
}

static void
run_tree (void *arg)
{
  const struct grove_application_spec spec = { .name = "chain", .start = start_top };
  grove_pid                           master;

  (void) arg;
  if (grove_application_start (&spec, &master) != GROVE_OK)
    abort ();
  say_ready ();
  takes (NULL);
}

/* ---- Starting and looking ----------------------------------------------------------------------
 */

static void
run_system (enum observed_kind kind)
{
  static const grove_entry   entries[] = { run_million, run_mailbox, run_tree };
  const struct grove_options options = { .name = "bench" };

  exit (grove_run (&options, entries[kind], NULL) == GROVE_OK ? 0 : 1);
}

struct observed *
observed_start (enum observed_kind kind)
{
  struct observed *self = calloc (1, sizeof *self);
  int              fds[2];
  char             byte;

  if (self == NULL)
    abort ();
  snprintf (self->directory, sizeof self->directory, "/tmp/grove-bench-XXXXXX");
  self->page =
    mmap (NULL, sizeof *self->page, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  if (mkdtemp (self->directory) == NULL || self->page == MAP_FAILED || pipe (fds) != 0)
    abort ();
  snprintf (self->socket, sizeof self->socket, "%s/bench.sock", self->directory);
  fflush (NULL);
  self->pid = fork ();
  if (self->pid == 0)
    {
      page = self->page;
      directory = self->directory;
      ready_fd = fds[1];
      close (fds[0]);
      run_system (kind);
    }
  close (fds[1]);
  if (self->pid < 0 || read (fds[0], &byte, 1) != 1)
    abort ();
  close (fds[0]);
  return self;
}

void
observed_end (struct observed *self)
{
  char lock[144];

  kill (self->pid, SIGKILL);
  waitpid (self->pid, NULL, 0);
  snprintf (lock, sizeof lock, "%s/bench.lock", self->directory);
  unlink (lock);
  unlink (self->socket);
  rmdir (self->directory);
  munmap (self->page, sizeof *self->page);
  free (self);
}

const char *
observed_socket (const struct observed *self)
{
  return self->socket;
}

void
observed_set_busy (struct observed *self, bool busy)
{
  atomic_store (&self->page->busy, busy);
}

uint64_t
observed_work (const struct observed *self)
{
  uint64_t n = 0;

  for (size_t i = 0; i < MAX_WORKERS; i++)
    n += atomic_load (&self->page->work[i].n);
  return n;
}

uint64_t
observed_target (const struct observed *self)
{
  return atomic_load (&self->page->target);
}

uint64_t
observed_cpu_ns (const struct observed *self)
{
  struct timespec time;
  clockid_t       clock;

  if (clock_getcpuclockid (self->pid, &clock) != 0 || clock_gettime (clock, &time) != 0)
    abort ();
  return (uint64_t) time.tv_sec * 1000000000 + (uint64_t) time.tv_nsec;
}

static bool
read_file (const char *path, char *text, size_t size)
{
  FILE *file = fopen (path, "r");
  bool  good = file != NULL && fgets (text, (int) size, file) != NULL;

  if (file != NULL)
    fclose (file);
  return good;
}

uint64_t
observed_export_cpu_ns (const struct observed *self)
{
  char           path[300], text[128];
  uint64_t       cpu_ns = 0;
  DIR           *directory_of_threads;
  struct dirent *entry;

  snprintf (path, sizeof path, "/proc/%d/task", (int) self->pid);
  directory_of_threads = opendir (path);
  if (directory_of_threads == NULL)
    abort ();
  while ((entry = readdir (directory_of_threads)) != NULL)
    {
      snprintf (path, sizeof path, "/proc/%d/task/%.16s/comm", (int) self->pid, entry->d_name);
      if (!read_file (path, text, sizeof text) || strcmp (text, "grove-export\n") != 0)
        continue;
      snprintf (path, sizeof path, "/proc/%d/task/%.16s/schedstat", (int) self->pid, entry->d_name);
      if (read_file (path, text, sizeof text))
        cpu_ns = strtoull (text, NULL, 10);
    }
  closedir (directory_of_threads);
  return cpu_ns;
}

double
observed_resident_mb (const struct observed *self)
{
  char  path[64], text[128];
  char *end;

  snprintf (path, sizeof path, "/proc/%d/statm", (int) self->pid);
  if (!read_file (path, text, sizeof text))
    abort ();
  (void) strtoull (text, &end, 10);
  return (double) strtoull (end, NULL, 10) * (double) sysconf (_SC_PAGESIZE) / 1e6;
}
