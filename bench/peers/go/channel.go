// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The weir authors

package main

import "time"

// A buffered channel as a queue: what would block gives up instead. There is a lock inside.

func channelPair[T item](t *turn) {
	queue := object[chan T](t.object)
	var value T
	value[0] = t.first
	left := t.limit
	for ; left > 0; left-- {
		select {
		case queue <- value:
		default:
		}
		select {
		case value = <-queue:
		default:
		}
	}
	t.done += t.limit - left
}

func channelProduce[T item](t *turn) {
	queue := object[chan T](t.object)
	var value T
	value[0] = t.first
	tries := 0
	for !t.stopped() {
		select {
		case queue <- value:
			value[0]++
			tries = 0
		default:
			wait(&tries)
		}
	}
	t.done = value[0] - t.first
}

func channelConsume[T item](t *turn) {
	queue := object[chan T](t.object)
	var sum, done uint64
	tries := 0
	for !t.stopped() {
		select {
		case value := <-queue:
			sum += value[0]
			done++
			tries = 0
		default:
			wait(&tries)
		}
	}
	t.sum, t.done = sum, done
}

func channelDrain[T item](t *turn) {
	queue := object[chan T](t.object)
	for {
		select {
		case value := <-queue:
			t.sum += value[0]
			t.done++
		default:
			return
		}
	}
}

// send waits until there is room; false: stopped.
func send[T item](t *turn, queue chan T, value T) bool {
	for tries := 0; ; wait(&tries) {
		select {
		case queue <- value:
			return true
		default:
			if t.stopped() {
				return false
			}
		}
	}
}

// receive waits until there is something; false: stopped.
func receive[T item](t *turn, queue chan T) (value T, received bool) {
	for tries := 0; ; wait(&tries) {
		select {
		case value = <-queue:
			return value, true
		default:
			if t.stopped() {
				return value, false
			}
		}
	}
}

func channelPing[T item](t *turn) {
	there, back := object[chan T](t.object), object[chan T](t.reply)
	var value T
	value[0] = 1
	for !t.stopped() {
		start := time.Now()
		send(t, there, value)
		var received bool
		if value, received = receive(t, back); !received {
			return
		}
		t.delay(time.Since(start).Nanoseconds())
		t.done++
	}
}

func channelEcho[T item](t *turn) {
	there, back := object[chan T](t.object), object[chan T](t.reply)
	for {
		value, received := receive(t, there)
		if !received {
			return
		}
		send(t, back, value)
		t.done++
	}
}

func registerChannel[T item](name string) {
	register(name, func(capacity int) any { return make(chan T, capacity) }, map[string]loop{
		"pair":    channelPair[T],
		"produce": channelProduce[T],
		"consume": channelConsume[T],
		"drain":   channelDrain[T],
		"ping":    channelPing[T],
		"echo":    channelEcho[T],
	})
}

func init() {
	registerChannel[[1]uint64]("channel8")
	registerChannel[[2]uint64]("channel16")
	registerChannel[[8]uint64]("channel64")
}
