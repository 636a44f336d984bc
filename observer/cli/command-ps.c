/* SPDX-License-Identifier: MIT
 *
 * grove ps: processes, those that a query matches.
 */
#include "observer/cli/cli.h"

const char cli_ps_more[] =
  "QUERY: words that all must hold: messages>100 app:shop state:waiting name~conn memory>1M.\n"
  "A bare word is a part of the name or of what it was started with; \"not\" or \"!\" turns a "
  "word\n"
  "round, \"or\" parts groups. grove(1) has all of it.";

const GOptionEntry cli_ps_entries[] = { CLI_LISTING_ENTRIES, { NULL } };

int
cli_run_ps (Cli *cli, int argc, char **argv)
{
  static const CliListing listing = {
    .table = "processes",
    .columns = "pid,name,status,messages,memory,reductions,app,initial,current",
    .sort = "pid:asc",
  };
  return cli_run_listing (cli, &listing, argv, argc);
}
