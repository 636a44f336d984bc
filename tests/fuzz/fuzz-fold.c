/* SPDX-License-Identifier: MIT
 *
 * The observer's models against a system that says anything: a session over a real socket, its
 * table, its tree, watched processes, a mailbox and a detail. Whatever is said, the connection ends
 * with a reason, or the models are consistent: what is in the tree is found in it and stands where
 * it says, lists tell each of their changes, and what is shown of a table is found where it is
 * shown.
 *
 * The input is lines. The first character says what one does:
 *   <METHOD MEMBERS  answers the oldest request of that method: "result":... or "error":...
 *   >METHOD PARAMS   a notification             @LINE  that line, as it is
 *   H                the system hangs up        X      a moment passes, timers are due
 * and what a person does: P pauses or goes on, S selects a pid, F filters, O sorts by a column, D
 * the other way, V shows rows from that one on, Z freezes, M sets the tree's metric, E expands, C
 * collapses, N watches another process, R tries again. With a # first in the input even the
 * greeting is left to it.
 */
#include "observer/grove-mailbox.h"
#include "observer/grove-process-detail.h"
#include "observer/grove-process-table.h"
#include "observer/grove-process-watch.h"
#include "observer/grove-tree.h"
#include "tests/fuzz/fuzz.h"

#include <errno.h>
#include <glib/gstdio.h>
#include <json-c/json.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#define REQUIRE(condition)                                                                         \
  do                                                                                               \
    if (!(condition))                                                                              \
      abort ();                                                                                    \
  while (0)

#define N_LINES   300
#define N_MOMENTS 2
#define N_SLOTS   8
#define PID       "<0.1.0>"

typedef struct
{
  gint64 id;
  char  *method;
} Request;

/* Who follows a list by what it tells. */
typedef struct
{
  GListModel *model;
  guint       n;
} Follower;

typedef struct
{
  int      socket; /* -1: nobody is connected */
  GString *input;
  GQueue   requests;

  GroveSession       *session;
  GroveProcessTable  *table;
  GroveTree          *tree;
  GHashTable         *seen; /* of the tree's nodes */
  GroveProcessWatch  *watch;
  GroveMailbox       *mailbox;
  GroveProcessDetail *detail;
  Follower            rows, roots;
  GroveProcessItem   *slots[N_SLOTS];
  guint               first; /* slot on the screen */
  gboolean            descending, frozen;
  guint               n_moments;
} World;

/* ---- The system's end ------------------------------------------------------------------------
 */

static char *directory, *path;
static int   listener = -1;

static void
remove_socket (void)
{
  g_unlink (path);
  g_rmdir (directory);
  g_free (path);
  g_free (directory);
  close (listener);
}

static void
listen_once (void)
{
  struct sockaddr_un address = { .sun_family = AF_UNIX };

  if (listener >= 0)
    return;
  g_log_set_always_fatal (G_LOG_LEVEL_ERROR | G_LOG_LEVEL_CRITICAL | G_LOG_LEVEL_WARNING);
  directory = g_dir_make_tmp ("grove-fold-XXXXXX", NULL);
  REQUIRE (directory != NULL);
  path = g_build_filename (directory, "system", NULL);
  REQUIRE (strlen (path) < sizeof address.sun_path);
  g_strlcpy (address.sun_path, path, sizeof address.sun_path);
  listener = socket (AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  REQUIRE (bind (listener, (struct sockaddr *) &address, sizeof address) == 0);
  REQUIRE (listen (listener, 8) == 0);
  atexit (remove_socket);
}

static void
request_free (gpointer data)
{
  Request *request = data;

  g_free (request->method);
  g_free (request);
}

static void
hang_up (World *world)
{
  if (world->socket >= 0)
    close (world->socket);
  world->socket = -1;
  g_string_truncate (world->input, 0);
  g_queue_clear_full (&world->requests, request_free);
}

/* What the observer itself says must be in order. */
static void
hear (World *world, const char *line)
{
  struct json_object *message = json_tokener_parse (line), *method, *id;

  REQUIRE (json_object_object_get_ex (message, "method", &method));
  if (json_object_object_get_ex (message, "id", &id))
    {
      Request *request = g_new (Request, 1);

      request->id = json_object_get_int64 (id);
      request->method = g_strdup (json_object_get_string (method));
      g_queue_push_tail (&world->requests, request);
    }
  json_object_put (message);
}

/* TRUE if anything came. */
static gboolean
listen_to_it (World *world)
{
  char    buffer[16384];
  ssize_t n;
  char   *end;
  int     fd = accept4 (listener, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);

  if (fd >= 0)
    {
      hang_up (world);
      world->socket = fd;
    }
  if (world->socket < 0)
    return FALSE;
  n = recv (world->socket, buffer, sizeof buffer, 0);
  if (n < 0 && errno == EAGAIN)
    return fd >= 0;
  if (n <= 0)
    {
      hang_up (world);
      return FALSE;
    }
  g_string_append_len (world->input, buffer, n);
  while ((end = strchr (world->input->str, '\n')) != NULL)
    {
      *end = '\0';
      hear (world, world->input->str);
      g_string_erase (world->input, 0, end + 1 - world->input->str);
    }
  return TRUE;
}

static void
run (World *world)
{
  gboolean busy = TRUE;

  while (busy)
    {
      busy = g_main_context_iteration (NULL, FALSE);
      busy |= listen_to_it (world);
    }
}

static void
say (World *world, const char *text, gsize size)
{
  /* More than the socket takes at once is for others to try. */
  if (world->socket >= 0 && size < 65536)
    (void) !send (world->socket, text, size, MSG_NOSIGNAL | MSG_DONTWAIT);
}

static void
answer (World *world, const char *line, gsize size)
{
  const char *space = memchr (line, ' ', size);
  gsize       n = space != NULL ? (gsize) (space - line) : size;

  for (GList *link = world->requests.head; link != NULL; link = link->next)
    {
      Request *request = link->data;

      if (strlen (request->method) != n || memcmp (request->method, line, n) != 0)
        continue;
      g_autoptr (GString) text = g_string_new (NULL);
      g_string_printf (text, "{\"jsonrpc\":\"2.0\",\"id\":%" G_GINT64_FORMAT ",", request->id);
      if (space != NULL)
        g_string_append_len (text, space + 1, (gssize) (size - n - 1));
      else
        g_string_append (text, "\"result\":{}");
      g_string_append (text, "}\n");
      say (world, text->str, text->len);
      g_queue_delete_link (&world->requests, link);
      request_free (request);
      return;
    }
}

static void
notify (World *world, const char *line, gsize size)
{
  const char *space = memchr (line, ' ', size);

  if (space == NULL)
    return;
  g_autoptr (GString) text = g_string_new ("{\"jsonrpc\":\"2.0\",\"method\":\"");
  g_string_append_len (text, line, space - line);
  g_string_append (text, "\",\"params\":");
  g_string_append_len (text, space + 1, line + size - space - 1);
  g_string_append (text, "}\n");
  say (world, text->str, text->len);
}

static void
say_text (World *world, const char *text)
{
  say (world, text, strlen (text));
  run (world);
}

/* Few columns make rows that are easily right. */
static void
greet (World *world)
{
  static const char opened[] = "session.open \"result\":{\"role\":\"control\"}";

  say_text (world,
            "{\"jsonrpc\":\"2.0\",\"method\":\"hello\",\"params\":{\"protocol\":{\"major\":1,"
            "\"minor\":0},\"server\":{\"name\":\"fuzz\",\"version\":\"1\",\"kind\":\"grove\"},"
            "\"instance\":\"a\",\"read_only\":false,\"capabilities\":[\"process.get\","
            "\"process.messages\"],\"absent\":{},\"now_ns\":1000000000,\"tables\":{\"processes\":"
            "[{\"name\":\"pid\",\"type\":\"text\",\"unit\":\"\"},{\"name\":\"name\",\"type\":"
            "\"text\",\"unit\":\"\"},{\"name\":\"messages\",\"type\":\"int\",\"unit\":\"\"}]}}}\n");
  answer (world, opened, sizeof opened - 1);
  run (world);
}

/* ---- The observer's end ----------------------------------------------------------------------
 */

static void
items_changed (GListModel *model, guint position, guint removed, guint added, Follower *follower)
{
  REQUIRE (position <= follower->n && removed <= follower->n - position);
  follower->n += added - removed;
  REQUIRE (follower->n == g_list_model_get_n_items (model));
}

static void
follow (Follower *follower, gpointer model)
{
  follower->model = model;
  follower->n = g_list_model_get_n_items (model);
  g_signal_connect (model, "items-changed", G_CALLBACK (items_changed), follower);
}

static void
vanished (gpointer data, GObject *where_it_was)
{
  abort ();
}

/* A node that was seen is said to go before it goes. */
static void
node_goes (GroveTree *tree, GroveTreeNode *node, World *world)
{
  if (g_hash_table_remove (world->seen, node))
    g_object_weak_unref (G_OBJECT (node), vanished, world);
}

static void
see_node (World *world, GroveTreeNode *node)
{
  if (g_hash_table_add (world->seen, node))
    g_object_weak_ref (G_OBJECT (node), vanished, world);
}

static void
forget_nodes (World *world)
{
  GHashTableIter iter;
  gpointer       node;

  g_hash_table_iter_init (&iter, world->seen);
  while (g_hash_table_iter_next (&iter, &node, NULL))
    g_object_weak_unref (G_OBJECT (node), vanished, world);
  g_hash_table_unref (world->seen);
}

static void
let_go_of_slots (World *world)
{
  for (guint i = 0; i < N_SLOTS; i++)
    g_clear_object (&world->slots[i]);
}

/* What is on the screen. */
static void
show_slots (World *world)
{
  let_go_of_slots (world);
  for (guint i = 0; i < N_SLOTS; i++)
    world->slots[i] = g_list_model_get_item (G_LIST_MODEL (world->table), world->first + i);
}

static void
begin (World *world)
{
  static const char *const pids[] = { PID, "<0.2.0>" };

  world->socket = -1;
  world->input = g_string_new (NULL);
  world->seen = g_hash_table_new (NULL, NULL);
  world->session = grove_session_new ();
  world->table = grove_process_table_new (world->session, 100);
  world->tree = grove_tree_new (world->session, 3);
  world->watch = grove_process_watch_new (world->session, 100);
  world->mailbox = grove_mailbox_new (world->session, PID);
  world->detail = grove_process_detail_new (world->session, PID);
  follow (&world->rows, world->table);
  follow (&world->roots, world->tree);
  g_signal_connect (world->tree, "removed", G_CALLBACK (node_goes), world);
  grove_process_table_set_active (world->table, TRUE);
  grove_tree_set_active (world->tree, TRUE);
  grove_process_watch_set_pids (world->watch, pids, G_N_ELEMENTS (pids));
  grove_process_watch_set_active (world->watch, TRUE);
  grove_mailbox_set_active (world->mailbox, TRUE);
  grove_process_detail_set_active (world->detail, TRUE);
  grove_session_open (world->session, path);
  run (world);
}

/* ---- What must hold --------------------------------------------------------------------------
 */

static guint
check_node (World *world, GroveTreeNode *node, GroveTreeNode *parent)
{
  guint n = 1;

  see_node (world, node);
  REQUIRE (grove_tree_find (world->tree, grove_tree_node_get_pid (node)) == node);
  REQUIRE (grove_tree_node_get_parent (node) == parent);
  REQUIRE (grove_tree_node_get_n_loaded (node) == g_list_model_get_n_items (G_LIST_MODEL (node)));
  for (guint i = 0; i < grove_tree_node_get_n_loaded (node); i++)
    n += check_node (world, grove_tree_node_get_child (node, i), node);
  return n;
}

static void
check_tree (World *world)
{
  guint n = 0;

  for (guint i = 0; i < grove_tree_get_n_roots (world->tree); i++)
    n += check_node (world, grove_tree_get_root (world->tree, i), NULL);
  REQUIRE (n == grove_tree_get_n_nodes (world->tree));
  REQUIRE (world->roots.n == grove_tree_get_n_roots (world->tree));
}

static void
check_table (World *world)
{
  REQUIRE (world->rows.n == g_list_model_get_n_items (G_LIST_MODEL (world->table)));
  show_slots (world);
  for (guint i = 0; i < N_SLOTS; i++)
    {
      GroveProcessItem *item = grove_process_table_peek (world->table, world->first + i);
      guint             position;

      REQUIRE (item == NULL || item == world->slots[i]);
      if (item != NULL)
        {
          const GroveProcessRow *row = grove_process_item_get_row (item);

          REQUIRE (g_utf8_validate (row->pid, -1, NULL) && row->pid[0] != '\0');
          REQUIRE (g_utf8_validate (row->name, -1, NULL));
          if (grove_process_table_find (world->table, row->pid, &position) != NULL)
            REQUIRE (position < world->rows.n);
        }
    }
}

static void
check_watch (World *world)
{
  GroveProcessItem *item = grove_process_watch_get (world->watch, PID);

  if (item != NULL && grove_process_item_get_row (item) != NULL)
    REQUIRE (strcmp (grove_process_item_get_row (item)->pid, PID) == 0);
}

static void
check_detail (World *world)
{
  GroveProcessLink supervisor = grove_process_detail_get_supervisor (world->detail);
  guint            n;

  REQUIRE ((supervisor.pid == NULL) == (supervisor.name == NULL));
  const GroveProcessLink *links = grove_process_detail_get_links (world->detail, "links", &n);
  for (guint i = 0; i < n; i++)
    REQUIRE (links[i].pid[0] != '\0' && links[i].name != NULL);
  REQUIRE (grove_process_detail_get_text (world->detail, "name") != NULL);
  if (grove_process_detail_get_successor (world->detail) != NULL)
    REQUIRE (grove_process_detail_is_gone (world->detail));
}

static void
check (World *world)
{
  GroveSessionState state = grove_session_get_state (world->session);
  g_autofree char  *title = NULL;

  g_object_get (world->session, "error-title", &title, NULL);
  if (state == GROVE_SESSION_REFUSED || state == GROVE_SESSION_LOST)
    REQUIRE (title != NULL && title[0] != '\0');
  check_tree (world);
  check_table (world);
  check_watch (world);
  check_detail (world);
  (void) grove_session_now_ns (world->session);
  for (guint i = 0; i < g_list_model_get_n_items (G_LIST_MODEL (world->mailbox)); i++)
    {
      g_autoptr (GroveMailboxMessage) message =
        g_list_model_get_item (G_LIST_MODEL (world->mailbox), i);

      REQUIRE (g_utf8_validate (grove_mailbox_message_get_text (message), -1, NULL));
    }
}

/* ---- What a line does ------------------------------------------------------------------------
 */

static void
act_as_person (World *world, char what, const char *text)
{
  switch (what)
    {
    case 'P':
      grove_session_set_paused (world->session, !grove_session_get_paused (world->session));
      break;
    case 'S':
      grove_session_set_selected (world->session, text[0] != '\0' ? text : NULL);
      break;
    case 'F':
      grove_process_table_set_filter (world->table, text);
      break;
    case 'O':
      grove_process_table_set_sort (world->table, text, world->descending);
      break;
    case 'D':
      world->descending = !world->descending;
      break;
    case 'V':
      world->first = (guint) (g_ascii_strtoull (text, NULL, 10) % 100000);
      grove_process_table_set_viewport (world->table, world->first, N_SLOTS);
      break;
    case 'Z':
      world->frozen = !world->frozen;
      g_object_set (world->table, "frozen", world->frozen, NULL);
      break;
    case 'M':
      grove_tree_set_metric (world->tree, text);
      break;
    case 'E':
      grove_tree_expand (world->tree, text);
      break;
    case 'C':
      grove_tree_collapse (world->tree, text);
      break;
    case 'N':
      grove_process_watch_set_pids (world->watch, &text, 1);
      break;
    case 'R':
      grove_session_retry (world->session);
      break;
    default:
      break;
    }
}

static void
act (World *world, const char *line, gsize size)
{
  g_autofree char *text = g_strndup (line + 1, size - 1);

  switch (line[0])
    {
    case '<':
      answer (world, line + 1, size - 1);
      break;
    case '>':
      notify (world, line + 1, size - 1);
      break;
    case '@':
      say (world, line + 1, size - 1);
      say (world, "\n", 1);
      break;
    case 'H':
      hang_up (world);
      break;
    case 'X':
      if (world->n_moments++ < N_MOMENTS)
        g_usleep (11000);
      break;
    default:
      /* What comes from widgets is text. */
      if (g_utf8_validate (text, -1, NULL))
        act_as_person (world, line[0], text);
    }
  run (world);
  check (world);
}

static void
end (World *world)
{
  let_go_of_slots (world);
  forget_nodes (world);
  g_object_unref (world->detail);
  g_object_unref (world->mailbox);
  g_object_unref (world->watch);
  g_assert_finalize_object (world->tree);
  g_assert_finalize_object (world->table);
  run (world);
  grove_session_close (world->session);
  g_assert_finalize_object (world->session);
  run (world);
  hang_up (world);
  g_string_free (world->input, TRUE);
}

int
LLVMFuzzerTestOneInput (const uint8_t *bytes, size_t size)
{
  const char *at = (const char *) bytes, *bytes_end = at + size;
  World       world = { 0 };
  guint       n_lines = 0;

  listen_once ();
  begin (&world);
  if (size == 0 || at[0] != '#')
    {
      greet (&world);
      REQUIRE (grove_session_get_state (world.session) == GROVE_SESSION_LIVE);
    }
  for (; at < bytes_end && n_lines < N_LINES; n_lines++)
    {
      const char *newline = memchr (at, '\n', (size_t) (bytes_end - at));
      const char *line_end = newline != NULL ? newline : bytes_end;

      if (line_end > at)
        act (&world, at, (gsize) (line_end - at));
      at = line_end + 1;
    }
  end (&world);
  return 0;
}
