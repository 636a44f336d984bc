#!/usr/bin/env escript
%% SPDX-License-Identifier: MIT
%%
%% The oracle: prints facts about processes, each in one line, of the Erlang that runs it. The first
%% line says which one that is. tests/data/oracle-otp25.txt is what OTP 25 prints, and oracle.c prints
%% the same of Grove. In what is printed `pid` stands for a process in a message, 'STACK' for a stack,
%% and <0.0.0> for any other process.

-mode (compile).
-export ([init/1, handle_call/3, handle_cast/2, handle_info/2, terminate/2]).

%% How long it is quiet before all messages are taken to have come.
-define (QUIET, 60).
%% What is to be over when it is looked at.
-define (SETTLE, 20).

main (_) ->
    logger:set_primary_config (level, none),
    io:format ("OTP ~s erts ~s~n",
               [erlang:system_info (otp_release), erlang:system_info (version)]),
    exits_of_one (),
    process_flag (trap_exit, true),
    exits_of_linked (),
    links (),
    monitors (),
    names (),
    information (),
    receiving (),
    timers (),
    suspending (),
    aliases (),
    calls (),
    stopping (),
    signals (),
    starting (),
    order (),
    strategy ("P05 rest_for_one kill b", rest_for_one),
    strategy ("P06 one_for_all kill b", one_for_all),
    intensities (),
    failing (),
    kinds_of_restart (),
    significant (),
    refusals (),
    dynamic (),
    origins (),
    stubborn ().

%% ---- Printing ----

say (Fact, Value) ->
    Text = lists:flatten (io_lib:format ("~0p", [Value])),
    io:format ("~s: ~s~n", [Fact, re:replace (Text, "<\\d+\\.\\d+\\.\\d+>", "<0.0.0>", [global])]).

outcome (Fun) ->
    try {ok, Fun ()}
    catch _:Reason -> {error, reason (Reason)}
    end.

reason ({Reason, [{_, _, _, _} | _]}) -> {Reason, 'STACK'};
reason (Reason) -> Reason.

message ({'EXIT', Pid, Reason}) when is_pid (Pid) -> {'EXIT', pid, reason (Reason)};
message ({'DOWN', _, process, _, Reason}) -> {'DOWN', reason (Reason)};
message (Message) -> Message.

%% ---- Messages ----

collect () ->
    receive Message -> [message (Message) | collect ()]
    after ?QUIET -> []
    end.

down_reason (Monitor) ->
    receive {'DOWN', Monitor, process, _, Reason} -> reason (Reason)
    after 3000 -> no_down
    end.

%% ---- Processes ----

idle () ->
    receive after infinity -> ok end.

end_of (Fun) ->
    {_, Monitor} = spawn_monitor (Fun),
    down_reason (Monitor).

dead_process () ->
    {Pid, Monitor} = spawn_monitor (fun () -> ok end),
    down_reason (Monitor),
    Pid.

%% Passes on the first message it gets.
spawn_trapper () ->
    Teller = self (),
    {Pid, Monitor} = spawn_monitor (fun () ->
                                            process_flag (trap_exit, true),
                                            Teller ! ready,
                                            receive Message -> Teller ! {got, Message} end
                                    end),
    receive ready -> {Pid, Monitor} end.

trapped (Reason) ->
    {Pid, Monitor} = spawn_trapper (),
    exit (Pid, Reason),
    receive {got, Message} -> down_reason (Monitor), Message end.

%% ---- E: exits ----

exits_of_one () ->
    P1 = spawn (fun idle/0),
    exit (P1, normal),
    say ("E01 exit(P,normal) other, no trap: alive", is_process_alive (P1)),
    exit (P1, kill),
    say ("E02 exit(self(),normal) no trap", end_of (fun () -> exit (self (), normal), idle () end)),
    {P3, M3} = spawn_trapper (),
    exit (P3, kill),
    say ("E03 exit(P,kill) while trapping: DOWN", down_reason (M3)),
    Teller = self (),
    {_, M4} = spawn_monitor (fun () -> Teller ! {child, spawn_link (fun idle/0)}, idle () end),
    receive {child, Child} -> exit (Child, kill) end,
    say ("E04 link chain A<-B non trap, exit(A,kill): B DOWN", down_reason (M4)),
    say ("E05 exit/1 with reason kill, linked non-trap: DOWN",
         end_of (fun () -> spawn_link (fun () -> exit (kill) end), idle () end)).

exits_of_linked () ->
    Self = self (),
    spawn_link (fun () -> exit (kill) end),
    say ("E06 exit/1 kill, linked trapper msg", collect ()),
    say ("E07 exit(P,Reason) to trapper: msg has sender",
         case trapped (boom) of {'EXIT', Self, boom} -> sender_is_caller; _ -> no end),
    say ("E08 exit(P,normal) to trapper", message (trapped (normal))),
    spawn_link (fun () -> ok end),
    say ("E09 spawn_link normal exit, trapper", collect ()),
    spawn_link (fun () -> Self ! m1, Self ! m2, exit (x) end),
    say ("E10 child sends m1,m2 then exits; trapper sees", collect ()),
    spawn_opt (fun () -> exit (x) end, [link, monitor]),
    say ("E11 link+monitor same child, order seen", collect ()),
    {P12, M12} = spawn_monitor (fun idle/0),
    exit (P12, first),
    exit (P12, second),
    say ("E12 exit twice: first wins", down_reason (M12)),
    say ("E13 uncaught throw", end_of (fun () -> throw (t) end)),
    say ("E14 error badarith", end_of (fun () -> 1 / zero () end)),
    say ("E15 fun returns", end_of (fun () -> ok end)),
    say ("E16 catch exit(self(),die)", end_of (fun () -> catch exit (self (), die), idle () end)).

%% One that the compiler does not see.
zero () ->
    length (registered ()) - length (registered ()).

%% ---- L: links ----

links () ->
    Dead = dead_process (),
    Self = self (),
    L01 = outcome (fun () -> link (Dead) end),
    say ("L01 link(dead) trapping", {L01, collect ()}),
    spawn (fun () -> Self ! {linked, outcome (fun () -> link (Dead) end)} end),
    say ("L02 link(dead) not trapping", receive {linked, L02} -> L02 end),
    spawn_link (fun () -> Self ! {link (self ()), process_info (self (), links)} end),
    say ("L03 link(self())", receive {_, {links, _}} = L03 -> L03 end),
    collect (),
    P04 = spawn (fun idle/0),
    link (P04), link (P04), unlink (P04),
    exit (P04, kill),
    say ("L04 double link, one unlink, then kill: msgs", collect ()),
    say ("L05 unlink(dead)", outcome (fun () -> unlink (Dead) end)),
    P06 = spawn (fun idle/0),
    link (P06), link (P06),
    {links, L06} = process_info (P06, links),
    unlink (P06),
    exit (P06, kill),
    say ("L06 links list length after double link", length (L06)).

%% ---- M: monitors ----

monitors () ->
    say ("M01 monitor(dead)", down_reason (monitor (process, dead_process ()))),
    M02 = monitor (process, nosuch),
    say ("M02 monitor unregistered name",
         receive {'DOWN', M02, process, Object, Reason} -> {is_tuple (Object), Reason} end),
    M03 = monitor (process, self ()),
    say ("M03 monitor(self())", {is_reference (M03), collect ()}),
    P04 = spawn (fun idle/0),
    [monitor (process, P04) || _ <- [1, 2, 3]],
    exit (P04, x),
    say ("M04 three monitors one death: DOWN count", length (collect ())),
    {_, M05} = spawn_monitor (fun () -> ok end),
    timer:sleep (?SETTLE),
    say ("M05 demonitor info/flush after death", {demonitor (M05, [info]), collect ()}),
    {_, M06} = spawn_monitor (fun () -> ok end),
    timer:sleep (?SETTLE),
    say ("M06 demonitor [flush,info] after death", {demonitor (M06, [flush, info]), collect ()}),
    say ("M07 demonitor(unknown ref)", outcome (fun () -> demonitor (make_ref ()) end)).

%% ---- R: names ----

names () ->
    Dead = dead_process (),
    Pid = spawn (fun idle/0),
    register (nm, Pid),
    say ("R01 register dup name", outcome (fun () -> register (nm, self ()) end)),
    say ("R02 second name for same pid", outcome (fun () -> register (nm2, Pid) end)),
    say ("R03 register undefined", outcome (fun () -> register (undefined, self ()) end)),
    say ("R04 register dead pid", outcome (fun () -> register (nm3, Dead) end)),
    Monitor = monitor (process, nm),
    exit (Pid, kill),
    R05 = down_reason (Monitor),
    say ("R05 name free when DOWN arrives", {R05, whereis (nm)}),
    say ("R06 unregister unknown", outcome (fun () -> unregister (nosuch) end)),
    say ("R07 send to unknown name", outcome (fun () -> nosuch ! x end)),
    say ("R08 send to dead pid", outcome (fun () -> Dead ! x end)).

%% ---- I: information ----

information () ->
    say ("I01 process_info(dead)", process_info (dead_process ())),
    say ("I02 registered_name none (single)", process_info (self (), registered_name)),
    say ("I03 registered_name none (list)", process_info (self (), [registered_name])),
    say ("I04 bad item", outcome (fun () -> process_info (self (), nonsense) end)),
    say ("I05 keys of process_info/1", [Key || {Key, _} <- process_info (self ())]),
    High = process_flag (priority, high),
    say ("I06 priority set returns old", {High, process_flag (priority, normal)}),
    say ("I07 bad priority", outcome (fun () -> process_flag (priority, urgent) end)).

%% ---- S: selective receive ----

receiving () ->
    [self () ! Message || Message <- [a, b, c]],
    First = receive c -> c end,
    say ("S01 selective receive order", [First | collect ()]),
    self () ! a,
    S02 = receive zzz -> z after 0 -> timeout end,
    Length = process_info (self (), message_queue_len),
    say ("S02 after 0 leaves non-matching", {S02, Length, collect ()}).

%% ---- T: timers ----

timers () ->
    say ("T01 cancel unknown", erlang:cancel_timer (make_ref ())),
    T02 = erlang:send_after (1000, self (), x),
    say ("T02 cancel pending is int", is_integer (erlang:cancel_timer (T02))),
    T03 = erlang:start_timer (1, self (), hi),
    say ("T03 start_timer msg shape", receive {timeout, T03, hi} -> ok after 3000 -> no end),
    say ("T04 negative time", outcome (fun () -> erlang:send_after (-1, self (), x) end)),
    say ("T05 timer to dead pid", is_reference (erlang:send_after (10, dead_process (), x))),
    T06 = erlang:send_after (1, self (), x),
    receive x -> ok end,
    say ("T06 read_timer fired", erlang:read_timer (T06)).

%% ---- U: suspending ----

suspending () ->
    P01 = spawn (fun idle/0),
    Status = fun () -> process_info (P01, status) end,
    erlang:suspend_process (P01),
    erlang:suspend_process (P01),
    Twice = Status (),
    erlang:resume_process (P01),
    Once = Status (),
    erlang:resume_process (P01),
    Never = Status (),
    More = outcome (fun () -> erlang:resume_process (P01) end),
    say ("U01 suspend counts", {Twice, Once, Never, More}),
    end_of (fun () -> erlang:suspend_process (P01), erlang:suspend_process (P01) end),
    say ("U02 suspender dies releases", process_info (P01, status)),
    exit (P01, kill),
    P03 = spawn (fun () -> receive go -> idle () end end),
    erlang:suspend_process (P03),
    P03 ! x,
    P03 ! y,
    U03 = process_info (P03, [status, message_queue_len]),
    exit (P03, kill),
    say ("U03 messages queue while suspended", {U03, is_process_alive (P03)}),
    say ("U04 suspend self", outcome (fun () -> erlang:suspend_process (self ()) end)).

%% ---- A: aliases ----

aliases () ->
    A01 = alias (),
    A01 ! x1,
    Before = collect (),
    unalias (A01),
    A01 ! x2,
    say ("A01 alias before/after unalias", {Before, collect ()}),
    A02 = alias ([reply]),
    A02 ! y1,
    A02 ! y2,
    say ("A02 reply alias delivers once", collect ()),
    Pid = spawn (fun idle/0),
    A03 = monitor (process, Pid, [{alias, reply_demonitor}]),
    A03 ! r1,
    A03 ! r2,
    exit (Pid, kill),
    say ("A03 monitor alias reply_demonitor", collect ()).

%% ---- The server that facts about servers and supervisors are found out with ----

init ({supervisor, Flags, Children}) -> {ok, {Flags, Children}};
init (failing) -> {stop, nope};
init (ignoring) -> ignore;
init (slow) -> idle ();
init ({idle, Teller}) -> self () ! queued, {ok, {plain, Teller}, 0};
init ({trapping, Teller}) -> process_flag (trap_exit, true), {ok, {plain, Teller}};
init ({plain, Teller}) -> {ok, {plain, Teller}};
init ({Kind, Id, Teller}) ->
    process_flag (trap_exit, true),
    Teller ! {start, Id},
    {ok, {Kind, Id, Teller}}.

handle_call (noreply, From, State) -> put (from, From), {noreply, State};
handle_call (crash, _, _) -> error (boom);
handle_call (bad, _, _) -> bad;
handle_call (stopreply, _, State) -> {stop, normal, rep, State};
handle_call (_, _, State) -> {reply, ok, State}.

handle_cast ({stop, Reason}, State) -> {stop, Reason, State};
handle_cast (_, State) -> {noreply, State}.

handle_info (lateall, State) -> gen_server:reply (get (from), late), {noreply, State};
handle_info (Message, {plain, Teller} = State) ->
    Teller ! {info, message (Message)},
    {noreply, State};
handle_info (_, State) -> {noreply, State}.

terminate (_, {stubborn, _, _}) -> idle ();
terminate (Reason, {child, Id, Teller}) -> Teller ! {stop, Id, reason (Reason)};
terminate (Reason, {plain, Teller}) -> Teller ! {terminate, reason (Reason)}.

start (Argument) ->
    {ok, Pid} = gen_server:start (?MODULE, Argument, []),
    Pid.

start_link (Argument) ->
    {ok, Pid} = gen_server:start_link (?MODULE, Argument, []),
    Pid.

stop (Pid) ->
    ok = gen_server:stop (Pid),
    collect ().

%% ---- G: servers ----

call (Server, Request) -> call (Server, Request, infinity).

call (Server, Request, Timeout) ->
    try {ok, gen_server:call (Server, Request, Timeout)}
    catch exit:{Reason, {gen_server, call, _}} -> {exit, {reason (Reason), gen_server_call}}
    end.

calls () ->
    Dead = dead_process (),
    say ("G01 call dead pid", call (Dead, x)),
    say ("G02 call unknown name", call (nosuch, x)),
    say ("G03 call self", call (self (), x)),
    say ("G04 cast to dead / unknown", {gen_server:cast (Dead, x), gen_server:cast (nosuch, x)}),
    Pid = start ({plain, self ()}),
    say ("G05 call timeout", call (Pid, noreply, 30)),
    Pid ! lateall,
    say ("G06 late reply not delivered", collect ()),
    say ("G07 crash in call", call (Pid, crash)),
    say ("G08 terminate saw", collect ()).

stopping () ->
    {ok, P09} = gen_server:start ({local, gsn}, ?MODULE, {plain, self ()}, []),
    say ("G09 dup name",
         gen_server:start ({local, gsn}, ?MODULE, {plain, self ()}, [])
             =:= {error, {already_started, P09}}),
    G10 = call (P09, stopreply),
    say ("G10 {stop,normal,Reply,S}: reply and terminate order", {G10, collect ()}),
    G11 = call (start ({plain, self ()}), bad),
    say ("G11 bad return", {G11, collect ()}),
    P12 = start ({plain, self ()}),
    G12 = gen_server:stop (P12),
    Alive = is_process_alive (P12),
    Again = try gen_server:stop (P12) catch exit:Reason -> {exit, Reason} end,
    say ("G12 gen_server:stop, then is alive, then stop again", {G12, Alive, Again, collect ()}).

signals () ->
    exit (start_link ({plain, self ()}), shutdown),
    say ("G13 linked no trap exit(shutdown): terminate?", collect ()),
    exit (start_link ({trapping, self ()}), shutdown),
    say ("G14 linked trap, parent exit(shutdown)", collect ()),
    Pid = start ({trapping, self ()}),
    exit (Pid, foo),
    say ("G15 trap, non-parent exit(foo): handle_info", collect ()),
    stop (Pid).

starting () ->
    say ("G16 init stop/ignore/timeout",
         {gen_server:start (?MODULE, failing, []), gen_server:start (?MODULE, ignoring, []),
          gen_server:start (?MODULE, slow, [{timeout, 20}])}),
    Failed = gen_server:start_link (?MODULE, failing, []),
    say ("G17 start_link init stop: EXIT msgs to trapper", {Failed, collect ()}),
    Pid = start ({idle, self ()}),
    say ("G18 init timeout 0 then queued msg", collect ()),
    stop (Pid).

%% ---- P: supervisors ----

child (Id, Restart) -> child (Id, Restart, {child, Id, self ()}).

child (Id, Restart, Argument) ->
    #{id => Id, restart => Restart,
      start => {gen_server, start_link, [?MODULE, Argument, []]}}.

supervise (Flags, Children) ->
    supervisor:start_link (?MODULE, {supervisor, Flags, Children}).

supervisor (Flags, Children) ->
    {ok, Pid} = supervise (Flags, Children),
    Pid.

ids (Supervisor) -> [Id || {Id, _, _, _} <- supervisor:which_children (Supervisor)].

child_of (Supervisor, Id) ->
    {Id, Pid, _, _} = lists:keyfind (Id, 1, supervisor:which_children (Supervisor)),
    Pid.

kill_child (Supervisor, Id) -> exit (child_of (Supervisor, Id), kill).

shut_down (Supervisor) ->
    exit (Supervisor, shutdown),
    collect ().

order () ->
    Pid = supervisor (#{}, [child (Id, permanent) || Id <- [a, b, c]]),
    say ("P01 start order", collect ()),
    say ("P02 which_children ids", ids (Pid)),
    say ("P03 count", supervisor:count_children (Pid)),
    say ("P04 stop order + sup exit", shut_down (Pid)).

strategy (Fact, Strategy) ->
    Pid = supervisor (#{strategy => Strategy}, [child (Id, permanent) || Id <- [a, b, c]]),
    collect (),
    kill_child (Pid, b),
    say (Fact, collect ()),
    shut_down (Pid).

intensities () ->
    P07 = supervisor (#{intensity => 0}, [child (a, permanent)]),
    collect (),
    kill_child (P07, a),
    say ("P07 intensity 0, one crash", collect ()),
    P08 = supervisor (#{intensity => 1, period => 5}, [child (a, permanent)]),
    collect (),
    kill_child (P08, a),
    First = collect (),
    kill_child (P08, a),
    say ("P08 intensity 1: first, second crash", {First, collect ()}).

failing () ->
    Failed = refusal (supervise (#{}, [child (a, permanent), child (b, permanent, failing)])),
    say ("P09 second child fails to start", {Failed, collect ()}).

kinds_of_restart () ->
    Pid = supervisor (#{}, [child (a, transient), child (b, temporary)]),
    collect (),
    kill_child (Pid, b),
    P10 = collect (),
    say ("P10 temporary killed: which", {P10, ids (Pid)}),
    gen_server:cast (child_of (Pid, a), {stop, normal}),
    P11 = collect (),
    say ("P11 transient normal: which",
         {P11, [{Id, Child} || {Id, Child, _, _} <- supervisor:which_children (Pid)]}),
    say ("P12 terminate twice / delete / restart missing",
         {supervisor:terminate_child (Pid, a), supervisor:terminate_child (Pid, a),
          supervisor:delete_child (Pid, a), supervisor:restart_child (Pid, a),
          supervisor:terminate_child (Pid, zzz)}),
    shut_down (Pid).

significant () ->
    Pid = supervisor (#{auto_shutdown => any_significant},
                      [(child (a, transient))#{significant => true}, child (b, permanent)]),
    collect (),
    gen_server:cast (child_of (Pid, a), {stop, normal}),
    say ("P13 significant transient normal", collect ()).

%% Of what is wrong only what kind of mistake it is.
refusal ({error, {Kind, {What, _}}}) -> {error, {Kind, What}};
refusal ({error, {Kind, {failed_to_start_child, Id, Reason}}}) ->
    {error, {Kind, {failed_to_start_child, Id, Reason}}};
refusal (Other) -> Other.

refusals () ->
    Significant = #{significant => true},
    Refused = [refusal (supervise (Flags, Children))
               || {Flags, Children} <-
                      [{#{}, [maps:merge (child (a, transient), Significant)]},
                       {#{auto_shutdown => any_significant},
                        [maps:merge (child (a, permanent), Significant)]},
                       {#{strategy => foo}, []},
                       {#{period => 0}, []},
                       {#{}, [child (a, permanent), child (a, permanent)]},
                       {#{strategy => simple_one_for_one}, []}]],
    collect (),
    say ("P14 bad combos", Refused).

dynamic () ->
    Kind = #{id => x, start => {gen_server, start_link, [?MODULE]}, restart => temporary},
    Pid = supervisor (#{strategy => simple_one_for_one}, [Kind]),
    {ok, Child} = supervisor:start_child (Pid, [{child, k1, self ()}, []]),
    collect (),
    say ("P15 s1f1 which/count/terminate by id/pid/again",
         {ids (Pid), supervisor:count_children (Pid), supervisor:terminate_child (Pid, x),
          supervisor:terminate_child (Pid, Child), supervisor:terminate_child (Pid, Child),
          supervisor:restart_child (Pid, x), supervisor:delete_child (Pid, x)}),
    shut_down (Pid).

origins () ->
    Pid = supervisor (#{}, [child (a, permanent)]),
    {dictionary, Dictionary} = process_info (child_of (Pid, a), dictionary),
    [Parent, First | _] = proplists:get_value ('$ancestors', Dictionary),
    {_, Function, Arity} = proplists:get_value ('$initial_call', Dictionary),
    say ("P16 supervisor registered ancestors",
         {[Parent =:= Pid, First =:= self ()], {oracle, Function, Arity}}),
    shut_down (Pid).

stubborn () ->
    Child = child (a, permanent, {stubborn, a, self ()}),
    Pid = supervisor (#{}, [Child#{shutdown => 50}]),
    collect (),
    Began = erlang:monotonic_time (millisecond),
    Monitor = monitor (process, Pid),
    exit (Pid, shutdown),
    receive {'DOWN', Monitor, process, _, _} -> ok end,
    Took = erlang:monotonic_time (millisecond) - Began,
    say ("P17 shutdown timeout 50ms stubborn child", {collect (), Took >= 50}).
