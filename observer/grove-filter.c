/* SPDX-License-Identifier: MIT
 *
 * The typed query: words, each a condition; a row of words that all must hold; rows parted by
 * `or`. It compiles to the protocol's trees: an `or` of `and`s of conditions. `not` of a word that
 * stands for several conditions is written out (not a and not b), so that no tree is more than four
 * deep. What columns there are, and of which type, is known from grove-filter-fields.c.
 */
#include "observer/grove-filter.h"

#include "observer/grove-filter-private.h"

#include <errno.h>
#include <glib/gi18n-lib.h>
#include <json-c/json.h>
#include <math.h>
#include <string.h>

G_DEFINE_QUARK (grove - filter - error - quark, grove_filter_error)

#define TEXT_MAX   2000 /* bytes typed */
#define NODES_MAX  64   /* of the tree, as the protocol has it */
#define VALUES_MAX 64   /* of one COLUMN:A,B,C */

typedef struct
{
  const char *text; /* as typed */
  const char *name; /* in the protocol */
  gboolean    for_text;
  gboolean    for_numbers;
  gboolean    negates;
} Operator;

/* Longer ones first: `<=` begins with `<`. */
static const Operator operators[] = {
  { "!=", "eq", TRUE, TRUE, TRUE },        { "!~", "contains", TRUE, FALSE, TRUE },
  { "<=", "le", FALSE, TRUE, FALSE },      { ">=", "ge", FALSE, TRUE, FALSE },
  { ":", "eq", TRUE, TRUE, FALSE },        { "=", "eq", TRUE, TRUE, FALSE },
  { "<", "lt", FALSE, TRUE, FALSE },       { ">", "gt", FALSE, TRUE, FALSE },
  { "~", "contains", TRUE, FALSE, FALSE }, { "^", "prefix", TRUE, FALSE, FALSE },
};

typedef struct
{
  const GroveFilterFields *fields;
  const char              *text; /* all that was typed */
  gsize                    at;   /* the next byte to read */
  guint                    n_nodes;
  gsize                    error_at;
  GError                  *error;
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

/* Between quotes; NULL and an error if they do not end. */
static char *
read_quoted (Parser *self)
{
  gsize start = self->at;
  g_autoptr (GString) value = g_string_new (NULL);
  for (self->at++; self->text[self->at] != '"'; self->at++)
    {
      if (self->text[self->at] == '\\' &&
          (self->text[self->at + 1] == '"' || self->text[self->at + 1] == '\\'))
        self->at++;
      if (self->text[self->at] == '\0')
        {
          fail (self, start, _ ("The quotation mark is not closed"));
          return NULL;
        }
      g_string_append_c (value, self->text[self->at]);
    }
  self->at++;
  return g_strdup (value->str);
}

static gboolean
ends_word (char c)
{
  return c == '\0' || is_space (c);
}

/* A value: up to a space (or a comma, where there may be several), or between quotes. */
static char *
read_value (Parser *self, gboolean several)
{
  gsize start = self->at;
  if (self->text[start] == '"')
    {
      char *value = read_quoted (self);
      if (value != NULL && !ends_word (self->text[self->at]) &&
          !(several && self->text[self->at] == ','))
        {
          fail (self, self->at, _ ("After a quoted value a space must follow"));
          g_clear_pointer (&value, g_free);
        }
      return value;
    }
  while (!ends_word (self->text[self->at]) && !(several && self->text[self->at] == ','))
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

/* What a number of that type may end in, and what it is then multiplied with. */
typedef struct
{
  const char *suffix;
  double      factor;
} Unit;

static const Unit count_units[] = { { "k", 1e3 }, { "M", 1e6 }, { "G", 1e9 }, { "T", 1e12 } };
static const Unit byte_units[] = {
  { "k", 1024.0 },          { "M", 1048576.0 },         { "G", 1073741824.0 },
  { "T", 1099511627776.0 }, { "KiB", 1024.0 },          { "MiB", 1048576.0 },
  { "GiB", 1073741824.0 },  { "TiB", 1099511627776.0 }, { "B", 1 },
};
static const Unit time_units[] = {
  { "ns", 1 },   { "us", 1e3 },   { "ms", 1e6 },   { "s", 1e9 },
  { "m", 60e9 }, { "min", 60e9 }, { "h", 3600e9 }, { "d", 86400e9 },
};

static gboolean
find_factor (const Unit *units, gsize n, const char *suffix, double *ret_factor)
{
  for (gsize i = 0; i < n; i++)
    if (g_ascii_strcasecmp (units[i].suffix, suffix) == 0)
      {
        *ret_factor = units[i].factor;
        return TRUE;
      }
  return FALSE;
}

static gboolean
parse_unit (const char *suffix, GroveFieldType type, double *ret_factor)
{
  *ret_factor = 1;
  if (suffix[0] == '\0')
    return TRUE;
  if (type == GROVE_FIELD_TIME)
    return find_factor (time_units, G_N_ELEMENTS (time_units), suffix, ret_factor);
  if (type == GROVE_FIELD_BYTES)
    return find_factor (byte_units, G_N_ELEMENTS (byte_units), suffix, ret_factor);
  return find_factor (count_units, G_N_ELEMENTS (count_units), suffix, ret_factor);
}

static gboolean
parse_number (const char *text, GroveFieldType type, double *ret_number)
{
  if (!g_ascii_isdigit (text[0]) && text[0] != '.' && text[0] != '-')
    return FALSE;
  /* The grammar of strtod() is wider than a person's: 0x10, 1e5 and the like stay out. */
  gsize  length = strspn (text, "-.0123456789");
  double factor;
  char  *end;
  errno = 0;
  double number = g_ascii_strtod (text, &end);
  if (errno != 0 || end != text + length || !isfinite (number) || !parse_unit (end, type, &factor))
    return FALSE;
  number *= factor;
  /* 1.1k is 1100, and not 1100.0000000000002. */
  if (fabs (number - round (number)) < 1e-6)
    number = round (number);
  if (fabs (number) > 9007199254740991.0)
    return FALSE;
  *ret_number = number;
  return TRUE;
}

static struct json_object *
read_number (Parser *self, const GroveField *field, const char *value, gsize at)
{
  double number;
  if (!parse_number (value, field->type, &number))
    {
      if (field->type == GROVE_FIELD_TIME)
        fail (self, at, _ ("“%s” is no time; %s takes one such as 500ms, 5s or 2h"), value,
              field->name);
      else
        fail (self, at, _ ("“%s” is no number; %s takes one such as 100, 1.5k or 2M"), value,
              field->name);
      return NULL;
    }
  if (field->type == GROVE_FIELD_RATE)
    return json_object_new_double (number);
  if (number != floor (number))
    {
      fail (self, at, _ ("“%s” is not whole; %s counts whole ones"), value, field->name);
      return NULL;
    }
  return json_object_new_int64 ((gint64) number);
}

static struct json_object *
read_choice (
  Parser *self, const GroveField *field, const char *value, gsize at, const char *const *choices)
{
  g_autofree char *lower = g_ascii_strdown (value, -1);
  if (g_strv_contains (choices, lower))
    return json_object_new_string (lower);
  g_autofree char *all = g_strjoinv (", ", (char **) (gsize) choices);
  fail (self, at, _ ("“%s” is no %s; there are %s"), value, field->name, all);
  return NULL;
}

static struct json_object *
read_boolean (Parser *self, const GroveField *field, const char *value, gsize at)
{
  if (g_ascii_strcasecmp (value, "true") == 0 || g_ascii_strcasecmp (value, "yes") == 0)
    return json_object_new_boolean (TRUE);
  if (g_ascii_strcasecmp (value, "false") == 0 || g_ascii_strcasecmp (value, "no") == 0)
    return json_object_new_boolean (FALSE);
  fail (self, at, _ ("%s is true or false, not “%s”"), field->name, value);
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

static gboolean
is_number (const GroveField *field)
{
  switch (field->type)
    {
    case GROVE_FIELD_COUNT:
    case GROVE_FIELD_BYTES:
    case GROVE_FIELD_RATE:
    case GROVE_FIELD_TIME:
      return TRUE;
    case GROVE_FIELD_TEXT:
    case GROVE_FIELD_PID:
    case GROVE_FIELD_BOOLEAN:
      return FALSE;
    }
  g_return_val_if_reached (FALSE);
}

static struct json_object *
make_value (
  Parser *self, const GroveField *field, const Operator *operator, const char * value, gsize at)
{
  if (is_number (field))
    return read_number (self, field, value, at);
  if (field->type == GROVE_FIELD_BOOLEAN)
    return read_boolean (self, field, value, at);
  if (!operator->for_numbers) /* a part of a text */
    return json_object_new_string (value);
  if (field->type == GROVE_FIELD_PID)
    {
      g_autofree char *pid = complete_pid (value);
      return json_object_new_string (pid);
    }
  if (field->only_choices)
    return read_choice (self, field, value, at, field->choices);
  return json_object_new_string (value);
}

static gboolean
operator_fits (const GroveField *field, const Operator *operator)
{
  if (field->type == GROVE_FIELD_BOOLEAN)
    return operator->for_numbers && operator->for_text;
  return is_number (field) ? operator->for_numbers : operator->for_text;
}

static void
complain_about_operator (Parser *self, const GroveField *field, const Operator *operator, gsize at)
{
  const char *allowed = _ ("= != ~ (contains) !~ and ^ (begins with)");
  if (is_number (field))
    allowed = _ ("= != < <= > and >=");
  else if (field->type == GROVE_FIELD_BOOLEAN)
    allowed = _ ("= and !=");
  fail (self, at, _ ("%s cannot be asked with “%s”; it takes %s"), field->name, operator->text,
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

/* How far the name of a field goes; 0 if the word does not begin with FIELD and an operator. */
static gsize
measure_field (const char *word)
{
  if (!g_ascii_isalpha (word[0]))
    return 0;
  gsize length = strspn (word, G_CSET_A_2_Z G_CSET_a_2_z G_CSET_DIGITS "_/");
  return operator_at (word + length) != NULL ? length : 0;
}

/* A value, or several parted by commas: ["eq", column, value] or ["in", column, [values]]. */
static struct json_object *
read_values (
  Parser *self, const GroveField *field, const Operator *operator, const char * word, gsize length)
{
  /* A comma belongs to a text that is looked for. */
  gboolean            several = strcmp (operator->name, "eq") == 0;
  struct json_object *values = json_object_new_array ();
  for (;;)
    {
      gsize            value_at = self->at;
      g_autofree char *value = read_value (self, several);
      if (value != NULL && value[0] == '\0' && self->text[value_at] != '"')
        fail (self, value_at, _ ("A value is missing after “%.*s”"),
              (int) (value_at - (gsize) (word - self->text)), word);
      if (self->error == NULL && json_object_array_length (values) == VALUES_MAX)
        fail (self, value_at, _ ("There are more than %d values"), VALUES_MAX);
      struct json_object *json =
        self->error == NULL ? make_value (self, field, operator, value, value_at) : NULL;
      if (json != NULL)
        json_object_array_add (values, json);
      if (self->error != NULL || !several || self->text[self->at] != ',')
        break;
      self->at++;
    }
  if (self->error != NULL)
    {
      json_object_put (values);
      return NULL;
    }
  if (json_object_array_length (values) > 1)
    return new_condition (self, "in", field->column, values);
  struct json_object *only = json_object_get (json_object_array_get_idx (values, 0));
  json_object_put (values);
  return new_condition (self, operator->name, field->column, only);
}

static void
read_field_condition (Parser *self, struct json_object *all, gsize length, gboolean negated)
{
  gsize             start = self->at;
  const char       *word = self->text + start;
  const GroveField *field = _grove_filter_fields_find (self->fields, word, length);
  if (field == NULL)
    {
      g_autofree char *some = _grove_filter_fields_name_some (self->fields);
      fail (self, start, _ ("There is no “%.*s”; try %s"), (int) MIN (length, 40), word, some);
      return;
    }
  const Operator *operator= operator_at (word + length);
  if (!operator_fits (field, operator))
    {
      complain_about_operator (self, field, operator, start + length);
      return;
    }
  self->at = start + length + strlen (operator->text);
  struct json_object *condition = read_values (self, field, operator, word, length);
  if (condition == NULL)
    return;
  /* "name!=x" is the protocol's own; the others are turned round. */
  gboolean turned = operator->negates != negated;
  if (turned && operator->negates &&
                  strcmp (json_object_get_string (json_object_array_get_idx (condition, 0)),
                          "eq") == 0)
    {
      json_object_array_put_idx (condition, 0, json_object_new_string ("ne"));
      turned = FALSE;
    }
  add_condition (self, all, condition, turned);
}

/* What is written beside a row in a list: its name, or what else tells it; or its pid. */
static void
read_bare_word (Parser *self, struct json_object *all, gboolean negated)
{
  gsize            start = self->at;
  g_autofree char *value = read_value (self, FALSE);
  if (value == NULL)
    return;
  if (value[0] == '\0')
    {
      fail (self, start, _ ("There is nothing between the quotation marks"));
      return;
    }
  g_autofree char    *pid = complete_pid (value);
  struct json_object *any = negated ? all : new_tree (self, "or", NULL);
  guint               n = 0;
  const char         *column;
  for (guint i = 0; (column = _grove_filter_fields_get_bare (self->fields, i)) != NULL; i++, n++)
    add_condition (self, any,
                   new_condition (self, "contains", column, json_object_new_string (value)),
                   negated);
  if (pid[0] == '<' && _grove_filter_fields_find (self->fields, "pid", 3) != NULL)
    {
      add_condition (self, any, new_condition (self, "eq", "pid", json_object_new_string (pid)),
                     negated);
      n++;
    }
  if (n == 0)
    fail (self, start, _ ("This table has no text that “%s” could be a part of; name a column"),
          value);
  if (!negated)
    json_object_array_add (all, unwrap (self, any));
}

/* -WORD, !WORD and `not WORD`. */
static gboolean
read_negation (Parser *self)
{
  char sign = self->text[self->at];
  if (sign == '-' || sign == '!')
    {
      if (ends_word (self->text[self->at + 1]))
        fail (self, self->at, _ ("After %c (not) a condition must follow at once"), sign);
      self->at++;
      return TRUE;
    }
  if (!next_word_is (self, "not"))
    return FALSE;
  gsize start = self->at;
  self->at += strlen ("not");
  skip_spaces (self);
  if (self->text[self->at] == '\0' || next_word_is (self, "or") || next_word_is (self, "and"))
    fail (self, start, _ ("After “not” a condition must follow"));
  return TRUE;
}

static void
read_condition (Parser *self, struct json_object *all)
{
  gboolean negated = FALSE;
  while (self->error == NULL && read_negation (self))
    negated = !negated;
  if (self->error != NULL)
    return;
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
        fail (self, more ? self->at : start, "%s",
              more ? _ ("“or” stands between two conditions; one is missing before it")
                   : _ ("“or” stands between two conditions; one is missing after it"));
      if (!more || self->error != NULL)
        return any;
      self->at += strlen ("or");
    }
}

static gboolean
parse (Parser *parser, struct json_object **ret_json, gsize *ret_position, GError **error)
{
  const char         *text = parser->text;
  const char         *end;
  struct json_object *any = NULL;
  if (!g_utf8_validate (text, -1, &end))
    fail (parser, (gsize) (end - text), _ ("The filter is no text"));
  else if (strlen (text) > TEXT_MAX)
    /* Where a mark can stand: not inside a character. */
    fail (parser, (gsize) (g_utf8_find_prev_char (text, text + TEXT_MAX + 1) - text),
          _ ("The filter is longer than %d bytes"), TEXT_MAX);
  else if (text[strspn (text, " \t\r\n")] == '\0')
    {
      *ret_json = NULL;
      return TRUE;
    }
  else
    any = read_groups (parser);
  /* `and` alone says nothing. */
  if (any != NULL && json_object_array_length (any) == 1)
    g_clear_pointer (&any, json_object_put);
  if (any != NULL && parser->error == NULL)
    any = unwrap (parser, any);
  if (parser->error == NULL && parser->n_nodes > NODES_MAX)
    fail (parser, strlen (text), _ ("The filter has too many conditions"));
  if (parser->error != NULL)
    {
      json_object_put (any);
      if (ret_position != NULL)
        *ret_position = parser->error_at;
      g_propagate_error (error, parser->error);
      return FALSE;
    }
  *ret_json = any;
  return TRUE;
}

gboolean
grove_filter_parse (const GroveFilterScope *scope,
                    const char             *text,
                    struct json_object    **ret_json,
                    gsize                  *ret_position,
                    GError                **error)
{
  g_return_val_if_fail (text != NULL, FALSE);
  g_return_val_if_fail (ret_json != NULL, FALSE);
  GroveFilterFields *fields = _grove_filter_fields_new (scope);
  Parser             parser = { .fields = fields, .text = text };
  gboolean           good = parse (&parser, ret_json, ret_position, error);
  _grove_filter_fields_free (fields);
  return good;
}

/* ---- Completion ------------------------------------------------------------------------------ */

static void
offer (GPtrArray *offers, const char *typed, char *completion)
{
  if (g_ascii_strncasecmp (completion, typed, strlen (typed)) == 0)
    g_ptr_array_add (offers, completion);
  else
    g_free (completion);
}

/* Where the last word begins; a space in quotation marks does not end one. */
static gsize
last_word (const char *text)
{
  gsize    start = 0;
  gboolean quoted = FALSE;
  for (gsize i = 0; text[i] != '\0'; i++)
    if (quoted && text[i] == '\\' && text[i + 1] != '\0')
      i++;
    else if (text[i] == '"')
      quoted = !quoted;
    else if (!quoted && is_space (text[i]))
      start = i + 1;
  return start;
}

static void
complete_value (
  const GroveFilterFields *fields, const char *word, gsize length, GPtrArray *offers, gsize *start)
{
  static const char *const booleans[] = { "true", "false", NULL };
  const GroveField        *field = _grove_filter_fields_find (fields, word, length);
  const Operator          *operator= operator_at (word + length);
  const char              *typed = word + length + strlen (operator->text);
  const char              *comma = strrchr (typed, ',');
  if (field == NULL || !operator_fits (field, operator))
    return;
  if (comma != NULL)
    typed = comma + 1;
  const char *const *choices = field->type == GROVE_FIELD_BOOLEAN ? booleans : field->choices;
  *start += (gsize) (typed - word);
  for (; choices != NULL && *choices != NULL; choices++)
    offer (offers, typed, g_strdup (*choices));
}

char **
grove_filter_complete (const GroveFilterScope *scope, const char *text, gsize *ret_start)
{
  g_return_val_if_fail (text != NULL, NULL);
  GroveFilterFields *fields = _grove_filter_fields_new (scope);
  GPtrArray         *offers = g_ptr_array_new ();
  gsize              start = last_word (text);
  while (text[start] == '-' || text[start] == '!')
    start++;
  gsize length = measure_field (text + start);
  if (length > 0)
    complete_value (fields, text + start, length, offers, &start);
  else
    {
      const GroveField *field;
      for (guint i = 0; (field = _grove_filter_fields_get (fields, i)) != NULL; i++)
        offer (offers, text + start,
               g_strconcat (field->name, is_number (field) ? ">" : ":", NULL));
      offer (offers, text + start, g_strdup ("not"));
      if (start > 0)
        offer (offers, text + start, g_strdup ("or"));
    }
  g_ptr_array_add (offers, NULL);
  _grove_filter_fields_free (fields);
  *ret_start = start;
  return (char **) g_ptr_array_free (offers, FALSE);
}

char *
grove_filter_complete_column (const GroveFilterScope *scope, const char *text, gsize *ret_start)
{
  g_return_val_if_fail (text != NULL, NULL);
  GroveFilterFields *fields = _grove_filter_fields_new (scope);
  gsize              start = last_word (text);
  char              *column = NULL;
  while (text[start] == '-' || text[start] == '!')
    start++;
  const char       *word = text + start;
  gsize             length = measure_field (word);
  const GroveField *field = length > 0 ? _grove_filter_fields_find (fields, word, length) : NULL;
  const Operator *operator= field != NULL ? operator_at (word + length) : NULL;
  if (field != NULL && operator_fits (field, operator) && !is_number (field))
    {
      const char *value = word + length + strlen (operator->text);
      const char *comma = strcmp (operator->name, "eq") == 0 ? strrchr (value, ',') : NULL;
      *ret_start = (gsize) ((comma != NULL ? comma + 1 : value) - text);
      column = g_strdup (field->column);
    }
  _grove_filter_fields_free (fields);
  return column;
}

char **
grove_filter_get_fields (const GroveFilterScope *scope)
{
  GroveFilterFields *fields = _grove_filter_fields_new (scope);
  GPtrArray         *names = g_ptr_array_new ();
  const GroveField  *field;
  for (guint i = 0; (field = _grove_filter_fields_get (fields, i)) != NULL; i++)
    g_ptr_array_add (names, g_strdup (field->name));
  g_ptr_array_add (names, NULL);
  _grove_filter_fields_free (fields);
  return (char **) g_ptr_array_free (names, FALSE);
}
