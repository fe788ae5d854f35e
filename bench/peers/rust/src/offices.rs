// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The weir authors
//
// Workers that wait for work of their own and for one done channel. bench/cases/done.c in Rust.
use crate::channels::{Channel, Crossbeam, PATIENCE};
use crate::{export_loops, Turn};
use crossbeam_channel::select;
use std::ffi::c_void;
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};

const WORKERS: usize = 64;

struct Office {
    work: [Crossbeam; WORKERS],
    done: Crossbeam,
    producers: AtomicUsize,
    consumers: AtomicUsize,
}

impl Office {
    unsafe fn of<'a>(turn: &Turn) -> &'a Office {
        &*(turn.object as *const Office)
    }
    fn own(&self, taken: &AtomicUsize) -> &Crossbeam {
        &self.work[taken.fetch_add(1, Relaxed) % WORKERS]
    }

    fn create(capacity: usize) -> *mut c_void {
        Box::into_raw(Box::new(Office {
            work: std::array::from_fn(|_| Crossbeam::with_capacity(capacity)),
            done: Crossbeam::with_capacity(0),
            producers: AtomicUsize::new(0),
            consumers: AtomicUsize::new(0),
        })) as *mut c_void
    }
    unsafe fn destroy(object: *mut c_void) {
        drop(Box::from_raw(object as *mut Office));
    }

    unsafe fn produce(turn: &mut Turn) {
        let office = Self::of(turn);
        let mine = office.own(&office.producers);
        let mut item = turn.first;
        while !turn.stopped() {
            if mine.put(item) {
                item += 1;
            }
        }
        turn.done = item - turn.first;
    }

    unsafe fn consume(turn: &mut Turn) {
        let office = Self::of(turn);
        let mine = office.own(&office.consumers);
        let (mut sum, mut done) = (0u64, 0u64);
        while !turn.stopped() {
            let got = select! {
                recv(mine.from) -> got => got.ok(),
                recv(office.done.from) -> got => got.ok(),
                default(PATIENCE) => None,
            };
            if let Some(value) = got {
                sum = sum.wrapping_add(value);
                done += 1;
            }
        }
        turn.sum = sum;
        turn.done = done;
    }

    unsafe fn drain(turn: &mut Turn) {
        for channel in &Self::of(turn).work {
            while let Some(value) = channel.try_take() {
                turn.sum = turn.sum.wrapping_add(value);
                turn.done += 1;
            }
        }
    }
}

export_loops!(Office, office_create, office_destroy, produce = office_produce,
    consume = office_consume, drain = office_drain);
