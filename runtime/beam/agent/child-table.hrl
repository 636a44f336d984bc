%% SPDX-License-Identifier: MIT
%%
%% The table `children`: those of one supervisor, also of one that has a hundred thousand. In the order
%% of their start a page is all that leaves the supervisor; another order or a filter needs all of them,
%% and is for those that do not have too many.

-define(SORTED_CHILDREN, 20000).

child_table(#{<<"of">> := Of, <<"offset">> := Offset, <<"limit">> := Limit, <<"columns">> := Columns} = Params) ->
    Pid = target(Params#{<<"pid">> => Of}),
    Sort = [{Column, Order =:= <<"desc">>} || [Column, Order] <- maps:get(<<"sort">>, Params)],
    case supervises(Pid) of
        {none, _} -> throw({no_process, <<"that process supervises nobody">>});
        {gone, _} -> child_rows(0, 0, []);
        {Look, Size} ->
            case Params of
                #{<<"keys">> := Keys} -> child_rows(Size, Size, [child_cells(C, Columns) || Key <- Keys, C <- child_of_key(Pid, Look, Key)]);
                #{<<"filter">> := Filter} -> sorted_children(Look, Size, Sort, Filter, Params);
                _ ->
                    case Sort of
                        [] -> ordered_children(Look, Size, Offset, Limit, false, Columns);
                        [{<<"place">>, Down}] -> ordered_children(Look, Size, Offset, Limit, Down, Columns);
                        _ -> sorted_children(Look, Size, Sort, none, Params)
                    end
            end
    end.

child_rows(Total, Matched, Rows) -> #{total => Total, matched => Matched, now => now_ns(), stuck => [], rows => Rows}.

%% How its pages are looked at, and how many children there are.
supervises(Pid) ->
    case {is_process_alive(Pid), lists:keymember(Pid, 2, masters())} of
        {false, _} -> {gone, 0};
        {_, true} ->
            Top = top_of(Pid),
            {fun(Offset, Limit) -> window([{top, T, supervisor, '', '', false} || T <- Top], Offset, Limit) end, length(Top)};
        _ ->
            case is_supervisor(Pid) of
                true ->
                    #{size := Size} = look_at(Pid, 0, 0),
                    {fun(Offset, Limit) -> maps:get(page, look_at(Pid, Offset, Limit)) end, Size};
                false -> {none, 0}
            end
    end.

%% {place, child}
placed(Look, Offset, Limit) ->
    Page = Look(Offset, Limit),
    lists:zip(lists:seq(Offset + 1, Offset + length(Page)), Page).

ordered_children(Look, Size, Offset, Limit, false, Columns) ->
    child_rows(Size, Size, [child_cells(C, Columns) || C <- placed(Look, Offset, Limit)]);
ordered_children(Look, Size, Offset, Limit, true, Columns) ->
    First = max(0, Size - Offset - Limit),
    child_rows(Size, Size, [child_cells(C, Columns) || C <- lists:reverse(placed(Look, First, max(0, Size - Offset - First)))]).

sorted_children(Look, Size, Sort, Filter, #{<<"offset">> := Offset, <<"limit">> := Limit, <<"columns">> := Columns}) ->
    Size =< ?SORTED_CHILDREN orelse
        throw({limit, iolist_to_binary(["of more than ", integer_to_list(?SORTED_CHILDREN), " children only the order of their start is known"])}),
    Needs = lists:usort([<<"id">>] ++ [C || {C, _} <- Sort] ++ columns_of(Filter)),
    All = [{Child, child_values(Child, Needs)} || Child <- placed(Look, 0, Size)],
    Matching = lists:sort([{[turned(maps:get(C, Values), Down) || {C, Down} <- Sort], maps:get(<<"id">>, Values), Child}
                           || {Child, Values} <- All, plain_accepts(Filter, Values)]),
    child_rows(Size, length(Matching), [child_cells(Child, Columns) || {_, _, Child} <- window(Matching, Offset, Limit)]).

child_of_key(Pid, Look, Key) ->
    case Look(0, 1) of
        [{undefined, _, Type, Restart, Shutdown, Significant}] ->
            [{0, {undefined, Child, Type, Restart, Shutdown, Significant}} || Child <- known(Key), own_supervisor(Child) =:= Pid];
        _ -> [C || {_, {Id, _, _, _, _, _}} = C <- placed(Look, 0, ?SORTED_CHILDREN), id_text(Id) =:= Key]
    end.

%% To sort and filter, restarts that nobody saw are none.
child_cells({_, {_, Child, _, _, _, _}} = Placed, Columns) ->
    Values = child_values(Placed, Columns),
    [case Column of <<"restarts">> -> known_restarts(Child); _ -> maps:get(Column, Values) end || Column <- Columns].

child_values({Place, {Id, Child, Type, Restart, Shutdown, Significant}}, Columns) ->
    maps:from_list([{Column, child_value(Column, Place, Id, Child, Type, Restart, Shutdown, Significant)} || Column <- Columns]).

child_value(Column, Place, Id, Child, Type, Restart, Shutdown, Significant) ->
    case Column of
        <<"id">> when Id =:= undefined -> case is_pid(Child) of true -> pid(Child); false -> <<"restarting">> end;
        <<"id">> -> id_text(Id);
        <<"pid">> -> pid(Child);
        <<"name">> -> child_name(Id, Child, registries());
        <<"kind">> -> text(Type);
        <<"status">> -> child_status(Child);
        <<"restart_type">> -> text(Restart);
        <<"shutdown">> when is_integer(Shutdown) -> integer_to_binary(Shutdown);
        <<"shutdown">> -> text(Shutdown);
        <<"significant">> -> Significant;
        <<"restarts">> -> case known_restarts(Child) of null -> 0; Times -> Times end;
        <<"children">> -> maps:get(children, child_flags(Child, Type));
        <<"strategy">> -> maps:get(strategy, child_flags(Child, Type));
        <<"messages">> -> child_number(Child, message_queue_len);
        <<"memory">> -> child_number(Child, garbage_collection_info);
        <<"reductions">> -> child_number(Child, reductions);
        <<"initial">> when is_pid(Child) -> running_name(Child);
        <<"initial">> -> <<>>;
        <<"place">> -> Place
    end.

child_flags(Child, supervisor) when is_pid(Child) ->
    case is_supervisor(Child) of true -> supervisor_flags(Child); false -> no_flags() end;
child_flags(_, _) -> no_flags().

child_number(Child, Item) when is_pid(Child) ->
    put(asks, Child),
    case number_of(Child, none, Item) of gone -> 0; N -> N end;
child_number(_, _) -> 0.
