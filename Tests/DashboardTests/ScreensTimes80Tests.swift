import Testing

@Suite("Screens of 80x24: timelines and logs")
struct ScreensTimes80Tests {
    private let scenes = Scenes(width: 80, height: 24)

    @Test("the timeline of a subtree")
    func timeline() {
        scenes.view(.function(6)).expect(timelinePicture)
    }

    @Test("the timeline of a cancel")
    func fitted() {
        scenes.fitted().expect(fittedPicture)
    }

    @Test("what a subtree said")
    func logs() {
        scenes.view(.function(7)).expect(logsPicture)
    }
}

private let timelinePicture = """
     treetop  orders  0:36                            REC orders-1012.treetop 86 KB
     30 live  27 held  0 leaked  0 abandoned  1 failed  12 cancelled     0 events/s
     tree  cascades  resources  events  TIMELINE  logs    3 below  by tree  workers
     TASK                      TOOK 0:00.003                               0:36.000
    >workers                    35s ###########################################x---
       worker-1               33.7s ###########################################|
         order x20            131ms             |#||||    #||||#|||| |||#|
         order-1042            3.3s                                        ####|
           charge              3.2s                                        ####|
       worker-2               33.6s ###########################################|
         order-1015           103ms                  |
           charge             101ms                  |
         order-1016           103ms                   |
           charge             101ms                   |
       worker-3                 35s ###########################################x---
         order-1017             18s                       #####################x---
    !      lock                 18s                       .....................x~~~
       worker-4               33.7s ###########################################|
         order-1043            3.2s                                        ####|
           pack                3.2s                                        ####|
       worker-5               33.7s ###########################################|
     # runs  . waits  x told  ~ stops  - children, releases  r released  | ended
     ! 1 task is overdue: ! goes there.
     Enter show in tree  f filter  s sort  c cascade  Esc back  ? keys  q shut down
    """

private let fittedPicture = """
     treetop  orders  0:38                            REC orders-1012.treetop 86 KB
     26 live  25 held  1 quarantined  0 leaked  1 abandoned  1 failed  15 cancelled
     tree  cascades  resources  events  TIMELINE  logs             by tree  workers
     TASK                     ENDED   +0ms                                +5.001s
    >workers                +5.001s ##x-----------------------------------------|
       worker-1                +3ms ##|
         order-1042            +3ms ##|
           charge              +1ms ##|
       worker-2                +1ms ##|
       worker-3             +5.001s ##x-----------------------------------------|
         order-1017         +5.001s ##x-----------------------------------------|
    !      lock             +5.000s ##x~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~A
       worker-4               +11ms ##|
         order-1043           +11ms ##|
           pack               +11ms ##|
       worker-5                +4ms ##|
         order-1044            +4ms ##|
           charge              +1ms ##|



     # runs  . waits  x told  ~ stops  - children, releases  r released  | ended
     ! 1 task was abandoned and did not return: ! goes there.
     Enter show in tree  f filter  s sort  c cascade  Esc back  ? keys  q shut down
    """

private let logsPicture = """
     treetop  orders  0:36                            REC orders-1012.treetop 86 KB
     30 live  27 held  0 leaked  0 abandoned  1 failed  12 cancelled     0 events/s
     tree  cascades  resources  events  timeline  LOGS   follows  workers and below
     TIME       LEVEL    TASK                    SAID
     0:17.006   step     ~rs/worker-3/order-1017 slow: other orders p99 1.4s
     0:30.435   step     ~er-1/order-1042/charge bank has not answered
     0:30.442   step     ~rker-4/order-1043/pack gzip, pid 41877
     0:30.449   step     ~er-5/order-1044/charge bank has not answered
    >0:31.188   step     orders/workers          queue 2 of 64













     ! 1 task is overdue: ! goes there.
     Enter show in tree  / find  f filter  F follow  Esc back  ? keys   q shut down
    """
