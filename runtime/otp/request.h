/* SPDX-License-Identifier: MIT
 *
 * A request to a behaviour that carries addresses of this program, such as a start function. Such
 * things must not travel in messages, which an observer may write as well as read: the message
 * carries a number, and the behaviour takes the block with that number. What nobody took is freed
 * with its receiver. Private to otp/.
 */
#pragma once

#include "runtime/core/process.h"

struct grove_request
{
  struct grove_request *next;
  grove_pid             to;
  uint64_t              key;
  size_t                size;
  _Alignas(16) uint8_t bytes[];
};

/* Room for @size bytes, to be filled in; NULL: out of memory. */
struct grove_request *_grove_request_new (size_t size);
/* Takes @request over and returns its number; 0: no such process, not taken over. */
uint64_t _grove_request_add (grove_pid to, struct grove_request *request);
/* (transfer full): free(); NULL: there is none of that number for @to (any more). */
struct grove_request *_grove_request_take (grove_pid to, uint64_t key);
