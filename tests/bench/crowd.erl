%% SPDX-License-Identifier: MIT
%%
%% What bench-beam observes: very many processes that wait, a mailbox that nobody reads, and a load that
%% counts what it does; and, on a node of its own, how OTP's observer gets its list of processes.
-module(crowd).
-export([main/0, fill/1, empty/0, wait/0, full/1, load/1, turn/1, turns/0, calm/0, procs_info/1]).

main() ->
    register(crowd, self()),
    ets:new(crowd, [named_table, public]),
    io:format("ready~n"),
    receive never -> ok end.

%% Called from outside: what was spawned stays.
fill(0) -> ok;
fill(N) -> spawn_opt(?MODULE, wait, [], [{min_heap_size, 34}]), fill(N - 1).

wait() -> receive leave -> ok; _ -> wait() end.

empty() -> [exit(P, kill) || P <- processes(), process_info(P, initial_call) =:= {initial_call, {?MODULE, wait, 0}}], ok.

%% 100,000 of these are 48 MB.
full(N) ->
    Pid = spawn(fun() -> receive never -> ok end end),
    [Pid ! {order, I, lists:seq(1, 26), <<"a jumper, two sizes too small">>} || I <- lists:seq(1, N)],
    register(full, Pid),
    ok.

%% ---- A load on every scheduler -------------------------------------------------------------------

load(Pairs) ->
    Turns = counters:new(1, [write_concurrency]),
    persistent_term:put(crowd_turns, Turns),
    [spawn(?MODULE, turn, [Turns]) || _ <- lists:seq(1, Pairs)],
    ok.

%% A pair that talks: scheduling, messages, and garbage.
turn(Turns) ->
    register_load(),
    Other = spawn_link(fun() -> answer() end),
    talk(Other, Turns).

register_load() -> ets:insert(crowd, {self()}).

talk(Other, Turns) ->
    Other ! {self(), lists:seq(1, 20)},
    receive {Other, _} -> ok end,
    counters:add(Turns, 1, 1),
    talk(Other, Turns).

answer() ->
    receive {From, List} -> From ! {self(), lists:sum(List)} end,
    answer().

turns() -> counters:get(persistent_term:get(crowd_turns), 1).

calm() ->
    [exit(P, kill) || {P} <- ets:tab2list(crowd)],
    ets:delete_all_objects(crowd),
    ok.

%% ---- OTP's observer ------------------------------------------------------------------------------

%% Milliseconds until its front end, on this node, has all of them; it sorts them then.
procs_info(Node) ->
    Began = erlang:monotonic_time(microsecond),
    {Pid, Monitor} = spawn_monitor(Node, observer_backend, procs_info, [self()]),
    Count = collect(Pid, Monitor, 0),
    {(erlang:monotonic_time(microsecond) - Began) / 1000, Count}.

collect(Pid, Monitor, Count) ->
    receive
        {procs_info, Pid, Infos} -> collect(Pid, Monitor, Count + length(Infos));
        {'DOWN', Monitor, process, Pid, _} -> Count
    end.
