/* SPDX-License-Identifier: MIT
 *
 * The supervision forest. The agent watches it on the node, and answers one question, asked again
 * and again, when there is something to tell: whose children differ, and which numbers of processes
 * changed. So the server, which looks at each node in its every tick, asks the node for nothing.
 * Whoever nobody looked at for a while is not watched any longer.
 *
 * Threads: the server's.
 */
#include "runtime/beam/source-private.h"

#include "runtime/beam/value.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Nobody looked for so long: it is not watched any more, and then not known any more. */
#define UNWATCHED_NS UINT64_C (15000000000)
#define FORGOTTEN_NS UINT64_C (60000000000)
#define MAX_COLUMNS  4
#define KNOWN_MAX    ((size_t) 8 << 20)
#define ROOT         UINT64_C (0)
#define PROCESSES    0 /* of beam_tables */

/* Of a process in the forest; its handle says which. */
struct known
{
  uint64_t handle;
  uint64_t revision; /* of its children; 0: nobody wants to see them */
  uint64_t asked_ns; /* when that was last asked for */
  uint64_t used_ns;  /* 0: no process is here */
  double   numbers[MAX_COLUMNS];
};

/* A column whose numbers are wanted. Its generation tells it from another in the same place. */
struct wanted
{
  uint32_t column;
  int64_t  generation; /* 0: none */
  uint64_t used_ns;
};

struct beam_tree
{
  struct known *known;
  size_t        n_known, n_places; /* a power of two */
  struct wanted wanted[MAX_COLUMNS];
  int64_t       generation;
  uint64_t      used_ns, swept_ns;
  unsigned      n_questions; /* under way; two while the wishes change */
};

/* ---- What is known
 * -------------------------------------------------------------------------------
 */

/* "<0.NUMBER.SERIAL>", as the agent has it. */
static bool
read_handle (const char *pid, uint64_t *ret_handle)
{
  unsigned number, serial;

  if (sscanf (pid, "<0.%u.%u>", &number, &serial) != 2)
    return false;
  *ret_handle = (uint64_t) serial << 32 | number;
  return true;
}

static size_t
place_of (const struct beam_tree *self, uint64_t handle)
{
  const uint64_t mixed = handle * UINT64_C (0x9e3779b97f4a7c15);
  size_t         place = (size_t) (mixed >> 20) & (self->n_places - 1);

  while (self->known[place].used_ns != 0 && self->known[place].handle != handle)
    place = (place + 1) & (self->n_places - 1);
  return place;
}

static struct known *
find (const struct beam_tree *self, uint64_t handle)
{
  struct known *known;

  if (self->n_places == 0)
    return NULL;
  known = &self->known[place_of (self, handle)];
  return known->used_ns != 0 ? known : NULL;
}

/* Without those that were forgotten, and with room for one more. */
static void
make_room (struct beam_tree *self)
{
  struct known  *old = self->known;
  const size_t   n_old = self->n_places;
  const uint64_t now_ns = beam_now_ns ();
  size_t         n_kept = 0;

  if (self->n_known < n_old / 2)
    return;
  for (size_t i = 0; i < n_old; i++)
    n_kept += old[i].used_ns != 0 && now_ns - old[i].used_ns < FORGOTTEN_NS;
  self->n_places = 256;
  while (self->n_places < n_kept * 4)
    self->n_places *= 2;
  self->known = calloc (self->n_places, sizeof *self->known);
  if (self->known == NULL)
    abort ();
  self->n_known = n_kept;
  for (size_t i = 0; i < n_old; i++)
    if (old[i].used_ns != 0 && now_ns - old[i].used_ns < FORGOTTEN_NS)
      self->known[place_of (self, old[i].handle)] = old[i];
  free (old);
}

static struct known *
find_or_add (struct beam_tree *self, uint64_t handle)
{
  struct known *known = find (self, handle);

  if (known != NULL)
    return known;
  make_room (self);
  known = &self->known[place_of (self, handle)];
  known->handle = handle;
  known->used_ns = beam_now_ns ();
  known->revision = known->asked_ns = 0;
  for (size_t i = 0; i < MAX_COLUMNS; i++)
    known->numbers[i] = NAN;
  self->n_known++;
  return known;
}

static void
forget_all (struct beam_tree *self)
{
  free (self->known);
  self->known = NULL;
  self->n_known = self->n_places = 0;
  memset (self->wanted, 0, sizeof self->wanted);
}

/* ---- Watching
 * ------------------------------------------------------------------------------------
 */

static void watch (struct beam_source *source);

static uint64_t
read_word (const char *bytes)
{
  uint64_t word = 0;

  for (size_t i = 0; i < 8; i++)
    word = word << 8 | (unsigned char) bytes[i];
  return word;
}

/* Pairs of words in a member of @map; false behind the last. */
static bool
next_pair (struct grove_text *pairs, uint64_t *ret_handle, uint64_t *ret_value)
{
  if (pairs->size < 16)
    return false;
  *ret_handle = read_word (pairs->bytes);
  *ret_value = read_word (pairs->bytes + 8);
  pairs->bytes += 16;
  pairs->size -= 16;
  return true;
}

static void
take_numbers (struct beam_tree *self, struct grove_term told)
{
  const int64_t     generation = beam_map_int (told, "generation");
  struct grove_term member;
  struct grove_text pairs;
  uint64_t          handle, bits;
  size_t            i = 0;

  while (i < MAX_COLUMNS && self->wanted[i].generation != generation)
    i++;
  if (i == MAX_COLUMNS || generation == 0 || !beam_map_get (told, "values", &member) ||
      !grove_term_binary (member, &pairs))
    return;
  while (next_pair (&pairs, &handle, &bits) && self->n_known < KNOWN_MAX)
    {
      double value;

      memcpy (&value, &bits, sizeof value);
      find_or_add (self, handle)->numbers[i] = value;
    }
}

static void
watched (const struct beam_answer *answer, void *user_data)
{
  struct beam_source *source = user_data;
  struct beam_tree   *self = source->tree;
  struct grove_term   member, told;
  struct grove_cursor cursor;
  struct grove_text   pairs;
  uint64_t            handle, revision;

  self->n_questions--;
  if (!answer->ok)
    {
      forget_all (self);
      return;
    }
  if (beam_map_get (answer->result, "changed", &member) && grove_term_binary (member, &pairs))
    while (next_pair (&pairs, &handle, &revision))
      {
        struct known *known = find (self, handle);

        if (known != NULL && known->revision != 0 && revision > known->revision)
          known->revision = revision;
      }
  if (beam_map_get (answer->result, "numbers", &member) && grove_cursor_init (&cursor, member))
    while (grove_cursor_next (&cursor, &told))
      take_numbers (self, told);
  if (self->n_questions == 0 && beam_now_ns () - self->used_ns < UNWATCHED_NS)
    watch (source);
}

/* The pids of those whose children nobody wants to see any more. */
static void
add_forgotten (struct beam_tree *self, struct beam_params *params)
{
  struct grove_buffer pids = { NULL };
  const uint64_t      now_ns = beam_now_ns ();

  for (size_t i = 0; i < self->n_places && now_ns - self->swept_ns >= UNWATCHED_NS; i++)
    {
      struct known *known = &self->known[i];
      char          pid[GROVE_SOURCE_PID_SIZE];
      int           size;

      if (known->used_ns == 0 || known->revision == 0 || known->handle == ROOT ||
          now_ns - known->asked_ns < UNWATCHED_NS)
        continue;
      known->revision = 0;
      size = snprintf (pid, sizeof pid, "<0.%u.%u> ", (unsigned) (known->handle & UINT32_MAX),
                       (unsigned) (known->handle >> 32));
      memcpy (grove_buffer_extend (&pids, (size_t) size), pid, (size_t) size);
    }
  if (now_ns - self->swept_ns >= UNWATCHED_NS)
    self->swept_ns = now_ns;
  *grove_buffer_extend (&pids, 1) = '\0';
  beam_params_text (params, "forget", (const char *) pids.bytes);
  grove_buffer_finish (&pids);
}

/* "messages 3 memory 4 ": columns that are wanted, and their generations. */
static void
add_columns (struct beam_tree *self, struct beam_params *params)
{
  char   columns[MAX_COLUMNS * 64] = "";
  size_t size = 0;

  for (size_t i = 0; i < MAX_COLUMNS; i++)
    {
      struct wanted *wanted = &self->wanted[i];

      if (wanted->generation != 0 && beam_now_ns () - wanted->used_ns >= UNWATCHED_NS)
        wanted->generation = 0;
      if (wanted->generation != 0)
        size += (size_t) snprintf (columns + size, sizeof columns - size, "%s %lld ",
                                   beam_tables[PROCESSES].columns[wanted->column].name,
                                   (long long) wanted->generation);
    }
  beam_params_text (params, "columns", columns);
}

static void
watch (struct beam_source *source)
{
  struct beam_params params;

  source->tree->n_questions++;
  beam_params_begin (&params);
  add_columns (source->tree, &params);
  add_forgotten (source->tree, &params);
  (void) beam_agent_ask (source->agent, "tree_watch", beam_params_end (&params), watched, source);
  beam_params_finish (&params);
}

static void
use (struct beam_source *source)
{
  source->tree->used_ns = beam_now_ns ();
  if (source->tree->n_questions == 0)
    watch (source);
}

/* ---- What the server asks
 * ------------------------------------------------------------------------
 */

struct children_question
{
  struct beam_tree   *tree;
  int64_t             generations[MAX_COLUMNS]; /* of the columns that were asked for */
  struct grove_nodes *nodes;
  uint64_t            handle;
};

/* In the order they were asked for. */
static void
take_numbers_of (struct children_question *question, uint64_t handle, struct grove_term node)
{
  struct beam_tree *self = question->tree;
  struct grove_term member;
  struct grove_text numbers = { "", 0 };
  struct known     *known;

  if (!beam_map_get (node, "numbers", &member) || !grove_term_binary (member, &numbers) ||
      self->n_known >= KNOWN_MAX)
    return;
  known = find_or_add (self, handle);
  for (size_t i = 0; i < MAX_COLUMNS && numbers.size >= 8; i++)
    {
      const uint64_t bits = read_word (numbers.bytes);

      if (question->generations[i] == 0)
        continue;
      if (question->generations[i] == self->wanted[i].generation)
        memcpy (&known->numbers[i], &bits, sizeof bits);
      numbers.bytes += 8;
      numbers.size -= 8;
    }
}

static void
add_node (struct children_question *question, struct grove_term term)
{
  static const char *const kinds[] = { "application", "supervisor", "worker" };
  struct grove_tree_node   node = { .kind = "process" };
  char                     kind[16], status[16], strategy[32];

  beam_map_text (term, "pid", node.pid, sizeof node.pid);
  beam_map_text (term, "replaces", node.replaces, sizeof node.replaces);
  beam_map_text (term, "name", node.name, sizeof node.name);
  beam_map_text (term, "kind", kind, sizeof kind);
  beam_map_text (term, "status", status, sizeof status);
  beam_map_text (term, "strategy", strategy, sizeof strategy);
  for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++)
    if (strcmp (kinds[i], kind) == 0)
      node.kind = kinds[i];
  (void) read_handle (node.pid, &node.handle);
  node.status = status;
  node.strategy = strategy;
  node.restarts = (uint32_t) beam_map_int (term, "restarts");
  node.n_children = (uint32_t) beam_map_int (term, "children");
  node.intensity = (uint32_t) beam_map_int (term, "intensity");
  node.period_s = (uint32_t) beam_map_int (term, "period_s");
  node.recent_restarts = (uint32_t) beam_map_int (term, "recent_restarts");
  take_numbers_of (question, node.handle, term);
  grove_nodes_add (question->nodes, &node);
}

static void
children_answered (const struct beam_answer *answer, void *user_data)
{
  struct children_question *question = user_data;
  struct grove_nodes       *nodes = question->nodes;
  struct grove_term         list, node;
  struct grove_cursor       cursor;

  if (!answer->ok && answer->code == GROVE_ERROR_NO_PROCESS)
    grove_nodes_gone (nodes);
  else if (!answer->ok)
    grove_nodes_unknown (nodes);
  else
    {
      const uint64_t revision = beam_map_count (answer->result, "revision");
      struct known  *known = find_or_add (question->tree, question->handle);

      /* That it changed since may have been told before this. */
      if (revision > known->revision)
        known->revision = revision;
      known->asked_ns = known->used_ns = beam_now_ns ();
      if (beam_map_get (answer->result, "nodes", &list) && grove_cursor_init (&cursor, list))
        while (grove_cursor_next (&cursor, &node))
          add_node (question, node);
      grove_nodes_done (nodes, beam_map_count (answer->result, "total"), revision);
    }
  free (question);
}

void
beam_tree_children (void *data, const char *pid, uint32_t limit, struct grove_nodes *nodes)
{
  struct beam_source       *source = data;
  struct children_question *question;
  struct beam_params        params;
  uint64_t                  handle = ROOT;

  if (pid != NULL && !read_handle (pid, &handle))
    {
      grove_nodes_gone (nodes);
      return;
    }
  use (source);
  question = malloc (sizeof *question);
  if (question == NULL)
    abort ();
  *question = (struct children_question){ .tree = source->tree, .nodes = nodes, .handle = handle };
  beam_params_begin (&params);
  add_columns (source->tree, &params);
  for (size_t i = 0; i < MAX_COLUMNS; i++)
    question->generations[i] = source->tree->wanted[i].generation;
  beam_params_text (&params, "pid", pid != NULL ? pid : "");
  beam_params_int (&params, "limit", limit);
  (void) beam_agent_ask (source->agent, "children", beam_params_end (&params), children_answered,
                         question);
  beam_params_finish (&params);
}

uint64_t
beam_tree_revision (void *data, const char *pid)
{
  struct beam_source *source = data;
  struct known       *known;
  uint64_t            handle = ROOT;

  if (pid != NULL && !read_handle (pid, &handle))
    return 0;
  use (source);
  known = find (source->tree, handle);
  if (known == NULL)
    return 0;
  known->asked_ns = known->used_ns = source->tree->used_ns;
  return known->revision;
}

/* Those the agent reads for it. */
static bool
has_numbers (uint32_t column)
{
  static const char *const names[] = { "messages", "reductions", "reductions/s",
                                       "memory",   "heap",       "stack" };

  for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
    if (strcmp (beam_tables[PROCESSES].columns[column].name, names[i]) == 0)
      return true;
  return false;
}

/* Where the numbers of @column are kept; the one that nobody wanted for longest goes for it. */
static size_t
place_of_column (struct beam_source *source, uint32_t column)
{
  struct beam_tree *self = source->tree;
  size_t            oldest = 0;

  for (size_t i = 0; i < MAX_COLUMNS; i++)
    if (self->wanted[i].generation != 0 && self->wanted[i].column == column)
      return i;
  for (size_t i = 1; i < MAX_COLUMNS && self->wanted[oldest].generation != 0; i++)
    if (self->wanted[i].generation == 0 || self->wanted[i].used_ns < self->wanted[oldest].used_ns)
      oldest = i;
  for (size_t i = 0; i < self->n_places; i++)
    self->known[i].numbers[oldest] = NAN;
  self->wanted[oldest] = (struct wanted){ column, ++self->generation, beam_now_ns () };
  /* The question under way did not speak of it, and is answered when this one comes. */
  watch (source);
  return oldest;
}

void
beam_tree_metrics (void *data, uint32_t column, const uint64_t *handles, size_t n, double *values)
{
  struct beam_source *source = data;
  const uint64_t      now_ns = beam_now_ns ();
  size_t              place;

  if (!has_numbers (column))
    {
      for (size_t i = 0; i < n; i++)
        values[i] = NAN;
      return;
    }
  place = place_of_column (source, column);
  use (source);
  source->tree->wanted[place].used_ns = now_ns;
  for (size_t i = 0; i < n; i++)
    {
      struct known *known = find (source->tree, handles[i]);

      values[i] = known != NULL ? known->numbers[place] : NAN;
      if (known != NULL)
        known->used_ns = now_ns;
    }
}

struct beam_tree *
beam_tree_new (void)
{
  struct beam_tree *self = calloc (1, sizeof *self);

  if (self == NULL)
    abort ();
  return self;
}

void
beam_tree_free (struct beam_tree *self)
{
  free (self->known);
  free (self);
}
