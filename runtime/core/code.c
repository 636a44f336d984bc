/* SPDX-License-Identifier: MIT
 *
 * See code.h. The runtime's code is known by the marks the build puts into each of its files
 * (code-mark.h), the program by being it, a library of process code by calling what counts
 * reductions.
 */
#include "runtime/core/code.h"

#include "runtime/core/switch.h"

#include <dlfcn.h>
#include <elf.h>
#include <fcntl.h>
#include <link.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

/* Where a file's code begins and ends, each relative to where the note lies. */
struct mark
{
  int32_t begin;
  int32_t end;
};

extern const struct mark __start_grove_code[] __attribute__ ((visibility ("hidden")));
extern const struct mark __stop_grove_code[] __attribute__ ((visibility ("hidden")));

/* The same as addresses, in order; those that touch are one. */
#define MAX_RANGES 512

static struct range
{
  uintptr_t begin;
  uintptr_t end;
} ranges[MAX_RANGES];
static size_t n_ranges; /* 0: there are too many, or nobody has prepared them */

static int
compare_ranges (const void *a, const void *b)
{
  const struct range *x = a, *y = b;

  return x->begin < y->begin ? -1 : x->begin > y->begin;
}

void
_grove_code_prepare (void)
{
  size_t n = 0;
  size_t last = 0;

  if (n_ranges != 0)
    return;
  for (const struct mark *mark = __start_grove_code; mark < __stop_grove_code; mark++)
    {
      uintptr_t begin = (uintptr_t) &mark->begin + (uintptr_t) (intptr_t) mark->begin;
      uintptr_t end = (uintptr_t) &mark->end + (uintptr_t) (intptr_t) mark->end;
      if (begin == end)
        continue;
      if (n == MAX_RANGES)
        return;
      ranges[n++] = (struct range){ begin, end };
    }
  if (n == 0)
    return;
  qsort (ranges, n, sizeof ranges[0], compare_ranges);
  for (size_t i = 1; i < n; i++)
    if (ranges[i].begin == ranges[last].end)
      ranges[last].end = ranges[i].end;
    else
      ranges[++last] = ranges[i];
  n_ranges = last + 1;
}

static bool
is_runtime (uintptr_t pc)
{
  size_t low = 0;
  size_t high = n_ranges;

  while (low < high)
    {
      size_t middle = (low + high) / 2;
      if (pc < ranges[middle].begin)
        high = middle;
      else if (pc >= ranges[middle].end)
        low = middle + 1;
      else
        return true;
    }
  return false;
}

/* ---- Modules --------------------------------------------------------------------------------- */

struct module
{
  uintptr_t pc;
  uintptr_t base;
  const ElfW (Dyn) * dynamic;
  const char *name; /* "": the program */
  bool        found;
};

#ifdef GROVE_HAVE_DL_FIND_OBJECT

static bool
find_module (uintptr_t pc, struct module *module)
{
  struct dl_find_object object;

  /* Takes no lock. */
  if (_dl_find_object ((void *) pc, &object) != 0)
    return false;
  *module = (struct module){ .base = object.dlfo_link_map->l_addr,
                             .dynamic = object.dlfo_link_map->l_ld,
                             .name = object.dlfo_link_map->l_name };
  return true;
}

#else

static int
look_at_module (struct dl_phdr_info *info, size_t size, void *data)
{
  struct module *module = data;

  (void) size;
  for (unsigned i = 0; i < info->dlpi_phnum; i++)
    {
      const ElfW (Phdr) *header = &info->dlpi_phdr[i];
      uintptr_t begin = info->dlpi_addr + header->p_vaddr;
      if (header->p_type == PT_LOAD && module->pc - begin < header->p_memsz)
        module->found = true;
      if (header->p_type == PT_DYNAMIC)
        module->dynamic = (const void *) begin;
    }
  if (!module->found)
    {
      module->dynamic = NULL;
      return 0;
    }
  module->base = info->dlpi_addr;
  module->name = info->dlpi_name;
  return 1;
}

static bool
find_module (uintptr_t pc, struct module *module)
{
  *module = (struct module){ .pc = pc };
  return dl_iterate_phdr (look_at_module, module) != 0;
}

#endif

/* The dynamic linker has relocated some of these, and not others, depending on the machine. */
static uintptr_t
absolute (const struct module *module, ElfW (Addr) value)
{
  return value < module->base ? module->base + value : value;
}

static bool
refers_to_counting (const struct module *module,
                    const ElfW (Rela) * relocations,
                    size_t size,
                    const ElfW (Sym) * symbols,
                    const char *strings)
{
  for (size_t i = 0; i < size / sizeof *relocations; i++)
    {
#if __ELF_NATIVE_CLASS == 64
      size_t symbol = ELF64_R_SYM (relocations[i].r_info);
#else
      size_t symbol = ELF32_R_SYM (relocations[i].r_info);
#endif
      if (symbol != 0 &&
          strcmp (strings + symbols[symbol].st_name, "__sanitizer_cov_trace_pc") == 0)
        return true;
    }
  return false;
}

/* Whether a library is process code: compiled so that reductions are counted. */
static bool
counts_reductions (const struct module *module)
{
  const ElfW (Sym) *symbols = NULL;
  const char *strings = NULL;
  const ElfW (Rela) * relocations[2] = { NULL, NULL };
  size_t sizes[2] = { 0, 0 };

  if (module->dynamic == NULL)
    return false;
  for (const ElfW (Dyn) *entry = module->dynamic; entry->d_tag != DT_NULL; entry++)
    switch (entry->d_tag)
      {
      case DT_SYMTAB:
        symbols = (const void *) absolute (module, entry->d_un.d_ptr);
        break;
      case DT_STRTAB:
        strings = (const void *) absolute (module, entry->d_un.d_ptr);
        break;
      case DT_JMPREL:
        relocations[0] = (const void *) absolute (module, entry->d_un.d_ptr);
        break;
      case DT_PLTRELSZ:
        sizes[0] = entry->d_un.d_val;
        break;
      case DT_RELA:
        relocations[1] = (const void *) absolute (module, entry->d_un.d_ptr);
        break;
      case DT_RELASZ:
        sizes[1] = entry->d_un.d_val;
        break;
      default:
        break;
      }
  if (symbols == NULL || strings == NULL)
    return false;
  for (unsigned i = 0; i < 2; i++)
    if (relocations[i] != NULL &&
        refers_to_counting (module, relocations[i], sizes[i], symbols, strings))
      return true;
  return false;
}

enum grove_code_kind
_grove_code_kind (uintptr_t pc)
{
  struct module module;

  if (is_runtime (pc))
    return GROVE_CODE_RUNTIME;
  if (!find_module (pc, &module))
    return GROVE_CODE_NONE;
  if (module.name == NULL || module.name[0] == '\0' || counts_reductions (&module))
    return GROVE_CODE_PROCESS;
  return GROVE_CODE_LIBRARY;
}

bool
_grove_code_known (void)
{
  /* In a static program malloc() cannot be told from what calls it. */
  return is_runtime ((uintptr_t) _grove_switch_prepare) &&
         is_runtime ((uintptr_t) _grove_code_known) &&
         _grove_code_kind ((uintptr_t) dlsym (RTLD_DEFAULT, "malloc")) == GROVE_CODE_LIBRARY;
}

/* ---- Names ----------------------------------------------------------------------------------- */

static const ElfW (Shdr) * section_of_type (const ElfW (Ehdr) * file, size_t size, uint32_t type)
{
  const ElfW (Shdr) *sections = (const void *) ((const char *) file + file->e_shoff);

  if (file->e_shoff > size || (size - file->e_shoff) / sizeof *sections < file->e_shnum)
    return NULL;
  for (unsigned i = 0; i < file->e_shnum; i++)
    if (sections[i].sh_type == type && sections[i].sh_link < file->e_shnum &&
        sections[i].sh_offset <= size && sections[i].sh_size <= size - sections[i].sh_offset)
      return &sections[i];
  return NULL;
}

static void
copy_text (char *to, size_t capacity, const char *from, size_t limit)
{
  size_t size = strnlen (from, limit < capacity - 1 ? limit : capacity - 1);

  memcpy (to, from, size);
  to[size] = '\0';
}

static void
name_in_file (
  const ElfW (Ehdr) * file, size_t size, uintptr_t address, char *ret_name, size_t name_size)
{
  const ElfW (Shdr) *table = section_of_type (file, size, SHT_SYMTAB);
  const ElfW (Shdr) * strings;
  const ElfW (Sym) * symbols;

  if (table == NULL)
    table = section_of_type (file, size, SHT_DYNSYM);
  if (table == NULL)
    return;
  strings = (const ElfW (Shdr) *) ((const char *) file + file->e_shoff) + table->sh_link;
  symbols = (const void *) ((const char *) file + table->sh_offset);
  if (strings->sh_offset > size || strings->sh_size > size - strings->sh_offset)
    return;
  for (size_t i = 0; i < table->sh_size / sizeof *symbols; i++)
    if ((symbols[i].st_info & 15) == STT_FUNC &&
        address - symbols[i].st_value < symbols[i].st_size && symbols[i].st_name < strings->sh_size)
      {
        copy_text (ret_name, name_size,
                   (const char *) file + strings->sh_offset + symbols[i].st_name,
                   strings->sh_size - symbols[i].st_name);
        return;
      }
}

void
_grove_code_name (uintptr_t pc, char *ret_name, size_t name_size, char *ret_file, size_t file_size)
{
  struct module module;
  struct stat   status;
  const char   *path;
  void         *file;
  int           fd;

  ret_name[0] = ret_file[0] = '\0';
  if (!find_module (pc, &module))
    return;
  path = module.name == NULL || module.name[0] == '\0' ? "/proc/self/exe" : module.name;
  copy_text (ret_file, file_size,
             module.name == NULL || module.name[0] == '\0' ? "the program" : path, SIZE_MAX);
  fd = open (path, O_RDONLY | O_CLOEXEC);
  if (fd < 0)
    return;
  if (fstat (fd, &status) == 0 && status.st_size > (off_t) sizeof (ElfW (Ehdr)))
    {
      file = mmap (NULL, (size_t) status.st_size, PROT_READ, MAP_PRIVATE, fd, 0);
      if (file != MAP_FAILED)
        {
          name_in_file (file, (size_t) status.st_size, pc - module.base, ret_name, name_size);
          munmap (file, (size_t) status.st_size);
        }
    }
  close (fd);
}
