import Testing

@Suite("Screens of 40x24: the past")
struct ScreensPast40Tests {
    private let scenes = Scenes(width: 40, height: 24)

    @Test("the past of a running program")
    func rewound() {
        scenes.rewound().expect(rewoundPicture)
    }

    @Test("a recording")
    func replay() {
        scenes.replay().expect(replayPicture)
    }
}

private let rewoundPicture = """
     treetop  PAST 0:33.950  10s behind now
     30 live  27 held  0 leaked  0 abandoned
     TASK                  STATE         AGE
       v workers           waits         33s
         v worker-1        cancelled
           v order-1042    cancelled
               charge      cancelled
           worker-2        cancelled
         v worker-3        waits         33s
           v order-1017    waits         16s
    >          lock        CANCELLING    16s
         v worker-4        cancelled
           v order-1043    cancelled
               pack        cancelled
         v worker-5        cancelled
           v order-1044    cancelled
               charge      cancelled
       v bank              running       33s
     marks      f d   !    C A    6/7
     0:00   |___:|:.:::::::^:_.__ now 0:44
     0:33.950  1x  seq 461 task.overdue
     last mark  ! 0:33.950  lock: waits too~
     ! 1 task is overdue: ! goes there.  p ~
     Space play  p now  ? keys  q shut down
    """

private let replayPicture = """
     treetop  orders-1012.treetop   REPLAY ~
     26 live  25 held  1 quarantined  0 lea~
     TASK                  STATE         AGE
     v orders              running       38s
       v http              running       38s
         + conn x8         idle          38s
           conn-5          failed
       v workers           cancelled
         + worker x4       cancelled
         v worker-3        cancelled
           v order-1017    cancelled
    >          lock        ABANDONED
       v bank              running       38s
           connection-1    idle          38s
           connection-2    idle          38s
       v client            running       38s
         + caller x8       running       38s
         auditor           running       23s
     marks    fd  !  CA   C S     7/9
     0:00   |_:|::::::^.___._.__. 1:12.480
     0:38.704  1x  seq 469 cancel.completed
     last mark  A 0:38.700  lock: abandoned
     ! 1 task was abandoned and did not ret~
     Space play  , . event  ? keys  q leave
    """
