%% SPDX-License-Identifier: MIT
%%
%% The window of a ranking, without all of what is ranked: a window near the top keeps the best there are
%% so far. One far down would keep half of a million so: there a sample of the processes tells between
%% which two keys the window must be, and what is before and behind them is only counted.

%% From this place on a sample is worth its while, of so many processes; of so many wanted ones at least,
%% since of fewer all can be kept.
-define(DEEP, 20000).
-define(SAMPLE, 2000).
-define(SAMPLE_LEAST, 200).
%% How far a place in the sample may be from that in all: four times what is usual at worst.
-define(ASTRAY, 0.045).
%% Before and behind all keys, which are tuples.
-define(BEFORE_ALL, 0).
-define(BEHIND_ALL, <<>>).

-record(top, {first, kept = [], n = 0, limit = none}).
-record(between, {low, high, kept = [], before = 0, behind = 0}).

%% @Scan takes pids and a rank, and gives the rank and how many were wanted. What is ranked changes
%% meanwhile: a window that is not found between its keys is sought once more from the top.
ranked(Scan, Pids, Offset, Limit) when Offset + Limit > ?DEEP ->
    All = length(Pids),
    Some = sample(max(1, All div ?SAMPLE), 0, Pids),
    {#top{kept = Kept}, N} = Scan(Some, #top{first = All}),
    Found = if
                N < ?SAMPLE_LEAST -> none;
                true -> ranked_between(Scan, Pids, keys_around(list_to_tuple(lists:sort(Kept)), N * All / length(Some), Offset, Limit), Offset, Limit)
            end,
    case Found of none -> ranked_from_top(Scan, Pids, Offset, Limit); _ -> Found end;
ranked(Scan, Pids, Offset, Limit) -> ranked_from_top(Scan, Pids, Offset, Limit).

ranked_from_top(Scan, Pids, Offset, Limit) ->
    {#top{kept = Kept}, Wanted} = Scan(Pids, #top{first = Offset + Limit}),
    {window(lists:sort(Kept), Offset, Limit), Wanted}.

ranked_between(Scan, Pids, {Low, High}, Offset, Limit) ->
    {#between{kept = Kept, before = Before, behind = Behind}, Wanted} = Scan(Pids, #between{low = Low, high = High}),
    if
        Before =< Offset, Behind =:= 0 orelse Before + length(Kept) >= Offset + Limit ->
            {window(lists:sort(Kept), Offset - Before, Limit), Wanted};
        true -> none
    end.

%% @Some: of about @N keys, in order.
keys_around(Some, N, Offset, Limit) ->
    Size = tuple_size(Some),
    At = fun(Place, Astray) -> floor((Place / N + Astray) * Size) + 1 end,
    {case At(Offset, -?ASTRAY) of L when L < 1 -> ?BEFORE_ALL; L -> element(min(L, Size), Some) end,
     case At(Offset + Limit, ?ASTRAY) of H when H > Size -> ?BEHIND_ALL; H -> element(H, Some) end}.

%% Here and there: the list of processes is in no order of theirs, but has steps of its own.
sample(_, _, []) -> [];
sample(Step, N, [One | Rest]) -> [One | sample(Step, N + 1, drop(erlang:phash2(N, 2 * Step - 1), Rest))].

%% Of the best at most twice as many as are wanted, then cut to those.
keep(Key, _, #top{limit = {Worst, _}} = Rank) when Key > Worst -> Rank;
keep(Key, Pid, #top{first = First, kept = Kept, n = N, limit = Limit} = Rank) ->
    One = {Key, Pid},
    if
        Limit =/= none, One >= Limit -> Rank;
        N < 2 * First -> Rank#top{kept = [One | Kept], n = N + 1};
        First =:= 0 -> Rank;
        true ->
            Best = lists:sublist(lists:sort([One | Kept]), First),
            Rank#top{kept = Best, n = First, limit = lists:last(Best)}
    end;
keep(Key, Pid, #between{low = Low, high = High, kept = Kept, before = Before, behind = Behind} = Rank) ->
    One = {Key, Pid},
    if
        One < Low -> Rank#between{before = Before + 1};
        One > High -> Rank#between{behind = Behind + 1};
        true -> Rank#between{kept = [One | Kept]}
    end.

window(List, Offset, Limit) -> lists:sublist(drop(Offset, List), Limit).
drop(0, List) -> List;
drop(_, []) -> [];
drop(N, [_ | List]) -> drop(N - 1, List).
