/* SPDX-License-Identifier: MIT
 *
 * See name.h.
 */
#include "runtime/beam/name.h"

#include <ctype.h>
#include <string.h>

static bool
is_alive_byte (char byte)
{
  return isalnum ((unsigned char) byte) || byte == '_' || byte == '-';
}

/* A host's name, an IPv4 or an IPv6 address. */
static bool
is_host_byte (char byte)
{
  return isalnum ((unsigned char) byte) || strchr ("-_.:%", byte) != NULL;
}

bool
beam_name_parse (const char *text, struct beam_name *ret_name)
{
  const char  *at = strchr (text, '@');
  const size_t size = strlen (text);

  if (at == NULL || at == text || at[1] == '\0' || size >= sizeof ret_name->node)
    return false;
  for (const char *byte = text; byte < at; byte++)
    if (!is_alive_byte (*byte))
      return false;
  for (const char *byte = at + 1; *byte != '\0'; byte++)
    if (!is_host_byte (*byte))
      return false;
  memcpy (ret_name->node, text, size + 1);
  memcpy (ret_name->alive, text, (size_t) (at - text));
  ret_name->alive[at - text] = '\0';
  memcpy (ret_name->host, at + 1, size - (size_t) (at + 1 - text) + 1);
  return true;
}
