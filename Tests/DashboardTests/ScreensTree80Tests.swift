import Testing

@Suite("Screens of 80x24: the tree")
struct ScreensTree80Tests {
    private let scenes = Scenes(width: 80, height: 24)

    @Test("the live tree, half a minute in")
    func liveTree() {
        scenes.liveTree().expect(liveTreePicture)
    }

    @Test("a search as it is typed")
    func search() {
        scenes.search().expect(searchPicture)
    }

    @Test("the detail of a task")
    func detail() {
        scenes.detail().expect(detailPicture)
    }
}

private let liveTreePicture = """
     treetop  orders  0:31                            REC orders-1012.treetop 86 KB
     40 live  36 held  0 leaked  0 abandoned  1 failed  2 cancelled     21 events/s
     TASK                   STATE         AGE LIVE HELD  NOTE              +7 below
    >v orders               running       31s   40   36  up; try  curl -d 3 127.0.0~
       v http               running       31s   12    9  127.0.0.1:18080  41 req/s,~
         + conn x8          idle          31s   11    8  3 request below, oldest 12~
           conn-5           failed                       22s ago: client reset it m~
       v workers            running       31s   14   11  queue 2 of 64; limit 5
         v worker-1         running       31s    3    3
             order-1040     succeeded                    released 1040.receipt.tmp ~
           v order-1042     running        0s    2    3
               charge       running        0s    1    1  deadline in 0.9s; bank has~
           worker-2         idle          31s    1    0
         v worker-3         running       31s    3    1
           v order-1017     running       14s    2    1  slow: other orders p99 1.4s
    !          lock         waits lock    14s    1    0  1017.lock, held by auditor~
         v worker-4         running       31s    3    3
           v order-1043     running        0s    2    3
               pack         running        0s    1    1  deadline in 0.9s; gzip, pi~
         v worker-5         running       31s    3    3
             order-1041     succeeded                    released 1041.receipt.tmp ~
           v order-1044     running        0s    2    3
     ! 1 task waits too long: ! goes there.  x here shows what a cancel of orders w~
     x cancel  Enter detail  / find  ! next trouble  Tab view  ? keys   q shut down
    """

private let searchPicture = """
     treetop  orders  0:31                            REC orders-1012.treetop 86 KB
     40 live  36 held  0 leaked  0 abandoned  1 failed  2 cancelled     21 events/s
     TASK                   STATE         AGE LIVE HELD  NOTE              +7 above
           v order-1042     running        0s    2    3
               charge       running        0s    1    1  deadline in 0.9s; bank has~
           worker-2         idle          31s    1    0
         v worker-3         running       31s    3    1
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
     /1017_   1 of 1
     Enter stay there   Up Down next one   Esc go back
    """

private let detailPicture = """
     treetop  orders  0:31                            REC orders-1012.treetop 86 KB
     40 live  36 held  0 leaked  0 abandoned  1 failed  2 cancelled     21 events/s
     TASK                   STATE         AGE LIVE HELD  NOTE   +4 above, +13 below
    >  v workers            running       31s   14   11  queue 2 of 64; limit 5
         v worker-1         running       31s    3    3
             order-1040     succeeded                    released 1040.receipt.tmp ~
           v order-1042     running        0s    2    3
               charge       running        0s    1    1  deadline in 0.9s; bank has~
           worker-2         idle          31s    1    0
         v worker-3         running       31s    3    1
           v order-1017     running       14s    2    1  slow: other orders p99 1.4s
    !          lock         waits lock    14s    1    0  1017.lock, held by auditor~
    --- orders / workers ------------------------------------------------ task 12 --
     cause     -   deadline none     grace 5s  RECENT
     HOLDS 11, released in this order          30.449 order-1044/charge acquired ba~
       2 socket    bank:18081      charge      30.442 order-1043/pack acquired gzip~
       3 lock      1042 1043 1044~ order x3    30.435 order-1042/charge acquired ba~
       4 file      1017 1042 1043~ order x4    30.424 order-1044 acquired 1044.lock
       1 process   gzip, pid 41877 pack        14.003 order-1016/charge cancel over~
       1 queue     orders          workers     14.001 order-1016/charge cancelled: ~
     tasks     |      p50 120ms  worst 131ms ~ 14.000 order-1016/charge cancel: dea~
     releases  |___   p50 0.2ms  worst 11ms (~ 13.223 order-1015/charge cancel over~
     ! 1 task waits too long: ! goes there.  x here shows what a cancel of workers ~
     Esc close  x cancel  Enter detail  / find  Tab view  ? keys        q shut down
    """
