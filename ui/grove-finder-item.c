/* SPDX-License-Identifier: MIT
 *
 * What the palette finds, and how well.
 */
#include "ui/grove-finder-item.h"

#include <glib/gi18n.h>

#define IS_TITLE      1000 /* more than its beginning */
#define BEGINS_TITLE  1000
#define BEGINS_WORD   400
#define WITHIN_TITLE  100
#define WITHIN_BESIDE 10

const char *
grove_finder_kind_get_label (GroveFinderKind kind)
{
  static const char *const labels[GROVE_FINDER_N_KINDS] = {
    [GROVE_FINDER_VIEW] = N_ ("View"),
    [GROVE_FINDER_PROCESS] = N_ ("Process"),
    [GROVE_FINDER_APPLICATION] = N_ ("Application"),
    [GROVE_FINDER_PROCESS_COMMAND] = N_ ("Selected Process"),
    [GROVE_FINDER_COMMAND] = N_ ("Command"),
    [GROVE_FINDER_SYSTEM] = N_ ("System"),
    [GROVE_FINDER_SETTING] = N_ ("Preference"),
  };

  g_return_val_if_fail (kind < GROVE_FINDER_N_KINDS, "");
  return _ (labels[kind]);
}

GroveFinderItem *
grove_finder_item_new (
  GroveFinderKind kind, const char *title, const char *icon, const char *action, GVariant *target)
{
  GroveFinderItem *self = g_new0 (GroveFinderItem, 1);

  self->kind = kind;
  self->title = g_strdup (title);
  self->icon = g_strdup (icon);
  self->action = g_strdup (action);
  if (target != NULL)
    self->target = g_variant_ref_sink (target);
  return self;
}

void
grove_finder_item_free (GroveFinderItem *self)
{
  if (self == NULL)
    return;
  g_free (self->title);
  g_free (self->detail);
  g_free (self->keywords);
  g_free (self->icon);
  g_free (self->action);
  g_clear_pointer (&self->target, g_variant_unref);
  g_free (self->accel);
  g_free (self->reason);
  g_free (self);
}

gboolean
grove_finder_item_equal (const GroveFinderItem *a, const GroveFinderItem *b)
{
  if (a->kind != b->kind || a->is_set != b->is_set || !g_str_equal (a->title, b->title) ||
      !g_str_equal (a->action, b->action) || g_strcmp0 (a->detail, b->detail) != 0 ||
      g_strcmp0 (a->reason, b->reason) != 0)
    return FALSE;
  if (a->target == NULL || b->target == NULL)
    return a->target == b->target;
  return g_variant_equal (a->target, b->target);
}

/* Both folded. */
static guint
match_word (const char *text, const char *word, guint at_start)
{
  const char *found = text != NULL ? strstr (text, word) : NULL;

  if (found == text && found != NULL)
    return at_start;
  for (const char *at = found; at != NULL; at = strstr (at + 1, word))
    if (!g_unichar_isalnum (g_utf8_get_char (g_utf8_find_prev_char (text, at))))
      return BEGINS_WORD;
  return found != NULL ? WITHIN_TITLE : 0;
}

guint
grove_finder_item_match (const GroveFinderItem *self, const char *typed)
{
  g_autofree char *folded = g_utf8_casefold (typed, -1);
  g_autofree char *title = g_utf8_casefold (self->title, -1);
  g_autofree char *detail = self->detail != NULL ? g_utf8_casefold (self->detail, -1) : NULL;
  g_autofree char *keywords = self->keywords != NULL ? g_utf8_casefold (self->keywords, -1) : NULL;
  g_auto (GStrv) words = g_strsplit_set (folded, " \t", -1);
  guint score = 0;

  for (char **word = words; *word != NULL; word++)
    {
      guint best;

      if (**word == '\0')
        continue;
      best = match_word (title, *word, score == 0 ? BEGINS_TITLE : BEGINS_WORD);
      if (best == 0 && (match_word (keywords, *word, 1) > 0 || match_word (detail, *word, 1) > 0))
        best = WITHIN_BESIDE;
      if (best == 0)
        return 0;
      score += best;
    }
  g_strstrip (folded);
  return g_str_equal (folded, title) ? score + IS_TITLE : score;
}
