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
    Module = text(M),
    Joint = case Module of <<C, _/binary>> when C >= $A, C =< $Z -> $.; _ -> $: end,
    iolist_to_binary([Module, Joint, text(F), $/, integer_to_list(A)]);
mfa({M, F, A}) when is_list(A) -> mfa({M, F, length(A)});
mfa(undefined) -> <<>>;
mfa(Other) -> print(Other, 120).

%% Bounded in depth and in characters, the work too.
print(Term, Max) ->
    Text = unicode:characters_to_binary(io_lib:format("~0tP", [Term, 30], [{chars_limit, Max}])),
    case byte_size(Text) > 4 * Max of
        true -> binary:part(Text, 0, 4 * Max);
        false -> Text
    end.

%% A term for the bridge to print; one that is too large, or nested more deeply than the bridge reads,
%% travels as the beginning of its text.
-define(TERM_BYTES, 65536).
-define(TERM_DEPTH, 200).
-define(KEY_DEPTH, 4).
show(Term) -> show(Term, ?TERM_BYTES, 8192).
show(Term, Bytes, Chars) ->
    Size = erts_debug:flat_size(Term) * erlang:system_info(wordsize),
    case Size =< 4 * Bytes andalso erlang:external_size(Term) =< Bytes andalso shallow(Term, ?TERM_DEPTH) of
        true -> {term, Term, Size};
        false -> {text, print(Term, Chars), Size}
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
