/* SPDX-License-Identifier: MIT
 *
 * Collecting what can be done in a window.
 */
#include "ui/grove-finder-commands.h"

#include "observer/grove-discovery.h"
#include "ui/grove-recents.h"

#include <glib/gi18n.h>

typedef struct
{
  const char *title, *keywords, *icon, *action;
} Command;

/* What has a button or a key but stands in no menu. */
static const Command commands[] = {
  { N_ ("Find in This View"), N_ ("filter search"), "edit-find-symbolic", "win.find" },
  { N_ ("Hold the Views Still, or Let Them Go On"), N_ ("pause freeze"),
    "media-playback-pause-symbolic", "win.pause" },
  { N_ ("Show or Hide the Inspector"), N_ ("pane side"), "grove-inspector-symbolic",
    "win.inspector" },
  { N_ ("Disconnect"), N_ ("leave close"), "network-offline-symbolic", "win.disconnect" },
  { N_ ("Reconnect Now"), N_ ("retry again"), "view-refresh-symbolic", "win.retry" },
  { N_ ("Select Nothing"), N_ ("deselect"), "edit-clear-symbolic", "win.escape" },
  { N_ ("Close Window"), NULL, "window-close-symbolic", "window.close" },
  { N_ ("Quit"), N_ ("exit end"), "application-exit-symbolic", "app.quit" },
};

/* Tables of the view of what happened. */
static const struct
{
  const char *title, *keywords, *table;
} tables[] = {
  { N_ ("Show Crashes"), N_ ("crash reason backtrace"), "crashes" },
  { N_ ("Show Events"), N_ ("spawn exit link"), "events" },
  { N_ ("Show Log"), N_ ("lines errors warnings"), "log" },
  { N_ ("Show What Was Done"), N_ ("audit commands history"), "audit" },
  { N_ ("Show Applications"), N_ ("apps"), "applications" },
  { N_ ("Show Names"), N_ ("registered"), "names" },
  { N_ ("Show Timers"), N_ ("due interval"), "timers" },
  { N_ ("Show Sessions"), N_ ("observers clients"), "sessions" },
};

typedef struct
{
  const char *title, *action;
  const char *word; /* NULL: the number */
  guint       number;
} Setting;

static const Setting settings[] = {
  { N_ ("Style: Follow the Desktop"), "app.style", "follow", 0 },
  { N_ ("Style: Light"), "app.style", "light", 0 },
  { N_ ("Style: Dark"), "app.style", "dark", 0 },
  { N_ ("Update Rate: Ten Times a Second"), "app.update-interval-ms", NULL, 100 },
  { N_ ("Update Rate: Twice a Second"), "app.update-interval-ms", NULL, 500 },
  { N_ ("Update Rate: Once a Second"), "app.update-interval-ms", NULL, 1000 },
  { N_ ("Update Rate: Every 5 Seconds"), "app.update-interval-ms", NULL, 5000 },
  { N_ ("Terms: As the System Writes Them"), "app.term-syntax", "system", 0 },
  { N_ ("Terms: Erlang"), "app.term-syntax", "erlang", 0 },
  { N_ ("Terms: Elixir"), "app.term-syntax", "elixir", 0 },
  { N_ ("Sizes: KiB"), "app.units", "iec", 0 },
  { N_ ("Sizes: kB"), "app.units", "si", 0 },
  { N_ ("Colours: Standard"), "app.colour-map", "standard", 0 },
  { N_ ("Colours: For Colour Blindness"), "app.colour-map", "colour-blind", 0 },
  { N_ ("Ask First: When Risky"), "app.confirm", "risky", 0 },
  { N_ ("Ask First: Always"), "app.confirm", "always", 0 },
  { N_ ("Ask First: Never"), "app.confirm", "never", 0 },
};

static char *
dup_without_mnemonic (const char *label)
{
  GString *text = g_string_new (NULL);

  for (const char *at = label; *at != '\0'; at++)
    {
      if (*at == '_' && at[1] != '\0')
        at++;
      g_string_append_c (text, *at);
    }
  return g_string_free (text, FALSE);
}

static char *
dup_accel (const GroveFinderPlace *place, const GroveFinderItem *item)
{
  GtkApplication  *application = gtk_window_get_application (GTK_WINDOW (place->window));
  g_autofree char *detailed = g_action_print_detailed_name (item->action, item->target);
  g_auto (GStrv) accels = NULL;
  guint           key;
  GdkModifierType modifiers;

  if (application == NULL)
    return NULL;
  accels = gtk_application_get_accels_for_action (application, detailed);
  if (accels[0] == NULL || !gtk_accelerator_parse (accels[0], &key, &modifiers))
    return NULL;
  return gtk_accelerator_get_label (key, modifiers);
}

/* The group and the name in it; FALSE when the action is of a widget's own, such as window.close.
 */
static gboolean
find_action (const GroveFinderPlace *place,
             const char             *action,
             GActionGroup          **ret_group,
             const char            **ret_name)
{
  if (g_str_has_prefix (action, "win."))
    *ret_group = G_ACTION_GROUP (place->window);
  else if (g_str_has_prefix (action, "app."))
    *ret_group = G_ACTION_GROUP (gtk_window_get_application (GTK_WINDOW (place->window)));
  else
    return FALSE;
  *ret_name = action + 4;
  return *ret_group != NULL;
}

/* Takes @item. */
static void
add (const GroveFinderPlace *place, GPtrArray *items, GroveFinderItem *item)
{
  GActionGroup *group;
  const char   *name;

  item->accel = dup_accel (place, item);
  if (find_action (place, item->action, &group, &name))
    {
      g_autoptr (GVariant) state = g_action_group_get_action_state (group, name);

      if (!g_action_group_has_action (group, name))
        {
          grove_finder_item_free (item);
          return;
        }
      if (!g_action_group_get_action_enabled (group, name))
        {
          const char *reason = place->obstacle (place->user_data, name);

          item->reason = g_strdup (reason != NULL ? reason : _ ("Not possible now"));
        }
      item->is_set = state != NULL && item->target != NULL && g_variant_equal (state, item->target);
    }
  g_ptr_array_add (items, item);
}

static void
add_views (const GroveFinderPlace *place, GPtrArray *items)
{
  g_autoptr (GListModel) pages = G_LIST_MODEL (adw_view_stack_get_pages (place->stack));
  guint n = g_list_model_get_n_items (pages);

  for (guint i = 0; i < n; i++)
    {
      g_autoptr (AdwViewStackPage) page = g_list_model_get_item (pages, i);
      const char *name = adw_view_stack_page_get_name (page);

      if (name != NULL && adw_view_stack_page_get_visible (page))
        add (place, items,
             grove_finder_item_new (GROVE_FINDER_VIEW, adw_view_stack_page_get_title (page),
                                    adw_view_stack_page_get_icon_name (page), "win.view",
                                    g_variant_new_string (name)));
    }
}

/* @parent: the label of the submenu this is, NULL. */
static void
add_menu (const GroveFinderPlace *place,
          GPtrArray              *items,
          GMenuModel             *menu,
          GroveFinderKind         kind,
          const char             *parent)
{
  for (int i = 0; i < g_menu_model_get_n_items (menu); i++)
    {
      g_autoptr (GMenuModel) section = g_menu_model_get_item_link (menu, i, G_MENU_LINK_SECTION);
      g_autoptr (GMenuModel) submenu = g_menu_model_get_item_link (menu, i, G_MENU_LINK_SUBMENU);
      g_autoptr (GVariant) target =
        g_menu_model_get_item_attribute_value (menu, i, G_MENU_ATTRIBUTE_TARGET, NULL);
      g_autofree char *label = NULL, *action = NULL, *title = NULL, *whole = NULL;

      if (g_menu_model_get_item_attribute (menu, i, G_MENU_ATTRIBUTE_LABEL, "s", &label))
        title = dup_without_mnemonic (label);
      if (section != NULL)
        add_menu (place, items, section, kind, parent);
      else if (submenu != NULL && title != NULL)
        add_menu (place, items, submenu, kind, title);
      else if (title != NULL &&
               g_menu_model_get_item_attribute (menu, i, G_MENU_ATTRIBUTE_ACTION, "s", &action) &&
               !g_str_equal (action, "app.style") && !g_str_equal (action, "win.palette"))
        {
          GroveFinderItem *item;

          whole = parent != NULL ? g_strdup_printf ("%s: %s", parent, title) : g_strdup (title);
          item = grove_finder_item_new (kind, whole, "system-run-symbolic", action, target);
          if (kind == GROVE_FINDER_PROCESS_COMMAND)
            item->detail = g_strdup (place->process);
          add (place, items, item);
        }
    }
}

static void
add_commands (const GroveFinderPlace *place, GPtrArray *items)
{
  for (gsize i = 0; i < G_N_ELEMENTS (commands); i++)
    {
      const Command   *command = &commands[i];
      GroveFinderItem *item = grove_finder_item_new (GROVE_FINDER_COMMAND, _ (command->title),
                                                     command->icon, command->action, NULL);

      if (command->keywords != NULL)
        item->keywords = g_strdup (_ (command->keywords));
      add (place, items, item);
    }
  for (gsize i = 0; i < G_N_ELEMENTS (tables); i++)
    {
      GroveFinderItem *item =
        grove_finder_item_new (GROVE_FINDER_COMMAND, _ (tables[i].title), "grove-activity-symbolic",
                               "win.show-activity", g_variant_new_string (tables[i].table));

      item->keywords = g_strdup (_ (tables[i].keywords));
      add (place, items, item);
    }
}

static void
add_settings (const GroveFinderPlace *place, GPtrArray *items)
{
  for (gsize i = 0; i < G_N_ELEMENTS (settings); i++)
    add (place, items,
         grove_finder_item_new (GROVE_FINDER_SETTING, _ (settings[i].title),
                                "preferences-system-symbolic", settings[i].action,
                                settings[i].word != NULL
                                  ? g_variant_new_string (settings[i].word)
                                  : g_variant_new_uint32 (settings[i].number)));
}

static void
add_system (const GroveFinderPlace *place, GPtrArray *items, const char *name, const char *target)
{
  /* TRANSLATORS: a command; %s is the name of a system. */
  g_autofree char *title = g_strdup_printf (_ ("Connect to %s"), name);
  GroveFinderItem *item =
    grove_finder_item_new (GROVE_FINDER_SYSTEM, title, "network-server-symbolic", "win.open",
                           g_variant_new_string (target));

  item->detail = g_strdup (target);
  add (place, items, item);
}

/* Those that run here, and those that were reached lately and are not among them. */
static void
add_systems (const GroveFinderPlace *place, GPtrArray *items)
{
  g_autoptr (GHashTable) found = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  GListModel *recents = grove_recents_get ();
  guint       n = g_list_model_get_n_items (place->systems);
  guint       n_recent = g_list_model_get_n_items (recents);

  for (guint i = 0; i < n; i++)
    {
      g_autoptr (GroveSystem) system = g_list_model_get_item (place->systems, i);

      g_hash_table_add (found, g_strdup (grove_system_get_path (system)));
      g_hash_table_add (found, g_strdup (grove_system_get_name (system)));
      if (grove_system_get_live (system))
        add_system (place, items, grove_system_get_name (system), grove_system_get_path (system));
    }
  for (guint i = 0; i < n_recent; i++)
    {
      g_autoptr (GroveRecent) recent = g_list_model_get_item (recents, i);

      if (!g_hash_table_contains (found, grove_recent_get_target (recent)))
        add_system (place, items, grove_recent_get_name (recent), grove_recent_get_target (recent));
    }
}

GPtrArray *
grove_finder_commands_collect (const GroveFinderPlace *place)
{
  GPtrArray *items = g_ptr_array_new_with_free_func ((GDestroyNotify) grove_finder_item_free);

  add_views (place, items);
  add_menu (place, items, place->process_menu, GROVE_FINDER_PROCESS_COMMAND, NULL);
  add_menu (place, items, place->window_menu, GROVE_FINDER_COMMAND, NULL);
  add_commands (place, items);
  add_systems (place, items);
  add_settings (place, items);
  return items;
}
