/* SPDX-License-Identifier: MIT
 *
 * What travels beside a system message as a request (request.h). Private to otp/.
 */
#pragma once

#include "runtime/otp/sys.h"

#define GROVE_SYS_ID_SIZE  64
#define GROVE_SYS_ARG_SIZE ((size_t) 1 << 20)

struct grove_sys_replace
{
  grove_sys_replace_func replace;
  const void            *arg; /* when arg_size is 0 */
  size_t                 arg_size;
  _Alignas(16) uint8_t bytes[];
};

struct grove_sys_install
{
  grove_sys_hook hook;
  void          *arg;
  char           id[GROVE_SYS_ID_SIZE]; /* "": the hook itself */
};
