/* SPDX-License-Identifier: MIT
 *
 * Debugging information through elfutils' libdw. One session for this program, begun at the first
 * question and kept. A library that is loaded later is found because an address in it is in no
 * module that is known. Nothing is fetched from the network.
 */
#include "runtime/core/symbol-reader.h"

#include <dwarf.h>
#include <elfutils/libdw.h>
#include <elfutils/libdwfl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static char                *debuginfo_path;
static const Dwfl_Callbacks callbacks = { .find_elf = dwfl_linux_proc_find_elf,
                                          .find_debuginfo = dwfl_build_id_find_debuginfo,
                                          .debuginfo_path = &debuginfo_path };
static Dwfl                *session;

static void
report_modules (void)
{
  dwfl_report_begin_add (session);
  dwfl_linux_proc_report (session, getpid ());
  dwfl_report_end (session, NULL, NULL);
}

static Dwfl_Module *
module_of (uintptr_t pc)
{
  Dwfl_Module *module;

  if (session == NULL)
    {
      session = dwfl_begin (&callbacks);
      if (session == NULL)
        return NULL;
      report_modules ();
    }
  module = dwfl_addrmodule (session, pc);
  if (module == NULL && _grove_code_kind (pc) != GROVE_CODE_NONE)
    {
      report_modules ();
      module = dwfl_addrmodule (session, pc);
    }
  return module;
}

/* As the compiler was told its name, without the way from the build directory to the source. */
static const char *
plain_file (const char *file)
{
  while (strncmp (file, "../", 3) == 0)
    file += 3;
  return file;
}

static const char *
base_name (const char *file)
{
  const char *slash = strrchr (file, '/');

  return slash != NULL ? slash + 1 : file;
}

/* The compilation unit @pc is in. The index that some compilers write is not believed: where units
 * of others are linked in, it says that their addresses are in the unit before. */
static Dwarf_Die *
unit_of (Dwfl_Module *module, uintptr_t pc, Dwarf_Addr *ret_bias)
{
  Dwarf_Die *unit = dwfl_module_addrdie (module, pc, ret_bias);

  if (unit != NULL && dwarf_haspc (unit, pc - *ret_bias) == 1)
    return unit;
  unit = NULL;
  while ((unit = dwfl_module_nextcu (module, unit, ret_bias)) != NULL)
    if (dwarf_haspc (unit, pc - *ret_bias) == 1)
      return unit;
  return NULL;
}

static const char *
source_of (Dwfl_Module *module, uintptr_t pc, int *ret_line)
{
  Dwarf_Addr  bias;
  Dwarf_Die  *unit = unit_of (module, pc, &bias);
  Dwarf_Line *line = unit != NULL ? dwarf_getsrc_die (unit, pc - bias) : NULL;
  const char *file = line != NULL ? dwarf_linesrc (line, NULL, NULL) : NULL;

  if (file == NULL || dwarf_lineno (line, ret_line) != 0)
    {
      *ret_line = 0;
      return NULL;
    }
  return plain_file (file);
}

void
_grove_symbol_read (uintptr_t pc, struct grove_symbol_text *ret_text)
{
  Dwfl_Module *module = module_of (pc);
  const char  *text;
  GElf_Sym     symbol;
  GElf_Off     offset;

  *ret_text = (struct grove_symbol_text){ .line = 0 };
  if (module == NULL)
    return;
  /* No name beats that of a function which ends before. */
  text = dwfl_module_addrinfo (module, pc, &offset, &symbol, NULL, NULL, NULL);
  if (text != NULL && (symbol.st_size == 0 || offset < symbol.st_size))
    snprintf (ret_text->function, sizeof ret_text->function, "%.255s", text);
  text = source_of (module, pc, &ret_text->line);
  if (text == NULL)
    {
      text = dwfl_module_info (module, NULL, NULL, NULL, NULL, NULL, NULL, NULL);
      text = text != NULL ? base_name (text) : "";
    }
  snprintf (ret_text->file, sizeof ret_text->file, "%.511s", text);
}

/* ---- Unwinding ------------------------------------------------------------------------------- */

/* The one that is unwound: libdw knows it as the only thread of this program. */
static const struct grove_stack_copy *unwound;

static pid_t
next_thread (Dwfl *dwfl, void *data, void **thread_data)
{
  (void) dwfl;
  (void) data;
  if (*thread_data != NULL)
    return 0;
  *thread_data = &unwound;
  return getpid ();
}

static bool
get_thread (Dwfl *dwfl, pid_t thread, void *data, void **thread_data)
{
  (void) dwfl;
  (void) thread;
  (void) data;
  *thread_data = &unwound;
  return true;
}

/* What was copied, and nothing else: whatever the stack says is looked up there or not at all. */
static bool
read_memory (Dwfl *dwfl, Dwarf_Addr address, Dwarf_Word *ret_word, void *data)
{
  uint64_t word;

  (void) dwfl;
  (void) data;
  if (address < unwound->address || address - unwound->address > unwound->size - sizeof word)
    return false;
  memcpy (&word, unwound->bytes + (address - unwound->address), sizeof word);
  *ret_word = word;
  return true;
}

static bool
set_registers (Dwfl_Thread *thread, void *data)
{
  Dwarf_Word values[GROVE_N_REGISTERS];

  (void) data;
  for (unsigned i = 0; i < unwound->registers.n; i++)
    values[i] = unwound->registers.values[i];
  dwfl_thread_state_register_pc (thread, unwound->registers.pc);
  return dwfl_thread_state_registers (thread, 0, unwound->registers.n, values);
}

static int
visit_frame (Dwfl_Frame *frame, void *data)
{
  struct grove_trace *trace = data;
  Dwarf_Addr          pc;
  bool                activation;

  if (!dwfl_frame_pc (frame, &pc, &activation) || pc == 0)
    return DWARF_CB_ABORT;
  if (trace->n == GROVE_TRACE_DEPTH)
    {
      trace->cut = true;
      return DWARF_CB_ABORT;
    }
  /* The first is where it goes on behind a call, too. */
  trace->pcs[trace->n++] = (uintptr_t) pc - 1;
  return DWARF_CB_OK;
}

void
_grove_symbol_unwind (const struct grove_stack_copy *copy, struct grove_trace *ret_trace)
{
  static const Dwfl_Thread_Callbacks thread_callbacks = { .next_thread = next_thread,
                                                          .get_thread = get_thread,
                                                          .memory_read = read_memory,
                                                          .set_initial_registers = set_registers };
  static Dwfl                       *attached;

  ret_trace->n = 0;
  ret_trace->cut = false;
  if (!copy->has_frames || copy->size < sizeof (uint64_t))
    return;
  unwound = copy;
  if (module_of (copy->registers.pc - 1) == NULL)
    return;
  if (attached == NULL && dwfl_attach_state (session, NULL, getpid (), &thread_callbacks, &unwound))
    attached = session;
  if (attached == NULL)
    return;
  /* It says that there is no frame behind the last; that is how a stack ends. */
  dwfl_getthread_frames (session, getpid (), visit_frame, ret_trace);
  ret_trace->cut = ret_trace->cut || copy->cut;
}
