%% SPDX-License-Identifier: MIT
%%
%% OTP's observer in its own window, on systems of the same sizes: the twin of bench-window.c. It is
%% used as it is, in the node that it observes, as most do. Its tabs are chosen through wx, as a
%% click on them does; when it painted is told by tracing its callbacks; how long its window stood
%% still, by asking that for its size all the while. What does not come within a minute is said not
%% to.
-module(twin_window).
-export([tree/0, table/0, messages/0, idle/0]).
-export([start/2, stop/1, init/1, start_worker/0]).
-import(beam_twin, [print/3, now_ns/0, repeat/2]).

-define(N_PROCESSES, 1000000).
-define(N_MESSAGES, 100000).
-define(N_SUPERVISORS, 100).
-define(N_CHILDREN, 1000).
-define(PATIENCE_MS, 60000).
-define(SETTLE_MS, 1500).
-define(N_REPAINTS, 5).
%% Places in the records that are its state, and the numbers of its tabs.
-define(APP_WINDOW, 5).
-define(APP_APP, 8).
-define(APP_TAB, 3).
-define(PROCESSES_TAB, 4).
-define(NOTEBOOK_ID, 3).

%% ---- The window -----------------------------------------------------------------------------

%% False: there is no wx, or no display.
with_observer(F) ->
    case code:ensure_loaded(wx) of
        {module, wx} ->
            ok = observer:start(),
            {dictionary, Dictionary} = process_info(whereis(observer), dictionary),
            {wx_env, Env} = lists:keyfind(wx_env, 1, Dictionary),
            wx:set_env(Env),
            receive after 2 * ?SETTLE_MS -> ok end,
            F(Env);
        _ ->
            io:format("# erlang-wx is not installed: nothing to compare with~n")
    end.

choose_tab(Tab) ->
    Window = wxWindow:findWindowById(?NOTEBOOK_ID),
    wxNotebook:setSelection(wx:typeCast(Window, wxNotebook), Tab).

%% Waits for a traced return of what is traced; the time of it.
await_return(Function) ->
    receive {trace_ts, _, return_from, {_, Function, _}, _, At} -> At
    after ?PATIENCE_MS -> timeout
    end.

ms(timeout, _) -> timeout;
ms(At, Started) -> (At - Started) / 1000000.

say(Name, timeout, _) -> io:format("# beam ~s: not within ~w s~n", [Name, ?PATIENCE_MS div 1000]);
say(Name, Value, Unit) -> print(Name, Value, Unit).

trace(Module, Function, Arity, Match) ->
    {module, Module} = code:ensure_loaded(Module),
    erlang:trace(all, true, [call, monotonic_timestamp]),
    1 = erlang:trace_pattern({Module, Function, Arity}, Match, [local]).

%% How long it stands still, at the longest, while @F runs.
watch_stalls(Env, F) ->
    Self = self(),
    Pid = spawn_link(fun() -> wx:set_env(Env), probe(Self, wxWindow:findWindowById(?NOTEBOOK_ID), 0)
                     end),
    Result = F(),
    Pid ! stop,
    receive {longest, Pid, Ns} -> {Result, Ns / 1000000} end.

probe(Parent, Window, Longest) ->
    Started = now_ns(),
    wxWindow:getSize(Window),
    Now = max(Longest, now_ns() - Started),
    receive stop -> Parent ! {longest, self(), Now}
    after 1 -> probe(Parent, Window, Now)
    end.

resident_mb() ->
    {ok, Text} = file:read_file("/proc/self/statm"),
    [_, Pages | _] = string:lexemes(Text, " "),
    binary_to_integer(Pages) * 4096 / 1000000.

%% ---- The tree -------------------------------------------------------------------------------

%% It shows the first application by name.
tree() ->
    ok = application:load({application, aaa_forest,
                           [{mod, {twin_window, []}}, {registered, []}, {applications, []}]}),
    ok = application:start(aaa_forest),
    with_observer(fun tree/1).

start(_, _) -> supervisor:start_link(?MODULE, top).
stop(_) -> ok.

init(top) ->
    {ok, {#{}, [#{id => I, type => supervisor,
                  start => {supervisor, start_link, [?MODULE, pool]}}
                || I <- lists:seq(1, ?N_SUPERVISORS)]}};
init(pool) ->
    {ok, {#{}, [#{id => I, start => {?MODULE, start_worker, []}}
                || I <- lists:seq(1, ?N_CHILDREN)]}}.

start_worker() -> {ok, spawn_link(fun parks/0)}.

parks() -> receive _ -> parks() end.

tree(Env) ->
    %% Only frames that have a tree to paint count, and only where it is painted is told.
    trace(observer_app_wx, handle_sync_event, 3,
          [{['_', '_', '$1'], [{'=/=', {element, ?APP_APP, '$1'}, undefined}],
            [{return_trace}, {message, {element, ?APP_WINDOW, '$1'}}]}]),
    Started = now_ns(),
    {First, Stall} = watch_stalls(Env, fun() -> choose_tab(?APP_TAB), await_return(handle_sync_event)
                                       end),
    say("tree-100k-first-paint-ms", ms(First, Started), "ms"),
    print("tree-100k-open-stall-ms", Stall, "ms"),
    Area = receive {trace_ts, _, call, _, Window, _} -> Window after 0 -> none end,
    Area =/= none andalso repaint(Env, Area),
    idle("tree-100k-idle-cpu", 10000).

repaint(Env, Area) ->
    receive after ?SETTLE_MS -> ok end,
    {Times, Stall} =
        watch_stalls(Env, fun() -> [begin flush(), time_repaint(Area, I) end
                                    || I <- lists:seq(1, ?N_REPAINTS)] end),
    case lists:sort([T || T <- Times, is_float(T)]) of
        [] -> say("tree-100k-frame-ms", timeout, "ms");
        Sorted -> print("tree-100k-frame-ms", lists:nth((length(Sorted) + 1) div 2, Sorted), "ms")
    end,
    print("tree-100k-pan-stall-ms", Stall, "ms").

%% As dragging its scroll bar does.
time_repaint(Area, I) ->
    wxScrolledWindow:scroll(Area, 0, I * 10),
    wxWindow:refresh(Area),
    receive {trace_ts, _, call, _, _, Began} -> ms(await_return(handle_sync_event), Began)
    after ?PATIENCE_MS -> timeout
    end.

flush() -> receive {trace_ts, _, _, _, _, _} -> flush() after 0 -> ok end.

%% ---- The table ------------------------------------------------------------------------------

table() ->
    repeat(?N_PROCESSES, fun() -> spawn(fun parks/0) end),
    with_observer(fun table/1).

table(Env) ->
    Before = resident_mb(),
    trace(observer_pro_wx, handle_info, 2,
          [{[{holder_updated, '_'}, '_'], [], [{return_trace}, {message, false}]}]),
    Started = now_ns(),
    {First, Stall} = watch_stalls(Env, fun() -> choose_tab(?PROCESSES_TAB), await_return(handle_info)
                                       end),
    say("table-million-open-ms", ms(First, Started), "ms"),
    print("table-million-stall-ms", Stall, "ms"),
    print("observer-rss-mb", resident_mb() - Before, "MB").

%% ---- Messages -------------------------------------------------------------------------------

messages() ->
    Pid = spawn(fun() -> receive never -> ok end end),
    [Pid ! {order, I, <<"a jumper, two sizes too small">>} || I <- lists:seq(1, ?N_MESSAGES)],
    with_observer(fun(Env) -> messages(Env, Pid) end).

messages(Env, Pid) ->
    Before = resident_mb(),
    trace(observer_procinfo, init, 1, [{'_', [], [{return_trace}, {message, false}]}]),
    choose_tab(?PROCESSES_TAB),
    receive after ?SETTLE_MS -> ok end,
    Started = now_ns(),
    %% What a double click on its row does.
    [Table | _] = [P || P <- processes(), is_process_table(P)],
    {Opened, Stall} =
        watch_stalls(Env, fun() -> Table ! {procinfo_open, Pid},
                                   case await_return(init) of
                                       timeout -> timeout;
                                       _ ->
                                           %% And until it is on the screen.
                                           wxWindow:getSize(wxWindow:findWindowById(?NOTEBOOK_ID)),
                                           now_ns()
                                   end
                          end),
    say("messages-100k-open-ms", ms(Opened, Started), "ms"),
    print("messages-100k-stall-ms", Stall, "ms"),
    print("messages-100k-rss-mb", resident_mb() - Before, "MB").

is_process_table(Pid) ->
    case process_info(Pid, dictionary) of
        {dictionary, Dictionary} ->
            lists:keyfind('$initial_call', 1, Dictionary) =:=
                {'$initial_call', {observer_pro_wx, init, 1}};
        undefined -> false
    end.

%% ---- Nothing to do --------------------------------------------------------------------------

idle() ->
    repeat(256, fun() -> spawn(fun parks/0) end),
    with_observer(fun(_) -> choose_tab(?PROCESSES_TAB), idle("idle-cpu-percent", 10000) end).

%% Of the node with its observer.
idle(Name, Ms) ->
    receive after 2 * ?SETTLE_MS -> ok end,
    {Before, _} = statistics(runtime),
    receive after Ms -> ok end,
    {After, _} = statistics(runtime),
    print(Name, 100 * (After - Before) / Ms, "%").
