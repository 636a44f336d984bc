%% SPDX-License-Identifier: MIT
%%
%% Scenarios of servers: links and what they carry, counters, a server that a message ends.
-module(servers).
-behaviour(gen_server).
-export([link/0, counter/0, callers/1, counters/1, poison/0]).
-export([start_link/2, init/1, handle_call/3, handle_cast/2, handle_info/2]).

%% ---- Links ----

link() ->
    register(first, spawn(fun() -> register(second, spawn_link(fun idle/0)), idle() end)),
    register(third, spawn(fun() -> register(trapper, spawn_link(fun trap/0)), idle() end)).

idle() -> receive crash -> error(told_to) end.

trap() ->
    process_flag(trap_exit, true),
    receive {'EXIT', _, Reason} -> io:format("the trapper got ~0p~n", [Reason]) end,
    receive never -> ok end.

%% ---- Counters ----

counter() ->
    {ok, Counter} = gen_server:start({local, counter}, ?MODULE, {counter, 10}, []),
    gen_server:cast(Counter, increment),
    gen_server:cast(Counter, increment),
    io:format("the counter says ~b~n", [gen_server:call(Counter, value)]).

callers(Count) ->
    Callers = [spawn_monitor(fun() -> gen_server:call(counter, increment, infinity) end) || _ <- lists:seq(1, Count)],
    [receive {'DOWN', Monitor, process, Pid, normal} -> ok end || {Pid, Monitor} <- Callers],
    io:format("all ~b have called~n", [Count]).

counters(Count) ->
    Started = [begin
                   {ok, Pid} = gen_server:start(?MODULE, {counter, 0}, []),
                   [gen_server:cast(Pid, increment) || _ <- lists:seq(1, N rem 7)],
                   {N rem 7, Pid}
               end || N <- lists:seq(1, Count)],
    Exact = [Pid || {Value, Pid} <- Started, gen_server:call(Pid, value) =:= Value],
    {_, Last} = lists:last(Started),
    register(last_counter, Last),
    io:format("~b of ~b counters are exact~n", [length(Exact), Count]).

%% ---- Poison ----

poison() ->
    {ok, _} = supervisor:start_link({local, taster_sup}, ?MODULE, supervisor),
    receive never -> ok end.

start_link(Name, What) -> gen_server:start_link({local, Name}, ?MODULE, What, []).

init(supervisor) ->
    {ok, {#{strategy => one_for_one, intensity => 5, period => 60},
          [#{id => taster, start => {?MODULE, start_link, [taster, {taster, []}]}},
           #{id => waiter, start => {?MODULE, start_link, [waiter, {taster, []}]}}]}};
init({_, Value}) -> {ok, Value}.

handle_call(increment, _, N) -> {reply, N + 1, N + 1};
handle_call(value, _, N) -> {reply, N, N};
handle_call(Food, _, Eaten) -> {reply, ok, [digest(Food) | Eaten]}.

handle_cast(increment, N) -> {noreply, N + 1}.

handle_info({eat, Food}, Eaten) -> {noreply, [digest(Food) | Eaten]}.

digest(Food) when is_atom(Food), Food =/= poison -> Food.
