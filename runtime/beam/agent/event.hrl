%% SPDX-License-Identifier: MIT
%%
%% Events: starts, ends, links and names of processes, while somebody looks at them. New processes
%% are traced, those that were there are monitored; where somebody else traces new processes, only
%% those. When too much happens the tracer ends, and with it all it had turned on; it comes back later.

-define(EVENTS_FOR_MS, 65000).
%% Of each so many events in a window.
-define(EVENTS_WINDOW, 1000).
-define(EVENTS_WINDOW_MS, 500).
-define(EVENTS_BATCH, 100).
-define(EVENTS_BATCH_MS, 30).
%% So many are monitored at most: of more only those that have a name.
-define(MONITORED, 20000).
-define(TRIPPED_MS, 1000).
-define(TRIPPED_MAX_MS, 30000).
-define(TRACER_WORDS, (32 * 1024 * 1024 div 8)).

-record(tracer, {bridge, recorder, costs, spent = 0, recording, names = #{}, own = #{}, events = [], n = 0, window, in_window = 0}).

%% Asked for again and again by the bridge, as long as somebody looks.
watch_events(S = #recorder{tracer = Tracer}) ->
    S1 = S#recorder{events_until = now_ns() + ?EVENTS_FOR_MS * 1000000},
    case Tracer of
        none -> start_tracer(S1);
        _ -> S1
    end.

%% It is none, or waiting to come back after too much happened.
start_tracer(S = #recorder{bridge = Bridge, costs = Costs, tracer = Tracer, events_until = Until}) ->
    case now_ns() < Until of
        true when is_pid(Tracer) ->
            later_start(?EVENTS_FOR_MS),
            S;
        true ->
            Recorder = self(),
            later_start(?EVENTS_FOR_MS),
            try spawn_opt(fun() -> tracer(Bridge, Recorder, Costs) end,
                          [monitor, {priority, high}, {max_heap_size, #{size => ?TRACER_WORDS, kill => true, error_logger => false}}]) of
                {Pid, _} -> S#recorder{tracer = Pid}
            catch
                %% No process is left: it will be tried again.
                error:system_limit -> S#recorder{tracer = none}
            end;
        false ->
            is_pid(Tracer) andalso exit(Tracer, kill),
            S#recorder{tracer = none, trip_ms = 0}
    end.

later_start(Ms) -> erlang:send_after(Ms, self(), start_tracer).

%% The longer, the more often.
tripped(N, S = #recorder{bridge = Bridge, trip_ms = Before}) ->
    Wait = max(?TRIPPED_MS, min(2 * Before, ?TRIPPED_MAX_MS)),
    Text = iolist_to_binary(["too many at once: none are told for ", integer_to_list(Wait div 1000), " s"]),
    tell(Bridge, {happened, events, [event(trace_lost, <<>>, <<>>, <<>>, <<>>, N, Text)]}),
    S#recorder{trip_ms = Wait}.

tracer_ended(Pid, Why, S = #recorder{tracer = Pid}) ->
    S1 = case Why of normal -> S; _ -> tripped(0, S) end,
    later_start(max(?TRIPPED_MS, S1#recorder.trip_ms)),
    S1#recorder{tracer = waiting};
tracer_ended(_, _, S) -> S.

%% ---- The tracer ----------------------------------------------------------------------------------

tracer(Bridge, Recorder, Costs) ->
    Recording = erlang:monitor(process, Recorder),
    Traces = erlang:trace_info(new_processes, flags) =:= {flags, []},
    Traces andalso erlang:trace(new_processes, true, [procs]),
    Named = [{whereis(Name), Name} || Name <- registered()],
    Watched = case erlang:system_info(process_count) =< ?MONITORED of
                  true -> processes();
                  false -> [Pid || {Pid, _} <- Named, is_pid(Pid)]
              end,
    [erlang:monitor(process, Pid) || Pid <- Watched, Pid =/= self(), Pid =/= Recorder],
    Traces orelse tell(Bridge, {happened, events, [event(trace_lost, <<>>, <<>>, <<>>, <<>>, 0,
        <<"somebody else traces new processes: only ends of those that were there are told">>)]}),
    trace(#tracer{bridge = Bridge, costs = Costs, recorder = Recorder, recording = Recording, names = maps:from_list(Named), window = now_ns()}).

trace(S = #tracer{recording = Recording}) ->
    receive
        {trace, Pid, spawned, Parent, Function} -> counted(started(Pid, Parent, Function, S));
        {trace, Pid, exit, Reason} -> counted(ended(Pid, Reason, S));
        {'DOWN', Recording, process, _, _} -> ok;
        %% It had ended before it was asked.
        {'DOWN', _, process, _, noproc} -> counted(S);
        {'DOWN', _, process, Pid, Reason} -> counted(ended(Pid, Reason, S));
        {trace, Pid, link, Peer} when is_pid(Peer) -> counted(bond(link, Pid, Peer, S));
        {trace, Pid, unlink, Peer} when is_pid(Peer) -> counted(bond(unlink, Pid, Peer, S));
        {trace, Pid, register, Name} ->
            S1 = S#tracer{names = (S#tracer.names)#{Pid => Name}},
            counted(add(event(register, pid(Pid), text(Name), <<>>, <<>>, 0, <<>>), S1));
        {trace, Pid, unregister, Name} ->
            S1 = S#tracer{names = maps:remove(Pid, S#tracer.names)},
            counted(add(event(unregister, pid(Pid), text(Name), <<>>, <<>>, 0, <<>>), S1));
        flush -> trace(flush(S));
        _ -> counted(S)
    end.

%% Also what is not told costs.
counted(S = #tracer{in_window = N}) when N < ?EVENTS_WINDOW -> trace(S#tracer{in_window = N + 1});
counted(S = #tracer{window = Since, recorder = Recorder}) ->
    case now_ns() of
        Now when Now - Since < ?EVENTS_WINDOW_MS * 1000000 ->
            flush(S),
            {message_queue_len, Waiting} = process_info(self(), message_queue_len),
            Recorder ! {tripped, Waiting};
        Now -> trace(S#tracer{window = Now, in_window = 0})
    end.

started(Pid, Parent, Function, S = #tracer{own = Own}) ->
    case is_own(Function) of
        true -> S#tracer{own = Own#{Pid => true}};
        false -> add(event(spawn, pid(Pid), <<>>, pid(Parent), started_with(Function), 0, <<>>), S)
    end.

%% The workers of all agents.
is_own({?MODULE, _, _}) -> true;
is_own({erlang, apply, [Fun | _]}) when is_function(Fun) -> erlang:fun_info(Fun, module) =:= {module, ?MODULE};
is_own(_) -> false.

started_with({proc_lib, init_p, [_, _, gen, init_it, Arguments]}) ->
    case Arguments of
        [_, _, _, Module, Given, _] -> server_init(Module, Given);
        [_, _, _, _, Module, Given, _] -> server_init(Module, Given);
        _ -> <<"gen:init_it">>
    end;
started_with({proc_lib, init_p, [_, _, M, F, A]}) when is_atom(M), is_atom(F), is_list(A) -> mfa({M, F, A});
started_with({_, _, [_, _, Fun]}) when is_function(Fun) -> started_with({erlang, apply, [Fun, []]});
started_with({erlang, apply, [Fun, _]}) when is_function(Fun) ->
    [{_, M}, {_, F}, {_, A}] = [erlang:fun_info(Fun, Item) || Item <- [module, name, arity]],
    mfa({M, F, A});
started_with({M, F, A}) -> mfa({M, F, A});
started_with(_) -> <<>>.

server_init(supervisor, {_, Module, _}) when is_atom(Module) -> mfa({supervisor, Module, 1});
server_init(Module, _) when is_atom(Module) -> mfa({Module, init, 1});
server_init(_, _) -> <<>>.

ended(Pid, Reason, S = #tracer{own = Own, names = Names}) ->
    case is_map_key(Pid, Own) of
        true -> S#tracer{own = maps:remove(Pid, Own)};
        false ->
            Name = case Names of #{Pid := N} -> text(N); _ -> <<>> end,
            add(event(exit, pid(Pid), Name, <<>>, <<>>, 0, print(Reason, 120)), S#tracer{names = maps:remove(Pid, Names)})
    end.

bond(Kind, Pid, Peer, S = #tracer{own = Own}) ->
    case is_map_key(Pid, Own) orelse is_map_key(Peer, Own) of
        true -> S;
        false -> add(event(Kind, pid(Pid), <<>>, pid(Peer), <<>>, 0, <<>>), S)
    end.

event(Kind, Pid, Name, Peer, Function, Value, Detail) ->
    #{at_ns => now_ns(), kind => Kind, pid => Pid, name => Name, peer => Peer, function => Function, value => Value, detail => Detail}.

add(Event, S = #tracer{events = Events, n = N}) ->
    N =:= 0 andalso erlang:send_after(?EVENTS_BATCH_MS, self(), flush),
    S1 = S#tracer{events = [Event | Events], n = N + 1},
    case N + 1 >= ?EVENTS_BATCH of
        true -> flush(S1);
        false -> S1
    end.

flush(S = #tracer{n = 0}) -> S;
flush(S = #tracer{bridge = Bridge, recorder = Recorder, costs = Costs, spent = Spent, events = Events, n = N}) ->
    case tell(Bridge, {happened, events, lists:reverse(Events)}) of
        ok -> ok;
        _ -> Recorder ! {events_lost, N}
    end,
    {_, Now} = process_info(self(), reductions),
    atomics:add(Costs, ?COST_REDUCTIONS, Now - Spent),
    S#tracer{events = [], n = 0, spent = Now}.
