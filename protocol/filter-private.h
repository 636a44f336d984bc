/* SPDX-License-Identifier: MIT
 *
 * What the two files of filters share: the compiled filter. filter.c compiles it and decides a row,
 * filter-columns.c many rows at once.
 *
 * Threads: compiled once, then used by any one thread at a time.
 */
#pragma once

#include "protocol/query.h"

enum operator
{
  OP_AND,
  OP_OR,
  OP_NOT,
  OP_EQ,
  OP_NE,
  OP_LT,
  OP_LE,
  OP_GT,
  OP_GE,
  OP_IN,
  OP_PREFIX,
  OP_CONTAINS,
};

struct constant
{
  bool    is_real; /* a real where the column may be an integer */
  int64_t integer;
  double  real;
  char   *text; /* for OP_CONTAINS in lower case */
  size_t  size;
};

/* What a leaf said of texts, by their address. */
#define MEMO_SIZE 256
struct memo
{
  struct
  {
    const char *text;
    bool        accepted;
  } entries[MEMO_SIZE];
};

struct node
{
  enum                   operator op;
  uint32_t               end; /* the node after this one and all below it */
  uint32_t               column;
  enum grove_column_type type; /* of the column */
  struct constant       *values;
  size_t                 n_values;
  struct memo           *memo; /* texts: what was said of them; NULL: nothing yet */
};

struct grove_filter
{
  struct node  nodes[GROVE_FILTER_MAX_NODES];
  uint32_t     n_nodes;
  const char **keys; /* see grove_filter_keys(); NULL when it names none */
};

/* What the leaf @node says of one value. */
bool _grove_filter_leaf_accepts (const struct node *node, const struct grove_value *value);
