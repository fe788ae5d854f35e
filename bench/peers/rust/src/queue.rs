// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The weir authors
//
// The loops of every queue, harness/queue_loops.h in Rust.
use crate::{bench_histogram_add, bench_now, wait, Item, Turn};
use std::ffi::c_void;
use std::marker::PhantomData;

/// A queue of T that several threads share, as its two ends use it.
pub trait Queue<T: Item> {
    fn with_capacity(capacity: usize) -> Self;
    /// False: full.
    fn put(&self, item: T) -> bool;
    /// None: empty.
    fn take(&self) -> Option<T>;
}

pub struct Loops<T, Q>(PhantomData<(T, Q)>);

impl<T: Item, Q: Queue<T>> Loops<T, Q> {
    pub fn create(capacity: usize) -> *mut c_void {
        Box::into_raw(Box::new(Q::with_capacity(capacity))) as *mut c_void
    }

    pub unsafe fn destroy(object: *mut c_void) {
        drop(Box::from_raw(object as *mut Q));
    }

    #[inline(always)]
    unsafe fn queue<'a>(object: *const c_void) -> &'a Q {
        &*(object as *const Q)
    }

    #[inline(always)]
    pub unsafe fn pair(turn: &mut Turn) {
        let queue = Self::queue(turn.object);
        let mut item = T::ZERO;
        *item.value() = turn.first;
        let mut left = turn.limit;
        while left > 0 {
            item.touch();
            if !queue.put(item) {
                break;
            }
            match queue.take() {
                Some(value) => item = value,
                None => break,
            }
            left -= 1;
        }
        item.touch();
        turn.done += turn.limit - left;
    }

    #[inline(always)]
    pub unsafe fn produce(turn: &mut Turn) {
        let queue = Self::queue(turn.object);
        let mut item = T::ZERO;
        *item.value() = turn.first;
        let mut tries = 0;
        while !turn.stopped() {
            item.touch();
            if queue.put(item) {
                *item.value() += 1;
                tries = 0;
            } else {
                wait(&mut tries);
            }
        }
        turn.done = *item.value() - turn.first;
    }

    #[inline(always)]
    pub unsafe fn consume(turn: &mut Turn) {
        let queue = Self::queue(turn.object);
        let (mut sum, mut done) = (0u64, 0u64);
        let mut tries = 0;
        while !turn.stopped() {
            if let Some(mut item) = queue.take() {
                item.touch();
                sum = sum.wrapping_add(*item.value());
                done += 1;
                tries = 0;
            } else {
                wait(&mut tries);
            }
        }
        turn.sum = sum;
        turn.done = done;
    }

    #[inline(always)]
    pub unsafe fn drain(turn: &mut Turn) {
        while let Some(mut item) = Self::queue(turn.object).take() {
            turn.sum = turn.sum.wrapping_add(*item.value());
            turn.done += 1;
        }
    }

    #[inline(always)]
    pub unsafe fn ping(turn: &mut Turn) {
        let there = Self::queue(turn.object);
        let back = Self::queue(turn.reply);
        let mut item = T::ZERO;
        *item.value() = 1;
        while !turn.stopped() {
            let start = bench_now();
            let mut tries = 0;
            while !there.put(item) && !turn.stopped() {
                wait(&mut tries);
            }
            tries = 0;
            item = loop {
                if let Some(value) = back.take() {
                    break value;
                }
                if turn.stopped() {
                    return;
                }
                wait(&mut tries);
            };
            bench_histogram_add(turn.delays, bench_now() - start);
            turn.done += 1;
        }
    }

    #[inline(always)]
    pub unsafe fn echo(turn: &mut Turn) {
        let there = Self::queue(turn.object);
        let back = Self::queue(turn.reply);
        let mut tries = 0;
        while !turn.stopped() {
            if let Some(item) = there.take() {
                while !back.put(item) && !turn.stopped() {
                    wait(&mut tries);
                }
                turn.done += 1;
                tries = 0;
            } else {
                wait(&mut tries);
            }
        }
    }
}

/// Exports the loops of the queue `$queue` of `$item`, as $create, $destroy and the names of its roles.
#[macro_export]
macro_rules! export_queue {
    ($queue:ty, $item:ty, $create:ident, $destroy:ident, $($role:ident = $name:ident),*) => {
        #[no_mangle]
        pub extern "C" fn $create(capacity: usize) -> *mut std::ffi::c_void {
            $crate::queue::Loops::<$item, $queue>::create(capacity)
        }
        /// # Safety
        /// `object` is from create, and this the last use of it.
        #[no_mangle]
        pub unsafe extern "C" fn $destroy(object: *mut std::ffi::c_void) {
            $crate::queue::Loops::<$item, $queue>::destroy(object)
        }
        $(
            /// # Safety
            /// The turn's pointers are valid.
            #[no_mangle]
            pub unsafe extern "C" fn $name(turn: *mut $crate::Turn) {
                $crate::queue::Loops::<$item, $queue>::$role(&mut *turn)
            }
        )*
    };
}
