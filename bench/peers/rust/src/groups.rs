// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The weir authors
//
// Once and Barrier of the standard library, parking_lot's Once, and crossbeam's WaitGroup.
// ../../rust_groups.c names what stands here.
use crate::{bench_histogram_add, bench_now, Turn};
use crossbeam_utils::sync::WaitGroup;
use std::ffi::c_void;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::sync::{Barrier, Once};

unsafe fn object<'a, T>(turn: &Turn) -> &'a T {
    &*(turn.object as *const T)
}

fn create<T>(value: T) -> *mut c_void {
    Box::into_raw(Box::new(value)) as *mut c_void
}

unsafe fn destroy<T>(object: *mut c_void) {
    drop(Box::from_raw(object as *mut T));
}

#[no_mangle]
pub extern "C" fn rust_once_create(_: usize) -> *mut c_void {
    create(Once::new())
}

#[no_mangle]
pub unsafe extern "C" fn rust_once_destroy(object: *mut c_void) {
    destroy::<Once>(object);
}

#[no_mangle]
pub unsafe extern "C" fn rust_once_pair(turn: *mut Turn) {
    let turn = &mut *turn;
    let once = object::<Once>(turn);
    for _ in 0..turn.limit {
        once.call_once(|| {});
    }
    turn.done += turn.limit;
}

#[no_mangle]
pub extern "C" fn parking_once_create(_: usize) -> *mut c_void {
    create(parking_lot::Once::new())
}

#[no_mangle]
pub unsafe extern "C" fn parking_once_destroy(object: *mut c_void) {
    destroy::<parking_lot::Once>(object);
}

#[no_mangle]
pub unsafe extern "C" fn parking_once_pair(turn: *mut Turn) {
    let turn = &mut *turn;
    let once = object::<parking_lot::Once>(turn);
    for _ in 0..turn.limit {
        once.call_once(|| {});
    }
    turn.done += turn.limit;
}

#[no_mangle]
pub extern "C" fn rust_wait_group_create(_: usize) -> *mut c_void {
    create(WaitGroup::new())
}

#[no_mangle]
pub unsafe extern "C" fn rust_wait_group_destroy(object: *mut c_void) {
    destroy::<WaitGroup>(object);
}

#[no_mangle]
pub unsafe extern "C" fn rust_wait_group_pair(turn: *mut Turn) {
    let turn = &mut *turn;
    let group = object::<WaitGroup>(turn);
    for _ in 0..turn.limit {
        drop(group.clone());
    }
    turn.done += turn.limit;
}

/// harness/group_loops.h: bench_meeting
#[repr(C)]
struct Room {
    last: AtomicU64,
    barrier: Barrier,
}

#[no_mangle]
pub extern "C" fn rust_barrier_create(parties: usize) -> *mut c_void {
    create(Room {
        last: AtomicU64::new(0),
        barrier: Barrier::new(parties),
    })
}

#[no_mangle]
pub unsafe extern "C" fn rust_barrier_destroy(object: *mut c_void) {
    destroy::<Room>(object);
}

#[no_mangle]
pub unsafe extern "C" fn rust_barrier_ping(turn: *mut Turn) {
    let turn = &mut *turn;
    let room = object::<Room>(turn);
    while !turn.stopped() {
        let start = bench_now();
        room.barrier.wait();
        turn.done += 1;
        bench_histogram_add(turn.delays, bench_now() - start);
    }
    room.last.store(turn.done + 1, Relaxed);
    room.barrier.wait();
}

#[no_mangle]
pub unsafe extern "C" fn rust_barrier_echo(turn: *mut Turn) {
    let turn = &mut *turn;
    let room = object::<Room>(turn);
    for n in 1.. {
        room.barrier.wait();
        if room.last.load(Relaxed) == n {
            return;
        }
        turn.done += 1;
    }
}
