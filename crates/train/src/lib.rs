//! The training loop: optimizer, schedule, accumulation, clipping, evaluation.
