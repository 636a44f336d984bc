%% SPDX-License-Identifier: MIT
%%
%% One process: all that can be known of it, its mailbox, dictionary, state and stack.

-define(LISTED, 100).
%% Reading a mailbox copies all of it and holds the process up meanwhile: the BEAM has no partial read.
-define(MANY_MESSAGES, 10000).
-define(LARGE_HEAP, 33554432).

-define(ITEMS, [registered_name, initial_call, status, message_queue_len, reductions, group_leader, priority,
                trap_exit, heap_size, stack_size, current_function, links, monitors,
                monitored_by, suspending, current_location, memory, total_heap_size, error_handler, garbage_collection, garbage_collection_info]).

process(Params) ->
    Pid = target(Params),
    case process_info(Pid, ?ITEMS) of
        undefined -> gone();
        List -> describe(Pid, maps:from_list(List))
    end.

describe(Pid, I) ->
    #{heap_size := Heap, stack_size := Stack, links := Links, monitors := Monitors,
      monitored_by := Watchers, suspending := Suspending, initial_call := First, group_leader := Leader, memory := Memory,
      total_heap_size := TotalHeap, garbage_collection := Collection,
      garbage_collection_info := Gc} = I,
    Word = erlang:system_info(wordsize),
    Mailbox = mailbox_bytes(Pid, I),
    Dictionary = small_dictionary(Pid, Memory),
    Linked = [L || L <- Links, is_pid(L)],
    Monitored = [M || {process, Item} <- Monitors, M <- watched(Item)],
    Ports = lists:usort([P || P <- Links, is_port(P)] ++ [P || {port, Item} <- Monitors, P <- port_by(Item)]),
    Stopped = [S || {S, _, _} <- Suspending],
    {Supervisor, Child} = supervisor_of(Pid, Dictionary),
    #{pid => pid(Pid), name => name(Pid), label => label(Dictionary),
      initial_call => mfa(proplists:get_value('$initial_call', Dictionary, First)),
      status => status(maps:get(status, I)), priority => text(maps:get(priority, I)),
      trap_exit => maps:get(trap_exit, I), system => is_system(Pid), scheduler => 0, started_ns => 0,
      now_ns => now_ns(), messages => maps:get(message_queue_len, I), received => 0, mailbox_bytes => Mailbox,
      heap_bytes => Heap * Word, stack_bytes => Stack * Word, memory_bytes => Memory,
      reductions => maps:get(reductions, I), current => frame(maps:get(current_location, I)),
      group_leader => who(Leader), parent => who(parent(Pid, Dictionary)), application => application_of(Leader),
      supervisor => Supervisor, child => Child,
      links => [who(L) || L <- lists:sublist(Linked, ?LISTED)], n_links => length(Linked),
      monitors => [who(M) || M <- lists:sublist(Monitored, ?LISTED)], n_monitors => length([M || {process, _} = M <- Monitors]),
      monitored_by => [who(W) || W <- lists:sublist([W || W <- Watchers, is_pid(W)], ?LISTED)],
      n_monitored_by => length([W || W <- Watchers, is_pid(W)]),
      ports => [port_of(P) || P <- lists:sublist(Ports, ?LISTED)], n_ports => length(Ports), binary_bytes => binaries_of(Gc),
      suspending => [who(S) || S <- lists:sublist(Stopped, ?LISTED)], n_suspending => length(Stopped),
      n_dictionary => length(Dictionary), max_heap_bytes => max_heap(Collection) * Word,
      sizes => #{stack => Stack * Word, heap => max(0, (TotalHeap - Stack) * Word - Mailbox), mailbox => Mailbox,
                 control_block => max(0, Memory - TotalHeap * Word), pid => Word},
      error_handler => text(maps:get(error_handler, I)),
      collections => #{minor => proplists:get_value(minor_gcs, Collection, 0),
                       full_after => proplists:get_value(fullsweep_after, Collection, 0),
                       min_heap_bytes => proplists:get_value(min_heap_size, Collection, 0) * Word},
      absent => #{started_ns => <<"the BEAM does not note when a process was started">>,
                  scheduler => <<"the BEAM's processes move between schedulers">>,
                  received => <<"the BEAM does not count what a process received">>}}.

%% What is monitored by name is what has it.
port_by(Port) when is_port(Port) -> [Port];
port_by({Name, Node}) when Node =:= node() -> [Port || Port <- [whereis(Name)], is_port(Port)];
port_by(_) -> [].

port_of(Port) ->
    #{port => port(Port), name => case erlang:port_info(Port, name) of {name, Name} -> print_string(Name); _ -> <<>> end}.

max_heap(Collection) ->
    case proplists:get_value(max_heap_size, Collection) of
        #{size := Words} -> Words;
        Words when is_integer(Words) -> Words;
        _ -> 0
    end.

%% A mailbox is read whole or not at all: a small one is, to tell how much of the heap it is.
mailbox_bytes(Pid, #{message_queue_len := Count, memory := Memory}) when Count > 0, Count =< 100, Memory < 4194304 ->
    case process_info(Pid, messages) of
        {messages, All} -> lists:sum([size_of(Message) || Message <- All]);
        undefined -> 0
    end;
%% Of a large one what has come since its last collection of garbage: nearly all, where nobody reads.
mailbox_bytes(Pid, #{message_queue_len := Count}) when Count > 0 ->
    case process_info(Pid, garbage_collection_info) of
        {_, Gc} -> proplists:get_value(mbuf_size, Gc, 0) * erlang:system_info(wordsize);
        undefined -> 0
    end;
mailbox_bytes(_, _) -> 0.

%% Who is watched by name is whoever has it.
watched(Pid) when is_pid(Pid) -> [Pid];
watched({Name, Node}) when Node =:= node() -> [Pid || Pid <- [whereis(Name)], is_pid(Pid)];
watched(_) -> [].

%% Copied only where that is little.
small_dictionary(Pid, Memory) when Memory < 4194304 ->
    case process_info(Pid, dictionary) of
        {dictionary, Entries} -> Entries;
        _ -> []
    end;
small_dictionary(_, _) -> [].

label(Dictionary) ->
    case proplists:get_value('$process_label', Dictionary) of
        undefined -> <<>>;
        Label -> print(Label, 200)
    end.

parent(Pid, Dictionary) ->
    case catch process_info(Pid, parent) of
        {parent, Parent} when is_pid(Parent) -> Parent;
        _ -> ancestor(Dictionary)
    end.

ancestor(Dictionary) ->
    case proplists:get_value('$ancestors', Dictionary) of
        [Pid | _] when is_pid(Pid) -> Pid;
        [Name | _] when is_atom(Name) -> whereis(Name);
        _ -> none
    end.

application_of(Leader) ->
    case leaders() of
        #{Leader := App} -> #{pid => pid(Leader), name => App};
        _ -> null
    end.

%% And as what child, as the protocol has both. Whoever was started by a supervisor need not be its child.
supervisor_of(Child, Dictionary) ->
    case ancestor(Dictionary) of
        Pid when is_pid(Pid), node(Pid) =:= node() ->
            case is_supervisor(Pid) of
                true ->
                    {Flags, Page} = try look(Pid, {child, Child}) of #{page := P} = Look -> {flags_of(Look), P} catch throw:_ -> {no_flags(), []} end,
                    {(maps:with([strategy, intensity, period_s, recent_restarts], Flags))#{pid => pid(Pid), name => name(Pid)},
                     case Page of
                         [{Id, _, Type, Restart, _, _}] -> #{id => child_id(Id), kind => Type, restart_type => text(Restart), restarts => known_restarts(Child)};
                         _ -> null
                     end};
                false -> {null, null}
            end;
        _ -> {null, null}
    end.

frame({M, F, A, Location}) ->
    Arity = case is_list(A) of true -> length(A); false -> A end,
    #{function => mfa({M, F, Arity}), file => print_string(proplists:get_value(file, Location, "")),
      line => proplists:get_value(line, Location, 0)};
frame(_) -> #{function => <<>>, file => <<>>, line => 0}.

%% Without a word to the process: each interval, for the one that is looked at.
process_sample(Params) ->
    Pid = target(Params),
    case process_info(Pid, [status, priority, message_queue_len, reductions, trap_exit, heap_size, stack_size, garbage_collection_info]) of
        undefined -> #{t => now_ns(), exited => null};
        [{_, Status}, {_, Priority}, {_, Messages}, {_, Reductions}, {_, Traps}, {_, Heap}, {_, Stack}, {_, Gc}] ->
            Word = erlang:system_info(wordsize),
            #{t => now_ns(), name => name(Pid), status => status(Status), priority => text(Priority), messages => Messages,
              heap_bytes => Heap * Word, stack_bytes => Stack * Word, memory_bytes => memory_of(Gc),
              reductions => Reductions, trap_exit => Traps}
    end.

%% ---- What is in it -------------------------------------------------------------------------------

messages(Params) ->
    Pid = target(Params),
    Offset = integer(Params, <<"offset">>, 0),
    case process_info(Pid, [message_queue_len, garbage_collection_info]) of
        undefined -> gone();
        [{_, Count}, {_, Gc}] ->
            Memory = memory_of(Gc),
            Small = Count =< ?MANY_MESSAGES andalso Memory =< ?LARGE_HEAP,
            case Small orelse integer(Params, <<"costly">>, 0) =:= 1 of
                true -> read_messages(Pid, Offset, Memory, Params);
                false -> #{total => Count, offset => Offset, messages => [], cost => copying(Count, Memory)}
            end
    end.

copying(Count, Memory) ->
    #{bytes => Memory,
      text => iolist_to_binary(io_lib:format(
          "~b messages wait in a process of ~b MB. The BEAM copies all of them to read one: the process stands still for that long, "
          "some tenths of a second for each 100 MB, and the node needs as much memory again for a moment", [Count, Memory bsr 20]))}.

%% This worker has the copy, and ends if it is more than one may hold.
read_messages(Pid, Offset, Memory, Params) ->
    Memory < ?WORKER_WORDS * 8 - ?LARGE_HEAP orelse
        throw({limit, iolist_to_binary(io_lib:format("a process of ~b MB is too large to copy its messages: at most 224 MB are", [Memory bsr 20]))}),
    All = case process_info(Pid, messages) of {messages, L} -> L; undefined -> gone() end,
    Page = lists:sublist(drop(Offset, All), integer(Params, <<"limit">>, 100)),
    #{total => length(All), offset => Offset,
      messages => [#{index => I, from => <<>>, age_ns => -1, size => size_of(M), term => show(M)}
                   || {I, M} <- lists:zip(lists:seq(Offset, Offset + length(Page) - 1), Page)]}.

size_of(Term) -> erts_debug:flat_size(Term) * erlang:system_info(wordsize).

dictionary(Params) ->
    Pid = target(Params),
    Offset = integer(Params, <<"offset">>, 0),
    Limit = integer(Params, <<"limit">>, 100),
    case process_info(Pid, garbage_collection_info) of
        undefined -> gone();
        {_, Gc} ->
            memory_of(Gc) =< 2 * ?LARGE_HEAP orelse
                throw({limit, <<"the process is larger than 64 MB, and its dictionary can only be copied whole">>}),
            {dictionary, All} = case process_info(Pid, dictionary) of undefined -> gone(); D -> D end,
            #{offset => Offset, more => length(All) > Offset + Limit,
              pairs => [#{key => show(K), value => show(V)} || {K, V} <- lists:sublist(drop(Offset, lists:keysort(1, All)), Limit)]}
    end.

%% Made into a bounded term inside the process, and thrown out of it: the state itself is never copied.
%% sys keeps the old one when the function fails.
state(Params) ->
    Pid = target(Params),
    Timeout = integer(Params, <<"timeout_ms">>, 5000),
    Module = behaviour(Pid),
    Module =:= none andalso throw({not_supported, iolist_to_binary([pid(Pid), " is no gen_server, gen_statem, gen_event or supervisor: nobody knows what its state is"])}),
    Show = fun(State) -> exit({grove, show(State)}) end,
    try sys:replace_state(Pid, Show, Timeout) of
        _ -> throw({internal, <<"the process gave no state">>})
    catch
        error:{callback_failed, _, {exit, {grove, Shown}}} ->
            #{pid => pid(Pid), name => name(Pid), module => text(callback_module(Pid)), suspended => false, state => Shown};
        exit:{timeout, _} -> throw({not_reached, iolist_to_binary([pid(Pid), " did not answer within ", integer_to_list(Timeout), " ms: it is busy in a callback, or suspended"])});
        exit:{noproc, _} -> gone()
    end.

callback_module(Pid) ->
    case initial_call(Pid) of
        {Module, _, _} -> Module;
        _ -> undefined
    end.

initial_call(Pid) ->
    case process_info(Pid, [initial_call, dictionary]) of
        [{_, First}, {_, Entries}] -> proplists:get_value('$initial_call', Entries, First);
        _ -> undefined
    end.

%% Whether a system message will be understood: one that is not stays in the mailbox for ever.
behaviour(Pid) ->
    Stack = case process_info(Pid, current_stacktrace) of {_, S} -> S; _ -> [] end,
    case [M || {M, _, _, _} <- Stack, lists:member(M, [gen_server, gen_statem, gen_event, gen_fsm, sys])] of
        [Module | _] -> Module;
        [] -> declared_behaviour(initial_call(Pid))
    end.

declared_behaviour({supervisor, _, _}) -> gen_server;
declared_behaviour({Module, init, 1}) ->
    Attributes = try Module:module_info(attributes) catch _:_ -> [] end,
    Known = [gen_server, gen_statem, gen_event, supervisor, 'Elixir.GenServer', 'Elixir.Supervisor'],
    case [B || {Key, Bs} <- Attributes, Key =:= behaviour orelse Key =:= behavior, B <- Bs, lists:member(B, Known)] of
        [Behaviour | _] -> Behaviour;
        [] -> none
    end;
declared_behaviour(_) -> none.

stack(Params) ->
    Pid = target(Params),
    case process_info(Pid, [current_stacktrace, current_location, status]) of
        undefined -> gone();
        [{_, Stack}, {_, Current}, {_, Status}] ->
            Limit = integer(Params, <<"limit">>, 32),
            #{pid => pid(Pid), name => name(Pid), status => status(Status), current => frame(Current),
              frames => [frame(F) || F <- lists:sublist(Stack, Limit)], truncated => length(Stack) > Limit}
    end.
