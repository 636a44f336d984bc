/* SPDX-License-Identifier: MIT
 *
 * The client's forest and its operations. A process is in it at most once: a source whose answers,
 * taken at different moments, name it under two parents moves it, and one that names an ancestor as
 * a child is not believed.
 *
 * Threads: the server's.
 */
#include "protocol/forest.h"

#include "protocol/memory.h"
#include "protocol/schema-names.h"

#include <math.h>
#include <stdio.h>

#define OPS_BYTES_MAX 950000
#define MAX_CHOICES   1024

struct grove_fold_choice
{
  char            pid[GROVE_SOURCE_PID_SIZE];
  enum grove_fold fold;
};

void
grove_forest_init (struct grove_forest *self, unsigned depth)
{
  memset (self, 0, sizeof *self);
  self->depth = depth;
  self->root.expanded = true;
  grove_writer_init (&self->ops, OPS_BYTES_MAX);
}

static size_t
bucket_of (const struct grove_forest *self, const char *pid)
{
  uint64_t hash = UINT64_C (14695981039346656037);

  for (; *pid != '\0'; pid++)
    hash = (hash ^ (unsigned char) *pid) * UINT64_C (1099511628211);
  return (size_t) (hash ^ hash >> 32) & (self->n_buckets - 1);
}

struct grove_forest_node *
grove_forest_find (struct grove_forest *self, const char *pid)
{
  struct grove_forest_node *node;

  if (self->n_buckets == 0)
    return NULL;
  node = self->buckets[bucket_of (self, pid)];
  while (node != NULL && strcmp (node->pid, pid) != 0)
    node = node->next_in_bucket;
  return node;
}

static void
link_node (struct grove_forest *self, struct grove_forest_node *node)
{
  size_t bucket = bucket_of (self, node->pid);

  self->change++;
  node->next_in_bucket = self->buckets[bucket];
  self->buckets[bucket] = node;
}

static void
unlink_node (struct grove_forest *self, struct grove_forest_node *node)
{
  struct grove_forest_node **at = &self->buckets[bucket_of (self, node->pid)];

  self->change++;
  while (*at != node)
    at = &(*at)->next_in_bucket;
  *at = node->next_in_bucket;
}

static void
grow_buckets (struct grove_forest *self)
{
  struct grove_forest_node **old = self->buckets;
  size_t                     n_old = self->n_buckets;

  if (self->n_nodes < n_old)
    return;
  self->n_buckets = n_old == 0 ? 256 : n_old * 2;
  self->buckets = grove_must_zero (self->n_buckets * sizeof (struct grove_forest_node *));
  for (size_t i = 0; i < n_old; i++)
    while (old[i] != NULL)
      {
        struct grove_forest_node *node = old[i];

        old[i] = node->next_in_bucket;
        link_node (self, node);
      }
  free (old);
}

void
grove_forest_enqueue (struct grove_forest *self, struct grove_forest_node *node)
{
  if (node->queued)
    return;
  node->queued = true;
  node->next_queued = NULL;
  node->previous_queued = self->last_queued;
  if (self->last_queued != NULL)
    self->last_queued->next_queued = node;
  else
    self->first_queued = node;
  self->last_queued = node;
}

void
grove_forest_enqueue_children (struct grove_forest *self, struct grove_forest_node *node)
{
  for (size_t i = 0; i < node->n_children; i++)
    if (node->children[i]->expanded)
      grove_forest_enqueue (self, node->children[i]);
}

struct grove_forest_node *
grove_forest_first_queued (struct grove_forest *self)
{
  return self->first_queued;
}

void
grove_forest_dequeue (struct grove_forest *self, struct grove_forest_node *node)
{
  if (!node->queued)
    return;
  node->queued = false;
  if (node->previous_queued != NULL)
    node->previous_queued->next_queued = node->next_queued;
  else
    self->first_queued = node->next_queued;
  if (node->next_queued != NULL)
    node->next_queued->previous_queued = node->previous_queued;
  else
    self->last_queued = node->previous_queued;
}

static void free_children (struct grove_forest *self, struct grove_forest_node *node);

static void
free_node (struct grove_forest *self, struct grove_forest_node *node)
{
  free_children (self, node);
  grove_forest_dequeue (self, node);
  unlink_node (self, node);
  self->n_nodes--;
  free (node->children);
  free (node->info);
  free (node);
}

static void
free_children (struct grove_forest *self, struct grove_forest_node *node)
{
  for (size_t i = 0; i < node->n_children; i++)
    free_node (self, node->children[i]);
  node->n_children = 0;
  node->asked = false;
}

void
grove_forest_finish (struct grove_forest *self)
{
  free_children (self, &self->root);
  free (self->root.children);
  free (self->buckets);
  free (self->choices);
  grove_writer_finish (&self->ops);
}

static void
keep_choice (struct grove_forest *self, const struct grove_forest_node *node)
{
  if (node->fold == GROVE_FOLD_AUTOMATIC || self->n_choices == MAX_CHOICES)
    return;
  if (self->choices == NULL)
    self->choices = grove_must_resize (NULL, MAX_CHOICES, sizeof *self->choices);
  memcpy (self->choices[self->n_choices].pid, node->pid, sizeof node->pid);
  self->choices[self->n_choices++].fold = node->fold;
}

void
grove_forest_clear_ops (struct grove_forest *self)
{
  grove_writer_clear (&self->ops);
  self->n_ops = 0;
  self->overflown = false;
}

void
grove_forest_clear (struct grove_forest *self)
{
  self->n_choices = 0;
  for (size_t i = 0; i < self->n_buckets; i++)
    for (const struct grove_forest_node *node = self->buckets[i]; node != NULL;
         node = node->next_in_bucket)
      keep_choice (self, node);
  free_children (self, &self->root);
  grove_forest_dequeue (self, &self->root);
  grove_forest_clear_ops (self);
}

/* Begins an op, or notes that there are too many to be worth it. */
static bool
begin_op (struct grove_forest *self, const char *name)
{
  if (self->overflown)
    return false;
  if (self->n_ops == GROVE_LIMIT_TREE_OPS || !grove_writer_ok (&self->ops))
    {
      self->overflown = true;
      grove_writer_clear (&self->ops);
      return false;
    }
  self->n_ops++;
  grove_writer_begin_array (&self->ops);
  grove_writer_text (&self->ops, name);
  return true;
}

static void
end_op (struct grove_forest *self)
{
  grove_writer_end_array (&self->ops);
  if (!grove_writer_ok (&self->ops))
    self->overflown = true;
}

static void
write_node (struct grove_forest *self, const struct grove_forest_node *node)
{
  static const char expanded[] = ",\"expanded\":true}";
  char              json[2048];
  size_t            size = node->info_size;

  /* Sizes of pid, name and the rest are fixed by struct grove_tree_node; escapes make them six
   * times. */
  if (size + sizeof expanded > sizeof json)
    {
      grove_writer_raw (&self->ops, "{}", 2);
      return;
    }
  memcpy (json, node->info, size);
  if (node->expanded)
    {
      memcpy (json + size, expanded, sizeof expanded - 1);
      size += sizeof expanded - 1;
    }
  else
    json[size++] = '}';
  grove_writer_raw (&self->ops, json, size);
}

static void
op_add (struct grove_forest *self, const struct grove_forest_node *node, size_t index)
{
  if (!begin_op (self, "add"))
    return;
  grove_writer_text (&self->ops, node->parent != &self->root ? node->parent->pid : NULL);
  grove_writer_int (&self->ops, (int64_t) index);
  write_node (self, node);
  end_op (self);
}

static void
op_delete (struct grove_forest *self, const struct grove_forest_node *node)
{
  if (!begin_op (self, "del"))
    return;
  grove_writer_text (&self->ops, node->pid);
  end_op (self);
}

static void
op_set (struct grove_forest *self, const struct grove_forest_node *node)
{
  if (!begin_op (self, "set"))
    return;
  grove_writer_text (&self->ops, node->pid);
  write_node (self, node);
  end_op (self);
}

static void
op_replace (struct grove_forest *self, const char *old_pid, const struct grove_forest_node *node)
{
  if (!begin_op (self, "replace"))
    return;
  grove_writer_text (&self->ops, old_pid);
  write_node (self, node);
  end_op (self);
}

static void
op_move (struct grove_forest *self, const struct grove_forest_node *node, size_t index)
{
  if (!begin_op (self, "move"))
    return;
  grove_writer_text (&self->ops, node->pid);
  grove_writer_int (&self->ops, (int64_t) index);
  end_op (self);
}

static bool
should_expand (const struct grove_forest *self, const struct grove_forest_node *node)
{
  /* Also bounds how deep the functions that go down the tree call themselves. */
  if (node->level + 1 >= GROVE_LIMIT_TREE_LEVELS)
    return false;
  if (node->fold != GROVE_FOLD_AUTOMATIC)
    return node->fold == GROVE_FOLD_EXPANDED;
  if (node->expanded)
    return true;
  return node->level < self->depth && node->n_all_children > 0 &&
         self->n_nodes < GROVE_LIMIT_TREE_NODES;
}

/* Takes the entry's NODE. Returns whether anything in it changed. */
static bool
set_info (struct grove_forest_node      *node,
          const struct grove_nodes      *answer,
          const struct grove_node_entry *entry)
{
  const char *info = answer->writer.bytes + entry->at;

  if (node->info != NULL && node->info_size == entry->size &&
      memcmp (node->info, info, entry->size) == 0)
    return false;
  node->info = grove_must_resize (node->info, entry->size, 1);
  memcpy (node->info, info, entry->size);
  node->info_size = entry->size;
  node->n_all_children = entry->n_children;
  return true;
}

static size_t
index_of (const struct grove_forest_node *parent, const struct grove_forest_node *node, size_t from)
{
  while (from < parent->n_children && parent->children[from] != node)
    from++;
  return from;
}

static void
take_out (struct grove_forest_node *parent, size_t index)
{
  parent->n_children--;
  memmove (&parent->children[index], &parent->children[index + 1],
           (parent->n_children - index) * sizeof (struct grove_forest_node *));
}

static void
put_in (struct grove_forest_node *parent, struct grove_forest_node *node, size_t index)
{
  if (parent->n_children == parent->capacity)
    {
      parent->capacity = parent->capacity == 0 ? 8 : parent->capacity * 2;
      parent->children =
        grove_must_resize (parent->children, parent->capacity, sizeof (struct grove_forest_node *));
    }
  memmove (&parent->children[index + 1], &parent->children[index],
           (parent->n_children - index) * sizeof (struct grove_forest_node *));
  parent->children[index] = node;
  parent->n_children++;
}

static void
delete_node (struct grove_forest *self, struct grove_forest_node *node)
{
  struct grove_forest_node *parent = node->parent;

  op_delete (self, node);
  take_out (parent, index_of (parent, node, 0));
  free_node (self, node);
}

static enum grove_fold
choice_for (const struct grove_forest *self, const char *pid)
{
  for (size_t i = 0; i < self->n_choices; i++)
    if (strcmp (self->choices[i].pid, pid) == 0)
      return self->choices[i].fold;
  return GROVE_FOLD_AUTOMATIC;
}

static struct grove_forest_node *
add_node (struct grove_forest           *self,
          struct grove_forest_node      *parent,
          size_t                         index,
          const struct grove_nodes      *answer,
          const struct grove_node_entry *entry)
{
  struct grove_forest_node *node = grove_must_zero (sizeof *node);

  grow_buckets (self);
  memcpy (node->pid, entry->pid, sizeof node->pid);
  node->handle = entry->handle;
  node->parent = parent;
  node->level = parent == &self->root ? 0 : parent->level + 1;
  node->metric = NAN;
  node->fold = choice_for (self, node->pid);
  set_info (node, answer, entry);
  node->expanded = should_expand (self, node);
  link_node (self, node);
  self->n_nodes++;
  put_in (parent, node, index);
  op_add (self, node, index);
  return node;
}

static bool
is_above (const struct grove_forest_node *node, const struct grove_forest_node *below)
{
  for (; below != NULL; below = below->parent)
    if (below == node)
      return true;
  return false;
}

/* A process that took the place of one that is gone: the node stays, what it is changes. */
static void
replace_node (struct grove_forest           *self,
              struct grove_forest_node      *node,
              const struct grove_nodes      *answer,
              const struct grove_node_entry *entry)
{
  char old_pid[GROVE_SOURCE_PID_SIZE];

  memcpy (old_pid, node->pid, sizeof old_pid);
  free_children (self, node);
  unlink_node (self, node);
  memcpy (node->pid, entry->pid, sizeof node->pid);
  node->handle = entry->handle;
  link_node (self, node);
  node->metric = NAN;
  node->expanded = false;
  node->fold = GROVE_FOLD_AUTOMATIC;
  set_info (node, answer, entry);
  node->expanded = should_expand (self, node);
  op_replace (self, old_pid, node);
}

/* The node of a process that is somewhere else in the forest goes from there. */
static void
delete_elsewhere (struct grove_forest *self, struct grove_forest_node *parent, const char *pid)
{
  struct grove_forest_node *node = grove_forest_find (self, pid);

  if (node != NULL && node->parent != parent)
    delete_node (self, node);
}

static void
stamp_known (struct grove_forest      *self,
             struct grove_forest_node *parent,
             const struct grove_nodes *answer)
{
  for (size_t i = 0; i < answer->n; i++)
    {
      struct grove_forest_node *node = grove_forest_find (self, answer->entries[i].pid);

      if (node != NULL && node->parent == parent)
        node->stamp = self->stamp;
    }
}

static void
replace_gone (struct grove_forest      *self,
              struct grove_forest_node *parent,
              const struct grove_nodes *answer)
{
  for (size_t i = 0; i < answer->n; i++)
    {
      const struct grove_node_entry *entry = &answer->entries[i];
      struct grove_forest_node      *node, *old;

      if (entry->replaces[0] == '\0')
        continue;
      node = grove_forest_find (self, entry->pid);
      old = grove_forest_find (self, entry->replaces);
      if (old == NULL || old->parent != parent || old->stamp == self->stamp ||
          (node != NULL && (node->parent == parent || is_above (node, parent))))
        continue;
      delete_elsewhere (self, parent, entry->pid);
      replace_node (self, old, answer, entry);
      old->stamp = self->stamp;
    }
}

static void
delete_gone (struct grove_forest *self, struct grove_forest_node *parent)
{
  size_t i = parent->n_children;

  while (i-- > 0)
    {
      struct grove_forest_node *node = parent->children[i];

      if (node->stamp == self->stamp)
        continue;
      op_delete (self, node);
      take_out (parent, i);
      free_node (self, node);
    }
}

void
grove_forest_update (struct grove_forest      *self,
                     struct grove_forest_node *parent,
                     const struct grove_nodes *answer)
{
  size_t place = 0;

  self->stamp++;
  stamp_known (self, parent, answer);
  replace_gone (self, parent, answer);
  delete_gone (self, parent);
  for (size_t i = 0; i < answer->n; i++)
    {
      const struct grove_node_entry *entry = &answer->entries[i];
      struct grove_forest_node      *node = grove_forest_find (self, entry->pid);
      bool                           changed, expanded;
      size_t                         at;

      if (node != NULL && is_above (node, parent))
        continue;
      if (node == NULL || node->parent != parent)
        {
          delete_elsewhere (self, parent, entry->pid);
          add_node (self, parent, place++, answer, entry)->stamp = self->stamp;
          continue;
        }
      at = index_of (parent, node, place);
      /* Named twice in one answer: its place was taken by the first. */
      if (at == parent->n_children)
        continue;
      if (at != place)
        {
          take_out (parent, at);
          put_in (parent, node, place);
          op_move (self, node, place);
        }
      changed = set_info (node, answer, entry);
      expanded = should_expand (self, node);
      if (changed || expanded != node->expanded)
        {
          node->expanded = expanded;
          op_set (self, node);
        }
      place++;
    }
}

void
grove_forest_fold (struct grove_forest *self, struct grove_forest_node *node, bool expand)
{
  node->fold = expand ? GROVE_FOLD_EXPANDED : GROVE_FOLD_COLLAPSED;
  if (node->expanded == expand)
    return;
  node->expanded = expand;
  if (!expand)
    {
      for (size_t i = node->n_children; i-- > 0;)
        op_delete (self, node->children[i]);
      free_children (self, node);
      grove_forest_dequeue (self, node);
    }
  op_set (self, node);
}
