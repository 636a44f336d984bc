%% SPDX-License-Identifier: MIT
%%
%% ETS: the tables there are, and what is in one, a page at a time. Nothing is written, and what only its
%% owner may read is not read.

%% Objects that are passed over to come to a page, and those that are looked at where all must be.
-define(PASSED, 500000).
-define(LOOKED_AT, 10000).
%% A page that has taken so much shows of the others only where they are.
-define(PAGE_BYTES, 33554432).

ets_rows() -> lists:append([ets_row(Table) || Table <- ets:all()]).

ets_row(Table) ->
    case [ets:info(Table, Item) || Item <- [memory, size, owner, type, protection, name]] of
        [Memory, Size, Owner, Type, Protection, Name] when is_integer(Memory), is_integer(Size), is_pid(Owner) ->
            [#{<<"table">> => table_id(Table), <<"name">> => text(Name), <<"objects">> => Size,
               <<"memory">> => Memory * erlang:system_info(wordsize), <<"owner">> => pid(Owner),
               <<"owner_name">> => name(Owner), <<"type">> => text(Type), <<"protection">> => text(Protection)}];
        _ -> []
    end.

%% What the table's rows can be asked for with: its name, unless that is no plain word.
table_id(Table) when is_atom(Table) ->
    Text = print(Table, 120),
    case byte_size(Text) < 64 andalso [] =:= [Byte || <<Byte>> <= Text, Byte =< $  orelse Byte > $~] of
        true -> Text;
        false -> print(ets:whereis(Table), 60)
    end;
table_id(Table) -> print(Table, 60).

find_table(Id) ->
    case [Table || Table <- ets:all(), table_id(Table) =:= Id orelse (is_atom(Table) andalso text(Table) =:= Id)] of
        [Table | _] -> Table;
        [] -> throw({no_process, <<"there is no table ", Id/binary>>})
    end.

objects(#{<<"of">> := Id} = Params) ->
    Table = find_table(Id),
    case [ets:info(Table, Item) || Item <- [protection, owner, size]] of
        [private, Owner, _] ->
            throw({not_supported, iolist_to_binary(["the table ", Id, " is private: only its owner, ", pid(Owner), ", can read it"])});
        [_, _, Size] when is_integer(Size) ->
            ets:safe_fixtable(Table, true),
            objects(Table, Size, Params);
        _ -> throw({no_process, <<"there is no table ", Id/binary>>})
    end.

%% In the table's own order nothing but the page is read.
objects(Table, Size, Params) ->
    Plain = not is_map_key(<<"filter">>, Params) andalso not is_map_key(<<"keys">>, Params) andalso
        lists:member(maps:get(<<"sort">>, Params), [[], [[<<"index">>, <<"asc">>]]]),
    case Plain of
        true ->
            #{<<"offset">> := Offset, <<"limit">> := Limit, <<"columns">> := Columns} = Params,
            Offset =< ?PASSED orelse throw({limit, <<"the first 500,000 objects can be read">>}),
            Rows = read(pass(ets:first(Table), Table, Offset), Table, Offset, Limit, Params),
            #{total => Size, matched => Size, now => now_ns(), stuck => [],
              rows => [[maps:get(C, Row) || C <- Columns] || Row <- Rows]};
        false ->
            Size =< ?LOOKED_AT orelse throw({limit, <<"tables of up to 10,000 objects are sorted and searched; this one can be read in its own order">>}),
            plain_table(Params, read({ets:first(Table), 0}, Table, 0, ?LOOKED_AT, Params))
    end.

%% The key where the page begins, and how many objects of that key come before it.
pass('$end_of_table', _, _) -> {'$end_of_table', 0};
pass(Key, Table, Left) ->
    case objects_of(Key, Table) of
        N when N =< Left, Left > 0 -> pass(ets:next(Table, Key), Table, Left - N);
        _ -> {Key, Left}
    end.

objects_of(Key, Table) ->
    case ets:info(Table, type) of
        Bag when Bag =:= bag; Bag =:= duplicate_bag -> length(ets:lookup(Table, Key));
        _ -> 1
    end.

read({Key, Before}, Table, Index, Limit, Params) ->
    Hide = integer(Params, <<"hide">>, 0) =:= 1,
    read(Key, Before, Table, Index, Limit, Hide, 0).

read('$end_of_table', _, _, _, _, _, _) -> [];
read(_, _, _, _, 0, _, _) -> [];
read(Key, Before, Table, Index, Limit, Hide, Taken) when Taken > ?PAGE_BYTES ->
    Row = #{<<"index">> => Index, <<"key">> => hidden(Key, Hide), <<"size">> => 0, <<"object">> => <<"(not read: those before it are large)">>},
    [Row | read(ets:next(Table, Key), Before, Table, Index + 1, Limit - 1, Hide, Taken)];
read(Key, Before, Table, Index, Limit, Hide, Taken) ->
    Objects = lists:sublist(drop(Before, ets:lookup(Table, Key)), Limit),
    Sizes = [size_of(Object) || Object <- Objects],
    Rows = [#{<<"index">> => I, <<"key">> => hidden(Key, Hide), <<"size">> => Size, <<"object">> => hidden(Object, Hide)}
            || {I, Size, Object} <- lists:zip3(lists:seq(Index, Index + length(Objects) - 1), Sizes, Objects)],
    N = length(Objects),
    Rows ++ read(ets:next(Table, Key), 0, Table, Index + N, Limit - N, Hide, Taken + lists:sum(Sizes)).

hidden(_, true) -> <<>>;
hidden(Term, _) -> inspect(Term, 300).
