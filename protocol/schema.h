/* SPDX-License-Identifier: MIT
 *
 * The schema as C: what schema/generate.py makes of schema/grove-1.json, and the check of a
 * request's params against it. The dispatcher knows of methods and params only through this.
 *
 * Threads: constant data; the check keeps nothing.
 */
#pragma once

#include "protocol/schema-names.h"
#include "protocol/source.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct json_object;

enum grove_param_type
{
  GROVE_PARAM_INT,
  GROVE_PARAM_TEXT, /* minimum and maximum: bytes */
  GROVE_PARAM_BOOL,
  GROVE_PARAM_CHOICE,
  GROVE_PARAM_PID, /* a text without control bytes or spaces */
  GROVE_PARAM_SUB, /* an integer from 1 */
  GROVE_PARAM_TEXTS,
  GROVE_PARAM_SORT,
  GROVE_PARAM_FILTER, /* an array; grove_filter_new() checks the rest */
  GROVE_PARAM_OBJECT,
};

struct grove_param
{
  const char               *name;
  enum grove_param_type     type;
  bool                      optional, nullable;
  int64_t                   minimum, maximum;
  const char *const        *choices; /* NULL after the last */
  const struct grove_param *members;
  size_t                    n_members;
};

enum grove_role
{
  GROVE_ROLE_OPENING, /* only before the session is open */
  GROVE_ROLE_OBSERVE,
  GROVE_ROLE_CONTROL,
};

#define GROVE_NO_SOURCE SIZE_MAX /* the server does it by itself */

struct grove_method
{
  const char               *name;
  enum grove_role           role;     /* the least that may ask */
  bool                      audited;  /* a command */
  bool                      payloads; /* shows what processes tell each other and know */
  size_t                    source;   /* where in grove_source_ops what it needs is */
  bool                      is_notification;
  const struct grove_param *params;
  size_t                    n_params;
};

extern const struct grove_method grove_methods[GROVE_N_METHODS];
/* Capabilities that the protocol has names for and this version no methods; NULL after the last. */
extern const char *const grove_reserved_names[];
/* In the order of enum grove_table_id; the columns in that of their enums. */
extern const struct grove_table grove_schema_tables[GROVE_N_TABLES];
extern const char               grove_schema_json[];
extern const char               grove_schema_hash[];

/* NULL when there is none. */
const struct grove_method *grove_method_find (const char *name);

#define GROVE_PARAMS_ERROR_SIZE 256

/* Checks @params (NULL: an empty object). False with what is wrong, and what is allowed, in @error.
 */
bool grove_params_check (const struct grove_method *method,
                         struct json_object        *params,
                         char                       error[GROVE_PARAMS_ERROR_SIZE]);

/* Members of params that were checked. */
struct json_object *grove_params_get (struct json_object *params, const char *name);
int64_t     grove_params_int (struct json_object *params, const char *name, int64_t otherwise);
const char *grove_params_text (struct json_object *params, const char *name);
