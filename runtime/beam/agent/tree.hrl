%% SPDX-License-Identifier: MIT
%%
%% The supervision forest, a node's children at a time: applications, their masters' top supervisors,
%% and what each supervisor answers to which_children.

-define(ASK_MS, 2000).

children(#{<<"pid">> := <<>>} = Params) ->
    Apps = lists:sort([{App, Master} || {{application_master, App}, Master} <- ets:tab2list(ac_tab), is_pid(Master)]),
    Nodes = [#{pid => pid(Master), kind => application, name => text(App), children => 1,
               status => process_status(Master), strategy => <<>>, intensity => 0, period_s => 0, recent_restarts => 0}
             || {App, Master} <- lists:sublist(Apps, integer(Params, <<"limit">>, 500))],
    #{total => length(Apps), nodes => Nodes};
children(Params) ->
    Pid = target(Params),
    Limit = integer(Params, <<"limit">>, 500),
    case lists:member(Pid, maps:keys(leaders())) of
        true ->
            Top = top_of(Pid),
            #{total => length(Top), nodes => [node_of(supervisor, none, T) || T <- Top]};
        false ->
            case is_supervisor(Pid) of
                true -> supervised(Pid, Limit);
                false -> #{total => 0, nodes => []}
            end
    end.

%% What an application's master started. It is asked with a time limit: it may be starting still.
top_of(Master) ->
    Tag = make_ref(),
    Monitor = erlang:monitor(process, Master),
    Master ! {get_child, Tag, self()},
    receive
        {Tag, {Pid, _}} when is_pid(Pid) -> erlang:demonitor(Monitor, [flush]), [Pid];
        {Tag, Pid} when is_pid(Pid) -> erlang:demonitor(Monitor, [flush]), [Pid];
        {Tag, _} -> erlang:demonitor(Monitor, [flush]), [];
        {'DOWN', Monitor, process, _, _} -> gone()
    after ?ASK_MS -> erlang:demonitor(Monitor, [flush]), []
    end.

%% More than twice what is asked for is counted, not listed: all of the list would be copied.
supervised(Pid, Limit) ->
    #{children := Count} = supervisor_flags(Pid),
    case Count > 4 * Limit + 1000 of
        true -> #{total => Count, nodes => []};
        false ->
            Children = [{Id, Child, Type} || {Id, Child, Type, _} <- lists:reverse(which_children(Pid)), is_pid(Child)],
            #{total => length(Children), nodes => [node_of(Type, Id, Child) || {Id, Child, Type} <- lists:sublist(Children, Limit)]}
    end.

which_children(Pid) ->
    put(asks, Pid),
    try gen_server:call(Pid, which_children, ?ASK_MS) of
        List when is_list(List) -> List;
        _ -> []
    catch
        exit:{noproc, _} -> gone();
        _:_ -> throw({not_reached, iolist_to_binary([pid(Pid), " did not say within 2 s who its children are"])})
    end.

node_of(Type, Id, Pid) ->
    Flags = case Type =:= supervisor andalso is_supervisor(Pid) of true -> supervisor_flags(Pid); false -> #{} end,
    #{pid => pid(Pid), kind => case Flags =:= #{} of true -> worker; false -> supervisor end,
      name => case name(Pid) of <<>> -> child_name(Id, Pid); Name -> Name end,
      status => process_status(Pid), children => maps:get(children, Flags, 0), strategy => maps:get(strategy, Flags, <<>>),
      intensity => maps:get(intensity, Flags, 0), period_s => maps:get(period_s, Flags, 0),
      recent_restarts => maps:get(recent_restarts, Flags, 0)}.

child_name(undefined, Pid) -> mfa(initial_call(Pid));
child_name(none, Pid) -> mfa(initial_call(Pid));
child_name(Id, _) -> text(Id).

process_status(Pid) ->
    case process_info(Pid, status) of
        {status, Status} -> status(Status);
        _ -> <<"exiting">>
    end.

is_supervisor(Pid) ->
    case initial_call(Pid) of
        {supervisor, _, _} -> true;
        {Module, _, _} -> lists:member(Module, ['Elixir.Supervisor.Default', 'Elixir.DynamicSupervisor', 'Elixir.Task.Supervisor', 'Elixir.PartitionSupervisor']);
        _ -> false
    end.

%% The few fields that are wanted are thrown out of a function that runs in the supervisor, which keeps
%% its state when that fails: copying the state would copy all children.
supervisor_flags(Pid) ->
    put(asks, Pid),
    Now = erlang:monotonic_time(second),
    Look = fun(S) -> exit({grove, flags_of(S, Now)}) end,
    Flags = try sys:replace_state(Pid, Look, ?ASK_MS), none
            catch
                error:{callback_failed, _, {exit, {grove, F}}} -> F;
                _:_ -> none
            end,
    Known = case Flags of
                {Strategy, Intensity, Period, Restarts} ->
                    #{strategy => text(Strategy), intensity => Intensity, period_s => Period, recent_restarts => Restarts};
                none -> #{strategy => <<>>, intensity => 0, period_s => 0, recent_restarts => 0}
            end,
    Known#{children => count_children(Pid)}.

%% supervisor's state is {state, Name, Strategy, Children, Dynamics, Intensity, Period, Restarts, ...}.
flags_of(S, Now) when element(1, S) =:= state, tuple_size(S) >= 8 ->
    Period = element(7, S),
    Restarts = case element(8, S) of L when is_list(L) -> length([T || T <- L, is_integer(T), T >= Now - Period]); _ -> 0 end,
    {element(3, S), element(6, S), Period, Restarts};
flags_of(#{'__struct__' := _} = S, Now) ->
    Period = maps:get(max_seconds, S, 5),
    {maps:get(strategy, S, one_for_one), maps:get(max_restarts, S, 3), Period,
     length([T || T <- maps:get(restarts, S, []), is_integer(T), T >= Now - Period])};
flags_of(_, _) -> none.

count_children(Pid) ->
    try gen_server:call(Pid, count_children, ?ASK_MS) of
        List when is_list(List) -> proplists:get_value(active, List, 0);
        #{active := Active} -> Active;
        _ -> 0
    catch _:_ -> 0
    end.

supervisor_info(Params) ->
    Pid = target(Params),
    is_supervisor(Pid) orelse throw({not_supported, iolist_to_binary([pid(Pid), " is no supervisor"])}),
    Flags = supervisor_flags(Pid),
    Offset = integer(Params, <<"offset">>, 0),
    All = lists:reverse(which_children(Pid)),
    (maps:with([strategy, intensity, period_s, recent_restarts], Flags))#{
        pid => pid(Pid), name => name(Pid), kind => supervisor, total => length(All), offset => Offset,
        children => [#{id => child_id(Id), pid => pid(Child), name => case is_pid(Child) of true -> name(Child); false -> <<>> end,
                       kind => Type, status => case is_pid(Child) of true -> process_status(Child); false -> child_state(Child) end, restarts => 0}
                     || {Id, Child, Type, _} <- lists:sublist(drop(Offset, All), integer(Params, <<"limit">>, 100))]}.

child_id(undefined) -> <<>>;
child_id(Id) -> text(Id).
child_state(restarting) -> <<"restarting">>;
child_state(_) -> <<"terminated">>.
