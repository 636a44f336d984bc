%% SPDX-License-Identifier: MIT
%%
%% Looking at a million processes, and at a long mailbox: the twin of bench-observers.c. On the BEAM
%% each looks at everything: observer's back end collects the items of all processes and sends them
%% to the front end, which sorts; recon:proc_count/2 asks each for one item and keeps the first of
%% them, as it is written here.
-module(twin_observe).
-export([million/0, mailbox/0]).
-import(beam_twin, [print/3, now_ns/0, repeat/2]).

-define(N_PROCESSES, 1000000).
-define(N_MESSAGES, 100000).
-define(ROUNDS, 3).

million() ->
    Self = self(),
    repeat(?N_PROCESSES, fun() -> spawn(fun parks/0) end),
    print("top60-million-ms", best(fun() -> proc_count(memory, 60) end), "ms"),
    print("procs-info-million-ms",
          best(fun() ->
                   Pid = spawn(observer_backend, procs_info, [Self]),
                   collect(Pid, monitor(process, Pid))
               end), "ms").

parks() -> receive _ -> parks() end.

best(F) ->
    lists:min([begin
                   Started = now_ns(),
                   F(),
                   (now_ns() - Started) / 1000000
               end || _ <- lists:seq(1, ?ROUNDS)]).

collect(Pid, Monitor) ->
    receive
        {procs_info, Pid, _} -> collect(Pid, Monitor);
        {'DOWN', Monitor, process, Pid, _} -> ok
    end.

%% As recon:proc_count/2 does: the item of each process, the first N of them sorted.
proc_count(Item, N) ->
    Items = [{Pid, Value} || Pid <- processes() -- [self()],
                             {_, Value} <- [process_info(Pid, Item)]],
    lists:sublist(lists:usort(fun({K1, V1}, {K2, V2}) -> {V1, K1} >= {V2, K2} end, Items), N).

%% The messages of a process can only be had all at once.
mailbox() ->
    Pid = spawn(fun() -> receive never -> ok end end),
    [Pid ! {order, I, <<"a jumper, two sizes too small">>} || I <- lists:seq(1, ?N_MESSAGES)],
    print("messages-100k-first-page-ms",
          best(fun() ->
                   {messages, All} = process_info(Pid, messages),
                   lists:sublist(All, 100)
               end), "ms").
