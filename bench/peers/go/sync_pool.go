// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The weir authors

package main

import (
	"runtime"
	"sync"
	"sync/atomic"
)

// sync.Pool as a source of objects, as harness/object_loops.h has it. There are at most eight threads
// in these cells, and a pool that has more P's than threads looks into all of them in vain: so there
// are eight until another object is made.
const poolThreads = 8

// harness/bench.h: BENCH_BATCH
const batch = 16

type pooled interface {
	[256 / 8]uint64 | [65536 / 8]uint64
}

// belt passes objects on: the ring that harness/object_loops.h uses, for a power of two.
type belt[T pooled] struct {
	slots []slot[T]
	_     [128]byte
	tail  atomic.Uint64
	_     [128]byte
	head  atomic.Uint64
	_     [128]byte
}

type slot[T pooled] struct {
	seq    atomic.Uint64
	object *T
}

type source[T pooled] struct {
	belt belt[T]
	pool *sync.Pool
}

func (b *belt[T]) push(object *T) bool {
	for {
		t := b.tail.Load()
		s := &b.slots[t%uint64(len(b.slots))]
		switch ahead := int64(s.seq.Load() - t); {
		case ahead == 0:
			if b.tail.CompareAndSwap(t, t+1) {
				s.object = object
				s.seq.Store(t + 1)
				return true
			}
		case ahead < 0:
			return false
		}
	}
}

func (b *belt[T]) pop() *T {
	for {
		t := b.head.Load()
		s := &b.slots[t%uint64(len(b.slots))]
		switch ahead := int64(s.seq.Load() - (t + 1)); {
		case ahead == 0:
			if b.head.CompareAndSwap(t, t+1) {
				object := s.object
				s.seq.Store(t + uint64(len(b.slots)))
				return object
			}
		case ahead < 0:
			return nil
		}
	}
}

func poolPair[T pooled](t *turn) {
	pool := object[*source[T]](t.object).pool
	for left := t.limit; left > 0; left-- {
		o := pool.Get().(*T)
		(*o)[0] = left
		pool.Put(o)
	}
	t.done += t.limit
}

func poolPairN[T pooled](t *turn) {
	pool := object[*source[T]](t.object).pool
	var held [batch]*T
	for left := t.limit; left > 0; left -= batch {
		for i := range held {
			held[i] = pool.Get().(*T)
			(*held[i])[0] = left
		}
		for _, o := range held {
			pool.Put(o)
		}
	}
	t.done += t.limit
}

// passOn waits for room; false: stopped.
func passOn[T pooled](t *turn, b *belt[T], o *T) bool {
	for tries := 0; !b.push(o); wait(&tries) {
		if t.stopped() {
			return false
		}
	}
	return true
}

func poolProduce[T pooled](t *turn) {
	s := object[*source[T]](t.object)
	value := t.first
	for !t.stopped() {
		o := s.pool.Get().(*T)
		(*o)[0] = value
		if passOn(t, &s.belt, o) {
			value++
		} else {
			s.pool.Put(o)
		}
	}
	t.done = value - t.first
}

func poolConsume[T pooled](t *turn) {
	s := object[*source[T]](t.object)
	tries := 0
	for !t.stopped() {
		o := s.belt.pop()
		if o == nil {
			wait(&tries)
			continue
		}
		t.sum += (*o)[0]
		t.done++
		s.pool.Put(o)
		tries = 0
	}
}

func poolDrain[T pooled](t *turn) {
	s := object[*source[T]](t.object)
	for o := s.belt.pop(); o != nil; o = s.belt.pop() {
		t.sum += (*o)[0]
		t.done++
	}
}

// newSource makes a belt for a pool that is kept from round to round.
func newSource[T pooled](pool *sync.Pool, capacity int) any {
	runtime.GOMAXPROCS(poolThreads)
	s := &source[T]{pool: pool}
	s.belt.slots = make([]slot[T], capacity)
	for i := range s.belt.slots {
		s.belt.slots[i].seq.Store(uint64(i))
	}
	return s
}

func registerPool[T pooled](name string) {
	pool := &sync.Pool{New: func() any { return new(T) }}
	create := func(capacity int) any { return newSource[T](pool, capacity) }
	register(name, create, map[string]loop{
		"pair":    poolPair[T],
		"pair_n":  poolPairN[T],
		"produce": poolProduce[T],
		"consume": poolConsume[T],
		"drain":   poolDrain[T],
	})
}

func init() {
	registerPool[[256 / 8]uint64]("pool256")
	registerPool[[65536 / 8]uint64]("pool65536")
}
