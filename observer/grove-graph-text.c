/* SPDX-License-Identifier: MIT
 *
 * The text of the supervision graph.
 */
#include "observer/grove-graph-text.h"

#include <math.h>
#include <pango/pangocairo.h>

#define LAYOUTS_MAX 4096
#define WHOLE       0 /* not shortened */
/* Widths are rounded, so that a zoom does not make a new layout for every pixel. */
#define WIDTH_STEP 6

typedef struct
{
  GroveGraphTextStyle style;
  int                 width;
  char               *text;
} Key;

typedef struct
{
  Key          key;
  PangoLayout *layout;
  int          pixel_width, pixel_height;
  GList        link; /* in recent */
} Entry;

struct _GroveGraphText
{
  PangoContext *context;
  GHashTable   *entries; /* Key to Entry, which holds the key */
  GQueue        recent;  /* Entry.link, the latest first */
};

static guint
hash_key (gconstpointer data)
{
  const Key *key = data;

  return g_str_hash (key->text) ^ ((guint) key->width * 31 + (guint) key->style);
}

static gboolean
equal_keys (gconstpointer a, gconstpointer b)
{
  const Key *x = a, *y = b;

  return x->style == y->style && x->width == y->width && g_str_equal (x->text, y->text);
}

static void
entry_free (gpointer data)
{
  Entry *self = data;

  g_object_unref (self->layout);
  g_free (self->key.text);
  g_free (self);
}

GroveGraphText *
grove_graph_text_new (PangoContext *context)
{
  GroveGraphText             *self = g_new0 (GroveGraphText, 1);
  const cairo_font_options_t *options = pango_cairo_context_get_font_options (context);

  self->context = pango_font_map_create_context (pango_context_get_font_map (context));
  pango_context_set_font_description (self->context, pango_context_get_font_description (context));
  pango_context_set_language (self->context, pango_context_get_language (context));
  pango_cairo_context_set_resolution (self->context, pango_cairo_context_get_resolution (context));
  if (options != NULL)
    pango_cairo_context_set_font_options (self->context, options);
  /* Layouts are shown at any scale: whole pixels of scale 1 would not be whole there. */
  pango_context_set_round_glyph_positions (self->context, FALSE);
  self->entries = g_hash_table_new_full (hash_key, equal_keys, NULL, entry_free);
  g_queue_init (&self->recent);
  return self;
}

void
grove_graph_text_free (GroveGraphText *self)
{
  if (self == NULL)
    return;
  g_hash_table_unref (self->entries);
  g_object_unref (self->context);
  g_free (self);
}

static PangoLayout *
make_layout (GroveGraphText *self, const Key *key)
{
  PangoLayout *layout = pango_layout_new (self->context);
  g_autoptr (PangoAttrList) attributes = pango_attr_list_new ();

  if (key->style == GROVE_GRAPH_TEXT_STRONG)
    pango_attr_list_insert (attributes, pango_attr_weight_new (PANGO_WEIGHT_BOLD));
  if (key->style == GROVE_GRAPH_TEXT_SMALL)
    {
      pango_attr_list_insert (attributes, pango_attr_scale_new (0.8));
      pango_attr_list_insert (attributes, pango_attr_font_features_new ("tnum=1"));
    }
  pango_layout_set_attributes (layout, attributes);
  pango_layout_set_single_paragraph_mode (layout, TRUE);
  if (key->width != WHOLE)
    {
      pango_layout_set_ellipsize (layout, PANGO_ELLIPSIZE_END);
      pango_layout_set_width (layout, key->width * PANGO_SCALE);
    }
  pango_layout_set_text (layout, key->text, -1);
  return layout;
}

static const Entry *
get_entry (GroveGraphText *self, GroveGraphTextStyle style, int width, const char *text)
{
  const Key key = { style, width, (char *) text };
  Entry    *entry = g_hash_table_lookup (self->entries, &key);

  if (entry != NULL)
    {
      g_queue_unlink (&self->recent, &entry->link);
      g_queue_push_head_link (&self->recent, &entry->link);
      return entry;
    }

  if (g_queue_get_length (&self->recent) >= LAYOUTS_MAX)
    {
      Entry *oldest = g_queue_pop_tail_link (&self->recent)->data;
      g_hash_table_remove (self->entries, &oldest->key);
    }
  entry = g_new0 (Entry, 1);
  entry->key = (Key){ style, width, g_strdup (text) };
  entry->layout = make_layout (self, &key);
  pango_layout_get_pixel_size (entry->layout, &entry->pixel_width, &entry->pixel_height);
  entry->link.data = entry;
  g_hash_table_insert (self->entries, &entry->key, entry);
  g_queue_push_head_link (&self->recent, &entry->link);
  return entry;
}

double
grove_graph_text_measure (GroveGraphText *self, GroveGraphTextStyle style, const char *text)
{
  return get_entry (self, style, WHOLE, text)->pixel_width;
}

double
grove_graph_text_show (GroveGraphText     *self,
                       cairo_t            *cr,
                       GroveGraphTextStyle style,
                       const char         *text,
                       double              x,
                       double              y,
                       double              width,
                       double              scale)
{
  const Entry *entry;
  const int    room = (int) (width / scale);

  if (room < 8 || text[0] == '\0')
    return 0;
  entry = get_entry (self, style, WHOLE, text);
  if (entry->pixel_width > room)
    entry = get_entry (self, style, MAX (8, room / WIDTH_STEP * WIDTH_STEP), text);

  cairo_save (cr);
  /* Whole pixels keep the letters even from row to row. */
  cairo_translate (cr, round (x), round (y - entry->pixel_height * scale / 2));
  if (scale != 1)
    cairo_scale (cr, scale, scale);
  pango_cairo_show_layout (cr, entry->layout);
  cairo_restore (cr);
  return entry->pixel_width * scale;
}
