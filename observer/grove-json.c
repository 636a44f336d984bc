/* SPDX-License-Identifier: MIT
 *
 * Reading JSON that is not to be trusted. The strict scan of the protocol's client has made sure
 * that texts are UTF-8 without NUL; what is checked here is that each value is of the type it
 * should be.
 */
#include "observer/grove-observer-private.h"

#include <string.h>

/* Every whole number up to here is one of type double too. */
#define REAL_MAX   9e15
#define MEMBER_MAX 64

static struct json_object *
member_of (struct json_object *object, const char *member, enum json_type type)
{
  struct json_object *value = NULL;
  if (!json_object_is_type (object, json_type_object) ||
      !json_object_object_get_ex (object, member, &value) || !json_object_is_type (value, type))
    return NULL;
  return value;
}

const char *
_grove_json_text (struct json_object *object, const char *member)
{
  struct json_object *value = member_of (object, member, json_type_string);
  return value != NULL ? json_object_get_string (value) : "";
}

gint64
_grove_json_int (struct json_object *object, const char *member, gint64 fallback)
{
  struct json_object *value = member_of (object, member, json_type_int);
  return value != NULL ? json_object_get_int64 (value) : fallback;
}

double
_grove_json_real (struct json_object *object, const char *member, double fallback)
{
  struct json_object *value = member_of (object, member, json_type_double);
  if (value == NULL)
    value = member_of (object, member, json_type_int);
  return value != NULL ? json_object_get_double (value) : fallback;
}

double
_grove_json_bound (double value)
{
  return CLAMP (value, -REAL_MAX, REAL_MAX);
}

gboolean
_grove_json_boolean (struct json_object *object, const char *member)
{
  struct json_object *value = member_of (object, member, json_type_boolean);
  return value != NULL && json_object_get_boolean (value);
}

struct json_object *
_grove_json_object (struct json_object *object, const char *member)
{
  return member_of (object, member, json_type_object);
}

struct json_object *
_grove_json_descend (struct json_object *object, const char **member)
{
  const char *dot = strchr (*member, '.');
  char        outer[MEMBER_MAX];
  if (dot == NULL)
    return object;
  if ((gsize) (dot - *member) >= sizeof outer)
    return NULL;
  memcpy (outer, *member, (gsize) (dot - *member));
  outer[dot - *member] = '\0';
  *member = dot + 1;
  return _grove_json_object (object, outer);
}

struct json_object *
_grove_json_array (struct json_object *object, const char *member)
{
  return member_of (object, member, json_type_array);
}

gboolean
_grove_json_get_int (struct json_object *object, const char *member, gint64 min, gint64 *ret_value)
{
  struct json_object *value = member_of (object, member, json_type_int);
  if (value == NULL || json_object_get_int64 (value) < min)
    return FALSE;
  *ret_value = json_object_get_int64 (value);
  return TRUE;
}

void
_grove_copy_text (char *dest, gsize size, const char *text)
{
  gsize length = strlen (text);
  if (length >= size)
    {
      length = size - 1;
      /* Step back over the continuation bytes of the character the cut would go through. */
      while (length > 0 && ((guchar) text[length] & 0xc0) == 0x80)
        length--;
    }
  memcpy (dest, text, length);
  dest[length] = '\0';
}

gboolean
_grove_copy_pid (char *dest, gsize size, struct json_object *value)
{
  if (!json_object_is_type (value, json_type_string))
    return FALSE;
  int length = json_object_get_string_len (value);
  if (length <= 0 || (gsize) length >= size)
    return FALSE;
  memcpy (dest, json_object_get_string (value), (gsize) length + 1);
  return TRUE;
}

char *
_grove_exited_reason (struct json_object *exited)
{
  struct json_object *term = _grove_json_object (exited, "reason");
  const char         *text =
    _grove_json_text (term != NULL ? term : exited, term != NULL ? "text" : "reason");
  return text[0] != '\0' ? g_strdup (text) : NULL;
}

char *
_grove_exited_successor (struct json_object *exited)
{
  struct json_object *link = _grove_json_object (exited, "successor");
  const char         *pid =
    _grove_json_text (link != NULL ? link : exited, link != NULL ? "pid" : "successor");
  if (pid[0] == '\0' || strlen (pid) >= sizeof ((GroveProcessRow *) 0)->pid)
    return NULL;
  return g_strdup (pid);
}
