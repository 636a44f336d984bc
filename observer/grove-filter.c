/* SPDX-License-Identifier: MIT
 *
 * The typed filter: words, each a condition; a row of words that all must hold; rows parted by
 * `or`. It compiles to the protocol's trees: an `or` of `and`s of conditions. `not` of a word that
 * stands for several conditions is written out (not a and not b), so that no tree is more than four
 * deep.
 */
#include "observer/grove-filter.h"

#include <errno.h>
#include <json-c/json.h>
#include <math.h>
#include <string.h>

G_DEFINE_QUARK (grove - filter - error - quark, grove_filter_error)

#define TEXT_MAX  2000 /* bytes typed */
#define NODES_MAX 64   /* of the tree, as the protocol has it */

typedef enum
{
  FIELD_TEXT,
  FIELD_STATUS,
  FIELD_PRIORITY,
  FIELD_COUNT, /* k is 1,000 */
  FIELD_BYTES, /* k is 1,024 */
  FIELD_RATE,
  FIELD_BOOLEAN,
} FieldType;

typedef struct
{
  const char *name;
  const char *column;
  FieldType   type;
} Field;

static const Field fields[] = {
  { "pid", "pid", FIELD_TEXT },
  { "name", "name", FIELD_TEXT },
  { "status", "status", FIELD_STATUS },
  { "state", "status", FIELD_STATUS },
  { "messages", "messages", FIELD_COUNT },
  { "mailbox", "messages", FIELD_COUNT },
  { "messages_in/s", "messages_in/s", FIELD_RATE },
  { "mailbox_bytes", "mailbox_bytes", FIELD_BYTES },
  { "reductions", "reductions", FIELD_COUNT },
  { "reductions/s", "reductions/s", FIELD_RATE },
  { "reds", "reductions/s", FIELD_RATE },
  { "memory", "memory", FIELD_BYTES },
  { "heap", "heap", FIELD_BYTES },
  { "stack", "stack", FIELD_BYTES },
  { "priority", "priority", FIELD_PRIORITY },
  { "initial", "initial", FIELD_TEXT },
  { "current", "current", FIELD_TEXT },
  { "app", "app", FIELD_TEXT },
  { "supervisor", "supervisor", FIELD_TEXT },
  { "restarts", "restarts", FIELD_COUNT },
  { "started_ns", "started_ns", FIELD_COUNT },
  { "scheduler", "scheduler", FIELD_COUNT },
  { "links", "links", FIELD_COUNT },
  { "trap_exit", "trap_exit", FIELD_BOOLEAN },
  { "system", "system", FIELD_BOOLEAN },
};

static const char *const field_names[] = {
  "pid",           "name",          "status",  "state",      "messages", "mailbox",    "memory",
  "reductions/s",  "reds",          "app",     "priority",   "heap",     "stack",      "reductions",
  "messages_in/s", "mailbox_bytes", "initial", "supervisor", "restarts", "started_ns", "scheduler",
  "links",         "trap_exit",     "system",  "current",    NULL,
};
G_STATIC_ASSERT (G_N_ELEMENTS (field_names) == G_N_ELEMENTS (fields) + 1);

static const char *const statuses[] = { "running",   "runnable", "waiting",
                                        "suspended", "exiting",  NULL };
static const char *const priorities[] = { "low", "normal", "high", "max", NULL };

typedef struct
{
  const char *text; /* as typed */
  const char *name; /* in the protocol */
  gboolean    for_text;
  gboolean    for_numbers;
} Operator;

/* Longer ones first: `<=` begins with `<`. */
static const Operator operators[] = {
  { "!=", "ne", TRUE, TRUE }, { "<=", "le", FALSE, TRUE },      { ">=", "ge", FALSE, TRUE },
  { ":", "eq", TRUE, TRUE },  { "=", "eq", TRUE, TRUE },        { "<", "lt", FALSE, TRUE },
  { ">", "gt", FALSE, TRUE }, { "~", "contains", TRUE, FALSE }, { "^", "prefix", TRUE, FALSE },
};

const char *const *
grove_filter_get_fields (void)
{
  return field_names;
}

typedef struct
{
  const char *text; /* all that was typed */
  gsize       at;   /* the next byte to read */
  guint       n_nodes;
  gsize       error_at;
  GError     *error;
} Parser;

static void fail (Parser *self, gsize at, const char *format, ...) G_GNUC_PRINTF (3, 4);

static void
fail (Parser *self, gsize at, const char *format, ...)
{
  if (self->error != NULL)
    return;
  va_list arguments;
  va_start (arguments, format);
  self->error = g_error_new_valist (GROVE_FILTER_ERROR, 0, format, arguments);
  va_end (arguments);
  self->error_at = at;
}

static gboolean
is_space (char c)
{
  return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

static void
skip_spaces (Parser *self)
{
  while (is_space (self->text[self->at]))
    self->at++;
}

/* A value: up to a space, or between quotes. NULL and an error if the quotes do not end. */
static char *
read_value (Parser *self)
{
  gsize start = self->at;
  if (self->text[start] == '"')
    {
      const char *end = strchr (self->text + start + 1, '"');
      if (end == NULL)
        {
          fail (self, start, "The quotation mark is not closed");
          return NULL;
        }
      self->at = (gsize) (end - self->text) + 1;
      if (self->text[self->at] != '\0' && !is_space (self->text[self->at]))
        {
          fail (self, self->at, "After a quoted value a space must follow");
          return NULL;
        }
      return g_strndup (self->text + start + 1, (gsize) (end - self->text) - start - 1);
    }
  while (self->text[self->at] != '\0' && !is_space (self->text[self->at]))
    self->at++;
  return g_strndup (self->text + start, self->at - start);
}

static gboolean
next_word_is (Parser *self, const char *word)
{
  gsize n = strlen (word);
  return g_ascii_strncasecmp (self->text + self->at, word, n) == 0 &&
         (self->text[self->at + n] == '\0' || is_space (self->text[self->at + n]));
}

static struct json_object *
new_tree (Parser *self, const char *operator, struct json_object * first)
{
  self->n_nodes++;
  struct json_object *array = json_object_new_array ();
  json_object_array_add (array, json_object_new_string (operator));
  if (first != NULL)
    json_object_array_add (array, first);
  return array;
}

/* Takes @value. */
static struct json_object *
new_condition (Parser *self, const char *operator, const char * column, struct json_object *value)
{
  struct json_object *array = new_tree (self, operator, json_object_new_string (column));
  json_object_array_add (array, value);
  return array;
}

/* Adds to @all (an `and`), turned round if @negated. Takes @tree. */
static void
add_condition (Parser *self, struct json_object *all, struct json_object *tree, gboolean negated)
{
  json_object_array_add (all, negated ? new_tree (self, "not", tree) : tree);
}

/* A list of one is that one: ["and", F] is F. Takes @list. */
static struct json_object *
unwrap (Parser *self, struct json_object *list)
{
  if (json_object_array_length (list) != 2)
    return list;
  struct json_object *only = json_object_get (json_object_array_get_idx (list, 1));
  json_object_put (list);
  self->n_nodes--;
  return only;
}

static gboolean
parse_number (const char *text, FieldType type, double *ret_number)
{
  if (!g_ascii_isdigit (text[0]) && text[0] != '.' && text[0] != '-')
    return FALSE;
  /* The grammar of strtod() is wider than a person's: 0x10, 1e5 and the like stay out. */
  gsize length = strspn (text, "-.0123456789");
  char *end;
  errno = 0;
  double number = g_ascii_strtod (text, &end);
  if (errno != 0 || end != text + length || !isfinite (number))
    return FALSE;
  double k = type == FIELD_BYTES ? 1024 : 1000;
  switch (*end)
    {
    case 'G':
    case 'g':
      number *= k * k * k;
      end++;
      break;
    case 'M':
    case 'm':
      number *= k * k;
      end++;
      break;
    case 'K':
    case 'k':
      number *= k;
      end++;
      break;
    default:
      break;
    }
  if (*end != '\0' || fabs (number) > 9007199254740991.0)
    return FALSE;
  *ret_number = number;
  return TRUE;
}

static struct json_object *
read_number (Parser *self, const Field *field, const char *value, gsize at)
{
  double number;
  if (!parse_number (value, field->type, &number))
    {
      fail (self, at, "“%s” is no number; %s takes one such as 100, 1.5k or 2M", value,
            field->name);
      return NULL;
    }
  if (field->type == FIELD_RATE)
    return json_object_new_double (number);
  if (number != floor (number))
    {
      fail (self, at, "“%s” is not whole; %s counts whole ones", value, field->name);
      return NULL;
    }
  return json_object_new_int64 ((gint64) number);
}

static struct json_object *
read_choice (
  Parser *self, const Field *field, const char *value, gsize at, const char *const *choices)
{
  g_autofree char *lower = g_ascii_strdown (value, -1);
  if (g_strv_contains (choices, lower))
    return json_object_new_string (lower);
  g_autofree char *all = g_strjoinv (", ", (char **) (gsize) choices);
  fail (self, at, "“%s” is no %s; there are %s", value, field->name, all);
  return NULL;
}

static struct json_object *
read_boolean (Parser *self, const Field *field, const char *value, gsize at)
{
  if (g_ascii_strcasecmp (value, "true") == 0 || g_ascii_strcasecmp (value, "yes") == 0)
    return json_object_new_boolean (TRUE);
  if (g_ascii_strcasecmp (value, "false") == 0 || g_ascii_strcasecmp (value, "no") == 0)
    return json_object_new_boolean (FALSE);
  fail (self, at, "%s is true or false, not “%s”", field->name, value);
  return NULL;
}

/* "0.41.0" is how a person writes <0.41.0>. */
static char *
complete_pid (const char *text)
{
  if (text[0] != '\0' && text[strspn (text, "0123456789.")] == '\0' && strchr (text, '.') != NULL)
    return g_strdup_printf ("<%s>", text);
  return g_strdup (text);
}

static struct json_object *
make_value (
  Parser *self, const Field *field, const Operator *operator, const char * value, gsize at)
{
  switch (field->type)
    {
    case FIELD_STATUS:
    case FIELD_PRIORITY:
      if (operator->for_numbers)
        return read_choice (self, field, value, at,
                            field->type == FIELD_STATUS ? statuses : priorities);
      return json_object_new_string (value);
    case FIELD_COUNT:
    case FIELD_BYTES:
    case FIELD_RATE:
      return read_number (self, field, value, at);
    case FIELD_BOOLEAN:
      return read_boolean (self, field, value, at);
    case FIELD_TEXT:
      if (operator->for_numbers && (strcmp (field->column, "pid") == 0 ||
                                    strcmp (field->column, "supervisor") == 0))
        {
          g_autofree char *pid = complete_pid (value);
          return json_object_new_string (pid);
        }
      return json_object_new_string (value);
    }
  g_return_val_if_reached (NULL);
}

static gboolean
operator_fits (const Field *field, const Operator *operator)
{
  switch (field->type)
    {
    case FIELD_COUNT:
    case FIELD_BYTES:
    case FIELD_RATE:
      return operator->for_numbers;
    case FIELD_BOOLEAN:
      return operator->for_numbers && operator->for_text;
    case FIELD_TEXT:
    case FIELD_STATUS:
    case FIELD_PRIORITY:
      return operator->for_text;
    }
  g_return_val_if_reached (FALSE);
}

static void
complain_about_operator (Parser *self, const Field *field, const Operator *operator, gsize at)
{
  const char *allowed = "= and !=";
  if (field->type == FIELD_COUNT || field->type == FIELD_BYTES || field->type == FIELD_RATE)
    allowed = "= != < <= > and >=";
  else if (field->type != FIELD_BOOLEAN)
    allowed = "= != ~ (contains) and ^ (begins with)";
  fail (self, at, "%s cannot be asked with “%s”; it takes %s", field->name, operator->text,
        allowed);
}

static const Operator *
operator_at (const char *text)
{
  for (guint i = 0; i < G_N_ELEMENTS (operators); i++)
    if (g_str_has_prefix (text, operators[i].text))
      return &operators[i];
  return NULL;
}

static const Field *
find_field (const char *name, gsize length)
{
  for (guint i = 0; i < G_N_ELEMENTS (fields); i++)
    if (strlen (fields[i].name) == length &&
        g_ascii_strncasecmp (fields[i].name, name, length) == 0)
      return &fields[i];
  return NULL;
}

/* How far the name of a field goes; 0 if the word does not begin with FIELD and an operator. */
static gsize
measure_field (const char *word)
{
  if (!g_ascii_isalpha (word[0]))
    return 0;
  gsize length = strspn (word, G_CSET_A_2_Z G_CSET_a_2_z G_CSET_DIGITS "_/");
  return operator_at (word + length) != NULL ? length : 0;
}

static void
read_field_condition (Parser *self, struct json_object *all, gsize length, gboolean negated)
{
  gsize        start = self->at;
  const char  *word = self->text + start;
  const Field *field = find_field (word, length);
  if (field == NULL)
    {
      fail (self, start, "There is no “%.*s”; try name, app, status, messages, memory or reds",
            (int) MIN (length, 40), word);
      return;
    }
  const Operator *operator= operator_at (word + length);
  if (!operator_fits (field, operator))
    {
      complain_about_operator (self, field, operator, start + length);
      return;
    }
  self->at = start + length + strlen (operator->text);
  gsize            value_at = self->at;
  g_autofree char *value = read_value (self);
  if (value == NULL)
    return;
  if (value[0] == '\0' && self->text[value_at] != '"')
    {
      fail (self, value_at, "A value is missing after “%.*s%s”", (int) length,
            word, operator->text);
      return;
    }
  struct json_object *json = make_value (self, field, operator, value, value_at);
  if (json != NULL)
    add_condition (self, all, new_condition (self, operator->name, field->column, json), negated);
}

/* What is written beside a process in a list: its name, or what it was started with; or its pid. */
static void
read_bare_word (Parser *self, struct json_object *all, gboolean negated)
{
  gsize            start = self->at;
  g_autofree char *value = read_value (self);
  if (value == NULL)
    return;
  if (value[0] == '\0')
    {
      fail (self, start, "There is nothing between the quotation marks");
      return;
    }
  g_autofree char    *pid = complete_pid (value);
  struct json_object *any = negated ? all : new_tree (self, "or", NULL);
  add_condition (self, any,
                 new_condition (self, "contains", "name", json_object_new_string (value)), negated);
  add_condition (self, any,
                 new_condition (self, "contains", "initial", json_object_new_string (value)),
                 negated);
  if (pid[0] == '<')
    add_condition (self, any, new_condition (self, "eq", "pid", json_object_new_string (pid)),
                   negated);
  if (!negated)
    json_object_array_add (all, any);
}

static void
read_condition (Parser *self, struct json_object *all)
{
  gboolean negated = self->text[self->at] == '-' && self->text[self->at + 1] != '\0' &&
                     !is_space (self->text[self->at + 1]);
  if (self->text[self->at] == '-' && !negated)
    {
      fail (self, self->at, "After - (not) a condition must follow at once");
      return;
    }
  if (negated)
    self->at++;
  gsize length = measure_field (self->text + self->at);
  if (length > 0)
    read_field_condition (self, all, length, negated);
  else
    read_bare_word (self, all, negated);
}

/* Conditions up to `or` or the end; NULL if there are none. */
static struct json_object *
read_group (Parser *self)
{
  struct json_object *all = new_tree (self, "and", NULL);
  skip_spaces (self);
  while (self->error == NULL && self->text[self->at] != '\0' && !next_word_is (self, "or"))
    {
      if (next_word_is (self, "and"))
        self->at += strlen ("and"); /* spaces mean it anyhow */
      else
        read_condition (self, all);
      skip_spaces (self);
    }
  if (json_object_array_length (all) > 1)
    return unwrap (self, all);
  json_object_put (all);
  return NULL;
}

static struct json_object *
read_groups (Parser *self)
{
  struct json_object *any = new_tree (self, "or", NULL);
  for (;;)
    {
      gsize               start = self->at;
      struct json_object *group = read_group (self);
      gboolean            more = self->error == NULL && next_word_is (self, "or");
      if (group != NULL)
        json_object_array_add (any, group);
      else if (self->error == NULL && (more || start > 0))
        fail (self, more ? self->at : start,
              "“or” stands between two conditions; one is missing %s",
              more ? "before it" : "after it");
      if (!more || self->error != NULL)
        return any;
      self->at += strlen ("or");
    }
}

gboolean
grove_filter_parse (const char          *text,
                    struct json_object **ret_json,
                    gsize               *ret_position,
                    GError             **error)
{
  g_return_val_if_fail (text != NULL, FALSE);
  g_return_val_if_fail (ret_json != NULL, FALSE);
  Parser              parser = { .text = text };
  struct json_object *any = NULL;
  if (!g_utf8_validate (text, -1, NULL))
    fail (&parser, 0, "The filter is no text");
  else if (strlen (text) > TEXT_MAX)
    fail (&parser, TEXT_MAX, "The filter is longer than %d bytes", TEXT_MAX);
  else if (text[strspn (text, " \t\r\n")] == '\0')
    {
      *ret_json = NULL;
      return TRUE;
    }
  else
    any = read_groups (&parser);
  /* `and` alone says nothing. */
  if (any != NULL && json_object_array_length (any) == 1)
    g_clear_pointer (&any, json_object_put);
  if (any != NULL && parser.error == NULL)
    any = unwrap (&parser, any);
  if (parser.error == NULL && parser.n_nodes > NODES_MAX)
    fail (&parser, strlen (text), "The filter has too many conditions");
  if (parser.error != NULL)
    {
      json_object_put (any);
      if (ret_position != NULL)
        *ret_position = parser.error_at;
      g_propagate_error (error, parser.error);
      return FALSE;
    }
  *ret_json = any;
  return TRUE;
}
