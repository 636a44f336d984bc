%% SPDX-License-Identifier: MIT
%%
%% What crashes and what is logged: a handler of the node's logger, and the recorder it tells. The
%% handler runs in whoever logs, so it spends little there, waits for nobody, and sends only as long
%% as it has credit, which the recorder renews once it has worked off what came: what is beyond is
%% counted, and not told. The recorder tells the bridge, which keeps the last of each kind.
%%
%%   recorder -> bridge  {happened, log | crash | aftermath | lost, Map}, {happened, events, [Map]}

%% Credit for so much in each TICK_MS.
-define(LINES, 200).
-define(CRASHES, 20).
-define(TICK_MS, 100).
%% Places in the counters that the handlers share.
-define(LINE_CREDIT, 1).
-define(LINES_LOST, 2).
-define(CRASH_CREDIT, 3).
-define(CRASHES_LOST, 4).
-define(LINE_CHARS, 512).
-define(SHOWN_BYTES, 8192).
%% What a supervisor makes of a crash is looked for so long, and of so many at once.
-define(PATIENCE_MS, 30000).
-define(FOLLOWED, 50).
%% Children without ids are compared, all of them, as long as that is quick.
-define(SEARCHED, 5000).

-record(recorder, {bridge, manager, id, flow, costs, ticking = false, told = #{}, restarts = #{}, gave_up = #{},
                   followed = #{}, tracer = none, events_until = 0, trip_ms = 0}).

start_recorder(Bridge, Id, Costs) ->
    Manager = self(),
    Restarts = get(restarts),
    spawn_opt(fun() -> share_restarts(Restarts), recorder(Bridge, Manager, Id, Costs) end,
        [monitor, {priority, normal}, {max_heap_size, #{size => ?WORKER_WORDS, kill => true, error_logger => false}}]).

recorder(Bridge, Manager, Id, Costs) ->
    erlang:monitor(process, Manager),
    Flow = atomics:new(4, [{signed, true}]),
    renew(Flow),
    Config = #{to => self(), id => Id, flow => Flow, costs => Costs},
    add_handler(Id, #{level => all, filter_default => log, filters => [], config => Config#{hears => not hear_first(Id, Config)}}),
    record(#recorder{bridge = Bridge, manager = Manager, id = Id, flow = Flow, costs = Costs}).

%% One of that name is of an agent that was killed.
add_handler(Id, Config) ->
    case logger:add_handler(Id, ?MODULE, Config) of
        {error, {already_exist, _}} -> logger:remove_handler(Id), logger:add_handler(Id, ?MODULE, Config);
        Added -> Added
    end.

%% Filters of all handlers rewrite reports of crashes, or keep them from all handlers (Elixir's Logger does
%% both, from 1.15 on): where there are such, crashes are heard of in a filter before them.
hear_first(Id, Config) ->
    case logger:get_primary_config() of
        #{filters := [_ | _]} ->
            logger:remove_primary_filter(Id),
            logger:add_primary_filter(Id, {fun ?MODULE:hear/2, Config}) =:= ok;
        _ -> false
    end.

remove_handlers(Id) ->
    logger:remove_primary_filter(Id),
    logger:remove_handler(Id).

%% However the recorder ends, nothing of it stays: in the end the handler sees that it is gone.
stop_recorder({Pid, Monitor}, Id) ->
    Pid ! leave,
    receive {'DOWN', Monitor, process, Pid, _} -> ok
    after 2000 -> exit(Pid, kill), spawn(?MODULE, remove_handlers, [Id])
    end.

record(S = #recorder{manager = Manager}) ->
    receive
        leave -> end_recorder(S);
        %% Nobody else takes the code away when the manager was killed.
        {'DOWN', _, process, Manager, _} -> end_recorder(S), others() orelse catch unload();
        {'DOWN', _, process, Pid, Why} -> record(tracer_ended(Pid, Why, S));
        tick -> record(tick(S));
        {line, Line} -> tell_happened(log, Line, ?LINES_LOST, S), record(ticking(S));
        {told, Pid, What} -> record(ticking(S#recorder{told = remember(Pid, What, S#recorder.told)}));
        {crashed, Crash} -> record(ticking(crashed(Crash, S)));
        {untold, Pid} -> record(untold(Pid, S));
        %% It is gone, and what was said of it is all there will be.
        {child, #{pid := Pid} = Report} -> record(ticking(child_ended(Report, untold(Pid, S))));
        {followed, Pid, Result} -> record(followed(Pid, Result, S));
        {alone, Pid} -> record(alone(Pid, S));
        watch_events -> record(watch_events(S));
        start_tracer -> record(start_tracer(S));
        {tripped, N} -> record(tripped(N, S));
        {events_lost, N} -> tell(S#recorder.bridge, {happened, lost, #{events => N}}), record(S);
        _ -> record(S)
    end.

end_recorder(#recorder{id = Id, tracer = Tracer}) ->
    is_pid(Tracer) andalso exit(Tracer, kill),
    remove_handlers(Id).

%% Only while there is something to renew: a node at which nothing happens is not woken.
ticking(S = #recorder{ticking = true}) -> S;
ticking(S) ->
    erlang:send_after(?TICK_MS, self(), tick),
    S#recorder{ticking = true}.

tick(S = #recorder{flow = Flow, bridge = Bridge}) ->
    Lines = atomics:exchange(Flow, ?LINES_LOST, 0),
    Crashes = atomics:exchange(Flow, ?CRASHES_LOST, 0),
    (Lines > 0 orelse Crashes > 0) andalso
        case tell(Bridge, {happened, lost, #{log => Lines, crashes => Crashes}}) of
            ok -> ok;
            _ -> atomics:add(Flow, ?LINES_LOST, Lines), atomics:add(Flow, ?CRASHES_LOST, Crashes)
        end,
    renew(Flow),
    case Lines + Crashes of
        0 -> S#recorder{ticking = false};
        _ -> ticking(S#recorder{ticking = false})
    end.

renew(Flow) ->
    atomics:put(Flow, ?LINE_CREDIT, ?LINES),
    atomics:put(Flow, ?CRASH_CREDIT, ?CRASHES).

%% A bridge that reads too slowly misses it.
tell_happened(Kind, What, Lost, #recorder{bridge = Bridge, flow = Flow}) ->
    case tell(Bridge, {happened, Kind, What}) of
        ok -> ok;
        _ -> atomics:add(Flow, Lost, 1)
    end.

%% ---- The handler ---------------------------------------------------------------------------------

log(#{level := Level, msg := Message, meta := Meta} = Event, #{config := #{to := To, flow := Flow, hears := Hears} = Config}) ->
    cost_counted(Config, fun() ->
        Hears andalso hear_crash(Message, Meta, To, Flow),
        with_credit(Flow, ?LINE_CREDIT, ?LINES_LOST, fun() -> To ! {line, line(Level, source(Message, Meta), Event, Meta)} end)
    end).

hear(#{msg := Message, meta := Meta}, #{to := To, flow := Flow} = Config) ->
    cost_counted(Config, fun() -> hear_crash(Message, Meta, To, Flow) end),
    ignore.

cost_counted(#{to := To, id := Id, flow := Flow, costs := Costs}, What) ->
    Began = erlang:monotonic_time(nanosecond),
    try is_process_alive(To) of
        true ->
            What(),
            atomics:add(Costs, ?COST_NS, erlang:monotonic_time(nanosecond) - Began);
        false -> spawn(?MODULE, remove_handlers, [Id])
    catch
        _:_ -> atomics:add(Flow, ?LINES_LOST, 1)
    end.

with_credit(Flow, Credit, Lost, Then) ->
    case atomics:sub_get(Flow, Credit, 1) >= 0 of
        true -> Then();
        false -> atomics:add(Flow, Lost, 1)
    end.

line(Level, Source, Event, Meta) ->
    Text = logger_formatter:format(Event,
        #{template => [msg], single_line => true, chars_limit => ?LINE_CHARS, max_size => ?LINE_CHARS, depth => 30}),
    Pid = maps:get(pid, Meta, none),
    #{at_ns => now_ns(), level => level(Level), pid => pid(Pid), name => own_name(Pid), source => Source,
      text => case unicode:characters_to_binary(Text) of B when is_binary(B) -> B; _ -> print(Text, ?LINE_CHARS) end}.

level(Level) when Level =:= emergency; Level =:= alert; Level =:= critical -> <<"error">>;
level(Level) -> text(Level).

%% Of the process that logs, which can ask nobody but itself without waiting.
own_name(Pid) when Pid =:= self() -> name(Pid);
own_name(_) -> <<>>.

%% What the line is of.
source({report, #{label := {proc_lib, crash}}}, _) -> <<"crash">>;
source({report, #{label := {supervisor, What}}}, _) when What =:= child_terminated; What =:= shutdown -> <<"supervisor">>;
source({report, #{label := {application_controller, _}}}, _) -> <<"application">>;
source({report, #{label := {Server, terminate}}}, #{pid := _}) when Server =:= gen_server; Server =:= gen_statem -> <<"crash">>;
source({_, [Pid | _]}, #{error_logger := #{emulator := true}}) when is_pid(Pid) -> <<"crash">>;
source({report, #{label := {'Elixir.Task.Supervisor', terminating}}}, #{pid := _}) -> <<"crash">>;
source(_, #{pid := _, crash_reason := {_, _}}) -> <<"crash">>;
source(_, _) -> <<"program">>.

%% Takes out what tells of the end of a process.
hear_crash({report, #{label := {proc_lib, crash}, report := [Info | _]}}, Meta, To, Flow) ->
    with_credit(Flow, ?CRASH_CREDIT, ?CRASHES_LOST, fun() -> To ! {crashed, reported(Info, Meta)} end);
hear_crash({report, #{label := {supervisor, What}, report := Report}}, _, To, Flow) when What =:= child_terminated; What =:= shutdown ->
    Offender = proplists:get_value(offender, Report, []),
    {M, F, A} = case proplists:get_value(mfargs, Offender) of {_, _, _} = MFA -> MFA; _ -> {undefined, undefined, []} end,
    Brief = #{what => What, supervisor => self(), pid => proplists:get_value(pid, Offender), at => now_ns(),
              id => small(proplists:get_value(id, Offender)), start => small({M, F, A}),
              type => proplists:get_value(restart_type, Offender)},
    %% Without credit its crash is not told either.
    atomics:get(Flow, ?CRASH_CREDIT) >= -?CRASHES andalso (To ! {child, Brief});
hear_crash({report, #{label := {Server, terminate}} = Report}, #{pid := Pid} = Meta, To, Flow) when Server =:= gen_server; Server =:= gen_statem ->
    told(Pid, what_was_done(Server, Report), Meta, To, Flow);
hear_crash({_, [Pid | _] = Arguments}, #{error_logger := #{emulator := true}} = Meta, To, Flow) when is_pid(Pid) ->
    case lists:last(Arguments) of
        {Reason, [{_, _, _, _} | _] = Stack} ->
            with_credit(Flow, ?CRASH_CREDIT, ?CRASHES_LOST, fun() -> To ! {crashed, plain(Pid, Reason, Stack, Meta)} end);
        _ -> ok
    end;
%% A Task is not begun by proc_lib any more in later Elixirs: only it tells of its end.
hear_crash({report, #{label := {'Elixir.Task.Supervisor', terminating}, report := #{reason := {_, Stack} = Why}}}, #{pid := Pid} = Meta, To, Flow)
    when is_list(Stack) ->
    told(Pid, #{}, Meta#{crash_reason => Why}, To, Flow);
%% As Elixir's Logger leaves them once it has put them into words.
hear_crash(_, #{pid := Pid, crash_reason := {_, _}} = Meta, To, Flow) ->
    told(Pid, #{}, Meta, To, Flow);
hear_crash(_, _, _, _) -> ok.

%% Said of a process that will report its crash itself, in most cases.
told(Pid, What, Meta, To, Flow) ->
    Crash = case Meta of
                #{crash_reason := {Reason, Stack}} when is_list(Stack), Pid =:= self() -> reported(own_report(Reason, Stack), Meta);
                #{crash_reason := {Reason, Stack}} when is_list(Stack) -> plain(Pid, Reason, Stack, Meta);
                _ -> none
            end,
    atomics:get(Flow, ?CRASH_CREDIT) > 0 andalso (To ! {told, Pid, What#{crash => Crash}}).

%% What proc_lib would report of this process.
own_report(Reason, Stack) ->
    Dictionary = get(),
    Get = fun(Key, Default) -> proplists:get_value(Key, Dictionary, Default) end,
    [{pid, self()}, {error_info, {exit, Reason, Stack}}, {ancestors, Get('$ancestors', [])}, {initial_call, Get('$initial_call', undefined)},
        {dictionary, [Entry || {Key, _} = Entry <- Dictionary, Key =/= '$ancestors', Key =/= '$initial_call']}
        | process_info(self(), [registered_name, message_queue_len, links, heap_size, reductions])].

what_was_done(gen_server, Report) ->
    {From, Message} =
        case {maps:get(last_message, Report, undefined), maps:get(client_info, Report, undefined)} of
            {undefined, _} -> {<<>>, null};
            {M, {Client, _}} when is_pid(Client) -> {pid(Client), show_small(M)};
            {M, _} -> {<<>>, show_small(M)}
        end,
    #{message => Message, from => From, state => show_small(maps:get(state, Report, undefined))};
what_was_done(gen_statem, Report) ->
    Message = case maps:get(queue, Report, []) of [First | _] -> show_small(First); _ -> null end,
    #{message => Message, from => <<>>, state => show_small(maps:get(state, Report, undefined))}.

small(Term) ->
    case erts_debug:flat_size(Term) =< 1000 of
        true -> Term;
        false -> large
    end.

show_small(Term) -> show(Term, ?SHOWN_BYTES).

reported(Info, Meta) ->
    Get = fun(Key, Default) -> proplists:get_value(Key, Info, Default) end,
    {Class, Error, Stack} = Get(error_info, {exit, unknown, []}),
    Reason = case Class of throw -> {nocatch, Error}; _ -> Error end,
    Dictionary = Get(dictionary, []),
    Word = erlang:system_info(wordsize),
    Crash = plain(Get(pid, none), Reason, Stack, Meta),
    Crash#{name => case Get(registered_name, []) of Name when is_atom(Name) -> text(Name); _ -> <<>> end,
           label => case Get(process_label, undefined) of undefined -> <<>>; Label -> print(Label, 200) end,
           initial => mfa(Get(initial_call, undefined)), messages => Get(message_queue_len, 0),
           heap => Get(heap_size, 0) * Word, reductions => Get(reductions, 0),
           ancestors => lists:sublist(Get(ancestors, []), 8), links => [L || L <- Get(links, []), is_pid(L)],
           dictionary => [#{key => show_small(K), value => show_small(V)} || {K, V} <- lists:sublist(Dictionary, 8)],
           n_dictionary => length(Dictionary)}.

%% Of one that was spawned without proc_lib nothing else is known.
plain(Pid, Reason, Stack, Meta) ->
    #{pid => Pid, at_ns => now_ns(), leader => maps:get(gl, Meta, none), reason => show_small(Reason), text => print(Reason, 400),
      frames => [frame(F) || F <- lists:sublist(Stack, 32)], frames_cut => length(Stack) > 32, name => <<>>, label => <<>>,
      initial => <<>>, messages => 0, heap => 0, reductions => 0, ancestors => [], links => [], dictionary => [], n_dictionary => 0}.

%% ---- Crashes -------------------------------------------------------------------------------------

remember(Pid, What, Told) ->
    case What of
        #{crash := none} -> ok;
        _ -> erlang:send_after(500, self(), {untold, Pid})
    end,
    case map_size(Told) < ?FOLLOWED of
        true -> Told#{Pid => What};
        false -> #{Pid => What}
    end.

%% It has not reported itself: what was said of it must do.
untold(Pid, S = #recorder{told = Told}) ->
    case Told of
        #{Pid := #{crash := Crash}} when is_map(Crash) -> crashed(Crash, S);
        _ -> S
    end.

crashed(#{pid := Pid, ancestors := Ancestors, leader := Leader, links := Links, frames := Frames} = C, S = #recorder{told = Told}) ->
    What = maps:get(Pid, Told, #{}),
    Names = names_by_pid(),
    Parents = [P || P <- [ancestor_pid(A) || A <- Ancestors], is_pid(P)],
    [Top | _] = Frames ++ [#{function => <<>>, file => <<>>, line => 0}],
    Known = (maps:with([at_ns, name, messages], C))#{pid => pid(Pid), app => maps:get(Leader, leaders(), <<>>)},
    Row = maps:merge(Known, Top),
    Crash = maps:merge(Known, maps:with([label, reason, reductions, frames, frames_cut, dictionary, n_dictionary], C)),
    tell_happened(crash, #{
        event => case S#recorder.tracer of
                     none -> null;
                     _ -> event(crash, pid(Pid), maps:get(name, C), <<>>, maps:get(function, Top), 0, maps:get(text, C))
                 end,
        row => Row#{name => case C of #{name := <<>>, label := Label} -> Label; #{name := Name} -> Name end,
                    initial => maps:get(initial, C), reason => maps:get(text, C), heap => maps:get(heap, C),
                    outcome => case Parents of [] -> none; _ -> pending end},
        crash => Crash#{initial_call => maps:get(initial, C), heap_bytes => maps:get(heap, C), in_release => false, started_ns => 0,
                        parent => case Parents of [Parent | _] -> pid(Parent); [] -> <<>> end,
                        ancestors => [named_pid(P, Names) || P <- Parents],
                        links => [named_pid(P, Names) || P <- lists:sublist(Links, 8)], n_links => length(Links),
                        message => case What of #{message := {_, _, _} = M, from := From} -> #{from => From, term => M}; _ -> null end,
                        state => maps:get(state, What, null)}}, ?CRASHES_LOST, S),
    %% Who has no supervisor is never heard of again.
    Parents =/= [] andalso erlang:send_after(3000, self(), {alone, Pid}),
    S#recorder{told = maps:remove(Pid, Told), followed = expect(Pid, Parents, S#recorder.followed)}.

ancestor_pid(Pid) when is_pid(Pid) -> Pid;
ancestor_pid(Name) when is_atom(Name) -> whereis(Name);
ancestor_pid(_) -> none.

%% Without asking the processes: one of them may not answer.
names_by_pid() ->
    Names = registered(),
    case length(Names) =< 5000 of
        true -> maps:from_list([{whereis(Name), Name} || Name <- Names]);
        false -> #{}
    end.

named_pid(Pid, Names) -> #{pid => pid(Pid), name => case Names of #{Pid := Name} -> text(Name); _ -> <<>> end}.

expect(_, [], Followed) -> Followed;
expect(Pid, _, Followed) when map_size(Followed) < 4 * ?FOLLOWED -> Followed#{Pid => expected};
expect(_, _, Followed) -> Followed.

alone(Pid, S = #recorder{followed = Followed}) ->
    case Followed of
        #{Pid := expected} ->
            tell(S#recorder.bridge, {happened, aftermath, #{pid => pid(Pid), outcome => none, supervisor => null, successor => null, at_ns => now_ns(), restarts => 0}}),
            S#recorder{followed = maps:remove(Pid, Followed)};
        _ -> S
    end.

%% ---- What followed -------------------------------------------------------------------------------

child_ended(#{what := shutdown, supervisor := Supervisor, pid := Pid, at := At}, S) ->
    tell_after(Pid, gave_up, Supervisor, none, At, 0, S),
    S#recorder{followed = maps:remove(Pid, S#recorder.followed)};
child_ended(#{supervisor := Supervisor, pid := Pid, type := temporary, at := At}, S) ->
    tell_after(Pid, left, Supervisor, none, At, 0, S),
    S#recorder{followed = maps:remove(Pid, S#recorder.followed)};
child_ended(#{supervisor := Supervisor, pid := Pid, id := Id, start := Start, at := At}, S = #recorder{restarts = Restarts, followed = Followed})
  when is_pid(Pid) ->
    Key = {Supervisor, Id, case Id of undefined -> Start; _ -> none end},
    N = max(maps:get(Key, Restarts, 0), noted_restarts(Pid)) + 1,
    tell_after(Pid, pending, Supervisor, none, At, N, S),
    Busy = length([P || P <- maps:values(Followed), is_pid(P)]),
    Recorder = self(),
    Helper = case Busy < ?FOLLOWED of
                 true -> try spawn(fun() -> follow(Recorder, Supervisor, Pid, Id, Start, N) end) catch error:system_limit -> expected end;
                 false -> expected
             end,
    S#recorder{restarts = case map_size(Restarts) < 1000 of true -> Restarts#{Key => N}; false -> #{Key => N} end,
               followed = Followed#{Pid => Helper}};
child_ended(_, S) -> S.

followed(Pid, {Outcome, Supervisor, Successor, At, N}, S = #recorder{followed = Followed}) ->
    is_pid(Successor) andalso note_restart(Pid, Successor, N),
    %% Whether it gave up is told by itself, before.
    is_map_key(Pid, Followed) andalso tell_after(Pid, Outcome, Supervisor, Successor, At, N, S),
    S#recorder{followed = maps:remove(Pid, Followed)}.

tell_after(Pid, Outcome, Supervisor, Successor, At, Restarts, #recorder{bridge = Bridge}) ->
    Names = names_by_pid(),
    tell(Bridge, {happened, aftermath,
        #{pid => pid(Pid), outcome => Outcome, supervisor => named_pid(Supervisor, Names),
          successor => case Successor of none -> null; _ -> named_pid(Successor, Names) end, at_ns => At, restarts => Restarts}}).

%% The supervisor answers when it has done what it does now: first of all, the restart.
follow(Recorder, Supervisor, Pid, Id, Start, N) ->
    Result = seek(Recorder, Supervisor, Pid, Id, Start, N, 20, now_ns() + ?PATIENCE_MS * 1000000),
    Recorder ! {followed, Pid, Result}.

seek(Recorder, Supervisor, Pid, Id, Start, N, Wait, Until) ->
    Look = fun(State) -> exit({grove, {replacement(State, Pid, Id, Start), now_ns()}}) end,
    Found = try sys:replace_state(Supervisor, Look, 5000), {none, 0}
            catch
                error:{callback_failed, _, {exit, {grove, Seen}}} -> Seen;
                exit:{noproc, _} -> gone;
                exit:{timeout, _} -> {none, 0};
                _:_ -> gone
            end,
    case Found of
        gone -> {none, Supervisor, none, now_ns(), N};
        {Successor, At} when is_pid(Successor) -> {restarted, Supervisor, Successor, At, N};
        {deleted, At} -> {left, Supervisor, none, At, N};
        _ ->
            case now_ns() > Until orelse not is_process_alive(Recorder) of
                true -> {pending, Supervisor, none, now_ns(), N};
                false -> timer:sleep(Wait), seek(Recorder, Supervisor, Pid, Id, Start, N, min(2 * Wait, 1000), Until)
            end
    end.

%% Runs in the supervisor: the child of that id, or of those without ids one that was started later and
%% alike. {state, Name, Strategy, {Ids, #{Id => {child, Pid, ...}}}, {maps, #{Pid => Arguments}}, ...}
replacement(State, Old, _, {_, _, Arguments}) when element(3, State) =:= simple_one_for_one ->
    case element(5, State) of
        {maps, Children} when map_size(Children) =< ?SEARCHED -> later(Old, [P || {P, A} <- maps:to_list(Children), is_list(A), lists:suffix(A, Arguments)]);
        _ -> none
    end;
replacement(State, Old, Id, _) when element(1, State) =:= state ->
    case element(4, State) of
        {_, #{Id := Child}} when element(2, Child) =/= Old -> element(2, Child);
        {_, #{Id := _}} -> none;
        {_, _} -> deleted;
        _ -> none
    end;
replacement(#{'__struct__' := _, children := Children}, Old, _, Start) when map_size(Children) =< ?SEARCHED ->
    later(Old, [P || {P, Child} <- maps:to_list(Children), is_tuple(Child), element(1, Child) =:= Start]);
replacement(_, _, _, _) -> none.

later(Old, Pids) ->
    case [P || P <- Pids, is_pid(P), P > Old] of
        [] -> none;
        Later -> lists:min(Later)
    end.
