import Testing

@Suite("Screens of 120x36: the tree")
struct ScreensTree120Tests {
    private let scenes = Scenes(width: 120, height: 36)

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
     ! 1 task waits too long: ! goes there.  x here shows what a cancel of orders would do, before it does it
     x cancel  d drain  Enter detail  / find  ! next trouble  f filter  p pause  Tab view  ? keys               q shut down
    """

private let searchPicture = """
     treetop  orders  0:31                                                                    REC orders-1012.treetop 86 KB
     40 live  36 held  0 leaked  0 abandoned  1 failed  2 cancelled                  live ::::::||||||||||||||  21 events/s
     TASK                             STATE           AGE  LIVE  HELD  NOTE                                        +5 above
         v worker-1                   running         31s     3     3
             order-1040               succeeded                        released 1040.receipt.tmp   0.2ms
           v order-1042               running          0s     2     3
               charge                 running          0s     1     1  deadline in 0.9s; bank has not answered
           worker-2                   idle            31s     1     0
         v worker-3                   running         31s     3     1
    >      v order-1017               running         14s     2     1  slow: other orders p99 1.4s
    !          lock                   waits lock      14s     1     0  1017.lock, held by auditor; no deadline
         v worker-4                   running         31s     3     3
           v order-1043               running          0s     2     3
               pack                   running          0s     1     1  deadline in 0.9s; gzip, pid 41877
         v worker-5                   running         31s     3     3
             order-1041               succeeded                        released 1041.receipt.tmp   0.2ms
           v order-1044               running          0s     2     3
               charge                 running          0s     1     1  deadline in 0.9s; bank has not answered
       v bank                         running         31s     3     3  127.0.0.1:18081  2 connections, 1 silent
           connection-1               idle            31s     1     1
           connection-2               idle            31s     1     1
       v client                       running         31s     9     8  8 connections, 41 req/s, 1 given up
         + caller x8                  running         31s     8     8
         auditor                      running         15s     1     2  flock 1017.lock  tail -F orders.log, pid 41702
    --- orders / workers / worker-3 / order-1017 ---------------------------------------------------------------- task 50 --
     cause     -            deadline none     grace 5s              RECENT
     HOLDS 1, released in this order                                17.006 order-1017 acquired 1017.receipt.tmp
       1 file      1017.receipt.tmp             order-1017






     /1017_   1 of 1
     Enter stay there   Up Down next one   Esc go back
    """

private let detailPicture = """
     treetop  orders  0:31                                                                    REC orders-1012.treetop 86 KB
     40 live  36 held  0 leaked  0 abandoned  1 failed  2 cancelled                  live ::::::||||||||||||||  21 events/s
     TASK                             STATE           AGE  LIVE  HELD  NOTE                              +4 above, +1 below
    >  v workers                      running         31s    14    11  queue 2 of 64; limit 5
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
           connection-1               idle            31s     1     1
           connection-2               idle            31s     1     1
       v client                       running         31s     9     8  8 connections, 41 req/s, 1 given up
         + caller x8                  running         31s     8     8
    --- orders / workers ---------------------------------------------------------------------------------------- task 12 --
     cause     -            deadline none     grace 5s              RECENT
     HOLDS 11, released in this order                               30.449 order-1044/charge acquired bank:18081
       2 socket    bank:18081                   charge              30.442 order-1043/pack acquired gzip, pid 41877
       3 lock      1042 1043 1044 .lock         order x3            30.435 order-1042/charge acquired bank:18081
       4 file      1017 1042 1043 1044 .receip~ order x4            30.424 order-1044 acquired 1044.lock
       1 process   gzip, pid 41877              pack                14.003 order-1016/charge cancel over: 1 task, 3ms
       1 queue     orders                       workers             14.001 order-1016/charge cancelled: deadline 2s, releas~
     tasks     |            p50 120ms  p99 131ms  worst 131ms (ord~ 14.000 order-1016/charge cancel: deadline, deadline 2s
     releases  |______      p50 0.2ms  p99 11ms  worst 11ms (1030.~ 13.223 order-1015/charge cancel over: 1 task, 3ms
     ! 1 task waits too long: ! goes there.  x here shows what a cancel of workers would do, before it does it
     x cancel  d drain  Enter detail  / find  ! next trouble  f filter  p pause  Tab view  ? keys               q shut down
    """
