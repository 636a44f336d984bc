/* SPDX-License-Identifier: MIT
 *
 * What a query may ask a table: its columns and the other names they go by, each with its type and
 * what its values can be. Between grove-filter.c, which reads queries, and grove-filter-fields.c.
 */
#pragma once

#include "observer/grove-filter.h"

G_BEGIN_DECLS

typedef enum
{
  GROVE_FIELD_TEXT,
  GROVE_FIELD_PID,
  GROVE_FIELD_COUNT, /* k is 1,000 */
  GROVE_FIELD_BYTES, /* k is 1,024 */
  GROVE_FIELD_RATE,
  GROVE_FIELD_TIME, /* in nanoseconds */
  GROVE_FIELD_BOOLEAN,
} GroveFieldType;

typedef struct
{
  const char        *name;   /* as it is typed */
  const char        *column; /* in the protocol */
  GroveFieldType     type;
  const char *const *choices;      /* NULL: anything */
  gboolean           only_choices; /* there are no others */
} GroveField;

typedef struct GroveFilterFields GroveFilterFields;

GroveFilterFields *_grove_filter_fields_new (const GroveFilterScope *scope);
void               _grove_filter_fields_free (GroveFilterFields *self);
/* Names are compared without regard to ASCII case; NULL: there is none. */
const GroveField *
_grove_filter_fields_find (const GroveFilterFields *self, const char *name, gsize length);
/* In the order to offer them in; NULL after the last. */
const GroveField *_grove_filter_fields_get (const GroveFilterFields *self, guint index);
/* The columns a bare word may be a part of; NULL after the last. */
const char *_grove_filter_fields_get_bare (const GroveFilterFields *self, guint index);
/* "name, app or messages": a few to try; transfer full. */
char *_grove_filter_fields_name_some (const GroveFilterFields *self);

G_END_DECLS
