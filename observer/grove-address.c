/* SPDX-License-Identifier: MIT
 *
 * Reading addresses. What goes onto a command line of another machine is held to characters that
 * no shell makes anything of.
 */
#include "observer/grove-address.h"

#include "observer/grove-socket-note.h"
#include "protocol/place.h"

#include <glib/gi18n-lib.h>
#include <string.h>
#include <unistd.h>

G_DEFINE_QUARK (grove - address - error - quark, grove_address_error)

#define NAME_MAX_BYTES 64
#define ADDRESS_MAX    4096

#define ALLOWED                                                                                    \
  N_ ("Give the name of a system (1 to 64 letters, digits or . _ @ - and no dot first), the path " \
      "of "                                                                                        \
      "its socket (with a slash), beam:node@host, ssh:[user@]host/name, or exec:command.")

static const char letters[] = G_CSET_A_2_Z G_CSET_a_2_z G_CSET_DIGITS;

char *
grove_address_get_directory (void)
{
  const char *runtime = g_getenv ("XDG_RUNTIME_DIR");
  if (runtime != NULL && runtime[0] != '\0')
    return g_build_filename (runtime, "grove", NULL);
  return g_strdup_printf ("/tmp/grove-%lu", (unsigned long) getuid ());
}

gboolean
grove_address_name_is_valid (const char *name)
{
  gsize length = strlen (name);
  if (length == 0 || length > NAME_MAX_BYTES || name[0] == '.')
    return FALSE;
  return strspn (name, G_CSET_A_2_Z G_CSET_a_2_z G_CSET_DIGITS "._@-") == length;
}

void
grove_address_free (GroveAddress *self)
{
  if (self == NULL)
    return;
  g_free (self->text);
  g_free (self->name);
  g_free (self->node);
  g_free (self->path);
  g_strfreev (self->argv);
  g_free (self);
}

static gboolean complain (GError **error, const char *format, ...) G_GNUC_PRINTF (2, 3);

static gboolean
complain (GError **error, const char *format, ...)
{
  va_list arguments;
  va_start (arguments, format);
  g_autofree char *raw = g_strdup_vprintf (format, arguments);
  g_autofree char *what = g_utf8_make_valid (raw, -1);
  va_end (arguments);
  g_strdelimit (what, "\n\r\t", ' '); /* the first line is all of it */
  g_set_error (error, GROVE_ADDRESS_ERROR, 0, "%s\n%s", what, _ (ALLOWED));
  return FALSE;
}

/* Between letters and digits; an option's dash cannot be first. */
static gboolean
is_host (const char *text, gsize length)
{
  if (length == 0 || length > 255 || text[0] == '-')
    return FALSE;
  for (gsize i = 0; i < length; i++)
    if (strchr (letters, text[i]) == NULL && strchr ("._-:[]%", text[i]) == NULL)
      return FALSE;
  return TRUE;
}

static gboolean
is_user (const char *text, gsize length)
{
  if (length == 0 || length > 64 || text[0] == '-')
    return FALSE;
  for (gsize i = 0; i < length; i++)
    if (strchr (letters, text[i]) == NULL && strchr ("._-", text[i]) == NULL)
      return FALSE;
  return TRUE;
}

/* The words of the command in the environment's @variable, or @usual. */
static gboolean
add_program (GPtrArray *argv, const char *variable, const char *usual, GError **error)
{
  const char *program = g_getenv (variable);
  g_auto (GStrv) words = NULL;
  g_autoptr (GError) problem = NULL;
  if (program == NULL || program[0] == '\0')
    program = usual;
  if (!g_shell_parse_argv (program, NULL, &words, &problem))
    return complain (error, _ ("%s is no command: %s"), variable, problem->message);
  for (char **word = words; *word != NULL; word++)
    g_ptr_array_add (argv, g_strdup (*word));
  return TRUE;
}

static gboolean
parse_ssh (GroveAddress *self, const char *rest, GError **error)
{
  const char *at = strchr (rest, '@'), *slash = strchr (rest, '/');
  if (at != NULL && slash != NULL && at > slash)
    at = NULL; /* a name may have one */
  const char *host = at != NULL ? at + 1 : rest;
  gsize       host_length = slash != NULL ? (gsize) (slash - host) : strlen (host);
  const char *name = slash != NULL ? slash + 1 : NULL;
  if (at != NULL && !is_user (rest, (gsize) (at - rest)))
    return complain (error, _ ("“%s” names no user of another machine"), self->text);
  if (!is_host (host, host_length))
    return complain (error, _ ("“%s” names no other machine"), self->text);
  if (name != NULL && !grove_address_name_is_valid (name))
    return complain (error, _ ("“%s” cannot be a system’s name"), name);

  g_autoptr (GPtrArray) argv = g_ptr_array_new_with_free_func (g_free);
  if (!add_program (argv, "GROVE_SSH", "ssh", error))
    return FALSE;
  g_ptr_array_add (argv, g_strdup ("-T"));
  g_ptr_array_add (argv, g_strndup (rest, (gsize) (host - rest) + host_length));
  g_ptr_array_add (argv, g_strdup ("grove"));
  g_ptr_array_add (argv, g_strdup ("dial-stdio"));
  if (name != NULL)
    g_ptr_array_add (argv, g_strdup (name));
  g_ptr_array_add (argv, NULL);
  self->argv = (char **) g_ptr_array_free (g_steal_pointer (&argv), FALSE);
  self->name = name != NULL ? g_strdup (name) : g_strndup (host, host_length);
  return TRUE;
}

gboolean
_grove_address_add_bridge (GPtrArray *argv, GError **error)
{
  return add_program (argv, "GROVE_BEAM", "grove-beam", error);
}

/* One of those after the question mark, as an option of the program. */
static gboolean
add_option (GPtrArray *argv, const char *option)
{
  static const struct
  {
    const char *name;
    const char *option;
    gboolean    has_value;
  } known[] = {
    { "port", "--port", TRUE },   { "tls", "--tls", FALSE },
    { "ca", "--tls-ca", TRUE },   { "cert", "--tls-cert", TRUE },
    { "key", "--tls-key", TRUE }, { "cookie-file", "--cookie-file", TRUE },
  };
  g_auto (GStrv) parts = g_strsplit (option, "=", 2);
  for (gsize i = 0; i < G_N_ELEMENTS (known) && parts[0] != NULL; i++)
    if (g_str_equal (parts[0], known[i].name) && known[i].has_value == (parts[1] != NULL))
      {
        g_autofree char *value = g_uri_unescape_string (parts[1] != NULL ? parts[1] : "", NULL);
        if (value == NULL || (known[i].has_value && value[0] == '\0'))
          return FALSE;
        g_ptr_array_add (argv, known[i].has_value ? g_strconcat (known[i].option, "=", value, NULL)
                                                  : g_strdup (known[i].option));
        return TRUE;
      }
  return FALSE;
}

/* What `iex --sname foo` calls itself here, of "foo"; takes @node. */
static char *
name_node (char *node)
{
  if (strchr (node, '@') != NULL)
    return node;
  g_autofree char *alive = node;
  g_autofree char *here = g_strdup (g_get_host_name ());
  here[strcspn (here, ".")] = '\0';
  return g_strconcat (alive, "@", here, NULL);
}

/* An Erlang or Elixir node, through the program that joins it. */
static gboolean
parse_beam (GroveAddress *self, const char *rest, GError **error)
{
  const char      *mark = strchr (rest, '?');
  g_autofree char *node =
    name_node (mark != NULL ? g_strndup (rest, (gsize) (mark - rest)) : g_strdup (rest));
  const char *at = strchr (node, '@');
  if (at == NULL || !is_user (node, (gsize) (at - node)) || !is_host (at + 1, strlen (at + 1)))
    return complain (error, _ ("“%s” names no Erlang node"), self->text);

  g_autoptr (GPtrArray) argv = g_ptr_array_new_with_free_func (g_free);
  if (!_grove_address_add_bridge (argv, error))
    return FALSE;
  g_auto (GStrv) options = g_strsplit (mark != NULL ? mark + 1 : "", "&", -1);
  for (char **option = options; *option != NULL; option++)
    if (!add_option (argv, *option))
      return complain (error, _ ("“%s” is nothing one can say of the way to a node"), *option);
  g_ptr_array_add (argv, g_strdup (node));
  g_ptr_array_add (argv, NULL);
  self->argv = (char **) g_ptr_array_free (g_steal_pointer (&argv), FALSE);
  self->name = g_strdup (node);
  self->node = g_steal_pointer (&node);
  return TRUE;
}

static gboolean
parse_exec (GroveAddress *self, const char *rest, GError **error)
{
  g_autoptr (GError) problem = NULL;
  if (!g_shell_parse_argv (rest, NULL, &self->argv, &problem))
    return complain (error, _ ("“%s” is no command: %s"), self->text, problem->message);
  self->name = g_path_get_basename (self->argv[0]);
  return TRUE;
}

/* @text: a file's name need not be what is text to us. */
static gboolean
parse_path (GroveAddress *self, const char *text)
{
  self->path = g_strdup (text);
  self->name = g_path_get_basename (self->text);
  if (g_str_has_suffix (self->name, ".sock") && strlen (self->name) > strlen (".sock"))
    self->name[strlen (self->name) - strlen (".sock")] = '\0';
  return TRUE;
}

static gboolean
parse_name (GroveAddress *self, GError **error)
{
  g_autofree char *directory = grove_address_get_directory ();
  if (!grove_address_name_is_valid (self->text))
    return complain (error, _ ("“%s” cannot be a system’s name"), self->text);
  self->path = g_strdup_printf ("%s/%s.sock", directory, self->text);
  self->name = g_strdup (self->text);
  return TRUE;
}

GroveAddress *
grove_address_parse (const char *text, GError **error)
{
  g_return_val_if_fail (text != NULL, NULL);
  g_autoptr (GroveAddress) self = g_new0 (GroveAddress, 1);
  gboolean good;
  if (strlen (text) > ADDRESS_MAX)
    {
      complain (error, _ ("The address is longer than %d bytes"), ADDRESS_MAX);
      return NULL;
    }
  self->text = g_utf8_make_valid (text, -1);
  if (g_str_has_prefix (text, "ssh:"))
    good = parse_ssh (self, text + strlen ("ssh:"), error);
  else if (g_str_has_prefix (text, "beam:"))
    good = parse_beam (self, text + strlen ("beam:"), error);
  else if (g_str_has_prefix (text, "exec:"))
    good = parse_exec (self, text + strlen ("exec:"), error);
  else if (strchr (text, '/') != NULL)
    good = parse_path (self, text);
  else
    good = parse_name (self, error);
  return good ? g_steal_pointer (&self) : NULL;
}

/* Through a bridge of its own; NULL when @node is no node's name. */
static char *
dup_on_its_own (const char *target, const char *node)
{
  const char *mark =
    target != NULL && g_str_has_prefix (target, "beam:") ? strchr (target, '?') : NULL;
  g_autoptr (GString) sibling = g_string_new ("beam:");
  g_auto (GStrv) words = g_strsplit (mark != NULL ? mark + 1 : "", "&", -1);
  char mark_or_and = '?';
  g_string_append (sibling, node);
  for (char **word = words; *word != NULL; word++)
    if (!g_str_has_prefix (*word, "port="))
      {
        g_string_append_printf (sibling, "%c%s", mark_or_and, *word);
        mark_or_and = '&';
      }
  g_autoptr (GroveAddress) address = grove_address_parse (sibling->str, NULL);
  return address != NULL && g_strcmp0 (address->node, node) == 0 ? g_strdup (sibling->str) : NULL;
}

/* Where those of a cluster are that are served together: beside the socket at @path. Transfer full;
 * NULL: it is not one of them. */
static char *
dup_served (const char *path, const char *node)
{
  char name[GROVE_PLACE_NAME_SIZE];
  g_auto (GroveSocketNote) note = { NULL };
  grove_place_name (node, name);
  g_autofree char *directory = g_path_get_dirname (path);
  g_autofree char *file = g_strconcat (name, ".sock", NULL);
  g_autofree char *served = g_build_filename (directory, file, NULL);
  _grove_socket_note_read (served, &note);
  return note.cluster != NULL ? g_steal_pointer (&served) : NULL;
}

/* Likewise on another machine, where one cannot look: ssh:[user@]host/NAME. */
static char *
dup_remote (const char *target, const char *node)
{
  const char *slash = strchr (target, '/');
  char        name[GROVE_PLACE_NAME_SIZE];
  grove_place_name (node, name);
  return g_strdup_printf ("%.*s/%s", (int) (slash != NULL ? slash - target : (int) strlen (target)),
                          target, name);
}

char *
grove_address_dup_sibling (const char *target, const char *node)
{
  g_return_val_if_fail (node != NULL, NULL);
  g_autoptr (GroveAddress) beside = target != NULL ? grove_address_parse (target, NULL) : NULL;
  g_autofree char *apart = dup_on_its_own (target, node);
  char            *served = NULL;
  if (apart == NULL || beside == NULL)
    return g_steal_pointer (&apart);
  if (beside->path != NULL)
    served = dup_served (beside->path, node);
  else if (g_str_has_prefix (target, "ssh:"))
    served = dup_remote (target, node);
  return served != NULL ? served : g_steal_pointer (&apart);
}
