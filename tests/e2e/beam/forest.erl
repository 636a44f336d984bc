%% SPDX-License-Identifier: MIT
%%
%% A supervision tree for tests of grove-beam: an application with a supervisor of two servers, which
%% restarts them, and one that starts as many leaves as it is asked for.
-module(forest).
-behaviour(application).
-export([main/0, start/2, stop/1, init/1, start_server/1, start_leaf/0, grow/1]).
-export([handle_call/3, handle_cast/2, handle_info/2]).

main() ->
    ok = application:load({application, forest, [{mod, {forest, []}}, {vsn, "1.0"}, {registered, []}, {applications, [kernel, stdlib]}]}),
    ok = application:load({application, glade, [{vsn, "2.0"}, {registered, []}, {applications, [kernel, stdlib, forest]}]}),
    ok = application:start(forest),
    io:format("ready~n").

start(_, _) -> supervisor:start_link({local, forest_sup}, ?MODULE, forest).
stop(_) -> ok.

grow(0) -> ok;
grow(N) -> {ok, _} = supervisor:start_child(leaf_sup, []), grow(N - 1).

start_server(Name) -> gen_server:start_link({local, Name}, ?MODULE, server, []).
start_leaf() -> {ok, proc_lib:spawn_link(fun leaf/0)}.
leaf() -> receive fall -> exit(wind); _ -> leaf() end.

init(forest) ->
    Below = fun(Name) -> #{id => Name, type => supervisor, start => {supervisor, start_link, [{local, Name}, ?MODULE, Name]}} end,
    {ok, {#{}, [Below(tree_sup), Below(leaf_sup)]}};
init(tree_sup) ->
    Server = fun(Name) -> #{id => Name, start => {?MODULE, start_server, [Name]}} end,
    {ok, {#{strategy => one_for_one, intensity => 1000, period => 3600}, [Server(oak), Server(elm)]}};
init(leaf_sup) ->
    {ok, {#{strategy => simple_one_for_one, intensity => 1000, period => 3600}, [#{id => leaf, start => {?MODULE, start_leaf, []}}]}};
init(server) -> {ok, 0}.

handle_call(_, _, State) -> {reply, ok, State}.
handle_cast(_, State) -> {noreply, State}.
%% Whoever is asked to wait leaves what comes then in its mailbox.
handle_info(wait, State) -> receive go_on -> ok end, {noreply, State};
handle_info(_, State) -> {noreply, State}.
