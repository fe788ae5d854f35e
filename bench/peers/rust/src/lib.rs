// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The weir authors
//
// crossbeam's ArrayQueue: the loops of harness/queue_loops.h and the wait of harness/wait.h, said
// again in Rust, so that nothing is called across a boundary. ../crossbeam.c names what stands here.
use crossbeam_queue::ArrayQueue;
use std::arch::asm;
use std::ffi::c_void;
use std::hint::spin_loop;
use std::sync::atomic::{AtomicU32, Ordering::Relaxed};

extern "C" {
    fn sched_yield() -> i32;
    fn bench_now() -> u64;
    fn bench_histogram_add(histogram: *mut c_void, value: u64);
}

/// harness/bench.h: bench_turn
#[repr(C)]
pub struct Turn {
    object: *const c_void,
    reply: *const c_void,
    stop: *const AtomicU32,
    limit: u64,
    first: u64,
    done: u64,
    sum: u64,
    delays: *mut c_void,
}

impl Turn {
    #[inline(always)]
    unsafe fn stopped(&self) -> bool {
        (*self.stop).load(Relaxed) != 0
    }
}

const SPINS: u32 = 8;

#[inline(always)]
unsafe fn wait(tries: &mut u32) {
    *tries += 1;
    if *tries > SPINS {
        sched_yield();
    } else {
        spin_loop();
    }
}

/// An element: its first word is its value.
pub trait Item: Copy {
    const ZERO: Self;
    fn value(&mut self) -> &mut u64;
    /// The compiler must take the element for read and changed here.
    fn touch(&mut self);
}

impl Item for u64 {
    const ZERO: u64 = 0;
    #[inline(always)]
    fn value(&mut self) -> &mut u64 {
        self
    }
    #[inline(always)]
    fn touch(&mut self) {
        unsafe { asm!("/* {0} */", inout(reg) *self, options(nostack, preserves_flags, nomem)) }
    }
}

impl<const N: usize> Item for [u64; N] {
    const ZERO: [u64; N] = [0; N];
    #[inline(always)]
    fn value(&mut self) -> &mut u64 {
        &mut self[0]
    }
    #[inline(always)]
    fn touch(&mut self) {
        unsafe { asm!("/* {0} */", in(reg) self as *mut Self, options(nostack, preserves_flags)) }
    }
}

struct Loops<T>(std::marker::PhantomData<T>);

impl<T: Item> Loops<T> {
    #[inline(always)]
    unsafe fn queue<'a>(object: *const c_void) -> &'a ArrayQueue<T> {
        &*(object as *const ArrayQueue<T>)
    }

    #[inline(always)]
    unsafe fn pair(turn: &mut Turn) {
        let queue = Self::queue(turn.object);
        let mut item = T::ZERO;
        *item.value() = turn.first;
        let mut left = turn.limit;
        while left > 0 {
            item.touch();
            if queue.push(item).is_err() {
                break;
            }
            match queue.pop() {
                Some(value) => item = value,
                None => break,
            }
            left -= 1;
        }
        item.touch();
        turn.done += turn.limit - left;
    }

    #[inline(always)]
    unsafe fn produce(turn: &mut Turn) {
        let queue = Self::queue(turn.object);
        let mut item = T::ZERO;
        *item.value() = turn.first;
        let mut tries = 0;
        while !turn.stopped() {
            item.touch();
            if queue.push(item).is_ok() {
                *item.value() += 1;
                tries = 0;
            } else {
                wait(&mut tries);
            }
        }
        turn.done = *item.value() - turn.first;
    }

    #[inline(always)]
    unsafe fn consume(turn: &mut Turn) {
        let queue = Self::queue(turn.object);
        let (mut sum, mut done) = (0u64, 0u64);
        let mut tries = 0;
        while !turn.stopped() {
            if let Some(mut item) = queue.pop() {
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
        while let Some(mut item) = Self::queue(turn.object).pop() {
            turn.sum = turn.sum.wrapping_add(*item.value());
            turn.done += 1;
        }
    }

    #[inline(always)]
    unsafe fn ping(turn: &mut Turn) {
        let there = Self::queue(turn.object);
        let back = Self::queue(turn.reply);
        let mut item = T::ZERO;
        *item.value() = 1;
        while !turn.stopped() {
            let start = bench_now();
            let mut tries = 0;
            while there.push(item).is_err() && !turn.stopped() {
                wait(&mut tries);
            }
            tries = 0;
            item = loop {
                if let Some(value) = back.pop() {
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
    unsafe fn echo(turn: &mut Turn) {
        let there = Self::queue(turn.object);
        let back = Self::queue(turn.reply);
        let mut tries = 0;
        while !turn.stopped() {
            if let Some(item) = there.pop() {
                while back.push(item).is_err() && !turn.stopped() {
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

macro_rules! export {
    ($item:ty, $create:ident, $destroy:ident, $($role:ident = $name:ident),*) => {
        #[no_mangle]
        pub extern "C" fn $create(capacity: usize) -> *mut c_void {
            Box::into_raw(Box::new(ArrayQueue::<$item>::new(capacity))) as *mut c_void
        }
        /// # Safety
        /// `object` is from create, and this the last use of it.
        #[no_mangle]
        pub unsafe extern "C" fn $destroy(object: *mut c_void) {
            drop(Box::from_raw(object as *mut ArrayQueue<$item>));
        }
        $(
            /// # Safety
            /// The turn's pointers are valid.
            #[no_mangle]
            pub unsafe extern "C" fn $name(turn: *mut Turn) {
                Loops::<$item>::$role(&mut *turn)
            }
        )*
    };
}

export!(u64, array8_create, array8_destroy, pair = array8_pair, produce = array8_produce,
    consume = array8_consume, drain = array8_drain, ping = array8_ping, echo = array8_echo);
export!([u64; 2], array16_create, array16_destroy, pair = array16_pair, produce = array16_produce,
    consume = array16_consume, drain = array16_drain, ping = array16_ping, echo = array16_echo);
export!([u64; 8], array64_create, array64_destroy, pair = array64_pair, produce = array64_produce,
    consume = array64_consume, drain = array64_drain, ping = array64_ping, echo = array64_echo);
