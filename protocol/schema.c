/* SPDX-License-Identifier: MIT
 *
 * Checks params against the schema. Errors name the member by its path and say what is allowed,
 * because a person reads them.
 *
 * Threads: keeps nothing.
 */
#include "protocol/schema.h"

#include <inttypes.h>
#include <json-c/json.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#define PATH_SIZE 96

const struct grove_method *
grove_method_find (const char *name)
{
  for (size_t i = 0; i < GROVE_N_METHODS; i++)
    if (strcmp (grove_methods[i].name, name) == 0)
      return &grove_methods[i];
  return NULL;
}

static bool wrong (char *error, const char *format, ...) __attribute__ ((format (printf, 2, 3)));

static bool
wrong (char *error, const char *format, ...)
{
  va_list arguments;

  va_start (arguments, format);
  (void) vsnprintf (error, GROVE_PARAMS_ERROR_SIZE, format, arguments);
  va_end (arguments);
  return false;
}

static bool
check_integer (const struct grove_param *param,
               const char               *path,
               struct json_object       *value,
               char                     *error)
{
  int64_t number = json_object_get_int64 (value);

  if (json_object_get_type (value) == json_type_int && number >= param->minimum &&
      number <= param->maximum)
    return true;
  if (param->minimum == param->maximum)
    return wrong (error, "\"%s\" is %" PRId64 " here", path, param->minimum);
  return wrong (error, "\"%s\" is an integer from %" PRId64 " to %" PRId64, path, param->minimum,
                param->maximum);
}

static bool
check_text (const struct grove_param *param,
            const char               *path,
            struct json_object       *value,
            char                     *error)
{
  size_t size;

  if (json_object_get_type (value) != json_type_string)
    return wrong (error, "\"%s\" is a text", path);
  size = (size_t) json_object_get_string_len (value);
  if (size < (size_t) param->minimum || size > (size_t) param->maximum)
    return wrong (error, "\"%s\" is a text of %" PRId64 " to %" PRId64 " bytes", path,
                  param->minimum, param->maximum);
  return true;
}

static bool
check_pid (const struct grove_param *param,
           const char               *path,
           struct json_object       *value,
           char                     *error)
{
  const char *text;

  if (!check_text (param, path, value, error))
    return false;
  text = json_object_get_string (value);
  for (; *text != '\0'; text++)
    if (*text <= ' ' || *text > '~')
      return wrong (error, "\"%s\" is a pid as the system prints it, like \"<0.123.0>\"", path);
  return true;
}

static bool
check_choice (const struct grove_param *param,
              const char               *path,
              struct json_object       *value,
              char                     *error)
{
  char   allowed[128] = "";
  size_t size = 0;

  for (const char *const *choice = param->choices; *choice != NULL && size < sizeof allowed;
       choice++)
    {
      if (json_object_get_type (value) == json_type_string &&
          strcmp (json_object_get_string (value), *choice) == 0)
        return true;
      size += (size_t) snprintf (allowed + size, sizeof allowed - size, "%s\"%s\"",
                                 size > 0 ? ", " : "", *choice);
    }
  return wrong (error, "\"%s\" is one of %s", path, allowed);
}

static bool
check_texts (const struct grove_param *param,
             const char               *path,
             struct json_object       *value,
             char                     *error)
{
  bool   fine = json_object_get_type (value) == json_type_array;
  size_t n = fine ? json_object_array_length (value) : 0;

  fine = fine && n >= (size_t) param->minimum && n <= (size_t) param->maximum;
  for (size_t i = 0; fine && i < n; i++)
    fine = json_object_get_type (json_object_array_get_idx (value, i)) == json_type_string;
  if (fine)
    return true;
  return wrong (error, "\"%s\" is an array of %" PRId64 " to %" PRId64 " texts", path,
                param->minimum, param->maximum);
}

static bool
check_sort (const struct grove_param *param,
            const char               *path,
            struct json_object       *value,
            char                     *error)
{
  bool   fine = json_object_get_type (value) == json_type_array;
  size_t n = fine ? json_object_array_length (value) : 0;

  fine = fine && n <= (size_t) param->maximum;
  for (size_t i = 0; fine && i < n; i++)
    {
      struct json_object *pair = json_object_array_get_idx (value, i);
      struct json_object *column, *direction;

      fine = json_object_get_type (pair) == json_type_array && json_object_array_length (pair) == 2;
      if (!fine)
        break;
      column = json_object_array_get_idx (pair, 0);
      direction = json_object_array_get_idx (pair, 1);
      fine = json_object_get_type (column) == json_type_string &&
             json_object_get_type (direction) == json_type_string &&
             (strcmp (json_object_get_string (direction), "asc") == 0 ||
              strcmp (json_object_get_string (direction), "desc") == 0);
    }
  if (fine)
    return true;
  return wrong (error,
                "\"%s\" is an array of at most %" PRId64 " pairs [column, \"asc\" or \"desc\"]",
                path, param->maximum);
}

static bool check_members (const struct grove_param *members,
                           size_t                    n_members,
                           const char               *path,
                           struct json_object       *object,
                           char                     *error);

static bool
check_value (const struct grove_param *param,
             const char               *path,
             struct json_object       *value,
             char                     *error)
{
  switch (param->type)
    {
    case GROVE_PARAM_INT:
    case GROVE_PARAM_SUB:
      return check_integer (param, path, value, error);
    case GROVE_PARAM_TEXT:
      return check_text (param, path, value, error);
    case GROVE_PARAM_BOOL:
      if (json_object_get_type (value) != json_type_boolean)
        return wrong (error, "\"%s\" is true or false", path);
      return true;
    case GROVE_PARAM_CHOICE:
      return check_choice (param, path, value, error);
    case GROVE_PARAM_PID:
      return check_pid (param, path, value, error);
    case GROVE_PARAM_TEXTS:
      return check_texts (param, path, value, error);
    case GROVE_PARAM_SORT:
      return check_sort (param, path, value, error);
    case GROVE_PARAM_FILTER:
      if (json_object_get_type (value) != json_type_array)
        return wrong (error, "\"%s\" is an array like [\"gt\", column, value]", path);
      return true;
    case GROVE_PARAM_OBJECT:
      if (json_object_get_type (value) != json_type_object)
        return wrong (error, "\"%s\" is an object", path);
      return check_members (param->members, param->n_members, path, value, error);
    default:
      return wrong (error, "\"%s\" cannot be checked", path);
    }
}

static const struct grove_param *
find_member (const struct grove_param *members, size_t n_members, const char *name)
{
  for (size_t i = 0; i < n_members; i++)
    if (strcmp (members[i].name, name) == 0)
      return &members[i];
  return NULL;
}

/* What is allowed, for someone who gave something else. */
static bool
unknown_member (const struct grove_param *members, size_t n_members, const char *path, char *error)
{
  char   allowed[128] = "nothing";
  size_t size = 0;

  for (size_t i = 0; i < n_members && size < sizeof allowed; i++)
    size += (size_t) snprintf (allowed + size, sizeof allowed - size, "%s%s", i > 0 ? ", " : "",
                               members[i].name);
  return wrong (error, "\"%s\" is not known here; allowed: %s", path, allowed);
}

static bool
check_members (const struct grove_param *members,
               size_t                    n_members,
               const char               *path,
               struct json_object       *object,
               char                     *error)
{
  char below[PATH_SIZE];

  if (object != NULL)
    {
      json_object_object_foreach (object, name, value)
      {
        const struct grove_param *param = find_member (members, n_members, name);

        (void) snprintf (below, sizeof below, "%s%s%.60s", path, *path != '\0' ? "." : "", name);
        if (param == NULL)
          return unknown_member (members, n_members, below, error);
        if (value == NULL && param->nullable)
          continue;
        if (!check_value (param, below, value, error))
          return false;
      }
    }
  for (size_t i = 0; i < n_members; i++)
    if (!members[i].optional &&
        (object == NULL || !json_object_object_get_ex (object, members[i].name, NULL)))
      {
        (void) snprintf (below, sizeof below, "%s%s%s", path, *path != '\0' ? "." : "",
                         members[i].name);
        return wrong (error, "\"%s\" is missing", below);
      }
  return true;
}

bool
grove_params_check (const struct grove_method *method,
                    struct json_object        *params,
                    char                       error[GROVE_PARAMS_ERROR_SIZE])
{
  return check_members (method->params, method->n_params, "", params, error);
}

struct json_object *
grove_params_get (struct json_object *params, const char *name)
{
  struct json_object *value = NULL;

  if (params != NULL)
    json_object_object_get_ex (params, name, &value);
  return value;
}

int64_t
grove_params_int (struct json_object *params, const char *name, int64_t otherwise)
{
  struct json_object *value = grove_params_get (params, name);

  return value != NULL ? json_object_get_int64 (value) : otherwise;
}

const char *
grove_params_text (struct json_object *params, const char *name)
{
  struct json_object *value = grove_params_get (params, name);

  return value != NULL ? json_object_get_string (value) : NULL;
}
