/* SPDX-License-Identifier: MIT
 *
 * Starting the systems that are observed, and looking at them from outside. Each is a program of
 * its own (observed-system.c), so that whoever measures need not hold a runtime too.
 */
#include "observed.h"
#include "observed-page.h"

#include <dirent.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

struct observed
{
  pid_t                 pid;
  struct observed_page *page;
  char                  directory[64];
  char                  socket[128];
};

/* In the child. */
static void
become_system (enum observed_kind kind, const char *directory, int page_fd, int ready_fd)
{
  char number[16], page_text[16], ready_text[16];

  snprintf (number, sizeof number, "%d", (int) kind);
  snprintf (page_text, sizeof page_text, "%d", page_fd);
  snprintf (ready_text, sizeof ready_text, "%d", ready_fd);
  execl (OBSERVED_SYSTEM_PROGRAM, "observed-system", number, directory, page_text, ready_text,
         (char *) NULL);
  perror (OBSERVED_SYSTEM_PROGRAM);
  _exit (127);
}

struct observed *
observed_start (enum observed_kind kind)
{
  struct observed *self = calloc (1, sizeof *self);
  int              fds[2];
  char             byte;
  const int        page_fd = memfd_create ("observed", 0);

  if (self == NULL || page_fd < 0 || ftruncate (page_fd, sizeof *self->page) != 0)
    abort ();
  snprintf (self->directory, sizeof self->directory, "/tmp/grove-bench-XXXXXX");
  self->page = mmap (NULL, sizeof *self->page, PROT_READ | PROT_WRITE, MAP_SHARED, page_fd, 0);
  if (mkdtemp (self->directory) == NULL || self->page == MAP_FAILED || pipe (fds) != 0)
    abort ();
  snprintf (self->socket, sizeof self->socket, "%s/bench.sock", self->directory);
  fflush (NULL);
  self->pid = fork ();
  if (self->pid == 0)
    {
      close (fds[0]);
      become_system (kind, self->directory, page_fd, fds[1]);
    }
  close (fds[1]);
  close (page_fd);
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
observed_set_pace (struct observed *self, enum observed_pace pace)
{
  atomic_store (&self->page->pace, (int) pace);
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

void
observed_end_process (struct observed *self, uint64_t pid)
{
  atomic_store (&self->page->ended_ns, 0);
  atomic_store (&self->page->condemned, pid);
}

uint64_t
observed_ended_ns (const struct observed *self)
{
  return atomic_load (&self->page->ended_ns);
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
