import Testing

@Suite("Screens of 200x60: cascades")
struct ScreensCascades200Tests {
    private let scenes = Scenes(width: 200, height: 60)

    @Test("the cancels that are remembered")
    func cascades() {
        scenes.view(.function(3)).expect(cascadesPicture)
    }

    @Test("the report of one of them")
    func report() {
        scenes.report().expect(reportPicture)
    }
}

private let cascadesPicture = """
     treetop  orders  0:36                                                                                                                                                    REC orders-1012.treetop 86 KB
     30 live  27 held  0 leaked  0 abandoned  1 failed  12 cancelled                                                  live :::::::::::::::::::::::::::|||:::  ______.::::.._..............._|__  0 events/s
     tree  CASCADES  resources  events  timeline  logs
        ID  AT         CANCELLED                                            TOOK   ENDED  RELEASED  REPORT
    >    3  0:33.700   orders/workers                                      +2.3s   10/14      9/11  waits for lock (1017.lock, held by auditor), user, key x, orders/workers
         2  0:14.000   orders/workers/worker-2/order-1016/charge             3ms     1/1       1/1  deadline, deadline 2s
         1  0:13.220   orders/workers/worker-2/order-1015/charge             3ms     1/1       1/1  deadline, deadline 2s



















































     ! 1 task is overdue: ! goes there.
     Enter report  t show in tree  / find  f filter  Esc back  x cancel  ! next trouble  p pause  Tab view  ? keys                                                                              q shut down
    """

private let reportPicture = """
     treetop  orders  0:38                                                                                                                                                    REC orders-1012.treetop 86 KB
     26 live  25 held  1 quarantined  0 leaked  1 abandoned  1 failed  15 cancelled                                   live :::::::::::::::::::::::::|||:::::  ____.::::.._..............._|____  0 events/s
     tree  CASCADES  resources  events  timeline  logs
        ID  AT         CANCELLED                                            TOOK   ENDED  RELEASED  REPORT
    >    3  0:33.700   orders/workers                                     5.001s   14/14     10/11  1 abandoned, 1 quarantined, held up 5.000s by lock, user, key x, orders/workers
         2  0:14.000   orders/workers/worker-2/order-1016/charge             3ms     1/1       1/1  deadline, deadline 2s
         1  0:13.220   orders/workers/worker-2/order-1015/charge             3ms     1/1       1/1  deadline, deadline 2s











































    --- CASCADE 3  orders / workers   over in 5.001s   cause: user, key x, orders/workers ------------------------------------------------------------------------------------------------------------------
     tasks      [############################]   14 of 14 ended      13 cancelled  0 failed  1 abandoned
     resources  [#########################...]   10 of 11 released   10 ok  0 failed  0 timed out  0 leaked  1 quarantined
     result     13 cancelled, 1 abandoned, 10 released, 1 quarantined, in 5.001s, of which 5.000s waiting for lock
     held up    by lock, in flock(1017.lock): grace 5s spent in full, then abandoned
     done       last ended workers, +5.001s         slowest release 6ms gzip, pid 41877
     order      charge charge worker-2 | order-1042 worker-1 order-1044 worker-5 | pack order-1043 worker-4 | lock order-1017 worker-3 workers

     ! 1 task was abandoned and did not return: ! goes there.
     o full order  r slow replay  Esc close  t show in tree  / find  f filter  x cancel  ! next trouble  p pause  Tab view  ? keys                                                              q shut down
    """
