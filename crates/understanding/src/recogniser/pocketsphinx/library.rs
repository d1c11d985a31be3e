//! The few functions of pocketsphinx (5prealpha, `libpocketsphinx.so.3`) that a recognition takes, opened when the
//! program runs: it is built without the library, and starts without it. All that is unsafe about it stands here.
//!
//! Sound is made into features whole and searched in pieces, so that a search can be stopped. The mean of the features
//! is taken out here, over the whole utterance: it is the telephone's own colour, and pocketsphinx would otherwise carry
//! it over from one caller to the next.

#![allow(unsafe_code, reason = "a library in C is called")]

use std::{
    ffi::{CStr, CString, c_char, c_int, c_void},
    ptr::{self, NonNull},
    sync::Arc,
};

/// By its whole name: another number is another interface.
pub(super) const FILE: &str = "libpocketsphinx.so.3";
/// Features taken at a time, and between two looks at whether anybody still waits (100 ms of sound).
const PIECE: usize = 10;
/// More numbers than any model has in a feature.
const WIDTH_MAX: usize = 64;

/// What only the library looks into.
#[repr(C)]
struct Closed([u8; 0]);

type Args = Closed;
type Config = Closed;
type Search = Closed;
type FrontEnd = Closed;

/// Declared as in `pocketsphinx.h`, `cmd_ln.h`, `fe.h` and `err.h` of 5prealpha; `mfcc_t` is `float` as Debian builds it.
struct Functions {
    err_set_logfp: unsafe extern "C" fn(*mut c_void),
    ps_args: unsafe extern "C" fn() -> *const Args,
    cmd_ln_parse_r: unsafe extern "C" fn(*mut Config, *const Args, i32, *mut *mut c_char, i32) -> *mut Config,
    cmd_ln_free_r: unsafe extern "C" fn(*mut Config) -> c_int,
    ps_init: unsafe extern "C" fn(*mut Config) -> *mut Search,
    ps_free: unsafe extern "C" fn(*mut Search) -> c_int,
    ps_get_fe: unsafe extern "C" fn(*mut Search) -> *mut FrontEnd,
    ps_start_utt: unsafe extern "C" fn(*mut Search) -> c_int,
    ps_process_cep: unsafe extern "C" fn(*mut Search, *mut *mut f32, i32, c_int, c_int) -> c_int,
    ps_end_utt: unsafe extern "C" fn(*mut Search) -> c_int,
    ps_get_hyp: unsafe extern "C" fn(*mut Search, *mut i32) -> *const c_char,
    fe_start_stream: unsafe extern "C" fn(*mut FrontEnd),
    fe_start_utt: unsafe extern "C" fn(*mut FrontEnd) -> c_int,
    fe_get_output_size: unsafe extern "C" fn(*mut FrontEnd) -> c_int,
    fe_process_frames: unsafe extern "C" fn(*mut FrontEnd, *mut *const i16, *mut usize, *mut *mut f32, *mut i32, *mut i32) -> c_int,
    fe_end_utt: unsafe extern "C" fn(*mut FrontEnd, *mut f32, *mut i32) -> c_int,
}

/// The library, open for as long as anything of it is held.
pub(super) struct Library {
    functions: Functions,
    /// After the functions, so that it is closed behind them.
    _open: libloading::Library,
}

impl Library {
    /// # Errors
    /// What the system says when it is not there, or is another.
    pub fn open() -> Result<Arc<Self>, libloading::Error> {
        // SAFETY: opening runs the library's own start, which is none; each name is looked up with the type that the
        // header of this version gives it, and the version is in the file's name.
        let library = unsafe {
            let open = libloading::Library::new(FILE)?;
            let functions = Functions {
                err_set_logfp: *open.get(b"err_set_logfp\0")?,
                ps_args: *open.get(b"ps_args\0")?,
                cmd_ln_parse_r: *open.get(b"cmd_ln_parse_r\0")?,
                cmd_ln_free_r: *open.get(b"cmd_ln_free_r\0")?,
                ps_init: *open.get(b"ps_init\0")?,
                ps_free: *open.get(b"ps_free\0")?,
                ps_get_fe: *open.get(b"ps_get_fe\0")?,
                ps_start_utt: *open.get(b"ps_start_utt\0")?,
                ps_process_cep: *open.get(b"ps_process_cep\0")?,
                ps_end_utt: *open.get(b"ps_end_utt\0")?,
                ps_get_hyp: *open.get(b"ps_get_hyp\0")?,
                fe_start_stream: *open.get(b"fe_start_stream\0")?,
                fe_start_utt: *open.get(b"fe_start_utt\0")?,
                fe_get_output_size: *open.get(b"fe_get_output_size\0")?,
                fe_process_frames: *open.get(b"fe_process_frames\0")?,
                fe_end_utt: *open.get(b"fe_end_utt\0")?,
            };
            Self { functions, _open: open }
        };
        // SAFETY: without a file it writes nothing. What it would write holds the words that callers say.
        unsafe { (library.functions.err_set_logfp)(ptr::null_mut()) };
        Ok(Arc::new(library))
    }
}

/// The library refused; it says why only to its own log, which holds callers' words and is shut.
#[derive(Debug)]
pub(super) struct Refused;

/// A recogniser with its model in memory, for one utterance at a time.
pub(super) struct Decoder {
    library: Arc<Library>,
    search: NonNull<Search>,
}

// SAFETY: nothing in a search is bound to the thread that made it (no thread-local state, no locks held between
// calls), and `hear` takes it for itself alone.
unsafe impl Send for Decoder {}

impl Decoder {
    /// With these arguments, in pairs of name and value; of two of a name the latter counts.
    ///
    /// # Errors
    /// When the library makes nothing of them. Of a model's file that is broken off it ends the whole program.
    pub fn new(library: &Arc<Library>, arguments: &[CString]) -> Result<Self, Refused> {
        let functions = &library.functions;
        let count = i32::try_from(arguments.len()).map_err(|_| Refused)?;
        let mut pointers: Vec<*mut c_char> = arguments.iter().map(|argument| argument.as_ptr().cast_mut()).collect();
        // SAFETY: `pointers` holds `count` texts that outlive the call, which copies them and writes to none; a null
        // configuration asks for a new one. What is made is freed once: the search counts its own use of it.
        let search = unsafe {
            let config = (functions.cmd_ln_parse_r)(ptr::null_mut(), (functions.ps_args)(), count, pointers.as_mut_ptr(), 0);
            if config.is_null() {
                return Err(Refused);
            }
            let search = (functions.ps_init)(config);
            (functions.cmd_ln_free_r)(config);
            search
        };
        let decoder = Self { library: library.clone(), search: NonNull::new(search).ok_or(Refused)? };
        if decoder.width().is_some() { Ok(decoder) } else { Err(Refused) }
    }

    /// The likeliest words, none when nothing was made out. Stops between two pieces when `is_over` says so, then
    /// without words.
    ///
    /// # Errors
    /// When the library failed.
    pub fn hear(&mut self, samples: &[i16], is_over: impl Fn() -> bool) -> Result<String, Refused> {
        let width = self.width().ok_or(Refused)?;
        let mut features = self.features(samples, width)?;
        take_out_the_mean(&mut features, width);
        let (functions, search) = (&self.library.functions, self.search.as_ptr());
        // SAFETY: the search is alive and used by nobody else.
        if unsafe { (functions.ps_start_utt)(search) } < 0 {
            return Err(Refused);
        }
        let mut failed = false;
        for piece in features.chunks_mut(PIECE * width) {
            if failed || is_over() {
                break;
            }
            let mut rows: Vec<*mut f32> = piece.chunks_exact_mut(width).map(<[f32]>::as_mut_ptr).collect();
            // At most PIECE.
            let count = rows.len() as i32;
            // SAFETY: `rows` are `count` features of the model's own width, held until the call has returned.
            failed = unsafe { (functions.ps_process_cep)(search, rows.as_mut_ptr(), count, 0, 0) } < 0;
        }
        // SAFETY: the utterance was begun above; the text belongs to the search and is copied before its next use.
        unsafe {
            if (functions.ps_end_utt)(search) < 0 || failed {
                return Err(Refused);
            }
            let words = (functions.ps_get_hyp)(search, ptr::null_mut());
            Ok(if words.is_null() { String::new() } else { CStr::from_ptr(words).to_string_lossy().into_owned() })
        }
    }

    /// How many numbers a feature has.
    fn width(&self) -> Option<usize> {
        // SAFETY: the search is alive, and its front end lives as long.
        let width = unsafe { (self.library.functions.fe_get_output_size)((self.library.functions.ps_get_fe)(self.search.as_ptr())) };
        usize::try_from(width).ok().filter(|width| (1..=WIDTH_MAX).contains(width))
    }

    /// Of the whole sound, one after another.
    fn features(&mut self, samples: &[i16], width: usize) -> Result<Vec<f32>, Refused> {
        let functions = &self.library.functions;
        let mut features = Vec::new();
        let mut piece = vec![0.0_f32; PIECE * width];
        let mut rows: Vec<*mut f32> = piece.chunks_exact_mut(width).map(<[f32]>::as_mut_ptr).collect();
        let (mut at, mut left) = (samples.as_ptr(), samples.len());
        // SAFETY: `at` and `left` stay within `samples`, as the library moves both; `rows` are PIECE features of `width`
        // numbers, and at the end one more fits. `piece` is read only between calls, and only as far as it was written.
        unsafe {
            let front = (functions.ps_get_fe)(self.search.as_ptr());
            (functions.fe_start_stream)(front);
            if (functions.fe_start_utt)(front) < 0 {
                return Err(Refused);
            }
            loop {
                let (before, mut count, mut index) = (left, PIECE as i32, 0);
                if (functions.fe_process_frames)(front, &raw mut at, &raw mut left, rows.as_mut_ptr(), &raw mut count, &raw mut index) < 0 {
                    return Err(Refused);
                }
                let count = usize::try_from(count).unwrap_or(0).min(PIECE);
                rows[..count].iter().for_each(|row| features.extend_from_slice(std::slice::from_raw_parts(*row, width)));
                if count == 0 && left == before {
                    break;
                }
            }
            let mut count = 0;
            if (functions.fe_end_utt)(front, rows[0], &raw mut count) < 0 {
                return Err(Refused);
            }
            if count > 0 {
                features.extend_from_slice(std::slice::from_raw_parts(rows[0], width));
            }
        }
        Ok(features)
    }
}

impl Drop for Decoder {
    fn drop(&mut self) {
        // SAFETY: it was made by `ps_init`, is freed here alone, and the library is still open.
        unsafe { (self.library.functions.ps_free)(self.search.as_ptr()) };
    }
}

fn take_out_the_mean(features: &mut [f32], width: usize) {
    let count = features.len() / width;
    for number in 0..width {
        let sum: f32 = features.iter().skip(number).step_by(width).sum();
        let mean = sum / count.max(1) as f32;
        features.iter_mut().skip(number).step_by(width).for_each(|value| *value -= mean);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_number_loses_its_own_mean() {
        let mut features = [1.0, 10.0, 3.0, 30.0];
        take_out_the_mean(&mut features, 2);
        assert_eq!(features, [-1.0, -10.0, 1.0, 10.0]);
        take_out_the_mean(&mut [], 2);
    }
}
