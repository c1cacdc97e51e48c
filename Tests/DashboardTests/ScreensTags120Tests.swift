import Testing

@Suite("Screens of 120x36: tags")
struct ScreensTags120Tests {
    private let scenes = Scenes(width: 120, height: 36)

    @Test("one question about all that is tagged")
    func taggedPreview() {
        scenes.taggedPreview().expect(taggedPreviewPicture)
    }

    @Test("two cascades at once, one of which is held up")
    func taggedCascades() {
        scenes.taggedCascades().expect(taggedCascadesPicture)
    }

    @Test("who holds a lock, and the way to them")
    func filtered() {
        scenes.filtered().expect(filteredPicture)
    }
}

private let taggedPreviewPicture = """
     treetop  orders  0:31                                                                    REC orders-1012.treetop 86 KB
     40 live  36 held  0 leaked  0 abandoned  1 failed  2 cancelled                  live ::::::||||||||||||||  21 events/s
     3 tagged: 6 tasks, 4 held
     TASK                             STATE           AGE  LIVE  HELD  NOTE                                        +5 above
    x    v*worker-1                   running         31s     3     3
             order-1040               succeeded                        released 1040.receipt.tmp   0.2ms
    x      v*order-1042               running          0s     2     3  releases 1042.lock, 1042.receipt.tmp
    x          charge                 running          0s     1     1  releases socket bank:18081
           worker-2                   idle            31s     1     0
    x    v*worker-3                   running         31s     3     1
    x      v order-1017               running         14s     2     1  releases 1017.receipt.tmp
    x          lock                   waits lock      14s     1     0  likely blocker: 14s in one wait; grace 5s
         v worker-4                   running         31s     3     3
           v order-1043               running          0s     2     3
               pack                   running          0s     1     1  deadline in 0.9s; gzip, pid 41877
         v worker-5                   running         31s     3     3
             order-1041               succeeded                        released 1041.receipt.tmp   0.2ms
           v order-1044               running          0s     2     3
               charge                 running          0s     1     1  deadline in 0.9s; bank has not answered
       v bank                         running         31s     3     3  goes on
           connection-1               idle            31s     1     1
           connection-2               idle            31s     1     1
       v client                       running         31s     9     8  goes on
         + caller x8                  running         31s     8     8
         auditor                      running         15s     1     2  goes on
    --- CANCEL 3 TAGGED  worker-1, worker-3, 1 inside them ?   (counts are live until you answer) --------------------------
     stops      6 of 40 tasks      2 order, 2 worker, 1 charge, 1 lock
     releases   4 of 36 held       1 socket, 1 lock, 2 file      children first, newest first
     waits for  lock   in one wait for 14s, on 1017.lock, held by auditor (outside this subtree: stays)
     at worst   5.0s, then lock is abandoned and what it was lent is quarantined
     usually    unknown: nothing was cancelled below here yet; 20 releases below here, worst 11ms
     goes on    34 tasks           workers, worker, orders, http, bank, client, auditor.  A cancelled child is no failure o~
     cause will be recorded as: user, key x, and the path of each
                                                                                                      nothing has been sent

     y cancel 6 tasks  X cancel without grace  v list all 4 resources  n leave                                  q shut down
    """

private let taggedCascadesPicture = """
     treetop  orders  0:33                                                                    REC orders-1012.treetop 86 KB
     37 live  33 held  0 leaked  0 abandoned  1 failed  5 cancelled                   live ::::||||||||||||||||  0 events/s
     TASK                             STATE           +AT  LIVE  HELD  NOTE                                        +2 above
         + conn x8                    idle            33s    11     8  3 request below, oldest 2.6s
           conn-5                     failed                           24s ago: client reset it mid-body; released 1 in 0.1~
       v workers                      running         33s    11     8  queue 2 of 64; limit 5
         v worker-1                   cancelled       2ms
           v order-1042               cancelled       1ms              released 1042.lock, 1042.receipt.tmp   0.2ms
               charge                 cancelled       1ms              released socket bank:18081   0.1ms
           worker-2                   idle            33s     1     0
         v worker-3                   waits                   3     1  waits for order-1017
    >      v order-1017               waits                   2     1  waits for lock; then releases 1017.receipt.tmp
    !          lock                   CANCELLING     2.3s     1     0  BLOCKER 2.7s left, 1017.lock held by auditor  [##...]
         v worker-4                   running         33s     3     3
           v order-1043               running          3s     2     3
               pack                   running          3s     1     1  deadline was 1.7s ago; gzip, pid 41877
         v worker-5                   running         33s     3     3
           v order-1044               running          3s     2     3
               charge                 running          3s     1     1  deadline was 1.7s ago; bank has not answered
       v bank                         running         33s     3     3  127.0.0.1:18081  2 connections, 1 silent
           connection-1               idle            33s     1     1
           connection-2               idle            33s     1     1
       v client                       running         33s     9     8  8 connections, 41 req/s, 1 given up
         + caller x8                  running         33s     8     8
         auditor                      running         18s     1     2  flock 1017.lock  tail -F orders.log, pid 41702
    --- CASCADES 3 and 4  2 subtrees   +2.3s   cause: user, key x ----------------------------------------------------------
     tasks      [##############..............]     3 of 6 ended      3 cancelled  0 failed  0 abandoned
     resources  [#####################.......]     3 of 4 released   3 ok  0 failed  0 timed out  0 leaked
     waits for  lock, since +0.0s, on 1017.lock, held by auditor        b goes to lock, B to auditor
     in 2.7s    [####......]  lock is abandoned; order-1017, worker-3 end; 1 more to release or quarantine
     each       worker-3 0 of 3, worker-1 +2ms
     done       last ended worker-1, +2ms         slowest release 0.2ms 1042.lock
     order      charge order-1042 worker-1
     goes on    34 tasks: workers, worker, orders, http, bank, client, auditor
     ! 1 task is overdue: ! goes there.
     X end grace now  b blocker  B who holds it  o full order  Esc close  x cancel  Enter detail  ? keys        q shut down
    """

private let filteredPicture = """
     treetop  orders  0:31                                                                    REC orders-1012.treetop 86 KB
     40 live  36 held  0 leaked  0 abandoned  1 failed  2 cancelled                  live ::::::||||||||||||||  21 events/s
     only held:lock: 4 of 43 tasks
     TASK                             STATE           AGE  LIVE  HELD  NOTE
     v orders                         running         31s    40    36  up; try  curl -d 3 127.0.0.1:18080/orders
       v workers                      running         31s    14    11  queue 2 of 64; limit 5
         v worker-1                   running         31s     3     3
    >      + order-1042               running          0s     2     3
         v worker-4                   running         31s     3     3
           + order-1043               running          0s     2     3
         v worker-5                   running         31s     3     3
           + order-1044               running          0s     2     3
         auditor                      running         15s     1     2  flock 1017.lock  tail -F orders.log, pid 41702











    --- orders / workers / worker-1 / order-1042 ---------------------------------------------------------------- task 76 --
     cause     -            deadline none     grace 5s              RECENT
     HOLDS 3, released in this order                                30.435 order-1042/charge acquired bank:18081
       1 socket    bank:18081                   charge              30.402 order-1042 acquired 1042.lock
       1 lock      1042.lock                    order-1042          30.402 order-1042 acquired 1042.receipt.tmp
       1 file      1042.receipt.tmp             order-1042




     ! 1 task waits too long: ! goes there.  x here shows what a cancel of order-1042 would do, before it does it
     Esc no filter  x cancel  d drain  Enter detail  / find  ! next trouble  f filter  Tab view  ? keys         q shut down
    """
