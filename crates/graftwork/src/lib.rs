//! Fine-tuning of pretrained language models with sandboxed strategy plugins: the library.
