/* SPDX-License-Identifier: MIT
 *
 * Which siblings are alike enough to be drawn as one.
 */
#include "observer/grove-graph-fold.h"

#include <string.h>

char *
grove_graph_fold_stem (const char *name)
{
  /* Of words, as labels are made of, the last says which one it is. */
  const char *last_word = strrchr (name, ' ');
  const char *end = last_word != NULL ? last_word + 1 : name + strlen (name);
  char       *stem = g_malloc (strlen (name) + 2);
  char       *out = stem;

  for (const char *in = name; in < end; in++)
    if (!g_ascii_isdigit (*in))
      *out++ = *in;
    else if (out == stem || out[-1] != '#')
      *out++ = '#';
  if (last_word != NULL)
    *out++ = '#';
  *out = '\0';
  return stem;
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

GArray *
grove_graph_fold_siblings (const char *const *names, guint n, guint above, guint *ret_fold)
{
  GArray *folds = g_array_new (FALSE, FALSE, sizeof (GroveGraphFold));
  g_autoptr (GHashTable) numbers = NULL; /* stem to group + 1, borrowed from groups */
  g_autoptr (GArray) groups = NULL;
  g_autofree guint *fold_of_group = NULL;

  g_array_set_clear_func (folds, clear_fold);
  for (guint i = 0; i < n; i++)
    ret_fold[i] = G_MAXUINT;
  if (n <= above)
    return folds;

  numbers = g_hash_table_new (g_str_hash, g_str_equal);
  groups = g_array_new (FALSE, FALSE, sizeof (GroveGraphFold));
  g_array_set_clear_func (groups, clear_fold);
  for (guint i = 0; i < n; i++)
    {
      g_autofree char *stem = grove_graph_fold_stem (names[i]);
      guint            number = GPOINTER_TO_UINT (g_hash_table_lookup (numbers, stem));

      if (number == 0)
        {
          GroveGraphFold group = { g_steal_pointer (&stem), 0 };

          g_array_append_val (groups, group);
          number = groups->len;
          g_hash_table_insert (numbers, group.stem, GUINT_TO_POINTER (number));
        }
      g_array_index (groups, GroveGraphFold, number - 1).n_members++;
      ret_fold[i] = number - 1;
    }

  fold_of_group = g_new (guint, groups->len);
  for (guint i = 0; i < groups->len; i++)
    {
      GroveGraphFold *group = &g_array_index (groups, GroveGraphFold, i);

      fold_of_group[i] = G_MAXUINT;
      if (group->n_members > above)
        {
          GroveGraphFold fold = { g_steal_pointer (&group->stem), group->n_members };

          fold_of_group[i] = folds->len;
          g_array_append_val (folds, fold);
        }
    }
  for (guint i = 0; i < n; i++)
    ret_fold[i] = fold_of_group[ret_fold[i]];
  return folds;
}
