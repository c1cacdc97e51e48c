import Testing

@Suite("Screens of 80x24: help, leaving, replay")
struct ScreensOther80Tests {
    private let scenes = Scenes(width: 80, height: 24)

    @Test("all keys")
    func help() {
        scenes.help().expect(helpPicture)
    }

    @Test("the question before a shutdown")
    func quit() {
        scenes.quit().expect(quitPicture)
    }

    @Test("a replay, after a task was abandoned")
    func replay() {
        scenes.replay().expect(replayPicture)
    }
}

private let helpPicture = """
     treetop  all keys

     THE TREE
      x           cancel it, after showing what that means
      X           the same without grace
      d           drain it: nothing new, what runs may finish
      R           start an ended task again, if allowed
      Space       tag it: cancel and drain then act on all
      Up Down k j a row up or down
      PgUp PgDn   a page up or down
      g G         the first row, the last row
      h Left      fold, or go to the parent
      l Right     unfold, or go to the first child
      - +         fold, unfold this subtree
      *           unfold everything below, or fold it again
      Enter       show or hide what is known about the task
      /           find a name, folded or not; Esc goes back
      n N         the next one found, the one before
      !           next failed, late, stuck, leaked or abandoned
      f           show only: name !failed held:socket label:k=v
      z           zoom to this subtree
      Z           zoom out again
      s           sort siblings by age, state, children, held
     Esc back  PgUp PgDn more
    """

private let quitPicture = """
     treetop  orders  0:31                            REC orders-1012.treetop 86 KB
     40 live  36 held  0 leaked  0 abandoned  1 failed  2 cancelled     21 events/s
     TASK                   STATE         AGE LIVE HELD  NOTE              +7 below
    >v orders               running       31s   40   36  up; try  curl -d 3 127.0.0~
       v http               running       31s   12    9  127.0.0.1:18080  41 req/s,~
         + conn x8          idle          31s   11    8  3 request below, oldest 12~
           conn-5           failed                       22s ago: client reset it m~
       v workers            running       31s   14   11  queue 2 of 64; limit 5
         v worker-1         running       31s    3    3
             order-1040     succeeded                    released 1040.receipt.tmp ~
           v order-1042     running        0s    2    3
               charge       running        0s    1    1  deadline in 0.9s; bank has~
           worker-2         idle          31s    1    0
         v worker-3         running       31s    3    1
           v order-1017     running       14s    2    1  slow: other orders p99 1.4s
    !          lock         waits lock    14s    1    0  1017.lock, held by auditor~
         v worker-4         running       31s    3    3
           v order-1043     running        0s    2    3
               pack         running        0s    1    1  deadline in 0.9s; gzip, pi~
         v worker-5         running       31s    3    3
             order-1041     succeeded                    released 1041.receipt.tmp ~
           v order-1044     running        0s    2    3
     Shut down orders?  40 tasks live, 36 held: drained, cancelled and released, in~
     y shut down  q at once  n go on
    """

private let replayPicture = """
     treetop  orders-1012.treetop   REPLAY paused  check holds   479 events, no gap
     26 live  25 held  1 quarantined  0 leaked  1 abandoned  1 failed  15 cancelled
     TASK                   STATE         AGE LIVE HELD  NOTE
     v orders               running       38s   26   25  up; try  curl -d 3 127.0.0~
       v http               running       38s   12    9  127.0.0.1:18080  41 req/s,~
         + conn x8          idle          38s   11    8  3 request below, oldest 7.~
           conn-5           failed                       29s ago: client reset it m~
       v workers            cancelled                    0s ago: user, key x
         + worker x4        cancelled                    10 tasks, 9 resources, wor~
         v worker-3         cancelled                    0s ago: user, key x
           v order-1017     cancelled                    0s ago: user, key x
    >          lock         ABANDONED                    did not heed cancel; still~
       v bank               running       38s    3    3  127.0.0.1:18081  2 connect~
           connection-1     idle          38s    1    1
           connection-2     idle          38s    1    1
       v client             running       38s    9    8  8 connections, 41 req/s, 1~
         + caller x8        running       38s    8    8
         auditor            running       23s    1    2  flock 1017.lock  tail -F o~
     marks         f  dd      !        C!   A          C     S            7/9
     0:00   |______.::::._..:....:...:._:___^__________.______._________. 1:12.480
     0:38.704  1x  seq 469 cancel.completed    A abandoned  C cancel  f failed
     last mark  A 0:38.700  lock: abandoned
     ! 1 task was abandoned and did not return: ! goes there.
     Space play  , . event  Left Right 5s  [ ] mark  { } speed  ? keys      q leave
    """
