/* SPDX-License-Identifier: MIT
 *
 * Cookies by node: a table in memory that is wiped as it is freed, and a directory of files.
 */
#include "observer/grove-cookies.h"

#include "observer/grove-address.h"

#include <errno.h>
#include <glib/gstdio.h>
#include <string.h>

#define COOKIE_MAX 255

static GHashTable *cookies; /* node -> cookie */

static void
wipe (gpointer data)
{
  char *cookie = data;
  explicit_bzero (cookie, strlen (cookie));
  g_free (cookie);
}

gboolean
grove_cookie_is_valid (const char *cookie)
{
  gsize length = strlen (cookie);
  if (length == 0 || length > COOKIE_MAX || !g_utf8_validate (cookie, (gssize) length, NULL))
    return FALSE;
  for (const char *byte = cookie; *byte != '\0'; byte++)
    if (g_ascii_iscntrl (*byte))
      return FALSE;
  return TRUE;
}

void
grove_cookie_set (const char *node, const char *cookie)
{
  g_return_if_fail (node != NULL);
  g_return_if_fail (cookie == NULL || grove_cookie_is_valid (cookie));
  if (cookies == NULL)
    cookies = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, wipe);
  if (cookie != NULL)
    g_hash_table_replace (cookies, g_strdup (node), g_strdup (cookie));
  else
    g_hash_table_remove (cookies, node);
}

const char *
grove_cookie_get (const char *node)
{
  g_return_val_if_fail (node != NULL, NULL);
  return cookies != NULL ? g_hash_table_lookup (cookies, node) : NULL;
}

static char *
dup_directory (void)
{
  return g_build_filename (g_get_user_config_dir (), "grove", "cookies", NULL);
}

/* @node is the name of a file: what an address names has no slash. */
static char *
dup_path (const char *node)
{
  return g_build_filename (g_get_user_config_dir (), "grove", "cookies", node, NULL);
}

static gboolean
fail (GError **error, int number, const char *path)
{
  g_set_error (error, G_FILE_ERROR, (int) g_file_error_from_errno (number), "%s: %s", path,
               g_strerror (number));
  return FALSE;
}

gboolean
grove_cookie_keep (const char *node, const char *cookie, GError **error)
{
  g_return_val_if_fail (node != NULL && strchr (node, '/') == NULL, FALSE);
  g_return_val_if_fail (cookie == NULL || grove_cookie_is_valid (cookie), FALSE);
  g_autofree char *directory = dup_directory (), *path = dup_path (node);
  if (cookie == NULL)
    return g_unlink (path) == 0 || errno == ENOENT || fail (error, errno, path);
  if (g_mkdir_with_parents (directory, 0700) != 0)
    return fail (error, errno, directory);
  return g_file_set_contents_full (path, cookie, -1, G_FILE_SET_CONTENTS_CONSISTENT, 0600, error);
}

gboolean
grove_cookie_is_kept (const char *node)
{
  g_return_val_if_fail (node != NULL, FALSE);
  g_autofree char *path = dup_path (node);
  return g_file_test (path, G_FILE_TEST_EXISTS);
}

void
grove_cookie_share (const char *target, const char *sibling)
{
  g_autoptr (GroveAddress) from = target != NULL ? grove_address_parse (target, NULL) : NULL;
  g_autoptr (GroveAddress) to = grove_address_parse (sibling, NULL);
  const char *cookie = from != NULL && from->node != NULL ? grove_cookie_get (from->node) : NULL;
  if (cookie == NULL || to == NULL || to->node == NULL || grove_cookie_get (to->node) != NULL ||
      grove_cookie_is_kept (to->node))
    return;
  g_autofree char *copy = g_strdup (cookie); /* the table may move */
  grove_cookie_set (to->node, copy);
  explicit_bzero (copy, strlen (copy));
}
