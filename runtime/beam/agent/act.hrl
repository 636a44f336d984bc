%% SPDX-License-Identifier: MIT
%%
%% Acting on processes. What ends the node or the connection is refused.

-define(PROTECTED, [init, kernel_sup, application_controller, code_server, erl_prim_loader, error_logger, logger, user,
                    erts_code_purger, net_kernel, net_sup, rex, global_name_server, erl_distribution, inet_db, file_server_2,
                    kernel_safe_sup, auth]).

is_system(Pid) -> lists:member(Pid, [whereis(Name) || Name <- ?PROTECTED]) orelse lists:member(Pid, [whereis(Name) || Name <- names()]).

protect(Pid) ->
    is_system(Pid) andalso
        throw({protected, iolist_to_binary([name(Pid), " ", pid(Pid), " is part of the node itself: without it the node or this connection ends"])}),
    ok.

%% @expect: who it was when the person decided.
expected(Pid, Params) ->
    case Params of
        #{<<"expect_name">> := Name} ->
            Now = name(Pid),
            Now =:= Name orelse (Now =:= <<>> andalso is_called(Pid, Name)) orelse throw({other_process, iolist_to_binary([pid(Pid), " is ", Now, " now, not ", Name])});
        _ -> ok
    end.

memory(Pid) -> case process_info(Pid, memory) of {_, Bytes} -> Bytes; undefined -> gone() end.

%% By its label, or its name in a Registry. The manager, which has a name of its own, asks nobody who may
%% not answer: there are no two processes with one pid within the time that a person takes.
is_called(Pid, Name) ->
    process_info(self(), registered_name) =/= [] orelse
        Name =:= unregistered_name(Pid, small_dictionary(Pid, memory(Pid))).

exit_process(Params) ->
    Pid = target(Params),
    protect(Pid),
    expected(Pid, Params),
    Name = name(Pid),
    Reason = case Params of #{<<"reason">> := Text} -> parse(<<"reason">>, Text); _ -> kill end,
    Supervisor = own_supervisor(Pid),
    Before = case Supervisor of none -> []; _ -> child_pids(Supervisor) end,
    Allowance = watch_allowance(Supervisor),
    Began = now_ns(),
    Monitor = erlang:monitor(process, Pid),
    exit(Pid, Reason),
    Wait = integer(Params, <<"wait_ms">>, 1000),
    receive
        {'DOWN', Monitor, process, _, Why} ->
            Took = now_ns() - Began,
            Result = #{outcome => <<"exited">>, pid => pid(Pid), name => Name, reason => show(Why), after_ns => Took,
                       supervisor => who(Supervisor)},
            case successor(Supervisor, Name, Before, Began + Wait * 1000000) of
                none -> Result#{gave_up => gave_up(Allowance, Supervisor)};
                New -> Result#{successor => #{pid => pid(New), name => name(New), supervisor => who(Supervisor), after_ns => now_ns() - Began}}
            end
    after Wait ->
        erlang:demonitor(Monitor, [flush]),
        #{outcome => <<"alive">>, pid => pid(Pid), name => Name}
    end.

%% Whether one more restart is more than it allows; who gives up then ends, with this reason.
watch_allowance(none) -> none;
watch_allowance(Supervisor) ->
    case supervisor_flags(Supervisor) of
        #{strategy := Strategy, intensity := Intensity, recent_restarts := Recent} when Strategy =/= <<>>, Recent >= Intensity ->
            erlang:monitor(process, Supervisor);
        _ -> none
    end.

gave_up(none, _) -> false;
gave_up(Monitor, Supervisor) ->
    case is_process_alive(Supervisor) of
        true -> false;
        false -> receive {'DOWN', Monitor, process, _, Why} -> Why =:= shutdown end
    end.

own_supervisor(Pid) ->
    Dictionary = case process_info(Pid, dictionary) of {_, D} -> D; _ -> [] end,
    case ancestor(Dictionary) of
        Parent when is_pid(Parent), node(Parent) =:= node() ->
            case is_supervisor(Parent) of true -> Parent; false -> none end;
        _ -> none
    end.

child_pids(Supervisor) ->
    try [Child || {_, Child, _, _} <- which_children(Supervisor), is_pid(Child)] catch _:_ -> [] end.

%% Who took its place: under its name, or the child that was not there before.
successor(none, _, _, _) -> none;
successor(Supervisor, Name, Before, EndNs) ->
    New = [P || P <- child_pids(Supervisor), not lists:member(P, Before)],
    case {[P || P <- New, Name =/= <<>>, name(P) =:= Name], New} of
        {[Pid | _], _} -> Pid;
        {[], [Pid | _]} -> Pid;
        {[], []} ->
            case now_ns() < EndNs andalso is_process_alive(Supervisor) of
                true -> receive after 20 -> ok end, successor(Supervisor, Name, Before, EndNs);
                false -> none
            end
    end.

restart(Params) ->
    Pid = target(Params),
    protect(Pid),
    expected(Pid, Params),
    Supervisor = own_supervisor(Pid),
    Supervisor =:= none andalso throw({not_supported, iolist_to_binary([pid(Pid), " has no supervisor that could start it again"])}),
    Began = now_ns(),
    New = case find_child(Supervisor, maps:get(<<"pid">>, Params), maps:get(dynamic, look_at(Supervisor, 0, 0))) of
              {undefined, _} -> throw({not_supported, <<"its supervisor starts such children on demand and cannot start this one again">>});
              {Id, Pid} -> restart_child(Supervisor, Id);
              _ -> throw({not_supported, <<"its supervisor does not list it">>})
          end,
    #{pid => pid(New), name => name(New), supervisor => who(Supervisor), after_ns => now_ns() - Began, restarts => note_restart(Pid, New, 1)}.

restart_child(Supervisor, Id) ->
    ok = gen_server:call(Supervisor, {terminate_child, Id}, 20000),
    case gen_server:call(Supervisor, {restart_child, Id}, 20000) of
        {ok, New} when is_pid(New) -> New;
        {ok, New, _} when is_pid(New) -> New;
        {error, not_found} -> throw({not_supported, <<"it was a temporary child: its supervisor forgot it when it ended">>});
        Other -> throw({internal, iolist_to_binary(["its supervisor could not start it again: ", print(Other, 300)])})
    end.

set_priority(Params) ->
    Pid = target(Params),
    protect(Pid),
    expected(Pid, Params),
    Priority = case maps:get(<<"priority">>, Params) of
                   <<"low">> -> low; <<"normal">> -> normal; <<"high">> -> high;
                   _ -> throw({not_supported, <<"max is the BEAM's own: low, normal or high">>})
               end,
    behaviour(Pid) =:= none andalso
        throw({not_supported, iolist_to_binary([pid(Pid), " is no gen_server, gen_statem, gen_event or supervisor, which could be asked to change its own priority; the BEAM lets no process change another's"])}),
    Change = fun(_) -> exit({grove, process_flag(priority, Priority)}) end,
    try sys:replace_state(Pid, Change, 2000) of
        _ -> throw({internal, <<"the process did not change its priority">>})
    catch
        error:{callback_failed, _, {exit, {grove, Old}}} -> #{old => text(Old), new => text(Priority)};
        exit:{timeout, _} -> throw({not_reached, <<"the process did not answer within 2 s; its priority changes when it does">>});
        exit:{noproc, _} -> gone()
    end.

collect_garbage(Params) ->
    Pid = target(Params),
    expected(Pid, Params),
    Before = case process_info(Pid, memory) of {_, B} -> B; undefined -> gone() end,
    erlang:garbage_collect(Pid) orelse gone(),
    {After, Heap, Stack} = case process_info(Pid, [memory, heap_size, stack_size]) of
                               [{_, M}, {_, H}, {_, S}] -> {M, H, S};
                               undefined -> gone()
                           end,
    Word = erlang:system_info(wordsize),
    #{pid => pid(Pid), name => name(Pid), freed_bytes => max(0, Before - After), stack_bytes => Stack * Word, heap_bytes => Heap * Word, kept => <<>>}.

send(Params) ->
    Pid = target(Params),
    expected(Pid, Params),
    Message = parse(<<"message">>, maps:get(<<"message">>, Params)),
    Pid ! Message,
    Waiting = case process_info(Pid, message_queue_len) of {_, N} -> N; undefined -> gone() end,
    #{pid => pid(Pid), name => name(Pid), message => show(Message), messages => Waiting}.

%% Literals only: nothing is evaluated. New atoms are made as they are typed, by a person who may; but they
%% stay for ever, and a node with a million of them dies, so there are not many in one session.
-define(ATOMS_MAX, 10000).
parse(What, Text) ->
    Costs = get(costs),
    atomics:get(Costs, ?NEW_ATOMS) < ?ATOMS_MAX orelse
        throw({limit, <<"what was sent in this session made 10000 new atoms, which stay on the node for ever: no more are made">>}),
    Before = erlang:system_info(atom_count),
    try parse_term(What, Text)
    after atomics:add(Costs, ?NEW_ATOMS, max(0, erlang:system_info(atom_count) - Before))
    end.

%% On a node that runs Elixir its syntax is tried first: a text in quotes is a binary there.
parse_term(What, Text) ->
    case code:is_loaded('Elixir.Code') =/= false andalso parse_elixir(What, Text) of
        {ok, Term} -> Term;
        {error, Why} -> try parse_erlang(What, Text) catch throw:{invalid, _} -> throw({invalid, Why}) end;
        false -> parse_erlang(What, Text)
    end.

parse_erlang(What, Text) ->
    case erl_scan:string(unicode:characters_to_list(Text) ++ " .") of
        {ok, Tokens, _} ->
            case erl_parse:parse_term(Tokens) of
                {ok, Term} -> Term;
                {error, {_, _, Why}} -> throw({invalid, iolist_to_binary([What, ": ", lists:flatten(Why)])})
            end;
        {error, {_, _, Why}, _} -> throw({invalid, iolist_to_binary([What, ": ", print(Why, 100)])})
    end.
