package main

import (
	"context"
	"fmt"
	"sync"
	"sync/atomic"
	"time"

	"golang.org/x/sync/errgroup"
)

// stack is what a task holds: released newest first at its end.
type stack struct {
	mutex    sync.Mutex
	releases []func()
}

func (s *stack) hold(release func()) {
	s.mutex.Lock()
	s.releases = append(s.releases, release)
	s.mutex.Unlock()
}

func (s *stack) release() {
	s.mutex.Lock()
	releases := s.releases
	s.releases = nil
	s.mutex.Unlock()
	for index := len(releases) - 1; index >= 0; index-- {
		releases[index]()
	}
}

// acquire registers so many resources with one task, and releases them at its end.
func acquire(count int) {
	var released atomic.Int64
	var held stack
	base := resident()
	begin := time.Now()
	for number := 0; number < count; number++ {
		value := int64(number)
		held.hold(func() { released.Add(min(value, 0) + 1) })
	}
	taken := time.Since(begin)
	bytes := max(0, resident()-base) / count
	begin = time.Now()
	held.release()
	printValue(taken+time.Since(begin), count)
	fmt.Println("bytes", bytes)
	if released.Load() != int64(count) {
		fail("not all was released")
	}
}

const churnBatch = 250
const churnEarly = 100_000

// churn runs so many short children in one group, a batch at a time.
func churn(count int) {
	var cleaned atomic.Int64
	group, ctx := errgroup.WithContext(context.Background())
	begin := time.Now()
	for first := 0; first < count; first += churnBatch {
		var over sync.WaitGroup
		over.Add(churnBatch)
		for number := 0; number < churnBatch; number++ {
			group.Go(func() error {
				_, cancel := context.WithCancel(ctx)
				defer cancel()
				defer cleaned.Add(1)
				over.Done()
				return nil
			})
		}
		over.Wait()
		if done := first + churnBatch; done == churnEarly || done == count {
			fmt.Println("tasks", done)
			printValue(time.Since(begin), done)
			fmt.Println("bytes", resident())
		}
	}
	if group.Wait() != nil || cleaned.Load() != int64(count) {
		fail("not all children were cleaned up")
	}
}
