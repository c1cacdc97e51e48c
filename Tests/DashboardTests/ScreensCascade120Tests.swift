import Testing

@Suite("Screens of 120x36: a cascade")
struct ScreensCascade120Tests {
    private let scenes = Scenes(width: 120, height: 36)

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
     treetop  orders  0:36                                                                    REC orders-1012.treetop 86 KB
     30 live  27 held  0 leaked  0 abandoned  1 failed  12 cancelled                  live ::::::::::::::|||:::  0 events/s
     TASK                             STATE           +AT  LIVE  HELD  NOTE                                        +1 above
       v http                         running         35s    12     9  127.0.0.1:18080  41 req/s, 2 orders/s  p99 38ms
         + conn x8                    idle            35s    11     8  3 request below, oldest 4.8s
           conn-5                     failed                           26s ago: client reset it mid-body; released 1 in 0.1~
    >  v workers                      waits                   4     2  waits for worker-3; then releases queue orders
         v worker-1                   cancelled       3ms
           v order-1042               cancelled       3ms              released 1042.lock, 1042.receipt.tmp   0.2ms
               charge                 cancelled       1ms              released socket bank:18081   0.1ms
           worker-2                   cancelled       1ms
         v worker-3                   waits                   3     1  waits for order-1017
           v order-1017               waits                   2     1  waits for lock; then releases 1017.receipt.tmp
    !          lock                   CANCELLING     2.3s     1     0  BLOCKER 2.7s left, 1017.lock held by auditor  [##...]
         v worker-4                   cancelled      11ms
           v order-1043               cancelled      11ms              released 1043.lock, 1043.receipt.tmp   0.2ms
               pack                   cancelled      11ms              released process gzip, pid 41877   6ms
         v worker-5                   cancelled       4ms
           v order-1044               cancelled       4ms              released 1044.lock, 1044.receipt.tmp   0.2ms
               charge                 cancelled       1ms              released socket bank:18081   0.1ms
       v bank                         running         35s     3     3  127.0.0.1:18081  2 connections, 1 silent
           connection-1               idle            35s     1     1
           connection-2               idle            35s     1     1
       v client                       running         35s     9     8  8 connections, 41 req/s, 1 given up
         + caller x8                  running         35s     8     8
         auditor                      running         20s     1     2  flock 1017.lock  tail -F orders.log, pid 41702
    --- CASCADE 3  orders / workers   +2.3s   cause: user, key x, orders/workers -------------------------------------------
     tasks      [####################........]   10 of 14 ended      10 cancelled  0 failed  0 abandoned
     resources  [######################......]    9 of 11 released   9 ok  0 failed  0 timed out  0 leaked
     waits for  lock, since +0.0s, on 1017.lock, held by auditor        b goes to lock, B to auditor
     in 2.7s    [####......]  lock is abandoned; order-1017, worker-3, workers end; 2 more to release or quarantine
     done       last ended worker-4, +11ms         slowest release 6ms gzip, pid 41877
     order      charge charge worker-2 | order-1042 worker-1 order-1044 worker-5 | pack order-1043 worker-4
     goes on    26 tasks: orders, http, bank, client, auditor
     ! 1 task is overdue: ! goes there.
     X end grace now  b blocker  B who holds it  o full order  Esc close  x cancel  Enter detail  ? keys        q shut down
    """

private let resultPicture = """
     treetop  orders  0:38                                                                    REC orders-1012.treetop 86 KB
     26 live  25 held  1 quarantined  0 leaked  1 abandoned  1 failed  15 cancelled   live ::::::::::::|||:::::  0 events/s
     TASK                             STATE           +AT  LIVE  HELD  NOTE
     v orders                         running         38s    26    25  up; try  curl -d 3 127.0.0.1:18080/orders
       v http                         running         38s    12     9  127.0.0.1:18080  41 req/s, 2 orders/s  p99 38ms
         + conn x8                    idle            38s    11     8  3 request below, oldest 7.5s
           conn-5                     failed                           29s ago: client reset it mid-body; released 1 in 0.1~
    >  v workers                      cancelled    5.001s              released queue orders   0.1ms
         + worker x4                  cancelled      11ms              10 tasks, 9 resources, worst release 6ms gzip, pid 4~
         v worker-3                   cancelled    5.001s              held up 5.000s by lock
           v order-1017               cancelled    5.001s              held up 5.000s by lock
    !          lock                   ABANDONED    5.000s              did not heed cancel; still in flock(1017.lock)
       v bank                         running         38s     3     3  127.0.0.1:18081  2 connections, 1 silent
           connection-1               idle            38s     1     1
           connection-2               idle            38s     1     1
       v client                       running         38s     9     8  8 connections, 41 req/s, 1 given up
         + caller x8                  running         38s     8     8
         auditor                      running         23s     1     2  flock 1017.lock  tail -F orders.log, pid 41702








    --- CASCADE 3  orders / workers   over in 5.001s   cause: user, key x, orders/workers ----------------------------------
     tasks      [############################]   14 of 14 ended      13 cancelled  0 failed  1 abandoned
     resources  [#########################...]   10 of 11 released   10 ok  0 failed  0 timed out  0 leaked  1 quarantined
     result     13 cancelled, 1 abandoned, 10 released, 1 quarantined, in 5.001s, of which 5.000s waiting for lock
     held up    by lock, in flock(1017.lock): grace 5s spent in full, then abandoned
     done       last ended workers, +5.001s         slowest release 6ms gzip, pid 41877
     order      charge charge worker-2 | order-1042 worker-1 order-1044 worker-5 | pack order-1043 worker-4 | lock order-10~

     ! 1 task was abandoned and did not return: ! goes there.
     o full order  r slow replay  Esc close  x cancel  Enter detail  / find  ! next trouble  f filter  ? keys   q shut down
    """

private let orderPicture = """
     treetop  orders  0:38                                                                    REC orders-1012.treetop 86 KB
     26 live  25 held  1 quarantined  0 leaked  1 abandoned  1 failed  15 cancelled   live ::::::::::::|||:::::  0 events/s
     TASK                             STATE           +AT  LIVE  HELD  NOTE                                        +2 below
     v orders                         running         38s    26    25  up; try  curl -d 3 127.0.0.1:18080/orders
       v http                         running         38s    12     9  127.0.0.1:18080  41 req/s, 2 orders/s  p99 38ms
         + conn x8                    idle            38s    11     8  3 request below, oldest 7.5s
           conn-5                     failed                           29s ago: client reset it mid-body; released 1 in 0.1~
    >  v workers                      cancelled    5.001s              released queue orders   0.1ms
         + worker x4                  cancelled      11ms              10 tasks, 9 resources, worst release 6ms gzip, pid 4~
         v worker-3                   cancelled    5.001s              held up 5.000s by lock
           v order-1017               cancelled    5.001s              held up 5.000s by lock
    !          lock                   ABANDONED    5.000s              did not heed cancel; still in flock(1017.lock)
       v bank                         running         38s     3     3  127.0.0.1:18081  2 connections, 1 silent
           connection-1               idle            38s     1     1
           connection-2               idle            38s     1     1
       v client                       running         38s     9     8  8 connections, 41 req/s, 1 given up
    --- CASCADE 3  orders / workers   over in 5.001s   cause: user, key x, orders/workers ----------------------------------
         +1ms charge           # cancelled
         +1ms charge           # cancelled
         +1ms worker-2         # cancelled
         +3ms order-1042       # cancelled
         +3ms worker-1         # cancelled
         +4ms order-1044       # cancelled
         +4ms worker-5         # cancelled
        +11ms pack             # cancelled
        +11ms order-1043       # cancelled
        +11ms worker-4         # cancelled
      +5.000s lock             ################################################################################# abandoned
      +5.001s order-1017       ################################################################################# cancelled
      +5.001s worker-3         ################################################################################# cancelled
      +5.001s workers          ################################################################################## cancelled



     ! 1 task was abandoned and did not return: ! goes there.
     o releases  r slow replay  Esc close  x cancel  Enter detail  / find  ! next trouble  f filter  ? keys     q shut down
    """
