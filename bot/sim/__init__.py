"""The simulator of `lianxin demo`: a platform, phones, a clock that can be moved. Never part of `serve`."""
