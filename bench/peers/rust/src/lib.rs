// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The weir authors
//
// What the peers in Rust share: the words of harness/bench.h and the wait of harness/wait.h, said again
// in Rust, so that nothing is called across a boundary. A module is a peer; ../NAME.c names what stands
// there.
mod array_queue;
mod channels;
mod deque;
mod epoch;
mod groups;
mod injector;
mod locks;
mod mpsc;
mod offices;
mod queue;
mod seg_queue;
mod selects;

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

const SPINS: u32 = 64;

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
