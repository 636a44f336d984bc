/* SPDX-License-Identifier: MIT
 *
 * GroveDiscovery: looks into the socket directory when it changes, and every LOOK_MS because a
 * system that crashes changes nothing there.
 *
 * A live system holds a lock on NAME.lock; that is read from /proc/locks, so that looking disturbs
 * nobody. Only where no lock is held is the socket tried, and let go at once: if somebody listens
 * it is live without a lock, else a crash left it behind.
 */
#include "observer/grove-discovery.h"

#include "observer/grove-address.h"
#include "observer/grove-observer-private.h"
#include "observer/grove-session-private.h"
#include "observer/grove-socket-note.h"
#include "protocol/place.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/un.h>
#include <unistd.h>

#define LOOK_MS     2000
#define SETTLE_MS   50 /* a change in the directory is seldom the only one */
#define SYSTEMS_MAX 256

struct _GroveSystem
{
  GObject  parent_instance;
  char    *name;
  char    *path;
  gboolean live;
  char    *trouble;
  char    *cluster;
  gboolean served;
};

enum
{
  SYSTEM_PROP_0,
  SYSTEM_PROP_NAME,
  SYSTEM_PROP_PATH,
  SYSTEM_PROP_LIVE,
  SYSTEM_PROP_TROUBLE,
  SYSTEM_N_PROPS
};
static GParamSpec *system_properties[SYSTEM_N_PROPS];

G_DEFINE_FINAL_TYPE (GroveSystem, grove_system, G_TYPE_OBJECT)

const char *
grove_system_get_name (GroveSystem *self)
{
  g_return_val_if_fail (GROVE_IS_SYSTEM (self), "");
  return self->name;
}

const char *
grove_system_get_path (GroveSystem *self)
{
  g_return_val_if_fail (GROVE_IS_SYSTEM (self), "");
  return self->path;
}

gboolean
grove_system_get_live (GroveSystem *self)
{
  g_return_val_if_fail (GROVE_IS_SYSTEM (self), FALSE);
  return self->live;
}

const char *
grove_system_get_trouble (GroveSystem *self)
{
  g_return_val_if_fail (GROVE_IS_SYSTEM (self), NULL);
  return self->trouble;
}

const char *
grove_system_get_cluster (GroveSystem *self)
{
  g_return_val_if_fail (GROVE_IS_SYSTEM (self), NULL);
  return self->cluster;
}

static void
set_trouble (GroveSystem *self, const char *trouble)
{
  if (g_strcmp0 (self->trouble, trouble) == 0)
    return;
  g_free (self->trouble);
  self->trouble = g_strdup (trouble);
  g_object_notify_by_pspec (G_OBJECT (self), system_properties[SYSTEM_PROP_TROUBLE]);
}

static void
set_live (GroveSystem *self, gboolean live)
{
  if (self->live == live)
    return;
  self->live = live;
  g_object_notify_by_pspec (G_OBJECT (self), system_properties[SYSTEM_PROP_LIVE]);
}

static void
grove_system_get_property (GObject *object, guint prop_id, GValue *value, GParamSpec *pspec)
{
  GroveSystem *self = GROVE_SYSTEM (object);
  switch (prop_id)
    {
    case SYSTEM_PROP_NAME:
      g_value_set_string (value, self->name);
      break;
    case SYSTEM_PROP_PATH:
      g_value_set_string (value, self->path);
      break;
    case SYSTEM_PROP_LIVE:
      g_value_set_boolean (value, self->live);
      break;
    case SYSTEM_PROP_TROUBLE:
      g_value_set_string (value, self->trouble);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
grove_system_finalize (GObject *object)
{
  GroveSystem *self = GROVE_SYSTEM (object);
  g_free (self->name);
  g_free (self->path);
  g_free (self->trouble);
  g_free (self->cluster);
  G_OBJECT_CLASS (grove_system_parent_class)->finalize (object);
}

static void
grove_system_class_init (GroveSystemClass *klass)
{
  const GParamFlags read = G_PARAM_READABLE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS;
  GObjectClass     *object_class = G_OBJECT_CLASS (klass);
  object_class->get_property = grove_system_get_property;
  object_class->finalize = grove_system_finalize;
  system_properties[SYSTEM_PROP_NAME] = g_param_spec_string ("name", NULL, NULL, NULL, read);
  system_properties[SYSTEM_PROP_PATH] = g_param_spec_string ("path", NULL, NULL, NULL, read);
  system_properties[SYSTEM_PROP_LIVE] = g_param_spec_boolean ("live", NULL, NULL, FALSE, read);
  system_properties[SYSTEM_PROP_TROUBLE] = g_param_spec_string ("trouble", NULL, NULL, NULL, read);
  g_object_class_install_properties (object_class, SYSTEM_N_PROPS, system_properties);
}

static void
grove_system_init (GroveSystem *self)
{
}

/* Whether somebody holds a lock on the file; the table names files by device and inode. */
static gboolean
is_locked (const char *locks, const char *path)
{
  struct stat status;
  if (locks == NULL || lstat (path, &status) != 0)
    return FALSE;
  char file[64];
  g_snprintf (file, sizeof file, " %02x:%02x:%llu ", major (status.st_dev), minor (status.st_dev),
              (unsigned long long) status.st_ino);
  return strstr (locks, file) != NULL;
}

static gboolean
answers (const char *path)
{
  struct sockaddr_un address = { .sun_family = AF_UNIX };
  if (strlen (path) >= sizeof address.sun_path)
    return FALSE;
  strcpy (address.sun_path, path);
  int fd = socket (AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  if (fd < 0)
    return FALSE;
  /* EAGAIN: somebody listens, and has a queue. */
  gboolean live =
    connect (fd, (struct sockaddr *) &address, sizeof address) == 0 || errno == EAGAIN;
  close (fd);
  return live;
}

struct _GroveDiscovery
{
  GObject       parent_instance;
  char         *directory;
  GFileMonitor *monitor;
  guint         timer;
  guint         settle_source;
  GPtrArray    *systems; /* GroveSystem, in their order */
};

static void list_model_init (GListModelInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (GroveDiscovery,
                               grove_discovery,
                               G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (G_TYPE_LIST_MODEL, list_model_init))

/* In a few words; transfer full. */
static char *
describe_trouble (const char *name, const GroveSocketNote *note)
{
  char *title, *detail;
  if (!_grove_node_trouble_describe (note->trouble, name, note->said, &title, &detail))
    return g_strdup (note->said);
  g_free (detail);
  return title;
}

/* NULL: there is none of that name. */
static GroveSystem *
look_at (GroveDiscovery *self, const char *name, const char *locks)
{
  g_autofree char *path = g_strdup_printf ("%s/%s.sock", self->directory, name);
  g_autofree char *lock = g_strdup_printf ("%s/%s.lock", self->directory, name);
  g_auto (GroveSocketNote) note = { NULL };
  struct stat status;
  gboolean    locked = is_locked (locks, lock);
  gboolean    there = lstat (path, &status) == 0;
  if (locked || there)
    _grove_socket_note_read (path, &note);
  if (there ? !S_ISSOCK (status.st_mode) : !locked || note.trouble == 0)
    return NULL;
  GroveSystem *system = g_object_new (GROVE_TYPE_SYSTEM, NULL);
  system->name = g_strdup (name);
  system->live = there && (locked || answers (path));
  system->path = g_steal_pointer (&path);
  system->served = note.cluster != NULL;
  system->cluster = g_steal_pointer (&note.cluster);
  system->trouble = there ? NULL : describe_trouble (name, &note);
  return system;
}

/* Those that are served with others come after all that are not. */
static int
compare_systems (gconstpointer a, gconstpointer b)
{
  const GroveSystem *one = *(GroveSystem *const *) a, *other = *(GroveSystem *const *) b;
  int                order = g_strcmp0 (one->cluster, other->cluster);
  return order != 0 ? order : strcmp (one->name, other->name);
}

/* What is before the last dot of a socket's or a lock's name, transfer full; NULL: it is another
 * file's. */
static char *
stem_of (const char *entry)
{
  if (!g_str_has_suffix (entry, ".sock") && !g_str_has_suffix (entry, ".lock"))
    return NULL;
  char *name = g_strndup (entry, strlen (entry) - strlen (".sock"));
  if (!grove_address_name_is_valid (name))
    g_clear_pointer (&name, g_free);
  return name;
}

/* One alone is no cluster. */
static void
forget_clusters_of_one (GPtrArray *systems)
{
  g_autoptr (GHashTable) counts = g_hash_table_new (g_str_hash, g_str_equal);
  for (guint i = 0; i < systems->len; i++)
    {
      const GroveSystem *system = systems->pdata[i];
      if (system->cluster != NULL)
        g_hash_table_insert (counts, system->cluster,
                             GUINT_TO_POINTER (
                               GPOINTER_TO_UINT (g_hash_table_lookup (counts, system->cluster)) +
                               1));
    }
  g_autoptr (GPtrArray) alone = g_ptr_array_new_with_free_func (g_free);
  for (guint i = 0; i < systems->len; i++)
    {
      GroveSystem *system = systems->pdata[i];
      if (system->cluster != NULL &&
          GPOINTER_TO_UINT (g_hash_table_lookup (counts, system->cluster)) == 1)
        g_ptr_array_add (alone, g_steal_pointer (&system->cluster));
    }
}

static GPtrArray *
look (GroveDiscovery *self)
{
  GPtrArray *found = g_ptr_array_new_with_free_func (g_object_unref);
  g_autoptr (GDir) dir = g_dir_open (self->directory, 0, NULL);
  if (dir == NULL)
    return found; /* nothing was ever started here */
  g_autoptr (GHashTable) seen = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  g_autofree char *locks = NULL;
  g_file_get_contents ("/proc/locks", &locks, NULL, NULL);
  const char *entry;
  while (found->len < SYSTEMS_MAX && (entry = g_dir_read_name (dir)) != NULL)
    {
      char *name = stem_of (entry);
      if (name == NULL || !g_hash_table_add (seen, name))
        continue;
      GroveSystem *system = look_at (self, name, locks);
      if (system != NULL)
        g_ptr_array_add (found, system);
    }
  forget_clusters_of_one (found);
  g_ptr_array_sort (found, compare_systems);
  return found;
}

/* Both lists are sorted: they are merged, and each difference told as it is found. */
static void
merge (GroveDiscovery *self, GPtrArray *found)
{
  guint i = 0, j = 0;
  while (i < self->systems->len || j < found->len)
    {
      int order = 0;
      if (i == self->systems->len)
        order = 1;
      else if (j == found->len)
        order = -1;
      else
        order = compare_systems (&self->systems->pdata[i], &found->pdata[j]);
      if (order < 0)
        {
          g_ptr_array_remove_index (self->systems, i);
          g_list_model_items_changed (G_LIST_MODEL (self), i, 1, 0);
          continue;
        }
      if (order > 0)
        {
          g_ptr_array_insert (self->systems, (int) i, g_object_ref (found->pdata[j]));
          g_list_model_items_changed (G_LIST_MODEL (self), i, 0, 1);
        }
      else
        {
          g_autoptr (GroveSystem) system = g_object_ref (self->systems->pdata[i]);
          const GroveSystem *now = found->pdata[j];
          g_object_freeze_notify (G_OBJECT (system));
          set_live (system, now->live);
          set_trouble (system, now->trouble);
          g_object_thaw_notify (G_OBJECT (system));
        }
      i++;
      j++;
    }
}

void
grove_discovery_refresh (GroveDiscovery *self)
{
  g_return_if_fail (GROVE_IS_DISCOVERY (self));
  g_object_ref (self);
  g_autoptr (GPtrArray) found = look (self);
  merge (self, found);
  g_object_unref (self);
}

gboolean
grove_discovery_serves_node (GroveDiscovery *self, const char *node)
{
  g_return_val_if_fail (GROVE_IS_DISCOVERY (self), FALSE);
  char name[GROVE_PLACE_NAME_SIZE];
  grove_place_name (node, name);
  for (guint i = 0; i < self->systems->len; i++)
    {
      const GroveSystem *system = self->systems->pdata[i];
      if (system->served && strcmp (system->name, name) == 0)
        return TRUE;
    }
  return FALSE;
}

const char *
grove_discovery_get_directory (GroveDiscovery *self)
{
  g_return_val_if_fail (GROVE_IS_DISCOVERY (self), NULL);
  return self->directory;
}

static gboolean
look_again (gpointer user_data)
{
  grove_discovery_refresh (user_data);
  return G_SOURCE_CONTINUE;
}

static gboolean
settled (gpointer user_data)
{
  GroveDiscovery *self = user_data;
  self->settle_source = 0;
  grove_discovery_refresh (self);
  return G_SOURCE_REMOVE;
}

static void
directory_changed (GroveDiscovery *self)
{
  if (self->settle_source == 0)
    self->settle_source = g_timeout_add (SETTLE_MS, settled, self);
}

static GType
get_item_type (GListModel *model)
{
  return GROVE_TYPE_SYSTEM;
}

static guint
get_n_items (GListModel *model)
{
  return GROVE_DISCOVERY (model)->systems->len;
}

static gpointer
get_item (GListModel *model, guint position)
{
  GroveDiscovery *self = GROVE_DISCOVERY (model);
  return position < self->systems->len ? g_object_ref (self->systems->pdata[position]) : NULL;
}

static void
list_model_init (GListModelInterface *iface)
{
  iface->get_item_type = get_item_type;
  iface->get_n_items = get_n_items;
  iface->get_item = get_item;
}

static void
grove_discovery_dispose (GObject *object)
{
  GroveDiscovery *self = GROVE_DISCOVERY (object);
  g_clear_handle_id (&self->timer, g_source_remove);
  g_clear_handle_id (&self->settle_source, g_source_remove);
  if (self->monitor != NULL)
    {
      g_signal_handlers_disconnect_by_data (self->monitor, self);
      g_file_monitor_cancel (self->monitor);
    }
  g_clear_object (&self->monitor);
  G_OBJECT_CLASS (grove_discovery_parent_class)->dispose (object);
}

static void
grove_discovery_finalize (GObject *object)
{
  GroveDiscovery *self = GROVE_DISCOVERY (object);
  g_ptr_array_unref (self->systems);
  g_free (self->directory);
  G_OBJECT_CLASS (grove_discovery_parent_class)->finalize (object);
}

static void
grove_discovery_class_init (GroveDiscoveryClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  object_class->dispose = grove_discovery_dispose;
  object_class->finalize = grove_discovery_finalize;
}

static void
grove_discovery_init (GroveDiscovery *self)
{
  self->systems = g_ptr_array_new_with_free_func (g_object_unref);
}

GroveDiscovery *
grove_discovery_new (const char *directory)
{
  GroveDiscovery *self = g_object_new (GROVE_TYPE_DISCOVERY, NULL);
  self->directory = directory != NULL ? g_strdup (directory) : grove_address_get_directory ();
  g_autoptr (GFile) file = g_file_new_for_path (self->directory);
  /* Without one (no inotify left) the timer alone does. */
  self->monitor = g_file_monitor_directory (file, G_FILE_MONITOR_NONE, NULL, NULL);
  if (self->monitor != NULL)
    g_signal_connect_swapped (self->monitor, "changed", G_CALLBACK (directory_changed), self);
  self->timer = g_timeout_add (LOOK_MS, look_again, self);
  grove_discovery_refresh (self);
  return self;
}
