/* SPDX-License-Identifier: MIT
 *
 * See flat.h.
 */
#include "runtime/term/flat.h"

#include <stdlib.h>

size_t
_grove_flat_bound (const struct format_program *program)
{
  size_t bound = 0;

  for (size_t i = 0; i < program->n_ops; i++)
    switch ((int) program->ops[i].kind)
      {
      case FORMAT_LITERAL:
        bound += program->ops[i].size;
        break;
      case FORMAT_INT:
      case FORMAT_INT64:
      case FORMAT_UINT64:
        bound += ETF_MAX_INT64_SIZE;
        break;
      case FORMAT_PID:
        bound += ETF_PID_SIZE;
        break;
      case FORMAT_REF:
        bound += ETF_REFERENCE_SIZE;
        break;
      default:
        return SIZE_MAX;
      }
  return bound;
}

/* The bytes that are constant, and behind them those of the masks. */
struct filling
{
  struct format_flat *flat;
  uint8_t            *bytes, *masks;
  uint32_t            n_holes;
};

static struct format_stretch *
add_stretch (struct filling *self)
{
  struct format_stretch *stretch = &self->flat->stretches[self->flat->n_stretches++];

  *stretch = (struct format_stretch){
    .bytes = self->bytes,
    .mask = self->masks,
    .holes = self->flat->holes + self->n_holes,
    .end = FORMAT_LITERAL,
  };
  return stretch;
}

static void
add_bytes (struct filling *self, struct format_stretch *stretch, const void *bytes, size_t size)
{
  if (bytes != NULL)
    {
      memcpy (self->bytes, bytes, size);
      memset (self->masks, 0xff, size);
    }
  self->bytes += size;
  self->masks += size;
  stretch->size += (uint32_t) size;
}

static void
add_hole (struct filling *self, struct format_stretch *stretch, bool is_ref)
{
  if (is_ref)
    add_bytes (self, stretch, ETF_REFERENCE_HEAD, ETF_REFERENCE_HEAD_SIZE);
  else
    add_bytes (self, stretch, ETF_PID_HEAD, ETF_PID_HEAD_SIZE);
  self->flat->holes[self->n_holes++] =
    (struct format_hole){ .offset = stretch->size, .is_ref = is_ref };
  stretch->n_holes++;
  if (is_ref)
    add_bytes (self, stretch, NULL, ETF_REFERENCE_SIZE - ETF_REFERENCE_HEAD_SIZE);
  else
    add_bytes (self, stretch, NULL, ETF_PID_SIZE - ETF_PID_HEAD_SIZE);
}

struct format_flat *
_grove_flat_new (const struct format_program *program, const uint8_t *literals, size_t bound)
{
  size_t                 stretches = (program->n_ops + 1) * sizeof (struct format_stretch);
  struct filling         self = { .flat = calloc (1, sizeof *self.flat + stretches + 2 * bound) };
  struct format_stretch *stretch;

  if (self.flat == NULL)
    abort ();
  self.bytes = (uint8_t *) (self.flat + 1) + stretches;
  self.masks = self.bytes + bound;
  stretch = add_stretch (&self);
  for (size_t i = 0; i < program->n_ops; i++)
    {
      const struct format_op *op = &program->ops[i];

      if (op->kind != FORMAT_LITERAL)
        self.flat->is_int[self.flat->n_args++] = op->kind == FORMAT_INT;
      if (op->kind == FORMAT_LITERAL)
        add_bytes (&self, stretch, literals + op->offset, op->size);
      else if (op->kind == FORMAT_PID || op->kind == FORMAT_REF)
        add_hole (&self, stretch, op->kind == FORMAT_REF);
      else
        {
          stretch->end = op->kind;
          if (i + 1 < program->n_ops)
            stretch = add_stretch (&self);
        }
    }
  return self.flat;
}
