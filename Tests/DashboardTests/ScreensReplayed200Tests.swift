import Testing

@Suite("Screens of 200x60: events of a recording, logs")
struct ScreensReplayed200Tests {
    private let scenes = Scenes(width: 200, height: 60)

    @Test("the events of a recorded session")
    func replayedEvents() {
        scenes.replayedEvents().expect(replayedEventsPicture)
    }

    @Test("what a subtree said")
    func logs() {
        scenes.view(.function(7)).expect(logsPicture)
    }
}

private let replayedEventsPicture = """
     treetop  orders-1012.treetop   REPLAY paused                                                                                                                          check holds   479 events, no gap
     26 live  25 held  1 quarantined  0 leaked  1 abandoned  1 failed  15 cancelled                                   live :::::::::::::::::::::::::|||:::::  ____.::::.._..............._|____  0 events/s
     tree  cascades  resources  EVENTS  timeline  logs                                                                                                                                   419 above  follows
           SEQ  TIME         EVENT                TASK                                              WHAT
           420  0:33.700     task.cancelling      workers/worker-4                                  cascade 3
           421  0:33.700     task.cancelling      workers/worker-5                                  cascade 3
           422  0:33.700     task.cancelling      worker-3/order-1017                               cascade 3
           423  0:33.700     task.cancelling      worker-1/order-1042                               cascade 3
           424  0:33.700     task.cancelling      order-1042/charge                                 cascade 3
           425  0:33.700     task.cancelling      worker-4/order-1043                               cascade 3
           426  0:33.700     task.cancelling      order-1043/pack                                   cascade 3
           427  0:33.700     task.cancelling      worker-5/order-1044                               cascade 3
           428  0:33.700     task.cancelling      order-1044/charge                                 cascade 3
           429  0:33.700     task.cancelling      order-1017/lock                                   cascade 3
           430  0:33.701     resource.releasing   order-1042/charge                                 bank:18081
           431  0:33.701     resource.released    order-1042/charge                                 bank:18081 0.1ms
           432  0:33.701     task.finished        order-1042/charge                                 cancelled
           433  0:33.701     resource.releasing   order-1044/charge                                 bank:18081
           434  0:33.701     resource.released    order-1044/charge                                 bank:18081 0.1ms
           435  0:33.701     task.finished        order-1044/charge                                 cancelled
           436  0:33.701     task.finished        workers/worker-2                                  cancelled
           437  0:33.703     resource.releasing   worker-1/order-1042                               1042.lock
           438  0:33.703     resource.released    worker-1/order-1042                               1042.lock 0.2ms
           439  0:33.703     resource.releasing   worker-1/order-1042                               1042.receipt.tmp
           440  0:33.703     resource.released    worker-1/order-1042                               1042.receipt.tmp 0.2ms
           441  0:33.703     task.finished        worker-1/order-1042                               cancelled
           442  0:33.703     task.finished        workers/worker-1                                  cancelled
           443  0:33.703     resource.releasing   worker-5/order-1044                               1044.lock
           444  0:33.703     resource.released    worker-5/order-1044                               1044.lock 0.2ms
           445  0:33.703     resource.releasing   worker-5/order-1044                               1044.receipt.tmp
           446  0:33.704     resource.released    worker-5/order-1044                               1044.receipt.tmp 0.2ms
           447  0:33.704     task.finished        worker-5/order-1044                               cancelled
           448  0:33.704     task.finished        workers/worker-5                                  cancelled
           449  0:33.704     resource.releasing   order-1043/pack                                   gzip, pid 41877
           450  0:33.711     resource.released    order-1043/pack                                   gzip, pid 41877 6ms
           451  0:33.711     task.finished        order-1043/pack                                   cancelled
           452  0:33.711     resource.releasing   worker-4/order-1043                               1043.lock
           453  0:33.711     resource.released    worker-4/order-1043                               1043.lock 0.2ms
           454  0:33.711     resource.releasing   worker-4/order-1043                               1043.receipt.tmp
           455  0:33.711     resource.released    worker-4/order-1043                               1043.receipt.tmp 0.2ms
           456  0:33.711     task.finished        worker-4/order-1043                               cancelled
           457  0:33.711     task.finished        workers/worker-4                                  cancelled
           458  0:33.711     task.joining         worker-3/order-1017                               cancelled
           459  0:33.711     task.joining         workers/worker-3                                  cancelled
           460  0:33.711     task.joining         orders/workers                                    cancelled
           461  0:33.950     task.overdue         order-1017/lock                                   grace 5s, in flock 1017.lock
           462  0:38.700     task.finished        order-1017/lock                                   abandoned
           463  0:38.700     resource.quarantined worker-3/order-1017                               1017.receipt.tmp, because of lock
           464  0:38.701     task.finished        worker-3/order-1017                               cancelled
           465  0:38.701     task.finished        workers/worker-3                                  cancelled
           466  0:38.701     resource.releasing   orders/workers                                    orders
           467  0:38.701     resource.released    orders/workers                                    orders 0.1ms
           468  0:38.701     task.finished        orders/workers                                    cancelled
    >      469  0:38.701     cancel.completed     orders/workers                                    cascade 3: 14 tasks, 10 released, 1 abandoned, 5.0s
     marks                        f         d d                   !                            C!           A                                C                   S                                7/9
     0:00   |_____________________..........:...__.___...............................__...._____:___________^_________________________________.__________________.._____________________________. 1:12.480
     0:38.704  1x  seq 469 cancel.completed    A abandoned  C cancel  f failed  S shutdown  d deadline  ! waits too long
     last mark  A 0:38.700  lock: abandoned
     ! 1 task was abandoned and did not return: ! goes there.
     Enter show in tree  / find  f filter  F follow  Esc back  Space play  , . event  Left Right 5s  [ ] mark  { } speed  a loop  ! next trouble  Tab view  ? keys                                  q leave
    """

private let logsPicture = """
     treetop  orders  0:36                                                                                                                                                    REC orders-1012.treetop 86 KB
     30 live  27 held  0 leaked  0 abandoned  1 failed  12 cancelled                                                  live :::::::::::::::::::::::::::|||:::  ______.::::.._..............._|__  0 events/s
     tree  cascades  resources  events  timeline  LOGS                                                                                                                           follows  workers and below
     TIME       LEVEL    TASK                                                        SAID
     0:17.006   step     orders/workers/worker-3/order-1017                          slow: other orders p99 1.4s
     0:30.435   step     orders/workers/worker-1/order-1042/charge                   bank has not answered
     0:30.442   step     orders/workers/worker-4/order-1043/pack                     gzip, pid 41877
     0:30.449   step     orders/workers/worker-5/order-1044/charge                   bank has not answered
    >0:31.188   step     orders/workers                                              queue 2 of 64

















































     ! 1 task is overdue: ! goes there.
     Enter show in tree  / find  f filter  F follow  * only it  Esc back  x cancel  ! next trouble  p pause  Tab view  ? keys                                                                   q shut down
    """
