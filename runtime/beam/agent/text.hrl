%% SPDX-License-Identifier: MIT
%%
%% Texts: of pids, names, functions, and of any term within bounds; and what requests hold.

integer(Params, Key, Default) ->
    case Params of
        #{Key := Value} when is_integer(Value) -> Value;
        _ -> Default
    end.

pid(Pid) when is_pid(Pid) -> list_to_binary(pid_to_list(Pid));
pid(_) -> <<>>.

%% As people write it: Elixir's modules are MyApp.Worker.
text(Atom) when is_atom(Atom) ->
    case atom_to_binary(Atom, utf8) of
        <<"Elixir.", C, Rest/binary>> when C >= $A, C =< $Z -> <<C, Rest/binary>>;
        Text -> Text
    end;
text(Binary) when is_binary(Binary) -> Binary;
text(Term) -> print(Term, 120).

mfa({M, F, A}) when is_integer(A) ->
    case anonymous(M, F) of
        none -> plain_mfa(M, F, A);
        In -> iolist_to_binary(["anonymous fn/", integer_to_list(A), " in ", In])
    end;
mfa({M, F, A}) when is_list(A) -> mfa({M, F, length(A)});
mfa(undefined) -> <<>>;
mfa(Other) -> print(Other, 120).

plain_mfa(M, F, A) ->
    Module = text(M),
    Joint = case is_elixir(Module) of true -> $.; false -> $: end,
    iolist_to_binary([Module, Joint, text(F), $/, integer_to_list(A)]).

is_elixir(<<C, _/binary>>) -> C >= $A andalso C =< $Z;
is_elixir(_) -> false.

%% Elixir's traces have its functions without a name so, too: where they are written.
anonymous(M, F) ->
    case is_elixir(text(M)) andalso binary:split(atom_to_binary(F, utf8), [<<"-">>, <<"/">>], [global]) of
        [<<>>, Name, Arity, Fun | _] when Fun =:= <<"fun">>; Fun =:= <<"anonymous">> -> [text(M), $., Name, $/, Arity];
        _ -> none
    end.

%% Bounded in depth and in characters, the work too.
print(Term, Max) ->
    Text = unicode:characters_to_binary(io_lib:format("~0tP", [Term, 30], [{chars_limit, Max}])),
    case byte_size(Text) > 4 * Max of
        true -> binary:part(Text, 0, 4 * Max);
        false -> Text
    end.

%% A term for the bridge to print; of one that is too large, or nested more deeply than the bridge reads,
%% the beginning of all its parts travels.
-define(TERM_BYTES, 65536).
-define(TERM_DEPTH, 200).
-define(KEY_DEPTH, 4).
show(Term) -> show(Term, ?TERM_BYTES).
show(Term, Bytes) ->
    Size = erts_debug:flat_size(Term) * erlang:system_info(wordsize),
    External = case Size =< 4 * Bytes of true -> erlang:external_size(Term); false -> infinity end,
    case External =< Bytes andalso shallow(Term, ?TERM_DEPTH) of
        true -> {term, Term, Size};
        false ->
            {Part, _} = shorten(Term, Bytes div 8, 24),
            {part, Part, case External of infinity -> Size; _ -> max(Size, External) end}
    end.

%% MORE stands where something is left out, and is printed as dots: in place of an item, for the rest of
%% a list, a tuple or a map, and before the beginning of a binary. @Left is what all of it may hold, shared
%% by the parts; what one does not need is for those after it.
-define(MORE, '$grove_more').
-define(MANY, 200).
shorten(Bits, Left, _) when is_bitstring(Bits) ->
    Bytes = min(2048, max(16, Left * 8)),
    case byte_size(Bits) =< Bytes of
        true -> {Bits, Left - 1 - byte_size(Bits) div 8};
        false -> {[?MORE | beginning(binary:part(Bits, 0, Bytes))], Left - 1 - Bytes div 8}
    end;
shorten(Term, Left, Depth) when (Left =< 0 orelse Depth =:= 0), (is_list(Term) orelse is_tuple(Term) orelse is_map(Term)) -> {?MORE, Left};
shorten(List, Left, Depth) when is_list(List) -> shorten_list(List, items_in(List, ?MANY), Left - 1, Depth - 1);
shorten(Tuple, Left, Depth) when is_tuple(Tuple) ->
    N = min(tuple_size(Tuple), ?MANY),
    {List, Rest} = shorten_list([element(I, Tuple) || I <- lists:seq(1, N)], N, Left - 1, Depth - 1),
    {list_to_tuple(List ++ [?MORE || tuple_size(Tuple) > N]), Rest};
shorten(Map, Left, Depth) when is_map(Map) ->
    N = min(map_size(Map), ?MANY),
    {Items, Rest} = shorten_list(first_pairs(maps:next(maps:iterator(Map)), N), 2 * N, Left - 1, Depth - 1),
    {maps:from_list(associated(Items) ++ [{?MORE, ?MORE} || map_size(Map) > N]), Rest};
shorten(Term, Left, _) when is_integer(Term) -> {case erts_debug:flat_size(Term) > 64 of true -> ?MORE; false -> Term end, Left - 1};
%% What a function has closed over may be anything; it is not shown.
shorten(Fun, Left, _) when is_function(Fun) -> {case erts_debug:flat_size(Fun) > 64 of true -> ?MORE; false -> Fun end, Left - 1};
shorten(Term, Left, _) -> {Term, Left - 1}.

shorten_list([], _, Left, _) -> {[], Left};
shorten_list([_ | _], 0, Left, _) -> {[?MORE], Left};
%% The last few are worth their place.
shorten_list([_ | _], N, Left, _) when Left =< 0, N > 16 -> {[?MORE], Left};
shorten_list([Item | List], N, Left, Depth) ->
    Share = max(0, Left) div N,
    {Short, Unused} = shorten(Item, Share, Depth),
    {Shorter, Rest} = shorten_list(List, N - 1, Left - Share + Unused, Depth),
    {[Short | Shorter], Rest};
shorten_list(Tail, _, Left, Depth) -> shorten(Tail, Left, Depth).

items_in([_ | List], Most) when Most > 0 -> 1 + items_in(List, Most - 1);
items_in(_, _) -> 0.

first_pairs({Key, Value, Next}, N) when N > 0 -> [Key, Value | first_pairs(maps:next(Next), N - 1)];
first_pairs(_, _) -> [].

associated([Key, Value | Items]) -> [{case shallow(Key, ?KEY_DEPTH) of true -> Key; false -> ?MORE end, Value} | associated(Items)];
associated([]) -> [];
associated([_]) -> [{?MORE, ?MORE}].

%% No half of a character at its end.
beginning(Bytes) ->
    case unicode:characters_to_binary(Bytes) of
        {incomplete, Text, _} when byte_size(Text) + 4 > byte_size(Bytes) -> Text;
        _ -> Bytes
    end.

shallow(Term, Depth) when is_list(Term) -> Depth > 0 andalso shallow_list(Term, Depth - 1);
shallow(Term, Depth) when is_tuple(Term) -> Depth > 0 andalso shallow_list(tuple_to_list(Term), Depth - 1);
shallow(Term, Depth) when is_map(Term) ->
    Depth > 0 andalso lists:all(fun({K, V}) -> shallow(K, min(Depth - 1, ?KEY_DEPTH)) andalso shallow(V, Depth - 1) end, maps:to_list(Term));
shallow(Term, Depth) when is_function(Term) ->
    {env, Holds} = erlang:fun_info(Term, env),
    Depth > 0 andalso (not is_list(Holds) orelse shallow_list(Holds, Depth - 1));
shallow(_, _) -> true.

shallow_list([Head | Tail], Depth) -> shallow(Head, Depth) andalso shallow_list(Tail, Depth);
shallow_list([], _) -> true;
shallow_list(Tail, Depth) -> shallow(Tail, Depth).

%% Registered name, else label, else nothing.
name(Pid) ->
    case process_info(Pid, registered_name) of
        {registered_name, Name} -> text(Name);
        _ -> <<>>
    end.

who(Pid) when is_pid(Pid) -> #{pid => pid(Pid), name => case node(Pid) =:= node() of true -> name(Pid); false -> text(node(Pid)) end};
who(_) -> null.

gone() -> throw({no_process, <<"there is no such process any more">>}).

%% Of another node, where it has the same numbers but for the first.
elsewhere(Pid) ->
    [_, Number, Serial] = string:split(pid_to_list(Pid), ".", all),
    {text(node(Pid)), iolist_to_binary(["<0.", Number, $., Serial])}.

%% The process a request names, which must be one of this node.
target(Params) ->
    Text = maps:get(<<"pid">>, Params),
    Pid = try list_to_pid(binary_to_list(Text)) catch error:_ -> throw({invalid, <<"a pid looks like <0.123.0>, not ", Text/binary>>}) end,
    node(Pid) =:= node() orelse throw({elsewhere, elsewhere(Pid)}),
    put(asks, Pid),
    Pid.
