//! Models and data sets of the Hugging Face Hub.
//!
//! [`Place`] says whether a name is a path or an id of the Hub; [`Hub::model`] and [`Hub::dataset`] fetch what is not yet
//! in the cache and give back the folder. The cache is that of the Python libraries, file by file, so each uses what the
//! other has downloaded: `models--ORG--NAME/{blobs,refs,snapshots,trees}` below `HF_HUB_CACHE`
//! (<https://huggingface.co/docs/huggingface_hub/guides/manage-cache>). Only the files that training needs are fetched; a file
//! is in the cache whole and with the hash that the Hub states for it, or not at all. What was cut short goes on where
//! it stopped. The token is sent to the Hub alone, never to where the Hub redirects, and is in no message.
//!
//! ```no_run
//! use graftwork_hub::{Hub, Place};
//!
//! let folder = match Place::model("Qwen/Qwen2.5-0.5B@main".as_ref())? {
//!     Place::Local(folder) => folder,
//!     Place::Hub(id) => Hub::from_env()?.model(&id, &mut ())?.path,
//! };
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod cache;
mod choose;
mod commit;
mod download;
mod error;
mod hub;
mod id;
mod listing;
mod observer;
mod place;
mod remote;
mod retry;
mod session;
mod settings;
mod token;

pub use commit::Commit;
pub use error::HubError;
pub use hub::{Hub, Snapshot};
pub use id::{DataId, IdError, Kind, RepoId, Revision};
pub use observer::{Observer, Progress};
pub use place::{NoPlace, Place};
pub use settings::Settings;
pub use token::{BadToken, Token};
