/* SPDX-License-Identifier: MIT
 *
 * Which siblings are alike enough to be drawn as one.
 */
#include "observer/grove-graph-fold.h"

#include <string.h>

/* Gives each character of the stem of @name to @take. */
static inline void
walk_stem (const char *name, void (*take) (char c, gpointer user_data), gpointer user_data)
{
  /* Of words, as labels are made of, the last says which one it is. */
  const char *last_word = strrchr (name, ' ');
  const char *end = last_word != NULL ? last_word + 1 : name + strlen (name);
  gboolean    in_number = FALSE;

  for (const char *in = name; in < end; in++)
    {
      const gboolean digit = g_ascii_isdigit (*in);

      if (!digit || !in_number)
        take (digit ? '#' : *in, user_data);
      /* A # that is written is as good as one that stands for digits. */
      in_number = digit || *in == '#';
    }
  if (last_word != NULL)
    take ('#', user_data);
}

static void
write_character (char c, gpointer user_data)
{
  char **out = user_data;

  *(*out)++ = c;
}

char *
grove_graph_fold_stem (const char *name)
{
  char *stem = g_malloc (strlen (name) + 2);
  char *out = stem;

  walk_stem (name, write_character, &out);
  *out = '\0';
  return stem;
}

/* FNV-1a; of 64 bits, so that two stems of a graph never have the same. */
static void
hash_character (char c, gpointer user_data)
{
  guint64 *hash = user_data;

  *hash = (*hash ^ (guint8) c) * G_GUINT64_CONSTANT (1099511628211);
}

static guint64
hash_stem (const char *name)
{
  guint64 hash = G_GUINT64_CONSTANT (14695981039346656037);

  walk_stem (name, hash_character, &hash);
  return hash != 0 ? hash : 1;
}

char *
grove_graph_fold_label (const char *stem)
{
  static const char *const separators = "#_-./: <>[]()";
  const char              *start = stem + strspn (stem, separators);
  gsize                    length = strlen (start);

  while (length > 0 && strchr (separators, start[length - 1]) != NULL)
    length--;
  if (length == 0)
    return g_strdup ("process");
  if (g_str_has_suffix (stem, " #"))
    return g_strdup_printf ("%.*s …", (int) length, start);
  return g_strndup (start, length);
}

static void
clear_fold (gpointer data)
{
  g_free (((GroveGraphFold *) data)->stem);
}

/* Those of one stem. */
typedef struct
{
  guint64 hash; /* 0: a free place in the table */
  guint   first, n_members;
  guint   fold;
} Group;

/* The place of a hash in a table of a power of two of places, more than there are groups. */
static Group *
find_group (Group *groups, gsize n_places, guint64 hash)
{
  gsize at = (gsize) hash & (n_places - 1);

  while (groups[at].hash != 0 && groups[at].hash != hash)
    at = (at + 1) & (n_places - 1);
  return &groups[at];
}

GArray *
grove_graph_fold_siblings (const char *const *names, guint n, guint above, guint *ret_fold)
{
  GArray            *folds = g_array_new (FALSE, FALSE, sizeof (GroveGraphFold));
  g_autofree Group  *groups = NULL;
  g_autofree Group **group_of = NULL;
  gsize              n_places = 16;

  g_array_set_clear_func (folds, clear_fold);
  for (guint i = 0; i < n; i++)
    ret_fold[i] = G_MAXUINT;
  if (n <= above)
    return folds;

  while (n_places < (gsize) n * 2)
    n_places *= 2;
  groups = g_new0 (Group, n_places);
  group_of = g_new (Group *, n);
  for (guint i = 0; i < n; i++)
    {
      const guint64 hash = hash_stem (names[i]);

      group_of[i] = find_group (groups, n_places, hash);
      if (group_of[i]->hash == 0)
        *group_of[i] = (Group){ .hash = hash, .first = i, .fold = G_MAXUINT };
      group_of[i]->n_members++;
    }
  for (guint i = 0; i < n; i++)
    {
      Group *group = group_of[i];

      if (group->n_members > above && group->first == i)
        {
          const GroveGraphFold fold = { grove_graph_fold_stem (names[i]), group->n_members };

          group->fold = folds->len;
          g_array_append_val (folds, fold);
        }
      ret_fold[i] = group->fold;
    }
  return folds;
}
