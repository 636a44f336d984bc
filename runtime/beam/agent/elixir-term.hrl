%% SPDX-License-Identifier: MIT
%%
%% Terms that a person types in Elixir's syntax. Elixir itself reads the text; what it makes of it becomes a
%% term as far as it is a value that is written down: nothing is computed.

parse_elixir(What, Text) ->
    Options = [{file, <<"typed">>}, {warnings, false}, {emit_warnings, false}],
    case 'Elixir.Code':string_to_quoted(Text, Options) of
        {ok, Quoted} -> try {ok, literal(Quoted)} catch throw:{no_value, Why} -> {error, iolist_to_binary([What, ": ", Why])} end;
        {error, {_, Why, Token}} -> {error, iolist_to_binary([What, ": ", elixir_error(Why), Token])}
    end.

elixir_error({Before, After}) when is_binary(Before), is_binary(After) -> [Before, After];
elixir_error(Why) when is_binary(Why) -> Why;
elixir_error(Why) -> print(Why, 100).

literal(Plain) when is_atom(Plain); is_number(Plain); is_binary(Plain) -> Plain;
literal([]) -> [];
literal([{'|', _, [Head, Tail]}]) -> [literal(Head) | literal(Tail)];
literal([Head | Tail]) -> [literal(Head) | literal(Tail)];
literal({First, Second}) -> {literal(First), literal(Second)};
literal({'{}', _, Items}) -> list_to_tuple([literal(Item) || Item <- Items]);
literal({'%{}', _, Pairs}) -> maps:from_list([{literal(Key), literal(Value)} || {Key, Value} <- Pairs]);
literal({'%', _, [Name, {'%{}', _, Pairs}]}) -> struct(literal(Name), maps:from_list([{literal(Key), literal(Value)} || {Key, Value} <- Pairs]));
literal({'__aliases__', _, Names} = Alias) ->
    lists:all(fun is_atom/1, Names) orelse no_value(Alias),
    binary_to_atom(iolist_to_binary(lists:join($., ["Elixir" | [atom_to_binary(Name, utf8) || Name <- Names, Name =/= 'Elixir']])), utf8);
literal({'-', _, [Number]}) when is_number(Number) -> -Number;
literal({'+', _, [Number]}) when is_number(Number) -> Number;
literal({'..', _, [First, Last]}) -> struct('Elixir.Range', #{first => literal(First), last => literal(Last)});
literal({'..//', _, [First, Last, Step]}) -> struct('Elixir.Range', #{first => literal(First), last => literal(Last), step => literal(Step)});
literal({'<<>>', _, Parts}) ->
    try << <<(case Part of Byte when is_integer(Byte) -> <<Byte>>; Text when is_binary(Text) -> Text end)/binary>> || Part <- Parts >>
    catch error:_ -> throw({no_value, <<"a binary is written with bytes and texts, as in <<1, 2, \"abc\">>">>})
    end;
%% pid(0, 110, 0) and pid("0.110.0"), as in iex.
literal({pid, _, Numbers}) when is_list(Numbers), Numbers =/= [] ->
    Text = case Numbers of
               [Whole] when is_binary(Whole) -> Whole;
               _ -> iolist_to_binary(lists:join($., [integer_to_binary(N) || N <- Numbers, is_integer(N)]))
           end,
    try list_to_pid("<" ++ binary_to_list(Text) ++ ">") catch error:_ -> throw({no_value, <<"a pid is written pid(0, 110, 0)">>}) end;
%% &Module.function/1
literal({'&', _, [{'/', _, [{{'.', _, [Module, Function]}, _, []}, Arity]}]}) when is_atom(Function), is_integer(Arity), Arity >= 0, Arity =< 255 ->
    case literal(Module) of Name when is_atom(Name) -> erlang:make_fun(Name, Function, Arity); _ -> no_value(Module) end;
literal({Sigil, _, [{'<<>>', _, [Text]}, Options]} = Quoted) when is_binary(Text) ->
    case atom_to_list(Sigil) of
        "sigil_" ++ Letter -> try sigil(Letter, Text, Options) catch _:_ -> throw({no_value, [written(Quoted), " is no value"]}) end;
        _ -> no_value(Quoted)
    end;
literal(Quoted) -> no_value(Quoted).

sigil("c", Text, []) -> unicode:characters_to_list(Text);
sigil("C", Text, []) -> unicode:characters_to_list(Text);
sigil([S], Text, []) when S =:= $s; S =:= $S -> Text;
sigil([W], Text, Kind) when W =:= $w; W =:= $W ->
    Words = string:lexemes(Text, " \t\n"),
    case Kind of
        "a" -> [binary_to_atom(Word, utf8) || Word <- Words];
        "c" -> [unicode:characters_to_list(Word) || Word <- Words];
        _ -> Words
    end;
sigil("D", Text, []) -> 'Elixir.Date':'from_iso8601!'(Text);
sigil("T", Text, []) -> 'Elixir.Time':'from_iso8601!'(Text);
sigil("N", Text, []) -> 'Elixir.NaiveDateTime':'from_iso8601!'(Text);
sigil("U", Text, []) -> {ok, Moment, 0} = 'Elixir.DateTime':from_iso8601(Text), Moment;
sigil([R], Text, Options) when R =:= $r; R =:= $R -> 'Elixir.Regex':'compile!'(Text, list_to_binary(Options)).

%% With what the module gives the fields that are not written.
struct('Elixir.Range' = Name, #{first := First, last := Last} = Fields) when not is_map_key(step, Fields) ->
    struct(Name, Fields#{step => case First =< Last of true -> 1; false -> -1 end});
struct(Name, Fields) when is_atom(Name) ->
    Default = try #{} = Name:'__struct__'() catch _:_ -> throw({no_value, [text(Name), " is no struct on this node"]}) end,
    case maps:keys(maps:without(maps:keys(Default), Fields)) of
        [] -> maps:merge(Default, Fields);
        [Key | _] -> throw({no_value, [inspect(Key, 60), " is no field of ", text(Name)]})
    end;
struct(Name, _) -> no_value(Name).

no_value(Quoted) ->
    throw({no_value, ["only values can be sent, nothing is computed: ", written(Quoted)]}).

written(Quoted) -> try 'Elixir.Macro':to_string(Quoted) catch _:_ -> print(Quoted, 100) end.
