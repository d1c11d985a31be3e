//! The system's allocator, counting how often it is asked for room. It counts and does nothing else.

#![allow(unsafe_code, reason = "the trait is unsafe; every call is handed on unchanged to the system's allocator")]

use std::{
    alloc::{GlobalAlloc, Layout, System},
    sync::atomic::{AtomicU64, Ordering},
};

static ASKED: AtomicU64 = AtomicU64::new(0);

pub struct Counting;

/// How often room was asked for since the program began.
pub fn count() -> u64 {
    ASKED.load(Ordering::Relaxed)
}

/// Only one thread is here, so that a count needs no lock, which would cost more than some events do.
fn note() {
    ASKED.store(ASKED.load(Ordering::Relaxed) + 1, Ordering::Relaxed);
}

// SAFETY: the system's allocator keeps the promises; nothing of a request or an answer is changed.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        note();
        // SAFETY: what the caller promises holds for the system's allocator too.
        unsafe { System.alloc(layout) }
    }

    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        note();
        // SAFETY: as above.
        unsafe { System.alloc_zeroed(layout) }
    }

    unsafe fn realloc(&self, pointer: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        note();
        // SAFETY: as above; the pointer came from the system's allocator.
        unsafe { System.realloc(pointer, layout, size) }
    }

    unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
        // SAFETY: as above; the pointer came from the system's allocator.
        unsafe { System.dealloc(pointer, layout) }
    }
}
