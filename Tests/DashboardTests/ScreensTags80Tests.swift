import Testing

@Suite("Screens of 80x24: tags")
struct ScreensTags80Tests {
    private let scenes = Scenes(width: 80, height: 24)

    @Test("tagged tasks, one inside another")
    func tagged() {
        scenes.tagged().expect(taggedPicture)
    }

    @Test("one question about all that is tagged")
    func taggedPreview() {
        scenes.taggedPreview().expect(taggedPreviewPicture)
    }

    @Test("two cascades at once, one of which is held up")
    func taggedCascades() {
        scenes.taggedCascades().expect(taggedCascadesPicture)
    }
}

private let taggedPicture = """
     treetop  orders  0:31                            REC orders-1012.treetop 86 KB
     40 live  36 held  0 leaked  0 abandoned  1 failed  2 cancelled     21 events/s
     3 tagged: 6 tasks, 4 held
     TASK                   STATE         AGE LIVE HELD  NOTE              +8 above
               charge       running        0s    1    1  deadline in 0.9s; bank has~
           worker-2         idle          31s    1    0
         v*worker-3         running       31s    3    1
    >      v order-1017     running       14s    2    1  slow: other orders p99 1.4s
    !          lock         waits lock    14s    1    0  1017.lock, held by auditor~
         v worker-4         running       31s    3    3
           v order-1043     running        0s    2    3
               pack         running        0s    1    1  deadline in 0.9s; gzip, pi~
         v worker-5         running       31s    3    3
             order-1041     succeeded                    released 1041.receipt.tmp ~
           v order-1044     running        0s    2    3
               charge       running        0s    1    1  deadline in 0.9s; bank has~
       v bank               running       31s    3    3  127.0.0.1:18081  2 connect~
           connection-1     idle          31s    1    1
           connection-2     idle          31s    1    1
       v client             running       31s    9    8  8 connections, 41 req/s, 1~
         + caller x8        running       31s    8    8
         auditor            running       15s    1    2  flock 1017.lock  tail -F o~
     ! 1 task waits too long: ! goes there.
     Esc clear tags  x cancel 3 tagged  Enter detail  Tab view  ? keys  q shut down
    """

private let taggedPreviewPicture = """
     treetop  orders  0:31                            REC orders-1012.treetop 86 KB
     40 live  36 held  0 leaked  0 abandoned  1 failed  2 cancelled     21 events/s
     3 tagged: 6 tasks, 4 held
     TASK                   STATE         AGE LIVE HELD  NOTE    +8 above, +8 below
    x          charge       running        0s    1    1  releases socket bank:18081
           worker-2         idle          31s    1    0
    x    v*worker-3         running       31s    3    1
    x      v order-1017     running       14s    2    1  releases 1017.receipt.tmp
    x          lock         waits lock    14s    1    0  likely blocker: 14s in one~
         v worker-4         running       31s    3    3
           v order-1043     running        0s    2    3
               pack         running        0s    1    1  deadline in 0.9s; gzip, pi~
         v worker-5         running       31s    3    3
             order-1041     succeeded                    released 1041.receipt.tmp ~
    --- CANCEL 3 TAGGED  worker-1, worker-3, 1 inside them ?   (counts are live un~
     stops      6 of 40 tasks      2 order, 2 worker, 1 charge, 1 lock
     releases   4 of 36 held       1 socket, 1 lock, 2 file      children first, ne~
     waits for  lock   in one wait for 14s, on 1017.lock, held by auditor (outside ~
     at worst   5.0s, then lock is abandoned and what it was lent is quarantined
     usually    unknown: nothing was cancelled below here yet; 20 releases below he~
     goes on    34 tasks           workers, worker, orders, http, bank, client, aud~
     cause will be recorded as: user, key x, and the path of each

     y cancel 6 tasks  X cancel without grace  v list all 4 resources  n leave
    """

private let taggedCascadesPicture = """
     treetop  orders  0:33                            REC orders-1012.treetop 86 KB
     37 live  33 held  0 leaked  0 abandoned  1 failed  5 cancelled      0 events/s
     TASK                   STATE         +AT LIVE HELD  NOTE    +6 above, +8 below
           v order-1042     cancelled     1ms            released 1042.lock, 1042.r~
               charge       cancelled     1ms            released socket bank:18081~
           worker-2         idle          33s    1    0
         v worker-3         waits                3    1  waits for order-1017
    >      v order-1017     waits                2    1  waits for lock; then relea~
    !          lock         CANCELLING   2.3s    1    0  BLOCKER 2.7s left, 1017.lo~
         v worker-4         running       33s    3    3
           v order-1043     running        3s    2    3
               pack         running        3s    1    1  deadline was 1.7s ago; gzi~
         v worker-5         running       33s    3    3
    --- CASCADES 3 and 4  2 subtrees   +2.3s   cause: user, key x ------------------
     tasks      [####....]     3 of 6 ended    3 cancelled  0 failed  0 abandoned
     resources  [######..]     3 of 4 released 3 ok  0 failed  0 timed out  0 leaked
     waits for  lock, since +0.0s, on 1017.lock, held by auditor        b goes to l~
     in 2.7s    [####......]  lock is abandoned; order-1017, worker-3 end; 1 more t~
     each       worker-3 0 of 3, worker-1 +2ms
     done       last ended worker-1, +2ms         slowest release 0.2ms 1042.lock
     order      charge order-1042 worker-1
     goes on    34 tasks: workers, worker, orders, http, bank, client, auditor
     ! 1 task is overdue: ! goes there.
     X end grace now  b blocker  B who holds it  Esc close  ? keys      q shut down
    """
