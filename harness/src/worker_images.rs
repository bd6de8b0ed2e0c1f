//! Images that this worker has made and no case is using: a case costs no file of its own.

use crate::image::Image;
use std::cell::RefCell;
use std::io;
use std::rc::Rc;

thread_local! {
    static FREE: RefCell<Vec<Rc<Image>>> = const { RefCell::new(Vec::new()) };
}

/// An image that nobody uses.
///
/// # Errors
///
/// If there is none and none can be made.
pub fn take() -> io::Result<Rc<Image>> {
    match FREE.with_borrow_mut(Vec::pop) {
        Some(image) => Ok(image),
        None => Image::new().map(Rc::new),
    }
}

/// Gives images back whose tracees are gone.
pub fn give_back(images: Vec<Rc<Image>>) {
    FREE.with_borrow_mut(|free| free.extend(images));
}
