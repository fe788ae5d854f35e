// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The weir authors
//
// std::sync::mpsc, which has no send with a deadline: senders send and nothing else, and the receiver
// takes what is left after the end of the round until the last of them is gone. That is not counted, but
// checked. ../../rust_channels.c names what stands here.
use crate::channels::PATIENCE;
use crate::{export_loops, Item, Turn};
use std::ffi::c_void;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering::SeqCst};
use std::sync::mpsc::{sync_channel, Receiver, SyncSender};

struct Mpsc {
    to: SyncSender<u64>,
    from: Receiver<u64>, // for one thread
    senders: AtomicUsize,
    late: AtomicU64,
    late_sum: AtomicU64,
}

impl Mpsc {
    unsafe fn of<'a>(turn: &Turn) -> &'a Mpsc {
        &*(turn.object as *const Mpsc)
    }

    fn create(capacity: usize) -> *mut c_void {
        let (to, from) = sync_channel(capacity);
        Box::into_raw(Box::new(Mpsc {
            to,
            from,
            senders: AtomicUsize::new(0),
            late: AtomicU64::new(0),
            late_sum: AtomicU64::new(0),
        })) as *mut c_void
    }

    unsafe fn destroy(object: *mut c_void) {
        drop(Box::from_raw(object as *mut Mpsc));
    }

    unsafe fn pair(turn: &mut Turn) {
        let mpsc = Self::of(turn);
        let mut item = turn.first;
        let mut left = turn.limit;
        while left > 0 {
            item.touch();
            if mpsc.to.send(item).is_err() {
                break;
            }
            match mpsc.from.recv() {
                Ok(value) => item = value,
                Err(_) => break,
            }
            left -= 1;
        }
        item.touch();
        turn.done += turn.limit - left;
    }

    unsafe fn produce(turn: &mut Turn) {
        let mpsc = Self::of(turn);
        let to = mpsc.to.clone();
        let mut item = turn.first;
        mpsc.senders.fetch_add(1, SeqCst);
        while !turn.stopped() {
            if to.send(item).is_ok() {
                item += 1;
            }
        }
        turn.done = item - turn.first;
        mpsc.senders.fetch_sub(1, SeqCst);
    }

    unsafe fn consume(turn: &mut Turn) {
        let mpsc = Self::of(turn);
        let (mut sum, mut done) = (0u64, 0u64);
        while !turn.stopped() {
            let got = mpsc.from.try_recv().ok();
            if let Some(value) = got.or_else(|| mpsc.from.recv_timeout(PATIENCE).ok()) {
                sum = sum.wrapping_add(value);
                done += 1;
            }
        }
        turn.sum = sum;
        turn.done = done;
        // Who begins to send after this has seen that no sender is left sees the stop, and sends nothing.
        while mpsc.senders.fetch_add(0, SeqCst) > 0 {
            if let Ok(value) = mpsc.from.recv_timeout(PATIENCE) {
                mpsc.late.fetch_add(1, SeqCst);
                mpsc.late_sum.fetch_add(value, SeqCst);
            }
        }
    }

    unsafe fn drain(turn: &mut Turn) {
        let mpsc = Self::of(turn);
        turn.done += mpsc.late.load(SeqCst);
        turn.sum = turn.sum.wrapping_add(mpsc.late_sum.load(SeqCst));
        while let Ok(value) = mpsc.from.try_recv() {
            turn.sum = turn.sum.wrapping_add(value);
            turn.done += 1;
        }
    }
}

export_loops!(Mpsc, mpsc_create, mpsc_destroy, pair = mpsc_pair, produce = mpsc_produce,
    consume = mpsc_consume, drain = mpsc_drain);
