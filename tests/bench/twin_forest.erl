%% SPDX-License-Identifier: MIT
%%
%% A node with a supervision tree of a hundred thousand, and OTP's observer on it from a node of its own:
%% the twin of bench-beam-tree.c. The observer is used as it is; that it looks at the other node, and at
%% its applications, is chosen through wx as a click does.
-module(twin_forest).
-export([main/0, observe/1]).
-export([start/2, stop/1, init/1, start_worker/0]).

-define(N_SUPERVISORS, 100).
-define(N_WORKERS, 1000).
-define(APPLICATIONS_TAB, 3).
-define(NOTEBOOK_ID, 3).
-define(FIRST_NODE_ITEM, 1000).
-define(SETTLE_MS, 3000).
-define(PATIENCE_MS, 120000).

%% ---- The tree -------------------------------------------------------------------------------

main() ->
    %% The first by its name: OTP's observer shows that one.
    ok = application:load({application, aaa_forest, [{mod, {twin_forest, []}}, {vsn, "1"}, {registered, []}, {applications, []}]}),
    ok = application:start(aaa_forest),
    io:format("ready~n").

start(_, _) -> supervisor:start_link(?MODULE, top).
stop(_) -> ok.

init(top) ->
    {ok, {#{}, [#{id => I, type => supervisor, start => {supervisor, start_link, [?MODULE, pool]}} || I <- lists:seq(1, ?N_SUPERVISORS)]}};
init(pool) -> {ok, {#{}, [#{id => I, start => {?MODULE, start_worker, []}} || I <- lists:seq(1, ?N_WORKERS)]}}.

start_worker() -> {ok, spawn_link(fun parks/0)}.
parks() -> receive _ -> parks() end.

%% ---- OTP's observer -------------------------------------------------------------------------

%% Says `painted` when the tree is on the screen, and goes on to look at it until it is ended.
observe([Text]) ->
    Node = list_to_atom(Text),
    case code:ensure_loaded(wx) of
        {module, wx} -> observe_with_wx(Node);
        _ -> io:format("no wx~n"), halt()
    end.

observe_with_wx(Node) ->
    true = net_kernel:connect_node(Node),
    ok = observer:start(),
    {dictionary, Dictionary} = process_info(whereis(observer), dictionary),
    {wx_env, Env} = lists:keyfind(wx_env, 1, Dictionary),
    wx:set_env(Env),
    receive after ?SETTLE_MS -> ok end,
    [_, State | _] = sys:get_state(observer),
    [Nodes] = [List || List <- tuple_to_list(State), is_list(List), lists:member(Node, List)],
    Item = ?FIRST_NODE_ITEM + 1 + length(lists:takewhile(fun(N) -> N =/= Node end, Nodes)),
    observer ! {wx, Item, [], [], {wxCommand, command_menu_selected, [], 0, 0}},
    receive after ?SETTLE_MS -> ok end,
    %% Only frames that have a tree to paint count: the app is the eighth place of the state.
    {module, _} = code:ensure_loaded(observer_app_wx),
    erlang:trace(all, true, [call, monotonic_timestamp]),
    1 = erlang:trace_pattern({observer_app_wx, handle_sync_event, 3},
                             [{['_', '_', '$1'], [{'=/=', {element, 8, '$1'}, undefined}], [{return_trace}]}], [local]),
    Began = erlang:monotonic_time(nanosecond),
    Window = wxWindow:findWindowById(?NOTEBOOK_ID),
    wxNotebook:setSelection(wx:typeCast(Window, wxNotebook), ?APPLICATIONS_TAB),
    receive
        {trace_ts, _, return_from, _, _, At} -> io:format("painted ~.3f~n", [(At - Began) / 1000000])
    after ?PATIENCE_MS -> io:format("painted late~n")
    end,
    erlang:trace(all, false, [all]),
    receive after infinity -> ok end.
