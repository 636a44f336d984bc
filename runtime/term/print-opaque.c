/* SPDX-License-Identifier: MIT
 *
 * Text for what has no syntax: pids, references, ports and functions.
 */
#include "runtime/term/home.h"
#include "runtime/term/print.h"

static _Thread_local struct
{
  const char *node; /* NULL: this runtime */
  uint32_t    creation;
} home;

void
_grove_term_set_home (const char *node, uint32_t creation)
{
  home.node = node;
  home.creation = creation;
}

static bool
is_ours (const struct etf_identifier *identifier)
{
  const char    *node = home.node != NULL ? home.node : ETF_NODE;
  const uint32_t creation = home.node != NULL ? home.creation : grove_term_creation ();

  return identifier->creation == creation && identifier->node.size == strlen (node) &&
         memcmp (identifier->node.bytes, node, identifier->node.size) == 0;
}

/* Something of another node, or of an earlier run, must not be taken for something of ours: it is
 * shown with the name of its node. */
static void
put_origin (struct printer *self, const struct etf_identifier *identifier)
{
  if (is_ours (identifier))
    _grove_printer_put_text (self, "0");
  else
    _grove_printer_put_atom (self, identifier->node);
}

static void
print_pid (struct printer *self, struct grove_term term)
{
  struct etf_identifier identifier;

  _grove_etf_identifier (term.bytes, &identifier);
  _grove_printer_put_text (self, is_elixir (self)        ? "#PID<"
                                 : is_ours (&identifier) ? "<"
                                                         : "#Pid<");
  put_origin (self, &identifier);
  _grove_printer_put_text (self, ".");
  _grove_printer_put_number (self, (uint32_t) identifier.id);
  _grove_printer_put_text (self, ".");
  _grove_printer_put_number (self, identifier.id >> 32);
  _grove_printer_put_text (self, ">");
}

static void
print_reference (struct printer *self, struct grove_term term)
{
  struct etf_identifier identifier;

  _grove_etf_identifier (term.bytes, &identifier);
  _grove_printer_put_text (self, is_elixir (self) ? "#Reference<" : "#Ref<");
  put_origin (self, &identifier);
  for (size_t i = identifier.n_words; i > 0; i--)
    {
      _grove_printer_put_text (self, ".");
      _grove_printer_put_number (self, etf_get32 (identifier.words + 4 * (i - 1)));
    }
  _grove_printer_put_text (self, ">");
}

static void
print_port (struct printer *self, struct grove_term term)
{
  struct etf_identifier identifier;

  _grove_etf_identifier (term.bytes, &identifier);
  _grove_printer_put_text (self, "#Port<");
  put_origin (self, &identifier);
  _grove_printer_put_text (self, ".");
  _grove_printer_put_number (self, identifier.id);
  _grove_printer_put_text (self, ">");
}

void
_grove_printer_put_fun (struct printer *self, struct grove_term term)
{
  const uint8_t *module = term.bytes + 1, *function, *arity;

  if (term.bytes[0] != ETF_EXPORT)
    {
      /* Size, arity, a checksum, index, count of what it closes over; then the module. */
      _grove_printer_put_text (self, is_elixir (self) ? "#Function<" : "#Fun<");
      _grove_printer_put_atom (self, _grove_etf_atom (term.bytes + 30));
      _grove_printer_put_text (self, ".");
      _grove_printer_put_number (self, etf_get32 (term.bytes + 22));
      _grove_printer_put_text (self, "/");
      _grove_printer_put_number (self, term.bytes[5]);
      _grove_printer_put_text (self, ">");
      return;
    }
  function = _grove_etf_skip (module);
  arity = _grove_etf_skip (function);
  _grove_printer_put_text (self, is_elixir (self) ? "&" : "fun ");
  _grove_printer_put_atom (self, _grove_etf_atom (module));
  _grove_printer_put_text (self, is_elixir (self) ? "." : ":");
  if (is_elixir (self))
    _grove_printer_put_name (self, _grove_etf_atom (function));
  else
    _grove_printer_put_atom (self, _grove_etf_atom (function));
  _grove_printer_put_text (self, "/");
  _grove_printer_put_number (self, arity[1]);
}

void
_grove_printer_put_identifier (struct printer *self, struct grove_term term)
{
  switch ((int) grove_term_type (term))
    {
    case GROVE_TERM_PID:
      print_pid (self, term);
      break;
    case GROVE_TERM_REFERENCE:
      print_reference (self, term);
      break;
    default:
      print_port (self, term);
      break;
    }
}
