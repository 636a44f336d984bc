/* SPDX-License-Identifier: MIT
 *
 * Reads a term as the protocol sends it. A tree whose counts do not add up is none: its text is
 * what is left.
 */
#include "observer/grove-term.h"

#include "observer/grove-observer-private.h"

#include <string.h>

#define TEXT_MAX      ((gsize) 128 << 10)
#define NODE_TEXT_MAX 1024
#define NODES_MAX     1024
#define DEPTH_MAX     64

struct grove_read_term
{
  char          *text;
  gint64         size;
  gboolean       truncated;
  GroveTermNode *nodes; /* NULL: none */
  guint          n_nodes;
  GStringChunk  *texts; /* of the nodes */
};

G_DEFINE_BOXED_TYPE (GroveTerm, grove_term, grove_term_ref, grove_term_unref)

static const char *const kinds[] = {
  [GROVE_TERM_KIND_OTHER] = "",
  [GROVE_TERM_KIND_INTEGER] = "integer",
  [GROVE_TERM_KIND_FLOAT] = "float",
  [GROVE_TERM_KIND_ATOM] = "atom",
  [GROVE_TERM_KIND_BINARY] = "binary",
  [GROVE_TERM_KIND_BITSTRING] = "bitstring",
  [GROVE_TERM_KIND_LIST] = "list",
  [GROVE_TERM_KIND_TUPLE] = "tuple",
  [GROVE_TERM_KIND_MAP] = "map",
  [GROVE_TERM_KIND_PID] = "pid",
  [GROVE_TERM_KIND_REFERENCE] = "reference",
  [GROVE_TERM_KIND_FUN] = "fun",
  [GROVE_TERM_KIND_PORT] = "port",
};

static GroveTermKind
read_kind (const char *text)
{
  for (guint i = 1; i < G_N_ELEMENTS (kinds); i++)
    if (strcmp (kinds[i], text) == 0)
      return (GroveTermKind) i;
  return GROVE_TERM_KIND_OTHER;
}

static char *
cut (const char *text, gsize max)
{
  gsize length = strlen (text);
  char *copy = g_malloc (MIN (length, max) + 1);
  _grove_copy_text (copy, MIN (length, max) + 1, text);
  return copy;
}

static gboolean
read_node (GroveTerm *self, struct json_object *object, GroveTermNode *node)
{
  gint64 n = _grove_json_int (object, "n", 0);
  if (!json_object_is_type (object, json_type_object) || n < 0 || n > NODES_MAX)
    return FALSE;
  g_autofree char *text = cut (_grove_json_text (object, "text"), NODE_TEXT_MAX);
  node->kind = read_kind (_grove_json_text (object, "kind"));
  node->text = g_string_chunk_insert (self->texts, text);
  node->n = (guint) n;
  node->left_out = MAX (_grove_json_int (object, "left_out", 0), 0);
  node->improper = n > 0 && _grove_json_boolean (object, "improper");
  node->truncated = _grove_json_boolean (object, "truncated");
  return TRUE;
}

/* How deep each node is, and where what is below it ends. FALSE when there are more or fewer nodes
 * than they say. */
static gboolean
arrange (GroveTerm *self)
{
  struct
  {
    guint node, left;
  } open[DEPTH_MAX];
  guint depth = 0;
  for (guint i = 0; i < self->n_nodes; i++)
    {
      GroveTermNode *node = &self->nodes[i];
      if (i > 0)
        {
          if (depth == 0)
            return FALSE;
          open[depth - 1].left--;
        }
      node->depth = depth;
      if (node->n > 0)
        {
          if (depth == DEPTH_MAX)
            return FALSE;
          open[depth].node = i;
          open[depth++].left = node->n;
          continue;
        }
      node->end = i + 1;
      while (depth > 0 && open[depth - 1].left == 0)
        self->nodes[open[--depth].node].end = i + 1;
    }
  return depth == 0;
}

static gboolean
read_tree (GroveTerm *self, struct json_object *tree)
{
  gsize n = json_object_array_length (tree);
  if (n == 0 || n > NODES_MAX)
    return FALSE;
  self->texts = g_string_chunk_new (1024);
  self->nodes = g_new0 (GroveTermNode, n);
  self->n_nodes = (guint) n;
  for (guint i = 0; i < n; i++)
    if (!read_node (self, json_object_array_get_idx (tree, i), &self->nodes[i]))
      return FALSE;
  return arrange (self);
}

static void
drop_tree (GroveTerm *self)
{
  g_clear_pointer (&self->nodes, g_free);
  g_clear_pointer (&self->texts, g_string_chunk_free);
  self->n_nodes = 0;
}

GroveTerm *
_grove_term_read (struct json_object *object)
{
  if (!json_object_is_type (object, json_type_object))
    return NULL;
  GroveTerm          *self = g_rc_box_new0 (GroveTerm);
  struct json_object *tree = _grove_json_array (object, "tree");
  self->text = cut (_grove_json_text (object, "text"), TEXT_MAX);
  self->size = MAX (_grove_json_int (object, "size", -1), -1);
  self->truncated = _grove_json_boolean (object, "truncated");
  if (tree != NULL && !read_tree (self, tree))
    drop_tree (self);
  return self;
}

GroveTerm *
_grove_term_read_text (struct json_object *object)
{
  GroveTerm *self = _grove_term_read (object);
  if (self == NULL || self->nodes != NULL || self->truncated)
    return self;
  self->texts = g_string_chunk_new (256);
  g_autoptr (GArray) nodes = _grove_term_parse (self->text, self->texts);
  if (nodes != NULL)
    {
      self->n_nodes = nodes->len;
      self->nodes = (GroveTermNode *) (gpointer) g_array_steal (nodes, NULL);
    }
  if (self->nodes == NULL || !arrange (self))
    drop_tree (self);
  return self;
}

GroveTerm *
grove_term_new_text (const char *text)
{
  g_return_val_if_fail (text != NULL, NULL);
  GroveTerm *self = g_rc_box_new0 (GroveTerm);
  self->text = cut (text, TEXT_MAX);
  self->size = -1;
  return self;
}

static void
clear (gpointer data)
{
  GroveTerm *self = data;
  drop_tree (self);
  g_free (self->text);
}

GroveTerm *
grove_term_ref (GroveTerm *self)
{
  return g_rc_box_acquire (self);
}

void
grove_term_unref (GroveTerm *self)
{
  g_rc_box_release_full (self, clear);
}

const char *
grove_term_get_text (const GroveTerm *self)
{
  return self->text;
}

gint64
grove_term_get_size (const GroveTerm *self)
{
  return self->size;
}

gboolean
grove_term_is_truncated (const GroveTerm *self)
{
  return self->truncated;
}

const GroveTermNode *
grove_term_get_nodes (const GroveTerm *self, guint *ret_n)
{
  *ret_n = self->n_nodes;
  return self->nodes;
}

gboolean
grove_term_is_alike (const GroveTerm *a, const GroveTerm *b)
{
  if (a == NULL || b == NULL || a->n_nodes != b->n_nodes)
    return FALSE;
  for (guint i = 0; i < a->n_nodes; i++)
    if (a->nodes[i].kind != b->nodes[i].kind || a->nodes[i].n != b->nodes[i].n)
      return FALSE;
  return TRUE;
}

gboolean
grove_term_equal (const GroveTerm *a, const GroveTerm *b)
{
  if (a == b)
    return TRUE;
  if (!grove_term_is_alike (a, b) || a->size != b->size || a->truncated != b->truncated ||
      strcmp (a->text, b->text) != 0)
    return FALSE;
  /* What the text leaves out the nodes may have. */
  for (guint i = 0; i < a->n_nodes; i++)
    if (strcmp (a->nodes[i].text, b->nodes[i].text) != 0)
      return FALSE;
  return TRUE;
}
