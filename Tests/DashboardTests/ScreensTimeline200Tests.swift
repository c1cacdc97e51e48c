import Testing

@Suite("Screens of 200x60: timelines")
struct ScreensTimeline200Tests {
    private let scenes = Scenes(width: 200, height: 60)

    @Test("the timeline of a subtree")
    func timeline() {
        scenes.view(.function(6)).expect(timelinePicture)
    }

    @Test("the timeline of a cancel")
    func fitted() {
        scenes.fitted().expect(fittedPicture)
    }
}

private let timelinePicture = """
     treetop  orders  0:36                                                                                                                                                    REC orders-1012.treetop 86 KB
     30 live  27 held  0 leaked  0 abandoned  1 failed  12 cancelled                                                  live :::::::::::::::::::::::::::|||:::  ______.::::.._..............._|__  0 events/s
     tree  cascades  resources  events  TIMELINE  logs                                                                                                                                     by tree  workers
     TASK                                          STARTED    TOOK 0:00.003                                                            0:18.001                                                    0:36.000
    >workers                                      0:00.003     35s ##############################################################################################################################x---------
       worker-1                                   0:00.003   33.7s ##############################################################################################################################|
         order x20                                0:09.500   131ms                                     |#|#|#|#|| | |                |  #|  #|  |   |  #|  #|  |   |  #|  #|  |
         order-1042                               0:30.402    3.3s                                                                                                                   ############|
           charge                                 0:30.435    3.2s                                                                                                                   ############|
       worker-2                                   0:00.003   33.6s ##############################################################################################################################|
         order-1015                               0:13.120   103ms                                                  #|
           charge                                 0:13.120   101ms                                                  #|
         order-1016                               0:13.900   103ms                                                     #|
           charge                                 0:13.900   101ms                                                     |
       worker-3                                   0:00.003     35s ##############################################################################################################################x---------
         order-1017                               0:17.006     18s                                                                 ##############################################################x---------
    !      lock                                   0:17.006     18s                                                                 ..............................................................x~~~~~~~~~
       worker-4                                   0:00.003   33.7s ##############################################################################################################################|
         order-1043                               0:30.413    3.2s                                                                                                                   ############|
           pack                                   0:30.442    3.2s                                                                                                                   ############|
       worker-5                                   0:00.003   33.7s ##############################################################################################################################|
         order x19                                0:09.750   120ms                                      |#|#|#|#|| |                  #|  #|  |   |  #|  #|  |   |  #|  #|  |   |
         order-1044                               0:30.424    3.2s                                                                                                                   ############|
           charge                                 0:30.449    3.2s                                                                                                                   ############|

































     # runs  . waits  x told  ~ stops  - children, releases  r released  | ended  f failed  A abandoned
     ! 1 task is overdue: ! goes there.
     Enter show in tree  / find  f filter  s sort  c cascade  + - zoom  < > move  Esc back  x cancel  ! next trouble  p pause  Tab view  ? keys                                                 q shut down
    """

private let fittedPicture = """
     treetop  orders  0:38                                                                                                                                                    REC orders-1012.treetop 86 KB
     26 live  25 held  1 quarantined  0 leaked  1 abandoned  1 failed  15 cancelled                                   live :::::::::::::::::::::::::|||:::::  ____.::::.._..............._|____  0 events/s
     tree  cascades  resources  events  TIMELINE  logs                                                                                                                                     by tree  workers
     TASK                                             TOLD   ENDED      +0ms                                                           +2.500s                                                 +5.001s
    >workers                                          +0ms +5.001s #####x----------------------------------------------------------------------------------------------------------------------------|
       worker-1                                       +0ms    +3ms #####|
         order-1042                                   +0ms    +3ms #####|
           charge                                     +0ms    +1ms #####|
       worker-2                                       +0ms    +1ms #####|
       worker-3                                       +0ms +5.001s #####x----------------------------------------------------------------------------------------------------------------------------|
         order-1017                                   +0ms +5.001s #####x----------------------------------------------------------------------------------------------------------------------------|
    !      lock                                       +0ms +5.000s #####x~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~A
       worker-4                                       +0ms   +11ms #####|
         order-1043                                   +0ms   +11ms #####|
           pack                                       +0ms   +11ms #####|
       worker-5                                       +0ms    +4ms #####|
         order-1044                                   +0ms    +4ms #####|
           charge                                     +0ms    +1ms #####|







































     # runs  . waits  x told  ~ stops  - children, releases  r released  | ended  f failed  A abandoned
     ! 1 task was abandoned and did not return: ! goes there.
     Enter show in tree  / find  f filter  s sort  c cascade  + - zoom  < > move  Esc back  x cancel  ! next trouble  p pause  Tab view  ? keys                                                 q shut down
    """
