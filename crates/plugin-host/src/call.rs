//! One call: a fresh instance, its limits, and what ended it.

use std::sync::PoisonError;
use std::sync::mpsc::{RecvTimeoutError, Sender, channel};
use std::thread;
use std::time::Duration;

use wasmtime::component::Instance;
use wasmtime::{Engine, Error, Store, Trap, UpdateDeadline};

use crate::error::{PluginError, Reason};
use crate::host::Shared;
use crate::state::State;
use crate::surroundings::Surroundings;
use crate::text::shown;
use crate::usage::Linked;

/// Time between two ticks of the clock that the deadline counts in.
const TICK: Duration = Duration::from_millis(10);

/// Instantiates a plugin and runs `work` on the instance, under the limits.
pub(crate) fn call<T>(
    shared: &Shared,
    plugin: &str,
    linked: &Linked,
    surroundings: &Surroundings,
    name: &'static str,
    work: impl FnOnce(&mut Store<State>, &Instance) -> wasmtime::Result<T>,
) -> Result<T, PluginError> {
    // The lock guards no data, so a panic of another caller leaves nothing half-done.
    let _one_at_a_time = shared.calling.lock().unwrap_or_else(PoisonError::into_inner);
    let limits = &shared.limits;
    let state = State::new(plugin.to_owned(), surroundings.clone(), limits.clone());
    let mut store = Store::new(&shared.engine, state);
    store.limiter(|state| state);
    store.set_hostcall_fuel(limits.result_bytes);
    store.set_epoch_deadline(ticks(limits.call_time));
    // The deadline passes also while the host answers; what the plugin has left then is looked at here.
    store.epoch_deadline_callback(|store| match store.data().time_left() {
        left if left.is_zero() => Err(Trap::Interrupt.into()),
        left => Ok(UpdateDeadline::Continue(ticks(left))),
    });
    let _clock = Clock::start(&shared.engine);
    let result = store
        .set_fuel(limits.fuel)
        .and_then(|()| linked.instantiate(&mut store))
        .and_then(|instance| work(&mut store, &instance));
    linked.used(limits.fuel - store.get_fuel().unwrap_or(limits.fuel), store.data().memory());
    result.map_err(|error| PluginError::Call {
        plugin: plugin.to_owned(),
        call: name,
        reason: reason(&error, store.data()),
        last_log: store.data().last_log.clone(),
    })
}

/// Ticks that a time takes, at least one.
fn ticks(time: Duration) -> u64 {
    u64::try_from(time.as_millis().div_ceil(TICK.as_millis())).unwrap_or(u64::MAX).max(1)
}

/// What ended a call. A denied growth comes first: whatever the plugin did afterwards, it did for want of memory.
fn reason(error: &Error, state: &State) -> Reason {
    let limits = &state.limits;
    if let Some(denied) = &state.denied {
        return denied.clone();
    }
    if let Some(reason) = error.downcast_ref::<Reason>() {
        return reason.clone();
    }
    match error.downcast_ref::<Trap>() {
        Some(Trap::OutOfFuel) => Reason::Fuel { fuel: limits.fuel },
        Some(Trap::Interrupt) => Reason::Time { seconds: limits.call_time.as_secs_f64() },
        Some(Trap::StackOverflow) => Reason::Stack { bytes: limits.stack_bytes },
        Some(trap) => Reason::Trap(trap.to_string().trim_start_matches("wasm trap: ").to_owned()),
        None => {
            let cause = shown(&error.root_cause().to_string());
            let counts = [
                ("instance count", "instances", limits.instances),
                ("memory count", "memories", limits.memories),
                ("table count", "tables", limits.tables),
            ];
            if cause.contains("fuel allocated for hostcalls") {
                Reason::Result { bytes: limits.result_bytes }
            } else if let Some((parts, most)) =
                counts.into_iter().find_map(|(text, parts, most)| cause.contains(text).then_some((parts, most)))
            {
                Reason::Parts { parts, most }
            } else {
                Reason::Malformed(cause)
            }
        }
    }
}

/// Ticks the engine's epoch while a call runs; dropping it stops the clock.
struct Clock(#[allow(dead_code, reason = "dropping the sender is what ends the thread")] Sender<()>);

impl Clock {
    fn start(engine: &Engine) -> Self {
        let (alive, ended) = channel::<()>();
        let engine = engine.clone();
        thread::spawn(move || {
            while ended.recv_timeout(TICK) == Err(RecvTimeoutError::Timeout) {
                engine.increment_epoch();
            }
        });
        Self(alive)
    }
}
