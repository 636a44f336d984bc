/* SPDX-License-Identifier: MIT
 *
 * See flat.h.
 */
#include "runtime/term/flat.h"

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

/* Literals are mostly a few bytes: without a call, and without a byte too many. */
static inline uint8_t *
put_literal (uint8_t *to, const uint8_t *from, size_t size)
{
  if (size > 16)
    memcpy (to, from, size);
  else if (size >= 8)
    {
      memcpy (to, from, 8);
      memcpy (to + size - 8, from + size - 8, 8);
    }
  else if (size >= 4)
    {
      memcpy (to, from, 4);
      memcpy (to + size - 4, from + size - 4, 4);
    }
  else if (size > 0)
    {
      to[0] = from[0];
      to[size / 2] = from[size / 2];
      to[size - 1] = from[size - 1];
    }
  return to + size;
}

static inline uint8_t *
put_int64 (uint8_t *to, int64_t value)
{
  if (value >= 0 && value <= UINT8_MAX)
    {
      to[0] = ETF_SMALL_INTEGER;
      to[1] = (uint8_t) value;
      return to + 2;
    }
  if (value >= INT32_MIN && value <= INT32_MAX)
    {
      to[0] = ETF_INTEGER;
      etf_put32 (to + 1, (uint32_t) value);
      return to + 5;
    }
  return to + _grove_etf_put_int64 (to, value);
}

size_t
_grove_flat_write (const struct format *format, uint8_t *bytes, struct format_args *args)
{
  const struct format_op *op = format->build.ops;
  const struct format_op *end = op + format->build.n_ops;
  uint8_t                *to = bytes;

  for (; op < end; op++)
    switch ((int) op->kind)
      {
      case FORMAT_LITERAL:
        to = put_literal (to, format->build_literals + op->offset, op->size);
        break;
      case FORMAT_INT:
        to = put_int64 (to, va_arg (args->list, int));
        break;
      case FORMAT_INT64:
        to = put_int64 (to, va_arg (args->list, int64_t));
        break;
      case FORMAT_UINT64:
        to += _grove_etf_put_uint64 (to, va_arg (args->list, uint64_t));
        break;
      case FORMAT_PID:
        etf_put_pid (to, va_arg (args->list, grove_pid));
        to += ETF_PID_SIZE;
        break;
      default:
        etf_put_ref (to, va_arg (args->list, grove_ref));
        to += ETF_REFERENCE_SIZE;
        break;
      }
  return (size_t) (to - bytes);
}
