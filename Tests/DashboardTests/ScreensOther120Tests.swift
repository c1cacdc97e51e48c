import Testing

@Suite("Screens of 120x36: help, leaving, replay")
struct ScreensOther120Tests {
    private let scenes = Scenes(width: 120, height: 36)

    @Test("all keys")
    func help() {
        scenes.help().expect(helpPicture)
    }

    @Test("the question before a shutdown")
    func quit() {
        scenes.quit().expect(quitPicture)
    }

    @Test("a replay, after a task was abandoned")
    func replay() {
        scenes.replay().expect(replayPicture)
    }
}

private let helpPicture = """
     treetop  all keys

     THE TREE                                                    WHILE IT ASKS
      x           cancel it, after showing what that means        y Enter     do it
      X           the same without grace                          X           do it without grace
      d           drain it: nothing new, what runs may finish     v           list all resources in the order of release
      R           start an ended task again, if allowed           n Esc       leave everything as it is
      Space       tag it: cancel and drain then act on all
      Up Down k j a row up or down                               A CASCADE
      PgUp PgDn   a page up or down                               X           abandon now what does not stop
      g G         the first row, the last row                     b           go to what everybody waits for
      h Left      fold, or go to the parent                       B           go to who holds what the blocker wants
      l Right     unfold, or go to the first child                o           the ends in their order, then the releases
      - +         fold, unfold this subtree                       r           watch this cascade again, slowly
      *           unfold everything below, or fold it again       Esc         close the pane; undo filter, zoom, tags
      Enter       show or hide what is known about the task
      /           find a name, folded or not; Esc goes back      THE OTHER VIEWS
      n N         the next one found, the one before              Enter       what the cancel under the cursor came to
      !           next failed, late, stuck, leaked or abandoned   Enter t     go to the task of this row in the tree
      f           show only: name !failed held:socket label:k=v   /           find a line with this text; Esc goes back
      z           zoom to this subtree                            n N         the next one found, the one before
      Z           zoom out again                                  f           show only lines with these words
      s           sort siblings by age, state, children, held     s           sort by age, kind, holder, state, start, end
      F           follow what happens, trouble first              F           go on with the newest line
      c           the cascade of this task, else the last one     *           lines of the task alone, or of all below it
      Y           copy the path of this task to the clipboard     c           fit the time to the cancel of this subtree
      p           stand still, and go back; again: now            + -         half the time, twice the time
      Tab         the next view, the one before                   < >         earlier, later
      F2 - F7     a view by itself; the tree is F2                Esc         end what was found, the filter, the view
      ?           all keys
      :           all commands, by name                          A REPLAY, AND BACK FROM A PAUSE
      Ctrl-L      paint the screen anew                           Space       play or stand still
      Ctrl-Z      suspend; fg comes back                          , .         one event back, one on
      q Ctrl-C    shut down; asks first                           Left Right  5 s back, 5 s on
                                                                  [ ]         the mark before, the next mark
     Esc back  PgUp PgDn more
    """

private let quitPicture = """
     treetop  orders  0:31                                                                    REC orders-1012.treetop 86 KB
     40 live  36 held  0 leaked  0 abandoned  1 failed  2 cancelled                  live ::::::||||||||||||||  21 events/s
     TASK                             STATE           AGE  LIVE  HELD  NOTE                                        +5 below
    >v orders                         running         31s    40    36  up; try  curl -d 3 127.0.0.1:18080/orders
       v http                         running         31s    12     9  127.0.0.1:18080  41 req/s, 2 orders/s  p99 38ms
         + conn x8                    idle            31s    11     8  3 request below, oldest 12ms
           conn-5                     failed                           22s ago: client reset it mid-body; released 1 in 0.1~
       v workers                      running         31s    14    11  queue 2 of 64; limit 5
         v worker-1                   running         31s     3     3
             order-1040               succeeded                        released 1040.receipt.tmp   0.2ms
           v order-1042               running          0s     2     3
               charge                 running          0s     1     1  deadline in 0.9s; bank has not answered
           worker-2                   idle            31s     1     0
         v worker-3                   running         31s     3     1
           v order-1017               running         14s     2     1  slow: other orders p99 1.4s
    !          lock                   waits lock      14s     1     0  1017.lock, held by auditor; no deadline
         v worker-4                   running         31s     3     3
           v order-1043               running          0s     2     3
               pack                   running          0s     1     1  deadline in 0.9s; gzip, pid 41877
         v worker-5                   running         31s     3     3
             order-1041               succeeded                        released 1041.receipt.tmp   0.2ms
           v order-1044               running          0s     2     3
               charge                 running          0s     1     1  deadline in 0.9s; bank has not answered
       v bank                         running         31s     3     3  127.0.0.1:18081  2 connections, 1 silent
    --- orders --------------------------------------------------------------------------------------------------- task 1 --
     cause     -            deadline none     grace 5s              RECENT
     HOLDS 36, released in this order                               30.449 order-1044/charge acquired bank:18081
      20 socket    127.0.0.1:51001 127.0.0.1:5~ conn x8 charge con~ 30.442 order-1043/pack acquired gzip, pid 41877
       2 listener  127.0.0.1:18080 127.0.0.1:1~ http bank           30.435 order-1042/charge acquired bank:18081
       4 lock      1017 1042 1043 1044 .lock    order x3 auditor    30.424 order-1044 acquired 1044.lock
       5 file      1042.receipt.tmp 1017.recei~ order x4 orders     14.003 order-1016/charge cancel over: 1 task, 3ms
       2 process   gzip, pid 41877 tail -F ord~ pack auditor        14.001 order-1016/charge cancelled: deadline 2s, releas~
       and 3 more kinds                                             14.000 order-1016/charge cancel: deadline, deadline 2s
     releases  _|______     p50 0.2ms  p99 11ms  worst 11ms (1030.~ 13.223 order-1015/charge cancel over: 1 task, 3ms
     Shut down orders?  40 tasks live, 36 held: drained, cancelled and released, in that order.
     y shut down  q at once  n go on
    """

private let replayPicture = """
     treetop  orders-1012.treetop   REPLAY paused                                          check holds   479 events, no gap
     26 live  25 held  1 quarantined  0 leaked  1 abandoned  1 failed  15 cancelled   live ::::::::::::|||:::::  0 events/s
     TASK                             STATE           AGE  LIVE  HELD  NOTE
     v orders                         running         38s    26    25  up; try  curl -d 3 127.0.0.1:18080/orders
       v http                         running         38s    12     9  127.0.0.1:18080  41 req/s, 2 orders/s  p99 38ms
         + conn x8                    idle            38s    11     8  3 request below, oldest 7.5s
           conn-5                     failed                           29s ago: client reset it mid-body; released 1 in 0.1~
       v workers                      cancelled                        0s ago: user, key x
         + worker x4                  cancelled                        10 tasks, 9 resources, worst release 6ms gzip, pid 4~
         v worker-3                   cancelled                        0s ago: user, key x
           v order-1017               cancelled                        0s ago: user, key x
    >          lock                   ABANDONED                        did not heed cancel; still in flock(1017.lock)
       v bank                         running         38s     3     3  127.0.0.1:18081  2 connections, 1 silent
           connection-1               idle            38s     1     1
           connection-2               idle            38s     1     1
       v client                       running         38s     9     8  8 connections, 41 req/s, 1 given up
         + caller x8                  running         38s     8     8
         auditor                      running         23s     1     2  flock 1017.lock  tail -F orders.log, pid 41702


    --- orders / workers / worker-3 / order-1017 / lock --------------------------------------------------------- task 51 --
     cause     user, key x, orders/workers                          RECENT
     lived     21.6s        grace 5s spent in full                  38.700 lock abandoned
     waits for flock 1017.lock, held by auditor                     33.950 lock is overdue, in 1017.lock
     holds nothing any more

                                                                    THEN
                                                                    52.114 cancel auditor: user, key x, orders/auditor
                                                                    52.121 1017.lock released by auditor, 7ms
                                                                    52.121 lock came home, 13.4s after it was abandoned
     marks              f     dd          !               C      A                 C          S                   7/9
     0:00   |___________..:::::._._.................._:.__.:_____^._________________.__________.________________. 1:12.480
     0:38.704  1x  seq 469 cancel.completed    A abandoned  C cancel  f failed  S shutdown  d deadline  ! waits too long
     last mark  A 0:38.700  lock: abandoned
     ! 1 task was abandoned and did not return: ! goes there.
     Space play  , . event  Left Right 5s  [ ] mark  { } speed  u find cause  = compare  a loop  / find  ? keys     q leave
    """
