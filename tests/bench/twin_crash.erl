%% SPDX-License-Identifier: MIT
%%
%% A storm of crashes: the twin of bench-crash.c. A fault in C has its nearest relative in an error.
-module(twin_crash).
-export([crash/0]).
-import(beam_twin, [print/3, now_ns/0, repeat/2]).

-define(N_CRASHES, 200000).

crash() ->
    %% What an error is reported to would be measured otherwise.
    logger:set_primary_config(level, none),
    storm("crash-exit", fun() -> exit(crashed) end),
    storm("crash-error", fun() -> error(badarith) end),
    storm("crash-fault", fun() -> error(badarith) end).

storm(Name, Crash) ->
    Started = now_ns(),
    repeat(?N_CRASHES, fun() ->
        {_, Monitor} = spawn_monitor(Crash),
        receive {'DOWN', Monitor, process, _, _} -> ok end
    end),
    print(Name, (now_ns() - Started) / ?N_CRASHES / 1000, "us").
