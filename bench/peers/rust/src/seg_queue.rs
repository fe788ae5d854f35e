// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The weir authors
//
// crossbeam's SegQueue, which has no bound. ../../crossbeam.c names what stands here.
use crate::export_queue;
use crate::queue::Queue;
use crate::Item;
use crossbeam_queue::SegQueue;

impl<T: Item> Queue<T> for SegQueue<T> {
    fn with_capacity(_unused: usize) -> Self {
        SegQueue::new()
    }
    #[inline(always)]
    fn put(&self, item: T) -> bool {
        self.push(item);
        true
    }
    #[inline(always)]
    fn take(&self) -> Option<T> {
        self.pop()
    }
}

export_queue!(SegQueue<u64>, u64, seg8_create, seg8_destroy, pair = seg8_pair,
    produce = seg8_produce, consume = seg8_consume, drain = seg8_drain, ping = seg8_ping,
    echo = seg8_echo);
