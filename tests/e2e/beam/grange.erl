%% SPDX-License-Identifier: MIT
%%
%% Applications for tests of starting and stopping them: `barn` is permanent, `hay` needs it and is
%% started too, `cow` needs both and is only loaded; `rust` fails, `late` starts and `stuck` stops when it
%% is told to.
-module(grange).
-behaviour(application).
-export([main/0, start/2, stop/1, init/1, start_worker/1, go/1]).

main() ->
    [load(Name, Needs) || {Name, Needs} <- [{barn, []}, {hay, [barn]}, {cow, [hay]}, {rust, []}, {rider, [rust]}, {late, []}, {stuck, []}]],
    ok = application:start(barn, permanent),
    ok = application:start(hay),
    ok = application:start(stuck),
    io:format("ready~n").

load(Name, Needs) ->
    ok = application:load({application, Name, [{mod, {grange, Name}}, {vsn, "1.0"}, {registered, []}, {applications, [kernel, stdlib | Needs]}]}).

start(_, rust) -> {error, {no_soil, 7}};
start(_, Name) ->
    Name =:= late andalso await(late),
    {ok, Top} = supervisor:start_link(?MODULE, Name),
    {ok, Top, Name}.

stop(stuck) -> await(stuck);
stop(_) -> ok.

init(Name) -> {ok, {#{}, [#{id => N, start => {?MODULE, start_worker, [Name]}} || N <- [1, 2, 3]]}}.

start_worker(_) -> {ok, spawn_link(fun() -> receive never -> ok end end)}.

%% Until go/1 says so.
await(Name) ->
    register(Name, self()),
    receive go -> unregister(Name) end.

go(Name) -> Name ! go.
