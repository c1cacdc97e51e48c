import Testing

@Suite("Screens of 80x24: cascades, resources, events")
struct ScreensLists80Tests {
    private let scenes = Scenes(width: 80, height: 24)

    @Test("the cancels that are remembered")
    func cascades() {
        scenes.view(.function(3)).expect(cascadesPicture)
    }

    @Test("the report of one of them")
    func report() {
        scenes.report().expect(reportPicture)
    }

    @Test("the resources")
    func resources() {
        scenes.view(.function(4)).expect(resourcesPicture)
    }

    @Test("the events")
    func events() {
        scenes.view(.function(5)).expect(eventsPicture)
    }

    @Test("the events of a recorded session")
    func replayedEvents() {
        scenes.replayedEvents().expect(replayedEventsPicture)
    }
}

private let cascadesPicture = """
     treetop  orders  0:36                            REC orders-1012.treetop 86 KB
     30 live  27 held  0 leaked  0 abandoned  1 failed  12 cancelled     0 events/s
     tree  CASCADES  resources  events  timeline  logs
        ID  AT         CANCELLED          TOOK   ENDED  REPORT
    >    3  0:33.700   orders/workers    +2.3s   10/14  waits for lock (1017.lock, ~
         2  0:14.000   ~er-1016/charge     3ms     1/1  deadline, deadline 2s
         1  0:13.220   ~er-1015/charge     3ms     1/1  deadline, deadline 2s















     ! 1 task is overdue: ! goes there.
     Enter report  t show in tree  / find  f filter  Esc back  ? keys   q shut down
    """

private let reportPicture = """
     treetop  orders  0:38                            REC orders-1012.treetop 86 KB
     26 live  25 held  1 quarantined  0 leaked  1 abandoned  1 failed  15 cancelled
     tree  CASCADES  resources  events  timeline  logs
        ID  AT         CANCELLED          TOOK   ENDED  REPORT
    >    3  0:33.700   orders/workers   5.001s   14/14  1 abandoned, 1 quarantined,
         2  0:14.000   ~er-1016/charge     3ms     1/1  deadline, deadline 2s
         1  0:13.220   ~er-1015/charge     3ms     1/1  deadline, deadline 2s







    --- CASCADE 3  orders / workers   over in 5.001s   cause: user, key x, orders/~
     tasks      [########]   14 of 14 ended    13 cancelled  0 failed  1 abandoned
     resources  [#######.]   10 of 11 released  10 ok  1 quarantined
     result     13 cancelled, 1 abandoned, 10 released, 1 quarantined, in 5.001s, o~
     held up    by lock, in flock(1017.lock): grace 5s spent in full, then abandoned
     done       last ended workers, +5.001s         slowest release 6ms gzip, pid 4~
     order      charge charge worker-2 | order-1042 worker-1 order-1044 worker-5 | ~

     ! 1 task was abandoned and did not return: ! goes there.
     o full order  r slow replay  Esc close  t show in tree  ? keys     q shut down
    """

private let resourcesPicture = """
     treetop  orders  0:36                            REC orders-1012.treetop 86 KB
     30 live  27 held  0 leaked  0 abandoned  1 failed  12 cancelled     0 events/s
     tree  cascades  RESOURCES  events  timeline  logs             15 below  by age
     KIND      NAME                    HOLDER                   STATE          AGE
    >file      orders.log              orders                   held           36s
     database  orders.db               orders                   held           36s
     metrics   flush metrics           orders                   held           36s
     listener  127.0.0.1:18080         http                     held           35s
     socket    127.0.0.1:51001         http/conn-1              held           35s
     socket    127.0.0.1:51002         http/conn-2              held           35s
     socket    127.0.0.1:51003         http/conn-3              held           35s
     socket    127.0.0.1:51004         http/conn-4              held           35s
     socket    127.0.0.1:51006         http/conn-6              held           35s
     socket    127.0.0.1:51007         http/conn-7              held           35s
     socket    127.0.0.1:51008         http/conn-8              held           35s
     socket    127.0.0.1:51009         http/conn-9              held           35s
    --- OF EACH KIND ---------------------------------------------------------------
     KIND           HELD  ACQUIRED  RELEASED  LEAKED  FAILED  TIMED OUT  QUARANTINED
     socket           18        23         5       0       0          0            0
     file              2        46        44       0       0          0            0
     listener          2         2         0       0       0          0            0
     and 5 more kinds
     ! 1 task is overdue: ! goes there.
     Enter show in tree  f filter  s sort  Esc back  x cancel  ? keys   q shut down
    """

private let eventsPicture = """
     treetop  orders  0:36                            REC orders-1012.treetop 86 KB
     30 live  27 held  0 leaked  0 abandoned  1 failed  12 cancelled     0 events/s
     tree  cascades  resources  EVENTS  timeline  logs           443 above  follows
     TIME       EVENT                TASK                WHAT
     0:33.703   resource.released    worker-5/order-1044 1044.lock 0.2ms
     0:33.703   resource.releasing   worker-5/order-1044 1044.receipt.tmp
     0:33.704   resource.released    worker-5/order-1044 1044.receipt.tmp 0.2ms
     0:33.704   task.finished        worker-5/order-1044 cancelled
     0:33.704   task.finished        workers/worker-5    cancelled
     0:33.704   resource.releasing   order-1043/pack     gzip, pid 41877
     0:33.711   resource.released    order-1043/pack     gzip, pid 41877 6ms
     0:33.711   task.finished        order-1043/pack     cancelled
     0:33.711   resource.releasing   worker-4/order-1043 1043.lock
     0:33.711   resource.released    worker-4/order-1043 1043.lock 0.2ms
     0:33.711   resource.releasing   worker-4/order-1043 1043.receipt.tmp
     0:33.711   resource.released    worker-4/order-1043 1043.receipt.tmp 0.2ms
     0:33.711   task.finished        worker-4/order-1043 cancelled
     0:33.711   task.finished        workers/worker-4    cancelled
     0:33.711   task.joining         worker-3/order-1017 cancelled
     0:33.711   task.joining         workers/worker-3    cancelled
     0:33.711   task.joining         orders/workers      cancelled
    >0:33.950   task.overdue         order-1017/lock     grace 5s, in flock 1017.lo~
     ! 1 task is overdue: ! goes there.
     Enter show in tree  / find  f filter  F follow  Esc back  ? keys   q shut down
    """

private let replayedEventsPicture = """
     treetop  orders-1012.treetop   REPLAY paused  check holds   479 events, no gap
     26 live  25 held  1 quarantined  0 leaked  1 abandoned  1 failed  15 cancelled
     tree  cascades  resources  EVENTS  timeline  logs           455 above  follows
     TIME       EVENT                TASK                WHAT
     0:33.711   task.finished        worker-4/order-1043 cancelled
     0:33.711   task.finished        workers/worker-4    cancelled
     0:33.711   task.joining         worker-3/order-1017 cancelled
     0:33.711   task.joining         workers/worker-3    cancelled
     0:33.711   task.joining         orders/workers      cancelled
     0:33.950   task.overdue         order-1017/lock     grace 5s, in flock 1017.lo~
     0:38.700   task.finished        order-1017/lock     abandoned
     0:38.700   resource.quarantined worker-3/order-1017 1017.receipt.tmp, because ~
     0:38.701   task.finished        worker-3/order-1017 cancelled
     0:38.701   task.finished        workers/worker-3    cancelled
     0:38.701   resource.releasing   orders/workers      orders
     0:38.701   resource.released    orders/workers      orders 0.1ms
     0:38.701   task.finished        orders/workers      cancelled
    >0:38.701   cancel.completed     orders/workers      cascade 3: 14 tasks, 10 re~
     marks         f  dd      !        C!   A          C     S            7/9
     0:00   |______.::::._..:....:...:._:___^__________.______._________. 1:12.480
     0:38.704  1x  seq 469 cancel.completed    A abandoned  C cancel  f failed
     last mark  A 0:38.700  lock: abandoned
     ! 1 task was abandoned and did not return: ! goes there.
     Enter show in tree  f filter  F follow  Esc back  Space play  ? keys   q leave
    """
