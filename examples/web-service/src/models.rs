//! The thread that holds the model. Requests wait for it in a queue; what it writes goes back piece by piece.

use std::path::PathBuf;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread;

use graftwork::{Control, Error, Host, LoadRequest, LoadedModel, NamedAdapter, Prompt, Sampling};

/// What the model is to do.
enum Job {
    Generate { prompt: Prompt, sampling: Sampling, to: Sender<Piece> },
    Add { name: String, path: PathBuf, done: Sender<Result<(), String>> },
    Names(Sender<Vec<String>>),
}

/// Part of a text.
pub(crate) enum Piece {
    Text(String),
    /// All of it, with counts; or why there is no more.
    End(Result<graftwork::Generated, String>),
}

/// The model, from any thread.
#[derive(Clone)]
pub(crate) struct Models(Sender<Job>);

/// The model's thread is gone: it panicked.
const GONE: &str = "the model is not there any more; restart the service";

impl Models {
    /// The default base with adapters, loaded before this returns.
    pub(crate) fn load(adapters: Vec<NamedAdapter>) -> Result<Self, String> {
        let (jobs, queue) = channel();
        let (loaded, is_loaded) = channel();
        thread::spawn(move || {
            let request = LoadRequest { model: None, adapters, device: graftwork::DeviceChoice::default() };
            let model = Host::new().and_then(|host| host.load(&request, &Control::new(), &mut |_| {}));
            match model {
                Ok(model) => {
                    // The other side waits for it, so it is there.
                    loaded.send(Ok(())).ok();
                    work(model, &queue);
                }
                Err(error) => {
                    loaded.send(Err(error.to_string())).ok();
                }
            }
        });
        is_loaded.recv().map_err(|_| GONE.to_owned())??;
        Ok(Self(jobs))
    }

    /// Begins a text; its pieces come as they are written. Dropping the receiver ends it.
    pub(crate) fn generate(&self, prompt: Prompt, sampling: Sampling) -> Receiver<Piece> {
        let (to, pieces) = channel();
        if self.0.send(Job::Generate { prompt, sampling, to: to.clone() }).is_err() {
            to.send(Piece::End(Err(GONE.to_owned()))).ok();
        }
        pieces
    }

    /// Puts another adapter beside those that are there.
    pub(crate) fn add(&self, name: &str, path: PathBuf) -> Result<(), String> {
        let (done, is_done) = channel();
        self.0.send(Job::Add { name: name.to_owned(), path, done }).map_err(|_| GONE.to_owned())?;
        is_done.recv().map_err(|_| GONE.to_owned())?
    }

    /// Names of the adapters.
    pub(crate) fn names(&self) -> Result<Vec<String>, String> {
        let (to, names) = channel();
        self.0.send(Job::Names(to)).map_err(|_| GONE.to_owned())?;
        names.recv().map_err(|_| GONE.to_owned())
    }
}

/// An asker who is gone does not wait for the answer; that is no error here.
fn work(mut model: LoadedModel, queue: &Receiver<Job>) {
    for job in queue {
        match job {
            Job::Generate { prompt, sampling, to } => {
                let end = generate(&model, prompt, &sampling, &to).map_err(|error| error.to_string());
                to.send(Piece::End(end)).ok();
            }
            Job::Add { name, path, done } => {
                done.send(model.add(&name, &path).map_err(|error| error.to_string())).ok();
            }
            Job::Names(to) => {
                to.send(model.adapters().map(str::to_owned).collect()).ok();
            }
        }
    }
}

fn generate(
    model: &LoadedModel,
    prompt: Prompt,
    sampling: &Sampling,
    to: &Sender<Piece>,
) -> Result<graftwork::Generated, Error> {
    let control = Control::new();
    let generated = model.generate(&[prompt], sampling, &control, &mut |_, text| {
        if !text.is_empty() && to.send(Piece::Text(text.to_owned())).is_err() {
            control.stop();
        }
    })?;
    // One for each prompt.
    generated.into_iter().next().ok_or(Error::Stopped)
}
