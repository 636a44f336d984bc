%% SPDX-License-Identifier: MIT
%%
%% Scenarios of scheduling: many that want to run, loops whose priority a person changes, a million
%% processes, and an agent that does what it is told.
-module(scheduling).
-behaviour(gen_server).
-export([fairness/0, sum/2, answer/0, priority/1, million/1, wait/1, secret_agent/0, agent/0]).
-export([init/1, handle_call/3, handle_cast/2, handle_info/2]).

%% ---- One that never rests, and a hundred that answer ----

fairness() ->
    register(asker, self()),
    register(summer, spawn(?MODULE, sum, [0, 1])),
    ask([spawn_link(?MODULE, answer, []) || _ <- lists:seq(1, 100)]).

ask(Answerers) ->
    Took = [begin
                {Time, _} = timer:tc(fun() -> Pid ! {self(), ask}, receive {Pid, answer} -> ok end end),
                Time
            end || Pid <- Answerers],
    io:format("~b answered, the slowest after ~b us~n", [length(Took), lists:max(Took)]),
    receive again -> ask(Answerers) end.

sum(Sum, N) -> sum(Sum + N band 1023, N + 1).

answer() -> receive {From, ask} -> From ! {self(), answer}, answer() end.

%% ---- Loops that hear system messages between two turns ----

priority(Count) ->
    [{ok, _} = gen_server:start({local, list_to_atom("loop_" ++ integer_to_list(N))}, ?MODULE, loop, []) || N <- lists:seq(1, Count)],
    {Time, _} = timer:tc(fun() -> spawn_opt(fun() -> lists:sum(lists:seq(1, 1000)) end, [{priority, high}, link]) end),
    io:format("a task of high priority beside ~b loops took ~b us~n", [Count, Time]).

init(loop) -> {ok, turning, 0}.
handle_call(_, _, State) -> {reply, ok, State, 0}.
handle_cast(_, State) -> {noreply, State, 0}.
handle_info(_, State) ->
    lists:foreach(fun erlang:phash2/1, lists:seq(1, 200)),
    {noreply, State, 0}.

%% ---- Very many ----

million(Count) ->
    register(crowd, self()),
    Flag = atomics:new(1, []),
    {Time, _} = timer:tc(fun() -> spawn_many(Count, Flag) end),
    io:format("spawned ~b in ~b ms~n", [Count, Time div 1000]),
    receive leave -> atomics:put(Flag, 1, 1) end.

spawn_many(0, _) -> ok;
spawn_many(N, Flag) ->
    spawn_opt(?MODULE, wait, [Flag], [{min_heap_size, 12}]),
    spawn_many(N - 1, Flag).

%% Five seconds at a time, until all were seen.
wait(Flag) ->
    receive after 5000 -> ok end,
    case atomics:get(Flag, 1) of
        1 -> ok;
        0 -> wait(Flag)
    end.

%% ---- One that does what it is told ----

secret_agent() ->
    register(agent, self()),
    agent().

agent() ->
    receive
        {whisper, Text} ->
            io:format("the agent heard: ~ts~n", [Text]),
            agent();
        {set_priority, Level} ->
            process_flag(priority, Level),
            agent();
        terminate -> io:format("the agent is gone~n")
    end.
