import Testing

@Suite("Screens of 200x60: the tree")
struct ScreensTree200Tests {
    private let scenes = Scenes(width: 200, height: 60)

    @Test("the live tree, half a minute in")
    func liveTree() {
        scenes.liveTree().expect(liveTreePicture)
    }

    @Test("what a cancel would do")
    func preview() {
        scenes.preview().expect(previewPicture)
    }

    @Test("a cascade that is held up")
    func cascade() {
        scenes.cascade().expect(cascadePicture)
    }

    @Test("all keys")
    func help() {
        scenes.help().expect(helpPicture)
    }

    @Test("a recorded session")
    func replay() {
        scenes.replay().expect(replayPicture)
    }

    @Test("one question about all that is tagged")
    func taggedPreview() {
        scenes.taggedPreview().expect(taggedPreviewPicture)
    }

    @Test("who holds a lock, and the way to them")
    func filtered() {
        scenes.filtered().expect(filteredPicture)
    }
}

private let liveTreePicture = """
     treetop  orders  0:31                                                                                                                                                    REC orders-1012.treetop 86 KB
     40 live  36 held  0 leaked  0 abandoned  1 failed  2 cancelled                                                      live :::::::::::::::::||||||||||||||  |________......._..............  21 events/s
     TASK                                                    STATE           AGE  LIVE  HELD  NOTE
    >v orders                                                running         31s    40    36  up; try  curl -d 3 127.0.0.1:18080/orders
       v http                                                running         31s    12     9  127.0.0.1:18080  41 req/s, 2 orders/s  p99 38ms
         + conn x8                                           idle            31s    11     8  3 request below, oldest 12ms
           conn-5                                            failed                           22s ago: client reset it mid-body; released 1 in 0.1ms
       v workers                                             running         31s    14    11  queue 2 of 64; limit 5
         v worker-1                                          running         31s     3     3
             order-1040                                      succeeded                        released 1040.receipt.tmp   0.2ms
           v order-1042                                      running          0s     2     3
               charge                                        running          0s     1     1  deadline in 0.9s; bank has not answered
           worker-2                                          idle            31s     1     0
         v worker-3                                          running         31s     3     1
           v order-1017                                      running         14s     2     1  slow: other orders p99 1.4s
    !          lock                                          waits lock      14s     1     0  1017.lock, held by auditor; no deadline
         v worker-4                                          running         31s     3     3
           v order-1043                                      running          0s     2     3
               pack                                          running          0s     1     1  deadline in 0.9s; gzip, pid 41877
         v worker-5                                          running         31s     3     3
             order-1041                                      succeeded                        released 1041.receipt.tmp   0.2ms
           v order-1044                                      running          0s     2     3
               charge                                        running          0s     1     1  deadline in 0.9s; bank has not answered
       v bank                                                running         31s     3     3  127.0.0.1:18081  2 connections, 1 silent
           connection-1                                      idle            31s     1     1
           connection-2                                      idle            31s     1     1
       v client                                              running         31s     9     8  8 connections, 41 req/s, 1 given up
         + caller x8                                         running         31s     8     8
         auditor                                             running         15s     1     2  flock 1017.lock  tail -F orders.log, pid 41702



















    --- orders ----------------------------------------------------------------------------------------------------------------------------------------------------------------------------------- task 1 --
     cause     -            deadline none     grace 5s                                                          RECENT
     HOLDS 36, released in this order                                                                           30.449 order-1044/charge acquired bank:18081
      20 socket    127.0.0.1:51001 127.0.0.1:51002 12~ conn x8 charge connection x2 caller x8                   30.442 order-1043/pack acquired gzip, pid 41877
       2 listener  127.0.0.1:18080 127.0.0.1:18081     http bank                                                30.435 order-1042/charge acquired bank:18081
       4 lock      1017 1042 1043 1044 .lock           order x3 auditor                                         30.424 order-1044 acquired 1044.lock
       5 file      1042.receipt.tmp 1017.receipt.tmp ~ order x4 orders                                          14.003 order-1016/charge cancel over: 1 task, 3ms
       2 process   gzip, pid 41877 tail -F orders.log~ pack auditor                                             14.001 order-1016/charge cancelled: deadline 2s, released 1
       and 3 more kinds                                                                                         14.000 order-1016/charge cancel: deadline, deadline 2s
     releases  _|______     p50 0.2ms  p99 11ms  worst 11ms (1030.receipt.tmp)                                  13.223 order-1015/charge cancel over: 1 task, 3ms
     ! 1 task waits too long: ! goes there.  x here shows what a cancel of orders would do, before it does it
     x cancel  d drain  Enter detail  / find  ! next trouble  f filter  p pause  Tab view  ? keys                                                                                               q shut down
    """

private let previewPicture = """
     treetop  orders  0:31                                                                                                                                                    REC orders-1012.treetop 86 KB
     40 live  36 held  0 leaked  0 abandoned  1 failed  2 cancelled                                                      live :::::::::::::::::||||||||||||||  |________......._..............  21 events/s
     TASK                                                    STATE           AGE  LIVE  HELD  NOTE
     v orders                                                running         31s    40    36  up; try  curl -d 3 127.0.0.1:18080/orders
       v http                                                running         31s    12     9  goes on
         + conn x8                                           idle            31s    11     8  3 request below, oldest 12ms
           conn-5                                            failed                           22s ago: client reset it mid-body; released 1 in 0.1ms
    x  v workers                                             running         31s    14    11  last: releases queue orders
    x    v worker-1                                          running         31s     3     3
             order-1040                                      succeeded                        released 1040.receipt.tmp   0.2ms
    x      v order-1042                                      running          0s     2     3  releases 1042.lock, 1042.receipt.tmp
    x          charge                                        running          0s     1     1  releases socket bank:18081
    x      worker-2                                          idle            31s     1     0
    x    v worker-3                                          running         31s     3     1
    x      v order-1017                                      running         14s     2     1  releases 1017.receipt.tmp
    x          lock                                          waits lock      14s     1     0  likely blocker: 14s in one wait; grace 5s
    x    v worker-4                                          running         31s     3     3
    x      v order-1043                                      running          0s     2     3  releases 1043.lock, 1043.receipt.tmp
    x          pack                                          running          0s     1     1  releases process gzip, pid 41877
    x    v worker-5                                          running         31s     3     3
             order-1041                                      succeeded                        released 1041.receipt.tmp   0.2ms
    x      v order-1044                                      running          0s     2     3  releases 1044.lock, 1044.receipt.tmp
    x          charge                                        running          0s     1     1  releases socket bank:18081
       v bank                                                running         31s     3     3  goes on
           connection-1                                      idle            31s     1     1
           connection-2                                      idle            31s     1     1
       v client                                              running         31s     9     8  goes on
         + caller x8                                         running         31s     8     8
         auditor                                             running         15s     1     2  goes on




















    --- CANCEL orders / workers ?   (counts are live until you answer) -------------------------------------------------------------------------------------------------------------------------------------
     stops      14 of 40 tasks     workers, 5 worker, 4 order, 2 charge, 1 lock, 1 pack
     releases   11 of 36 held      2 socket, 3 lock, 4 file, 1 process, then 1 queue      children first, newest first
     waits for  lock   in one wait for 14s, on 1017.lock, held by auditor (outside this subtree: stays)
     at worst   5.0s, then lock is abandoned and what it was lent is quarantined
     usually    3ms    2 earlier cancels below here; 43 releases below here, worst 11ms
     goes on    26 tasks           orders, http, bank, client, auditor.  A cancelled child is no failure of orders
     cause will be recorded as: user, key x, orders/workers
                                                                                                                                                                                      nothing has been sent

     y cancel 14 tasks  X cancel without grace  v list all 11 resources  n leave                                                                                                                q shut down
    """

private let cascadePicture = """
     treetop  orders  0:36                                                                                                                                                    REC orders-1012.treetop 86 KB
     30 live  27 held  0 leaked  0 abandoned  1 failed  12 cancelled                                                  live :::::::::::::::::::::::::::|||:::  ______.::::.._..............._|__  0 events/s
     TASK                                                    STATE           +AT  LIVE  HELD  NOTE
     v orders                                                running         36s    30    27  up; try  curl -d 3 127.0.0.1:18080/orders
       v http                                                running         35s    12     9  127.0.0.1:18080  41 req/s, 2 orders/s  p99 38ms
         + conn x8                                           idle            35s    11     8  3 request below, oldest 4.8s
           conn-5                                            failed                           26s ago: client reset it mid-body; released 1 in 0.1ms
    >  v workers                                             waits                   4     2  waits for worker-3; then releases queue orders
         v worker-1                                          cancelled       3ms
           v order-1042                                      cancelled       3ms              released 1042.lock, 1042.receipt.tmp   0.2ms
               charge                                        cancelled       1ms              released socket bank:18081   0.1ms
           worker-2                                          cancelled       1ms
         v worker-3                                          waits                   3     1  waits for order-1017
           v order-1017                                      waits                   2     1  waits for lock; then releases 1017.receipt.tmp
    !          lock                                          CANCELLING     2.3s     1     0  BLOCKER 2.7s left, 1017.lock held by auditor  [####......]
         v worker-4                                          cancelled      11ms
           v order-1043                                      cancelled      11ms              released 1043.lock, 1043.receipt.tmp   0.2ms
               pack                                          cancelled      11ms              released process gzip, pid 41877   6ms
         v worker-5                                          cancelled       4ms
           v order-1044                                      cancelled       4ms              released 1044.lock, 1044.receipt.tmp   0.2ms
               charge                                        cancelled       1ms              released socket bank:18081   0.1ms
       v bank                                                running         35s     3     3  127.0.0.1:18081  2 connections, 1 silent
           connection-1                                      idle            35s     1     1
           connection-2                                      idle            35s     1     1
       v client                                              running         35s     9     8  8 connections, 41 req/s, 1 given up
         + caller x8                                         running         35s     8     8
         auditor                                             running         20s     1     2  flock 1017.lock  tail -F orders.log, pid 41702























    --- CASCADE 3  orders / workers   +2.3s   cause: user, key x, orders/workers ---------------------------------------------------------------------------------------------------------------------------
     tasks      [####################........]   10 of 14 ended      10 cancelled  0 failed  0 abandoned
     resources  [######################......]    9 of 11 released   9 ok  0 failed  0 timed out  0 leaked
     waits for  lock, since +0.0s, on 1017.lock, held by auditor        b goes to lock, B to auditor
     in 2.7s    [####......]  lock is abandoned; order-1017, worker-3, workers end; 2 more to release or quarantine
     done       last ended worker-4, +11ms         slowest release 6ms gzip, pid 41877
     order      charge charge worker-2 | order-1042 worker-1 order-1044 worker-5 | pack order-1043 worker-4
     goes on    26 tasks: orders, http, bank, client, auditor
     ! 1 task is overdue: ! goes there.
     X end grace now  b blocker  B who holds it  o full order  Esc close  x cancel  d drain  Enter detail  / find  ! next trouble  f filter  p pause  Tab view  ? keys                          q shut down
    """

private let helpPicture = """
     treetop  all keys

     THE TREE                                                                                             + -         half the time, twice the time
      x           cancel it, after showing what that means                                                < >         earlier, later
      X           the same without grace                                                                  Esc         end what was found, the filter, the view
      d           drain it: nothing new, what runs may finish
      R           start an ended task again, if allowed                                                  A REPLAY, AND BACK FROM A PAUSE
      Space       tag it: cancel and drain then act on all                                                Space       play or stand still
      Up Down k j a row up or down                                                                        , .         one event back, one on
      PgUp PgDn   a page up or down                                                                       Left Right  5 s back, 5 s on
      g G         the first row, the last row                                                             [ ]         the mark before, the next mark
      h Left      fold, or go to the parent                                                               { }         slower, faster: 0.1x to 1000x
      l Right     unfold, or go to the first child                                                        Home End    the beginning, the end
      - +         fold, unfold this subtree                                                               u           go to what made this task end
      *           unfold everything below, or fold it again                                               =           what changed from here to elsewhere
      Enter       show or hide what is known about the task                                               a           loop: begins here; ends here; is over
      /           find a name, folded or not; Esc goes back                                               i           pass over what is idle, or do not
      n N         the next one found, the one before                                                      0 - 9       that tenth of the session
      !           next failed, late, stuck, leaked or abandoned                                           q Ctrl-C    leave the replay
      f           show only: name !failed held:socket label:k=v
      z           zoom to this subtree                                                                   LEAVING
      Z           zoom out again                                                                          y Enter     shut the program down
      s           sort siblings by age, state, children, held                                             q Ctrl-C    cancel everything now
      F           follow what happens, trouble first                                                      n Esc       go on
      c           the cascade of this task, else the last one
      Y           copy the path of this task to the clipboard
      p           stand still, and go back; again: now
      Tab         the next view, the one before
      F2 - F7     a view by itself; the tree is F2
      ?           all keys
      :           all commands, by name
      Ctrl-L      paint the screen anew
      Ctrl-Z      suspend; fg comes back
      q Ctrl-C    shut down; asks first

     WHILE IT ASKS
      y Enter     do it
      X           do it without grace
      v           list all resources in the order of release
      n Esc       leave everything as it is

     A CASCADE
      X           abandon now what does not stop
      b           go to what everybody waits for
      B           go to who holds what the blocker wants
      o           the ends in their order, then the releases
      r           watch this cascade again, slowly
      Esc         close the pane; undo filter, zoom, tags

     THE OTHER VIEWS
      Enter       what the cancel under the cursor came to
      Enter t     go to the task of this row in the tree
      /           find a line with this text; Esc goes back
      n N         the next one found, the one before
      f           show only lines with these words
      s           sort by age, kind, holder, state, start, end
      F           go on with the newest line
      *           lines of the task alone, or of all below it
      c           fit the time to the cancel of this subtree
     Esc back
    """

private let replayPicture = """
     treetop  orders-1012.treetop   REPLAY paused                                                                                                                          check holds   479 events, no gap
     26 live  25 held  1 quarantined  0 leaked  1 abandoned  1 failed  15 cancelled                                   live :::::::::::::::::::::::::|||:::::  ____.::::.._..............._|____  0 events/s
     TASK                                                    STATE           AGE  LIVE  HELD  NOTE
     v orders                                                running         38s    26    25  up; try  curl -d 3 127.0.0.1:18080/orders
       v http                                                running         38s    12     9  127.0.0.1:18080  41 req/s, 2 orders/s  p99 38ms
         + conn x8                                           idle            38s    11     8  3 request below, oldest 7.5s
           conn-5                                            failed                           29s ago: client reset it mid-body; released 1 in 0.1ms
       v workers                                             cancelled                        0s ago: user, key x
         + worker x4                                         cancelled                        10 tasks, 9 resources, worst release 6ms gzip, pid 41877
         v worker-3                                          cancelled                        0s ago: user, key x
           v order-1017                                      cancelled                        0s ago: user, key x
    >          lock                                          ABANDONED                        did not heed cancel; still in flock(1017.lock)
       v bank                                                running         38s     3     3  127.0.0.1:18081  2 connections, 1 silent
           connection-1                                      idle            38s     1     1
           connection-2                                      idle            38s     1     1
       v client                                              running         38s     9     8  8 connections, 41 req/s, 1 given up
         + caller x8                                         running         38s     8     8
         auditor                                             running         23s     1     2  flock 1017.lock  tail -F orders.log, pid 41702


























    --- orders / workers / worker-3 / order-1017 / lock ----------------------------------------------------------------------------------------------------------------------------------------- task 51 --
     cause     user, key x, orders/workers                                                                      RECENT
     lived     21.6s        grace 5s spent in full                                                              38.700 lock abandoned
     waits for flock 1017.lock, held by auditor                                                                 33.950 lock is overdue, in 1017.lock
     holds nothing any more

                                                                                                                THEN
                                                                                                                52.114 cancel auditor: user, key x, orders/auditor
                                                                                                                52.121 1017.lock released by auditor, 7ms
                                                                                                                52.121 lock came home, 13.4s after it was abandoned
     marks                        f         d d                   !                            C!           A                                C                   S                                7/9
     0:00   |_____________________..........:...__.___...............................__...._____:___________^_________________________________.__________________.._____________________________. 1:12.480
     0:38.704  1x  seq 469 cancel.completed    A abandoned  C cancel  f failed  S shutdown  d deadline  ! waits too long
     last mark  A 0:38.700  lock: abandoned
     ! 1 task was abandoned and did not return: ! goes there.
     Space play  , . event  Left Right 5s  [ ] mark  { } speed  u find cause  = compare  a loop  Enter detail  / find  ! next trouble  f filter  Tab view  ? keys                                   q leave
    """

private let taggedPreviewPicture = """
     treetop  orders  0:31                                                                                                                                                    REC orders-1012.treetop 86 KB
     40 live  36 held  0 leaked  0 abandoned  1 failed  2 cancelled                                                      live :::::::::::::::::||||||||||||||  |________......._..............  21 events/s
     3 tagged: 6 tasks, 4 held
     TASK                                                    STATE           AGE  LIVE  HELD  NOTE
     v orders                                                running         31s    40    36  up; try  curl -d 3 127.0.0.1:18080/orders
       v http                                                running         31s    12     9  goes on
         + conn x8                                           idle            31s    11     8  3 request below, oldest 12ms
           conn-5                                            failed                           22s ago: client reset it mid-body; released 1 in 0.1ms
       v workers                                             running         31s    14    11  goes on
    x    v*worker-1                                          running         31s     3     3
             order-1040                                      succeeded                        released 1040.receipt.tmp   0.2ms
    x      v*order-1042                                      running          0s     2     3  releases 1042.lock, 1042.receipt.tmp
    x          charge                                        running          0s     1     1  releases socket bank:18081
           worker-2                                          idle            31s     1     0
    x    v*worker-3                                          running         31s     3     1
    x      v order-1017                                      running         14s     2     1  releases 1017.receipt.tmp
    x          lock                                          waits lock      14s     1     0  likely blocker: 14s in one wait; grace 5s
         v worker-4                                          running         31s     3     3
           v order-1043                                      running          0s     2     3
               pack                                          running          0s     1     1  deadline in 0.9s; gzip, pid 41877
         v worker-5                                          running         31s     3     3
             order-1041                                      succeeded                        released 1041.receipt.tmp   0.2ms
           v order-1044                                      running          0s     2     3
               charge                                        running          0s     1     1  deadline in 0.9s; bank has not answered
       v bank                                                running         31s     3     3  goes on
           connection-1                                      idle            31s     1     1
           connection-2                                      idle            31s     1     1
       v client                                              running         31s     9     8  goes on
         + caller x8                                         running         31s     8     8
         auditor                                             running         15s     1     2  goes on



















    --- CANCEL 3 TAGGED  worker-1, worker-3, 1 inside them ?   (counts are live until you answer) ----------------------------------------------------------------------------------------------------------
     stops      6 of 40 tasks      2 order, 2 worker, 1 charge, 1 lock
     releases   4 of 36 held       1 socket, 1 lock, 2 file      children first, newest first
     waits for  lock   in one wait for 14s, on 1017.lock, held by auditor (outside this subtree: stays)
     at worst   5.0s, then lock is abandoned and what it was lent is quarantined
     usually    unknown: nothing was cancelled below here yet; 20 releases below here, worst 11ms
     goes on    34 tasks           workers, worker, orders, http, bank, client, auditor.  A cancelled child is no failure of workers
     cause will be recorded as: user, key x, and the path of each
                                                                                                                                                                                      nothing has been sent

     y cancel 6 tasks  X cancel without grace  v list all 4 resources  n leave                                                                                                                  q shut down
    """

private let filteredPicture = """
     treetop  orders  0:31                                                                                                                                                    REC orders-1012.treetop 86 KB
     40 live  36 held  0 leaked  0 abandoned  1 failed  2 cancelled                                                      live :::::::::::::::::||||||||||||||  |________......._..............  21 events/s
     only held:lock: 4 of 43 tasks
     TASK                                                    STATE           AGE  LIVE  HELD  NOTE
     v orders                                                running         31s    40    36  up; try  curl -d 3 127.0.0.1:18080/orders
       v workers                                             running         31s    14    11  queue 2 of 64; limit 5
         v worker-1                                          running         31s     3     3
    >      + order-1042                                      running          0s     2     3
         v worker-4                                          running         31s     3     3
           + order-1043                                      running          0s     2     3
         v worker-5                                          running         31s     3     3
           + order-1044                                      running          0s     2     3
         auditor                                             running         15s     1     2  flock 1017.lock  tail -F orders.log, pid 41702



































    --- orders / workers / worker-1 / order-1042 ------------------------------------------------------------------------------------------------------------------------------------------------ task 76 --
     cause     -            deadline none     grace 5s                                                          RECENT
     HOLDS 3, released in this order                                                                            30.435 order-1042/charge acquired bank:18081
       1 socket    bank:18081                          charge                                                   30.402 order-1042 acquired 1042.lock
       1 lock      1042.lock                           order-1042                                               30.402 order-1042 acquired 1042.receipt.tmp
       1 file      1042.receipt.tmp                    order-1042




     ! 1 task waits too long: ! goes there.  x here shows what a cancel of order-1042 would do, before it does it
     Esc no filter  x cancel  d drain  Enter detail  / find  ! next trouble  f filter  p pause  Tab view  ? keys                                                                                q shut down
    """
