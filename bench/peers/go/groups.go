// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The weir authors

package main

import "sync"

// sync.Once that is done, and WaitGroup's Add and Done.

func oncePair(t *turn) {
	once := object[*sync.Once](t.object)
	for left := t.limit; left > 0; left-- {
		once.Do(func() {})
	}
	t.done += t.limit
}

func waitGroupPair(t *turn) {
	group := object[*sync.WaitGroup](t.object)
	for left := t.limit; left > 0; left-- {
		group.Add(1)
		group.Done()
	}
	t.done += t.limit
}

func init() {
	register("go_once", func(int) any { return new(sync.Once) }, map[string]loop{"pair": oncePair})
	register("go_wait_group", func(int) any { return new(sync.WaitGroup) },
		map[string]loop{"pair": waitGroupPair})
}
