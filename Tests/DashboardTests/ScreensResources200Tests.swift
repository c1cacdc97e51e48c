import Testing

@Suite("Screens of 200x60: resources and events")
struct ScreensResources200Tests {
    private let scenes = Scenes(width: 200, height: 60)

    @Test("the resources")
    func resources() {
        scenes.view(.function(4)).expect(resourcesPicture)
    }

    @Test("the events")
    func events() {
        scenes.view(.function(5)).expect(eventsPicture)
    }
}

private let resourcesPicture = """
     treetop  orders  0:36                                                                                                                                                    REC orders-1012.treetop 86 KB
     30 live  27 held  0 leaked  0 abandoned  1 failed  12 cancelled                                                  live :::::::::::::::::::::::::::|||:::  ______.::::.._..............._|__  0 events/s
     tree  cascades  RESOURCES  events  timeline  logs                                                                                                                                               by age
     KIND        NAME                                              HOLDER                                             STATE          AGE  NOTE
    >file        orders.log                                        orders                                             held           36s
     database    orders.db                                         orders                                             held           36s
     metrics     flush metrics                                     orders                                             held           36s
     listener    127.0.0.1:18080                                   http                                               held           35s
     socket      127.0.0.1:51001                                   http/conn-1                                        held           35s
     socket      127.0.0.1:51002                                   http/conn-2                                        held           35s
     socket      127.0.0.1:51003                                   http/conn-3                                        held           35s
     socket      127.0.0.1:51004                                   http/conn-4                                        held           35s
     socket      127.0.0.1:51006                                   http/conn-6                                        held           35s
     socket      127.0.0.1:51007                                   http/conn-7                                        held           35s
     socket      127.0.0.1:51008                                   http/conn-8                                        held           35s
     socket      127.0.0.1:51009                                   http/conn-9                                        held           35s
     queue       orders                                            workers                                            held           35s
     listener    127.0.0.1:18081                                   bank                                               held           35s
     socket      bank-1                                            bank/connection-1                                  held           35s
     socket      bank-2                                            bank/connection-2                                  held           35s
     socket      caller-1                                          client/caller-1                                    held           35s
     socket      caller-2                                          client/caller-2                                    held           35s
     socket      caller-3                                          client/caller-3                                    held           35s
     socket      caller-4                                          client/caller-4                                    held           35s
     socket      caller-5                                          client/caller-5                                    held           35s
     socket      caller-6                                          client/caller-6                                    held           35s
     socket      caller-7                                          client/caller-7                                    held           35s
     socket      caller-8                                          client/caller-8                                    held           35s
     lock        1017.lock                                         auditor                                            wanted         20s  lock waits for it, 18s
     process     tail -F orders.log, pid 41702                     auditor                                            held           20s
     file        1017.receipt.tmp                                  workers/worker-3/order-1017                        held           18s

















    --- OF EACH KIND ---------------------------------------------------------------------------------------------------------------------------------------------------------------------------------------
     KIND           HELD  ACQUIRED  RELEASED  LEAKED  FAILED  TIMED OUT  QUARANTINED
     socket           18        23         5       0       0          0            0
     file              2        46        44       0       0          0            0
     listener          2         2         0       0       0          0            0
     database          1         1         0       0       0          0            0
     metrics           1         1         0       0       0          0            0
     queue             1         1         0       0       0          0            0
     lock              1         4         3       0       0          0            0
     process           1         2         1       0       0          0            0
     ! 1 task is overdue: ! goes there.
     Enter show in tree  / find  f filter  s sort  Esc back  x cancel  ! next trouble  p pause  Tab view  ? keys                                                                                q shut down
    """

private let eventsPicture = """
     treetop  orders  0:36                                                                                                                                                    REC orders-1012.treetop 86 KB
     30 live  27 held  0 leaked  0 abandoned  1 failed  12 cancelled                                                  live :::::::::::::::::::::::::::|||:::  ______.::::.._..............._|__  0 events/s
     tree  cascades  resources  EVENTS  timeline  logs                                                                                                                                   407 above  follows
           SEQ  TIME         EVENT                TASK                                              WHAT
           408  0:30.449     task.started         order-1044/charge                                 step, deadline 0:32.100
           409  0:30.449     resource.acquired    order-1044/charge                                 socket bank:18081
           410  0:30.449     task.progress        order-1044/charge                                 bank has not answered
           411  0:31.188     task.started         conn-1/request                                    deadline 0:33.000
           412  0:31.188     task.started         conn-2/request                                    deadline 0:33.000
           413  0:31.188     task.started         conn-3/request                                    deadline 0:33.000
           414  0:31.188     task.progress        orders/workers                                    queue 2 of 64
           415  0:33.700     cancel.requested     orders/workers                                    cascade 3: user, key x, orders/workers
           416  0:33.700     task.cancelling      orders/workers                                    cascade 3
           417  0:33.700     task.cancelling      workers/worker-1                                  cascade 3
           418  0:33.700     task.cancelling      workers/worker-2                                  cascade 3
           419  0:33.700     task.cancelling      workers/worker-3                                  cascade 3
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
    >      461  0:33.950     task.overdue         order-1017/lock                                   grace 5s, in flock 1017.lock
     ! 1 task is overdue: ! goes there.
     Enter show in tree  / find  f filter  F follow  Esc back  x cancel  ! next trouble  p pause  Tab view  ? keys                                                                              q shut down
    """
