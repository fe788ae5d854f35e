// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The weir authors

package main

import (
	"runtime"
	"sync"
	"sync/atomic"
	"syscall"
	"time"
)

// What Go's users have: goroutines that Go's scheduler switches, on as many threads as there are
// processors, with plain sends, receives and selects. A thread of the harness starts one goroutine for
// its loop and sleeps until that ends.

// harness/chan_loops.h: BENCH_CHANNELS
const fanned = 4

// onGoroutine makes a loop run on a goroutine of its own.
func onGoroutine(run loop) loop {
	return func(t *turn) {
		ended := make(chan struct{})
		go func() {
			run(t)
			close(ended)
		}()
		<-ended
	}
}

var threads sync.Once

// asGo has goroutines run as in a program in Go. Before the harness's threads, which are pinned, can
// start any of Go's threads, and pass that on, there are enough of them.
func asGo() {
	threads.Do(func() {
		var all sync.WaitGroup
		for i := 0; i < 2*runtime.NumCPU()+2; i++ {
			all.Add(1)
			go func() {
				pause := syscall.Timespec{Nsec: int64(5 * time.Millisecond)}
				syscall.Nanosleep(&pause, nil)
				all.Done()
			}()
		}
		all.Wait()
	})
	runtime.GOMAXPROCS(runtime.NumCPU())
}

// fan is one channel or several. Who waits in a plain receive does not see that the round is over: so
// the last sender closes. What comes after the end of the round is not counted, but checked.
type fan struct {
	ch      []chan uint64
	senders atomic.Int64
	closing sync.Once
	next    atomic.Uint32
	late    atomic.Uint64
	lateSum atomic.Uint64
}

func newFan(channels, capacity int) *fan {
	asGo()
	f := &fan{ch: make([]chan uint64, channels)}
	for i := range f.ch {
		f.ch[i] = make(chan uint64, capacity)
	}
	return f
}

func (f *fan) enter() { f.senders.Add(1) }

// leave is called after the stop. Who enters after the last has left sees the stop, too, and sends
// nothing.
func (f *fan) leave() {
	if f.senders.Add(-1) == 0 {
		f.closing.Do(func() {
			for _, ch := range f.ch {
				close(ch)
			}
		})
	}
}

func (f *fan) note(value uint64) {
	f.late.Add(1)
	f.lateSum.Add(value)
}

func (f *fan) sendTo(t *turn, ch chan uint64) {
	f.enter()
	value := t.first
	for ; !t.stopped(); value++ {
		ch <- value
	}
	t.done = value - t.first
	f.leave()
}

// Of one channel.

func goroutineProduce(t *turn) {
	f := object[*fan](t.object)
	f.sendTo(t, f.ch[0])
}

func goroutineConsume(t *turn) {
	f := object[*fan](t.object)
	ch := f.ch[0]
	var sum, done uint64
	for !t.stopped() {
		value, more := <-ch
		if !more {
			break
		}
		sum += value
		done++
	}
	t.sum, t.done = sum, done
	for value := range ch {
		f.note(value)
	}
}

func goroutineDrain(t *turn) {
	f := object[*fan](t.object)
	t.done += f.late.Load()
	t.sum += f.lateSum.Load()
}

// By the thread itself: nobody has to be waited for.
func goroutinePair(t *turn) {
	ch := object[*fan](t.object).ch[0]
	value := t.first
	for left := t.limit; left > 0; left-- {
		ch <- value
		value = <-ch
	}
	t.done += t.limit
}

// Of several: selects.

func fanProduce(t *turn) {
	f := object[*fan](t.object)
	f.sendTo(t, f.ch[(f.next.Add(1)-1)%fanned])
}

func fanProduceN(t *turn) {
	f := object[*fan](t.object)
	f.enter()
	a, b, c, d := f.ch[0], f.ch[1], f.ch[2], f.ch[3]
	value := t.first
	for ; !t.stopped(); value++ {
		select {
		case a <- value:
		case b <- value:
		case c <- value:
		case d <- value:
		}
	}
	t.done = value - t.first
	f.leave()
}

func fanConsume(t *turn) {
	f := object[*fan](t.object)
	a, b, c, d := f.ch[0], f.ch[1], f.ch[2], f.ch[3]
	var sum, done uint64
	for !t.stopped() {
		var value uint64
		var more bool
		select {
		case value, more = <-a:
		case value, more = <-b:
		case value, more = <-c:
		case value, more = <-d:
		}
		if !more {
			break
		}
		sum += value
		done++
	}
	t.sum, t.done = sum, done
	f.takeLate()
}

// takeLate takes all there is until every channel is closed. From all at once: a sender may wait in
// any of them.
func (f *fan) takeLate() {
	open := [fanned]chan uint64(f.ch)
	for left := fanned; left > 0; {
		var value uint64
		var more bool
		var from int
		select {
		case value, more = <-open[0]:
			from = 0
		case value, more = <-open[1]:
			from = 1
		case value, more = <-open[2]:
			from = 2
		case value, more = <-open[3]:
			from = 3
		}
		if more {
			f.note(value)
		} else {
			open[from] = nil
			left--
		}
	}
}

// Four channels with a message in each: what a select takes is sent again to the same channel.
func fanPair(t *turn) {
	f := object[*fan](t.object)
	a, b, c, d := f.ch[0], f.ch[1], f.ch[2], f.ch[3]
	for _, ch := range f.ch {
		ch <- t.first
	}
	for left := t.limit; left > 0; left-- {
		select {
		case value := <-a:
			a <- value
		case value := <-b:
			b <- value
		case value := <-c:
			c <- value
		case value := <-d:
			d <- value
		}
	}
	t.done += t.limit
	for _, ch := range f.ch {
		<-ch
	}
}

// A hand-over by wait groups: who waits for one unit of work adds the next before it answers.

const over = ^uint64(0)

type workBox struct {
	value  uint64
	_      [128]byte
	filled sync.WaitGroup
}

func newWorkBox(int) any {
	asGo()
	b := new(workBox)
	b.filled.Add(1)
	return b
}

func (b *workBox) put(value uint64) {
	b.value = value
	b.filled.Done()
}

func (b *workBox) take() uint64 {
	b.filled.Wait()
	value := b.value
	b.filled.Add(1)
	return value
}

func workPing(t *turn) {
	there, back := object[*workBox](t.object), object[*workBox](t.reply)
	for !t.stopped() {
		start := time.Now()
		t.done++
		there.put(t.done)
		if back.take() != t.done {
			return
		}
		t.delay(time.Since(start).Nanoseconds())
	}
	there.put(over)
}

func workEcho(t *turn) {
	there, back := object[*workBox](t.object), object[*workBox](t.reply)
	for value := there.take(); value != over; value = there.take() {
		back.put(value)
		t.done++
	}
}

func init() {
	register("goroutine", func(capacity int) any { return newFan(1, capacity) }, map[string]loop{
		"pair":    goroutinePair,
		"produce": onGoroutine(goroutineProduce),
		"consume": onGoroutine(goroutineConsume),
		"drain":   goroutineDrain,
	})
	register("go_fan", func(capacity int) any { return newFan(fanned, capacity) }, map[string]loop{
		"pair":      fanPair,
		"produce":   onGoroutine(fanProduce),
		"produce_n": onGoroutine(fanProduceN),
		"consume":   onGoroutine(fanConsume),
		"drain":     goroutineDrain,
	})
	register("go_work", newWorkBox, map[string]loop{
		"ping": onGoroutine(workPing),
		"echo": onGoroutine(workEcho),
	})
}
