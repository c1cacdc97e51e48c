// The benchmarks' work as a Go program would do it: a context a task, errgroup, and deferred cleanup.
//
//	peer BENCHMARK SHAPE TASKS ROUNDS
package main

import (
	"fmt"
	"os"
	"strconv"
	"strings"
	"time"
)

func main() {
	if len(os.Args) != 5 {
		fail("give BENCHMARK SHAPE TASKS ROUNDS")
	}
	tasks, err := strconv.Atoi(os.Args[3])
	if err != nil {
		fail(err.Error())
	}
	rounds, err := strconv.Atoi(os.Args[4])
	if err != nil {
		fail(err.Error())
	}
	for round := 0; round < rounds; round++ {
		switch os.Args[1] {
		case "acquire":
			acquire(tasks)
		case "churn":
			churn(tasks)
		default:
			measureTree(os.Args[1], os.Args[2], tasks)
		}
	}
}

func fail(why string) {
	fmt.Fprintln(os.Stderr, "go peer:", why)
	os.Exit(1)
}

// The settled tree has nothing left to do when it is cancelled.
const settle = 50 * time.Millisecond

// resident is the resident set of this process, in bytes.
func resident() int {
	text, err := os.ReadFile("/proc/self/statm")
	if err != nil {
		return 0
	}
	pages, _ := strconv.Atoi(strings.Fields(string(text))[1])
	return pages * os.Getpagesize()
}

func printValue(value time.Duration, count int) {
	fmt.Println("value", float64(value.Nanoseconds())/float64(count))
}
