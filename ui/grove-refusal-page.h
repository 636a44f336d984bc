/* SPDX-License-Identifier: MIT
 *
 * GroveRefusalPage: what a view shows when the system does not tell what it asks for: why, what to
 * do, and a way to ask again.
 *
 * Threads: main thread only.
 */
#pragma once

#include <adwaita.h>

G_BEGIN_DECLS

#define GROVE_TYPE_REFUSAL_PAGE (grove_refusal_page_get_type ())
G_DECLARE_FINAL_TYPE (GroveRefusalPage, grove_refusal_page, GROVE, REFUSAL_PAGE, AdwBin)

/* @refusal: as models have it; NULL: none. */
void grove_refusal_page_set_refusal (GroveRefusalPage *self, const char *refusal);

G_END_DECLS
