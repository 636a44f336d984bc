%% SPDX-License-Identifier: MIT
%%
%% The supervision forest, a node's children at a time: applications, their masters' top supervisors,
%% and the children of each supervisor. Whoever lists tells the watcher what it saw (tree-watch.hrl),
%% which then tells when to look again.

children(#{<<"pid">> := <<>>} = Params, Watcher) ->
    Apps = lists:sort(masters()),
    Listed = lists:sublist(Apps, integer(Params, <<"limit">>, 500)),
    {Revision, _, _} = tell_watcher(Watcher, {listed, root, [{App, Master} || {App, Master} <- Listed], none}),
    Columns = wanted_columns(Params),
    Numbers = [[number(Master, none, Column) || Column <- Columns] || {_, Master} <- Listed],
    Watcher ! {numbers, root, [Master || {_, Master} <- Listed], Columns, Numbers},
    #{total => length(Apps), revision => Revision,
      nodes => [(no_flags())#{pid => pid(Master), kind => application, name => text(App), children => 1,
                              status => process_status(Master), numbers => << <<(told_number(N))/float>> || N <- Ns >>}
                || {{App, Master}, Ns} <- lists:zip(Listed, Numbers)]};
children(Params, Watcher) ->
    Pid = target(Params),
    is_process_alive(Pid) orelse gone(),
    Limit = integer(Params, <<"limit">>, 500),
    Columns = wanted_columns(Params),
    case lists:keymember(Pid, 2, masters()) of
        true ->
            Page = [{top, Top, supervisor, '', '', false} || Top <- top_of(Pid)],
            list(Pid, Watcher, Limit, Columns, (no_look())#{page => Page, size => length(Page), running => length(Page)});
        false ->
            case is_supervisor(Pid) of
                true -> list(Pid, Watcher, Limit, Columns, look_at(Pid, 0, Limit));
                false -> #{total => 0, nodes => [], revision => 0}
            end
    end.

masters() -> [{App, Master} || [App, Master] <- ets:match(ac_tab, {{application_master, '$1'}, '$2'}), is_pid(Master)].

no_look() -> #{strategy => '', intensity => 0, period_s => 0, restarts => [], dynamic => false, hash => none, reductions => none}.

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

list(Pid, Watcher, Limit, Columns, #{page := Page, running := Running, dynamic := Dynamic} = Look) ->
    %% In the order of their start, as far as that can be told.
    Ordered = case Dynamic andalso length(Page) < Limit of true -> lists:keysort(2, Page); false -> Page end,
    Children = [{Id, Child, Type} || {Id, Child, Type, _, _, _} <- Ordered, is_pid(Child)],
    {Revision, Places, Known} = tell_watcher(Watcher, {listed, Pid, [{Id, Child} || {Id, Child, _} <- Children], maps:remove(page, Look#{limit => Limit})}),
    %% Before they are looked into, which they run for.
    Statuses = maps:from_list([{Child, status_unasked(Child)} || {_, Child, supervisor} <- Children]),
    Looks = [{Child, look_or_none(Child)} || {_, Child, supervisor} <- Children, not is_map_key(Child, Known)],
    Watcher ! {below, Pid, [{Child, L} || {Child, L} <- Looks, L =/= none]},
    Flags = maps:merge(Known, maps:from_list([{Child, flags_of(L)} || {Child, L} <- Looks, L =/= none])),
    #{total => Running, revision => Revision, 
      nodes => nodes_of(Pid, [{Id, Child} || {Id, Child, _} <- Children], Flags, Statuses, Places, Watcher, Columns)}.

%% And their numbers, which the watcher then tells only as they change.
nodes_of(Pid, Children, Flags, Statuses, Places, Watcher, Columns) ->
    Restarts = get(restarts),
    Read = fun(Skip) ->
                   process_flag(priority, normal),
                   put(stuck, Skip),
                   share_restarts_if_any(Restarts),
                   Registries = registries(),
                   [{maps:merge(node_of(Id, Child, maps:get(Child, Flags, none), maps:get(Child, Places, none), Registries),
                                case Statuses of #{Child := Status} -> #{status => Status}; _ -> #{} end),
                     [number(Child, none, Column) || Column <- Columns]} || {Id, Child} <- Children]
           end,
    Nodes = guarded(Read, #{}),
    Watcher ! {numbers, Pid, [Child || {_, Child} <- Children], Columns, [Numbers || {_, Numbers} <- Nodes]},
    [Node#{numbers => << <<(told_number(N))/float>> || N <- Numbers >>} || {Node, Numbers} <- Nodes].

%% Nor that the watcher may just have looked into it.
status_unasked(Pid) ->
    put(asks, Pid),
    case process_status(Pid) of
        <<"waiting">> = Waits -> Waits;
        _ -> receive after 1 -> process_status(Pid) end
    end.

look_or_none(Pid) ->
    case is_supervisor(Pid) of
        true -> try look_at(Pid, 0, 0) catch throw:_ -> (no_look())#{size => 0, running => 0} end;
        false -> none
    end.

node_of(Id, Pid, Flags, Place, Registries) ->
    put(asks, Pid),
    {Name, Status} = case not is_map_key(Pid, get(stuck)) andalso process_info(Pid, [registered_name, status]) of
                         %% It runs native code.
                         false -> {id_text(Id), <<"running">>};
                         [{_, []}, {_, S}] -> {unregistered_name(Pid, Id, Registries), status(S)};
                         [{_, N}, {_, S}] -> {text(N), status(S)};
                         undefined -> {id_text(Id), <<"exiting">>}
                     end,
    Node = #{pid => pid(Pid), kind => case Flags of none -> worker; _ -> supervisor end, name => Name, status => Status},
    Placed = case Place of
                 none -> Node;
                 {Old, _} -> Node#{replaces => pid(Old)}
             end,
    Counted = case noted_restarts(Pid) of
                  0 -> Placed;
                  Times -> Placed#{restarts => Times}
              end,
    case Flags of none -> Counted; _ -> maps:merge(Counted, Flags) end.

%% As its supervisor calls it, else by what it runs; and by its key, if it has one in a Registry.
unregistered_name(Pid, Id, Registries) ->
    Called = case Id =:= undefined orelse Id =:= top of
                 true -> running_name(Pid);
                 false -> id_text(Id)
             end,
    case registry_key(Pid, Registries) of
        none -> Called;
        Key -> <<Called/binary, " ", Key/binary>>
    end.
