/* SPDX-License-Identifier: MIT
 *
 * Filters: ["and", ["gt","messages",100], ...] compiled into an array of nodes in pre-order, each
 * of which knows where it ends, so that a row is decided without allocation and without following
 * pointers. Depth and size are capped before anything is built.
 *
 * Threads: compiled once, then read by any one thread at a time.
 */
#include "protocol/filter-private.h"

#include "protocol/memory.h"

#include <json-c/json.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *const operator_names[] = {
  "and", "or", "not", "eq", "ne", "lt", "le", "gt", "ge", "in", "prefix", "contains",
};

struct compiler
{
  struct grove_filter      *filter;
  const struct grove_table *table;
  char                     *error;
};

static bool
fail (struct compiler *self, const char *format, ...) __attribute__ ((format (printf, 2, 3)));

static bool
fail (struct compiler *self, const char *format, ...)
{
  va_list arguments;

  va_start (arguments, format);
  if (vasprintf (&self->error, format, arguments) < 0)
    abort ();
  va_end (arguments);
  return false;
}

static const char *
type_name (enum grove_column_type type)
{
  switch (type)
    {
    case GROVE_COLUMN_INT:
    case GROVE_COLUMN_REAL:
      return "a number";
    case GROVE_COLUMN_BOOL:
      return "true or false";
    case GROVE_COLUMN_TEXT:
    default:
      return "a text";
    }
}

static char
lower (char c)
{
  return c >= 'A' && c <= 'Z' ? (char) (c + ('a' - 'A')) : c;
}

static bool
compile_value (struct compiler *self, struct node *node, struct json_object *json)
{
  const struct grove_column *column = &self->table->columns[node->column];
  struct constant           *value = &node->values[node->n_values];
  enum json_type             type = json_object_get_type (json);
  bool                       fits = false;

  memset (value, 0, sizeof *value);
  switch (column->type)
    {
    case GROVE_COLUMN_INT:
    case GROVE_COLUMN_REAL:
      fits = type == json_type_int || type == json_type_double;
      value->is_real = type == json_type_double || column->type == GROVE_COLUMN_REAL;
      value->integer = type == json_type_int ? json_object_get_int64 (json) : 0;
      value->real = fits ? json_object_get_double (json) : 0;
      break;
    case GROVE_COLUMN_BOOL:
      fits = type == json_type_boolean;
      value->integer = fits && json_object_get_boolean (json) ? 1 : 0;
      break;
    case GROVE_COLUMN_TEXT:
    default:
      fits = type == json_type_string;
      if (fits)
        {
          value->text = grove_must_copy (json_object_get_string (json));
          value->size = strlen (value->text);
          if (node->op == OP_CONTAINS)
            for (size_t i = 0; i < value->size; i++)
              value->text[i] = lower (value->text[i]);
        }
      break;
    }
  if (!fits)
    return fail (self, "filter: the column \"%s\" is compared with %s", column->name,
                 type_name (column->type));
  node->n_values++;
  return true;
}

static bool
compile_column (struct compiler *self, struct node *node, struct json_object *json)
{
  const char *name;

  if (json_object_get_type (json) != json_type_string)
    return fail (self, "filter: \"%s\" needs the name of a column", operator_names[node->op]);
  name = json_object_get_string (json);
  for (size_t i = 0; i < self->table->n_columns; i++)
    if (strcmp (self->table->columns[i].name, name) == 0)
      {
        enum grove_column_type type = self->table->columns[i].type;

        node->column = (uint32_t) i;
        node->type = type;
        if ((node->op == OP_PREFIX || node->op == OP_CONTAINS) && type != GROVE_COLUMN_TEXT)
          return fail (self, "filter: \"%s\" works on texts, and \"%s\" is none",
                       operator_names[node->op], name);
        if (node->op >= OP_LT && node->op <= OP_GE && type == GROVE_COLUMN_BOOL)
          return fail (self, "filter: \"%s\" is true or false; compare it with eq or ne", name);
        return true;
      }
  return fail (self, "filter: the table has no column \"%.64s\"", name);
}

static bool
compile_leaf (struct compiler *self, struct node *node, struct json_object *json)
{
  struct json_object *operand;
  size_t              n = 1;

  if (json_object_array_length (json) != 3)
    return fail (self, "filter: write [\"%s\", column, value]", operator_names[node->op]);
  if (!compile_column (self, node, json_object_array_get_idx (json, 1)))
    return false;
  operand = json_object_array_get_idx (json, 2);
  if (node->op == OP_IN)
    {
      if (json_object_get_type (operand) != json_type_array)
        return fail (self, "filter: write [\"in\", column, [values]]");
      n = json_object_array_length (operand);
      if (n == 0 || n > GROVE_FILTER_MAX_VALUES)
        return fail (self, "filter: \"in\" takes 1 to %d values", GROVE_FILTER_MAX_VALUES);
    }
  node->values = grove_must_resize (NULL, n, sizeof *node->values);
  for (size_t i = 0; i < n; i++)
    {
      struct json_object *value =
        node->op == OP_IN ? json_object_array_get_idx (operand, i) : operand;

      if (!compile_value (self, node, value))
        return false;
    }
  return true;
}

static bool
compile (struct compiler *self, struct json_object *json, unsigned depth)
{
  struct node *node;
  const char  *name = NULL;
  size_t       n_operators = sizeof operator_names / sizeof operator_names[0];
  size_t       op, n;

  if (depth > GROVE_FILTER_MAX_DEPTH)
    return fail (self, "filter: it is more than %d deep", GROVE_FILTER_MAX_DEPTH);
  if (self->filter->n_nodes == GROVE_FILTER_MAX_NODES)
    return fail (self, "filter: it has more than %d parts", GROVE_FILTER_MAX_NODES);
  if (json_object_get_type (json) != json_type_array || json_object_array_length (json) == 0)
    return fail (self, "filter: each part is an array that begins with its operator");
  if (json_object_get_type (json_object_array_get_idx (json, 0)) == json_type_string)
    name = json_object_get_string (json_object_array_get_idx (json, 0));
  for (op = 0; op < n_operators; op++)
    if (name != NULL && strcmp (name, operator_names[op]) == 0)
      break;
  if (op == n_operators)
    return fail (self,
                 "filter: the operator is one of and or not eq ne lt le gt ge in prefix contains");

  node = &self->filter->nodes[self->filter->n_nodes++];
  memset (node, 0, sizeof *node);
  node->op = (enum operator) op;
  if (op > OP_NOT)
    {
      if (!compile_leaf (self, node, json))
        return false;
      node->end = self->filter->n_nodes;
      return true;
    }
  n = json_object_array_length (json);
  if (op == OP_NOT ? n != 2 : n < 2)
    return fail (self, "filter: \"%s\" needs %s", name, op == OP_NOT ? "one part" : "parts");
  for (size_t i = 1; i < n; i++)
    if (!compile (self, json_object_array_get_idx (json, i), depth + 1))
      return false;
  node->end = self->filter->n_nodes;
  return true;
}

/* Made once, when the filter is: the texts stay where they are. */
static void
collect_keys (struct grove_filter *self)
{
  const struct node *node = &self->nodes[0];

  if (self->n_nodes != 1 || (node->op != OP_EQ && node->op != OP_IN) || node->column != 0)
    return;
  self->keys = grove_must_zero ((node->n_values + 1) * sizeof *self->keys);
  for (size_t i = 0; i < node->n_values; i++)
    self->keys[i] = node->values[i].text;
}

struct grove_filter *
grove_filter_new (struct json_object *json, const struct grove_table *table, char **ret_error)
{
  struct compiler self = { .table = table };

  self.filter = grove_must_zero (sizeof *self.filter);
  if (compile (&self, json, 1))
    {
      collect_keys (self.filter);
      return self.filter;
    }
  grove_filter_free (self.filter);
  *ret_error = self.error;
  return NULL;
}

void
grove_filter_free (struct grove_filter *self)
{
  if (self == NULL)
    return;
  for (uint32_t i = 0; i < self->n_nodes; i++)
    {
      for (size_t v = 0; v < self->nodes[i].n_values; v++)
        free (self->nodes[i].values[v].text);
      free (self->nodes[i].values);
      free (self->nodes[i].memo);
    }
  free (self->keys);
  free (self);
}

static int
compare_with (const struct grove_value *value, const struct constant *constant)
{
  switch (value->type)
    {
    case GROVE_COLUMN_INT:
      if (constant->is_real)
        {
          double real = (double) value->u.integer;

          return real < constant->real ? -1 : real > constant->real;
        }
      return value->u.integer < constant->integer ? -1 : value->u.integer > constant->integer;
    case GROVE_COLUMN_BOOL:
      return (value->u.integer != 0) - (constant->integer != 0);
    case GROVE_COLUMN_REAL:
      return value->u.real < constant->real ? -1 : value->u.real > constant->real;
    case GROVE_COLUMN_TEXT:
    default:
      return strcmp (value->u.text != NULL ? value->u.text : "", constant->text);
    }
}

static bool
contains (const char *text, const char *lowered, size_t size)
{
  if (size == 0)
    return true;
  for (; *text != '\0'; text++)
    {
      size_t i = 0;

      while (i < size && lower (text[i]) == lowered[i])
        i++;
      if (i == size)
        return true;
    }
  return false;
}

bool
_grove_filter_leaf_accepts (const struct node *node, const struct grove_value *value)
{
  const struct constant *constant = &node->values[0];
  const char            *text;

  switch (node->op)
    {
    case OP_EQ:
      return compare_with (value, constant) == 0;
    case OP_NE:
      return compare_with (value, constant) != 0;
    case OP_LT:
      return compare_with (value, constant) < 0;
    case OP_LE:
      return compare_with (value, constant) <= 0;
    case OP_GT:
      return compare_with (value, constant) > 0;
    case OP_GE:
      return compare_with (value, constant) >= 0;
    case OP_IN:
      for (size_t i = 0; i < node->n_values; i++)
        if (compare_with (value, &node->values[i]) == 0)
          return true;
      return false;
    case OP_PREFIX:
    case OP_CONTAINS:
      text = value->u.text != NULL ? value->u.text : "";
      if (node->op == OP_PREFIX)
        return strncmp (text, constant->text, constant->size) == 0;
      return contains (text, constant->text, constant->size);
    case OP_AND:
    case OP_OR:
    case OP_NOT:
    default:
      return false;
    }
}

static bool
node_accepts (const struct grove_filter *self,
              uint32_t                   at,
              const void                *row,
              grove_row_value            value,
              void                      *user_data)
{
  const struct node *node = &self->nodes[at];
  struct grove_value cell;

  if (node->op == OP_NOT)
    return !node_accepts (self, at + 1, row, value, user_data);
  if (node->op == OP_AND || node->op == OP_OR)
    {
      bool decides = node->op == OP_OR;

      for (uint32_t child = at + 1; child < node->end; child = self->nodes[child].end)
        if (node_accepts (self, child, row, value, user_data) == decides)
          return decides;
      return !decides;
    }
  value (row, node->column, user_data, &cell);
  return _grove_filter_leaf_accepts (node, &cell);
}

bool
grove_filter_accepts (const struct grove_filter *self,
                      const void                *row,
                      grove_row_value            value,
                      void                      *user_data)
{
  return self == NULL || node_accepts (self, 0, row, value, user_data);
}

size_t
grove_filter_keys (const struct grove_filter *self, const char *const **ret_keys)
{
  if (!self || !self->keys)
    return 0;
  *ret_keys = self->keys;
  return self->nodes[0].n_values;
}

struct grove_filter_part
grove_filter_part (const struct grove_filter *self, uint32_t index)
{
  const struct node *node = &self->nodes[index];

  return (struct grove_filter_part){
    .name = operator_names[node->op],
    .joins = node->op <= OP_NOT,
    .end = node->end,
    .column = node->column,
    .n_values = node->n_values,
  };
}

struct grove_value
grove_filter_part_value (const struct grove_filter *self, uint32_t index, size_t value)
{
  const struct node     *node = &self->nodes[index];
  const struct constant *constant = &node->values[value];

  if (node->type == GROVE_COLUMN_TEXT)
    return (struct grove_value){ .type = GROVE_COLUMN_TEXT, .u.text = constant->text };
  if (constant->is_real)
    return (struct grove_value){ .type = GROVE_COLUMN_REAL, .u.real = constant->real };
  return (struct grove_value){ .type = node->type == GROVE_COLUMN_BOOL ? GROVE_COLUMN_BOOL
                                                                       : GROVE_COLUMN_INT,
                               .u.integer = constant->integer };
}
