#!/usr/bin/env escript
%% SPDX-License-Identifier: MIT
%%
%% The oracle: prints facts about processes, each in one line, of the Erlang that runs it. The first
%% line says which one that is. tests/data/oracle-otp25.txt is what OTP 25 prints, and oracle.c prints
%% the same of Grove. In what is printed `pid` stands for a process in a message, 'STACK' for a stack,
%% and <0.0.0> for any other process.

-mode (compile).

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
    aliases ().

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
