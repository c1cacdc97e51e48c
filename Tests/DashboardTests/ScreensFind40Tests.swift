import Testing

@Suite("Screens of 40x10: finding and tags")
struct ScreensFind40Tests {
    private let scenes = Scenes(width: 40, height: 10)

    @Test("tagged tasks, one inside another")
    func tagged() {
        scenes.tagged().expect(taggedPicture)
    }

    @Test("one question about all that is tagged")
    func taggedPreview() {
        scenes.taggedPreview().expect(taggedPreviewPicture)
    }

    @Test("two cascades at once, one of which is held up")
    func taggedCascades() {
        scenes.taggedCascades().expect(taggedCascadesPicture)
    }

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

private let taggedPicture = """
     treetop  orders  0:31              REC
     40 live  36 held  0 leaked  0 abandoned
     3 tagged: 6 tasks, 4 held
     TASK                  STATE         AGE
               charge      running        0s
           worker-2        idle          31s
         v*worker-3        running       31s
    >      v order-1017    running       14s
     ! 1 task waits too long: ! goes there.~
     Esc clear tags  ? keys     q shut down
    """

private let taggedPreviewPicture = """
     treetop  orders  0:31              REC
     40 live  36 held  0 leaked  0 abandoned
     3 tagged: 6 tasks, 4 held
     TASK                  STATE         AGE
    x    v*worker-3        running       31s
    x      v order-1017    running       14s
    --- CANCEL 3 TAGGED  worker-1, worker-~
     stops      6 of 40 tasks      2 order,~

     y cancel 6 tasks  n leave
    """

private let taggedCascadesPicture = """
     treetop  orders  0:33              REC
     37 live  33 held  0 leaked  0 abandoned
     TASK                  STATE         +AT
         v worker-3        waits
    >      v order-1017    waits
    --- CASCADES 3 and 4  2 subtrees   +2.~
     waits for  lock, since +0.0s, on 1017.~
     tasks      [####....]     3 of 6 ended
     ! 1 task is overdue: ! goes there.
     Esc close  / find  ? keys  q shut down
    """

private let filterTypedPicture = """
     treetop  orders  0:31              REC
     40 live  36 held  0 leaked  0 abandoned
     only !fai: 1 of 43 tasks
     TASK                  STATE         AGE
     v orders              running       31s
       v http              running       31s
    >      conn-5          failed

     show only !fai_   1 of 43 tasks
     Enter keep   Esc as before   name !sta~
    """

private let filteredPicture = """
     treetop  orders  0:31              REC
     40 live  36 held  0 leaked  0 abandoned
     only held:lock: 4 of 43 tasks
     TASK                  STATE   +5 below
     v orders              running       31s
       v workers           running       31s
         v worker-1        running       31s
    >      + order-1042    running        0s
     ! 1 task waits too long: ! goes there.~
     Esc no filter  ? keys      q shut down
    """

private let zoomedPicture = """
     treetop  orders  0:31              REC
     40 live  36 held  0 leaked  0 abandoned
     orders / workers / worker-3
     TASK                  STATE         AGE
     v worker-3            running       31s
    >  v order-1017        running       14s
    !      lock            waits lock    14s

     ! 1 task waits too long: ! goes there.~
     Esc zoom out  ? keys       q shut down
    """

private let sortedPicture = """
     treetop  orders  0:31              REC
     40 live  36 held  0 leaked  0 abandoned
     by state, trouble first
     TASK                  STATE  +22 below
    >v orders              running       31s
       v http              running       31s
           conn-5          failed
         + conn x8         idle          31s
     ! 1 task waits too long: ! goes there.~
     x cancel  / find  ? keys   q shut down
    """

private let collapsedPicture = """
     treetop  orders  0:31              REC
     40 live  36 held  0 leaked  0 abandoned
     TASK                  STATE         AGE
       v http              running       31s
    x    + conn x8         idle          31s
    --- CANCEL orders / http / conn x8 ?  ~
     stops      11 of 40 tasks     8 conn, ~
     releases   8 of 36 held       8 socket~

     y cancel 11 tasks  n leave
    """

private let palettePicture = """
     treetop  orders  0:31              REC
     40 live  36 held  0 leaked  0 abandoned
     TASK                  STATE  +24 below
    >v orders              running       31s
       v http              running       31s
    > h Left     fold             fold, or ~
      l Right    unfold           unfold, o~
      -          fold-here        fold this~
     :fold_
     Enter do it   Up Down choose   Esc lea~
    """
