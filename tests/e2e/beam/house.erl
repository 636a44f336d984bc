%% SPDX-License-Identifier: MIT
%%
%% A small system for tests of grove-beam: an application with a supervisor that allows three restarts
%% in five seconds, counters that are servers, a mailbox that nobody reads, and a plain process.
-module(house).
-behaviour(application).
-export([main/0, start/2, stop/1, init/1, handle_call/3, handle_cast/2, handle_info/2, start_counter/1]).

main() ->
    ok = application:load({application, house, [{mod, {house, []}}, {vsn, "1.0"}, {registered, []}, {applications, [kernel, stdlib]}]}),
    ok = application:start(house),
    register(plain, spawn(fun plain/0)),
    register(full, spawn(fun full/0)),
    [full ! {letter, N} || N <- lists:seq(1, 50)],
    io:format("ready~n").

start(_, _) -> supervisor:start_link({local, house_sup}, ?MODULE, supervisor).
stop(_) -> ok.

start_counter(Name) -> gen_server:start_link({local, Name}, ?MODULE, {counter, 41}, []).

init(supervisor) ->
    Counter = fun(Name) -> #{id => Name, start => {?MODULE, start_counter, [Name]}} end,
    {ok, {#{strategy => one_for_one, intensity => 3, period => 5}, [Counter(counter_1), Counter(counter_2)]}};
init({counter, N}) -> {ok, #{count => N}}.

handle_call(_, _, State) -> {reply, ok, State}.
handle_cast(_, State) -> {noreply, State}.
handle_info(_, State) -> {noreply, State}.

plain() -> receive {stop, now} -> ok; _ -> plain() end.
full() -> receive never -> ok end.
