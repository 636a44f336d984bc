%% SPDX-License-Identifier: MIT
%%
%% How often children were started again, as far as that was seen: the BEAM does not count it. Who follows
%% crashes and who watches the forest note what they see, both perhaps the same; of a process it is then known
%% which restart of its child it came of, and of who is not noted nothing is. The table is the manager's, and
%% goes with it; whoever reads or notes has it in its dictionary.

-define(NOTED_RESTARTS, 5000).

%% none: the node has as many tables as it may have, and nothing is noted.
new_restarts_table() -> try ets:new(grove_restarts, [public]) catch error:system_limit -> none end.

share_restarts(Table) -> put(restarts, Table).

%% @New took the place of @Old, and its child was restarted so often at least. What it was, then.
note_restart(Old, New, AtLeast) ->
    Table = get(restarts),
    Times = lists:max([AtLeast, noted_restarts(Old) + 1, noted_restarts(New)]),
    Table =/= none andalso (ets:info(Table, size) < ?NOTED_RESTARTS orelse make_room_for_restart(Table)) andalso ets:insert(Table, {New, Times}),
    Times.

make_room_for_restart(Table) ->
    [ets:delete(Table, Pid) || {Pid, _} <- ets:tab2list(Table), not is_process_alive(Pid)],
    ets:info(Table, size) < ?NOTED_RESTARTS.

%% Who asks for many need not look each up where nobody was restarted.
share_restarts_if_any(none) -> share_restarts(none);
share_restarts_if_any(Table) -> share_restarts(case ets:info(Table, size) of 0 -> none; _ -> Table end).

%% 0: none was seen.
noted_restarts(Pid) -> noted_restarts(Pid, get(restarts)).
noted_restarts(_, none) -> 0;
noted_restarts(Pid, Table) ->
    case ets:lookup(Table, Pid) of
        [{_, Times}] -> Times;
        [] -> 0
    end.

%% As the protocol has it.
known_restarts(Pid) when is_pid(Pid) ->
    case noted_restarts(Pid) of
        0 -> null;
        Times -> Times
    end;
known_restarts(_) -> null.
