/* SPDX-License-Identifier: MIT
 *
 * Standard output and standard error: colours where they are wanted, the terminal's own character
 * set, JSON that carries no control characters either.
 */
#include "observer/cli/cli.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

static const char *const escapes[] = {
  [CLI_PLAIN] = "",         [CLI_BOLD] = "\033[1m",    [CLI_DIM] = "\033[2m",
  [CLI_GOOD] = "\033[32m",  [CLI_BUSY] = "\033[36m",   [CLI_WARN] = "\033[33m",
  [CLI_BAD] = "\033[1;31m", [CLI_NAME] = "\033[1;34m",
};

static gboolean
terminal_can_draw (void)
{
  const char *term = getenv ("TERM");
  return isatty (STDOUT_FILENO) && term != NULL && term[0] != '\0' && strcmp (term, "dumb") != 0;
}

/* A number of an environment variable, 0 if it is none. */
static int
number_of (const char *variable)
{
  const char *text = getenv (variable);
  guint64     n;
  if (text == NULL || !g_ascii_string_to_unsigned (text, 10, 1, 10000, &n, NULL))
    return 0;
  return (int) n;
}

void
cli_measure (Cli *cli)
{
  struct winsize size = { 0 };
  cli->width = cli->height = 0;
  if (!isatty (STDOUT_FILENO))
    return;
  if (ioctl (STDOUT_FILENO, TIOCGWINSZ, &size) != 0 || size.ws_col == 0)
    {
      size.ws_col = (unsigned short) number_of ("COLUMNS");
      size.ws_row = (unsigned short) number_of ("LINES");
    }
  cli->width = size.ws_col > 0 ? size.ws_col : 80;
  cli->height = size.ws_row > 0 ? size.ws_row : 24;
}

void
cli_print_init (Cli *cli, const char *color_when)
{
  const char *no_color = getenv ("NO_COLOR");
  cli_measure (cli);
  if (g_strcmp0 (color_when, "always") == 0)
    cli->colored = TRUE;
  else if (g_strcmp0 (color_when, "never") == 0)
    cli->colored = FALSE;
  else
    cli->colored = terminal_can_draw () && (no_color == NULL || no_color[0] == '\0');
}

/* What the character set of the language lacks is written with what it has. */
static char *
in_locale (const char *text)
{
  const char *charset;
  if (g_get_charset (&charset))
    return NULL;
  char *converted = g_convert_with_fallback (text, -1, charset, "UTF-8", "?", NULL, NULL, NULL);
  if (strcmp (charset, "ANSI_X3.4-1968") == 0 || strcmp (charset, "US-ASCII") == 0)
    {
      g_free (converted);
      converted = g_str_to_ascii (text, "C");
    }
  return converted;
}

char *
cli_to_locale (const char *text)
{
  char *converted = in_locale (text);
  return converted != NULL ? converted : g_strdup (text);
}

static void
put_to (FILE *file, const char *text)
{
  g_autofree char *converted = in_locale (text);
  fputs (converted != NULL ? converted : text, file);
}

void
cli_put (Cli *cli, const char *text)
{
  put_to (stdout, text);
}

void
cli_printf (Cli *cli, const char *format, ...)
{
  va_list arguments;
  va_start (arguments, format);
  g_autofree char *text = g_strdup_vprintf (format, arguments);
  va_end (arguments);
  cli_put (cli, text);
}

void
cli_put_styled (Cli *cli, CliStyle style, const char *text)
{
  gboolean styled = cli->colored && style != CLI_PLAIN && text[0] != '\0';
  if (styled)
    fputs (escapes[style], stdout);
  cli_put (cli, text);
  if (styled)
    fputs ("\033[0m", stdout);
}

/* JSON writes C0 as \u00XX already; DEL and C1 may stand in its texts as they are, and a terminal
 * would act upon them. They occur nowhere else in JSON. */
void
cli_put_json (Cli *cli, struct json_object *object)
{
  const char *json = json_object_to_json_string_ext (object, JSON_C_TO_STRING_PLAIN |
                                                               JSON_C_TO_STRING_NOSLASHESCAPE);
  for (const char *p = json; *p != '\0'; p++)
    {
      guchar c = (guchar) *p;
      if (c == 0x7f)
        fputs ("\\u007f", stdout);
      else if (c == 0xc2 && (guchar) p[1] >= 0x80 && (guchar) p[1] < 0xa0)
        printf ("\\u%04x", (guchar) * ++p);
      else
        putchar (c);
    }
  putchar ('\n');
  fflush (stdout);
}

void
cli_begin_picture (Cli *cli)
{
  if (terminal_can_draw ())
    fputs ("\033[H\033[2J", stdout);
}

void
cli_put_error (const char *text)
{
  g_autofree char **lines = NULL;
  char             *copy = g_strdup (text);
  lines = g_strsplit (copy, "\n", -1);
  for (char **line = lines; *line != NULL; line++)
    {
      g_autofree char *clean = cli_clean (*line);
      put_to (stderr, line == lines ? "grove: " : "  ");
      put_to (stderr, clean);
      put_to (stderr, "\n");
      g_free (*line);
    }
  g_free (copy);
}

gboolean
cli_flush (void)
{
  if (fflush (stdout) == 0 && !ferror (stdout))
    return TRUE;
  g_autofree char *text =
    g_strdup_printf ("cannot write what was asked for: %s", g_strerror (errno));
  cli_put_error (text);
  return FALSE;
}
