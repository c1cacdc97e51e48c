import Testing

@Suite("Screens of 80x24: what is shown, and how")
struct ScreensFind80Tests {
    private let scenes = Scenes(width: 80, height: 24)

    @Test("a filter as it is typed")
    func filterTyped() {
        scenes.filterTyped().expect(filterTypedPicture)
    }

    @Test("who holds a lock, and the way to them")
    func filtered() {
        scenes.filtered().expect(filteredPicture)
    }

    @Test("one subtree, and the way to it")
    func zoomed() {
        scenes.zoomed().expect(zoomedPicture)
    }

    @Test("siblings by their state")
    func sorted() {
        scenes.sorted().expect(sortedPicture)
    }

    @Test("alike siblings in one row, which stands for them all")
    func collapsed() {
        scenes.collapsed().expect(collapsedPicture)
    }

    @Test("the commands that have a word in them")
    func palette() {
        scenes.palette().expect(palettePicture)
    }
}

private let filterTypedPicture = """
     treetop  orders  0:31                            REC orders-1012.treetop 86 KB
     40 live  36 held  0 leaked  0 abandoned  1 failed  2 cancelled     21 events/s
     only !fai: 1 of 43 tasks
     TASK                   STATE         AGE LIVE HELD  NOTE
     v orders               running       31s   40   36  up; try  curl -d 3 127.0.0~
       v http               running       31s   12    9  127.0.0.1:18080  41 req/s,~
    >      conn-5           failed                       22s ago: client reset it m~















     show only !fai_   1 of 43 tasks
     Enter keep   Esc as before   name !state held:kind label:key=value kind:word
    """

private let filteredPicture = """
     treetop  orders  0:31                            REC orders-1012.treetop 86 KB
     40 live  36 held  0 leaked  0 abandoned  1 failed  2 cancelled     21 events/s
     only held:lock: 4 of 43 tasks
     TASK                   STATE         AGE LIVE HELD  NOTE
     v orders               running       31s   40   36  up; try  curl -d 3 127.0.0~
       v workers            running       31s   14   11  queue 2 of 64; limit 5
         v worker-1         running       31s    3    3
    >      + order-1042     running        0s    2    3
         v worker-4         running       31s    3    3
           + order-1043     running        0s    2    3
         v worker-5         running       31s    3    3
           + order-1044     running        0s    2    3
         auditor            running       15s    1    2  flock 1017.lock  tail -F o~









     ! 1 task waits too long: ! goes there.  x here shows what a cancel of order-10~
     Esc no filter  x cancel  Enter detail  / find  Tab view  ? keys    q shut down
    """

private let zoomedPicture = """
     treetop  orders  0:31                            REC orders-1012.treetop 86 KB
     40 live  36 held  0 leaked  0 abandoned  1 failed  2 cancelled     21 events/s
     orders / workers / worker-3
     TASK                   STATE         AGE LIVE HELD  NOTE
     v worker-3             running       31s    3    1
    >  v order-1017         running       14s    2    1  slow: other orders p99 1.4s
    !      lock             waits lock    14s    1    0  1017.lock, held by auditor~















     ! 1 task waits too long: ! goes there.  x here shows what a cancel of order-10~
     Esc zoom out  x cancel  Enter detail  / find  Tab view  ? keys     q shut down
    """

private let sortedPicture = """
     treetop  orders  0:31                            REC orders-1012.treetop 86 KB
     40 live  36 held  0 leaked  0 abandoned  1 failed  2 cancelled     21 events/s
     by state, trouble first
     TASK                   STATE         AGE LIVE HELD  NOTE              +8 below
    >v orders               running       31s   40   36  up; try  curl -d 3 127.0.0~
       v http               running       31s   12    9  127.0.0.1:18080  41 req/s,~
           conn-5           failed                       22s ago: client reset it m~
         + conn x8          idle          31s   11    8  3 request below, oldest 12~
       v workers            running       31s   14   11  queue 2 of 64; limit 5
         v worker-3         running       31s    3    1
           v order-1017     running       14s    2    1  slow: other orders p99 1.4s
    !          lock         waits lock    14s    1    0  1017.lock, held by auditor~
         v worker-1         running       31s    3    3
           v order-1042     running        0s    2    3
               charge       running        0s    1    1  deadline in 0.9s; bank has~
             order-1040     succeeded                    released 1040.receipt.tmp ~
         v worker-4         running       31s    3    3
           v order-1043     running        0s    2    3
               pack         running        0s    1    1  deadline in 0.9s; gzip, pi~
         v worker-5         running       31s    3    3
           v order-1044     running        0s    2    3
               charge       running        0s    1    1  deadline in 0.9s; bank has~
     ! 1 task waits too long: ! goes there.  x here shows what a cancel of orders w~
     x cancel  Enter detail  / find  ! next trouble  Tab view  ? keys   q shut down
    """

private let collapsedPicture = """
     treetop  orders  0:31                            REC orders-1012.treetop 86 KB
     40 live  36 held  0 leaked  0 abandoned  1 failed  2 cancelled     21 events/s
     TASK                   STATE         AGE LIVE HELD  NOTE             +15 below
     v orders               running       31s   40   36  up; try  curl -d 3 127.0.0~
       v http               running       31s   12    9  goes on
    x    + conn x8          idle          31s   11    8  3 request below, oldest 12~
           conn-5           failed                       22s ago: client reset it m~
       v workers            running       31s   14   11  goes on
         v worker-1         running       31s    3    3
             order-1040     succeeded                    released 1040.receipt.tmp ~
           v order-1042     running        0s    2    3
               charge       running        0s    1    1  deadline in 0.9s; bank has~
           worker-2         idle          31s    1    0
         v worker-3         running       31s    3    1
    --- CANCEL orders / http / conn x8 ?   (counts are live until you answer) ------
     stops      11 of 40 tasks     8 conn, 3 request
     releases   8 of 36 held       8 socket      children first, newest first
     waits for  nothing is known that would hold it up
     at worst   5.0s, then who did not stop is abandoned; a release at most 5s
     usually    unknown: nothing was cancelled below here yet; no release below her~
     goes on    29 tasks           http, orders, workers, bank, client, auditor.  A~
     cause will be recorded as: user, key x, and the path of each

     y cancel 11 tasks  X cancel without grace  v list all 8 resources  n leave
    """

private let palettePicture = """
     treetop  orders  0:31                            REC orders-1012.treetop 86 KB
     40 live  36 held  0 leaked  0 abandoned  1 failed  2 cancelled     21 events/s
     TASK                   STATE         AGE LIVE HELD  NOTE             +19 below
    >v orders               running       31s   40   36  up; try  curl -d 3 127.0.0~
       v http               running       31s   12    9  127.0.0.1:18080  41 req/s,~
         + conn x8          idle          31s   11    8  3 request below, oldest 12~
           conn-5           failed                       22s ago: client reset it m~
       v workers            running       31s   14   11  queue 2 of 64; limit 5
         v worker-1         running       31s    3    3
             order-1040     succeeded                    released 1040.receipt.tmp ~
    --- COMMANDS -------------------------------------------------------------- 6 --
    > h Left     fold             fold, or go to the parent
      l Right    unfold           unfold, or go to the first child
      -          fold-here        fold this subtree
      +          unfold-here      unfold this subtree
      *          fold-all         unfold everything below, or fold it again
      /          search           find a name, folded or not; Esc goes back





     :fold_
     Enter do it   Up Down choose   Esc leave
    """
