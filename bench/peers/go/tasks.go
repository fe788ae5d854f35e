// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The weir authors

package main

import "runtime"

// Goroutines as tasks, joined by a channel each. The object is the number of processors.

const (
	fibN     = 23
	fibCalls = 92735
)

func fib(n uint) uint64 {
	if n < 2 {
		return uint64(n)
	}
	left := make(chan uint64, 1)
	go func() { left <- fib(n - 1) }()
	right := fib(n - 2)
	return <-left + right
}

// tasksFork has as many Ps as workers were asked for, meanwhile.
func tasksFork(t *turn) {
	runtime.GOMAXPROCS(object[int](t.object))
	ended := make(chan uint64)
	go func() { ended <- fib(fibN) }()
	<-ended
	runtime.GOMAXPROCS(mostThreads)
	t.done += fibCalls
}

func init() {
	register("tasks8", func(workers int) any { return workers }, map[string]loop{"fork": tasksFork})
}
