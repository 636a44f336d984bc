/* SPDX-License-Identifier: MIT
 *
 * Whose code an address lies in. All but the preparing may be called in the handler of a signal: no
 * lock that this thread could hold, nothing that allocates.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum grove_code_kind
{
  GROVE_CODE_NONE,    /* none that is known */
  GROVE_CODE_PROCESS, /* the program, and shared libraries whose reductions are counted */
  GROVE_CODE_RUNTIME,
  GROVE_CODE_LIBRARY, /* any other shared library */
};

/* Before all else here, by one thread. */
void _grove_code_prepare (void);

enum grove_code_kind _grove_code_kind (uintptr_t pc);

/* False: the build has moved the runtime's code away from its marks, or there are no shared
 * libraries to tell apart; then nobody knows what code a fault was in. */
bool _grove_code_known (void);

/* The function at @pc by the symbols in the file, and how far into it; "" if there are none. Maps
 * that file: some 10 us. @ret_file: its name, "" if unknown. */
void
_grove_code_name (uintptr_t pc, char *ret_name, size_t name_size, char *ret_file, size_t file_size);
