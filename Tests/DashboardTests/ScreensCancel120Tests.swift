import Testing

@Suite("Screens of 120x36: what is asked before")
struct ScreensCancel120Tests {
    private let scenes = Scenes(width: 120, height: 36)

    @Test("the preview of a cancel")
    func preview() {
        scenes.preview().expect(previewPicture)
    }

    @Test("all resources in the order of their release")
    func list() {
        scenes.list().expect(listPicture)
    }

    @Test("the preview of a drain")
    func drain() {
        scenes.drain().expect(drainPicture)
    }
}

private let previewPicture = """
     treetop  orders  0:31                                                                    REC orders-1012.treetop 86 KB
     40 live  36 held  0 leaked  0 abandoned  1 failed  2 cancelled                  live ::::::||||||||||||||  21 events/s
     TASK                             STATE           AGE  LIVE  HELD  NOTE                                        +4 above
    x  v workers                      running         31s    14    11  last: releases queue orders
    x    v worker-1                   running         31s     3     3
             order-1040               succeeded                        released 1040.receipt.tmp   0.2ms
    x      v order-1042               running          0s     2     3  releases 1042.lock, 1042.receipt.tmp
    x          charge                 running          0s     1     1  releases socket bank:18081
    x      worker-2                   idle            31s     1     0
    x    v worker-3                   running         31s     3     1
    x      v order-1017               running         14s     2     1  releases 1017.receipt.tmp
    x          lock                   waits lock      14s     1     0  likely blocker: 14s in one wait; grace 5s
    x    v worker-4                   running         31s     3     3
    x      v order-1043               running          0s     2     3  releases 1043.lock, 1043.receipt.tmp
    x          pack                   running          0s     1     1  releases process gzip, pid 41877
    x    v worker-5                   running         31s     3     3
             order-1041               succeeded                        released 1041.receipt.tmp   0.2ms
    x      v order-1044               running          0s     2     3  releases 1044.lock, 1044.receipt.tmp
    x          charge                 running          0s     1     1  releases socket bank:18081
       v bank                         running         31s     3     3  goes on
           connection-1               idle            31s     1     1
           connection-2               idle            31s     1     1
       v client                       running         31s     9     8  goes on
         + caller x8                  running         31s     8     8
         auditor                      running         15s     1     2  goes on
    --- CANCEL orders / workers ?   (counts are live until you answer) -----------------------------------------------------
     stops      14 of 40 tasks     workers, 5 worker, 4 order, 2 charge, 1 lock, 1 pack
     releases   11 of 36 held      2 socket, 3 lock, 4 file, 1 process, then 1 queue      children first, newest first
     waits for  lock   in one wait for 14s, on 1017.lock, held by auditor (outside this subtree: stays)
     at worst   5.0s, then lock is abandoned and what it was lent is quarantined
     usually    3ms    2 earlier cancels below here; 43 releases below here, worst 11ms
     goes on    26 tasks           orders, http, bank, client, auditor.  A cancelled child is no failure of orders
     cause will be recorded as: user, key x, orders/workers
                                                                                                      nothing has been sent

     y cancel 14 tasks  X cancel without grace  v list all 11 resources  n leave                                q shut down
    """

private let listPicture = """
     treetop  orders  0:31                                                                    REC orders-1012.treetop 86 KB
     40 live  36 held  0 leaked  0 abandoned  1 failed  2 cancelled                  live ::::::||||||||||||||  21 events/s
     TASK                             STATE           AGE  LIVE  HELD  NOTE                              +4 above, +5 below
    x  v workers                      running         31s    14    11  last: releases queue orders
    x    v worker-1                   running         31s     3     3
             order-1040               succeeded                        released 1040.receipt.tmp   0.2ms
    x      v order-1042               running          0s     2     3  releases 1042.lock, 1042.receipt.tmp
    x          charge                 running          0s     1     1  releases socket bank:18081
    x      worker-2                   idle            31s     1     0
    x    v worker-3                   running         31s     3     1
    x      v order-1017               running         14s     2     1  releases 1017.receipt.tmp
    x          lock                   waits lock      14s     1     0  likely blocker: 14s in one wait; grace 5s
    x    v worker-4                   running         31s     3     3
    x      v order-1043               running          0s     2     3  releases 1043.lock, 1043.receipt.tmp
    x          pack                   running          0s     1     1  releases process gzip, pid 41877
    x    v worker-5                   running         31s     3     3
             order-1041               succeeded                        released 1041.receipt.tmp   0.2ms
    x      v order-1044               running          0s     2     3  releases 1044.lock, 1044.receipt.tmp
    x          charge                 running          0s     1     1  releases socket bank:18081
       v bank                         running         31s     3     3  goes on
    --- CANCEL orders / workers ?   (counts are live until you answer) -----------------------------------------------------
     1    socket    bank:18081            charge
     2    lock      1042.lock             order-1042
     3    file      1042.receipt.tmp      order-1042
     4    file      1017.receipt.tmp      order-1017
     5    process   gzip, pid 41877       pack
     6    lock      1043.lock             order-1043
     7    file      1043.receipt.tmp      order-1043
     8    socket    bank:18081            charge
     9    lock      1044.lock             order-1044
     10   file      1044.receipt.tmp      order-1044
     11   queue     orders                workers



     y cancel 14 tasks  X cancel without grace  v summary  n leave                                              q shut down
    """

private let drainPicture = """
     treetop  orders  0:31                                                                    REC orders-1012.treetop 86 KB
     40 live  36 held  0 leaked  0 abandoned  1 failed  2 cancelled                  live ::::::||||||||||||||  21 events/s
     TASK                             STATE           AGE  LIVE  HELD  NOTE                                        +4 above
    x  v workers                      running         31s    14    11  last: releases queue orders
    x    v worker-1                   running         31s     3     3
             order-1040               succeeded                        released 1040.receipt.tmp   0.2ms
    x      v order-1042               running          0s     2     3  releases 1042.lock, 1042.receipt.tmp
    x          charge                 running          0s     1     1  releases socket bank:18081
    x      worker-2                   idle            31s     1     0
    x    v worker-3                   running         31s     3     1
    x      v order-1017               running         14s     2     1  releases 1017.receipt.tmp
    x          lock                   waits lock      14s     1     0  likely blocker: 14s in one wait; grace 5s
    x    v worker-4                   running         31s     3     3
    x      v order-1043               running          0s     2     3  releases 1043.lock, 1043.receipt.tmp
    x          pack                   running          0s     1     1  releases process gzip, pid 41877
    x    v worker-5                   running         31s     3     3
             order-1041               succeeded                        released 1041.receipt.tmp   0.2ms
    x      v order-1044               running          0s     2     3  releases 1044.lock, 1044.receipt.tmp
    x          charge                 running          0s     1     1  releases socket bank:18081
       v bank                         running         31s     3     3  goes on
           connection-1               idle            31s     1     1
           connection-2               idle            31s     1     1
       v client                       running         31s     9     8  goes on
         + caller x8                  running         31s     8     8
         auditor                      running         15s     1     2  goes on
    --- DRAIN orders / workers ?   (counts are live until you answer) ------------------------------------------------------
     asks       14 of 40 tasks     workers, 5 worker, 4 order, 2 charge, 1 lock, 1 pack
     holds      11 of 36 held      2 socket, 3 lock, 4 file, 1 process, then 1 queue      children first, newest first
     means      nothing new is taken; what runs may finish; then they end and release
     waits for  lock   in one wait for 14s, on 1017.lock, held by auditor (outside this subtree: stays)
     at worst   as long as the slowest needs: a drain has no grace and abandons nothing
     goes on    26 tasks           orders, http, bank, client, auditor
     cause will be recorded as: user, key d, orders/workers
                                                                                                      nothing has been sent

     y drain 14 tasks  v list all 11 resources  n leave                                                         q shut down
    """
