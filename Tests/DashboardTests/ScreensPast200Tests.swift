import Testing

@Suite("Screens of 200x60: the past, a loop, a comparison")
struct ScreensPast200Tests {
    private let scenes = Scenes(width: 200, height: 60)

    @Test("the past of a running program")
    func rewound() {
        scenes.rewound().expect(rewoundPicture)
    }

    @Test("a loop in it, which passes over what is idle")
    func looped() {
        scenes.looped().expect(loopedPicture)
    }

    @Test("one instant held against another")
    func compared() {
        scenes.compared().expect(comparedPicture)
    }
}

private let rewoundPicture = """
     treetop  PAST 0:33.950  10s behind now  orders                                                                                                                           REC orders-1012.treetop 86 KB
     30 live  27 held  0 leaked  0 abandoned  1 failed  12 cancelled                                                  live ::::::::::::::::::::::::::::::|||  |________......._..............._  0 events/s
     TASK                                                    STATE           AGE  LIVE  HELD  NOTE
     v orders                                                running         33s    30    27  up; try  curl -d 3 127.0.0.1:18080/orders
       v http                                                running         33s    12     9  127.0.0.1:18080  41 req/s, 2 orders/s  p99 38ms
         + conn x8                                           idle            33s    11     8  3 request below, oldest 2.7s
           conn-5                                            failed                           24s ago: client reset it mid-body; released 1 in 0.1ms
       v workers                                             waits           33s     4     2  waits for worker-3; then releases queue orders
         v worker-1                                          cancelled                        0s ago: user, key x
           v order-1042                                      cancelled                        0s ago: user, key x
               charge                                        cancelled                        0s ago: user, key x
           worker-2                                          cancelled                        0s ago: user, key x
         v worker-3                                          waits           33s     3     1  waits for order-1017
           v order-1017                                      waits           16s     2     1  waits for lock; then releases 1017.receipt.tmp
    >          lock                                          CANCELLING      16s     1     0  4.7s left, 1017.lock held by auditor  [#.........]
         v worker-4                                          cancelled                        0s ago: user, key x
           v order-1043                                      cancelled                        0s ago: user, key x
               pack                                          cancelled                        0s ago: user, key x
         v worker-5                                          cancelled                        0s ago: user, key x
           v order-1044                                      cancelled                        0s ago: user, key x
               charge                                        cancelled                        0s ago: user, key x
       v bank                                                running         33s     3     3  127.0.0.1:18081  2 connections, 1 silent
           connection-1                                      idle            33s     1     1
           connection-2                                      idle            33s     1     1
       v client                                              running         33s     9     8  8 connections, 41 req/s, 1 given up
         + caller x8                                         running         33s     8     8
         auditor                                             running         18s     1     2  flock 1017.lock  tail -F orders.log, pid 41702

















    --- orders / workers / worker-3 / order-1017 / lock ----------------------------------------------------------------------------------------------------------------------------------------- task 51 --
     cause     user, key x, orders/workers                                                                      RECENT
     deadline  none     grace 5s                                                                                33.950 lock is overdue, in 1017.lock
     waits for lock 1017.lock, held by auditor since 0:17.006
     HOLDS nothing



                                                                                                                THEN
                                                                                                                38.700 lock abandoned
     marks                                       f                d  d                                !                                              C!                   A                       6/7
     0:00   |____________________________________..................__._____._____........_._._._..._.........................._._._._____:__._________^.___________________._____________________ now 0:44
     0:33.950  1x  seq 461 task.overdue    A abandoned  C cancel  f failed  d deadline  ! waits too long
     last mark  ! 0:33.950  lock: waits too long
     ! 1 task is overdue: ! goes there.  p returns to now
     Space play  , . event  Left Right 5s  [ ] mark  { } speed  u find cause  = compare  a loop  Enter detail  / find  ! next trouble  f filter  p now  Tab view  ? keys                        q shut down
    """

private let loopedPicture = """
     treetop  PAST 0:38.700  5s behind now, plays  orders                                                                                                                     REC orders-1012.treetop 86 KB
     29 live  26 held  1 quarantined  0 leaked  1 abandoned  1 failed  12 cancelled                                   live :::::::::::::::::::::::::|||:::::  ____.::::.._..............._|____  0 events/s
     TASK                                                    STATE           AGE  LIVE  HELD  NOTE
    >v orders                                                running         38s    29    26  up; try  curl -d 3 127.0.0.1:18080/orders
       v http                                                running         38s    12     9  127.0.0.1:18080  41 req/s, 2 orders/s  p99 38ms
         + conn x8                                           idle            38s    11     8  3 request below, oldest 7.5s
           conn-5                                            failed                           29s ago: client reset it mid-body; released 1 in 0.1ms
       v workers                                             waits           38s     3     1  waits for worker-3; then releases queue orders
         + worker x4                                         cancelled                        10 tasks, 9 resources, worst release 6ms gzip, pid 41877
         v worker-3                                          waits           38s     2     0  waits for order-1017
           v order-1017                                      cancelling      21s     1     0  0.0s left  [##########]
    !          lock                                          ABANDONED                        did not heed cancel; still in flock(1017.lock)
       v bank                                                running         38s     3     3  127.0.0.1:18081  2 connections, 1 silent
           connection-1                                      idle            38s     1     1
           connection-2                                      idle            38s     1     1
       v client                                              running         38s     9     8  8 connections, 41 req/s, 1 given up
         + caller x8                                         running         38s     8     8
         auditor                                             running         23s     1     2  flock 1017.lock  tail -F orders.log, pid 41702


























    --- orders ----------------------------------------------------------------------------------------------------------------------------------------------------------------------------------- task 1 --
     cause     -            deadline none     grace 5s                                                          RECENT
     HOLDS 26, released in this order                                                                           38.700 order-1017 quarantined 1017.receipt.tmp
      18 socket    127.0.0.1:51001 127.0.0.1:51002 12~ conn x8 connection x2 caller x8                          38.700 order-1017/lock abandoned
       2 listener  127.0.0.1:18080 127.0.0.1:18081     http bank                                                33.950 order-1017/lock is overdue, in 1017.lock
       1 queue     orders                              workers                                                  33.711 worker-4 cancelled
       1 process   tail -F orders.log, pid 41702       auditor                                                  33.711 order-1043 released 1043.receipt.tmp 0.2ms
       1 lock      1017.lock                           auditor                                                  33.711 order-1043 released 1043.lock 0.2ms
       and 3 more kinds                                                                                         33.711 order-1043/pack released gzip, pid 41877 6ms
     releases  _|______     p50 0.2ms  p99 11ms  worst 11ms (1030.receipt.tmp)                                  33.704 order-1044 released 1044.receipt.tmp 0.2ms
     marks                                       f                d  d                                !                                              C!                   A                       7/7
     0:00   |____________________________________..................__._____._____........_._._._..._.........................._._._._____:__._________:[__________________^]_____________________ now 0:44
     0:38.700  1x  loop 0:34.000-0:39.000  skips idle  seq 463 resource.quarantined    A abandoned  C cancel  f failed  d deadline  ! waits too long
     last mark  A 0:38.700  lock: abandoned
     idle time is passed over while it plays
     Space stop  , . event  Left Right 5s  [ ] mark  { } speed  u find cause  = compare  a loop  Enter detail  / find  ! next trouble  f filter  p now  Tab view  ? keys                        q shut down
    """

private let comparedPicture = """
     treetop  PAST 0:39.000  5s behind now  orders                                                                                                                            REC orders-1012.treetop 86 KB
     26 live  25 held  1 quarantined  0 leaked  1 abandoned  1 failed  15 cancelled                                   live ::::::::::::::::::::::::|||::::::  ___.::::.._..............._|____.  8 events/s
     TASK                                                    STATE           AGE  LIVE  HELD  NOTE
    >v orders                                                running         39s    26    25  up; try  curl -d 3 127.0.0.1:18080/orders
       v http                                                running         38s    12     9  127.0.0.1:18080  41 req/s, 2 orders/s  p99 38ms
         + conn x8                                           idle            38s    11     8  3 request below, oldest 7.8s
           conn-5                                            failed                           29s ago: client reset it mid-body; released 1 in 0.1ms
       v workers                                             cancelled                        0s ago: user, key x
         + worker x4                                         cancelled                        10 tasks, 9 resources, worst release 6ms gzip, pid 41877
         v worker-3                                          cancelled                        0s ago: user, key x
           v order-1017                                      cancelled                        0s ago: user, key x
    !          lock                                          ABANDONED                        did not heed cancel; still in flock(1017.lock)
       v bank                                                running         38s     3     3  127.0.0.1:18081  2 connections, 1 silent
           connection-1                                      idle            38s     1     1
           connection-2                                      idle            38s     1     1
       v client                                              running         38s     9     8  8 connections, 41 req/s, 1 given up
         + caller x8                                         running         38s     8     8
         auditor                                             running         23s     1     2  flock 1017.lock  tail -F orders.log, pid 41702























    --- COMPARE 0:29.000 with 0:39.000 ------------------------------------------------------------------------------------------------------------------------------------------------- 10.0s, 84 events --
     started       9  9 there: request x3, order x3, charge x2, pack
     ended        15  1 succeeded  13 cancelled  1 abandoned  9 there before: workers, worker x5, order x2, lock
     acquired      9
     released     11  2 held before: orders, 1041.receipt.tmp
     changed       1  lock waits lock -> ABANDONED







     marks                                       f                d  d                                !                                              C!                   A                       7/7
     0:00   |____________________________________..................__._____._____........_._._._..._.........................._._.=._____:__._________:.___________________^_____________________ now 0:44
     0:39.000  1x  seq 469 cancel.completed    A abandoned  C cancel  f failed  d deadline  ! waits too long
     last mark  A 0:38.700  lock: abandoned
     ! 1 task was abandoned and did not return: ! goes there.  p returns to now
     Esc close  Space play  , . event  Left Right 5s  [ ] mark  { } speed  u find cause  = compare  a loop  Enter detail  / find  ! next trouble  f filter  p now  Tab view  ? keys             q shut down
    """
