/* SPDX-License-Identifier: MIT
 *
 * Filters over many rows at once: each leaf is one loop over one column, and what is above it joins
 * the results. Texts of a million processes lie at a few addresses, so a leaf remembers what it
 * said of an address.
 *
 * Threads: any one thread at a time.
 */
#include "protocol/filter-private.h"

#include "protocol/memory.h"

/* By how a value compares with the constant: less, equal, greater. */
static unsigned orders_of (enum operator op)
{
  switch (op)
    {
    case OP_EQ:
      return 2;
    case OP_NE:
      return 5;
    case OP_LT:
      return 1;
    case OP_LE:
      return 3;
    case OP_GT:
      return 4;
    case OP_GE:
      return 6;
    case OP_IN:
    case OP_PREFIX:
    case OP_CONTAINS:
    case OP_AND:
    case OP_OR:
    case OP_NOT:
    default:
      return 0;
    }
}

static void
select_integers (const struct node *node, const int64_t *values, size_t n, bool *accepted)
{
  const int64_t  constant = node->values[0].integer;
  const unsigned orders = orders_of (node->op);

  for (size_t i = 0; i < n; i++)
    accepted[i] = orders >> (1 + (values[i] > constant) - (values[i] < constant)) & 1;
}

static void
select_reals (const struct node *node, const double *values, size_t n, bool *accepted)
{
  const double   constant = node->values[0].real;
  const unsigned orders = orders_of (node->op);

  for (size_t i = 0; i < n; i++)
    accepted[i] = orders >> (1 + (values[i] > constant) - (values[i] < constant)) & 1;
}

static bool
text_accepted (const struct node *node, const char *text)
{
  const struct grove_value value = { .type = GROVE_COLUMN_TEXT, .u.text = text };

  return _grove_filter_leaf_accepts (node, &value);
}

static void
select_texts (struct node *node, const char *const *values, size_t n, bool *accepted)
{
  if (node->column == 0)
    {
      for (size_t i = 0; i < n; i++)
        accepted[i] = text_accepted (node, values[i]);
      return;
    }
  if (node->memo == NULL)
    node->memo = grove_must_zero (sizeof *node->memo);
  for (size_t i = 0; i < n; i++)
    {
      const uintptr_t at = (uintptr_t) values[i];
      const size_t    slot = (at ^ at >> 4 ^ at >> 12) % MEMO_SIZE;

      if (node->memo->entries[slot].text != values[i])
        {
          node->memo->entries[slot].text = values[i];
          node->memo->entries[slot].accepted = text_accepted (node, values[i]);
        }
      accepted[i] = node->memo->entries[slot].accepted;
    }
}

/* What has no loop of its own: one of several values, and an integer compared with a real. */
static void
select_one_by_one (const struct node     *node,
                   enum grove_column_type type,
                   const void            *values,
                   size_t                 n,
                   bool                  *accepted)
{
  for (size_t i = 0; i < n; i++)
    {
      struct grove_value value = { .type = type };

      if (type == GROVE_COLUMN_REAL)
        value.u.real = ((const double *) values)[i];
      else
        value.u.integer = ((const int64_t *) values)[i];
      accepted[i] = _grove_filter_leaf_accepts (node, &value);
    }
}

static void
select_leaf (struct node *node, const struct grove_columns *columns, bool *accepted)
{
  const void *values = columns->values[node->column];

  if (node->type == GROVE_COLUMN_TEXT)
    select_texts (node, values, columns->n, accepted);
  else if (node->op == OP_IN || (node->type == GROVE_COLUMN_INT && node->values[0].is_real))
    select_one_by_one (node, node->type, values, columns->n, accepted);
  else if (node->type == GROVE_COLUMN_REAL)
    select_reals (node, values, columns->n, accepted);
  else
    select_integers (node, values, columns->n, accepted);
}

static void
select_node (struct grove_filter        *self,
             uint32_t                    at,
             const struct grove_columns *columns,
             bool                       *accepted)
{
  struct node *node = &self->nodes[at];
  uint32_t     child = at + 1;
  bool         other[GROVE_COLUMNS_ROWS];

  if (node->op > OP_NOT)
    {
      select_leaf (node, columns, accepted);
      return;
    }
  select_node (self, child, columns, accepted);
  if (node->op == OP_NOT)
    for (size_t i = 0; i < columns->n; i++)
      accepted[i] = !accepted[i];
  while ((child = self->nodes[child].end) < node->end)
    {
      select_node (self, child, columns, other);
      if (node->op == OP_AND)
        for (size_t i = 0; i < columns->n; i++)
          accepted[i] &= other[i];
      else
        for (size_t i = 0; i < columns->n; i++)
          accepted[i] |= other[i];
    }
}

void
grove_filter_select (const struct grove_filter  *self,
                     const struct grove_columns *columns,
                     bool                        ret_accepted[GROVE_COLUMNS_ROWS])
{
  /* What it remembers is no part of what it says. */
  if (self != NULL)
    select_node ((struct grove_filter *) (uintptr_t) self, 0, columns, ret_accepted);
  else
    memset (ret_accepted, true, columns->n);
}

uint64_t
grove_filter_columns (const struct grove_filter *self)
{
  uint64_t columns = 0;

  for (uint32_t i = 0; self != NULL && i < self->n_nodes; i++)
    if (self->nodes[i].op > OP_NOT)
      columns |= UINT64_C (1) << self->nodes[i].column;
  return columns;
}

void
grove_filter_begin (const struct grove_filter *self)
{
  for (uint32_t i = 0; self != NULL && i < self->n_nodes; i++)
    if (self->nodes[i].memo != NULL)
      memset (self->nodes[i].memo, 0, sizeof *self->nodes[i].memo);
}
