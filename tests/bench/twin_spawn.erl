%% SPDX-License-Identifier: MIT
%%
%% Being born, parked and dying by the million: the twin of bench-spawn.c.
-module(twin_spawn).
-export([spawn_exit/0, parked_million/0, kill_million/0]).
-import(beam_twin, [print/3, now_ns/0, repeat/2]).

-define(N_SPAWNS, 1000000).

%% A million processes are spawned, each sends its parent an atom and ends.
spawn_exit() ->
    Self = self(),
    Started = now_ns(),
    %% A list of the pids, for with a heap that stays small the BEAM collects garbage so often, each
    %% time over all of the mailbox, that it never ends.
    [spawn(fun() -> Self ! x end) || _ <- lists:seq(1, ?N_SPAWNS)],
    repeat(?N_SPAWNS, fun() -> receive x -> ok end end),
    print("spawn-exit", (now_ns() - Started) / ?N_SPAWNS, "ns").

%% A million that each send an atom and wait for a message. The bytes are all that the whole BEAM has
%% resident when they wait.
parked_million() ->
    Self = self(),
    Started = now_ns(),
    Pids = [spawn(fun() -> Self ! parked, receive stop -> ok end end)
            || _ <- lists:seq(1, ?N_SPAWNS)],
    repeat(?N_SPAWNS, fun() -> receive parked -> ok end end),
    print("parked-million", (now_ns() - Started) / 1.0e9, "s"),
    print("parked-million-bytes", resident_bytes() / ?N_SPAWNS, "bytes"),
    Pids.

%% A million that wait are killed, and all their ends are waited for.
kill_million() ->
    Self = self(),
    Pids = [spawn(fun() -> Self ! parked, receive stop -> ok end end)
            || _ <- lists:seq(1, ?N_SPAWNS)],
    repeat(?N_SPAWNS, fun() -> receive parked -> ok end end),
    Started = now_ns(),
    [exit(Pid, kill) || Pid <- Pids],
    [false = is_process_alive(Pid) || Pid <- Pids],
    print("kill-million", (now_ns() - Started) / 1.0e9, "s"),
    print("killed-million-bytes", resident_bytes() / ?N_SPAWNS, "bytes").

resident_bytes() ->
    {ok, Text} = file:read_file("/proc/self/statm"),
    [_, Pages | _] = string:lexemes(Text, " "),
    binary_to_integer(Pages) * 4096.
