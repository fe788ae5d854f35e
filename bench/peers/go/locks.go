// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The weir authors

package main

import "sync"

// sync.Mutex and sync.RWMutex: the loops of harness/lock_loops.h. A goroutine that parks here keeps
// its thread, as all that C calls does.

const (
	ownWork  = 50
	mixReads = 64
)

type locked struct {
	word  [2]uint64
	_     [240]byte
	mutex sync.Mutex
	rw    sync.RWMutex
}

//go:noinline
func (l *locked) change() {
	l.word[0]++
	l.word[1]++
	if l.word[0] != l.word[1] {
		panic("somebody else is in")
	}
}

//go:noinline
func (l *locked) look() {
	if l.word[0] != l.word[1] {
		panic("somebody writes")
	}
}

// Go leaves a loop as it is, even if nothing happens in it.
func work() {
	for i := 0; i < ownWork; i++ {
	}
}

func mutexPair(t *turn) {
	l := object[*locked](t.object)
	for left := t.limit; left > 0; left-- {
		l.mutex.Lock()
		l.mutex.Unlock()
	}
	t.done += t.limit
}

func mutexHold(t *turn) {
	l := object[*locked](t.object)
	for ; !t.stopped(); t.done++ {
		l.mutex.Lock()
		l.change()
		l.mutex.Unlock()
		work()
	}
}

func rwPair(t *turn) {
	l := object[*locked](t.object)
	for left := t.limit; left > 0; left-- {
		l.rw.RLock()
		l.rw.RUnlock()
	}
	t.done += t.limit
}

func rwHold(t *turn) {
	l := object[*locked](t.object)
	for ; !t.stopped(); t.done++ {
		l.rw.Lock()
		l.change()
		l.rw.Unlock()
		work()
	}
}

func rwRead(t *turn) {
	l := object[*locked](t.object)
	for ; !t.stopped(); t.done++ {
		l.rw.RLock()
		l.look()
		l.rw.RUnlock()
		work()
	}
}

func rwMix(t *turn) {
	l := object[*locked](t.object)
	for ; !t.stopped(); t.done++ {
		if t.done%mixReads == 0 {
			l.rw.Lock()
			l.change()
			l.rw.Unlock()
		} else {
			l.rw.RLock()
			l.look()
			l.rw.RUnlock()
		}
		work()
	}
}

func init() {
	make := func(int) any { return new(locked) }
	register("go_mutex", make, map[string]loop{"pair": mutexPair, "hold": mutexHold})
	register("go_rwmutex", make, map[string]loop{
		"pair": rwPair, "hold": rwHold, "read": rwRead, "mix": rwMix})
}
