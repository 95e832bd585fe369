//! What a plugin has to pass before anybody trains with it.
