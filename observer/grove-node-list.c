/* SPDX-License-Identifier: MIT
 *
 * GroveNodeList: runs `grove-beam --list --json`, at most one at a time, or follows the table
 * `nodes` of the system, and takes over what changed.
 */
#include "observer/grove-node-list.h"

#include "observer/grove-address.h"
#include "observer/grove-observer-private.h"
#include "observer/grove-rows.h"

#include <string.h>

#define LOOK_S    4
#define NODES_MAX 256
#define SAID_MAX  (1024 * 1024)

struct _GroveNode
{
  GObject parent_instance;
  char   *name;
  char   *target;
};

G_DEFINE_FINAL_TYPE (GroveNode, grove_node, G_TYPE_OBJECT)

const char *
grove_node_get_target (GroveNode *self)
{
  g_return_val_if_fail (GROVE_IS_NODE (self), "");
  return self->target;
}

const char *
grove_node_get_name (GroveNode *self)
{
  g_return_val_if_fail (GROVE_IS_NODE (self), "");
  return self->name;
}

static void
grove_node_finalize (GObject *object)
{
  g_free (GROVE_NODE (object)->name);
  g_free (GROVE_NODE (object)->target);
  G_OBJECT_CLASS (grove_node_parent_class)->finalize (object);
}

static void
grove_node_class_init (GroveNodeClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = grove_node_finalize;
}

static void
grove_node_init (GroveNode *self)
{
}

struct _GroveNodeList
{
  GObject       parent_instance;
  GPtrArray    *nodes; /* GroveNode, by name */
  guint         n_watchers;
  guint         timer;
  GCancellable *looking; /* NULL: not now */
  GroveSession *session; /* NULL: of this machine */
  GroveRows    *rows;    /* of its table `nodes`, while watched */
};

enum
{
  LOOKED,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

static void list_model_init (GListModelInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (GroveNodeList,
                               grove_node_list,
                               G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (G_TYPE_LIST_MODEL, list_model_init))

static int
compare_targets (gconstpointer a, gconstpointer b)
{
  return strcmp ((*(GroveNode *const *) a)->target, (*(GroveNode *const *) b)->target);
}

/* @beside: a target in the same cluster, or NULL; what is no node's name is passed over. */
static void
add_node (GPtrArray *found, const char *name, const char *beside)
{
  g_autofree char *target = grove_address_dup_sibling (beside, name);
  if (target == NULL)
    return;
  GroveNode *node = g_object_new (GROVE_TYPE_NODE, NULL);
  node->name = g_strdup (name);
  node->target = g_steal_pointer (&target);
  g_ptr_array_add (found, node);
}

static GPtrArray *
read_nodes (const char *said)
{
  GPtrArray          *found = g_ptr_array_new_with_free_func (g_object_unref);
  struct json_object *document = said != NULL ? json_tokener_parse (said) : NULL;
  struct json_object *list = _grove_json_array (document, "nodes");
  gsize               n = list != NULL ? json_object_array_length (list) : 0;
  for (gsize i = 0; i < MIN (n, NODES_MAX); i++)
    {
      const char *name = _grove_json_text (json_object_array_get_idx (list, i), "name");
      add_node (found, name, NULL);
    }
  json_object_put (document);
  return found;
}

/* Both lists are sorted by then: they are merged, and each difference told as it is found. */
static void
merge (GroveNodeList *self, GPtrArray *found)
{
  guint i = 0, j = 0;
  g_ptr_array_sort (found, compare_targets);
  while (i < self->nodes->len || j < found->len)
    {
      int order = 0;
      if (i == self->nodes->len)
        order = 1;
      else if (j == found->len)
        order = -1;
      else
        order = compare_targets (&self->nodes->pdata[i], &found->pdata[j]);
      if (order < 0)
        {
          g_ptr_array_remove_index (self->nodes, i);
          g_list_model_items_changed (G_LIST_MODEL (self), i, 1, 0);
          continue;
        }
      if (order > 0)
        {
          g_ptr_array_insert (self->nodes, (int) i, g_object_ref (found->pdata[j]));
          g_list_model_items_changed (G_LIST_MODEL (self), i, 0, 1);
        }
      i++;
      j++;
    }
}

typedef struct
{
  GroveNodeList *list;
  GSubprocess   *process;
  char           said[SAID_MAX + 1];
} Look;

static void
look_free (Look *look)
{
  g_object_unref (look->process);
  g_object_unref (look->list);
  g_free (look);
}

/* All it said, or more than it may. */
static void
heard (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Look          *look = user_data;
  GroveNodeList *self = look->list;
  gsize          size = 0;
  g_autoptr (GError) error = NULL;
  gboolean done = g_input_stream_read_all_finish (G_INPUT_STREAM (source), result, &size, &error);
  gboolean cancelled = g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  if (!done || size > SAID_MAX)
    g_subprocess_force_exit (look->process);
  if (!cancelled)
    {
      g_clear_object (&self->looking);
      look->said[MIN (size, SAID_MAX)] = '\0';
      g_autoptr (GPtrArray) found = read_nodes (done && size <= SAID_MAX ? look->said : NULL);
      merge (self, found);
      g_signal_emit (self, signals[LOOKED], 0);
    }
  look_free (look);
}

static GSubprocess *
run_bridge (void)
{
  g_autoptr (GPtrArray) argv = g_ptr_array_new_with_free_func (g_free);
  if (!_grove_address_add_bridge (argv, NULL))
    return NULL;
  g_ptr_array_add (argv, g_strdup ("--list"));
  g_ptr_array_add (argv, g_strdup ("--json"));
  g_ptr_array_add (argv, NULL);
  return g_subprocess_newv ((const char *const *) argv->pdata,
                            G_SUBPROCESS_FLAGS_STDOUT_PIPE | G_SUBPROCESS_FLAGS_STDERR_SILENCE,
                            NULL);
}

static void
look (GroveNodeList *self)
{
  if (self->looking != NULL)
    return;
  GSubprocess *process = run_bridge ();
  if (process == NULL)
    {
      g_signal_emit (self, signals[LOOKED], 0);
      return;
    }
  Look *look = g_malloc (sizeof *look);
  look->list = g_object_ref (self);
  look->process = process;
  self->looking = g_cancellable_new ();
  g_input_stream_read_all_async (g_subprocess_get_stdout_pipe (process), look->said,
                                 sizeof look->said, G_PRIORITY_DEFAULT, self->looking, heard, look);
}

/* ---- Of a cluster -------------------------------------------------------------------------------
 */

static void
read_cluster (GroveNodeList *self)
{
  g_autoptr (GPtrArray) found = g_ptr_array_new_with_free_func (g_object_unref);
  const char *beside = grove_session_get_target (self->session);
  guint       n = g_list_model_get_n_items (G_LIST_MODEL (self->rows));
  for (guint i = 0; i < MIN (n, NODES_MAX); i++)
    {
      g_autoptr (GroveRow) row = g_list_model_get_item (G_LIST_MODEL (self->rows), i);
      if (strcmp (grove_row_get_text (row, "kind"), "this") != 0)
        add_node (found, grove_row_get_text (row, "node"), beside);
    }
  merge (self, found);
  g_signal_emit (self, signals[LOOKED], 0);
}

static void
follow (GroveNodeList *self)
{
  if (self->rows != NULL)
    return;
  self->rows = grove_rows_new (self->session, "nodes", NULL, LOOK_S * 1000);
  g_signal_connect_swapped (self->rows, "items-changed", G_CALLBACK (read_cluster), self);
  g_signal_connect_swapped (self->rows, "refilled", G_CALLBACK (read_cluster), self);
  grove_table_set_viewport (GROVE_TABLE (self->rows), 0, NODES_MAX);
  grove_table_set_active (GROVE_TABLE (self->rows), TRUE);
}

/* ---- Watching -----------------------------------------------------------------------------------
 */

static gboolean
look_again (gpointer user_data)
{
  look (user_data);
  return G_SOURCE_CONTINUE;
}

void
grove_node_list_watch (GroveNodeList *self)
{
  g_return_if_fail (GROVE_IS_NODE_LIST (self));
  self->n_watchers++;
  if (self->session != NULL)
    {
      follow (self);
      return;
    }
  if (self->timer == 0)
    self->timer = g_timeout_add_seconds (LOOK_S, look_again, self);
  look (self);
}

static void
stop (GroveNodeList *self)
{
  g_clear_handle_id (&self->timer, g_source_remove);
  if (self->looking != NULL)
    g_cancellable_cancel (self->looking);
  g_clear_object (&self->looking);
  if (self->rows != NULL)
    {
      g_signal_handlers_disconnect_by_data (self->rows, self);
      grove_table_set_active (GROVE_TABLE (self->rows), FALSE);
    }
  g_clear_object (&self->rows);
}

void
grove_node_list_unwatch (GroveNodeList *self)
{
  g_return_if_fail (GROVE_IS_NODE_LIST (self));
  g_return_if_fail (self->n_watchers > 0);
  if (--self->n_watchers == 0)
    stop (self);
}

static GType
get_item_type (GListModel *model)
{
  return GROVE_TYPE_NODE;
}

static guint
get_n_items (GListModel *model)
{
  return GROVE_NODE_LIST (model)->nodes->len;
}

static gpointer
get_item (GListModel *model, guint position)
{
  GroveNodeList *self = GROVE_NODE_LIST (model);
  return position < self->nodes->len ? g_object_ref (self->nodes->pdata[position]) : NULL;
}

static void
list_model_init (GListModelInterface *iface)
{
  iface->get_item_type = get_item_type;
  iface->get_n_items = get_n_items;
  iface->get_item = get_item;
}

static void
grove_node_list_dispose (GObject *object)
{
  stop (GROVE_NODE_LIST (object));
  g_clear_object (&GROVE_NODE_LIST (object)->session);
  G_OBJECT_CLASS (grove_node_list_parent_class)->dispose (object);
}

static void
grove_node_list_finalize (GObject *object)
{
  g_ptr_array_unref (GROVE_NODE_LIST (object)->nodes);
  G_OBJECT_CLASS (grove_node_list_parent_class)->finalize (object);
}

static void
grove_node_list_class_init (GroveNodeListClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  object_class->dispose = grove_node_list_dispose;
  object_class->finalize = grove_node_list_finalize;
  signals[LOOKED] = g_signal_new ("looked", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL,
                                  NULL, NULL, G_TYPE_NONE, 0);
}

static void
grove_node_list_init (GroveNodeList *self)
{
  self->nodes = g_ptr_array_new_with_free_func (g_object_unref);
}

GroveNodeList *
grove_node_list_new (void)
{
  return g_object_new (GROVE_TYPE_NODE_LIST, NULL);
}

GroveNodeList *
grove_node_list_new_cluster (GroveSession *session)
{
  GroveNodeList *self = grove_node_list_new ();
  self->session = g_object_ref (session);
  return self;
}
