%% SPDX-License-Identifier: MIT
%%
%% The agent: what grove-beam loads into a node that is to be observed. One process manages; each
%% request has a worker of its own and a watchdog, so that nothing that is asked for can hold up the
%% rest. All that is turned on belongs to the manager: its end undoes it, and it ends when the bridge
%% goes, however that goes.
%%
%%   bridge -> manager  {req, Id, Method :: binary(), #{binary() => term()}}
%%                      {stop, Id}: nobody waits for the answer any more
%%   agent  -> bridge   {rep, Id, Result} | {err, Id, Code :: atom(), Text :: binary()}
%%                      {err, Id, elsewhere, {Node :: binary(), Pid :: binary()}}: it is one of that node
%%                      {beat, Nanoseconds} | {bye, Why :: atom()} | {happened, Kind :: atom(), What}
%%
%% Results are in the shapes of the protocol: maps become objects, lists arrays, binaries texts, atoms
%% texts but for true, false and null. {term, T, Size} stands for a term that the bridge prints,
%% {text, Binary, Size} for one that is too large to travel. Nothing typed by a person becomes an atom
%% that was not there. The module is named after its own hash (AGENT), so that a new version never has
%% to purge an old one.
-module(?AGENT).
-export([start/2, version/0, manager/2, log/2, hear/2, remove_handlers/1]).

-define(VERSION, 1).
%% The name of who takes the code away, while it does.
-define(LEAVES, grove_agents_leave).
-define(LEAVER_TRIES, 250).
%% What one worker may hold: more than any answer needs, less than a node minds.
-define(WORKER_WORDS, (256 * 1024 * 1024 div 8)).
-define(BEAT_MS, 2000).
%% How often it is tried to find every process able to answer, before the module is left where it is.
-define(UNLOAD_TRIES, 6).
%% Places in the counters of what observing costs.
-define(COST_NS, 1).
-define(COST_REDUCTIONS, 2).
%% And of atoms that were typed.
-define(NEW_ATOMS, 3).

-record(manager, {bridge, node, workers = #{}, suspended = #{}, rates, watching = false, watcher = none, stuck = #{}, recorder = none, costs}).

-include("rank.hrl").
-include("table.hrl").
-include("restarts.hrl").
-include("process.hrl").
-include("system.hrl").
-include("ets.hrl").
-include("supervisor.hrl").
-include("elixir.hrl").
-include("elixir-term.hrl").
-include("tree.hrl").
-include("child-table.hrl").
-include("tree-watch.hrl").
-include("act.hrl").
-include("application.hrl").
-include("crash.hrl").
-include("event.hrl").
-include("text.hrl").
-include("timer.hrl").

version() -> ?VERSION.

%% Called through the node's rpc server. Never linked to the bridge: a C node cannot answer links.
%% It has its name before anybody hears of it: another agent that leaves sees that this code is needed. One
%% that has looked before and takes the code away just now has the name ?LEAVES meanwhile; then the bridge
%% loads it once more.
start(Bridge, Options) when is_pid(Bridge), is_map(Options) ->
    Manager = spawn_opt(?MODULE, manager, [Bridge, Options], [{message_queue_data, off_heap}, {priority, high}]),
    try
        true = register_as(1, Manager),
        await_leaver(?LEAVER_TRIES),
        true = erlang:module_loaded(?MODULE),
        Manager
    catch
        Class:Error -> exit(Manager, kill), erlang:Class(Error)
    end.

await_leaver(0) -> ok;
await_leaver(Tries) ->
    case whereis(?LEAVES) of
        undefined -> ok;
        _ -> timer:sleep(20), await_leaver(Tries - 1)
    end.

manager(Bridge, _Options) ->
    Node = node(Bridge),
    true = erlang:monitor_node(Node, true),
    %% Away from the rpc server's group, so that it belongs to no application.
    group_leader(whereis(init), self()),
    erlang:send_after(?BEAT_MS, self(), beat),
    share_restarts(new_restarts_table()),
    manage(#manager{bridge = Bridge, node = Node, rates = new_rates(), costs = new_costs()}).

hello() ->
    #{version => ?VERSION,
      node => text(node()),
      otp => list_to_binary(erlang:system_info(otp_release)),
      erts => list_to_binary(erlang:system_info(version)),
      elixir => elixir_version(),
      pid => pid(self()),
      schedulers => erlang:system_info(schedulers_online),
      word_size => erlang:system_info(wordsize),
      os_pid => list_to_integer(os:getpid()),
      creation => erlang:system_info(creation),
      started => erlang:system_info(start_time),
      now => now_ns(),
      ticktime => tick_time()}.

elixir_version() ->
    case code:is_loaded('Elixir.System') of
        false -> null;
        _ -> try 'Elixir.System':version() catch _:_ -> null end
    end.

tick_time() ->
    case catch net_kernel:get_net_ticktime() of
        Seconds when is_integer(Seconds) -> Seconds;
        {_, Seconds} when is_integer(Seconds) -> Seconds;
        _ -> 60
    end.

%% Since the node was started; never negative.
now_ns() ->
    erlang:convert_time_unit(erlang:monotonic_time() - erlang:system_info(start_time), native, nanosecond).

%% By name they can be seen, and the last of several observers knows that it is the last. As many as there
%% are names for bridges.
names() ->
    [grove_agent1, grove_agent2, grove_agent3, grove_agent4, grove_agent5, grove_agent6, grove_agent7, grove_agent8, grove_agent9].
register_as(N, Manager) ->
    try register(lists:nth(N, names()), Manager)
    catch error:_ when N < 9 -> register_as(N + 1, Manager)
    end.

%% Whether another agent runs this code; agents of other versions have modules of their own.
others() ->
    lists:any(fun(Name) ->
                  case whereis(Name) of
                      Pid when is_pid(Pid), Pid =/= self() -> process_info(Pid, initial_call) =:= {initial_call, {?MODULE, manager, 2}};
                      _ -> false
                  end
              end, names()).

%% noconnect: never call back a bridge that went. nosuspend: never wait for one that does not read.
tell(Bridge, Message) -> erlang:send(Bridge, Message, [noconnect, nosuspend]).

manage(S = #manager{bridge = Bridge}) ->
    receive
        {req, Id, Method, Params} when is_binary(Method), is_map(Params) -> manage(request(Id, Method, Params, S));
        {stop, Id} -> manage(stop_worker(Id, S));
        beat ->
            tell(Bridge, {beat, now_ns()}),
            erlang:send_after(?BEAT_MS, self(), beat),
            manage(without_wall_time(look_after_watcher(S)));
        {'DOWN', Monitor, process, _, _} when Monitor =:= element(2, S#manager.watcher) -> manage(watcher_ended(element(3, S#manager.watcher), S));
        {'DOWN', Monitor, process, _, _} when Monitor =:= element(2, S#manager.recorder) ->
            erlang:send_after(1000, self(), record),
            manage(S#manager{recorder = none});
        record -> manage(recording(S));
        {'DOWN', Monitor, process, _, Why} -> manage(worker_ended(Monitor, Why, S));
        {too_long, Monitor} -> manage(worker_too_long(Monitor, S));
        {nodedown, Node} when Node =:= S#manager.node -> leave(nodedown, S);
        {Up, _} when Up =:= nodeup; Up =:= nodedown -> tell_peers(S), manage(S);
        detach -> leave(detach, S);
        _ -> manage(S)
    end.

%% ---- Leaving ------------------------------------------------------------------------------------

leave(Why, S = #manager{bridge = Bridge, workers = Workers, suspended = Suspended}) ->
    [exit(Pid, kill) || {_, Pid, _} <- maps:values(Workers)],
    S#manager.watcher =:= none orelse exit(element(1, S#manager.watcher), kill),
    [catch erlang:resume_process(Pid) || Pid <- maps:keys(Suspended)],
    case process_info(self(), registered_name) of
        {registered_name, Name} ->
            S#manager.recorder =:= none orelse stop_recorder(S#manager.recorder, Name),
            unregister(Name);
        [] -> ok
    end,
    case others() of
        true -> ok;
        false -> catch unload()
    end,
    Why =:= nodedown orelse tell(Bridge, {bye, Why}),
    ok.

%% Purging makes the code server wait for every process, and one in native code would hang it and with
%% it every load of code. So all are asked first, against the clock, which on a node that is busy wants
%% patience; in doubt the module stays.
unload() -> unload(?UNLOAD_TRIES).

unload(0) -> false;
unload(Tries) ->
    Count = erlang:system_info(process_count),
    Asks = fun() -> lists:foreach(fun(Pid) -> process_info(Pid, current_function) end, processes()) end,
    {Pid, Monitor} = spawn_opt(Asks, [monitor]),
    receive
        {'DOWN', Monitor, process, Pid, normal} -> purge();
        {'DOWN', Monitor, process, Pid, _} -> false
    after 5000 + Count div 100 -> exit(Pid, kill), others() orelse unload(Tries - 1)
    end.

%% Never one that kills: who logs just now may be in our handler still. Whoever tries again must not be
%% in this module himself. There may be two of it, if two bridges loaded it at once; and as soon as another
%% agent runs it, it is that one's to unload.
purge() ->
    Text = "M = '" ++ atom_to_list(?MODULE) ++ "', "
           "Runs = fun(P) -> is_pid(P) andalso process_info(P, initial_call) =:= {initial_call, {M, manager, 2}} end, "
           "Needed = fun() -> lists:any(fun(N) -> Runs(whereis(N)) end, " ++ print_names() ++ ") end, "
           "Leave = fun() -> "
           "            code:soft_purge(M) andalso not Needed() andalso code:delete(M), "
           "            code:soft_purge(M) andalso not erlang:module_loaded(M) "
           "        end, "
           "(fun Again(0) -> false; "
           "     Again(N) -> "
           "         Done = case catch register(" ++ atom_to_list(?LEAVES) ++ ", self()) of "
           "                    true -> Left = Needed() orelse Leave(), unregister(" ++ atom_to_list(?LEAVES) ++ "), Left; "
           "                    _ -> false "
           "                end, "
           "         Done orelse begin timer:sleep(100), Again(N - 1) end "
           " end)(100).",
    {ok, Tokens, _} = erl_scan:string(Text),
    {ok, Expressions} = erl_parse:parse_exprs(Tokens),
    spawn(erl_eval, exprs, [Expressions, []]).

print_names() -> lists:flatten(io_lib:format("~w", [names()])).

%% A bridge whose node is slow says hello again.
recording(S = #manager{recorder = Recorder}) when Recorder =/= none -> S;
recording(S) ->
    {registered_name, Name} = process_info(self(), registered_name),
    try S#manager{recorder = start_recorder(S#manager.bridge, Name, S#manager.costs)}
    catch
        %% No process is left.
        error:system_limit -> erlang:send_after(1000, self(), record), S
    end.

%% ---- Workers ------------------------------------------------------------------------------------

start_worker(Id, Work, Priority, TimeoutMs, S = #manager{bridge = Bridge, costs = Costs}) ->
    Restarts = get(restarts),
    try spawn_opt(fun() -> share_restarts(Restarts), work(Bridge, Id, Work, Costs) end,
                  [monitor, {priority, Priority}, {max_heap_size, #{size => ?WORKER_WORDS, kill => true, error_logger => false}}]) of
        {Pid, Monitor} ->
            Timer = erlang:send_after(TimeoutMs, self(), {too_long, Monitor}),
            S#manager{workers = (S#manager.workers)#{Monitor => {Id, Pid, Timer}}}
    catch
        error:system_limit ->
            tell(Bridge, {err, Id, limit, <<"the node has as many processes as it may have: none is left to find that out">>}),
            S
    end.

work(Bridge, Id, Work, Costs) ->
    put(costs, Costs),
    Answer = try {rep, Id, Work()}
             catch
                 throw:{Code, Text} when is_atom(Code) -> {err, Id, Code, Text};
                 Class:Error:Stack -> {err, Id, internal, print({Class, Error, lists:sublist(Stack, 3)}, 600)}
             end,
    spent(Costs),
    %% It may wait for a bridge that reads slowly: only this worker does.
    erlang:send(Bridge, Answer, [noconnect]).

worker_ended(Monitor, Why, S = #manager{bridge = Bridge, workers = Workers}) ->
    case maps:take(Monitor, Workers) of
        {{Id, _, Timer}, Rest} ->
            erlang:cancel_timer(Timer),
            case Why of
                normal -> ok;
                killed -> tell(Bridge, {err, Id, limit, <<"the answer would have taken more than 256 MB on the node">>});
                _ -> tell(Bridge, {err, Id, internal, print(Why, 600)})
            end,
            S#manager{workers = Rest};
        error -> S
    end.

worker_too_long(Monitor, S = #manager{bridge = Bridge, workers = Workers}) ->
    case maps:take(Monitor, Workers) of
        {{Id, Pid, _}, Rest} ->
            erlang:demonitor(Monitor, [flush]),
            Text = case asks_now(Pid) of
                       none -> <<"the node did not answer in time">>;
                       Asked -> iolist_to_binary([pid(Asked), " does not answer: it is running native code that does not yield, or is being torn down"])
                   end,
            exit(Pid, kill),
            tell(Bridge, {err, Id, not_reached, Text}),
            S#manager{workers = Rest};
        error -> S
    end.

%% Whom a worker has asked last; it notes that before it asks.
asks_now(Worker) ->
    case catch process_info(Worker, dictionary) of
        {dictionary, Entries} -> proplists:get_value(asks, Entries, none);
        _ -> none
    end.

stop_worker(Id, S = #manager{workers = Workers}) ->
    case [{Monitor, Pid, Timer} || {Monitor, {I, Pid, Timer}} <- maps:to_list(Workers), I =:= Id] of
        [{Monitor, Pid, Timer}] ->
            erlang:demonitor(Monitor, [flush]),
            erlang:cancel_timer(Timer),
            exit(Pid, kill),
            S#manager{workers = maps:remove(Monitor, Workers)};
        [] -> S
    end.

%% ---- What observing costs ------------------------------------------------------------------------
%% The reductions of those that do it, and the time the logger's handler takes in others. The bridge knows
%% how long the node takes for a reduction.

new_costs() -> atomics:new(3, [{signed, false}]).

spent(Costs) ->
    {_, N} = process_info(self(), reductions),
    Scanned = case get(scanned) of undefined -> 0; M -> M end,
    atomics:add(Costs, ?COST_REDUCTIONS, N + Scanned).

%% Those of us that are there all the time.
lasting(#manager{watcher = Watcher, recorder = Recorder}) ->
    [self() | [element(1, Started) || Started <- [Watcher, Recorder], is_tuple(Started)]].

%% ---- Requests -----------------------------------------------------------------------------------

request(Id, Method, Params, S = #manager{bridge = Bridge, rates = Rates}) ->
    case Method of
        %% What happens is told to who has been answered.
        <<"hello">> -> tell(Bridge, {rep, Id, hello()}), recording(S);
        <<"sample">> -> with_wall_time(fun(S1) -> start_worker(Id, fun() -> sample(S1#manager.costs, lasting(S1)) end, high, 5000, S1) end, S);
        <<"info">> -> start_worker(Id, fun() -> info() end, normal, 5000, S);
        <<"table">> -> start_worker(Id, fun() -> table(Params, Rates) end, low, 60000, S);
        <<"children">> -> with_watcher(Id, fun(Watcher, S1) -> start_worker(Id, fun() -> children(Params, Watcher) end, normal, 15000, S1) end, S);
        <<"tree_watch">> -> with_watcher(Id, fun(Watcher, S1) -> watch_tree(Id, Params, Watcher, S1) end, S);
        <<"process">> -> start_worker(Id, fun() -> process(Params) end, normal, 5000, S);
        <<"watch">> -> start_worker(Id, fun() -> process_sample(Params) end, normal, 2000, S);
        <<"messages">> -> start_worker(Id, fun() -> messages(Params) end, normal, 10000, S);
        <<"dictionary">> -> start_worker(Id, fun() -> dictionary(Params) end, normal, 10000, S);
        <<"state">> -> start_worker(Id, fun() -> state(Params) end, normal, 1000 + integer(Params, <<"timeout_ms">>, 5000), S);
        <<"stack">> -> start_worker(Id, fun() -> stack(Params) end, normal, 5000, S);
        <<"exit">> -> start_worker(Id, fun() -> exit_process(Params) end, normal, 15000, S);
        <<"restart">> -> start_worker(Id, fun() -> restart(Params) end, normal, 30000, S);
        <<"priority">> -> start_worker(Id, fun() -> set_priority(Params) end, normal, 10000, S);
        <<"gc">> -> start_worker(Id, fun() -> collect_garbage(Params) end, normal, 30000, S);
        <<"send">> -> start_worker(Id, fun() -> send(Params) end, normal, 5000, S);
        <<"supervise">> -> start_worker(Id, fun() -> supervise(Params) end, normal, 5000 + integer(Params, <<"wait_ms">>, 10000), S);
        <<"supervisor">> -> start_worker(Id, fun() -> supervisor_info(Params) end, normal, 15000, S);
        <<"start_application">> -> start_worker(Id, fun() -> start_application(Params) end, normal, 10000 + integer(Params, <<"wait_ms">>, 10000), S);
        <<"stop_application">> -> start_worker(Id, fun() -> stop_application(Params) end, normal, 10000 + integer(Params, <<"wait_ms">>, 10000), S);
        <<"suspend">> -> suspend(Id, Params, S);
        <<"resume">> -> resume(Id, Params, S);
        <<"events">> -> S#manager.recorder =:= none orelse element(1, S#manager.recorder) ! watch_events, tell(Bridge, {rep, Id, true}), S;
        <<"peers">> -> net_kernel:monitor_nodes(true), tell(Bridge, {rep, Id, true}), tell_peers(S), S;
        <<"detach">> -> self() ! detach, S;
        _ -> tell(Bridge, {err, Id, internal, <<"no such request: ", Method/binary>>}), S
    end.

%% The nodes of the cluster, for who follows it from one to the other; told again when they change.
tell_peers(#manager{bridge = Bridge}) -> tell(Bridge, {happened, peers, [text(Node) || Node <- nodes()]}).

%% Counted per process that asked for it: it is off again when the manager ends.
with_wall_time(Then, S = #manager{watching = false}) ->
    catch erlang:system_flag(scheduler_wall_time, true),
    Then(S#manager{watching = now_ns()});
with_wall_time(Then, S) -> Then(S#manager{watching = now_ns()}).

%% Off again when nobody has asked for a minute.
without_wall_time(S = #manager{watching = Asked}) when is_integer(Asked) ->
    case now_ns() - Asked > 60000000000 of
        true -> catch erlang:system_flag(scheduler_wall_time, false), S#manager{watching = false};
        false -> S
    end;
without_wall_time(S) -> S.

%% Whose tree-watch.hrl it is.
with_watcher(Id, Then, S = #manager{watcher = none, bridge = Bridge, stuck = Stuck}) ->
    try start_watcher(Bridge, Stuck) of
        {Pid, Monitor} -> Then(Pid, S#manager{watcher = {Pid, Monitor, none, none}})
    catch
        error:system_limit ->
            tell(Bridge, {err, Id, limit, <<"the node has as many processes as it may have: none is left to watch its tree">>}),
            S
    end;
with_watcher(_, Then, S = #manager{watcher = {Pid, _, _, _}}) -> Then(Pid, S).

%% One question at a time: the one before is answered when this comes.
watch_tree(Id, Params, Pid, S = #manager{watcher = {Pid, Monitor, _, Before}}) ->
    Pid ! {watch, Id, Params},
    S#manager{watcher = {Pid, Monitor, Id, Before}}.

watcher_ended(Id, S = #manager{bridge = Bridge}) ->
    Id =:= none orelse tell(Bridge, {err, Id, not_reached, <<"who watched the tree ended">>}),
    S#manager{watcher = none}.

%% It may have asked a process that answers nobody: the next one passes that over.
look_after_watcher(S = #manager{watcher = none}) -> S;
look_after_watcher(S = #manager{watcher = {Pid, Monitor, Id, Before}}) ->
    case {asks_now(Pid), process_info(Pid, reductions)} of
        {Asked, _} = Now when Now =:= Before, is_pid(Asked) -> exit(Pid, kill), S#manager{stuck = (S#manager.stuck)#{Asked => true}};
        Now -> S#manager{watcher = {Pid, Monitor, Id, Now}}
    end.

%% Suspending belongs to who did it, so the manager does.
suspend(Id, Params, S = #manager{bridge = Bridge, suspended = Suspended}) ->
    try
        Pid = target(Params),
        protect(Pid),
        expected(Pid, Params),
        Already = not erlang:suspend_process(Pid, [asynchronous, unless_suspending]),
        tell(Bridge, {rep, Id, #{pid => pid(Pid), name => name(Pid), status => <<"suspended">>, already => Already}}),
        S#manager{suspended = Suspended#{Pid => true}}
    catch
        throw:{Code, Text} -> tell(Bridge, {err, Id, Code, Text}), S;
        _:_ -> tell(Bridge, {err, Id, no_process, <<"there is no such process any more">>}), S
    end.

resume(Id, Params, S = #manager{bridge = Bridge, suspended = Suspended}) ->
    try
        Pid = target(Params),
        expected(Pid, Params),
        Ours = maps:is_key(Pid, Suspended),
        Ours andalso erlang:resume_process(Pid),
        tell(Bridge, {rep, Id, #{pid => pid(Pid), name => name(Pid), status => process_status(Pid), already => not Ours}}),
        S#manager{suspended = maps:remove(Pid, Suspended)}
    catch
        throw:{Code, Text} -> tell(Bridge, {err, Id, Code, Text}), S;
        _:_ -> tell(Bridge, {err, Id, no_process, <<"there is no such process any more">>}), S
    end.
