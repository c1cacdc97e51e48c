import Testing

@Suite("A newcomer's questions, each answered within three keys")
struct QuestionsTests {
    private let scenes = Scenes(width: 80, height: 24)

    @Test("what failed, and why?")
    func whatFailed() {
        scenes.whatFailed().expect(whatFailedPicture)
    }

    @Test("what holds the shutdown up?")
    func shutdownHeldUp() {
        scenes.shutdownHeldUp().expect(shutdownHeldUpPicture)
    }

    @Test("who cancelled this?")
    func whoCancelled() {
        scenes.whoCancelled().expect(whoCancelledPicture)
    }

    @Test("what does this task hold?")
    func whatIsHeld() {
        scenes.whatIsHeld().expect(whatIsHeldPicture)
    }

    @Test("what would happen if I cancelled here?")
    func whatIf() {
        scenes.whatIf().expect(whatIfPicture)
    }

    @Test("how long did the last cleanup take?")
    func lastCleanup() {
        scenes.lastCleanup().expect(lastCleanupPicture)
    }
}

private let whatFailedPicture = """
     treetop  orders  0:31                            REC orders-1012.treetop 86 KB
     40 live  36 held  0 leaked  0 abandoned  1 failed  2 cancelled     21 events/s
     TASK                   STATE         AGE LIVE HELD  NOTE             +17 below
     v orders               running       31s   40   36  up; try  curl -d 3 127.0.0~
       v http               running       31s   12    9  127.0.0.1:18080  41 req/s,~
         + conn x8          idle          31s   11    8  3 request below, oldest 12~
    >      conn-5           failed                       22s ago: client reset it m~
       v workers            running       31s   14   11  queue 2 of 64; limit 5
         v worker-1         running       31s    3    3
             order-1040     succeeded                    released 1040.receipt.tmp ~
           v order-1042     running        0s    2    3
               charge       running        0s    1    1  deadline in 0.9s; bank has~
    --- orders / http / conn-5 ------------------------------------------- task 7 --
     lived     9.0s                            RECENT
     error     ClientError: client reset it    9.100 conn-5 failed: client reset it~
               mid-body                        9.100 conn-5 released 127.0.0.1:5100~
     holds nothing any more                    0.003 conn-5 acquired 127.0.0.1:51005





     ! 1 task waits too long: ! goes there.
     Esc close  x cancel  Enter detail  / find  Tab view  ? keys        q shut down
    """

private let shutdownHeldUpPicture = """
     treetop  orders  0:35  SHUTDOWN draining         REC orders-1012.treetop 86 KB
     40 live  36 held  0 leaked  0 abandoned  1 failed  2 cancelled      0 events/s
     TASK                   STATE         AGE LIVE HELD  NOTE              +5 below
    >v orders               running       35s   40   36  up; try  curl -d 3 127.0.0~
       v http               running       34s   12    9  127.0.0.1:18080  41 req/s,~
         + conn x8          idle          34s   11    8  3 request below, oldest 3.~
           conn-5           failed                       25s ago: client reset it m~
       v workers            running       34s   14   11  queue 2 of 64; limit 5
         v worker-1         running       34s    3    3
           v order-1042     running        4s    2    3
               charge       running        4s    1    1  deadline was 2.9s ago; ban~
           worker-2         idle          34s    1    0
         v worker-3         running       34s    3    1
           v order-1017     running       17s    2    1  slow: other orders p99 1.4s
    !          lock         waits lock    17s    1    0  1017.lock, held by auditor~
         v worker-4         running       34s    3    3
           v order-1043     running        4s    2    3
               pack         running        4s    1    1  deadline was 2.9s ago; gzi~
         v worker-5         running       34s    3    3
           v order-1044     running        4s    2    3
               charge       running        4s    1    1  deadline was 2.9s ago; ban~
       v bank               running       34s    3    3  127.0.0.1:18081  2 connect~
     SHUTDOWN drains, 7s left, waits for lock (1017.lock, held by auditor)
     q cancel now  Enter detail  / find  ! next trouble  f filter  Tab view  ? keys
    """

private let whoCancelledPicture = """
     treetop  orders-1012.treetop   REPLAY paused  check holds   479 events, no gap
     26 live  25 held  1 quarantined  0 leaked  1 abandoned  1 failed  15 cancelled
     TASK                   STATE         AGE LIVE HELD  NOTE              +7 below
     v orders               running       38s   26   25  up; try  curl -d 3 127.0.0~
       v http               running       38s   12    9  127.0.0.1:18080  41 req/s,~
         + conn x8          idle          38s   11    8  3 request below, oldest 7.~
           conn-5           failed                       29s ago: client reset it m~
       v workers            cancelled                    0s ago: user, key x
         + worker x4        cancelled                    10 tasks, 9 resources, wor~
         v worker-3         cancelled                    0s ago: user, key x
    >      v order-1017     cancelled                    0s ago: user, key x
    --- orders / workers / worker-3 / order-1017 ------------------------ task 50 --
     cause     user, key x, orders/workers     RECENT
     lived     21.6s                           38.701 order-1017 cancelled
     holds nothing any more                    38.700 order-1017 quarantined 1017.r~
                                               38.700 order-1017/lock abandoned
                                               33.950 order-1017/lock is overdue, i~
                                               17.006 order-1017 acquired 1017.rece~



     0:38.704     |_____f::dd...:.!:.::..:_C__^.________C.____S.________. 1:12.480
     ! 1 task was abandoned and did not return: ! goes there.
     Esc close  Space play  , . event  Left Right 5s  [ ] mark  ? keys      q leave
    """

private let whatIsHeldPicture = """
     treetop  orders  0:31                            REC orders-1012.treetop 86 KB
     40 live  36 held  0 leaked  0 abandoned  1 failed  2 cancelled     21 events/s
     TASK                   STATE         AGE LIVE HELD  NOTE             +17 above
             order-1041     succeeded                    released 1041.receipt.tmp ~
           v order-1044     running        0s    2    3
               charge       running        0s    1    1  deadline in 0.9s; bank has~
       v bank               running       31s    3    3  127.0.0.1:18081  2 connect~
           connection-1     idle          31s    1    1
           connection-2     idle          31s    1    1
       v client             running       31s    9    8  8 connections, 41 req/s, 1~
         + caller x8        running       31s    8    8
    >    auditor            running       15s    1    2  flock 1017.lock  tail -F o~
    --- orders / auditor ------------------------------------------------ task 49 --
     cause     -   deadline none     grace 5s  RECENT
     HOLDS 2, released in this order           15.400 auditor acquired tail -F orde~
       1 process   tail -F orders~ auditor     15.400 auditor acquired 1017.lock
       1 lock      1017.lock       auditor





     ! 1 task waits too long: ! goes there.  x here shows what a cancel of auditor ~
     Esc close  x cancel  Enter detail  / find  Tab view  ? keys        q shut down
    """

private let whatIfPicture = """
     treetop  orders  0:31                            REC orders-1012.treetop 86 KB
     40 live  36 held  0 leaked  0 abandoned  1 failed  2 cancelled     21 events/s
     TASK                   STATE         AGE LIVE HELD  NOTE    +7 above, +8 below
           v order-1042     running        0s    2    3
               charge       running        0s    1    1  deadline in 0.9s; bank has~
           worker-2         idle          31s    1    0
         v worker-3         running       31s    3    1
    x      v order-1017     running       14s    2    1  last: releases 1017.receip~
    x          lock         waits lock    14s    1    0  likely blocker: 14s in one~
         v worker-4         running       31s    3    3
           v order-1043     running        0s    2    3
               pack         running        0s    1    1  deadline in 0.9s; gzip, pi~
         v worker-5         running       31s    3    3
             order-1041     succeeded                    released 1041.receipt.tmp ~
    --- CANCEL orders / workers / worker-3 / order-1017 ?   (counts are live until~
     stops      2 of 40 tasks      order-1017, 1 lock
     releases   1 of 36 held       1 file      children first, newest first
     waits for  lock   in one wait for 14s, on 1017.lock, held by auditor (outside ~
     at worst   5.0s, then lock is abandoned and what it was lent is quarantined
     usually    unknown: nothing was cancelled below here yet; no release below her~
     goes on    38 tasks           worker-3, workers, worker, orders, http, bank, c~
     cause will be recorded as: user, key x, orders/workers/worker-3/order-1017

     y cancel 2 tasks  X cancel without grace  v list all 1 resource  n leave
    """

private let lastCleanupPicture = """
     treetop  orders-1012.treetop   REPLAY paused  check holds   479 events, no gap
     26 live  25 held  1 quarantined  0 leaked  1 abandoned  1 failed  15 cancelled
     TASK                   STATE         +AT LIVE HELD  NOTE              +5 below
     v orders               running       38s   26   25  up; try  curl -d 3 127.0.0~
       v http               running       38s   12    9  127.0.0.1:18080  41 req/s,~
         + conn x8          idle          38s   11    8  3 request below, oldest 7.~
           conn-5           failed                       29s ago: client reset it m~
       v workers            cancelled  5.001s            released queue orders   0.~
         + worker x4        cancelled    11ms            10 tasks, 9 resources, wor~
         v worker-3         cancelled  5.001s            held up 5.000s by lock
           v order-1017     cancelled  5.001s            held up 5.000s by lock
    >          lock         ABANDONED  5.000s            did not heed cancel; still~
       v bank               running       38s    3    3  127.0.0.1:18081  2 connect~
    --- CASCADE 3  orders / workers   over in 5.001s   cause: user, key x, orders/~
     tasks      [########]   14 of 14 ended    13 cancelled  0 failed  1 abandoned
     resources  [#######.]   10 of 11 released  10 ok  1 quarantined
     result     13 cancelled, 1 abandoned, 10 released, 1 quarantined, in 5.001s, o~
     held up    by lock, in flock(1017.lock): grace 5s spent in full, then abandoned
     done       last ended workers, +5.001s         slowest release 6ms gzip, pid 4~
     order      charge charge worker-2 | order-1042 worker-1 order-1044 worker-5 | ~

     0:38.704     |_____f::dd...:.!:.::..:_C__^.________C.____S.________. 1:12.480
     ! 1 task was abandoned and did not return: ! goes there.
     o full order  r slow replay  Esc close  Space play  , . event  ? keys  q leave
    """
