/* SPDX-License-Identifier: MIT
 *
 * Reads as much of a message's text as says what it is: an atom, the atom a tuple begins with, and
 * what a call or cast to a server wraps.
 */
#include "observer/grove-message-kind.h"

#include "observer/grove-format.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#define KIND_MAX  40
#define KINDS_MAX 1024
/* That are named. */
#define NAMED_MAX 6

static const char *
skip_quoted (const char *text)
{
  char quote = *text++;
  while (*text != '\0' && *text != quote)
    text += *text == '\\' && text[1] != '\0' ? 2 : 1;
  return *text != '\0' ? text + 1 : text;
}

static gboolean
is_pid (const char *text)
{
  return (text[0] == '<' && g_ascii_isdigit (text[1])) || g_str_has_prefix (text, "#PID<");
}

/* Where the element that begins at @text ends: at a comma, what closes, or the end. */
static const char *
skip_element (const char *text)
{
  int depth = 0;
  while (*text != '\0')
    {
      if (*text == '"' || *text == '\'')
        {
          text = skip_quoted (text);
          continue;
        }
      if (*text == '{' || *text == '[' || *text == '(' || *text == '<')
        depth++;
      else if (*text == '}' || *text == ']' || *text == ')' || *text == '>')
        {
          /* The arrow of a pair closes nothing. */
          if (*text == '>' && depth > 0 && text[-1] == '=')
            {
              text++;
              continue;
            }
          if (depth-- == 0)
            return text;
        }
      else if (*text == ',' && depth == 0)
        return text;
      text++;
    }
  return text;
}

static const char *
skip_space (const char *text)
{
  while (*text == ' ' || *text == '\n')
    text++;
  return text;
}

/* The next element of a tuple, NULL at its end. */
static const char *
next_element (const char *element)
{
  const char *end = skip_element (element);
  return *end == ',' ? skip_space (end + 1) : NULL;
}

/* The name of an atom without what quotes it, NULL if @text is none. (transfer full) */
static char *
read_atom (const char *text)
{
  const char *begin = *text == ':' ? text + 1 : text;
  const char *end;
  if (*begin == '\'' || (begin > text && *begin == '"'))
    {
      end = skip_quoted (begin);
      /* One that is cut has no quote at its end. */
      if (end > begin + 1 && end[-1] == *begin)
        end--;
      return g_strndup (begin + 1, (gsize) (end - begin - 1));
    }
  if (!g_ascii_isalpha (*begin) && *begin != '_' && *begin != '$')
    return NULL;
  for (end = begin; g_ascii_isalnum (*end) || strchr ("_@.$!?", *end) != NULL; end++)
    if (*end == '\0')
      break;
  return g_strndup (begin, (gsize) (end - begin));
}

static const char *
get_type (const char *text)
{
  if (is_pid (text))
    return "pid";
  if (g_str_has_prefix (text, "<<"))
    return "binary";
  if (g_str_has_prefix (text, "#{") || text[0] == '%')
    return "map";
  if (g_str_has_prefix (text, "#Ref"))
    return "reference";
  if (g_str_has_prefix (text, "#Port"))
    return "port";
  if (text[0] == '#')
    return "fun";
  if (text[0] == '[')
    return "list";
  if (text[0] == '"')
    return "text";
  if (text[0] == '{')
    return "tuple";
  return g_ascii_isdigit (text[0]) || text[0] == '-' ? "number" : "other";
}

static char *kind_of (const char *text);

/* Of a tuple whose first element is @first. */
static char *
kind_of_tuple (const char *first)
{
  g_autofree char *tag = read_atom (first), *next_tag = NULL;
  const char      *next = next_element (first);
  if (tag != NULL && next != NULL &&
      (strcmp (tag, "$gen_cast") == 0 || strcmp (tag, "$gen_call") == 0))
    {
      gboolean         call = strcmp (tag, "$gen_call") == 0;
      const char      *wrapped = call ? next_element (next) : next;
      g_autofree char *kind = wrapped != NULL ? kind_of (wrapped) : g_strdup ("…");
      return g_strdup_printf ("%s %s", call ? "call" : "cast", kind);
    }
  next_tag = tag == NULL && next != NULL ? read_atom (next) : NULL;
  if (next_tag != NULL)
    return g_strdup_printf ("{%s,%s%s}", get_type (first), next_tag,
                            next_element (next) != NULL ? ",…" : "");
  return g_strdup_printf ("{%s%s}", tag != NULL ? tag : get_type (first), next != NULL ? ",…" : "");
}

static char *
kind_of (const char *text)
{
  char *atom;
  text = skip_space (text);
  if (text[0] == '{' && text[1] != '}')
    return kind_of_tuple (skip_space (text + 1));
  atom = read_atom (text);
  return atom != NULL ? atom : g_strdup (get_type (text));
}

char *
grove_message_kind (const char *text)
{
  g_return_val_if_fail (text != NULL, NULL);
  g_autofree char *kind = kind_of (text);
  if (g_utf8_strlen (kind, -1) <= KIND_MAX)
    return g_steal_pointer (&kind);
  g_autofree char *begin = g_utf8_substring (kind, 0, KIND_MAX - 1);
  return g_strconcat (begin, "…", NULL);
}

/* ---- Counts ------------------------------------------------------------------------------------
 */

struct grove_kinds
{
  GHashTable *counts; /* char * -> number */
  guint       n_beyond;
};

GroveKinds *
_grove_kinds_new (void)
{
  GroveKinds *self = g_new0 (GroveKinds, 1);
  self->counts = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  return self;
}

void
_grove_kinds_free (GroveKinds *self)
{
  g_hash_table_unref (self->counts);
  g_free (self);
}

void
_grove_kinds_add (GroveKinds *self, const char *kind)
{
  guint n = GPOINTER_TO_UINT (g_hash_table_lookup (self->counts, kind));
  if (n == 0 && g_hash_table_size (self->counts) == KINDS_MAX)
    self->n_beyond++;
  else
    g_hash_table_insert (self->counts, g_strdup (kind), GUINT_TO_POINTER (n + 1));
}

static int
compare_counts (gconstpointer a, gconstpointer b, gpointer counts)
{
  const char *one = *(const char *const *) a, *other = *(const char *const *) b;
  guint       n_one = GPOINTER_TO_UINT (g_hash_table_lookup (counts, one));
  guint       n_other = GPOINTER_TO_UINT (g_hash_table_lookup (counts, other));
  return n_one != n_other ? (n_one < n_other ? 1 : -1) : strcmp (one, other);
}

char *
_grove_kinds_say (GroveKinds *self)
{
  GString                *text = g_string_new (NULL);
  guint                   n = 0, n_rest;
  g_autofree const char **kinds = (const char **) g_hash_table_get_keys_as_array (self->counts, &n);
  g_qsort_with_data (kinds, (int) n, sizeof *kinds, compare_counts, self->counts);
  for (guint i = 0; i < MIN (n, NAMED_MAX); i++)
    {
      guint            n_of = GPOINTER_TO_UINT (g_hash_table_lookup (self->counts, kinds[i]));
      g_autofree char *count = grove_format_count (n_of);
      g_string_append_printf (text, "%s%s × %s", i > 0 ? ", " : "", count, kinds[i]);
    }
  n_rest = n - MIN (n, NAMED_MAX);
  if (n_rest > 0)
    {
      g_autofree char *rest =
        self->n_beyond > 0
          ? g_strdup_printf (_ ("more than %u other kinds"), n_rest)
          : g_strdup_printf (ngettext ("%u other kind", "%u other kinds", n_rest), n_rest);
      g_string_append_printf (text, ", %s", rest);
    }
  return g_string_free (text, FALSE);
}
