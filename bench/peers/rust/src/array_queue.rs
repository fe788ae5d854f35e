// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The weir authors
//
// crossbeam's ArrayQueue. ../../crossbeam.c names what stands here.
use crate::export_queue;
use crate::queue::Queue;
use crate::Item;
use crossbeam_queue::ArrayQueue;

impl<T: Item> Queue<T> for ArrayQueue<T> {
    fn with_capacity(capacity: usize) -> Self {
        ArrayQueue::new(capacity)
    }
    #[inline(always)]
    fn put(&self, item: T) -> bool {
        self.push(item).is_ok()
    }
    #[inline(always)]
    fn take(&self) -> Option<T> {
        self.pop()
    }
}

export_queue!(ArrayQueue<u64>, u64, array8_create, array8_destroy, pair = array8_pair,
    produce = array8_produce, consume = array8_consume, drain = array8_drain, ping = array8_ping,
    echo = array8_echo);
export_queue!(ArrayQueue<[u64; 2]>, [u64; 2], array16_create, array16_destroy, pair = array16_pair,
    produce = array16_produce, consume = array16_consume, drain = array16_drain,
    ping = array16_ping, echo = array16_echo);
export_queue!(ArrayQueue<[u64; 8]>, [u64; 8], array64_create, array64_destroy, pair = array64_pair,
    produce = array64_produce, consume = array64_consume, drain = array64_drain,
    ping = array64_ping, echo = array64_echo);
