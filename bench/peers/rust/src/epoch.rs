// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The weir authors
//
// crossbeam-epoch: a protected read, and a retire. ../../crossbeam_epoch.c names what stands here.
use crate::Turn;
use crossbeam_epoch::{pin, Atomic, Owned};
use std::ffi::c_void;
use std::hint::black_box;
use std::sync::atomic::Ordering::{Acquire, Relaxed};

/// harness/reclaim_loops.h: BENCH_NODE bytes
type Node = [u64; 7];

#[no_mangle]
pub extern "C" fn epoch_create(_unused: usize) -> *mut c_void {
    Box::into_raw(Box::new(Atomic::<Node>::new([1; 7]))).cast()
}

/// # Safety
/// `object` is from create, and this the last use of it.
#[no_mangle]
pub unsafe extern "C" fn epoch_destroy(object: *mut c_void) {
    let place = Box::from_raw(object.cast::<Atomic<Node>>());
    drop(place.swap(crossbeam_epoch::Shared::null(), Relaxed, &pin()).into_owned());
}

/// # Safety
/// The turn's pointers are valid.
#[no_mangle]
pub unsafe extern "C" fn epoch_protect(turn: *mut Turn) {
    let turn = &mut *turn;
    let place = &*turn.object.cast::<Atomic<Node>>();
    let mut sum = 0u64;
    for _ in 0..turn.limit {
        let guard = pin();
        sum = sum.wrapping_add(place.load(Acquire, &guard).deref()[0]);
    }
    black_box(sum);
    turn.done += turn.limit;
}

/// # Safety
/// The turn's pointers are valid.
#[no_mangle]
pub unsafe extern "C" fn epoch_retire(turn: *mut Turn) {
    let turn = &mut *turn;
    for left in 0..turn.limit {
        let guard = pin();
        let mut node = Owned::new([0u64; 7]);
        node[6] = left;
        guard.defer_destroy(black_box(node).into_shared(&guard));
    }
    turn.done += turn.limit;
}
