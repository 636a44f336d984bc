/* SPDX-License-Identifier: MIT
 *
 * The table of control blocks: one stretch of address space that is only filled where it is used.
 * Index 0 is never a process. A scheduler keeps a few free blocks; the rest is behind a lock. Up to
 * 1,024 processes the limit is exact; above, up to 128 blocks a scheduler may lie about unused when
 * it is reached.
 */
#pragma once

#include "runtime/core/control.h"

struct grove_free_blocks
{
  struct grove_process *first; /* grove_process.queue_next */
  uint32_t              n;
};

bool _grove_table_init (uint32_t max_processes);
void _grove_table_finish (void);

/* NULL: the limit is reached. */
struct grove_process *_grove_table_take (struct grove_free_blocks *near);
/* The process of the block has ended: its generation moves on. */
void _grove_table_give (struct grove_free_blocks *near, struct grove_process *process);

/* The blocks; set when the runtime starts. */
struct grove_table_blocks
{
  struct grove_process *first; /* of index 0 */
  uint32_t              capacity;
};
extern struct grove_table_blocks _grove_table_blocks;

/* The block a pid names, whether that process lives or not; NULL for one no pid can name. */
static inline struct grove_process *
_grove_table_block (grove_pid pid)
{
  uint32_t index = (uint32_t) pid;

  return index == 0 || index >= _grove_table_blocks.capacity ? NULL
                                                             : &_grove_table_blocks.first[index];
}

/* Indices from 1 below this have been used. */
uint32_t _grove_table_used (void);
uint32_t _grove_table_capacity (void);
