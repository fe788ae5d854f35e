// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The weir authors

// The peers in Go, one shared library, which harness/go.c opens when the first of them is needed.
//
// A file here is a peer, in plain Go: it registers how its object is made, and its loops by name.
// ../go_NAME.c names them to the harness, by the macros of harness/go.h. A turn is one call from C,
// and its whole loop runs in Go, on the harness's thread. What has to be goroutines (because it
// parks) starts them in its loop and waits for them.
package main

/*
#include <stdint.h>
void bench_histogram_add(void *histogram, uint64_t value);
*/
import "C"

import (
	"runtime"
	"runtime/cgo"
	"sync/atomic"
	"syscall"
	"unsafe"

	"bench_go/pause"
)

// harness/rounds.c: MOST_THREADS. Each of them may be in a loop at once, and then keeps a P until
// the round ends; with fewer of these the others would not run at all.
const mostThreads = 64

// harness/wait.h: BENCH_SPINS
const spins = 64

// harness/bench.h: bench_turn
type turn struct {
	object cgo.Handle
	reply  cgo.Handle
	stop   *uint32
	limit  uint64
	first  uint64
	done   uint64
	sum    uint64
	delays unsafe.Pointer
}

func (t *turn) stopped() bool { return atomic.LoadUint32(t.stop) != 0 }

// delay notes the time of one round trip.
func (t *turn) delay(ns int64) { C.bench_histogram_add(t.delays, C.uint64_t(ns)) }

// object is what create made. Once a turn: it looks the handle up.
func object[T any](handle cgo.Handle) T { return handle.Value().(T) }

// wait does what harness/wait.h does: a few pauses, then sched_yield, of the thread.
func wait(tries *int) {
	*tries++
	if *tries > spins {
		syscall.RawSyscall(syscall.SYS_SCHED_YIELD, 0, 0, 0)
		return
	}
	pause.Pause()
}

// item is an element: its first word is its value.
type item interface {
	[1]uint64 | [2]uint64 | [8]uint64
}

type create func(capacity int) any
type loop func(*turn)

var (
	creates = map[string]create{}
	loops   = map[string]loop{}
	found   []loop // what C knows by its number
)

// register is for init: the peer's name and a size make `name`, as in BENCH_GO_OBJECT.
func register(name string, make create, roles map[string]loop) {
	creates[name] = make
	for role, run := range roles {
		loops[name+"_"+role] = run
	}
}

//export bench_go_create
func bench_go_create(name *C.char, capacity C.size_t) uintptr {
	make, known := creates[C.GoString(name)]
	if !known {
		return 0
	}
	runtime.GOMAXPROCS(mostThreads) // unless the object wants it otherwise
	return uintptr(cgo.NewHandle(make(int(capacity))))
}

//export bench_go_destroy
func bench_go_destroy(object uintptr) { cgo.Handle(object).Delete() }

// The number of a loop, or -1. From one thread at a time.
//
//export bench_go_find
func bench_go_find(name *C.char) C.int {
	run, known := loops[C.GoString(name)]
	if !known {
		return -1
	}
	found = append(found, run)
	return C.int(len(found) - 1)
}

//export bench_go_run
func bench_go_run(number C.int, t unsafe.Pointer) { found[number]((*turn)(t)) }

func init() { runtime.GOMAXPROCS(mostThreads) }

func main() {}
