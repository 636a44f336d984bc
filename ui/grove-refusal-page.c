/* SPDX-License-Identifier: MIT
 *
 * GroveRefusalPage: a status page with a button.
 */
#include "ui/grove-refusal-page.h"

#include <glib/gi18n.h>

struct _GroveRefusalPage
{
  AdwBin         parent_instance;
  AdwStatusPage *page;
};

G_DEFINE_FINAL_TYPE (GroveRefusalPage, grove_refusal_page, ADW_TYPE_BIN)

static void
grove_refusal_page_class_init (GroveRefusalPageClass *klass)
{
}

static void
grove_refusal_page_init (GroveRefusalPage *self)
{
  GtkWidget *button = gtk_button_new_with_mnemonic (_ ("_Ask Again"));

  gtk_actionable_set_action_name (GTK_ACTIONABLE (button), "win.refresh");
  gtk_widget_set_halign (button, GTK_ALIGN_CENTER);
  gtk_widget_add_css_class (button, "pill");
  self->page = ADW_STATUS_PAGE (adw_status_page_new ());
  gtk_widget_add_css_class (GTK_WIDGET (self->page), "compact");
  g_object_set (self->page, "icon-name", "action-unavailable-symbolic", "title",
                _ ("The System Does Not Tell This"), "child", button, NULL);
  adw_bin_set_child (ADW_BIN (self), GTK_WIDGET (self->page));
}

void
grove_refusal_page_set_refusal (GroveRefusalPage *self, const char *refusal)
{
  g_autofree char *markup = g_markup_escape_text (refusal != NULL ? refusal : "", -1);

  g_return_if_fail (GROVE_IS_REFUSAL_PAGE (self));
  adw_status_page_set_description (self->page, markup);
}
