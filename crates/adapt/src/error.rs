//! What can go wrong when expressions are computed.

/// Why an adapter has no usable value.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum AdaptError {
    /// An initial value or a merged weight is infinite or not a number.
    #[error(
        "{what} of the adapter on `{target}` is not finite: its expression divides by zero, overflows, or inverts a \
         matrix that has no inverse"
    )]
    NotFinite {
        /// `the initial value of lora_A`, `the merged weight`.
        what: String,
        /// The adapted parameter.
        target: String,
    },
}
