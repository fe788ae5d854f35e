// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The weir authors
//
// Channels that wait by themselves: crossbeam-channel, kanal, flume. harness/chan_loops.h in Rust.
// ../../rust_channels.c names what stands here.
use crate::{Item, Turn};
use std::ffi::c_void;
use std::marker::PhantomData;
use std::time::Duration;

pub const PATIENCE: Duration = Duration::from_millis(1);

/// Both ends of a channel of u64, shared by several threads.
pub trait Channel {
    fn with_capacity(capacity: usize) -> Self;
    fn try_put(&self, value: u64) -> bool;
    fn put_soon(&self, value: u64) -> bool;
    fn try_take(&self) -> Option<u64>;
    fn take_soon(&self) -> Option<u64>;

    #[inline(always)]
    fn put(&self, value: u64) -> bool {
        self.try_put(value) || self.put_soon(value)
    }
    #[inline(always)]
    fn take(&self) -> Option<u64> {
        self.try_take().or_else(|| self.take_soon())
    }
}

pub struct Loops<C>(PhantomData<C>);

impl<C: Channel> Loops<C> {
    pub fn create(capacity: usize) -> *mut c_void {
        Box::into_raw(Box::new(C::with_capacity(capacity))) as *mut c_void
    }

    pub unsafe fn destroy(object: *mut c_void) {
        drop(Box::from_raw(object as *mut C));
    }

    #[inline(always)]
    pub unsafe fn pair(turn: &mut Turn) {
        let channel = &*(turn.object as *const C);
        let mut item = turn.first;
        let mut left = turn.limit;
        while left > 0 {
            item.touch();
            if !channel.put(item) {
                break;
            }
            match channel.take() {
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
        let channel = &*(turn.object as *const C);
        let mut item = turn.first;
        while !turn.stopped() {
            if channel.put(item) {
                item += 1;
            }
        }
        turn.done = item - turn.first;
    }

    #[inline(always)]
    pub unsafe fn consume(turn: &mut Turn) {
        let channel = &*(turn.object as *const C);
        let (mut sum, mut done) = (0u64, 0u64);
        while !turn.stopped() {
            if let Some(value) = channel.take() {
                sum = sum.wrapping_add(value);
                done += 1;
            }
        }
        turn.sum = sum;
        turn.done = done;
    }

    #[inline(always)]
    pub unsafe fn drain(turn: &mut Turn) {
        let channel = &*(turn.object as *const C);
        while let Some(value) = channel.try_take() {
            turn.sum = turn.sum.wrapping_add(value);
            turn.done += 1;
        }
    }
}

pub struct Crossbeam {
    pub to: crossbeam_channel::Sender<u64>,
    pub from: crossbeam_channel::Receiver<u64>,
}

impl Channel for Crossbeam {
    fn with_capacity(capacity: usize) -> Self {
        let (to, from) = crossbeam_channel::bounded(capacity);
        Crossbeam { to, from }
    }
    #[inline(always)]
    fn try_put(&self, value: u64) -> bool {
        self.to.try_send(value).is_ok()
    }
    fn put_soon(&self, value: u64) -> bool {
        self.to.send_timeout(value, PATIENCE).is_ok()
    }
    #[inline(always)]
    fn try_take(&self) -> Option<u64> {
        self.from.try_recv().ok()
    }
    fn take_soon(&self) -> Option<u64> {
        self.from.recv_timeout(PATIENCE).ok()
    }
}

struct Kanal {
    to: kanal::Sender<u64>,
    from: kanal::Receiver<u64>,
}

impl Channel for Kanal {
    fn with_capacity(capacity: usize) -> Self {
        let (to, from) = kanal::bounded(capacity);
        Kanal { to, from }
    }
    #[inline(always)]
    fn try_put(&self, value: u64) -> bool {
        matches!(self.to.try_send(value), Ok(true))
    }
    fn put_soon(&self, value: u64) -> bool {
        self.to.send_timeout(value, PATIENCE).is_ok()
    }
    #[inline(always)]
    fn try_take(&self) -> Option<u64> {
        self.from.try_recv().ok().flatten()
    }
    fn take_soon(&self) -> Option<u64> {
        self.from.recv_timeout(PATIENCE).ok()
    }
}

struct Flume {
    to: flume::Sender<u64>,
    from: flume::Receiver<u64>,
}

impl Channel for Flume {
    fn with_capacity(capacity: usize) -> Self {
        let (to, from) = flume::bounded(capacity);
        Flume { to, from }
    }
    #[inline(always)]
    fn try_put(&self, value: u64) -> bool {
        self.to.try_send(value).is_ok()
    }
    fn put_soon(&self, value: u64) -> bool {
        self.to.send_timeout(value, PATIENCE).is_ok()
    }
    #[inline(always)]
    fn try_take(&self) -> Option<u64> {
        self.from.try_recv().ok()
    }
    fn take_soon(&self) -> Option<u64> {
        self.from.recv_timeout(PATIENCE).ok()
    }
}

#[macro_export]
macro_rules! export_loops {
    ($loops:ty, $create:ident, $destroy:ident, $($role:ident = $name:ident),*) => {
        #[no_mangle]
        pub extern "C" fn $create(capacity: usize) -> *mut std::ffi::c_void {
            <$loops>::create(capacity)
        }
        #[no_mangle]
        pub unsafe extern "C" fn $destroy(object: *mut std::ffi::c_void) {
            <$loops>::destroy(object)
        }
        $(
            #[no_mangle]
            pub unsafe extern "C" fn $name(turn: &mut $crate::Turn) {
                <$loops>::$role(turn)
            }
        )*
    };
}

export_loops!(Loops<Crossbeam>, crossbeam_create, crossbeam_destroy, pair = crossbeam_pair,
    produce = crossbeam_produce, consume = crossbeam_consume, drain = crossbeam_drain);
export_loops!(Loops<Kanal>, kanal_create, kanal_destroy, pair = kanal_pair,
    produce = kanal_produce, consume = kanal_consume, drain = kanal_drain);
export_loops!(Loops<Flume>, flume_create, flume_destroy, pair = flume_pair,
    produce = flume_produce, consume = flume_consume, drain = flume_drain);
