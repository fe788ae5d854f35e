// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The weir authors
//
// crossbeam's Injector: the loops of bench/cases/injector.c in Rust. ../../crossbeam_deque.c names what
// stands here.
use crate::{Item, Turn};
use crossbeam_deque::{Injector, Steal, Worker};
use std::ffi::c_void;

const BATCH: u64 = 16;

#[inline(always)]
unsafe fn of<'a>(turn: &Turn) -> &'a Injector<u64> {
    &*(turn.object as *const Injector<u64>)
}

#[no_mangle]
pub extern "C" fn injector8_create(_: usize) -> *mut c_void {
    Box::into_raw(Box::new(Injector::<u64>::new())) as *mut c_void
}

/// # Safety
/// `object` is from create, and this the last use of it.
#[no_mangle]
pub unsafe extern "C" fn injector8_destroy(object: *mut c_void) {
    drop(Box::from_raw(object as *mut Injector<u64>));
}

#[inline(always)]
fn steal(injector: &Injector<u64>) -> Option<u64> {
    loop {
        match injector.steal() {
            Steal::Success(value) => return Some(value),
            Steal::Empty => return None,
            Steal::Retry => {}
        }
    }
}

/// # Safety
/// The turn's pointers are valid.
#[no_mangle]
pub unsafe extern "C" fn injector8_pair(turn: *mut Turn) {
    let turn = &mut *turn;
    let injector = of(turn);
    let mut item = turn.first;
    let mut left = turn.limit;
    while left > 0 {
        item.touch();
        injector.push(item);
        match steal(injector) {
            Some(value) => item = value,
            None => break,
        }
        left -= 1;
    }
    item.touch();
    turn.done += turn.limit - left;
}

/// # Safety
/// The turn's pointers are valid.
#[no_mangle]
pub unsafe extern "C" fn injector8_pair_n(turn: *mut Turn) {
    let turn = &mut *turn;
    let injector = of(turn);
    let own = Worker::<u64>::new_lifo();
    let mut item = turn.first;
    let mut left = turn.limit;
    while left >= BATCH {
        for _ in 0..BATCH {
            item.touch();
            injector.push(item);
        }
        let (mut came, mut before) = (0u64, u64::MAX);
        while came < BATCH && came != before {
            before = came;
            while injector.steal_batch(&own).is_retry() {}
            while let Some(value) = own.pop() {
                item = value;
                item.touch();
                came += 1;
            }
        }
        turn.done += came;
        left -= BATCH;
    }
}
