import Testing

@Suite("Screens of 80x24: the past, a loop, a comparison")
struct ScreensPast80Tests {
    private let scenes = Scenes(width: 80, height: 24)

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
     treetop  PAST 0:33.950  10s behind now  orders   REC orders-1012.treetop 86 KB
     30 live  27 held  0 leaked  0 abandoned  1 failed  12 cancelled     0 events/s
     TASK                   STATE         AGE LIVE HELD  NOTE    +4 above, +5 below
       v workers            waits         33s    4    2  waits for worker-3; then r~
         v worker-1         cancelled                    0s ago: user, key x
           v order-1042     cancelled                    0s ago: user, key x
               charge       cancelled                    0s ago: user, key x
           worker-2         cancelled                    0s ago: user, key x
         v worker-3         waits         33s    3    1  waits for order-1017
           v order-1017     waits         16s    2    1  waits for lock; then relea~
    >          lock         CANCELLING    16s    1    0  4.7s left, 1017.lock held ~
         v worker-4         cancelled                    0s ago: user, key x
           v order-1043     cancelled                    0s ago: user, key x
               pack         cancelled                    0s ago: user, key x
         v worker-5         cancelled                    0s ago: user, key x
           v order-1044     cancelled                    0s ago: user, key x
               charge       cancelled                    0s ago: user, key x
       v bank               running       33s    3    3  127.0.0.1:18081  2 connect~
     marks              f     dd          !              C!     A         6/7
     0:00   |___________.::::::._._.................._:.__^._____._______ now 0:44
     0:33.950  1x  seq 461 task.overdue    A abandoned  C cancel  f failed
     last mark  ! 0:33.950  lock: waits too long
     ! 1 task is overdue: ! goes there.  p returns to now
     Space play  , . event  Left Right 5s  [ ] mark  p now  ? keys      q shut down
    """

private let loopedPicture = """
     treetop  PAST 0:38.700  5s behind now, plays  orders                       REC
     29 live  26 held  1 quarantined  0 leaked  1 abandoned  1 failed  12 cancelled
     TASK                   STATE         AGE LIVE HELD  NOTE
    >v orders               running       38s   29   26  up; try  curl -d 3 127.0.0~
       v http               running       38s   12    9  127.0.0.1:18080  41 req/s,~
         + conn x8          idle          38s   11    8  3 request below, oldest 7.~
           conn-5           failed                       29s ago: client reset it m~
       v workers            waits         38s    3    1  waits for worker-3; then r~
         + worker x4        cancelled                    10 tasks, 9 resources, wor~
         v worker-3         waits         38s    2    0  waits for order-1017
           v order-1017     cancelling    21s    1    0  0.0s left  [##########]
    !          lock         ABANDONED                    did not heed cancel; still~
       v bank               running       38s    3    3  127.0.0.1:18081  2 connect~
           connection-1     idle          38s    1    1
           connection-2     idle          38s    1    1
       v client             running       38s    9    8  8 connections, 41 req/s, 1~
         + caller x8        running       38s    8    8
         auditor            running       23s    1    2  flock 1017.lock  tail -F o~
     marks              f     dd          !              C!     A         7/7
     0:00   |___________.::::::._._.................._:.__[.____^]_______ now 0:44
     0:38.700  1x  loop 0:34.000-0:39.000  skips idle  seq 463 resource.quarantined
     last mark  A 0:38.700  lock: abandoned
     idle time is passed over while it plays
     Space stop  , . event  Left Right 5s  [ ] mark  p now  ? keys      q shut down
    """

private let comparedPicture = """
     treetop  PAST 0:39.000  5s behind now  orders    REC orders-1012.treetop 86 KB
     26 live  25 held  1 quarantined  0 leaked  1 abandoned  1 failed  15 cancelled
     TASK                   STATE         AGE LIVE HELD  NOTE              +5 below
    >v orders               running       39s   26   25  up; try  curl -d 3 127.0.0~
       v http               running       38s   12    9  127.0.0.1:18080  41 req/s,~
         + conn x8          idle          38s   11    8  3 request below, oldest 7.~
           conn-5           failed                       29s ago: client reset it m~
       v workers            cancelled                    0s ago: user, key x
         + worker x4        cancelled                    10 tasks, 9 resources, wor~
         v worker-3         cancelled                    0s ago: user, key x
           v order-1017     cancelled                    0s ago: user, key x
    !          lock         ABANDONED                    did not heed cancel; still~
       v bank               running       38s    3    3  127.0.0.1:18081  2 connect~
    --- COMPARE 0:29.000 with 0:39.000 ------------------------- 10.0s, 84 events --
     started       9  9 there: request x3, order x3, charge x2, pack
     ended        15  1 succeeded  13 cancelled  1 abandoned  9 there before: worke~
     acquired      9
     released     11  2 held before: orders, 1041.receipt.tmp
     changed       1  lock waits lock -> ABANDONED


     0:39.000     |__________f::::dd_._......!.......=._:._C:____^.______ now 0:44
     ! 1 task was abandoned and did not return: ! goes there.  p returns to now
     Esc close  Space play  , . event  Left Right 5s  p now  ? keys     q shut down
    """
