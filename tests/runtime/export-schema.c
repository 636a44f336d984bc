/* SPDX-License-Identifier: MIT
 *
 * Answers against the schema; see export-schema.h. The types are told in PROTOCOL.md, "Describing".
 */
#include "tests/runtime/export-schema.h"

#include <glib.h>
#include <string.h>

static void
check_members (json_object *schema, const char *where, json_object *members, json_object *value);

static json_object *
named (json_object *schema, const char *list, const char *name)
{
  json_object *all = json_object_object_get (schema, list), *one;

  for (size_t i = 0; i < json_object_array_length (all); i++)
    {
      one = json_object_array_get_idx (all, i);
      if (g_str_equal (json_object_get_string (json_object_object_get (one, "name")), name))
        return one;
    }
  g_error ("%s: no “%s” in the schema", list, name);
}

/* Of the types that have a name of their own here. */
static gboolean
fits_value (const char *type, json_object *value)
{
  static const char *const integers[] = { "int", "bytes", "ns", "ms", "s", NULL };

  if (g_strv_contains (integers, type))
    return json_object_is_type (value, json_type_int);
  if (g_str_equal (type, "real"))
    return json_object_is_type (value, json_type_double) ||
           json_object_is_type (value, json_type_int);
  if (g_str_equal (type, "bool"))
    return json_object_is_type (value, json_type_boolean);
  if (g_str_equal (type, "object"))
    return json_object_is_type (value, json_type_object);
  if (g_str_equal (type, "row"))
    return json_object_is_type (value, json_type_array);
  if (g_str_equal (type, "pid"))
    return json_object_is_type (value, json_type_string) &&
           json_object_get_string (value)[0] == '<';
  return g_str_equal (type, "text") && json_object_is_type (value, json_type_string);
}

static void
check_value (json_object *schema, const char *where, const char *type, json_object *value)
{
  g_autofree char *inner = g_strndup (type + 1, strlen (type) > 1 ? strlen (type) - 2 : 0);
  json_object     *members;

  if (g_str_has_suffix (type, "|null"))
    {
      g_autofree char *plain = g_strndup (type, strlen (type) - strlen ("|null"));

      if (value != NULL)
        check_value (schema, where, plain, value);
    }
  else if (type[0] == '[')
    {
      if (!json_object_is_type (value, json_type_array))
        g_error ("%s: no array: %s", where, json_object_to_json_string (value));
      for (size_t i = 0; i < json_object_array_length (value); i++)
        check_value (schema, where, inner, json_object_array_get_idx (value, i));
    }
  else if (type[0] == '{')
    {
      if (!json_object_is_type (value, json_type_object))
        g_error ("%s: no object: %s", where, json_object_to_json_string (value));
      json_object_object_foreach (value, name, one) check_value (schema, name, inner, one);
    }
  else if (json_object_object_get_ex (json_object_object_get (schema, "types"), type, &members))
    check_members (schema, where, members, value);
  else if (!fits_value (type, value))
    g_error ("%s is no %s: %s", where, type, json_object_to_json_string (value));
}

static void
check_members (json_object *schema, const char *where, json_object *members, json_object *value)
{
  guint n_known = 0;

  if (!json_object_is_type (value, json_type_object))
    g_error ("%s: no object: %s", where, json_object_to_json_string (value));
  json_object_object_foreach (members, name, type)
  {
    g_autofree char *plain = g_strndup (name, strcspn (name, "?"));
    g_autofree char *below = g_strdup_printf ("%s.%s", where, plain);
    json_object     *one;

    if (json_object_object_get_ex (value, plain, &one))
      {
        check_value (schema, below, json_object_get_string (type), one);
        n_known++;
      }
    else if (strchr (name, '?') == NULL)
      g_error ("%s is missing in %s", below, json_object_to_json_string (value));
  }
  if (n_known != (guint) json_object_object_length (value))
    g_error ("%s has members that the schema does not: %s", where,
             json_object_to_json_string (value));
}

void
schema_check_result (json_object *schema, const char *method, json_object *result)
{
  check_members (schema, method,
                 json_object_object_get (named (schema, "methods", method), "result"), result);
}

void
schema_check_notification (json_object *schema, const char *method, json_object *params)
{
  check_members (schema, method,
                 json_object_object_get (named (schema, "notifications", method), "params"),
                 params);
}
