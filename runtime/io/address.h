/* SPDX-License-Identifier: MIT
 *
 * From an address as a program gives it to those the system takes.
 */
#pragma once

#include "runtime/io/socket.h"

#include <sys/socket.h>

#define GROVE_MAX_ADDRESSES 8

struct grove_addresses
{
  unsigned n;
  struct
  {
    struct sockaddr_storage address;
    socklen_t               size;
  } items[GROVE_MAX_ADDRESSES];
};

/* Looks up the name of a host without blocking the scheduler. @listening: no host stands for all
 * addresses. GROVE_ERR_BADARG; GROVE_ERR_TIMEOUT; GROVE_ERR_IO; GROVE_ERR_SYSTEM_LIMIT. */
enum grove_status _grove_address_resolve (const struct grove_address *address,
                                          bool                        listening,
                                          int64_t                     timeout_ns,
                                          struct grove_addresses     *ret_addresses);
