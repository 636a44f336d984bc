%% SPDX-License-Identifier: MIT
%%
%% Supervisors: looking into one without copying it, and what it can be asked to do.
%%
%% A function that runs in the supervisor itself takes out of its state what is wanted, a page of the
%% children at most, and throws that: sys keeps the state it had, and nothing else is copied. The
%% states are those of OTP's supervisor (since 21) and of Elixir's DynamicSupervisor; any other is
%% asked by the calls that all of them answer.

-define(ASK_MS, 2000).
%% What is listed of one whose state is not known: the whole list is copied then.
-define(LISTED_WHOLE, 5000).

%% #{strategy, intensity, period_s, restarts: when, in seconds; dynamic; size, running: children;
%%   page: [{Id, Pid or what it is instead, Type, Restart, Shutdown, Significant}]; hash: of who is in
%%   the page; reductions: what the supervisor had done by then}
look_at(Pid, Offset, Limit) -> look(Pid, {page, Offset, Limit}).

%% @Page: {page, Offset, Limit}, or {child, Pid} for that one.
look(Pid, Page) ->
    put(asks, Pid),
    try sys:replace_state(Pid, looking(Page, true), ?ASK_MS) of
        _ -> look_by_calls(Pid, Page)
    catch
        error:{callback_failed, _, {exit, {grove, unknown}}} -> look_by_calls(Pid, Page);
        error:{callback_failed, _, {exit, {grove, Look}}} -> Look;
        exit:{timeout, _} -> throw({not_reached, iolist_to_binary([pid(Pid), " did not say within 2 s who its children are"])});
        exit:_ -> gone()
    end.

looking(Page, Tells) -> fun(State) -> exit({grove, look_inside(State, Page, Tells)}) end.

%% @Tells: the page itself; else its hash alone.
look_inside(State, Wanted, Tells) ->
    case shape(State) of
        {Flags, Size, Running, Children} ->
            Page = Children(Wanted),
            Look = Flags#{size => Size, running => Running, hash => erlang:phash2([element(2, Child) || Child <- Page])},
            Told = case Tells of true -> Look#{page => Page}; false -> Look end,
            %% Last: what it does after this is always the same.
            {reductions, Reductions} = process_info(self(), reductions),
            Told#{reductions => Reductions};
        unknown -> unknown
    end.

%% {state, Name, Strategy, {Ids, Children}, Dynamics, Intensity, Period, Restarts, ...}.
shape(State) when element(1, State) =:= state, tuple_size(State) >= 8 ->
    Flags = #{strategy => element(3, State), intensity => element(6, State), period_s => element(7, State),
              restarts => moments(element(8, State))},
    case {element(3, State), element(4, State), element(5, State)} of
        {simple_one_for_one, {[Id], Specs}, {_, Dynamics}} when is_map(Specs), is_map(Dynamics) ->
            {_, _, _, Type, Restart, Shutdown, Significant} = child_spec(maps:get(Id, Specs)),
            dynamic(Flags, Dynamics, fun(_) -> {Type, Restart, Shutdown, Significant} end);
        {Strategy, {Ids, Specs}, _} when Strategy =/= simple_one_for_one, is_list(Ids), is_map(Specs) ->
            Children = fun({page, Offset, Limit}) -> [child_of(maps:get(Id, Specs)) || Id <- window(lists:reverse(Ids), Offset, Limit)];
                          ({child, Pid}) -> [child_of(Spec) || Spec <- maps:values(Specs), element(2, Spec) =:= Pid]
                       end,
            Running = maps:fold(fun(_, Spec, N) when is_pid(element(2, Spec)) -> N + 1; (_, _, N) -> N end, 0, Specs),
            {Flags#{dynamic => false}, length(Ids), Running, Children};
        _ -> unknown
    end;
shape(#{'__struct__' := 'Elixir.DynamicSupervisor', children := Children, strategy := Strategy, max_restarts := Intensity,
        max_seconds := Period, restarts := Restarts}) when is_map(Children) ->
    Flags = #{strategy => Strategy, intensity => Intensity, period_s => Period, restarts => moments(Restarts)},
    dynamic(Flags, Children, fun({_, Restart, Shutdown, Type, _}) -> {Type, Restart, Shutdown, false};
                                (_) -> {worker, permanent, 5000, false} end);
shape(_) -> unknown.

moments(Restarts) when is_list(Restarts) -> [T || T <- lists:sublist(Restarts, 1000), is_integer(T)];
moments(_) -> [].

dynamic(Flags, Children, Spec) ->
    Page = fun({page, Offset, Limit}) -> take_some(skip_some(maps:iterator(Children), Offset), Limit, Spec);
              ({child, Pid}) -> take_some(maps:iterator(maps:with([Pid], Children)), 1, Spec)
           end,
    {Flags#{dynamic => true}, map_size(Children), map_size(Children), Page}.

skip_some(Iterator, 0) -> Iterator;
skip_some(Iterator, N) ->
    case maps:next(Iterator) of
        {_, _, Next} -> skip_some(Next, N - 1);
        none -> none
    end.

take_some(none, _, _) -> [];
take_some(_, 0, _) -> [];
take_some(Iterator, N, Spec) ->
    case maps:next(Iterator) of
        {Child, Value, Next} ->
            {Type, Restart, Shutdown, Significant} = Spec(Value),
            [{undefined, dynamic_child(Child), Type, Restart, Shutdown, Significant} | take_some(Next, N - 1, Spec)];
        none -> []
    end.

dynamic_child({restarting, _}) -> restarting;
dynamic_child(Child) -> Child.

%% The record, which had no `significant` before OTP 24.
child_spec({child, Pid, Id, Start, Restart, Significant, Shutdown, Type, _}) -> {Id, is_running(Pid), Start, Type, Restart, Shutdown, Significant};
child_spec({child, Pid, Id, Start, Restart, Shutdown, Type, _}) -> {Id, is_running(Pid), Start, Type, Restart, Shutdown, false}.

child_of(Spec) ->
    {Id, Pid, _, Type, Restart, Shutdown, Significant} = child_spec(Spec),
    {Id, Pid, Type, Restart, Shutdown, Significant}.

is_running(Pid) when is_pid(Pid) -> Pid;
is_running({restarting, _}) -> restarting;
is_running(_) -> undefined.

look_by_calls(Pid, Page) ->
    Size = count_children(Pid),
    %% Nor do those calls tell how a child is restarted, or ended.
    All = case Size =< ?LISTED_WHOLE of
              true -> [{Id, Child, Type, '', '', false} || {Id, Child, Type, _} <- lists:reverse(which_children(Pid))];
              false -> []
          end,
    #{strategy => '', intensity => 0, period_s => 0, restarts => [], dynamic => false, size => Size, running => Size,
      page => case Page of
                  {page, Offset, Limit} -> window(All, Offset, Limit);
                  {child, Wanted} -> [Child || Child <- All, element(2, Child) =:= Wanted]
              end, hash => none, reductions => none}.

which_children(Pid) ->
    put(asks, Pid),
    try gen_server:call(Pid, which_children, ?ASK_MS) of
        List when is_list(List) -> List;
        _ -> []
    catch
        exit:{noproc, _} -> gone();
        _:_ -> throw({not_reached, iolist_to_binary([pid(Pid), " did not say within 2 s who its children are"])})
    end.

count_children(Pid) ->
    try gen_server:call(Pid, count_children, ?ASK_MS) of
        List when is_list(List) -> proplists:get_value(active, List, 0);
        #{active := Active} -> Active;
        _ -> 0
    catch _:_ -> 0
    end.

is_supervisor(Pid) -> is_supervisor_call(initial_call(Pid)).

is_supervisor_call({supervisor, _, _}) -> true;
is_supervisor_call({Module, _, _}) ->
    lists:member(Module, ['Elixir.Supervisor.Default', 'Elixir.DynamicSupervisor', 'Elixir.Task.Supervisor', 'Elixir.PartitionSupervisor']);
is_supervisor_call(_) -> false.

%% As the protocol has them. The restarts that count are those of the last period.
flags_of(#{strategy := Strategy, intensity := Intensity, period_s := Period, restarts := Restarts, running := Running}) ->
    Since = erlang:monotonic_time(second) - Period,
    #{strategy => text(Strategy), intensity => Intensity, period_s => Period,
      recent_restarts => length([T || T <- Restarts, T >= Since]), children => Running}.

no_flags() -> #{strategy => <<>>, intensity => 0, period_s => 0, recent_restarts => 0, children => 0}.

supervisor_flags(Pid) ->
    try flags_of(look_at(Pid, 0, 0)) catch throw:_ -> no_flags() end.

%% ---- What it is ----------------------------------------------------------------------------------

a_supervisor(Params) ->
    Pid = target(Params),
    is_process_alive(Pid) orelse gone(),
    is_supervisor(Pid) orelse throw({not_supported, iolist_to_binary([pid(Pid), " is no supervisor"])}),
    Pid.

supervisor_info(Params) ->
    Pid = a_supervisor(Params),
    Offset = integer(Params, <<"offset">>, 0),
    #{page := Page, size := Size} = Look = look_at(Pid, Offset, integer(Params, <<"limit">>, 100)),
    Registries = registries(),
    (maps:with([strategy, intensity, period_s, recent_restarts], flags_of(Look)))#{
        pid => pid(Pid), name => name(Pid), kind => supervisor, total => Size, offset => Offset,
        children => [#{id => child_id(Id), pid => pid(Child), name => child_name(Id, Child, Registries),
                       kind => Type, status => child_status(Child), restarts => known_restarts(Child)} || {Id, Child, Type, _, _, _} <- Page]}.

%% Of those that have no id it says more than nothing.
child_name(Id, Child, Registries) when is_pid(Child) ->
    case name(Child) of
        <<>> when Id =:= undefined -> unregistered_name(Child, Id, Registries);
        Name -> Name
    end;
child_name(_, _, _) -> <<>>.

child_id(undefined) -> <<>>;
child_id(Id) -> id_text(Id).

child_status(Child) when is_pid(Child) -> process_status(Child);
child_status(restarting) -> <<"restarting">>;
child_status(_) -> <<"terminated">>.

process_status(Pid) ->
    case process_info(Pid, status) of
        {status, Status} -> status(Status);
        _ -> <<"exiting">>
    end.

%% ---- What it can do ------------------------------------------------------------------------------

supervise(Params) ->
    Pid = a_supervisor(Params),
    expected(Pid, Params),
    protect_children(Pid),
    Name = name(Pid),
    Outcome = act_on_child(maps:get(<<"action">>, Params), Pid, maps:get(<<"child">>, Params, none), integer(Params, <<"wait_ms">>, 10000)),
    #{outcome => print(Outcome, 1000), pid => pid(Pid), name => Name,
      child => case Outcome of
                   {ok, Child} when is_pid(Child) -> who(Child);
                   {ok, Child, _} when is_pid(Child) -> who(Child);
                   _ -> null
               end}.

%% What the node cannot do without is below kernel's supervisors.
protect_children(Pid) ->
    protect(Pid),
    is_kernels(Pid) andalso
        throw({protected, iolist_to_binary([name(Pid), " ", pid(Pid), " is kernel's own: without what it supervises the node or this connection ends"])}),
    ok.

is_kernels(Pid) ->
    case process_info(Pid, group_leader) of
        {group_leader, Leader} -> maps:get(Leader, leaders(), none) =:= <<"kernel">>;
        _ -> false
    end.

act_on_child(Action, Pid, Child, WaitMs) ->
    #{dynamic := Dynamic} = look_at(Pid, 0, 0),
    case {Action, Child} of
        {<<"start_child">>, none} -> start_one_more(Pid, Dynamic, WaitMs);
        {<<"start_child">>, _} -> start_of(find_child(Pid, Child, Dynamic));
        {<<"terminate_child">>, _} ->
            case find_child(Pid, Child, Dynamic) of
                none -> {error, not_found};
                {undefined, Running} -> ask_supervisor(Pid, {terminate_child, Running}, WaitMs);
                {Id, _} -> ask_supervisor(Pid, {terminate_child, Id}, WaitMs)
            end;
        %% A DynamicSupervisor does not know these, and would end.
        {_, _} when Dynamic -> {error, simple_one_for_one};
        {_, _} ->
            case find_child(Pid, Child, Dynamic) of
                none -> {error, not_found};
                {Id, _} when Action =:= <<"restart_child">> -> ask_supervisor(Pid, {restart_child, Id}, WaitMs);
                {Id, _} -> ask_supervisor(Pid, {delete_child, Id}, WaitMs)
            end
    end.

start_one_more(Pid, Dynamic, WaitMs) ->
    #{strategy := Strategy} = look_at(Pid, 0, 0),
    case Dynamic andalso Strategy of
        simple_one_for_one -> ask_supervisor(Pid, {start_child, []}, WaitMs);
        _ -> throw({not_supported, <<"only a simple_one_for_one supervisor knows how to start one more child: any other is told that by code, which cannot be sent">>})
    end.

%% A specification is code and does not travel; but of a child that there is, the answer is known.
start_of({_, Child}) when is_pid(Child) -> {error, {already_started, Child}};
start_of({_, _}) -> {error, already_present};
start_of(none) -> throw({not_supported, <<"it has no such child, and how to start one is code, which cannot be sent">>}).

ask_supervisor(Pid, Request, WaitMs) ->
    put(asks, Pid),
    try gen_server:call(Pid, Request, WaitMs)
    catch
        exit:{timeout, _} ->
            throw({not_reached, iolist_to_binary([pid(Pid), " did not answer within ", integer_to_list(WaitMs), " ms; it may still do what it was asked"])});
        exit:_ -> gone()
    end.

%% {Id, Pid or what it is instead}; by its pid where children have no ids.
find_child(Pid, Text, true) ->
    Child = try list_to_pid(binary_to_list(Text))
            catch error:_ -> throw({invalid, <<"children of this supervisor have no ids: they are named by their pids, not ", Text/binary>>})
            end,
    case own_supervisor(Child) of
        Pid -> {undefined, Child};
        _ -> none
    end;
find_child(Pid, Text, false) -> find_child(Pid, Text, 0, ?LISTED_WHOLE).

find_child(Pid, Text, Offset, Limit) ->
    #{page := Page, size := Size} = look_at(Pid, Offset, Limit),
    case [{Id, Child} || {Id, Child, _, _, _, _} <- Page, is_child(Id, Child, Text)] of
        [Found | _] -> Found;
        [] when Offset + Limit < Size -> find_child(Pid, Text, Offset + Limit, Limit);
        [] -> none
    end.

is_child(Id, Child, Text) -> id_text(Id) =:= Text orelse pid(Child) =:= Text.
