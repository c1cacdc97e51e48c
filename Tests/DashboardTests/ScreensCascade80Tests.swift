import Testing

@Suite("Screens of 80x24: a cascade")
struct ScreensCascade80Tests {
    private let scenes = Scenes(width: 80, height: 24)

    @Test("a cascade that is held up")
    func cascade() {
        scenes.cascade().expect(cascadePicture)
    }

    @Test("what a cascade came to")
    func result() {
        scenes.result().expect(resultPicture)
    }

    @Test("the ends of a cascade in their order")
    func order() {
        scenes.order().expect(orderPicture)
    }
}

private let cascadePicture = """
     treetop  orders  0:36                            REC orders-1012.treetop 86 KB
     30 live  27 held  0 leaked  0 abandoned  1 failed  12 cancelled     0 events/s
     TASK                   STATE         +AT LIVE HELD  NOTE    +4 above, +9 below
    >  v workers            waits                4    2  waits for worker-3; then r~
         v worker-1         cancelled     3ms
           v order-1042     cancelled     3ms            released 1042.lock, 1042.r~
               charge       cancelled     1ms            released socket bank:18081~
           worker-2         cancelled     1ms
         v worker-3         waits                3    1  waits for order-1017
           v order-1017     waits                2    1  waits for lock; then relea~
    !          lock         CANCELLING   2.3s    1    0  BLOCKER 2.7s left, 1017.lo~
         v worker-4         cancelled    11ms
           v order-1043     cancelled    11ms            released 1043.lock, 1043.r~
               pack         cancelled    11ms            released process gzip, pid~
    --- CASCADE 3  orders / workers   +2.3s   cause: user, key x, orders/workers ---
     tasks      [#####...]   10 of 14 ended    10 cancelled  0 failed  0 abandoned
     resources  [######..]    9 of 11 released 9 ok  0 failed  0 timed out  0 leaked
     waits for  lock, since +0.0s, on 1017.lock, held by auditor        b goes to l~
     in 2.7s    [####......]  lock is abandoned; order-1017, worker-3, workers end;~
     done       last ended worker-4, +11ms         slowest release 6ms gzip, pid 41~
     order      charge charge worker-2 | order-1042 worker-1 order-1044 worker-5 | ~
     goes on    26 tasks: orders, http, bank, client, auditor
     ! 1 task is overdue: ! goes there.
     X end grace now  b blocker  B who holds it  Esc close  ? keys      q shut down
    """

private let resultPicture = """
     treetop  orders  0:38                            REC orders-1012.treetop 86 KB
     26 live  25 held  1 quarantined  0 leaked  1 abandoned  1 failed  15 cancelled
     TASK                   STATE         +AT LIVE HELD  NOTE              +4 above
    >  v workers            cancelled  5.001s            released queue orders   0.~
         + worker x4        cancelled    11ms            10 tasks, 9 resources, wor~
         v worker-3         cancelled  5.001s            held up 5.000s by lock
           v order-1017     cancelled  5.001s            held up 5.000s by lock
    !          lock         ABANDONED  5.000s            did not heed cancel; still~
       v bank               running       38s    3    3  127.0.0.1:18081  2 connect~
           connection-1     idle          38s    1    1
           connection-2     idle          38s    1    1
       v client             running       38s    9    8  8 connections, 41 req/s, 1~
         + caller x8        running       38s    8    8
         auditor            running       23s    1    2  flock 1017.lock  tail -F o~
    --- CASCADE 3  orders / workers   over in 5.001s   cause: user, key x, orders/~
     tasks      [########]   14 of 14 ended    13 cancelled  0 failed  1 abandoned
     resources  [#######.]   10 of 11 released  10 ok  1 quarantined
     result     13 cancelled, 1 abandoned, 10 released, 1 quarantined, in 5.001s, o~
     held up    by lock, in flock(1017.lock): grace 5s spent in full, then abandoned
     done       last ended workers, +5.001s         slowest release 6ms gzip, pid 4~
     order      charge charge worker-2 | order-1042 worker-1 order-1044 worker-5 | ~

     ! 1 task was abandoned and did not return: ! goes there.
     o full order  r slow replay  Esc close  x cancel  / find  ? keys   q shut down
    """

private let orderPicture = """
     treetop  orders  0:38                            REC orders-1012.treetop 86 KB
     26 live  25 held  1 quarantined  0 leaked  1 abandoned  1 failed  15 cancelled
     TASK                   STATE         +AT LIVE HELD  NOTE    +4 above, +4 below
    >  v workers            cancelled  5.001s            released queue orders   0.~
         + worker x4        cancelled    11ms            10 tasks, 9 resources, wor~
         v worker-3         cancelled  5.001s            held up 5.000s by lock
           v order-1017     cancelled  5.001s            held up 5.000s by lock
    !          lock         ABANDONED  5.000s            did not heed cancel; still~
       v bank               running       38s    3    3  127.0.0.1:18081  2 connect~
           connection-1     idle          38s    1    1
    --- CASCADE 3  orders / workers   over in 5.001s   cause: user, key x, orders/~
         +1ms charge           cancelled    +5.001s order-1017       cancelled
         +1ms charge           cancelled    +5.001s worker-3         cancelled
         +1ms worker-2         cancelled    +5.001s workers          cancelled
         +3ms order-1042       cancelled
         +3ms worker-1         cancelled
         +4ms order-1044       cancelled
         +4ms worker-5         cancelled
        +11ms pack             cancelled
        +11ms order-1043       cancelled
        +11ms worker-4         cancelled
      +5.000s lock             abandoned
     ! 1 task was abandoned and did not return: ! goes there.
     o releases  r slow replay  Esc close  x cancel  / find  ? keys     q shut down
    """
