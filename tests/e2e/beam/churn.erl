%% SPDX-License-Identifier: MIT
%%
%% A node that never rests: in each second ten thousand processes come and go, fifty crash below a
%% supervisor and are restarted, a thousand lines are logged; besides there may be many that do nothing.
-module(churn).
-behaviour(supervisor).
-export([main/0, begin_all/1, end_all/0, did/0, init/1, start_child/1, fragile/1, leavings/0]).

-define(TICK_MS, 20).

main() ->
    %% What is logged is for whoever observes, not for a terminal.
    logger:remove_handler(default),
    io:put_chars("ready\n").

begin_all(Idle) ->
    [spawn(fun() -> receive never -> ok end end) || _ <- lists:seq(1, Idle)],
    Did = counters:new(4, [write_concurrency]),
    persistent_term:put(?MODULE, Did),
    {ok, Supervisor} = supervisor:start_link({local, churn_sup}, ?MODULE, []),
    unlink(Supervisor),
    register(churn_spawns, spawn(fun() -> every_tick(fun() -> [spawn(fun() -> counters:add(Did, 1, 1) end) || _ <- lists:seq(1, 200)] end) end)),
    register(churn_crashes, spawn(fun() -> every_tick(fun() -> crash_one(rand:uniform(10)), counters:add(Did, 2, 1) end) end)),
    register(churn_lines, spawn(fun() -> every_tick(fun() -> [begin logger:warning("line ~b of many", [I]), counters:add(Did, 3, 1) end || I <- lists:seq(1, 20)] end) end)),
    %% What the node itself gets done.
    register(churn_work, spawn(fun() -> work(Did) end)),
    ok.

end_all() ->
    [exit(whereis(Name), kill) || Name <- [churn_spawns, churn_crashes, churn_lines, churn_work, churn_sup], is_pid(whereis(Name))],
    ok.

did() -> [counters:get(persistent_term:get(?MODULE), I) || I <- [1, 2, 3, 4]].

%% Processes, tables, handlers and memory of whoever observes.
leavings() ->
    Ours = [P || P <- processes(), {_, {M, _, _}} <- [process_info(P, initial_call)], lists:prefix("grove", atom_to_list(M))],
    {lists:sum([M || P <- Ours, {_, M} <- [process_info(P, memory)]]), length(ets:all()), length(erlang:ports())}.

every_tick(Do) ->
    Do(),
    receive after ?TICK_MS -> every_tick(Do) end.

work(Did) ->
    lists:sum(lists:seq(1, 1000)),
    counters:add(Did, 4, 1),
    work(Did).

crash_one(N) ->
    case whereis(list_to_atom("fragile_" ++ integer_to_list(N))) of
        Pid when is_pid(Pid) -> Pid ! fall;
        undefined -> ok
    end.

init([]) ->
    {ok, {#{intensity => 1000000, period => 1},
          [#{id => N, start => {?MODULE, start_child, [N]}} || N <- lists:seq(1, 10)]}}.

start_child(N) -> {ok, proc_lib:spawn_link(?MODULE, fragile, [N])}.

fragile(N) ->
    register(list_to_atom("fragile_" ++ integer_to_list(N)), self()),
    receive fall -> error({fell, N, lists:seq(1, 50)}) end.
