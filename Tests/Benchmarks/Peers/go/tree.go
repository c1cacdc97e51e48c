package main

import (
	"context"
	"errors"
	"fmt"
	"sync/atomic"
	"time"

	"golang.org/x/sync/errgroup"
)

var errOne = errors.New("one failed")

// work is one tree, and what its tasks do.
type work struct {
	shape                 string
	tasks                 int
	parks, fails, notices bool
	started, noticed      *countdown
	cleaned               atomic.Int64
	failure               chan struct{}
}

// countdown keeps the instant at which the last of so many was counted.
type countdown struct {
	left atomic.Int64
	at   time.Time
	done chan struct{}
}

func newCountdown(count int) *countdown {
	c := &countdown{done: make(chan struct{})}
	c.left.Store(int64(count))
	return c
}

func (c *countdown) hit() {
	if c.left.Add(-1) == 0 {
		c.at = time.Now()
		close(c.done)
	}
}

func (c *countdown) wait() time.Time {
	<-c.done
	return c.at
}

// children numbers the children of a task: the tree is filled level by level.
func (w *work) children(number int) (int, int) {
	switch w.shape {
	case "flat":
		if number == 0 {
			return 1, w.tasks
		}
		return 0, 0
	case "chain":
		return number + 1, min(w.tasks, number+2)
	default:
		return min(w.tasks, 8*number+1), min(w.tasks, 8*number+9)
	}
}

func (w *work) cleanUp() { w.cleaned.Add(1) }

// node is one task: cleanup that is registered, children that end before it, a cancel of its own (errgroup makes it,
// for a task with children), and its error.
func (w *work) node(parent context.Context, number int) error {
	defer w.cleanUp()
	first, end := w.children(number)
	if first >= end {
		return w.leaf(parent, number)
	}
	group, ctx := errgroup.WithContext(parent)
	for child := first; child < end; child++ {
		group.Go(func() error { return w.node(ctx, child) })
	}
	w.started.hit()
	if w.parks {
		<-ctx.Done()
		w.notice()
	}
	return group.Wait()
}

func (w *work) leaf(parent context.Context, number int) error {
	ctx, cancel := context.WithCancel(parent)
	defer cancel()
	w.started.hit()
	if w.fails && number == w.tasks-1 {
		<-w.failure
		return errOne
	}
	if !w.parks {
		return nil
	}
	<-ctx.Done()
	w.notice()
	return ctx.Err()
}

func (w *work) notice() {
	if w.notices {
		w.noticed.hit()
	}
}

func measureTree(benchmark, shape string, tasks int) {
	w := &work{
		shape: shape, tasks: tasks, parks: benchmark != "finish",
		// The tree of spawn is taken down by a failure, too: in some subjects that goes deeper than a cancel.
		fails:   benchmark == "first-error" || benchmark == "spawn",
		notices: benchmark == "notice", started: newCountdown(tasks), noticed: newCountdown(tasks),
		failure: make(chan struct{}),
	}
	base := resident()
	begin := time.Now()
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	ended := make(chan error, 1)
	go func() { ended <- w.node(ctx, 0) }()
	var err error
	if !w.parks {
		err = <-ended
		printValue(time.Since(begin), tasks)
	} else {
		started := w.started.wait()
		time.Sleep(settle)
		bytes := max(0, resident()-base) / tasks
		begun := time.Now()
		if w.fails {
			close(w.failure)
		} else {
			cancel()
		}
		err = <-ended
		switch benchmark {
		case "spawn":
			printValue(started.Sub(begin), tasks)
		case "notice":
			printValue(w.noticed.wait().Sub(begun), 1)
		default:
			printValue(time.Since(begun), tasks)
		}
		fmt.Println("bytes", bytes)
	}
	if w.fails != errors.Is(err, errOne) {
		fail(fmt.Sprint("the tree ended with ", err))
	}
	if w.cleaned.Load() != int64(tasks) {
		fail(fmt.Sprint(w.cleaned.Load(), " of ", tasks, " were cleaned up"))
	}
}
