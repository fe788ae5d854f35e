// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The weir authors
//
// crossbeam's Worker and Stealer: the loops of harness/deque_loops.h in Rust.
// ../../crossbeam_deque.c names what stands here.
use crate::{wait, Item, Turn};
use crossbeam_deque::{Steal, Stealer, Worker};
use std::ffi::c_void;

const OWNER_PUSHES: u32 = 8;
const OWNER_POPS: u64 = 4;
const OWNER_CYCLES: u32 = 250;

pub struct Deque<T> {
    worker: Worker<T>, // for the owner's thread
    stealer: Stealer<T>,
}

impl<T: Item> Deque<T> {
    fn create(worker: Worker<T>) -> *mut c_void {
        let stealer = worker.stealer();
        Box::into_raw(Box::new(Deque { worker, stealer })) as *mut c_void
    }

    #[inline(always)]
    unsafe fn of<'a>(object: *const c_void) -> &'a Self {
        &*(object as *const Self)
    }

    #[inline(always)]
    unsafe fn pair(turn: &mut Turn) {
        let worker = &Self::of(turn.object).worker;
        let mut item = T::ZERO;
        *item.value() = turn.first;
        let mut left = turn.limit;
        while left > 0 {
            item.touch();
            worker.push(item);
            match worker.pop() {
                Some(value) => item = value,
                None => break,
            }
            left -= 1;
        }
        item.touch();
        turn.done += turn.limit - left;
    }

    #[inline(always)]
    unsafe fn stack(turn: &mut Turn) {
        let worker = &Self::of(turn.object).worker;
        let mut item = T::ZERO;
        *item.value() = turn.first;
        for _ in 0..turn.limit {
            item.touch();
            worker.push(item);
        }
        for _ in 0..turn.limit {
            match worker.pop() {
                Some(value) => item = value,
                None => return,
            }
            item.touch();
        }
        turn.done += turn.limit;
    }

    #[inline(always)]
    unsafe fn owner(turn: &mut Turn) {
        let worker = &Self::of(turn.object).worker;
        let mut item = T::ZERO;
        *item.value() = turn.first;
        let (mut sum, mut done) = (0u64, 0u64);
        let mut cycle = 0u32;
        while !turn.stopped() {
            cycle = cycle.wrapping_add(1);
            let pops = if cycle % OWNER_CYCLES != 0 { OWNER_POPS } else { u64::MAX };
            for _ in 0..OWNER_PUSHES {
                item.touch();
                worker.push(item);
                *item.value() += 1;
            }
            for _ in 0..pops {
                match worker.pop() {
                    Some(mut out) => {
                        out.touch();
                        sum = sum.wrapping_add(*out.value());
                        done += 1;
                    }
                    None => break,
                }
            }
        }
        turn.limit = *item.value() - turn.first;
        turn.sum = sum;
        turn.done = done;
    }

    #[inline(always)]
    unsafe fn thief(turn: &mut Turn) {
        let stealer = &Self::of(turn.object).stealer;
        let (mut sum, mut done) = (0u64, 0u64);
        let mut tries = 0;
        while !turn.stopped() {
            if let Steal::Success(mut item) = stealer.steal() {
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
    unsafe fn drain(turn: &mut Turn) {
        while let Some(mut item) = Self::of(turn.object).worker.pop() {
            turn.sum = turn.sum.wrapping_add(*item.value());
            turn.done += 1;
        }
    }
}

macro_rules! export_deque {
    ($item:ty, $new:ident, $create:ident, $destroy:ident, $($role:ident = $name:ident),*) => {
        #[no_mangle]
        pub extern "C" fn $create(_capacity: usize) -> *mut c_void {
            Deque::<$item>::create(Worker::$new())
        }
        /// # Safety
        /// `object` is from create, and this the last use of it.
        #[no_mangle]
        pub unsafe extern "C" fn $destroy(object: *mut c_void) {
            drop(Box::from_raw(object as *mut Deque<$item>));
        }
        $(
            /// # Safety
            /// The turn's pointers are valid.
            #[no_mangle]
            pub unsafe extern "C" fn $name(turn: *mut Turn) {
                Deque::<$item>::$role(&mut *turn)
            }
        )*
    };
}

export_deque!(u64, new_lifo, worker_lifo8_create, worker_lifo8_destroy, pair = worker_lifo8_pair,
    stack = worker_lifo8_stack, owner = worker_lifo8_owner, thief = worker_lifo8_thief,
    drain = worker_lifo8_drain);
export_deque!([u64; 2], new_lifo, worker_lifo16_create, worker_lifo16_destroy,
    pair = worker_lifo16_pair, stack = worker_lifo16_stack, owner = worker_lifo16_owner,
    thief = worker_lifo16_thief, drain = worker_lifo16_drain);
export_deque!(u64, new_fifo, worker_fifo8_create, worker_fifo8_destroy, pair = worker_fifo8_pair,
    stack = worker_fifo8_stack, owner = worker_fifo8_owner, thief = worker_fifo8_thief,
    drain = worker_fifo8_drain);
