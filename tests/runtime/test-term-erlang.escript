#!/usr/bin/env escript
%% SPDX-License-Identifier: MIT
%%
%% What Erlang itself makes of terms: reads records of three parts (a term, another, and Grove's text
%% of the first), and writes one line for each:
%%   does term_to_binary give the same bytes | order | =:= | does the text read back | Erlang's text
%% A text that cannot be read back, since it has a pid or the like in it, is empty. What counts as a
%% string in Erlang's text is the default of a shell that was started plainly: Latin-1.

-mode (compile).

main ([In, Out]) ->
    {ok, Data} = file:read_file (In),
    ok = file:write_file (Out, lists:map (fun line/1, records (Data))).

records (<<N:32, A:N/binary, M:32, B:M/binary, L:32, T:L/binary, Rest/binary>>) ->
    [{A, B, T} | records (Rest)];
records (<<>>) ->
    [].

line ({A, B, Text}) ->
    X = binary_to_term (<<131, A/binary>>),
    Y = binary_to_term (<<131, B/binary>>),
    Answers = [same (term_to_binary (X, [{minor_version, 2}]), <<131, A/binary>>),
               order (X, Y), X =:= Y, reads_back (Text, X), io_lib:format ("~0tp", [X])],
    Line = io_lib:format ("~p ~p ~p ~p ~ts~n", Answers),
    unicode:characters_to_binary (Line).

same (X, X) -> true;
same (_, _) -> false.

order (X, Y) when X < Y -> -1;
order (X, Y) when X > Y -> 1;
order (_, _) -> 0.

reads_back (<<>>, _) ->
    none;
reads_back (Text, Term) ->
    try
        {ok, Tokens, _} = erl_scan:string (unicode:characters_to_list (Text) ++ ".", 1, [unicode]),
        {ok, Term2} = erl_parse:parse_term (Tokens),
        Term2 =:= Term
    catch
        _:_ -> false
    end.
