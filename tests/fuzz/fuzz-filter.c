/* SPDX-License-Identifier: MIT
 *
 * Filters as they come over the wire: {"filter": F} either does not compile, and then says why, or
 * decides each row alike in the three ways there are: row by row, many rows at once, and as the
 * words of F have it, which are followed here one by one.
 */
#include "protocol/query.h"
#include "protocol/scan.h"
#include "tests/fuzz/fuzz.h"

#include <json-c/json.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#define REQUIRE(condition)                                                                         \
  do                                                                                               \
    if (!(condition))                                                                              \
      abort ();                                                                                    \
  while (0)

enum
{
  PID,
  NAME,
  MESSAGES,
  RATE,
  SYSTEM,
  N_COLUMNS,
};

static const struct grove_column columns[N_COLUMNS] = {
  { "pid", GROVE_COLUMN_TEXT, "" },     { "name", GROVE_COLUMN_TEXT, "" },
  { "messages", GROVE_COLUMN_INT, "" }, { "rate", GROVE_COLUMN_REAL, "1/s" },
  { "system", GROVE_COLUMN_BOOL, "" },
};
static const struct grove_table table = { "processes", columns, N_COLUMNS };

#define N_ROWS 7
static const uint64_t    keys[N_ROWS] = { 1, 2, 3, 4, 5, 6, 7 };
static const char *const pids[N_ROWS] = {
  "<0.1.0>", "<0.2.0>", "<0.3.0>", "<0.4.0>", "<0.5.0>", "<0.6.0>", "<0.7.0>",
};
static const char *const names[N_ROWS] = {
  "", "a", "Acceptor", "pool_1", "pool_10", "\xc3\xa9", "a"
};
static const int64_t messages[N_ROWS] = {
  0, 1, 100, 101, -1, INT64_C (9007199254740991), INT64_C (9007199254740990),
};
static const double  rates[N_ROWS] = { 0, 0.5, 100, 1e300, -1, 1e-300, 9007199254740991.0 };
static const int64_t flags[N_ROWS] = { 0, 1, 0, 1, 1, 0, 1 };

static const void *const values[N_COLUMNS] = { pids, names, messages, rates, flags };

/* A row is its index. */
static void
value_of (const void *row, uint32_t column, void *user_data, struct grove_value *ret)
{
  size_t i = *(const size_t *) row;

  ret->type = columns[column].type;
  if (column == PID)
    ret->u.text = pids[i];
  else if (column == NAME)
    ret->u.text = names[i];
  else if (column == MESSAGES)
    ret->u.integer = messages[i];
  else if (column == RATE)
    ret->u.real = rates[i];
  else
    ret->u.integer = flags[i];
}

/* ---- As the words have it ---------------------------------------------------------------------
 */

static int
order_of (const struct grove_value *value, struct json_object *constant)
{
  if (value->type == GROVE_COLUMN_TEXT)
    return strcmp (value->u.text, json_object_get_string (constant));
  if (value->type == GROVE_COLUMN_BOOL)
    return (int) value->u.integer - json_object_get_boolean (constant);
  if (value->type == GROVE_COLUMN_INT && json_object_is_type (constant, json_type_int))
    {
      int64_t number = json_object_get_int64 (constant);

      return (value->u.integer > number) - (value->u.integer < number);
    }
  double left = value->type == GROVE_COLUMN_INT ? (double) value->u.integer : value->u.real;
  double right = json_object_get_double (constant);

  return (left > right) - (left < right);
}

static bool
leaf_holds (const char *word, size_t row, struct json_object *filter)
{
  struct json_object *constant = json_object_array_get_idx (filter, 2);
  const char         *name = json_object_get_string (json_object_array_get_idx (filter, 1));
  struct grove_value  value;
  uint32_t            column = 0;

  while (strcmp (columns[column].name, name) != 0)
    column++;
  value_of (&row, column, NULL, &value);
  if (strcmp (word, "in") == 0)
    {
      for (size_t i = 0; i < json_object_array_length (constant); i++)
        if (order_of (&value, json_object_array_get_idx (constant, i)) == 0)
          return true;
      return false;
    }
  if (strcmp (word, "prefix") == 0)
    return strncmp (value.u.text, json_object_get_string (constant),
                    strlen (json_object_get_string (constant))) == 0;
  if (strcmp (word, "contains") == 0)
    return strcasestr (value.u.text, json_object_get_string (constant)) != NULL;

  int order = order_of (&value, constant);

  return strcmp (word, "eq") == 0   ? order == 0
         : strcmp (word, "ne") == 0 ? order != 0
         : strcmp (word, "lt") == 0 ? order < 0
         : strcmp (word, "le") == 0 ? order <= 0
         : strcmp (word, "gt") == 0 ? order > 0
                                    : order >= 0;
}

static bool
holds (size_t row, struct json_object *filter)
{
  const char *word = json_object_get_string (json_object_array_get_idx (filter, 0));
  bool        all = strcmp (word, "and") == 0;

  if (strcmp (word, "not") == 0)
    return !holds (row, json_object_array_get_idx (filter, 1));
  if (!all && strcmp (word, "or") != 0)
    return leaf_holds (word, row, filter);
  for (size_t i = 1; i < json_object_array_length (filter); i++)
    if (holds (row, json_object_array_get_idx (filter, i)) != all)
      return !all;
  return all;
}

/* ---- The three against each other -------------------------------------------------------------
 */

static void
check_keys (const struct grove_filter *filter)
{
  const char *const *named;
  size_t             n = grove_filter_keys (filter, &named);

  for (size_t row = 0; n > 0 && row < N_ROWS; row++)
    {
      bool found = false;

      for (size_t i = 0; i < n; i++)
        found |= strcmp (named[i], pids[row]) == 0;
      REQUIRE (found == grove_filter_accepts (filter, &row, value_of, NULL));
    }
}

static void
check (const struct grove_filter *filter, struct json_object *json)
{
  uint64_t             wanted = grove_filter_columns (filter);
  const void          *wanted_values[N_COLUMNS];
  struct grove_columns rows = { N_ROWS, keys, wanted_values };
  bool                 accepted[GROVE_COLUMNS_ROWS];

  REQUIRE (wanted >> N_COLUMNS == 0);
  for (unsigned i = 0; i < N_COLUMNS; i++)
    wanted_values[i] = wanted >> i & 1 ? values[i] : NULL;
  grove_filter_begin (filter);
  /* The second time it remembers what it said of texts. */
  for (int again = 0; again < 2; again++)
    {
      grove_filter_select (filter, &rows, accepted);
      for (size_t row = 0; row < N_ROWS; row++)
        {
          REQUIRE (accepted[row] == holds (row, json));
          REQUIRE (accepted[row] == grove_filter_accepts (filter, &row, value_of, NULL));
        }
    }
  check_keys (filter);
}

int
LLVMFuzzerTestOneInput (const uint8_t *bytes, size_t size)
{
  const struct grove_scan_limits limits = { .depth = 16, .string = 8192 };
  struct grove_scan_error        scan_error;
  struct json_tokener           *tokener;
  struct json_object            *root, *json;
  struct grove_filter           *filter;
  char                          *error = NULL;

  /* As the dispatcher gets it: the line went through the scan. */
  if (size > 65536 || !grove_scan ((const char *) bytes, size, &limits, &scan_error))
    return 0;
  tokener = json_tokener_new_ex (80);
  root = json_tokener_parse_ex (tokener, (const char *) bytes, (int) size);
  if (json_object_object_get_ex (root, "filter", &json))
    {
      filter = grove_filter_new (json, &table, &error);
      REQUIRE ((filter == NULL) == (error != NULL));
      if (filter != NULL)
        check (filter, json);
      else
        REQUIRE (strncmp (error, "filter: ", 8) == 0);
      grove_filter_free (filter);
      free (error);
    }
  json_object_put (root);
  json_tokener_free (tokener);
  return 0;
}
