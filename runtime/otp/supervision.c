/* SPDX-License-Identifier: MIT
 *
 * The published supervision forest. A *branch* is a process that can have children (a supervisor,
 * an application's master, and one with pid 0 that holds the applications); a *place* is where a
 * child stands below a branch, whoever fills it. A supervisor that is supervised has both, found by
 * its pid.
 *
 * One mutex guards all of it. Nothing is called back, sent or waited for under it, and otp/ is
 * compiled without reduction counting, so no process is ever switched out while it holds the lock.
 * Memory is the C library's and not a process's own, since readers and the ends of processes
 * outlive the writer.
 */
#include "runtime/otp/supervision.h"

#include "runtime/core/observe.h"
#include "runtime/otp/aftermath.h"
#include "runtime/otp/hash.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

struct branch;

struct place
{
  struct grove_hash_link        by_pid; /* in forest.places while node.pid is set */
  struct grove_hash_link        by_id;  /* in forest.ids */
  struct branch                *parent;
  struct place                 *previous, *next; /* branch.first, in start order */
  struct grove_supervision_node node;            /* what is the branch's is filled in when copied */
};

struct branch
{
  struct grove_hash_link by_pid; /* in forest.branches */
  grove_pid              pid;
  uint64_t               revision;
  const char            *strategy;
  uint32_t               intensity, period_s, recent_restarts;
  const char *const     *needs; /* an application's; static storage */
  struct place          *first, *last;
  size_t                 n_children;
  /* Where the last copy ended, so that paging through many children is linear. */
  struct place *cursor;
  size_t        cursor_offset;
  /* The same for who goes by places. */
  struct place *behind;
};

static void *
forest_alloc (size_t size)
{
  void *block = calloc (1, size);

  /* A failed allocation of fixed size aborts. */
  if (!block)
    abort ();
  return block;
}

#define FOREST_HASH                                                                                \
  {                                                                                                \
    .alloc = forest_alloc, .release = free                                                         \
  }

static struct
{
  pthread_mutex_t   lock;
  struct grove_hash branches; /* by pid */
  struct grove_hash places;   /* by the child's pid */
  struct grove_hash ids;      /* by id, mixed with the parent's pid */
  struct branch     roots;    /* the applications */
  uint64_t          n_places; /* ever */
  uint64_t          n_restarts;
  /* Written under the lock, read by any thread without it. */
  _Atomic uint64_t revision;
} forest = {
  .lock = PTHREAD_MUTEX_INITIALIZER,
  .branches = FOREST_HASH,
  .places = FOREST_HASH,
  .ids = FOREST_HASH,
  .roots = { .strategy = "" },
};

/* ---- Finding ---------------------------------------------------------------------------- */

static struct branch *
find_branch_locked (grove_pid pid)
{
  struct grove_hash_link *link;

  if (pid == 0)
    return &forest.roots;
  link = _grove_hash_first (&forest.branches, pid);
  return link ? GROVE_HASH_OWNER (link, struct branch, by_pid) : NULL;
}

static struct place *
find_place_locked (grove_pid pid)
{
  struct grove_hash_link *link = _grove_hash_first (&forest.places, pid);

  return link ? GROVE_HASH_OWNER (link, struct place, by_pid) : NULL;
}

static struct place *
find_child_locked (const struct branch *parent, const char *id)
{
  struct grove_hash_link *link =
    _grove_hash_first (&forest.ids, _grove_hash_text (id, parent->pid));

  for (; link; link = _grove_hash_next (link))
    {
      struct place *place = GROVE_HASH_OWNER (link, struct place, by_id);

      if (place->parent == parent && strcmp (place->node.id, id) == 0)
        return place;
    }
  return NULL;
}

/* ---- Changing --------------------------------------------------------------------------- */

/* What is shown of @branch changed: its children, and so its own line among its siblings. */
static void
touch_locked (struct branch *branch)
{
  uint64_t      revision = atomic_load_explicit (&forest.revision, memory_order_relaxed) + 1;
  struct place *place = branch->pid ? find_place_locked (branch->pid) : NULL;

  branch->revision = revision;
  if (place)
    place->parent->revision = revision;
  /* Released after the change of the branch; a reader that sees the number then takes the lock. */
  atomic_store_explicit (&forest.revision, revision, memory_order_release);
}

/* The node of the application @branch is in. */
static struct place *
root_of_locked (const struct branch *branch)
{
  struct place *place = NULL;

  while (branch != &forest.roots)
    {
      place = find_place_locked (branch->pid);
      if (!place)
        break;
      branch = place->parent;
    }
  return place;
}

static void
count_restarts_locked (const struct branch *parent, uint32_t n)
{
  struct place *root = root_of_locked (parent);

  forest.n_restarts += n;
  if (root)
    root->node.tree_restarts += n;
}

static void
fill_place_locked (struct place *place, const struct grove_supervision_node *child)
{
  if (place->node.pid != child->pid)
    {
      if (place->node.pid)
        _grove_hash_remove (&forest.places, &place->by_pid);
      if (child->pid)
        _grove_hash_add (&forest.places, child->pid, &place->by_pid);
      if (child->pid && child->replaces)
        _grove_aftermath_add (child->replaces, &(struct grove_aftermath){
                                                 .outcome = GROVE_OUTCOME_RESTARTED,
                                                 .supervisor = place->parent->pid,
                                                 .successor = child->pid,
                                                 .restarts = child->restarts,
                                               });
    }
  if (child->restarts > place->node.restarts)
    count_restarts_locked (place->parent, child->restarts - place->node.restarts);
  place->node.pid = child->pid;
  place->node.replaces = child->replaces;
  place->node.kind = child->kind;
  place->node.restarts = child->restarts;
  place->node.state = child->state;
  place->node.restart = child->restart;
  place->node.shutdown_ms = child->shutdown_ms;
  place->node.significant = child->significant;
}

static void
put_locked (struct branch *parent, const struct grove_supervision_node *child)
{
  char          id[sizeof child->id];
  struct place *place;

  memcpy (id, child->id, sizeof id);
  id[sizeof id - 1] = '\0';
  place = find_child_locked (parent, id);
  if (!place)
    {
      place = forest_alloc (sizeof *place);
      memcpy (place->node.id, id, sizeof id);
      place->node.place = ++forest.n_places;
      place->parent = parent;
      place->previous = parent->last;
      if (parent->last)
        parent->last->next = place;
      else
        parent->first = place;
      parent->last = place;
      parent->n_children++;
      _grove_hash_add (&forest.ids, _grove_hash_text (id, parent->pid), &place->by_id);
    }
  fill_place_locked (place, child);
  touch_locked (parent);
}

static void
drop_place_locked (struct place *place)
{
  struct branch *parent = place->parent;

  if (place->node.pid)
    _grove_hash_remove (&forest.places, &place->by_pid);
  _grove_hash_remove (&forest.ids, &place->by_id);
  if (place->previous)
    place->previous->next = place->next;
  else
    parent->first = place->next;
  if (place->next)
    place->next->previous = place->previous;
  else
    parent->last = place->previous;
  parent->n_children--;
  parent->cursor = NULL;
  if (parent->behind == place)
    parent->behind = place->next;
  free (place);
}

static void
open_locked (grove_pid pid, const struct grove_supervision_node *self)
{
  struct branch *branch = find_branch_locked (pid);

  if (!branch)
    {
      branch = forest_alloc (sizeof *branch);
      branch->pid = pid;
      _grove_hash_add (&forest.branches, pid, &branch->by_pid);
    }
  branch->strategy = self->strategy ? self->strategy : "";
  branch->intensity = self->intensity;
  branch->period_s = self->period_s;
  branch->recent_restarts = self->recent_restarts;
  touch_locked (branch);
}

static void
close_locked (struct branch *branch)
{
  while (branch->first)
    drop_place_locked (branch->first);
  touch_locked (branch);
  _grove_hash_remove (&forest.branches, &branch->by_pid);
  free (branch);
}

bool
_grove_supervision_add_root (grove_pid          master,
                             const char        *application,
                             enum grove_restart type,
                             const char *const *needs)
{
  struct grove_supervision_node node = {
    .pid = master,
    .kind = GROVE_NODE_APPLICATION,
    .state = GROVE_NODE_STARTING,
    .restart = type,
  };
  bool added = false;

  strncpy (node.id, application, sizeof node.id - 1);
  pthread_mutex_lock (&forest.lock);
  if (!find_child_locked (&forest.roots, node.id))
    {
      open_locked (master, &node);
      find_branch_locked (master)->needs = needs;
      put_locked (&forest.roots, &node);
      added = true;
    }
  pthread_mutex_unlock (&forest.lock);
  return added;
}

void
_grove_supervision_set_state (grove_pid master, enum grove_node_state state)
{
  struct place *place;

  pthread_mutex_lock (&forest.lock);
  place = find_place_locked (master);
  if (place)
    {
      place->node.state = state;
      touch_locked (place->parent);
    }
  pthread_mutex_unlock (&forest.lock);
}

void
_grove_supervision_remove_root (grove_pid master)
{
  struct branch *branch;
  struct place  *place;

  pthread_mutex_lock (&forest.lock);
  branch = find_branch_locked (master);
  place = find_place_locked (master);
  if (branch && master)
    close_locked (branch);
  if (place && place->parent == &forest.roots)
    {
      drop_place_locked (place);
      touch_locked (&forest.roots);
    }
  pthread_mutex_unlock (&forest.lock);
}

void
_grove_supervision_open (grove_pid supervisor, const struct grove_supervision_node *self)
{
  pthread_mutex_lock (&forest.lock);
  open_locked (supervisor, self);
  pthread_mutex_unlock (&forest.lock);
}

void
_grove_supervision_close (grove_pid supervisor)
{
  struct branch *branch;

  pthread_mutex_lock (&forest.lock);
  branch = find_branch_locked (supervisor);
  if (branch && supervisor)
    close_locked (branch);
  pthread_mutex_unlock (&forest.lock);
}

void
_grove_supervision_put (grove_pid supervisor, const struct grove_supervision_node *child)
{
  struct branch *parent;

  pthread_mutex_lock (&forest.lock);
  parent = find_branch_locked (supervisor);
  if (parent)
    put_locked (parent, child);
  pthread_mutex_unlock (&forest.lock);
}

void
_grove_supervision_remove (grove_pid supervisor, const char *id)
{
  struct branch *parent;
  struct place  *place;
  char           cut[GROVE_CHILD_ID_SIZE] = "";

  strncpy (cut, id, sizeof cut - 1);
  pthread_mutex_lock (&forest.lock);
  parent = find_branch_locked (supervisor);
  place = parent ? find_child_locked (parent, cut) : NULL;
  if (place)
    {
      drop_place_locked (place);
      touch_locked (parent);
    }
  pthread_mutex_unlock (&forest.lock);
}

void
_grove_supervision_restarted (grove_pid supervisor, uint32_t recent_restarts)
{
  struct branch *branch;

  pthread_mutex_lock (&forest.lock);
  branch = find_branch_locked (supervisor);
  if (branch)
    {
      branch->recent_restarts = recent_restarts;
      touch_locked (branch);
    }
  pthread_mutex_unlock (&forest.lock);
}

/* ---- Reading ---------------------------------------------------------------------------- */

static void
copy_locked (const struct place *place, struct grove_supervision_node *ret_node)
{
  const struct branch *branch = place->node.pid ? find_branch_locked (place->node.pid) : NULL;

  *ret_node = place->node;
  ret_node->strategy = branch ? branch->strategy : "";
  ret_node->n_children = branch ? (uint32_t) branch->n_children : 0;
  ret_node->intensity = branch ? branch->intensity : 0;
  ret_node->period_s = branch ? branch->period_s : 0;
  ret_node->recent_restarts = branch ? branch->recent_restarts : 0;
}

uint64_t
_grove_supervision_revision (void)
{
  return atomic_load_explicit (&forest.revision, memory_order_acquire);
}

uint64_t
_grove_supervision_revision_of (grove_pid parent)
{
  struct branch *branch;
  uint64_t       revision;

  pthread_mutex_lock (&forest.lock);
  branch = find_branch_locked (parent);
  revision = branch ? branch->revision : 0;
  pthread_mutex_unlock (&forest.lock);
  return revision;
}

static struct place *
seek_locked (struct branch *parent, size_t offset)
{
  struct place *place = parent->first;
  size_t        at = 0;

  if (parent->cursor && parent->cursor_offset <= offset)
    {
      place = parent->cursor;
      at = parent->cursor_offset;
    }
  for (; place && at < offset; at++)
    place = place->next;
  return place;
}

bool
_grove_supervision_children (grove_pid                      parent,
                             size_t                         offset,
                             struct grove_supervision_node *nodes,
                             size_t                         n,
                             size_t                        *ret_n,
                             size_t                        *ret_total)
{
  struct branch *branch;
  size_t         copied = 0;

  pthread_mutex_lock (&forest.lock);
  branch = find_branch_locked (parent);
  if (branch)
    {
      struct place *place = seek_locked (branch, offset);

      for (; place && copied < n; place = place->next)
        copy_locked (place, &nodes[copied++]);
      branch->cursor = place;
      branch->cursor_offset = offset + copied;
      *ret_n = copied;
      *ret_total = branch->n_children;
    }
  pthread_mutex_unlock (&forest.lock);
  return branch != NULL;
}

/* The first child behind @after. */
static struct place *
behind_locked (const struct branch *parent, uint64_t after)
{
  struct place *place = parent->behind;

  if (parent->last && parent->last->node.place <= after)
    return NULL;
  if (!place || place->node.place <= after ||
      (place->previous && place->previous->node.place > after))
    place = parent->first;
  while (place && place->node.place <= after)
    place = place->next;
  return place;
}

bool
_grove_supervision_children_after (grove_pid                      parent,
                                   uint64_t                       after,
                                   struct grove_supervision_node *nodes,
                                   size_t                         n,
                                   size_t                        *ret_n,
                                   size_t                        *ret_total)
{
  struct branch *branch;
  size_t         copied = 0;

  pthread_mutex_lock (&forest.lock);
  branch = find_branch_locked (parent);
  if (branch)
    {
      struct place *place = behind_locked (branch, after);

      for (; place && copied < n; place = place->next)
        copy_locked (place, &nodes[copied++]);
      branch->behind = place;
      *ret_n = copied;
      *ret_total = branch->n_children;
    }
  pthread_mutex_unlock (&forest.lock);
  return branch != NULL;
}

bool
_grove_supervision_find (grove_pid                      pid,
                         grove_pid                     *ret_parent,
                         struct grove_supervision_node *ret_node)
{
  struct place *place;

  pthread_mutex_lock (&forest.lock);
  place = pid ? find_place_locked (pid) : NULL;
  if (place && ret_parent)
    *ret_parent = place->parent->pid;
  if (place && ret_node)
    copy_locked (place, ret_node);
  pthread_mutex_unlock (&forest.lock);
  return place != NULL;
}

grove_pid
_grove_supervision_successor (grove_pid pid)
{
  struct grove_aftermath aftermath;

  return _grove_aftermath_find (pid, &aftermath) ? aftermath.successor : 0;
}

uint64_t
_grove_supervision_restarts (void)
{
  uint64_t n_restarts;

  pthread_mutex_lock (&forest.lock);
  n_restarts = forest.n_restarts;
  pthread_mutex_unlock (&forest.lock);
  return n_restarts;
}

grove_pid
_grove_supervision_application (const char *name)
{
  struct place *place;
  char          cut[sizeof ((struct grove_supervision_node *) NULL)->id] = "";
  grove_pid     master;

  strncpy (cut, name, sizeof cut - 1);
  pthread_mutex_lock (&forest.lock);
  place = find_child_locked (&forest.roots, cut);
  master = place ? place->node.pid : 0;
  pthread_mutex_unlock (&forest.lock);
  return master;
}

/* ---- Acting ----------------------------------------------------------------------------- */

const char *const *
_grove_supervision_needs (grove_pid master)
{
  const char *const *needs = NULL;
  struct branch     *branch;

  pthread_mutex_lock (&forest.lock);
  branch = find_branch_locked (master);
  if (branch && master)
    needs = branch->needs;
  pthread_mutex_unlock (&forest.lock);
  return needs;
}

enum grove_status
_grove_supervision_restart (grove_pid pid)
{
  struct grove_supervision_node node;
  struct grove_buffer           request = { 0 };
  grove_pid                     parent, above;
  enum grove_status             status;

  if (!_grove_supervision_find (pid, &parent, &node) || parent == 0)
    return GROVE_ERR_NOPROC;
  if (node.restart == GROVE_TEMPORARY)
    return GROVE_ERR_BADARG;
  /* An application's top supervisor belongs to the master, which restarts nothing. */
  if (_grove_supervision_find (parent, &above, &node) && above == 0)
    return GROVE_ERR_BADARG;

  status = grove_build (&request, "{'$gen_cast', {restart_process, ~p}}", pid);
  if (status == GROVE_OK)
    status = _grove_observe_send (parent, grove_buffer_term (&request));
  grove_buffer_finish (&request);
  return status;
}
