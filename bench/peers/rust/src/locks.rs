// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The weir authors
//
// parking_lot's Mutex, RwLock and Condvar: the loops of harness/lock_loops.h. ../rust_locks.c names
// what stands here.
use crate::Turn;
use parking_lot::{Condvar, Mutex, RwLock};
use std::arch::asm;
use std::ffi::c_void;

const OWN_WORK: u64 = 50;
const MIX_READS: u64 = 64;
const OVER: u64 = u64::MAX;

/// The guarded words are apart from the lock, as in bench_guarded.
#[repr(C)]
struct Guarded {
    word: [u64; 2],
    pad: [u8; 240],
}

#[repr(C)]
pub struct Locked {
    guarded: Guarded,
    mutex: Mutex<()>,
    rwlock: RwLock<()>,
    boxed: Mutex<u64>,
    filled: Condvar,
}

#[inline(always)]
unsafe fn change(object: *mut Locked) {
    let word = &mut (*object).guarded.word;
    let first = word.as_mut_ptr();
    first.write_volatile(first.read_volatile() + 1);
    let second = first.add(1);
    second.write_volatile(second.read_volatile() + 1);
    if first.read_volatile() != second.read_volatile() {
        std::process::abort();
    }
}

#[inline(always)]
unsafe fn look(object: *const Locked) {
    let first = (*object).guarded.word.as_ptr();
    if first.read_volatile() != first.add(1).read_volatile() {
        std::process::abort();
    }
}

#[inline(always)]
fn own_work() {
    let mut i = 0u64;
    while i < OWN_WORK {
        unsafe { asm!("/* {0} */", inout(reg) i, options(nomem, nostack, preserves_flags)) }
        i += 1;
    }
}

unsafe fn of(turn: &Turn) -> *mut Locked {
    turn.object as *mut Locked
}

#[no_mangle]
pub extern "C" fn parking_create(_: usize) -> *mut c_void {
    Box::into_raw(Box::new(Locked {
        guarded: Guarded { word: [0; 2], pad: [0; 240] },
        mutex: Mutex::new(()),
        rwlock: RwLock::new(()),
        boxed: Mutex::new(0),
        filled: Condvar::new(),
    })) as *mut c_void
}

/// # Safety
/// `object` is from create, and this the last use of it.
#[no_mangle]
pub unsafe extern "C" fn parking_destroy(object: *mut c_void) {
    drop(Box::from_raw(object as *mut Locked));
}

/// # Safety
/// The turn's pointers are valid; so for all below.
#[no_mangle]
pub unsafe extern "C" fn parking_pair(turn: *mut Turn) {
    let turn = &mut *turn;
    let object = of(turn);
    for _ in 0..turn.limit {
        drop((*object).mutex.lock());
    }
    turn.done += turn.limit;
}

/// # Safety
/// As above.
#[no_mangle]
pub unsafe extern "C" fn parking_hold(turn: *mut Turn) {
    let turn = &mut *turn;
    let object = of(turn);
    while !turn.stopped() {
        let guard = (*object).mutex.lock();
        change(object);
        drop(guard);
        own_work();
        turn.done += 1;
    }
}

/// # Safety
/// As above.
#[no_mangle]
pub unsafe extern "C" fn parkingrw_pair(turn: *mut Turn) {
    let turn = &mut *turn;
    let object = of(turn);
    for _ in 0..turn.limit {
        drop((*object).rwlock.read());
    }
    turn.done += turn.limit;
}

/// # Safety
/// As above.
#[no_mangle]
pub unsafe extern "C" fn parkingrw_hold(turn: *mut Turn) {
    let turn = &mut *turn;
    let object = of(turn);
    while !turn.stopped() {
        let guard = (*object).rwlock.write();
        change(object);
        drop(guard);
        own_work();
        turn.done += 1;
    }
}

/// # Safety
/// As above.
#[no_mangle]
pub unsafe extern "C" fn parkingrw_read(turn: *mut Turn) {
    let turn = &mut *turn;
    let object = of(turn);
    while !turn.stopped() {
        let guard = (*object).rwlock.read();
        look(object);
        drop(guard);
        own_work();
        turn.done += 1;
    }
}

/// # Safety
/// As above.
#[no_mangle]
pub unsafe extern "C" fn parkingrw_mix(turn: *mut Turn) {
    let turn = &mut *turn;
    let object = of(turn);
    while !turn.stopped() {
        if turn.done % MIX_READS == 0 {
            let guard = (*object).rwlock.write();
            change(object);
            drop(guard);
        } else {
            let guard = (*object).rwlock.read();
            look(object);
            drop(guard);
        }
        own_work();
        turn.done += 1;
    }
}

unsafe fn put(object: *const c_void, value: u64) {
    let locked = &*(object as *const Locked);
    let mut guard = locked.boxed.lock();
    *guard = value;
    locked.filled.notify_one();
}

unsafe fn take(object: *const c_void) -> u64 {
    let locked = &*(object as *const Locked);
    let mut guard = locked.boxed.lock();
    while *guard == 0 {
        locked.filled.wait(&mut guard);
    }
    std::mem::replace(&mut *guard, 0)
}

/// # Safety
/// As above.
#[no_mangle]
pub unsafe extern "C" fn parking_ping(turn: *mut Turn) {
    let turn = &mut *turn;
    while !turn.stopped() {
        let start = crate::bench_now();
        turn.done += 1;
        put(turn.object, turn.done);
        if take(turn.reply) != turn.done {
            return;
        }
        crate::bench_histogram_add(turn.delays, crate::bench_now() - start);
    }
    put(turn.object, OVER);
}

/// # Safety
/// As above.
#[no_mangle]
pub unsafe extern "C" fn parking_echo(turn: *mut Turn) {
    let turn = &mut *turn;
    loop {
        let value = take(turn.object);
        if value == OVER {
            return;
        }
        put(turn.reply, value);
        turn.done += 1;
    }
}
