//! Operations that burn lacks.
