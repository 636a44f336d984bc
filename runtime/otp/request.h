/* SPDX-License-Identifier: MIT
 *
 * A request to a supervisor that carries addresses of this program, such as a start function. Such
 * things must not travel in messages, which an observer may write as well as read: the message
 * carries a number, and the supervisor takes the block with that number from the list kept in its
 * branch of the supervision forest, under the forest's lock. The list is freed with the branch.
 * Private to otp/.
 */
#pragma once

#include "runtime/otp/supervision.h"

struct grove_request
{
  struct grove_request *next;
  uint64_t              key;
  size_t                size;
  _Alignas(16) uint8_t bytes[];
};

/* Takes @request (from malloc) over and returns its number; 0: no such supervisor, not taken over.
 */
uint64_t _grove_request_add (grove_pid supervisor, struct grove_request *request);
/* (transfer full): free(); NULL: there is none of that number (any more). */
struct grove_request *_grove_request_take (grove_pid supervisor, uint64_t key);
