// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The weir authors
//
// crossbeam's select! over four channels. bench/cases/select.c in Rust.
use crate::channels::{Channel, Crossbeam, PATIENCE};
use crate::{export_loops, Turn};
use crossbeam_channel::select;
use std::ffi::c_void;
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};

struct Fan {
    channels: [Crossbeam; 4],
    next: AtomicUsize,
}

macro_rules! select_recv {
    ($fan:expr, $($wait:tt)*) => {{
        let [a, b, c, d] = &$fan.channels;
        select! {
            recv(a.from) -> got => got.ok().map(|value| (0, value)),
            recv(b.from) -> got => got.ok().map(|value| (1, value)),
            recv(c.from) -> got => got.ok().map(|value| (2, value)),
            recv(d.from) -> got => got.ok().map(|value| (3, value)),
            default$($wait)* => None,
        }
    }};
}

macro_rules! select_send {
    ($fan:expr, $value:expr, $($wait:tt)*) => {{
        let [a, b, c, d] = &$fan.channels;
        select! {
            send(a.to, $value) -> went => went.is_ok(),
            send(b.to, $value) -> went => went.is_ok(),
            send(c.to, $value) -> went => went.is_ok(),
            send(d.to, $value) -> went => went.is_ok(),
            default$($wait)* => false,
        }
    }};
}

impl Fan {
    #[inline(always)]
    fn take(&self) -> Option<(usize, u64)> {
        select_recv!(self,).or_else(|| select_recv!(self, (PATIENCE)))
    }
    #[inline(always)]
    fn put(&self, value: u64) -> bool {
        select_send!(self, value,) || select_send!(self, value, (PATIENCE))
    }
    unsafe fn of<'a>(turn: &Turn) -> &'a Fan {
        &*(turn.object as *const Fan)
    }

    fn create(capacity: usize) -> *mut c_void {
        let channels = std::array::from_fn(|_| Crossbeam::with_capacity(capacity));
        Box::into_raw(Box::new(Fan { channels, next: AtomicUsize::new(0) })) as *mut c_void
    }
    unsafe fn destroy(object: *mut c_void) {
        drop(Box::from_raw(object as *mut Fan));
    }

    /// Four channels with a message in each.
    unsafe fn pair(turn: &mut Turn) {
        let fan = Self::of(turn);
        for channel in &fan.channels {
            assert!(channel.try_put(turn.first));
        }
        let mut left = turn.limit;
        while left > 0 {
            let [a, b, c, d] = &fan.channels;
            let (chosen, value) = select! {
                recv(a.from) -> got => (0, got.unwrap()),
                recv(b.from) -> got => (1, got.unwrap()),
                recv(c.from) -> got => (2, got.unwrap()),
                recv(d.from) -> got => (3, got.unwrap()),
            };
            if fan.channels[chosen].to.send(value).is_err() {
                break;
            }
            left -= 1;
        }
        turn.done += turn.limit - left;
        while select_recv!(fan,).is_some() {}
    }

    unsafe fn produce(turn: &mut Turn) {
        let fan = Self::of(turn);
        let channel = &fan.channels[fan.next.fetch_add(1, Relaxed) % 4];
        let mut item = turn.first;
        while !turn.stopped() {
            if channel.put(item) {
                item += 1;
            }
        }
        turn.done = item - turn.first;
    }

    unsafe fn produce_n(turn: &mut Turn) {
        let fan = Self::of(turn);
        let mut item = turn.first;
        while !turn.stopped() {
            if fan.put(item) {
                item += 1;
            }
        }
        turn.done = item - turn.first;
    }

    unsafe fn consume(turn: &mut Turn) {
        let fan = Self::of(turn);
        let (mut sum, mut done) = (0u64, 0u64);
        while !turn.stopped() {
            if let Some((_, value)) = fan.take() {
                sum = sum.wrapping_add(value);
                done += 1;
            }
        }
        turn.sum = sum;
        turn.done = done;
    }

    unsafe fn drain(turn: &mut Turn) {
        let fan = Self::of(turn);
        while let Some((_, value)) = select_recv!(fan,) {
            turn.sum = turn.sum.wrapping_add(value);
            turn.done += 1;
        }
    }
}

export_loops!(Fan, fan_create, fan_destroy, pair = fan_pair, produce = fan_produce,
    produce_n = fan_produce_n, consume = fan_consume, drain = fan_drain);
